package redact

import (
	"regexp"
	"slices"
	"strings"
)

// form is a kind of secret that is known by what it looks like and has more to it than a prefix.
type form struct {
	// needs are literal parts of every such secret: without one of them the expression is not tried.
	needs []string
	hint  hints
	re    func() *regexp.Regexp
	group int // the group that is the secret; 0 is all of it
}

// forms are the secrets known by their form.
var forms = []form{
	// Slack's incoming webhooks, Discord's and Teams': whoever has the address may post.
	{[]string{"hooks.slack.com/"}, hintForm, lazy(`hooks\.slack\.com/(?:services|workflows|triggers)/([\w/-]+)`), 1},
	{[]string{"/api/webhooks/"}, hintForm, lazy(`discord(?:app)?\.com/api/webhooks/([\w/-]+)`), 1},
	{[]string{"/webhookb2/"}, hintForm, lazy(`webhook\.office\.com/webhookb2/([\w@/-]+)`), 1},
	// Telegram's bots.
	{[]string{":aa"}, hintForm, lazy(`\b[0-9]{8,10}:AA[\w-]{32,}`), 0},
	// Client secrets of Entra ID.
	{[]string{"8q~"}, hintForm, lazy(`[\w~.]{3}8Q~[\w~.-]{31,34}`), 0},
	// Cookies that Express signed.
	{[]string{"s%3a"}, hintForm, lazy(`\bs%3A[\w%-]{16,}\.[\w%+/-]{16,}`), 0},
	// Terraform Cloud, Mailchimp.
	{[]string{".atlasv1."}, hintForm, lazy(`\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{50,}`), 0},
	{[]string{"-us"}, hintForm, lazy(`\b[0-9a-f]{32}-us[0-9]{1,2}\b`), 0},
	// Azure storage: a shared access signature.
	{[]string{"sig="}, hintForm, lazy(`[?&]sig=([\w%+/=-]{20,})`), 1},
	// JSON Web Tokens and encrypted ones: base64url of `{"`, then two to four more parts (RFC 7515, RFC 7516).
	{[]string{"eyj", "eyi"}, hintForm, lazy(`\bey[IJ][\w-]{8,}(?:\.[\w-]*){2,4}`), 0},
	// A private key whose lines were joined: what stands after the header up to the footer or the end.
	{[]string{"private key"}, hintKey, lazy(keyHeader + `((?:[^-\[]|-[^-])+)`), 1},
	// PostgreSQL's file of passwords: host:port:database:user:password.
	{[]string{":5432:", ":*:"}, hintForm, lazy(`(?:^|[\s"'])[\w.*-]+:(?:5432|\*):(?:[A-Za-z_][\w.-]*|\*):(?:[A-Za-z_][\w.-]*|\*):([^\s"':]{4,})`), 1},
	// Hashes of passwords: crypt(3), Apache's, Argon2, those of LDAP, PostgreSQL and Django. They can be broken at leisure.
	{[]string{"$2", "$1$", "$5$", "$6$", "$7$", "$y$", "$apr1$"}, hintHash, lazy(`\$(?:2[abxy]?|1|5|6|7|y|apr1)\$([\w./$=,-]{16,})`), 1},
	{[]string{"$argon2", "$scrypt$", "$pbkdf2"}, hintHash, lazy(`\$(?:argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$([\w.+/$=,-]{20,})`), 1},
	{[]string{"pbkdf2_sha", "scram-sha-256$", "bcrypt_sha256$"}, hintHash, lazy(`(?:pbkdf2_sha\d+|SCRAM-SHA-256|bcrypt_sha256)\$([\w.+/$=:-]{20,})`), 1},
	{[]string{"ssha", "smd5}", "{sha}", "{crypt}", "{md5}"}, hintHash, lazy(`(?i)\{(?:s?sha(?:256|512)?|s?md5|crypt)\}([\w+/=$.]{16,})`), 1},
}

// keyHeader begins a PEM block with a private key (RFC 7468), an SSH or a PGP one.
const keyHeader = `-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----`

func appendForms(found []span, line string, has, landmarks hints) []span {
	for i := range forms {
		f := &forms[i]
		if has&f.hint == 0 || landmarks>>(len(places)+i)&1 == 0 {
			continue
		}
		for _, at := range f.re().FindAllStringSubmatchIndex(line, -1) {
			if s := (span{at[2*f.group], at[2*f.group+1]}); strings.TrimSpace(line[s.start:s.end]) != "" {
				found = append(found, s)
			}
		}
	}
	return found
}

// appendBotTokens finds the tokens of Discord's bots: the base64 of the bot's number, a time, a signature. They have no
// prefix but the M, N or O that the base64 of a digit begins with.
func appendBotTokens(found []span, line string) []span {
	for dot := 0; ; dot++ {
		i := strings.IndexByte(line[dot:], '.')
		if i < 0 {
			return found
		}
		dot += i
		start := dot
		for start > 0 && dot-start <= 28 && urlSafe[line[start-1]] {
			start--
		}
		if n := dot - start; n < 23 || n > 28 || !strings.Contains("MNO", line[start:start+1]) {
			continue
		}
		end := dot + 1
		for end < len(line) && urlSafe[line[end]] {
			end++
		}
		if end-dot != 7 || end == len(line) || line[end] != '.' {
			continue
		}
		signature := end + 1
		for end = signature; end < len(line) && urlSafe[line[end]]; {
			end++
		}
		if end-signature >= 27 && mixed(line[start:dot]) {
			found = append(found, span{start, end})
			dot = end - 1
		}
	}
}

// mayHoldBotToken says whether a text has what such a token begins with. It looks at every eleventh byte and one between
// them: that is enough to come upon the 23 at the beginning of a token, and passes over nearly all other words.
func mayHoldBotToken[T string | []byte](line T) bool {
	const least, most, step = 23, 28, 11
	for i := 0; i+step < len(line); i += step {
		if one(urlSafe[line[i]])&one(urlSafe[line[i+step/2]])&one(urlSafe[line[i+step]]) == 0 {
			continue
		}
		start, dot := i+step, i+step
		for start > 0 && urlSafe[line[start-1]] {
			start--
		}
		for dot < len(line) && urlSafe[line[dot]] {
			dot++
		}
		if n := dot - start; n >= least && n <= most && line[start] >= 'M' && line[start] <= 'O' && dot+7 < len(line) && line[dot] == '.' && line[dot+7] == '.' {
			return true
		}
		i = dot - step // go on behind the word
	}
	return false
}

// one is 1 for true. The compiler makes no branch of it, which nobody could predict.
func one(b bool) (n uint8) {
	if b {
		n = 1
	}
	return n
}

// sortSpans puts the spans in order of appearance.
func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
}
