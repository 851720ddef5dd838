package redact

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
)

// appendURLs finds the passwords of URLs and of connection strings that look like one: user:PASSWORD@host. Scheme, user,
// host, port and path stay.
func appendURLs(found []span, line string) []span {
	for from := 0; ; {
		i := strings.Index(line[from:], "://")
		if i < 0 {
			break
		}
		from += i + len("://")
		if s, ok := userinfoSecret(line, from); ok {
			found = append(found, s)
			from = s.end
		}
	}
	return appendDriverURLs(found, line)
}

// maxUserinfo bounds how far a URL is looked through for its password, which keeps the work on a line linear.
const maxUserinfo = 1024

// userinfoSecret is the password in the URL whose authority begins at start. Passwords that were not escaped may hold
// any of "/?#@:"; an authority that has no "@" but is followed by one before the next blank is taken for such.
func userinfoSecret(line string, start int) (span, bool) {
	limit := min(len(line), start+maxUserinfo)
	if strings.IndexByte(line[start:limit], '@') < 0 {
		return span{}, false
	}
	end := start
	for end < limit && !isBlank(line[end]) && strings.IndexByte("\"'`<>|\\", line[end]) < 0 {
		end++
	}
	url := line[start:end]
	authority := url
	if i := strings.IndexAny(url, "/?#"); i >= 0 {
		authority = url[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	colon := strings.IndexByte(authority, ':')
	switch {
	case at >= 0 && (colon < 0 || colon > at):
		// A user without a password: a token if it looks like one.
		return span{start, start + at}, looksRandom(url[:at])
	case at < 0:
		at = strings.IndexByte(url, '@')
		if at < 0 || colon < 0 || isNumber(authority[colon+1:]) || strings.Contains(url[:at], "://") {
			return span{}, false
		}
	}
	secret := span{start + colon + 1, start + at}
	text := line[secret.start:secret.end]
	return secret, text != "" && !isReference(text) && !isMask(text)
}

// Connection strings of drivers that are not quite URLs.
var (
	// go-sql-driver/mysql: user:password@tcp(host:3306)/db
	goDSN = lazy(`(?:^|[\s"'=])[\w.-]+:([^\s"'/]+)@(?:tcp6?|unix)\(`)
	// Oracle's thin driver: jdbc:oracle:thin:scott/tiger@//host:1521/service
	oracleDSN = lazy(`jdbc:oracle:(?:thin|oci):[\w.-]+/([^\s"'@]+)@`)
)

func appendDriverURLs(found []span, line string) []span {
	if strings.Contains(line, "@tcp") || strings.Contains(line, "@unix") {
		found = appendMatches(found, line, goDSN())
	}
	if strings.Contains(line, "jdbc:oracle:") {
		found = appendMatches(found, line, oracleDSN())
	}
	return found
}

// lazy compiles an expression when it is first needed. Most runs need none, and all of them together take longer to
// compile than a diagnosis takes.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// place is a place where a secret stands, known by the words before it.
type place struct {
	// words are literal parts, in lower case, of every such place: without one of them the expression is not tried.
	words []string
	// re finds the place. Its last group is the secret.
	re func() *regexp.Regexp
	// accept decides by the text of the groups. Nil accepts all.
	accept func(groups []string) bool
}

var places = []place{
	// HTTP headers: the scheme stays, the credentials go (RFC 9110, section 11.6.2).
	{
		words: []string{"authorization"},
		re:    lazy(`(?i)\bauthorization\W{1,6}(?:bearer|basic|token|negotiate|ntlm|apikey)\s+([^\s"'\],;]+)`),
	},
	{words: []string{"authorization"}, re: lazy(`(?i)\bauthorization\W{1,6}(?:digest|aws4-hmac-sha256)\s+(.*\S)`)},
	{
		words:  []string{"authorization"},
		re:     lazy(`(?i)\bauthorization["']?[:=]\s*["']?([\w.~+/=-]+)`),
		accept: lastLooksRandom,
	},
	{words: []string{"bearer"}, re: lazy(`(?i)\bbearer\s+([\w.~+/=-]{8,})`), accept: lastLooksChosen},
	{words: []string{"basic"}, re: lazy(`(?i)\bbasic\s+([\w+/-]{4,}={0,2})`), accept: lastIsUserPassword},
	{
		words:  []string{"cookie"},
		re:     lazy(`(?i)\b(?:set-)?cookie["']?:\s*["'\[]{0,2}([^"'\]\s][^"'\]]*)`),
		accept: lastHasEquals,
	},
	// The auth of a registry in .dockerconfigjson.
	{
		words:  []string{"auth"},
		re:     lazy(`(?i)\bauth\\*["']\s*:\s*\\*["']([\w+/-]{4,}={0,2})`),
		accept: lastIsUserPassword,
	},
	// Flags whose value is the next argument, as text or as a JSON list: --token abc, ["--password", "abc"].
	{
		words:  []string{" -", `"-`, "'-", "[-", ",-", "\t-"},
		re:     lazy(`(?:^|[\s"'\[,])--?([A-Za-z][\w.-]*)(?:\s+|\\*["']\s*,\s*\\*["'])([^\s"'\\,\]-][^\s"'\\,\]]*)`),
		accept: flagIsSecret,
	},
	// A list of env in JSON: {"name":"DB_PASSWORD","value":"abc"}.
	{
		words:  []string{`"value`},
		re:     lazy(`"name\\*"\s*:\s*\\*"([\w.-]+)\\*"\s*,\s*\\*"value\\*"\s*:\s*\\*"((?:[^"\\]|\\[^"])*)`),
		accept: nameIsSecret,
	},
	// Clients that take the password in a short flag.
	{
		words: []string{"mysql", "mariadb"},
		re:    lazy(`\b(?:mysql|mysqladmin|mysqldump|mariadb|mariadb-admin|mariadb-dump)\b.*?\s["']?-p([^\s"']+)`),
	},
	{words: []string{"redis-cli"}, re: lazy(`\bredis-cli\b.*?\s(?:-a|--pass)\s+([^\s"']+)`)},
	{words: []string{"sshpass"}, re: lazy(`\bsshpass\s+-p\s*([^\s"']+)`)},
	{words: []string{"curl"}, re: lazy(`\bcurl\b.*?\s(?:-u|--user)[\s=]*["']?[^\s:"']+:([^\s"']+)`)},
	// SQL, netrc and redis.conf. "revision identified by 'a1b2'" is no password: a user must stand before.
	{
		words: []string{"identified"},
		re: lazy(`(?i)\b(?:user|role|to)\s+(?:if\s+(?:not\s+)?exists\s+)?\S+\s+identified\s+(?:with\s+\S+\s+)?` +
			`(?:by\s+)?(?:password\s+)?'([^']+)'`),
		accept: lastNotMarked,
	},
	{words: []string{"password"}, re: lazy(`(?i)\bpassword\s+'([^']+)'`), accept: lastNotMarked},
	{words: []string{"login"}, re: lazy(`(?i)\blogin\s+\S+\s+password\s+(\S+)`)},
	{words: []string{"requirepass", "masterauth"}, re: lazy(`(?i)^\s*(?:requirepass|masterauth)\s+(\S+)`)},
}

func appendPlaces(found []span, line string) []span {
	lower := " " + strings.ToLower(line) // a flag may begin the line
	for _, p := range places {
		if !containsAny(lower, p.words) {
			continue
		}
		for _, at := range p.re().FindAllStringSubmatchIndex(line, -1) {
			groups := make([]string, 0, 2)
			for g := 2; g < len(at); g += 2 {
				groups = append(groups, line[at[g]:at[g+1]])
			}
			if isReference(last(groups)) || p.accept != nil && !p.accept(groups) {
				continue
			}
			found = append(found, span{at[len(at)-2], at[len(at)-1]})
		}
	}
	return found
}

func containsAny(line string, words []string) bool {
	for _, word := range words {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

func appendMatches(found []span, line string, re *regexp.Regexp) []span {
	for _, at := range re.FindAllStringSubmatchIndex(line, -1) {
		found = append(found, span{at[2], at[3]})
	}
	return found
}

func last(groups []string) string { return groups[len(groups)-1] }

func lastLooksRandom(groups []string) bool { return looksRandom(last(groups)) }
func lastLooksChosen(groups []string) bool { return looksChosen(last(groups)) }
func lastHasEquals(groups []string) bool   { return strings.Contains(last(groups), "=") }

func lastNotMarked(groups []string) bool { return !strings.Contains(last(groups), Marker) }

// lastIsUserPassword says whether the group is the base64 of user:password, and not a word as in "basic authentication".
func lastIsUserPassword(groups []string) bool {
	text := strings.TrimRight(last(groups), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		decoded, err = base64.RawURLEncoding.DecodeString(text)
	}
	if err != nil {
		return false
	}
	return strings.Contains(string(decoded), ":") && isPrintable(string(decoded))
}

func isPrintable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func flagIsSecret(groups []string) bool {
	a := assignment{line: groups[0], name: name{end: len(groups[0])}}
	return nameStrength(groups[0]) == strong && !a.innocent(last(groups))
}

func nameIsSecret(groups []string) bool {
	return last(groups) != "" && conceals(groups[0], last(groups))
}
