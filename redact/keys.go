package redact

import (
	"math"
	"strings"
	"unicode"
)

// strength says what a name tells about the value behind it.
type strength int

const (
	harmless strength = iota
	weak              // a secret if the value looks random: "key", "auth", "session"
	strong            // a secret whatever it looks like: "DB_PASSWORD"
)

// strongEndings are the endings of words that make a name secret: "PGPASSWORD" and "dbpassword" are one word each.
var strongEndings = []string{
	"password", "passwd", "passphrase", "passcode", "pwd", "passwort", "secret", "token", "apikey", "privatekey",
	"secretkey", "accesskey", "accountkey", "bindpw", "requirepass", "masterauth",
}

// keyKinds are the words that, before "key", make it a secret one.
var keyKinds = wordSet("api access private secret encryption signing master account storage license ssh service shared " +
	"auth deploy client rsa aes hmac jwt session cipher crypto webhook signature app admin root function subscription")

// weakWords make a name secret if the value looks random.
var weakWords = wordSet("key auth pass pat sig signature session sessionid cookie salt nonce code jwt credential " +
	"credentials creds cred pw pin otp hmac license bearer")

// aboutWords, as the last word of a name, say that the value is about a secret and not the secret: TOKEN_URL,
// secretName, password_min_length.
var aboutWords = wordSet("file files path paths dir directory folder name names ref refs url uri urls endpoint host hostname " +
	"port expiry expires expiration expire expired seconds second minutes hours days duration ttl length len size count limit " +
	"max min type kind enabled disabled enable disable required policy version algorithm alg provider issuer audience method " +
	"mode format field header headers prefix suffix rotation age timeout interval store manager authentication authorization " +
	"user username id ids hint reset status error errors err reason at in usage used namespace optional volume mount projection " +
	"class env variable attempts retries scope scopes source class backend region review request requests response cache " +
	"generator validator parser service client server controller bucket budget window rate lookup location checksum")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// nameStrength says what a name (of a variable, flag, field, annotation or header) tells about its value.
func nameStrength(name string) strength {
	words := nameWords(name)
	for len(words) > 1 && isNumber(words[len(words)-1]) {
		words = words[:len(words)-1] // PASSWORD_2
	}
	if len(words) == 0 {
		return harmless
	}
	last := words[len(words)-1]
	found := wordsStrength(words)
	if found == strong && len(words) > 1 && aboutWords[last] {
		if last == "id" {
			return weak
		}
		return harmless
	}
	return found
}

func wordsStrength(words []string) strength {
	found := harmless
	for i, word := range words {
		switch {
		case hasStrongEnding(word):
			return strong
		case word == "key" && i > 0 && keyKinds[words[i-1]]:
			return strong
		case word == "pass" && len(words) > 1 && i == len(words)-1:
			return strong
		case word == "authorization" && i == len(words)-1, word == "connectionstring":
			found = weak
		case weakWords[word] && i == len(words)-1:
			found = weak
		}
	}
	return found
}

func hasStrongEnding(word string) bool {
	for _, ending := range strongEndings {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

// nameWords splits a name into lower-case words at punctuation and at camelCase humps: "spring.dbPassword" gives spring,
// db, password; "APIKey" gives api, key.
func nameWords(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
		start = end
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !isAlnum(c):
			flush(i)
			start = i + 1
		case i > start && isUpper(c) && !isUpper(name[i-1]):
			flush(i)
		case i > start && isLower(c) && isUpper(name[i-1]) && i-1 > start:
			flush(i - 1)
		case i > start && isDigit(c) != isDigit(name[i-1]):
			flush(i)
		}
	}
	flush(len(name))
	return words
}

// hints are the beginnings of the words that nameStrength and appendPlaces act on, by their first letter.
var hints = hintTable("pass pwd pin pat secret sig salt session token key auth api access cred cookie code bearer " +
	"basic bindpw jwt hmac license nonce otp identified connectionstring requirepass mysql mariadb redis curl private " +
	"account master pgpass pw login")

func hintTable(words string) [26][]string {
	var table [26][]string
	for word := range strings.FieldsSeq(words) {
		table[word[0]-'a'] = append(table[word[0]-'a'], word)
	}
	return table
}

// mentionsSecret says whether a line holds any word that nameStrength or appendPlaces could act on. It is the cheap
// check that spares most lines the rest.
func mentionsSecret(line string) bool {
	for i := 0; i+1 < len(line); i++ {
		letter := line[i] | 0x20
		if !isLower(letter) {
			continue
		}
		for _, word := range hints[letter-'a'] {
			if foldPrefix(line[i:], word) {
				return true
			}
		}
	}
	return false
}

func foldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// looksRandom says whether a value looks generated: long, letters and digits mixed, and not put together from words as
// the names of objects (key="default/api-7d4f9c8b6d-x2x4z"), paths and classes are.
func looksRandom(value string) bool {
	if len(value) < 16 || isUUID(value) || isPath(value) || isURL(value) {
		return false
	}
	var digit, upper, lower, joined bool
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case isDigit(c):
			digit = true
		case isUpper(c):
			upper = true
		case isLower(c):
			lower = true
		case c == '-' || c == '/':
			joined = true
		case strings.IndexByte("+=_~!@#$%^&*", c) < 0:
			return false
		}
	}
	return digit && (upper || lower && !joined) && entropy(value) >= 3
}

// entropy is the Shannon entropy in bits per byte.
func entropy(value string) float64 {
	var counts [256]int
	for i := 0; i < len(value); i++ {
		counts[value[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(value))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

func isUUID(value string) bool {
	if len(value) != 36 {
		return false
	}
	for i := 0; i < len(value); i++ {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (value[i] == '-') || !dash && !unicode.Is(unicode.ASCII_Hex_Digit, rune(value[i])) {
			return false
		}
	}
	return true
}

func isNumber(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlnum(c byte) bool { return isDigit(c) || isUpper(c) || isLower(c) }
