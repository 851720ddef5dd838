package crashlog

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	variable = lazyregexp.New(`(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b[0-9a-f]*\d[0-9a-f]{7,}\b|\b[0-9a-f]{7,}\d[0-9a-f]*\b|\d+`)
	// podSuffix is the random end of a pod's name, of letters that Kubernetes uses so that no word comes of it.
	podSuffix = lazyregexp.New(`\b([a-z][a-z0-9-]*)-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b`)
	blanks    = lazyregexp.New(`\s+`)
)

// normalize replaces what differs between two occurrences of the same text: numbers, times, addresses, identifiers.
func normalize(s string) string {
	s = podSuffix.ReplaceAllStringFunc(s, func(name string) string {
		if !strings.ContainsAny(name, "0123456789") {
			return name
		}
		return name[:strings.IndexByte(name, '-')] + "-#"
	})
	s = variable.ReplaceAllString(s, "#")
	return strings.TrimSpace(blanks.ReplaceAllString(s, " "))
}

// fingerprint identifies a crash by what it says first and where.
func fingerprint(c *Crash) string {
	parts := []string{c.Runtime, c.Type, normalize(c.Message), normalize(c.Frame)}
	if c.Kind == KindLast {
		for _, s := range c.Said {
			parts = append(parts, normalize(s.Text))
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
