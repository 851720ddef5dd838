package objects

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v3"
)

// tree is a value of a piece of an object. Unlike what package json makes of one, it knows where it was cut.
type tree struct {
	members map[string]*tree // of an object
	items   []*tree          // of a list
	scalar  any              // else: a string, a json.Number, a truth value, nil
	list    bool
	// above and below say that more of it may have stood before what is there, or behind: a field that it lacks may have had
	// a value.
	above, below bool
	// bare says that a list was made of items without its name being seen.
	bare bool
}

func newObject() *tree { return &tree{members: map[string]*tree{}} }

// openObject is an object of which it is not known what else it has.
func openObject() *tree { return &tree{members: map[string]*tree{}, above: true, below: true} }

func (t *tree) isObject() bool { return t != nil && t.members != nil }

// at is the value at a path of members, nil where there is none.
func (t *tree) at(path ...string) *tree {
	for _, key := range path {
		if !t.isObject() {
			return nil
		}
		t = t.members[key]
	}
	return t
}

// text is the text at a path, "" for anything else.
func (t *tree) text(path ...string) string {
	if at := t.at(path...); at != nil {
		text, _ := at.scalar.(string)
		return text
	}
	return ""
}

func (t *tree) has(keys ...string) bool {
	for _, key := range keys {
		if t.at(key) == nil {
			return false
		}
	}
	return true
}

func (t *tree) hasAny(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return t.at(key) != nil })
}

// cut says that a part of the value is missing, however deep in it.
func (t *tree) cut() bool {
	if t.above || t.below {
		return true
	}
	for _, member := range t.members {
		if member.cut() {
			return true
		}
	}
	return slices.ContainsFunc(t.items, (*tree).cut)
}

// openAll marks it and all in it as cut: something was left out, and it is not known where.
func (t *tree) openAll() {
	t.above, t.below = t.isObject() || t.list, t.isObject() || t.list
	for _, member := range t.members {
		member.openAll()
	}
	for _, item := range t.items {
		item.openAll()
	}
}

// value is the tree as package json has it.
func (t *tree) value() any {
	switch {
	case t.isObject():
		object := make(map[string]any, len(t.members))
		for key, member := range t.members {
			object[key] = member.value()
		}
		return object
	case t.list:
		items := make([]any, len(t.items))
		for i, item := range t.items {
			items[i] = item.value()
		}
		return items
	}
	return t.scalar
}

// treeOf is the tree of a YAML node; nil for one that no API has printed: it is nested too deeply, has a key twice, or has
// aliases.
func treeOf(n *yaml.Node, depth int) *tree {
	if depth > maxNodeDepth {
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return treeOf(n.Content[0], depth+1)
	case yaml.SequenceNode:
		t := &tree{list: true}
		for _, item := range n.Content {
			inner := treeOf(item, depth+1)
			if inner == nil {
				return nil
			}
			t.items = append(t.items, inner)
		}
		return t
	case yaml.MappingNode:
		t := newObject()
		for i := 0; i+1 < len(n.Content); i += 2 {
			if t.has(n.Content[i].Value) {
				return nil // two objects whose border was cut out
			}
			inner := treeOf(n.Content[i+1], depth+1)
			if inner == nil {
				return nil
			}
			if isBlank(n.Content[i+1]) {
				t.below = true // an API writes null or {}
				continue
			}
			t.members[n.Content[i].Value] = inner
		}
		return t
	case yaml.ScalarNode:
		return &tree{scalar: scalarOf(n)}
	}
	return nil
}

// isBlank says that a value was cut off behind its key.
func isBlank(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.ShortTag() == "!!null"
}

func scalarOf(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
	}
	return n.Value
}

// openEnd marks what the text ends in: the last value, what it is the last member of, and so on.
func openEnd(n *yaml.Node, t *tree) {
	for t != nil && n != nil {
		if n.Kind == yaml.DocumentNode {
			n = n.Content[0]
			continue
		}
		if n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 {
			return
		}
		t.below = true
		last := n.Content[len(n.Content)-1]
		switch {
		case n.Kind == yaml.MappingNode && t.isObject():
			t = t.members[n.Content[len(n.Content)-2].Value]
		case n.Kind == yaml.SequenceNode && len(t.items) > 0:
			t = t.items[len(t.items)-1]
		default:
			return
		}
		n = last
	}
}
