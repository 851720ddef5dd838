package wrapping

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/unloop-dev/unloop/internal/ansi"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// changed gives the lines as change makes them, nil if it changes none.
func changed(lines []Line, change func(string) string) []Line {
	var out []Line
	for i, l := range lines {
		now := change(l.Text)
		if now == l.Text && out == nil {
			continue
		}
		if out == nil {
			out = make([]Line, len(lines))
			copy(out, lines)
		}
		out[i].Text = now
	}
	return out
}

func asText(lines []Line) []Text {
	if lines == nil {
		return nil
	}
	return []Text{{Lines: lines}}
}

// lineEnds takes the carriage returns of Windows off.
func lineEnds(lines []Line, _ judge) []Text {
	return asText(changed(lines, withoutReturn))
}

func withoutReturn(l string) string { return strings.TrimRight(l, "\r") }

// consoleNote is what Jenkins hides in a log for its web pages: base64 between the sequences that conceal and show
// (jenkinsci/jenkins, hudson/console/ConsoleNote.java); section is GitLab's mark of a part that folds
// (docs.gitlab.com/ci/jobs/job_logs, "Custom collapsible sections").
var (
	consoleNote = lazyregexp.New("\x1b\\[8mha:[^\x1b]*\x1b\\[0m")
	bareNote    = lazyregexp.New(`ha:////[A-Za-z0-9+/]{20,}={0,2}(?:\[0m)?`)
	section     = lazyregexp.New("section_(?:start|end):\\d+:[\\w.-]+(?:\\[[^\\]]*\\])?(?:\r|$)")
)

// terminal takes off what only a terminal or a page acts on.
func terminal(lines []Line, _ judge) []Text {
	return asText(changed(lines, withoutEscapes))
}

func withoutEscapes(l string) string {
	if strings.Contains(l, "ha:////") {
		l = bareNote.ReplaceAllString(consoleNote.ReplaceAllString(l, ""), "")
	}
	if strings.Contains(l, "section_") {
		l = section.ReplaceAllString(l, "")
	}
	return ansi.Strip(l)
}

// zeroWidth are characters that show nothing and that web pages and mail put between others.
const zeroWidth = "\u200b\u2060\ufeff\u00ad"

func invisible(lines []Line, _ judge) []Text {
	return asText(changed(lines, withoutInvisible))
}

func withoutInvisible(l string) string {
	if !strings.ContainsAny(l, zeroWidth) {
		return l
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(zeroWidth, r) {
			return -1
		}
		return r
	}, l)
}

// isWideBlank says whether a rune shows as a blank and is none.
func isWideBlank(r rune) bool {
	return r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f || r == 0x3000
}

// wideBlanks makes blanks of what web pages put in their place. One between words may be a writer's own; in a row, at the
// begin of a line or beside a blank it stands for what the page would have folded, and where there are more of them than of
// other blanks all are the page's.
func wideBlanks(lines []Line, j judge) []Text {
	pages, wide, plain := false, 0, 0
	now := changed(lines, func(l string) string {
		plain += strings.Count(l, " ")
		if !strings.ContainsFunc(l, isWideBlank) {
			return l
		}
		last := ' '
		for _, r := range l {
			if isWideBlank(r) {
				wide++
			}
			pages = pages || isWideBlank(r) && (last == ' ' || isWideBlank(last)) || r == ' ' && isWideBlank(last)
			last = r
		}
		return strings.Map(func(r rune) rune {
			if isWideBlank(r) {
				return ' '
			}
			return r
		}, l)
	})
	if now == nil || !pages && wide <= plain && !j.better(likely, textsOf(lines), textsOf(now), true) {
		return nil
	}
	return asText(now)
}

var (
	straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'", "″", `"`, "′", "'")
	// asSyntax is a typographic quote where only a program's can stand: behind the key of a pair or before its colon.
	asSyntax = lazyregexp.New(`[=\[{(]\s?[“”„]|[“”]\s?:|:\s?[“”„]|,\s?[“”„]|[“”][,)\]}]`)
	// asValue is one word between such quotes, as programs set names and paths apart. GNU's tools write ‘x’ themselves, behind
	// the name of the program.
	ofGNU   = lazyregexp.New(`^(?:[a-z/][\w./-]*: [^“”„]*|Try )‘`)
	asValue = lazyregexp.New(`(?:^|[\s(\[:=])(?:[“”„][^\s“”„]{1,200}[“”]|[‘’‚][^\s‘’‚]{1,200}[‘’])(?:$|[\s.,;:)\]])`)
)

// quotes makes typographic quotes straight where a program had written them.
func quotes(lines []Line, j judge) []Text {
	syntax := false
	now := changed(lines, func(l string) string {
		if !strings.Contains(l, "\xe2\x80") {
			return l
		}
		syntax = syntax || len(l) < 8<<10 && (asSyntax.MatchString(l) || asValue.MatchString(l) && !ofGNU.MatchString(l))
		return straight.Replace(l)
	})
	if now == nil || !syntax && !j.better(likely, textsOf(lines), textsOf(now), true) {
		return nil
	}
	return asText(now)
}

// entity is one of HTML's.
var entity = lazyregexp.New(`&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});`)

// entities undoes HTML's escapes in the text of a page.
func entities(lines []Line, j judge) []Text {
	clear := false
	now := changed(lines, func(l string) string {
		if !strings.Contains(l, "&") || !entity.MatchString(l) {
			return l
		}
		clear = clear || strings.Contains(l, "&lt;none&gt;") || strings.Contains(l, "&lt;nil&gt;") || strings.Contains(l, "&lt;unknown&gt;")
		return html.UnescapeString(l)
	})
	if now == nil || !clear && !j.better(likely, textsOf(lines), textsOf(now), true) {
		return nil
	}
	return asText(now)
}

// fenceTag is how Jira, Confluence, BBCode and HTML set text apart.
var fenceTag = lazyregexp.New(`(?i)^\s*(\{(?:noformat|code|panel|quote)(?::[^}]*)?\}|\[/?code(?:=[^\]]*)?\]|</?(?:pre|code|samp|tt)\b[^>]*>)`)

// fences makes a Markdown fence of others' tags.
func fences(lines []Line, _ judge) []Text {
	var out []Line
	for i, l := range lines {
		opening := fenceHead(l.Text)
		rest := l.Text[len(opening):]
		closing := ""
		if opening != "" || len(out) > 0 {
			closing = fenceTail(rest)
		}
		if opening == "" && closing == "" {
			if out != nil {
				out = append(out, l)
			}
			continue
		}
		if out == nil {
			out = append(make([]Line, 0, len(lines)+2), lines[:i]...)
		}
		rest = strings.TrimSuffix(rest, closing)
		if opening != "" {
			out = append(out, Line{l.Number, "```"})
		}
		if !isBlank(rest) {
			out = append(out, Line{l.Number, rest})
		}
		if closing != "" {
			out = append(out, Line{l.Number, "```"})
		}
	}
	return asText(out)
}

func fenceHead(l string) string {
	s := strings.TrimLeft(l, " \t")
	if s == "" || s[0] != '{' && s[0] != '[' && s[0] != '<' || strings.HasPrefix(s, `{"`) {
		return ""
	}
	m := fenceTag.FindString(l[:min(len(l), 200)])
	if m != "" {
		// <pre><code> is one fence.
		if inner := fenceTag.FindString(l[len(m):min(len(l), 400)]); inner != "" && strings.HasPrefix(strings.TrimSpace(m), "<") {
			m += inner
		}
	}
	return m
}

// fenceTail is a tag at the end of a line that ends what was set apart.
func fenceTail(l string) string {
	for _, tag := range []string{"{noformat}", "{code}", "[/code]", "</code></pre>", "</pre>", "</code>"} {
		if strings.HasSuffix(l, tag) {
			return tag
		}
	}
	return ""
}

// indentation takes off what all lines of a text, or of a part that stands apart, are indented by.
func indentation(lines []Line, j judge) []Text {
	var out []Line
	for n, r := range indented(lines) {
		if n >= maxJudged {
			break
		}
		part := lines[r.from:r.to]
		width := commonIndent(part)
		after := changed(part, func(l string) string { return l[min(len(l), width):] })
		whole := len(part) == len(lines)
		if width == 0 || !j.better(likely, textsOf(part), textsOf(after), whole) && !(whole && j.dented(part, after)) {
			continue
		}
		if out == nil {
			out = append(out, lines...)
		}
		copy(out[r.from:r.to], after)
	}
	return asText(out)
}

// begins says that a line is the first one of something that a program prints without indentation.
func begins(l string) bool {
	head := l[:min(len(l), 300)]
	return strings.HasPrefix(head, "Name:") || strings.HasPrefix(head, "apiVersion:") || strings.HasPrefix(head, "kind:") ||
		head != "" && isLetter(head[0]) && strings.ToUpper(head) == head && strings.Contains(head, "  ")
}

// dented says that a whole text was indented by someone: it is no part that was cut out of a describe, of YAML or of a trace,
// whose lines are.
func (j judge) dented(before, after []Line) bool {
	first := firstText(after)
	if begins(first) {
		return true
	}
	if !beginsLog(first) && (startsRecord(first) || isTraceLine(" "+first) || fieldLine.MatchString(first[:min(len(first), 200)])) {
		return false
	}
	n := min(len(before), len(after), fewLines)
	return j.known(textsOf(after[:n])) >= j.known(textsOf(before[:n]))
}

// fieldLine is a field of a describe or of YAML.
var fieldLine = lazyregexp.New(`^(?:[A-Z][\w()/-]*(?: [\w()/-]+){0,3}|["']?[\w./-]+["']?):(?:\s|$)`)

func firstText(lines []Line) string {
	for _, l := range lines {
		if !isBlank(l.Text) {
			return l.Text
		}
	}
	return ""
}

// indented finds the runs of indented lines that begin the text, or stand behind a blank line or a sentence that ends in a
// colon.
func indented(lines []Line) []span {
	var spans []span
	from, end := -1, 0
	apart := true
	for i, l := range lines {
		switch {
		case isBlank(l.Text):
			apart = true
			continue
		case l.Text[0] == ' ' || l.Text[0] == '\t':
			if from < 0 && apart {
				from = i
			}
			end = i + 1
		default:
			if from >= 0 {
				spans = append(spans, span{from, end})
			}
			from = -1
		}
		apart = from < 0 && strings.HasSuffix(l.Text, ":") && strings.Count(l.Text, " ") > 1
	}
	if from >= 0 {
		spans = append(spans, span{from, end})
	}
	return spans
}

// commonIndent is the length of the white space that all lines begin with.
func commonIndent(lines []Line) int {
	common, first := "", true
	for _, l := range lines {
		if isBlank(l.Text) {
			continue
		}
		own := l.Text[:len(l.Text)-len(strings.TrimLeft(l.Text, " \t"))]
		if first {
			common, first = own, false
		}
		for !strings.HasPrefix(own, common) {
			common = common[:len(common)-1]
		}
	}
	return len(common)
}

// columns is how many characters a line has.
func columns(l string) int { return utf8.RuneCountInString(l) }
