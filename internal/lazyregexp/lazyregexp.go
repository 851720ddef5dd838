// Package lazyregexp has regular expressions that are compiled when they are first used. The tables of unloop hold a few
// hundred; a run needs a handful, and compiling all at start would cost more than the rest of it.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is an expression that compiles itself when needed. Use New.
type Regexp struct {
	get func() *regexp.Regexp
}

// New gives the expression, which must be valid: it panics on first use if it is not, so a test should use each.
func New(expr string) *Regexp {
	return &Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// String gives the expression.
func (r *Regexp) String() string { return r.get().String() }

// MatchString says whether s contains a match.
func (r *Regexp) MatchString(s string) bool { return r.get().MatchString(s) }

// Match says whether b contains a match.
func (r *Regexp) Match(b []byte) bool { return r.get().Match(b) }

// FindString gives the leftmost match, "" when there is none.
func (r *Regexp) FindString(s string) string { return r.get().FindString(s) }

// FindStringIndex gives the place of the leftmost match, nil when there is none.
func (r *Regexp) FindStringIndex(s string) []int { return r.get().FindStringIndex(s) }

// FindStringSubmatch gives the leftmost match and its groups, nil when there is none.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.get().FindStringSubmatch(s) }

// FindStringSubmatchIndex gives the places of the leftmost match and its groups, nil when there is none.
func (r *Regexp) FindStringSubmatchIndex(s string) []int { return r.get().FindStringSubmatchIndex(s) }

// FindAllStringSubmatch gives up to n matches with their groups, all for n < 0.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.get().FindAllStringSubmatch(s, n)
}

// FindAllString gives up to n matches, all for n < 0.
func (r *Regexp) FindAllString(s string, n int) []string { return r.get().FindAllString(s, n) }

// ReplaceAllString replaces each match by repl, in which $1 stands for a group.
func (r *Regexp) ReplaceAllString(s, repl string) string { return r.get().ReplaceAllString(s, repl) }

// ReplaceAllStringFunc replaces each match by what f makes of it.
func (r *Regexp) ReplaceAllStringFunc(s string, f func(string) string) string {
	return r.get().ReplaceAllStringFunc(s, f)
}

// ReplaceAll replaces each match by repl, in which $1 stands for a group.
func (r *Regexp) ReplaceAll(b, repl []byte) []byte { return r.get().ReplaceAll(b, repl) }
