package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// This file says what all rules that rest on a text have in common, so that none has to say it again.

// quote is the line of proof that such a rule begins with: what was said, and by what.
func (h hit) quote() []Because {
	if h.statement == nil {
		return nil
	}
	return []Because{{Text: h.by + " says: " + h.text, Ref: h.ref}}
}

// ending is the line of proof with which it ends: how the run ended, as far as that is known.
func ending(c *evidence.Container) []Because {
	if c == nil || !c.Exited || c.LastExit == nil || c.LastExit.Code == nil {
		return nil
	}
	e := c.LastExit
	text := fmt.Sprintf("the run ended with exit %d", *e.Code)
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	if e.RanFor != nil {
		text += " after " + Human(*e.RanFor)
	}
	return []Because{{Text: text, Ref: e.Ref}}
}

// faults are the signals by which processor and kernel end a program: it has no chance to say why.
var faults = []string{"SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGSYS"}

// isGuess says that a statement was taken for want of a better one: the last line of a log, and not at its very end or
// after a clean exit. What follows may say why the program ended, so the finding is no more than possible.
func (s *statement) isGuess(c *evidence.Container) bool {
	if s.kind != string(crashlog.KindLast) {
		return false
	}
	if e := c.LastExit; e != nil && c.ExitKnown && e.Code != nil {
		if *e.Code == 0 {
			return true
		}
		if slices.Contains(faults, e.Signal) {
			return false
		}
	}
	return s.line < c.Log.Says.Lines-1
}

// goingOn matches the words by which a line says that the program goes on in spite of what it tells.
var goingOn = lazyregexp.New(`(?i)\b(?:retrying|will retry|retry(?:ing)? in|retry after|reconnect(?:ing)? in|try(?:ing)? again in|next (?:attempt|retry)|` +
	`backing off|falling back|reverting|skipped|skipping|ignored|ignoring|keeping (?:the )?(?:old|previous|last))\b`)

// goesOn gives these words, "" when there are none.
func goesOn(text string) string {
	return strings.TrimSpace(goingOn.FindString(text))
}
