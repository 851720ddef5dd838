// Package redact removes secrets from text before it is judged, stored, printed or sent.
//
// [Text] finds passwords, tokens, keys and the secret part of connection strings and puts [Marker] in their place. It
// keeps what a diagnosis needs: host, port, user, database, file path, line of a source file, digest, image name, exit
// code. [NewReader] does the same to a stream, in bounded memory. Package objects does it to Kubernetes objects. All
// functions are idempotent, take linear time, and never change the number of lines.
//
// A secret is known by its form (a GitHub token, a JWT, a PEM private key), by its place (the password of a URL, an
// Authorization header, the -p of a client) or by the name it stands behind (DB_PASSWORD=…, "clientSecret": "…",
// --token …), on the same line or the next. Forms follow what the vendors document. Importing a scanner was weighed: the
// rules of gitleaks v8 come with its configuration reader, archive readers and logger (22 modules), and they say nothing
// about connection strings, commands or YAML.
//
// What it can't know: a secret without a known form, behind an innocent name. Its user may know, and adds patterns: see
// [Rules]. A bundle is something to look at before it is handed on all the same, and Secret objects are not read at all.
package redact

import (
	"slices"
	"strings"
)

// Marker stands where a secret stood.
const Marker = "[redacted]"

// Text gives text without its secrets.
func Text(text string) string { return (*Rules)(nil).Text(text) }

// Bytes is [Text] for bytes. Its argument is not changed; the result may share its memory.
func Bytes(text []byte) []byte { return (*Rules)(nil).Bytes(text) }

// Text gives text without its secrets.
func (r *Rules) Text(text string) string {
	if r.empty() && len(text) < maxPlain && !strings.Contains(text, "\n") && !worthALook(text) {
		return text // most strings of objects are such
	}
	in := []byte(text)
	out := r.Bytes(in)
	if len(out) == len(in) && len(out) > 0 && &out[0] == &in[0] {
		return text
	}
	return string(out)
}

// Bytes is [Rules.Text] for bytes. Its argument is not changed; the result may share its memory.
func (r *Rules) Bytes(text []byte) []byte {
	l := lines{rules: r}
	out, _ := l.redact(text, true)
	return out
}

// maxPlain is more than any string that is not worth a look as lines.
const maxPlain = 4 << 10

// worthALook says whether a line may hold a secret by itself.
func worthALook(line string) bool { return deserves(line, find(theFinder(), line)) }

// deserves is worthALook where it is known already what the line may hold. Lines like key="orders:42" are many, and hardly
// ever one holds a secret.
func deserves[T string | []byte](line T, has hints) bool {
	if has == hintWeak && len(appendAssigned(nil, string(line))) == 0 {
		has = 0
	}
	return has != 0 || endsInBase64(line) || mayHoldBotToken(line)
}

// span is a part of a line that holds a secret.
type span struct{ start, end int }

// maxRounds bounds how often a line is looked at. One round is enough for nearly every line; another is needed where
// taking out one secret lets the next be seen.
const maxRounds = 8

// line takes the secrets out of one line. It looks again until nothing is left to find, which makes it idempotent: every
// round takes out at least one character that is not part of a marker. A line that does not settle is given up as a whole.
func (r *Rules) line(line string) string {
	clean, _ := r.hinted(line, find(theFinder(), line))
	return clean
}

// hinted is line where it is known already what the line may hold. It says what the result may hold, too.
func (r *Rules) hinted(line string, has hints) (string, hints) {
	for range maxRounds {
		clean := replace(line, r.secrets(line, has))
		if clean == line {
			return line, has
		}
		line = clean
		has = find(theFinder(), line)
	}
	return Marker, find(theFinder(), Marker)
}

// secrets finds the secrets of a line, in any order, possibly overlapping. What begins within a marker is none.
func (r *Rules) secrets(line string, has hints) []span {
	found := r.appendOwn(appendSecrets(nil, line, has), line)
	return slices.DeleteFunc(found, func(s span) bool { return s.start == s.end || withinMarker(line, s.start) })
}

func appendSecrets(found []span, line string, has hints) []span {
	if has&hintToken != 0 {
		found = appendTokens(found, line)
	}
	var landmarks hints
	if has&(hintName|hintForm|hintKey|hintHash) != 0 {
		landmarks = theLandmarks().holds(line)
		found = appendForms(found, line, has, landmarks)
	}
	if has&hintAt != 0 {
		found = appendURLs(found, line)
	}
	if has&(hintName|hintWeak) != 0 {
		found = appendAssigned(found, line)
	}
	if has&hintName != 0 {
		found = appendPlaces(found, line, landmarks)
	}
	if has&hintPercent != 0 {
		found = appendEncoded(found, line)
	}
	if has&(hintCommand|hintFlag) != 0 {
		found = appendCommands(found, line)
	}
	if has&hintNumber != 0 {
		found = appendNumbers(found, line)
	}
	if mayHoldBotToken(line) {
		found = appendBotTokens(found, line)
	}
	return found
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
