package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockKind is what a part of a paste is.
type BlockKind string

// The kinds of blocks.
const (
	BlockDescribe BlockKind = "describe" // for Describe, whole or in part
	BlockTable    BlockKind = "table"    // for Table
	BlockObjects  BlockKind = "objects"  // YAML or JSON
	BlockPart     BlockKind = "part"     // the same, but a piece of a pod
	BlockLog      BlockKind = "log"
	BlockCrictl   BlockKind = "crictl"  // for Crictl: the table of crictl ps
	BlockInspect  BlockKind = "inspect" // for Inspect
	BlockJournal  BlockKind = "journal" // for Journal
	BlockOther    BlockKind = "other"   // prose, and what is known to be of no use
)

// Block is a part of a paste that is of one kind.
type Block struct {
	Kind    BlockKind
	Text    []byte  // clean: no escapes, no carriage returns
	Line    int     // of the paste, where it begins; 1-based
	Command Command // what printed it, as far as a prompt or a sentence above says so
	Sure    bool    // something around it says what it is, not only its looks
	Heading string  // of a log: the line above it that introduces it, "" for none
}

// Split takes a paste apart: commands behind prompts and Markdown fences bound its parts, and say what they are; where
// there are none, the parts are known by how they look. A text that is one log gives one block, of kind log or other.
//
// What stands under a command that prints logs, and what stands in a fence and begins as a log, is a log to its end,
// whatever it contains: a program may print anything, also what looks like evidence.
func Split(text []byte) []Block {
	segments := segments(cleanLines(text))
	m := mixed{}
	for i := range segments {
		segments[i].find()
		m.see(&segments[i])
	}
	var blocks []Block
	for i := range segments {
		blocks = append(blocks, segments[i].blocks(&m)...)
	}
	return blocks
}

// Recognised says whether a paste has a part that is known: evidence, or a log under a command that says whose it is.
func Recognised(blocks []Block) bool {
	for _, b := range blocks {
		if b.Kind != BlockOther && (b.Kind != BlockLog || b.Command.Verb == "logs") {
			return true
		}
	}
	return false
}

// cleanLines takes a text to its lines, without escapes and without the mark of a quotation if each line has one.
func cleanLines(text []byte) []string {
	var lines []string
	quoted := true
	for raw := range strings.Lines(string(text)) {
		l := crashlog.Clean(raw)
		lines = append(lines, l)
		quoted = quoted && (l == "" || strings.HasPrefix(strings.TrimLeft(l, " "), ">"))
	}
	if quoted {
		for i, l := range lines {
			l = strings.TrimPrefix(strings.TrimLeft(l, " "), ">")
			lines[i] = strings.TrimPrefix(l, " ")
		}
	}
	return lines
}

// segment are the lines between two bounds: prompts and fences.
type segment struct {
	lines   []string
	first   int // index of its first line in the paste
	command Command
	fenced  bool
	// prompted says that it stands below a prompt, and is what a command printed.
	prompted bool
	heading  string // the line above its fence that introduces it
	parts    []part // what was found in it
}

var (
	fenceLine = newForm("(?:```+|~~~+)[ \t]*[A-Za-z0-9_+-]*[ \t]*$", "```", "~~~")
	tagLine   = newForm(`(?:</?(?:details|summary|pre|code|p|br)\b[^>]*>[ \t]*)+$`, "<")
	// inlineCode is a command in a sentence, quoted as Markdown does.
	inlineCode = lazyregexp.New("`((?:kubectl|oc|crictl|journalctl) [^`]{1,300})`")
)

// segments cuts a paste at its prompts and fences.
func segments(lines []string) []segment {
	c := cutter{scripted: scripted(lines)}
	for i, l := range lines {
		c.line(i, l)
	}
	c.cut(len(lines), false, Command{})
	return c.said()
}

// cutter cuts a paste, line by line.
type cutter struct {
	scripted bool
	prompt   string // the first one that was seen
	listed   bool   // commands stand there whose output doesn't
	current  segment
	done     []segment
}

// cut ends the current segment.
func (c *cutter) cut(next int, fenced bool, command Command) {
	heading := ""
	if fenced {
		heading = headingAbove(c.current.lines)
	}
	if len(c.current.lines) > 0 && !c.current.silentLog() {
		c.done = append(c.done, c.current)
	}
	c.current = segment{first: next, fenced: fenced, command: command, heading: heading}
}

func (c *cutter) line(i int, l string) {
	fenced := c.current.fenced
	switch command, prompt, ok := c.promptAt(l); {
	case fenceLine.MatchString(l):
		said := Command{}
		if !fenced {
			said = announced(c.current.lines)
		}
		c.cut(i+1, !fenced, said)
	case tagLine.MatchString(l):
		c.cut(i+1, fenced, c.current.command)
	case ok:
		if c.prompt == "" {
			c.prompt = prompt
		}
		c.keepSilent()
		c.cut(i+1, fenced, command)
		c.current.prompted = true
	default:
		c.current.lines = append(c.current.lines, l)
	}
}

// promptAt reads a line with a prompt. In a log it must begin as the one above the log did: the log may hold anything.
func (c *cutter) promptAt(l string) (command Command, prompt string, ok bool) {
	trimmed := strings.TrimSpace(l)
	again := strings.HasPrefix(trimmed, c.prompt) && len(c.prompt) > 2 ||
		c.prompt == "$" && (trimmed == "$" || strings.HasPrefix(trimmed, "$ "))
	if mentionsCommand(l) && (c.scripted || !strings.HasPrefix(trimmed, "+")) {
		command, prompt, ok = parsePrompt(l)
	}
	if !ok && again {
		return Command{}, c.prompt, true // another program was run, or none
	}
	if ok && c.current.command.prints() == BlockLog && c.prompt != "" && !strings.HasPrefix(prompt, c.prompt[:min(len(c.prompt), 4)]) {
		return Command{}, "", false
	}
	return command, prompt, ok
}

// scripted says that a paste is the output of "set -x" from its first line on. Elsewhere a line like "+ kubectl get pods"
// is one of a log: of a job that runs kubectl.
func scripted(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return strings.HasPrefix(l, "+ ")
		}
	}
	return false
}

// mentionsCommand tells most lines, which hold no command, by a look at a few words.
func mentionsCommand(line string) bool {
	contains := func(word string) bool { return strings.Contains(line, word) }
	return contains("ctl") && slices.ContainsFunc([]string{"kubectl", "crictl", "journalctl", "nerdctl"}, contains) ||
		contains("docker") || contains("oc ") || contains("k ") || contains("kubecolor") || mentionsVerb(line)
}

// mentionsVerb says whether a line may have kubectl under another name: a verb of it, or an alias, which begins with k.
func mentionsVerb(line string) bool {
	line = line[:min(len(line), maxPrompt+40)]
	return slices.ContainsFunc([]string{" get ", " describe ", " logs ", " log ", " events ", " kg", " kd", " kl", " ksys"}, func(word string) bool {
		return strings.Contains(line, word)
	}) && strings.ContainsAny(line[:min(len(line), maxPrompt)], promptEnd) || slices.Contains(shortNames, firstWord(line))
}

func firstWord(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return word
}

// announced finds the command in the last sentence before a fence.
func announced(lines []string) Command {
	for i := len(lines) - 1; i >= 0 && i > len(lines)-4; i-- {
		if m := inlineCode.FindStringSubmatch(lines[i]); m != nil {
			c, _ := ParseCommand(m[1])
			return c
		}
	}
	return commandIn(headingAbove(lines))
}

// prints is what a command prints, "" when that must be seen.
func (c Command) prints() BlockKind {
	switch {
	case c.Verb == "logs":
		return BlockLog
	case c.Program == "journalctl":
		return BlockJournal
	case c.Program == "crictl" && c.Verb == "ps":
		return BlockCrictl
	case c.Program == "crictl" && c.Verb == "inspect":
		return BlockInspect
	case c.Program != "kubectl":
		return ""
	case c.Verb == "describe":
		return BlockDescribe
	case c.Verb == "events":
		return BlockTable
	case c.Verb == "get" && (strings.HasPrefix(c.Output, "yaml") || strings.HasPrefix(c.Output, "json") && !strings.HasPrefix(c.Output, "jsonpath")):
		return BlockObjects
	case c.Verb == "get" && (c.Output == "" || c.Output == "wide"):
		return BlockTable
	}
	return ""
}

// looksLikeLog tells a log from prose.
func looksLikeLog(lines []string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return beginsLog(l[:min(len(l), 512)]) })
}
