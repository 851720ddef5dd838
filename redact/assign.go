package redact

import "strings"

// Bounds that keep the work on a line linear in its length.
const (
	maxName = 128 // a longer name is cut at its left
	maxWeak = 128 // so much of the value behind a weak name decides whether it looks random
	maxRest = 64  // blanks and brackets that may follow the last word of a line
	maxWord = 512 // a longer value is no word of a sentence, no path and no list that anybody would need
)

// appendAssigned finds values behind secret names: NAME=value, name: value, "name": "value", name => value, --name value.
func appendAssigned(found []span, line string) []span {
	first := contentStart(line)
	for i := 0; i < len(line); i++ {
		if line[i] != '=' && line[i] != ':' {
			continue
		}
		n := nameBefore(line, i)
		if !mentionsSecret(line[n.start:n.end]) {
			continue
		}
		strength := nameStrength(line[n.start:n.end])
		if strength == harmless {
			continue
		}
		a := assignment{line: line, name: n, sep: i, atStart: n.start == first}
		if strength == weak && !a.startsRandom() || a.namesSource() {
			continue
		}
		value, ok := a.value()
		if !ok || strength == medium && !a.chosen(line[value.start:value.end]) {
			continue
		}
		found = append(found, value)
		i = value.end - 1 // what stands in a secret is not looked at again
	}
	return found
}

// contentStart is where a line of YAML, JSON, a shell script or a Dockerfile begins to say something.
func contentStart(line string) int {
	i := skipBlank(line, 0)
	for _, prefix := range []string{"- ", "export ", "set ", "ENV ", `"`, "'"} {
		if strings.HasPrefix(line[i:], prefix) {
			i = skipBlank(line, i+len(prefix))
		}
	}
	return i
}

// assignment is one place of a line where a separator follows a name.
type assignment struct {
	line    string
	name    name
	sep     int  // index of '=' or ':'
	atStart bool // the name is the first thing on the line
}

// startsRandom says whether the value, as far as it is looked at behind a weak name, looks random.
func (a assignment) startsRandom() bool {
	a.line = a.line[:min(len(a.line), a.sep+maxWeak)]
	value, ok := a.value()
	return ok && looksRandom(a.line[value.start:value.end])
}

// namesSource says that the name is a source file, and what follows a line in it: TokenFilter.java:42.
func (a assignment) namesSource() bool {
	return a.line[a.sep] == ':' && isSourceLine(a.line[a.name.start:a.name.end])
}

// chosen says whether a value behind a name like "auth" is a secret: one in quotes behind "pass", user:password, or what
// looks like a password.
func (a assignment) chosen(value string) bool {
	name := a.line[a.name.start:a.name.end]
	if strings.EqualFold(name, "pass") && (a.name.quoted || a.line[a.sep] == '=') && !isNumber(value) {
		return true
	}
	return len(value) > maxWord || looksGiven(value) || isUUID(value) || isUserPassword(value)
}

// isUserPassword says whether a value has the form user:password, and not host:port.
func isUserPassword(value string) bool {
	user, password, ok := strings.Cut(value, ":")
	return ok && user != "" && len(password) >= 4 && !isNumber(password) && !isSourceLine(value) && !strings.Contains(value, "://") &&
		!strings.ContainsAny(value, " {}[]()")
}

type name struct {
	start, end int
	quoted     bool
}

// nameBefore finds the name that ends before the separator at sep.
func nameBefore(line string, sep int) name {
	end := sep
	if end > 0 && line[sep] == '=' && line[end-1] == ':' {
		end-- // Go's :=
	}
	for end > 0 && sep-end < 4 && isBlank(line[end-1]) {
		end--
	}
	if end > 0 && line[end-1] == ']' {
		end-- // data["password"] = …, [password] => …
	}
	n := name{end: end}
	if end > 0 && isQuote(line[end-1]) {
		n.quoted = true
		end--
		for end > 0 && line[end-1] == '\\' && n.end-end < 8 {
			end--
		}
		n.end = end
	}
	n.start = end
	for n.start > 0 && end-n.start < maxName && isNameByte(line[n.start-1]) {
		n.start--
	}
	return n
}

// value finds the secret behind the separator. It says false where what follows is no value, or is one that a
// diagnosis needs and that gives nothing away: a reference, a path, "expired".
func (a assignment) value() (span, bool) {
	line, i := a.line, a.sep+1
	if line[a.sep] == ':' && (strings.HasPrefix(line[i:], "//") || strings.HasPrefix(line[i:], ":") ||
		strings.HasPrefix(line[i:], "=")) {
		return span{}, false
	}
	for i < len(line) && (line[i] == '=' || line[i] == '>') && i < a.sep+3 {
		i++ // ==, =>
	}
	blank := skipBlank(line, i) - i
	i += blank
	if i >= len(line) || strings.HasPrefix(line[i:], Marker) {
		return span{}, false
	}
	if i+1 < len(line) && isQuote(line[i+1]) && strings.IndexByte("NnbBrRuUfF@", line[i]) >= 0 {
		i++ // N'…' of SQL, b'…' of Python
	}
	i += wrapperLength(line[i:])
	if list, ok := a.list(i); ok {
		return list, true
	}
	if delim := openingQuote(line[i:]); delim != "" {
		return a.quotedValue(i+len(delim), delim)
	}
	if line[a.sep] == ':' {
		if blank == 0 && a.name.start > 1 && line[a.name.start-1] == '/' && !isBlank(line[a.name.start-2]) {
			return span{}, false // registry/secret-token:v2
		}
		if blank > 0 && a.atStart && !a.name.quoted {
			return a.yamlValue(i)
		}
		if blank > 0 && !a.name.quoted {
			return a.proseValue(i)
		}
	}
	word := wordAt(line, i)
	text := line[word.start:word.end]
	if line[a.sep] == ':' && blank == 0 && isHostPort(text) && !looksChosen(text) {
		return span{}, false // auth.token:refresh:42, as loggers name a function and its line
	}
	return word, !a.innocent(text)
}

// wrappers stand around a value where a program prints its type with it.
var wrappers = []string{"Some(", "Just(", "Optional[", "Optional(", "Secret(", "SecretStr(", "SecretString(", "Sensitive(", "(*string)("}

// wrapperLength is the length of the wrapper that text begins with, 0 for none. Go's %#v prints a pointer and then the text.
func wrapperLength(text string) int {
	for _, wrapper := range wrappers {
		if strings.HasPrefix(text, wrapper) {
			if after := strings.Index(text[:min(len(text), maxRest)], ") "); strings.HasPrefix(wrapper, "(*") && after > 0 {
				return after + len(") ")
			}
			return len(wrapper)
		}
	}
	return 0
}

// list is what stands in brackets at i behind a name like "passwords", if each element is a word: a sentence says what is
// wrong with the field.
func (a assignment) list(i int) (span, bool) {
	if i >= len(a.line) || a.line[i] != '[' || nameStrength(a.line[a.name.start:a.name.end]) != strong {
		return span{}, false
	}
	end := strings.IndexByte(a.line[i:min(len(a.line), i+maxWord)], ']')
	if end <= 1 {
		return span{}, false
	}
	for element := range strings.SplitSeq(a.line[i+1:i+end], ",") {
		element = strings.Trim(element, " \t\"'")
		if innocent(element) || strings.ContainsAny(element, " [") {
			return span{}, false
		}
	}
	return span{i + 1, i + end}, true
}

func (a assignment) quotedValue(start int, delim string) (span, bool) {
	end := start + closingQuote(a.line[start:], delim)
	text := a.line[start:end]
	return span{start, end}, !strings.HasPrefix(text, Marker) && !a.innocent(text) && !a.parsing()
}

// yamlValue is the value of a line that consists of "name: value". More than one word is a value where the name is an
// identifier (DB_PASSWORD: correct horse battery) and the words don't read like a message (DB_PASSWORD: is not set).
func (a assignment) yamlValue(start int) (span, bool) {
	end := len(strings.TrimRight(a.line, " \t\r,"))
	if end <= start {
		return span{}, false
	}
	word := wordAt(a.line, start)
	first := a.line[word.start:word.end]
	if isBlockIndicator(first) || a.innocent(first) || a.parsing() {
		return span{}, false
	}
	if strings.IndexByte(a.line[start:end], ' ') < 0 {
		return word, true
	}
	if strings.ContainsAny(a.line[a.name.start:a.name.end], "_.") {
		return span{start, end}, true
	}
	return a.proseValue(start)
}

// proseValue is the value in running text: "using password: hunter2", but not "invalid token: signature is invalid".
func (a assignment) proseValue(start int) (span, bool) {
	word := wordAt(a.line, start)
	text := a.line[word.start:word.end]
	if a.innocent(text) || a.parsing() || strings.HasSuffix(text, ":") || isNumber(text) && len(text) < 5 || isCode(text) {
		return span{}, false
	}
	rest := a.line[word.end:min(len(a.line), word.end+maxRest)]
	last := strings.Trim(rest, " \t\r\n.,;:!)]}'\"") == ""
	return word, last || looksChosen(text)
}

// parsing says that the line speaks of a token of some grammar: "unexpected token: }".
func (a assignment) parsing() bool {
	before := strings.ToLower(a.line[max(0, a.name.start-16):a.name.start])
	before = strings.TrimRight(before, " \t")
	return strings.HasSuffix(before, "expected") || strings.HasSuffix(before, "illegal") || strings.HasSuffix(before, "unknown")
}

// isCode says whether a word has the form of an error code: invalid_client.
func isCode(word string) bool {
	return strings.Contains(word, "_") && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// statusWords are values that say how it stands with a secret.
var statusWords = wordSet("true false yes no on off null nil none undefined unset set empty missing required optional " +
	"invalid valid expired revoked denied forbidden incorrect wrong mismatch malformed bad unknown unauthorized not is are was " +
	"has have must should cannot can't could field value no unable failed failure failing error unexpected environment " +
	"variable enabled disabled default signature algorithm rpc jwt x509 eof timeout the a an of in at for to and or with " +
	"oauth oauth2 saml2 ldap kerberos ntlm basic digest plain md5 sha1 sha256 sha512 hs256 rs256 es256 scram-sha-256 iam none, " +
	"never always provided present absent found generated updated changed rotated refreshed refreshing signed unsigned " +
	"issued verified unverified rejected accepted required, validation authentication authorization opaque secret token " +
	"password key string str bytes object file env from masked hidden redacted removed <nil> <none> <unset>")

// innocent says that a value gives nothing away.
func (a assignment) innocent(value string) bool {
	// klog names objects as namespace/name: secret="default/db".
	name := a.line[a.name.start:a.name.end]
	return innocent(value) || nameEndsIn(name, "secret") && isObjectName(value) || isWorkingDirectory(name, value)
}

func innocent(value string) bool {
	if len(value) > maxWord {
		return false
	}
	trimmed := strings.Trim(value, "()[]{}<>.,;:!?*\"'`\\")
	switch {
	case trimmed == "", statusWords[strings.ToLower(trimmed)]:
		return true
	}
	return isReference(value) || isPath(value) && !strangePath(value) || isURL(value) && !strangePath(value) || isMask(value)
}

// strangePath says that what has the form of a path or a URL is none that anybody would use: words of them have small
// letters, or capital ones at their beginning, and few have digits as well.
func strangePath(value string) bool {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		rest = value
	} else if strings.ContainsAny(rest, "/.:@") {
		return false
	}
	for part := range strings.SplitSeq(rest, "/") {
		if len(part) >= 6 && isVaried(part) && !strings.ContainsAny(part, ".-_") {
			return true
		}
	}
	return false
}

func nameEndsIn(name, word string) bool {
	return len(name) >= len(word) && strings.EqualFold(name[len(name)-len(word):], word)
}

// isObjectName says whether value has the form namespace/name.
func isObjectName(value string) bool {
	slashes := 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '/':
			slashes++
		case !isLower(c) && !isDigit(c) && c != '-' && c != '.':
			return false
		}
	}
	return slashes == 1 && value[0] != '/' && value[len(value)-1] != '/'
}

// isReference says whether value names where the secret is: $(VAR), ${VAR}, {{ .Values.x }}, <set to the key …>.
func isReference(value string) bool {
	for _, prefix := range []string{"$(", "${", "{{", "%(", "<", "valueFrom", "secretKeyRef", "vault:", "ref+"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return len(value) > 1 && value[0] == '$' && isNameWord(value[1:]) || isCall(value) || isMember(value)
}

// isCall says whether value is a call in the source code that stack traces show: get_token(user.
func isCall(value string) bool {
	function, _, ok := strings.Cut(value, "(")
	return ok && len(function) > 2 && strings.Trim(function, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.") == ""
}

// isMember says whether value is a member of what programs keep their settings in: settings.DB_PASSWORD, os.environ["X"].
func isMember(value string) bool {
	object, member, ok := strings.Cut(value, ".")
	return ok && member != "" && holders[object] && !mixed(member)
}

// holders are what programs keep their settings in.
var holders = wordSet("self this cls settings config cfg conf os env process req request args opts options ctx app params props " +
	"System Environment Rails ENV viper flags secrets var local data module")

func isNameWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) && !isDigit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// pathRoots begin the paths under which containers find secrets. Base64 may begin with a slash too, so not every value
// with one is a path.
var pathRoots = []string{
	"/var/", "/etc/", "/run/", "/tmp/", "/home/", "/opt/", "/usr/", "/mnt/", "/app/", "/data/", "/secrets/", "/secret/",
	"/config/", "/srv/", "/root/", "/vault/", "/proc/", "/dev/", "/certs/", "/keys/", "./", "../", "~/",
}

func isPath(value string) bool {
	for _, root := range pathRoots {
		if strings.HasPrefix(value, root) {
			return !strings.ContainsAny(value, "+=@$%^&*! ")
		}
	}
	return false
}

// isURL says whether value is a URL; the secrets in one are found by their places.
func isURL(value string) bool {
	scheme, _, ok := strings.Cut(value, "://")
	return ok && scheme != "" && len(scheme) < 32 && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+.-:") == ""
}

// isMask says whether somebody has masked the value already: "******", "xxxxxxx".
func isMask(value string) bool {
	return strings.Trim(value, "*") == "" || strings.Trim(value, "xX") == "" || strings.Trim(value, "•") == ""
}

// looksChosen says whether a word looks like a password rather than a word of a sentence.
func looksChosen(word string) bool {
	if len(word) < 6 {
		return false
	}
	var digit, lower, hump, special bool
	for i := 0; i < len(word); i++ {
		c := word[i]
		digit = digit || isDigit(c)
		hump = hump || lower && isUpper(c)
		lower = lower || isLower(c)
		special = special || strings.IndexByte("!@#$%^&*+~|", c) >= 0
	}
	return digit && !isNumber(word) || hump || special || isNumber(word)
}

// wordAt is the unquoted value that begins at start. Brackets, commas and colons at its end belong to the text around it.
func wordAt(line string, start int) span {
	end := start
	for end < len(line) && !endsWord(line, end) {
		end++
	}
	for end > start+1 && strings.IndexByte(")]},:", line[end-1]) >= 0 {
		end--
	}
	return span{start, end}
}

func endsWord(line string, i int) bool {
	c := line[i]
	switch {
	case isBlank(c), isQuote(c), c == ';', c == '&', c == '\\' && i+1 < len(line) && isQuote(line[i+1]):
		return true
	case c != ',':
		return false
	}
	// A comma ends a value if another name=value follows.
	next := skipBlank(line, i+1)
	if next > i+1 || next == len(line) {
		return true
	}
	for next < len(line) && next-i < 64 && (isNameByte(line[next]) || isQuote(line[next])) {
		next++
	}
	return next < len(line) && next > i+1 && (line[next] == '=' || line[next] == ':')
}

// openingQuote is the quote at the start of s with the backslashes before it, "" when there is none. A string within a
// JSON string is quoted as \".
func openingQuote(s string) string {
	i := 0
	for i < len(s) && i < 8 && s[i] == '\\' {
		i++
	}
	if i < len(s) && isQuote(s[i]) && s[i] != '`' { // no format quotes values so, but people quote code
		return s[:i+1]
	}
	return ""
}

// closingQuote is the index at which the string that delim opened ends, the length of s when it does not end.
func closingQuote(s, delim string) int {
	for from := 0; from < len(s); {
		i := strings.Index(s[from:], delim)
		if i < 0 {
			break
		}
		i += from
		doubled := delim == "'" && strings.HasPrefix(s[i+1:], "'") // YAML and SQL write ' as '' within quotes
		if backslashesBefore(s, i)%2 == 0 && !doubled {
			return i
		}
		from = i + 1
		if doubled {
			from++
		}
	}
	return len(strings.TrimRight(s, " \t\r"))
}

// backslashesBefore counts them up to 8: no real text nests deeper.
func backslashesBefore(s string, i int) int {
	n := 0
	for i-n > 0 && n < 8 && s[i-n-1] == '\\' {
		n++
	}
	return n
}

func isBlockIndicator(word string) bool {
	return word != "" && (word[0] == '|' || word[0] == '>') && len(word) <= 3
}

func skipBlank(line string, i int) int {
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }
func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }
func isNameByte(c byte) bool {
	return isAlnum(c) || c == '_' || c == '-' || c == '.' || c >= 0x80
}
