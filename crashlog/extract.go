package crashlog

import (
	"strconv"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	urlText = lazyregexp.New(`\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>\x60,;)\]}]+`)
	// hostPort is host:port with a host that has a dot, is an address or a plain service name.
	hostPort = lazyregexp.New(`(?:^|[\s"'=(/@\[<,>])(\[[0-9a-fA-F:]+\]|\d{1,3}(?:\.\d{1,3}){3}|::1?|[A-Za-z][\w-]*(?:\.[\w-]+)*\.?|):(\d{1,5})(?:$|[\s"',;:)\]/}>.])`)
	namePort = lazyregexp.New(`(?i)(?:\bhost(?:name)?|\bserver at|\baddress|\bconnect(?:ing|ion|ed)? to)[ :=]+["']?([\w.-]+)["']?(?: \([\d.:a-f]+\))?,? (?:on )?(?:port|TCP port)[ :=]+["']?(\d{1,5})`)
	onlyPort = lazyregexp.New(`(?i)(?:\bport(?:\(s\))?[ :=]+["']?|EADDRINUSE.*?:|address already in use.*?:|:::|listen tcp[46]? :)(\d{1,5})\b`)
	onlyHost = []*lazyregexp.Regexp{
		lazyregexp.New(`(?:lookup|resolve host(?:name)?:?|resolve:|getaddrinfo(?: \w+)?|translate host name|host not found in (?:upstream|resolver)|UnknownHostException:|Unknown(?: MySQL server)? host:?|bad address|unknown host|resolving host) ["'(]?([\w-]+(?:\.[\w-]+)*)\b`),
		lazyregexp.New(`(?i)(?:\bhost(?:name)?\b|server at|\bserver\b)[ :=]+["']([\w-]+(?:\.[\w-]+)*)["']`),
		lazyregexp.New(`\b((?:\d{1,3}\.){3}\d{1,3})\b`),
		lazyregexp.New(`(?:^|[\s"'=(/@\[])([a-z0-9][\w-]*(?:\.[\w-]+)*\.(?:svc(?:\.cluster\.local)?|local|internal|com|net|org|io|dev|cloud))(?:$|[\s"',;:)\]/])`),
	}
	quotedPath = lazyregexp.New(`["'\x60‘“]((?:\.{0,2}/|[A-Za-z]:\\)[^"'\x60’”]+)["'\x60’”]`)
	barePath   = lazyregexp.New(`(?:^|[\s=(:,\[<])((?:\.{1,2})?/[^\s"'\x60<>,;:()\[\]{}|]+|[A-Za-z]:\\[^\s"',;:]+)`)
	namedFile  = lazyregexp.New(`(?i)(?:\bopen|\bstat|\bread(?:ing)?|\bfile|\bjarfile|\bload(?:ing)?|\bfind|\bdirectory|\bfound|script|RDB file|config(?:uration)?)[ :]+["'(\x60]?([\w.-]+/[\w./-]+|[\w-]+(?:\.[\w-]+)*\.(?:ya?ml|json|toml|ini|conf|cfg|properties|env|pem|crt|key|jar|js|mjs|ts|py|rb|php|pl|sh|sql|db|rdb|xml|txt|log|sock|pid|so(?:\.\d+)*|dll|cnf|lock))\b`)
	library    = lazyregexp.New(`\b(lib[\w+.-]+\.so(?:\.\d+)*)\b`)
	variables  = []*lazyregexp.Regexp{
		lazyregexp.New(`(?i:(?:environment|env\.?)(?: variables?| vars?)?(?: \w+){0,2}[ :\n]+)["'\x60$-]*[ {]?([A-Z_][A-Z0-9_]{2,})\b`),
		lazyregexp.New(`\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b["'\x60]?(?: environment variable| env(?:ironment)? var|:? (?:is |was |has |must |not |cannot |can't |parameter |unbound |undefined|required|unset|needs |should |may not ))`),
		lazyregexp.New(`(?:KeyError:|key not found:|os\.environ\[|process\.env\.|ENV\[|getenv\()\s*["']?([A-Z][A-Z0-9_]*)`),
		lazyregexp.New(`(?m)^(?:\S+: (?:line \d+|\d+): )?([A-Z][A-Z0-9_]*): (?:unbound variable|parameter |must be|is |not set)`),
		lazyregexp.New(`(?i:missing|required|undefined|empty|set|unset|invalid|provide|define|specify)[^.\n]{0,40}?[ :"'\x60$({]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b`),
	}
	userText = []*lazyregexp.Regexp{
		lazyregexp.New(`(?i)\b(?:for )?(?:user(?:name)?|role|login|principal|account)[ :=]+["'\x60]([^"'\x60\s]+)["'\x60]`),
		lazyregexp.New(`(?i)\b(?:user|role)[ :=]+([\w@.:$-]{2,})(?: (?:does not exist|cannot|is not|has no|failed)|[@'",)]|$)`),
	}
	keyText = []*lazyregexp.Regexp{
		lazyregexp.New(`(?i)\b(?:unknown|invalid|unrecognized|unexpected|missing|duplicate|unsupported|undefined|required|deprecated|no such)(?: (?:configuration|config|required|setting|yaml|json|toml))*[ -](?:key|field|property|option|setting|parameter|directive|attribute|variable|flag|argument|name|placeholder)(?:s|\(s\))?[ :=]+["'\x60(]*((?:--?)?[A-Za-z_][\w.-]*)`),
		lazyregexp.New(`(?i)\b(?:key|field|property|option|setting|parameter|directive|placeholder|flag)[ :=]+["'\x60]([\w.$-]+)["'\x60]`),
		lazyregexp.New(`Could not resolve placeholder '([^']+)'`),
		lazyregexp.New(`KeyError: ['"]([^'"]+)['"]`),
		lazyregexp.New(`(?m)^([a-z_][\w.]*)\n\s*(?:Field required|field required|Input should|none is not)`),
		lazyregexp.New(`(?i)["'\x60]([\w-]+(?:\.[\w-]+)+|[a-z_]\w+)["'\x60] (?:is|are|must|was|has)\b`),
		lazyregexp.New(`(?i)\b(?:flag provided but not defined|unknown flag|unrecognized arguments?|unknown option|bad option|required flag\(s\)|arguments are required):? ["'\x60]?(--?[\w-]+|[\w-]+)`),
	}
)

// extract fills in what the statements name, the most significant statement first. Host and port come from the same
// place where one names both.
func extract(c *Crash) {
	for i, s := range c.Said {
		s.Text = helpText.ReplaceAllString(s.Text, "")
		if s.Strength == StrengthLast && i > 0 {
			break // older lines without a sign of failure name things that have nothing to do with the end
		}
		if c.Host == "" && c.Port == "" && c.URL == "" {
			c.endpoint(s.Text)
		}
		words := urlText.ReplaceAllString(s.Text, " ") // a URL may hold a password
		setFirst(&c.Var, words, variables)
		setFirst(&c.User, words, userText)
		setFirst(&c.Key, words, keyText)
		if c.Path == "" {
			c.Path = pathIn(s.Text)
		}
	}
	if c.Key == c.Var {
		c.Key = ""
	}
}

// helpText is what a program prints about its options after an error: none of it is what failed.
var helpText = lazyregexp.New(`(?is)\n(?:usage(?: of \S+)?:|options:|flags:).*$`)

func setFirst(field *string, text string, patterns []*lazyregexp.Regexp) {
	if *field != "" {
		return
	}
	for _, p := range patterns {
		if m := p.FindStringSubmatch(text); m != nil && len(m[1]) <= 200 {
			*field = strings.TrimRight(m[1], ".")
			return
		}
	}
}

// notHosts are words that stand before a colon and a number without being hosts.
var notHosts = map[string]bool{
	"pid": true, "tid": true, "uid": true, "gid": true, "line": true, "col": true, "column": true, "port": true, "code": true, "status": true,
	"size": true, "count": true, "id": true, "attempt": true, "errno": true, "exit": true, "error": true, "row": true, "at": true, "step": true,
}

// reading are pages that an error recommends for reading.
var reading = lazyregexp.New(`(?i)\b(?:visit|see|docs?|documentation|information|info|read|refer to|background on this error at|help)\b[^\n/]{0,40}https?://\S+`)

// endpoint reads URL, host and port.
func (c *Crash) endpoint(text string) {
	text = reading.ReplaceAllString(text, " ")
	if u := urlText.FindString(text); u != "" {
		c.URL = withoutUser(strings.TrimRight(u, ".:"))
	}
	for _, m := range hostPort.FindAllStringSubmatch(dropFiles(text), 8) {
		if port, _ := strconv.Atoi(m[2]); notHosts[strings.ToLower(m[1])] || port < 1 || port > 65535 || c.Host != "" && local(c.Host) == local(m[1]) {
			continue
		}
		// "read tcp 10.1.0.4:51812->10.2.0.9:5432": the far end comes last.
		if c.Host == "" || strings.Contains(text, "->") {
			c.Host, c.Port = strings.Trim(m[1], "[]."), m[2]
		}
	}
	if c.Host == "" {
		if m := namePort.FindStringSubmatch(text); m != nil {
			c.Host, c.Port = m[1], m[2]
		}
	}
	if c.Host == "" && c.URL != "" {
		c.Host, c.Port = urlHost(c.URL)
	}
	if c.Port == "" {
		if m := onlyPort.FindStringSubmatch(text); m != nil {
			c.Port = m[1]
		}
	}
	if c.Host == "" {
		for _, p := range onlyHost {
			if m := p.FindStringSubmatch(text); m != nil {
				c.Host = strings.TrimRight(m[1], ".")
				return
			}
		}
	}
}

func local(host string) bool {
	return host == "" || host == "localhost" || strings.HasPrefix(host, "127.")
}

// sourceFile is a source file with a line number, which looks like host:port.
var sourceFile = lazyregexp.New(`[\w./-]*\.(?:go|py|js|mjs|cjs|ts|rb|rs|java|kt|scala|cc?|cpp|h|php|pl|ex|erl|ya?ml|json|toml|conf|cfg|ini|sh|xml|properties|cs|lua|sql):\d+(?::\d+)?|\bline:? \d+|\b\d{1,2}:\d\d(?::\d\d)?\b`)

func dropFiles(text string) string { return sourceFile.ReplaceAllString(text, " ") }

// withoutUser drops the user and the password of a URL.
func withoutUser(u string) string {
	scheme, rest, _ := strings.Cut(u, "://")
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + path
}

// urlHost reads host and port of a URL. JDBC's have a second scheme in front.
func urlHost(u string) (host, port string) {
	_, rest, _ := strings.Cut(u, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	host, port, _ = strings.Cut(rest, ":")
	if number(port) < 0 {
		port = ""
	}
	return host, port
}

var (
	// complainer is the script or interpreter that complains, at the beginning of a line: seldom the file in question.
	complainer  = lazyregexp.New(`^(?:\S+\.sh|/\S*/(?:(?:ba|da|a|k|z)?sh|python[\d.]*|node|perl|ruby|env|java)): `)
	interpreter = lazyregexp.New(`^/\S*/(?:(?:ba|da|a|k|z)?sh|python[\d.]*|node|perl|ruby|env|java): `)
	perlModule  = lazyregexp.New(`Can't locate (\S+\.p[lm])`)
)

// pathIn returns the file that a text names. The first line counts before the rest, a quoted path before a bare one.
func pathIn(text string) string {
	text = urlText.ReplaceAllString(text, " ")
	for _, words := range []string{complainer.ReplaceAllString(text, ""), interpreter.ReplaceAllString(text, "")} {
		for _, p := range []*lazyregexp.Regexp{perlModule, quotedPath, barePath, namedFile, library} {
			for _, m := range p.FindAllStringSubmatch(words, 4) {
				if path := strings.TrimRight(m[1], ".:,)"); len(path) > 1 && len(path) <= 512 && path != "//" {
					return path
				}
			}
		}
	}
	return ""
}
