package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

// neighbour is one line of neighbours.md: two causes, and what tells them apart.
type neighbour struct {
	a, b string
	tell string
}

// other gives the cause beside id, "" when the line is not about it.
func (n neighbour) other(id string) string {
	switch id {
	case n.a:
		return n.b
	case n.b:
		return n.a
	}
	return ""
}

// item matches a line of the list, joined with its continuations.
var item = regexp.MustCompile(`^\* ([a-z0-9-]+), ([a-z0-9-]+): (.+)$`)

// parseNeighbours reads neighbours.md: a heading, a paragraph, then the list.
func parseNeighbours(text string, set *rule.Set) ([]neighbour, error) {
	var found []neighbour
	seen := make(map[string]bool)
	text = strings.ReplaceAll(text, "\n  ", " ")
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "* ") {
			continue
		}
		m := item.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			return nil, fmt.Errorf("neighbours.md: want '* ID, ID: sentence', got %q", line)
		}
		for _, id := range m[1:3] {
			if r := set.Rule(id); r == nil || r.ID != id {
				return nil, fmt.Errorf("neighbours.md: there is no cause %q in %q", id, line)
			}
		}
		pair := min(m[1], m[2]) + " " + max(m[1], m[2])
		if seen[pair] || m[1] == m[2] {
			return nil, fmt.Errorf("neighbours.md: %s stands there twice", pair)
		}
		seen[pair] = true
		found = append(found, neighbour{m[1], m[2], m[3]})
	}
	return found, nil
}

const seeAlso = "\n## See also\n"

// withSeeAlso gives the page of a rule with its last section written anew.
func withSeeAlso(r *rule.Rule, set *rule.Set, neighbours []neighbour) string {
	page, _, _ := strings.Cut(r.Doc, seeAlso)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n<!-- Written by 'make gen', from causes/neighbours.md and from what the rules explain. -->\n\n",
		strings.TrimRight(page, "\n"), seeAlso)
	var near []string
	for _, n := range neighbours {
		if id := n.other(r.ID); id != "" {
			near = append(near, id)
			write(&b, link(id)+": "+n.tell)
		}
	}
	if ids := explains(r, set); len(ids) > 0 {
		write(&b, "Where both are found, this one is the answer, and not: "+links(ids, near))
	}
	if r.Generic {
		write(&b, "Where a more specific cause is found, that one is the answer.")
	} else if ids := explainedBy(r, set); len(ids) > 0 {
		write(&b, "Where both are found, this one is not the answer, but: "+links(ids, near))
	}
	return b.String()
}

// write adds an item to the list, wrapped like the rest of the pages.
func write(b *strings.Builder, text string) {
	for i, line := range term.Wrap(text, 116) {
		bullet := "  "
		if i == 0 {
			bullet = "* "
		}
		b.WriteString(bullet + line + "\n")
	}
}

func link(id string) string { return fmt.Sprintf("[%s](../%s/doc.md)", id, id) }

// links names the causes, those first that the page has told apart already; of a long list the end is only counted.
func links(ids, near []string) string {
	const most = 8
	strange := func(id string) bool { return !slices.Contains(near, id) }
	ordered := slices.Concat(without(ids, strange), without(ids, func(id string) bool { return !strange(id) }))
	var out []string
	for _, id := range ordered[:min(most, len(ids))] {
		out = append(out, link(id))
	}
	text := strings.Join(out, ", ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}

func without(ids []string, drop func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(ids), drop)
}

// explains are the causes that the rule explains; that any does so with the generic ones need not be said.
func explains(r *rule.Rule, set *rule.Set) []string {
	var ids []string
	for _, id := range r.Explains {
		if e := set.Rule(id); e != nil && !e.Generic {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func explainedBy(r *rule.Rule, set *rule.Set) []string {
	var ids []string
	for _, other := range set.Rules() {
		if slices.Contains(explains(other, set), r.ID) {
			ids = append(ids, other.ID)
		}
	}
	return ids
}
