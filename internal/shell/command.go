// Package shell writes commands for a person to paste into a shell.
//
// A [Command] is a list of words until it is printed. Words are our own text, or hold values: names, hosts, paths that
// come from a cluster or a file and may be anything. [Command.String] quotes every word that holds a value, and gives
// nothing at all where a value could not be meant: one with control characters, one that a program would take for an
// option, an empty one. A command that cannot be right is not shown.
package shell

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/term"
)

// Command is a line of words, with operators (|, &&, ;) between simple commands. The zero value is no command.
type Command []Word

// Word is one word of a command, or an operator.
type Word struct {
	// Text is the word as the program gets it, or the operator.
	Text string

	spelling string // how our own text writes a word without values; "" where it has values
	operator bool
	option   bool // it may begin with "-": our own text does, or the arguments of a program are meant
}

// Words gives a command of our own words, each written as it is.
func Words(words ...string) Command {
	var c Command
	for _, w := range words {
		c = append(c, Word{Text: w, spelling: w})
	}
	return c
}

// With adds words of our own.
func (c Command) With(words ...string) Command {
	return append(c[:len(c):len(c)], Words(words...)...)
}

// Value adds a word that comes from elsewhere.
func (c Command) Value(value string) Command {
	return append(c[:len(c):len(c)], Word{Text: value})
}

// Option adds an option with its value; nothing for a value that is not known.
func (c Command) Option(name, value string) Command {
	if value == "" {
		return c
	}
	return c.With(name).Value(value)
}

// String is the command as a line for a shell (sh, bash, zsh), "" when a value in it cannot be meant.
func (c Command) String() string {
	var b strings.Builder
	for i, w := range c {
		text, ok := w.print()
		if !ok {
			return ""
		}
		if i > 0 && text != ";" {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	return b.String()
}

// Simple gives the words of the simple commands, as a shell would hand them to programs.
func (c Command) Simple() [][]string {
	var all [][]string
	var words []string
	for _, w := range c {
		if w.operator {
			all, words = append(all, words), nil
			continue
		}
		words = append(words, w.Text)
	}
	return append(all, words)
}

// print writes the word; false when it holds a value that cannot be meant.
func (w Word) print() (string, bool) {
	switch {
	case w.spelling != "":
		return w.spelling, true
	case w.Text == "", w.Text[0] == '-' && !w.option, term.Clean(w.Text) != w.Text:
		return "", false
	}
	return Quote(w.Text), true
}

// Quote makes one word of a text. Words that need no quotes get none, and of NAME=VALUE only the value gets them, so that
// commands stay readable.
func Quote(text string) string {
	if text != "" && strings.IndexFunc(text, special) < 0 && text[0] != '=' {
		return text
	}
	name, value, isPair := strings.Cut(text, "=")
	if isPair && name != "" && value != "" && strings.IndexFunc(name, special) < 0 {
		return name + "=" + Quote(value)
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// special says that a character may mean something to a shell somewhere in a word.
func special(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
}
