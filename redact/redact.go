// Package redact removes secrets from text and from Kubernetes objects before they are stored, printed or sent.
//
// [Text] finds passwords, tokens, keys and the secret part of connection strings and puts [Marker] in their place. It
// keeps what a diagnosis needs: host, port, user, database, file path, digest, image name, exit code. [Pod] and [Object]
// give deep copies without secrets. All functions are idempotent, take linear time, and never change the number of lines.
//
// A secret is known by its form (a GitHub token, a JWT, a PEM private key), by its place (the password of a URL, an
// Authorization header) or by the name it stands behind (DB_PASSWORD=…, "clientSecret": "…", --token …). Forms follow
// what the vendors document. Importing a scanner was weighed: the rules of gitleaks v8 come with its configuration
// reader, archive readers and logger (22 modules), and they say nothing about connection strings or YAML.
//
// What it can't know: a secret without a known form, behind an innocent name. Therefore a bundle is something to look
// at before it is handed on, and Secret objects are not read at all.
package redact

import (
	"slices"
	"strings"
)

// Marker stands where a secret stood.
const Marker = "[redacted]"

// Text gives text without its secrets.
func Text(text string) string {
	var out strings.Builder
	changed := false
	var s state
	for start := 0; start < len(text); {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += start
		}
		line := text[start:end]
		clean := s.redact(line)
		if !changed && clean != line {
			// Most text holds no secret, so the copy starts only here.
			out.Grow(len(text))
			out.WriteString(text[:start])
			changed = true
		}
		if changed {
			out.WriteString(clean)
			out.WriteString(text[end:min(end+1, len(text))])
		}
		start = end + 1
	}
	if !changed {
		return text
	}
	return out.String()
}

// Bytes is [Text] for bytes. Its argument is not changed; the result may share its memory.
func Bytes(text []byte) []byte {
	in := string(text)
	out := Text(in)
	if out == in {
		return text
	}
	return []byte(out)
}

// span is a part of a line that holds a secret.
type span struct{ start, end int }

// maxRounds bounds how often a line is looked at. One round is enough for nearly every line; another is needed where
// taking out one secret lets the next be seen.
const maxRounds = 8

// redactLine takes the secrets out of one line. It looks again until nothing is left to find, which makes it
// idempotent: every round takes out at least one character that is not part of a marker. A line that does not settle
// is given up as a whole.
func redactLine(line string) string {
	for range maxRounds {
		clean := replace(line, secrets(line))
		if clean == line {
			return line
		}
		line = clean
	}
	return Marker
}

// secrets finds the secrets of a line, in any order, possibly overlapping. What begins within a marker is none.
func secrets(line string) []span {
	var found []span
	found = appendForms(found, line)
	found = appendURLs(found, line)
	if mentionsSecret(line) {
		found = appendAssigned(found, line)
		found = appendPlaces(found, line)
	}
	return slices.DeleteFunc(found, func(s span) bool { return s.start == s.end || withinMarker(line, s.start) })
}

func withinMarker(line string, i int) bool {
	around := line[max(0, i-len(Marker)+1):min(len(line), i+len(Marker))]
	return strings.Contains(around, Marker)
}

// replace puts the marker in the place of each span. Spans that overlap become one.
func replace(line string, found []span) string {
	if len(found) == 0 {
		return line
	}
	sortSpans(found)
	var out strings.Builder
	done := 0
	for i := 0; i < len(found); {
		start, end := found[i].start, found[i].end
		for i++; i < len(found) && found[i].start < end; i++ {
			end = max(end, found[i].end)
		}
		out.WriteString(line[done:start])
		out.WriteString(Marker)
		done = end
	}
	out.WriteString(line[done:])
	return out.String()
}
