package cluster

import (
	"fmt"
	"strings"
)

// Target is one object that a person named.
type Target struct {
	Kind string // "Pod", "Deployment" …
	Name string
}

func (t Target) String() string { return strings.ToLower(t.Kind) + "/" + t.Name }

// ParseTargets reads arguments as kubectl does: TYPE/NAME for each, TYPE NAME… for several of one type, or the bare
// names of pods. "pods" alone means all, so it gives no target.
func ParseTargets(args []string) ([]Target, error) {
	if len(args) == 0 {
		return nil, nil
	}
	if k, ok := findKind(args[0]); ok && !strings.Contains(strings.Join(args, ""), "/") {
		return namesOf(k, args)
	}
	var targets []Target
	for _, arg := range args {
		t, err := parseTarget(arg)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// namesOf reads TYPE NAME….
func namesOf(k kind, args []string) ([]Target, error) {
	if len(args) == 1 && k.Kind == "Pod" {
		return nil, nil
	}
	if len(args) == 1 {
		return nil, &Error{
			About: ErrUsage, Text: fmt.Sprintf("which %s?", k.name),
			Hint: fmt.Sprintf("type unloop %s/NAME; a pod that is called %q is pod/%s", args[0], args[0], args[0]),
		}
	}
	var targets []Target
	for _, name := range args[1:] {
		targets = append(targets, Target{Kind: k.Kind, Name: name})
	}
	return targets, nil
}

func parseTarget(arg string) (Target, error) {
	head, name, typed := strings.Cut(arg, "/")
	if !typed {
		head, name = "pod", arg
	}
	k, ok := findKind(head)
	switch {
	case name == "" || strings.Contains(name, "/"):
		return Target{}, &Error{
			About: ErrUsage, Text: fmt.Sprintf("%q is neither TYPE/NAME nor the name of a pod", arg), Hint: knownKinds(),
		}
	case !ok && NearKind(head) != "":
		return Target{}, &Error{
			About: ErrUsage, Text: fmt.Sprintf("unknown type %q in %s", head, arg),
			Hint: fmt.Sprintf("did you mean %s/%s? %s", NearKind(head), name, knownKinds()),
		}
	case !ok:
		return Target{}, &Error{
			About: ErrUsage, Text: fmt.Sprintf("unknown type %q in %s", head, arg),
			Hint: fmt.Sprintf("%s; a pod in namespace %s is unloop %s -n %s", knownKinds(), head, name, head),
		}
	}
	return Target{Kind: k.Kind, Name: name}, nil
}

func knownKinds() string {
	return "known types: " + strings.Join(Kinds(), ", ")
}
