package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// commonWords are what most sentences of people hold, and few lines of logs more than one or two of.
var commonWords = setOf([]string{
	"a", "an", "the", "is", "are", "was", "were", "be", "been", "being", "it", "its", "this", "that", "these", "those", "there", "here", "to", "of", "and",
	"or", "but", "so", "in", "on", "at", "by", "for", "from", "with", "without", "as", "if", "when", "while", "then", "than", "because", "since", "until",
	"after", "before", "again", "also", "all", "any", "some", "no", "not", "only", "just", "still", "even", "very", "more", "most", "now", "has", "have",
	"had", "do", "does", "did", "can", "could", "will", "would", "should", "may", "might", "must", "they", "them", "he", "she", "his", "what", "which",
	"who", "where", "why", "how", "about", "into", "out", "up", "down", "other", "same", "such", "see", "seems", "looks", "you", "your",
	"didn't", "doesn't", "don't", "isn't", "wasn't", "can't", "won't", "it's", "that's", "there's", "maybe", "perhaps",
})

// personWords are those of somebody who writes about a problem, as hardly a program does.
var personWords = setOf([]string{
	"i", "i'm", "i've", "i'd", "i'll", "me", "my", "we", "we're", "we've", "our", "us", "ours", "mine", "hi", "hello", "hey", "thanks", "thank", "thx", "cheers",
	"regards", "anyone", "anybody", "somebody", "someone", "everyone", "guys", "folks", "team", "colleague", "colleagues", "ideas", "sorry",
	"btw", "fyi", "appreciated", "advise", "suggestions", "yesterday", "today", "morning", "tomorrow", "weekend", "let's", "here's",
})

// talkWords are those that people use of what runs a program, and that the program itself seldom knows.
var talkWords = setOf([]string{
	"pod", "pods", "container", "containers", "kubernetes", "k8s", "kubectl", "deployment", "deployments", "replica", "replicas", "cluster", "namespace",
	"helm", "crash", "crashes", "crashed", "crashing", "crashloop", "crashloopbackoff", "restart", "restarts", "restarted", "restarting", "upgrade", "upgraded",
	"rollout", "deploy", "deployed", "describe", "logs",
})

// tally counts what the words of a text are.
type tally struct {
	words, common, person, talk, odd int
}

func tallyOf(lines []string) tally {
	var t tally
	for _, l := range lines {
		for word := range strings.FieldsSeq(l[:min(len(l), maxSentence)]) {
			t.add(word)
		}
	}
	return t
}

// maxSentence bounds how much of a line is looked at.
const maxSentence = 1 << 10

func (t *tally) add(word string) {
	plain := strings.ToLower(strings.Trim(word, ".,;:!?()\"'*`“”’‘-"))
	if plain == "" {
		return
	}
	plain = strings.ReplaceAll(plain, "’", "'")
	t.words++
	switch {
	case commonWords[plain]:
		t.common++
	case personWords[plain]:
		t.person++
	case talkWords[plain]:
		t.talk++
	case isOdd(word, plain):
		t.odd++
	}
}

// isOdd says that a word is none of a language: a path, a name of a program, key=value, a number with a unit.
func isOdd(word, plain string) bool {
	return strings.ContainsAny(plain, "=/\\_[]{}<>|@#$%^&*+~:") || strings.ContainsAny(plain, "0123456789") ||
		strings.Contains(strings.Trim(plain, "."), ".") || len(word) > 3 && strings.ToUpper(word) == word && strings.ContainsFunc(word, isCapital)
}

func isCapital(c rune) bool { return 'A' <= c && c <= 'Z' }

// IsProse says that a text is plainly what people wrote, each paragraph of it.
func IsProse(lines []string) bool {
	prose := false
	for len(lines) > 0 {
		end := slices.IndexFunc(lines, func(l string) bool { return !isText(l) })
		if end < 0 {
			end = len(lines)
		}
		if end > 0 {
			if !isProse(lines[:end]) {
				return false
			}
			prose = true
		}
		lines = lines[min(end+1, len(lines)):]
	}
	return prose
}

// isProse says that a paragraph is plainly what a person wrote: it speaks of the writer, asks, or is made of sentences
// about what runs the program.
func isProse(lines []string) bool {
	t := tallyOf(lines)
	if t.words == 0 || t.odd*2 > t.words || slices.ContainsFunc(lines, beginsLogLine) {
		return false
	}
	if t.personal(lines) || addition.MatchString(lines[0]) {
		return true
	}
	if slices.ContainsFunc(lines, startsAsLog) || isBlank(rune(lines[0][0])) || !startsSentence(lines[0]) {
		return false
	}
	if strings.HasSuffix(strings.TrimSpace(lines[len(lines)-1]), "?") && t.words > 2 && t.common > 0 && t.odd*3 <= t.words {
		return true
	}
	return t.common+t.talk >= 3 && (t.common+t.talk)*10 >= t.words*4 && t.odd*5 <= t.words && (t.talk > 0 || !tellsFailure(lines))
}

// addition is how people begin what they add to a text later.
var addition = lazyregexp.New(`^(?i:edit|update|p\.?s\.?|nb|bump|ping)(?: ?\d{1,2})?:`)

// isPersonal says that somebody speaks of himself or greets: "I have no idea", "Thanks!".
func isPersonal(lines []string) bool {
	t := tallyOf(lines)
	return t.odd*2 <= t.words && t.personal(lines) && !slices.ContainsFunc(lines, beginsLogLine)
}

func (t *tally) personal(lines []string) bool {
	return t.person > 0 && !startsAsLog(lines[0]) && !isBlank(rune(lines[0][0])) && (t.words <= 4 || t.common+t.person+t.talk >= 2)
}

// isRemark says that a line or two name what runs the program or its version, and tell of no failure: "Kubernetes 1.29 on
// three nodes". Three words that tell of none are nothing to lose as the log of a program.
func isRemark(lines []string) bool {
	t := tallyOf(lines)
	switch {
	case slices.ContainsFunc(lines, beginsLogLine) || t.words > 30:
		return false
	case t.talk > 0, t.words <= 3, !slices.ContainsFunc(lines, func(l string) bool { return !versionLine.MatchString(l) }):
		return !tellsFailure(lines)
	}
	return false
}

// versionLine tells the version of something.
var versionLine = lazyregexp.New(`^[ \t*-]*[A-Za-z][\w ]{0,40}:? v?\d+\.\d+[\w.+-]*$`)

func beginsLogLine(l string) bool { return beginsLog(l[:min(len(l), 512)]) }

// startsSentence says that a line begins as a sentence does: with a word that has a capital, or an item of a list.
func startsSentence(l string) bool {
	l = strings.TrimLeft(l, " \t-*>•0123456789.)\"'“_")
	return l != "" && isCapital(rune(l[0])) && !strings.HasPrefix(l, "Error") && !strings.HasPrefix(l, "Exception")
}

// logStart is how lines of logs begin that beginsLog does not know: with a mark, or a name and a colon.
var logStart = lazyregexp.New(`^(?:[=>\-*#.+]{1,4}>? ?\S|\[|\(|<\d|[\w./@-]+(?:\[\d+\])?: |[\w.-]+=|\d|[a-z]+\(\) )`)

func startsAsLog(l string) bool {
	l = strings.TrimSpace(l[:min(len(l), 256)])
	if strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ") || strings.HasPrefix(l, "> ") || strings.HasPrefix(l, "# ") {
		return false // Markdown
	}
	return beginsLog(l) || logStart.MatchString(l)
}

var yamlLine = lazyregexp.New(`^[ \t]*(?:- )*["']?[A-Za-z][\w./-]*["']?:(?:[ \t]|$)|^[ \t]*- \S`)

// dockerLine is an instruction of a Dockerfile.
var dockerLine = lazyregexp.New(`^(?:FROM|RUN|CMD|ENTRYPOINT|COPY|ADD|WORKDIR|ENV|EXPOSE|USER|ARG|LABEL|VOLUME)[ \t]+\S`)

// isSource says that lines are of a file that people show beside a log: settings in YAML, or a Dockerfile.
func isSource(lines []string) bool {
	yaml, nested, docker := 0, false, 0
	for _, l := range lines {
		l = l[:min(len(l), 256)]
		if yamlLine.MatchString(l) {
			yaml++
			nested = nested || isBlank(rune(l[0])) || strings.HasPrefix(l, "- ")
		}
		if dockerLine.MatchString(l) {
			docker++
		}
	}
	return docker >= 2 && docker*2 > len(lines) || nested && yaml >= 3 && yaml*10 >= len(lines)*8
}
