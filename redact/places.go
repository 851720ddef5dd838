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

// oracleDSN is what Oracle's thin driver takes: jdbc:oracle:thin:scott/tiger@//host:1521/service.
var oracleDSN = lazy(`jdbc:oracle:(?:thin|oci):[\w.-]+/([^\s"'@]+)@`)

func appendDriverURLs(found []span, line string) []span {
	if strings.Contains(line, "jdbc:oracle:") {
		found = appendMatches(found, line, oracleDSN())
	}
	for i := 0; i < len(line); i++ {
		at := strings.IndexByte(line[i:], '@')
		if at < 0 {
			break
		}
		i += at
		if s, ok := passwordBeforeHost(line, i); ok {
			found = append(found, s)
		}
	}
	return found
}

// passwordBeforeHost is the password of user:password@host where no scheme stands before it: what go-sql-driver/mysql takes,
// user:password@tcp(host:3306)/db, and what people put before the name of a registry, user:password@registry.example/image.
// What stands before the digest of an image is its tag.
func passwordBeforeHost(line string, at int) (span, bool) {
	start := at
	for start > max(0, at-maxName) && !isBlank(line[start-1]) && strings.IndexByte("\"'=(,", line[start-1]) < 0 {
		start--
	}
	user, password, ok := strings.Cut(line[start:at], ":")
	if !ok || user == "" || password == "" || strings.ContainsFunc(user, func(r rune) bool { return r >= 0x80 || !dotted[byte(r)] }) {
		return span{}, false
	}
	secret := span{start + len(user) + 1, at}
	host := at + 1
	for host < len(line) && dotted[line[host]] {
		host++
	}
	name, after := line[at+1:host], byte(' ')
	if host < len(line) {
		after = line[host]
	}
	switch {
	case name == "" || !isLetter(name[0]):
		return span{}, false
	case after == '(':
		return secret, name == "tcp" || name == "tcp6" || name == "unix"
	case strings.ContainsAny(password, "/@"):
		return span{}, false
	case after == '/':
		return secret, !isNumber(password)
	}
	return secret, (isBlank(after) || strings.IndexByte(":\"',)", after) >= 0) && looksGiven(password) && !strings.HasPrefix(name, "sha256")
}

// expression is a regular expression that is compiled when it is first needed.
type expression func() *regexp.Regexp

// find gives the groups of the leftmost match in a line that holds one of the needs, nil where there is none.
func (e expression) find(line string, needs ...string) []string {
	if !containsAny(line, needs) {
		return nil
	}
	return e().FindStringSubmatch(line)
}

// lazy compiles an expression when it is first needed. Most runs need none, and all of them together take longer to
// compile than a diagnosis takes.
func lazy(pattern string) expression {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// place is a place where a secret stands, known by the words before it.
type place struct {
	// words are literal parts, in lower case, of every such place: without one of them the expression is not tried.
	words []string
	// re finds the place. Its last group is the secret, or with first the first of two.
	re    expression
	first bool
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
		re:     lazy(`(?i)\b(?:set-)?cookie["']?[:=]\s*["'\[]{0,2}([^"'\]\s][^"'\]]*)`),
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
		re:     lazy(`(?i)"(?:name|key)\\*"\s*:\s*\\*"([\w.-]+)\\*"\s*,\s*\\*"value\\*"\s*:\s*\\*"((?:[^"\\]|\\[^"])*)`),
		accept: nameIsSecret,
	},
	// SQL. "revision identified by 'a1b2'", as Alembic says, is no password.
	{
		words:  []string{"identified"},
		re:     lazy(`(?i)(\w*)\s*\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?["']([^"']+)["']`),
		accept: func(groups []string) bool { return !strings.EqualFold(groups[0], "revision") && lastNotMarked(groups) },
	},
	{words: []string{"password"}, re: lazy(`(?i)\bpassword(?:\s+|\s*\(\s*)'([^']+)'`), accept: lastNotMarked},
	{words: []string{"set password"}, re: lazy(`(?i)\bset\s+password\s+for\s+\S+\s*=\s*'([^']+)'`), accept: lastNotMarked},
	// netrc, redis.conf and what a client says to Redis.
	{words: []string{"login"}, re: lazy(`(?i)\blogin\s+\S+\s+password\s+(\S+)`), accept: lastNotInnocent},
	{words: []string{"requirepass", "masterauth"}, re: lazy(`(?i)^\s*(?:requirepass|masterauth)\s+(\S+)`), accept: lastNotInnocent},
	{words: []string{"auth"}, re: lazy(`(?:^|[\s"])AUTH["]?\s+(?:\S+\s+)?["]?([^\s"]+)["]?\s*$`), accept: lastLooksGiven},
	// XML: an element, an attribute beside its name, an element with a name.
	{words: []string{"</", "/>"}, re: lazy(`<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]{0,200})?>\s*(?:<!\[CDATA\[)?([^<>\]]*[^<>\]\s])`), accept: nameIsSecret},
	{words: []string{"value="}, re: lazy(`\b(?:name|key|id|property)=["']([\w.-]+)["'][^<>]{0,200}?\bvalue=["']([^"']+)["']`), accept: nameIsSecret},
	{words: []string{"value="}, re: lazy(`\bvalue=["']([^"']+)["'][^<>]{0,200}?\b(?:name|key|id)=["']([\w.-]+)["']`), accept: nameIsSecret, first: true},
	{words: []string{"</"}, re: lazy(`\b(?:name|key|id)=["']([\w.-]+)["'][^<>]{0,200}>\s*(?:<value>)?\s*([^<>]*[^<>\s])`), accept: nameIsSecret},
	// What PHP's var_dump and Scala's Map print.
	{words: []string{"=> string("}, re: lazy(`\["([\w.-]+)"\]\s*=>\s*string\(\d+\)\s*"([^"]*)"`), accept: nameIsSecret},
	{words: []string{"->", "→"}, re: lazy(`([\w.-]+)["']?\s*(?:->|→)\s*["']?([^\s"',;)]+)`), accept: nameIsSecret},
	// Two columns: a name, then a tab or several blanks.
	{
		words: []string{"\t", "  "},
		re:    lazy(`^\s*["']?([\w.-]+)["']?(?:\t\s*| {2,})["']?([^\s"']+)["']?\s*$`),
		accept: func(groups []string) bool {
			return nameIsSecret(groups) && strings.ToUpper(last(groups)) != last(groups)
		},
	},
	{words: []string{"："}, re: lazy(`([^\s：]+)：\s*(\S+)`), accept: nameIsSecret},
	// Sentences: using password hunter2, the root password is hunter2, password "hunter2".
	{
		words:  passwordHints,
		re:     lazy(`(?i)\b(?:` + passwordWords + `)\s+(?:(?:is|was|are|to|of|set to|changed to|will be|for [\w@.-]{1,40}(?: is| was| set to| changed to)?)\s+|(?:is|:)\s*:?\s*)?[(\[]?([^\s"'\x60=:]+)`),
		accept: lastLooksGiven,
	},
	{
		words:  passwordHints,
		re:     lazy(`(?i)\b(?:` + passwordWords + `)(?:[(\[]|\b[^:=]{0,60}:\s+)([^\s"'\x60)\]]{8,})[)\]]?\s*$`),
		accept: lastLooksGiven,
	},
	{
		words:  passwordHints,
		re:     lazy(`(?i)\b(?:` + passwordWords + `)\s+(?:(?:is|was|to|of|set to|changed to|will be)\s+)?["'\x60]([^\s"'\x60\[\]]+)["'\x60]`),
		accept: lastNotInnocent,
	},
	{
		words:  []string{"token ", "key ", "secret ", "credential ", "credentials "},
		re:     lazy(`(?i)\b(?:token|secret|credentials?|(?:api|access|secret|license|auth)[ _-]?key)\s+(?:(?:is|was|of|with|set to)\s+)?["'\x60]?([^\s"'\x60]+)`),
		accept: lastLooksToken,
	},
}

// passwordHints are what every place of passwordWords has, in lower case.
var passwordHints = strings.Split("password ,passwd ,passphrase ,passcode ,pwd ,passwort ,kennwort ,mot de passe,contraseña ,senha ,password(,password[", ",")

// passwordWords are the words for a password in a sentence.
const passwordWords = `password|passwd|passphrase|passcode|pwd|passwort|kennwort|mot de passe|contraseña|senha`

// theLandmarks look for the words of the places and the forms. A word hints at one or more of them, by their numbers: forms
// come after places.
var theLandmarks = sync.OnceValue(func() *finder {
	var all []word
	for i, p := range places {
		for _, text := range p.words {
			all = append(all, word{text, 1 << i})
		}
	}
	for i, f := range forms {
		for _, text := range f.needs {
			all = append(all, word{text, 1 << (len(places) + i)})
		}
	}
	return newFinder(all)
})

func appendPlaces(found []span, line string, landmarks hints) []span {
	for i := range places {
		p := &places[i]
		if landmarks>>i&1 == 0 {
			continue
		}
		for _, at := range p.re().FindAllStringSubmatchIndex(line, -1) {
			if p.first {
				at[2], at[3], at[4], at[5] = at[4], at[5], at[2], at[3]
			}
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

func lastLooksGiven(groups []string) bool  { return looksGiven(sentenceWord(groups)) }
func lastLooksToken(groups []string) bool  { return looksToken(sentenceWord(groups)) }
func lastNotInnocent(groups []string) bool { return !innocent(last(groups)) && lastNotMarked(groups) }

// sentenceWord is the last group without the punctuation of the sentence around it.
func sentenceWord(groups []string) string { return strings.TrimRight(last(groups), ".,;:)]}>!?") }

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
	value := last(groups)
	switch nameStrength(groups[0]) {
	case strong:
		return !innocent(value)
	case medium:
		return !innocent(value) && (looksGiven(value) || isUserPassword(value) || strings.EqualFold(groups[0], "pass"))
	}
	return false
}

func nameIsSecret(groups []string) bool {
	value := last(groups)
	return value != "" && !innocent(value) && !strings.Contains(value, Marker) && conceals(groups[0], value)
}

// encoded is an assignment within an encoded URL: %22password%22%3A%22hunter2%22, password%3Dhunter2%26.
var encoded = lazy(`([\w.-]+)(?:%5[dD])?(?:%22|%27)?%3[aAdD](?:%20|\+)*(?:%22|%27)?((?:[^%&\s"']|%[013-689a-fA-F][0-9a-fA-F]|%2[013-589aAbBdDeEfF]|%7[0-9a-cA-CeEfF])+)`)

func appendEncoded(found []span, line string) []span {
	for _, at := range encoded().FindAllStringSubmatchIndex(line, -1) {
		if nameIsSecret([]string{line[at[2]:at[3]], line[at[4]:at[5]]}) {
			found = append(found, span{at[4], at[5]})
		}
	}
	return found
}

var (
	oneTimeCode = lazy(`(?i)\b(?:your|verification|one-time|otp|security|2fa|mfa|sms|confirmation)\s+(?:[\w-]+\s+)?(?:code|pin|passcode|otp)(?:\s+is)?\s*:?\s+(\d{4,8})\b`)
	cardNumber  = lazy(`\b(\d{4}[ -]?\d{4,6}[ -]?\d{4,5}[ -]?\d{0,4})\b`)
)

// appendNumbers finds one-time codes and, in a line that speaks of cards, their numbers.
func appendNumbers(found []span, line string) []span {
	found = appendMatches(found, line, oneTimeCode())
	if !strings.Contains(strings.ToLower(line), "card") {
		return found
	}
	for _, at := range cardNumber().FindAllStringIndex(line, -1) {
		if isCardNumber(line[at[0]:at[1]]) {
			found = append(found, span{at[0], at[1]})
		}
	}
	return found
}

// isCardNumber checks the last digit by Luhn's algorithm (ISO/IEC 7812).
func isCardNumber(text string) bool {
	sum, digits := 0, 0
	for i := len(text) - 1; i >= 0; i-- {
		if !isDigit(text[i]) {
			continue
		}
		d := int(text[i] - '0')
		if digits%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		digits++
	}
	return digits >= 13 && digits <= 19 && sum%10 == 0
}
