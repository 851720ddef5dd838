package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/spelling"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
	"github.com/unloop-dev/unloop/symptoms"
)

// topic is something that explain has a page for: a cause or a symptom.
type topic struct {
	id    string
	title string
	names []string // what else it is called
	class string   // of a cause
	doc   string   // Markdown, perhaps a stranger's
	above string   // what is to be said before the page
}

// topics are all causes but those that are retired, and all symptoms.
func topics(set *rule.Set) []topic {
	var all []topic
	for _, r := range set.Rules() {
		if r.Deprecated == "" {
			all = append(all, topicOf(r))
		}
	}
	for _, p := range symptoms.Pages() {
		all = append(all, topicOfSymptom(p))
	}
	return all
}

func topicOf(r *rule.Rule) topic {
	t := topic{id: r.ID, title: term.Clean(r.Title), names: r.Aliases, class: r.Class, doc: r.Doc}
	first, _, _ := strings.Cut(r.Doc, "\n")
	if title, ok := strings.CutPrefix(first, "# "); ok { // the rule's own title has holes for names of a container
		t.title = term.Clean(strings.TrimSpace(title))
	}
	if r.Doc == "" {
		t.doc = fmt.Sprintf("# %s\n\n%s has no page (%s).\n", r.Title, r.ID, r.File)
	}
	if r.Deprecated != "" {
		t.above = fmt.Sprintf("%s is retired: %s\n\n", r.ID, clean(r.Deprecated))
	}
	return t
}

func topicOfSymptom(p *symptoms.Page) topic {
	return topic{id: p.ID, title: p.Title(), names: p.Names, doc: p.Doc}
}

// page gives the topic's page. That of a cause begins with its id, which is what reports call it.
func (t topic) page(s screen) string {
	prefix := ""
	if t.class != "" {
		prefix = t.id + ": "
	}
	return t.above + layoutPage(t.doc, prefix, s.width, s.colors)
}

// topicID is what was typed in the form of an id.
func topicID(typed string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(typed)))
}

// find gives the topics that are meant: the one of that name, where SIGSEGV is the signal and sigsegv the cause; else those whose ids or names begin with what was typed, or
// whose headings have all its words; else those that are spelled nearly so, with a note that says it.
func find(typed string, all []topic) (found []topic, note string) {
	id := topicID(typed)
	if p := symptoms.Find(typed); p != nil {
		return []topic{topicOfSymptom(p)}, ""
	}
	if at := slices.IndexFunc(all, func(t topic) bool { return t.id == id }); at >= 0 {
		return all[at : at+1], ""
	}
	if id == "" {
		return nil, ""
	}
	words := strings.Fields(typed)
	found = append(
		filter(all, func(t topic) bool { return t.begins(id) }),
		filter(all, func(t topic) bool { return !t.begins(id) && t.has(words) })...)
	if len(found) > 0 {
		return found, ""
	}
	near := spelling.Nearest(id, names(all))
	found = filter(all, func(t topic) bool {
		return slices.ContainsFunc(t.called(), func(n string) bool { return slices.Contains(near, n) })
	})
	if len(found) == 1 {
		note = fmt.Sprintf("nothing is called %q; this is %s", typed, found[0].id)
	}
	return found, note
}

func filter(all []topic, keep func(topic) bool) []topic {
	var out []topic
	for _, t := range all {
		if keep(t) {
			out = append(out, t)
		}
	}
	return out
}

// called are id and names in the form of ids.
func (t topic) called() []string {
	out := []string{t.id}
	for _, n := range t.names {
		out = append(out, topicID(n))
	}
	return out
}

// begins says that the id or a name begins so; where words are joined does not matter: imagepull, image-pull.
func (t topic) begins(id string) bool {
	joined := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	return slices.ContainsFunc(t.called(), func(n string) bool { return strings.HasPrefix(joined(n), joined(id)) })
}

// has says that id, names and title have a word that begins with each of those.
func (t topic) has(words []string) bool {
	own := strings.FieldsFunc(strings.ToLower(strings.Join(append(t.called(), t.title), " ")), func(r rune) bool {
		return strings.ContainsRune(" -,.:;()/'\"", r)
	})
	for _, w := range words {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, strings.ToLower(w)) }) {
			return false
		}
	}
	return len(words) > 0
}

func names(all []topic) []string {
	var out []string
	for _, t := range all {
		out = append(out, t.called()...)
	}
	return out
}

// nearest gives at most five ids that share a word with what was typed, for somebody who found nothing.
func nearest(typed string, all []topic) []string {
	var out []string
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" -_/:", r) }) {
		for _, t := range all {
			if len(word) >= 3 && len(out) < 5 && t.has([]string{word}) && !slices.Contains(out, t.id) {
				out = append(out, t.id)
			}
		}
	}
	return out
}
