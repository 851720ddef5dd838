package printed

import (
	"strings"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/objects"
)

const formPodPart = "part of a pod's YAML"

// yamlStart is how the lines of a piece of YAML or JSON begin: an item, a key in the way of the API, a bracket.
var yamlStart = newForm(`(?:- )?["']?[a-z][A-Za-z]*["']?[ \t]*:(?:[ \t]|$)|[\[\]{}]|- *$`)

// partAt says whether a piece of a pod in YAML or JSON begins at a line. A run of such lines is looked at once.
func (s *scanner) partAt(i int, l string) bool {
	if i < s.noPart || !yamlStart.MatchString(l) {
		return false
	}
	end := s.partEnd(i)
	if len(objects.Parts(strings.Join(s.lines[i:end], "\n"))) > 0 {
		return true
	}
	s.noPart = end
	return false
}

// partEnd gives the line after the run of lines that may belong to one object.
func (s *scanner) partEnd(i int) int {
	indent, end := len(s.lines[i]), i
	for ; i < len(s.lines); i++ {
		l := s.lines[i]
		text := trimIndent(l)
		at := len(l) - len(text)
		switch {
		case text == "":
			continue
		case yamlStart.MatchString(l), elided.MatchString(text):
			indent = min(indent, at)
		case at <= indent:
			return end
		}
		end = i + 1
	}
	return end
}

// elided is what people put in the place of lines, and grep between its finds.
var elided = lazyregexp.New(`^[#/ ]*(?:\.{2,5}|…|--|[\[(<](?:\.\.\.|…|snip|cut|omitted)[\])>])[ \t]*$`)

// readPart gives the pods of which a piece of an object tells. The command above it names the only one.
func readPart(b Block) *Objects {
	o := &Objects{}
	for _, p := range objects.Parts(string(b.Text)) {
		o.Pods = append(o.Pods, Pod{Pod: p.Pod, Form: formPodPart, Hidden: p.Hidden})
	}
	if c := b.Command; len(o.Pods) == 1 && o.Pods[0].Pod.Name == "" && c.Kind == "Pod" && c.Name != "" {
		p := &o.Pods[0]
		p.Pod.Name, p.Pod.Namespace = c.Name, c.Namespace
		p.Reveal(fact.PodName)
		if c.Namespace != "" {
			p.Reveal(fact.Namespace)
		}
	}
	return o
}
