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
	weak              // a secret if the value looks random: "key", "session"
	medium            // a secret if the value looks like one that somebody chose: "auth", "credentials"
	strong            // a secret whatever it looks like: "DB_PASSWORD"
)

// strongEndings are the endings of words that make a name secret: "PGPASSWORD" and "dbpassword" are one word each.
var strongEndings = strings.Fields("password passwd passphrase passcode pwd secret token apikey privatekey secretkey accesskey " +
	"passwords passphrases apikeys secretkeys privatekeys accountkey authkey signingkey encryptionkey instrumentationkey bindpw masterauth mnemonic dockerconfigjson dockercfg " +
	foreignPasswords)

// foreignPasswords are the word for password in other languages.
const foreignPasswords = "passwort kennwort passwörter contraseña contrasena senha wachtwoord lösenord adgangskode hasło haslo heslo " +
	"jelszó parola şifre salasana passe пароль пароля 密码 密碼 パスワード 비밀번호"

// notPasses are words that end in pass and have nothing to do with passwords.
var notPasses = wordSet("bypass compass encompass trespass surpass overpass underpass renderpass multipass onepass")

// keyKinds are the words that, before "key", make it a secret one.
var keyKinds = wordSet("api access private secret encryption signing master account storage license ssh service shared " +
	"auth deploy client rsa aes hmac jwt session cipher crypto webhook signature app admin root function subscription " +
	"instrumentation host webhooks ingest")

// mediumWords make a name secret if the value looks like one that somebody chose.
var mediumWords = wordSet("auth basicauth credential credentials cred creds pat pin otp pass")

// weakWords make a name secret if the value looks random.
var weakWords = wordSet("key keys sig signature session sessionid sid jsessionid phpsessid cookie salt nonce code codes jwt hmac " +
	"license bearer seed tokens secrets")

// aboutWords, as the last word of a name, say that the value is about a secret and not the secret: TOKEN_URL,
// secretName, password_min_length.
var aboutWords = wordSet("file files path paths dir directory folder name names ref refs url uri urls endpoint host hostname " +
	"port expiry expires expiration expire expired seconds second minutes hours days duration ttl length len size count limit " +
	"max min type kind enabled disabled enable disable required policy version algorithm alg provider issuer audience method " +
	"mode format field header headers prefix suffix rotation age timeout interval store manager authentication authorization " +
	"user username id ids hint reset status error errors err reason at in usage used namespace optional volume mount projection " +
	"class env variable encoder filter handler factory interceptor exception util utils helper repository impl signer verifier " +
	"reader writer loader resolver strategy adapter bean refresher exchanger converter attempts retries scope scopes source class backend region review request requests response cache " +
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
	if last == "id" && len(words) > 1 {
		return idStrength(words[len(words)-2], found)
	}
	if found == strong && len(words) > 1 && aboutWords[last] {
		return harmless
	}
	return found
}

// idStrength is that of a name that ends in id. The id of a session is as good as a password, and so is what Vault calls a
// secret id; that of a key names it.
func idStrength(before string, found strength) strength {
	switch {
	case before == "secret":
		return medium
	case before == "session", before == "sess", before == "cookie", found == strong:
		return weak
	}
	return harmless
}

func wordsStrength(words []string) strength {
	found := harmless
	for i, word := range words {
		last := i == len(words)-1
		switch {
		case hasStrongEnding(word), word == "key" && i > 0 && keyKinds[words[i-1]]:
			return strong
		case last && i > 0 && keyKinds[words[i-1]] && word == "keys":
			return strong
		case last && i > 0 && word == "codes" && (words[i-1] == "recovery" || words[i-1] == "backup"):
			return strong
		case last && i > 0 && word == "literal" && words[i-1] == "from": // kubectl create secret --from-literal
			return strong
		case last && (word == "pw" || len(words) > 1 && word == "pass"):
			return strong
		case last && mediumWords[word]:
			found = medium
		case last && (weakWords[word] || word == "authorization"), word == "connectionstring":
			found = max(found, weak)
		}
	}
	return found
}

// isWorkingDirectory says whether a variable is the shell's PWD or OLDPWD, and no password.
func isWorkingDirectory(name, value string) bool {
	return (name == "PWD" || name == "OLDPWD") && strings.HasPrefix(value, "/")
}

// isPasswordName says whether a name is that of a password, and not of a token or a key.
func isPasswordName(name string) bool {
	words := nameWords(name)
	for _, word := range words {
		for _, ending := range []string{"password", "passwd", "passphrase", "passcode", "pwd", "pass", "pw"} {
			if strings.HasSuffix(word, ending) && !notPasses[word] {
				return true
			}
		}
	}
	return len(words) > 0 && containsAny(words[len(words)-1], strings.Fields(foreignPasswords))
}

func hasStrongEnding(word string) bool {
	for _, ending := range strongEndings {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return len(word) > len("pass") && strings.HasSuffix(word, "pass") && !notPasses[word]
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
		case !isAlnum(c) && c < 0x80:
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

// longNames and the others are parts of the words that nameStrength and the places act on. No letter may follow a short one.
const (
	longNames = "password passwd passphrase passcode pwd secret token apikey privatekey secretkey accesskey accountkey signingkey " +
		"encryptionkey instrumentationkey masterauth mnemonic dockerconfigjson dockercfg authorization bearer basic cookie " +
		"session signature credential connectionstring identified requirepass literal passin passout " + foreignPasswords +
		" Пароль ПАРОЛЬ Şifre Lösenord CONTRASEÑA JELSZÓ LÖSENORD"
	shortNames = "pass pw auth cred creds pat pin otp _key -key .key _keys -keys"
	weakNames  = "key keys sig sid jsessionid phpsessid salt nonce code codes jwt hmac license seed"
)

// mentionsSecret says whether text holds any word that nameStrength could act on.
func mentionsSecret(text string) bool { return find(theFinder(), text)&(hintName|hintWeak) != 0 }

// looksGiven says whether a word looks like a password that somebody was given or chose with care: it has a digit or a special
// character beside letters. Words in camelCase, names of source files and of objects do not.
func looksGiven(word string) bool {
	if len(word) < 6 || isSourceLine(word) || isHostPort(word) || isDotted(word) || isSnake(word) || strings.ContainsAny(word, "(){}<>[]\\") {
		return false
	}
	return mixed(word) && !isObjectWord(word) || strings.ContainsAny(word, "!#$%^&*+~") && !isNumber(word) || isNumber(word) && len(word) >= 8
}

// looksToken says whether a word behind "token" or "credential" in a sentence is one.
func looksToken(word string) bool {
	return len(word) >= 16 && mixed(word) && entropy(word) >= 3 && !isObjectWord(word) && !isSourceLine(word) && !isPath(word) &&
		!isURL(word) && !isHostPort(word) && !strings.ContainsAny(word, "(){}<>[]\"'@")
}

// isObjectWord says whether a word is put together from small letters and digits as the names of objects, versions and
// algorithms are: db-credentials-v2, oauth2, sha256, api-7d4f9c8b6d-x2x4z.
func isObjectWord(word string) bool {
	joints := strings.Count(word, "-") + strings.Count(word, "/")
	digits := 0
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case isDigit(c):
			digits++
		case !isLower(c) && c != '-' && c != '/' && c != '.':
			return false
		}
	}
	stem := strings.TrimRight(word, "0123456789")
	return joints > 0 || len(word) < 8 || algorithms[stem] || digits == 1 && len(stem) < len(word)
}

// algorithms are the letters of names that end in numbers.
var algorithms = wordSet("sha md hs rs es ps ed aes rsa oauth saml http tls ssl x utf base scram v argon bcrypt ntlmv aws s node")

// isHostPort says whether a word is host:port.
func isHostPort(word string) bool {
	host, port, ok := strings.Cut(word, ":")
	return ok && host != "" && isNumber(port) && len(port) <= 5
}

// isDotted says whether a word is made of several words with dots between them, as names of hosts, classes and versions are.
func isDotted(word string) bool {
	parts := strings.Split(word, ".")
	for _, part := range parts {
		if part == "" || !isLetter(part[0]) && !isNumber(part) || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			return false
		}
	}
	return len(parts) > 1
}

// isSnake says whether a word is an identifier in capitals or small letters: DB_PASSWORD_2, invalid_client.
func isSnake(word string) bool {
	return strings.Contains(word, "_") && (strings.ToUpper(word) == word || strings.ToLower(word) == word) &&
		strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && strings.Count(word, "_") > len(word)/12
}

// isSourceLine says whether a word names a source file, with or without a line: TokenFilter.java:42.
func isSourceLine(word string) bool {
	file, _, _ := strings.Cut(word, ":")
	dot := strings.LastIndexByte(file, '.')
	return dot > 0 && sourceFiles[file[dot+1:]]
}

// sourceFiles are the endings of files that logs name with a line.
var sourceFiles = wordSet("java kt kts scala groovy clj go py pyx pyc rb erb js mjs cjs jsx ts mts tsx vue rs c cc cpp cxx h hh hpp m mm cs fs vb " +
	"swift php phtml pl pm lua ex exs erl hs ml dart zig nim jl r sh bash sql xml yml yaml json toml ini conf cfg properties html tf")

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
