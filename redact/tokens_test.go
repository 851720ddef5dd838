package redact

import (
	"strings"
	"testing"
)

// TestTextFindsEveryToken makes one of each kind, by the table, and looks for it in a sentence and as a value.
func TestTextFindsEveryToken(t *testing.T) {
	for _, kind := range tokens {
		var letters strings.Builder
		for _, c := range []byte("a1b2C3d4e5F6A7b8c9d0B1c2") {
			if kind.rest[c] {
				letters.WriteByte(c)
			}
		}
		rest := strings.Repeat(letters.String(), 1+max(kind.min, 8)/letters.Len())[:max(kind.min, 8)]
		for prefix := range strings.FieldsSeq(kind.prefixes) {
			token := prefix + rest
			for _, around := range []string{"@@", "using @@ to log in", `{"x":"@@"}`, "x=@@;", "(@@)"} {
				in, want := strings.ReplaceAll(around, "@@", token), strings.ReplaceAll(around, "@@", Marker)
				if got := Text(in); got != want {
					t.Errorf("%s: Text(%q) = %q, want %q", kind.issuer, in, got, want)
				}
			}
		}
	}
}

// TestTextFindsEveryKindOfHash holds what files of passwords hold.
func TestTextFindsEveryKindOfHash(t *testing.T) {
	hash := "Zx9kQ2mPw7LtAbCd" + "EfGh1234"
	checkGone(t, hash, []string{
		"admin:$2y$05$@@", "$2b$12$@@", "root:$6$salt$@@:19000:0", "bob:$apr1$x$@@", "$y$j9T$x$@@", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$@@",
		"userPassword: {SSHA}@@", "{SSHA512}@@==", "pbkdf2_sha256$260000$salt$@@=", "SCRAM-SHA-256$4096:x$@@:y",
	})
}

func TestEveryExpressionCompiles(t *testing.T) {
	for _, form := range forms {
		form.re()
	}
	for _, place := range places {
		place.re()
	}
	for _, e := range []expression{keyStart, keyInJSON, blockHead, heredoc, envName, envValue, nameAtEnd, elementAtEnd, wordsAtEnd, loneValue, quoted, oracleDSN, encoded, oneTimeCode, cardNumber} {
		e()
	}
}
