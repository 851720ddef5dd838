package rule

import "strings"

// standIn is what a text has for a name that is not known: a fragment of a kubectl describe may hold neither the pod's nor
// the container's.
type standIn struct {
	noun        string // in prose it is "the" noun, which is left out where the text has said it: "Pod {{pod.name}}"
	placeholder string // in commands
	option      string // in commands, left out together with the name
}

// standIns are the names that nearly every text holds, as templates write them.
var standIns = map[string]standIn{
	"c.name":        {noun: "container", placeholder: "CONTAINER", option: "-c"},
	"pod.name":      {noun: "pod", placeholder: "NAME"},
	"pod.namespace": {noun: "namespace", placeholder: "NAMESPACE", option: "-n"},
	"pod.nodeName":  {noun: "node", placeholder: "NODE"},
}

// standInFor gives the stand-in for a name, if the expression is no more than one.
func standInFor(expression string) (standIn, bool) {
	s, ok := standIns[strings.TrimSpace(expression)]
	return s, ok
}

// inProse goes on with a sentence.
func (s standIn) inProse(before string) string {
	if said := " " + strings.ToLower(before); strings.HasSuffix(said, " "+s.noun+" ") {
		return strings.TrimSuffix(before, " ")
	}
	if strings.TrimSpace(before) == "" {
		return before + "The " + s.noun
	}
	return before + "the " + s.noun
}
