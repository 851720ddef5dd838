package rule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder turns one file into one Rule. It is stricter than yaml's own decoding, which accepts duplicate keys in nodes,
// turns numbers into text without a word, and reports lines without columns; and it remembers where each text stands.
type decoder struct {
	src *source
	id  string
	// at gives the node of each decoded value, by the pointer to it: *string, *Confidence, *Claim …
	at       map[any]*yaml.Node
	mistakes []error
	shapes   shapes
}

// errNotOneDocument is what decode says of an empty file and of one with several documents.
var errNotOneDocument = errors.New("expected one YAML document that holds one rule")

// yamlLine finds the line number in yaml's own messages: "yaml: line 3: mapping values are not allowed".
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// decode reads a rule from d.src. The rule is nil when there is nothing to go on with; mistakes are in d.mistakes.
func (d *decoder) decode() *Rule {
	root, err := parse(d.src.data)
	if err != nil {
		text, line := err.Error(), 1
		if found := yamlLine.FindStringSubmatch(text); found != nil {
			text = text[len(found[0]):]
			line, _ = strconv.Atoi(found[1])
		}
		d.report(position{max(line, 1), 1}, "", "%s", text)
		return nil
	}
	if root.Kind != yaml.MappingNode {
		d.reportNode(root, "", "expected a rule, which is a mapping, found %s", describe(root))
		return nil
	}
	// The id heads every message, so it is wanted before the rest.
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "id" {
			d.id = root.Content[i+1].Value
		}
	}
	d.at = make(map[any]*yaml.Node, 64)
	r := &Rule{File: d.src.file}
	d.value(root, reflect.ValueOf(r).Elem(), "")
	return r
}

// parse gives the root of the only document in data.
func parse(data []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(data))
	if err := reader.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, errNotOneDocument
	} else if err != nil {
		return nil, err
	}
	if err := reader.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errNotOneDocument
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errNotOneDocument
	}
	return doc.Content[0], nil
}

func (d *decoder) report(at position, field, text string, args ...any) {
	d.mistakes = append(d.mistakes, &mistake{
		file: d.src.file, at: at, rule: d.id, field: field, text: fmt.Sprintf(text, args...),
	})
}

func (d *decoder) reportNode(node *yaml.Node, field, text string, args ...any) {
	d.report(position{node.Line, node.Column}, field, text, args...)
}

// value decodes node into v, whose kind says what is expected.
func (d *decoder) value(node *yaml.Node, v reflect.Value, field string) {
	d.at[v.Addr().Interface()] = node
	// Aliases are refused and not resolved: a rule gains nothing from them, and ten lines of them can stand for a
	// billion values.
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		d.reportNode(node, field, "anchors and aliases are not allowed")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(node, v, field)
	case reflect.Slice:
		d.list(node, v, field)
	case reflect.Bool:
		if node.ShortTag() != "!!bool" || node.Decode(v.Addr().Interface()) != nil {
			d.reportNode(node, field, "expected true or false, found %s", describe(node))
		}
	default: // string
		if node.ShortTag() != "!!str" {
			d.reportNode(node, field, "expected a text, found %s", describe(node))
			return
		}
		v.SetString(node.Value)
	}
}

func (d *decoder) list(node *yaml.Node, v reflect.Value, field string) {
	if node.Kind != yaml.SequenceNode {
		d.reportNode(node, field, "expected a list, found %s", describe(node))
		return
	}
	// Made in one go: d.at holds the addresses of the elements.
	v.Set(reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content)))
	for i, element := range node.Content {
		d.value(element, v.Index(i), item(field, i))
	}
}

func (d *decoder) mapping(node *yaml.Node, v reflect.Value, field string) {
	if node.Kind != yaml.MappingNode {
		d.reportNode(node, field, "expected a mapping, found %s", describe(node))
		return
	}
	fields := d.shapes[v.Type()]
	seen := make(map[string]bool)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		inner := strings.TrimPrefix(field+"."+key.Value, ".")
		index, known := fields.index[key.Value]
		switch {
		case !known:
			d.reportNode(key, inner, "unknown field, expected one of %s", strings.Join(fields.names, ", "))
		case seen[key.Value]:
			d.reportNode(key, inner, "given twice")
		default:
			seen[key.Value] = true
			d.value(value, v.Field(index), inner)
		}
	}
}

// shapes holds the fields of the structs that a rule is made of.
type shapes map[reflect.Type]*fields

// fields are the fields of a struct by the names of their yaml tags.
type fields struct {
	index map[string]int
	names []string // in the order of the struct
}

// shapesOf gives the shapes of a struct and of those in its lists.
func shapesOf(root reflect.Type) shapes {
	s := make(shapes)
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || s[t] != nil {
			return
		}
		made := &fields{index: make(map[string]int)}
		s[t] = made
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			if name == "" || name == "-" {
				continue
			}
			made.index[name] = i
			made.names = append(made.names, name)
			add(t.Field(i).Type)
		}
	}
	add(root)
	return s
}

// item names one element of a list in messages.
func item(field string, index int) string {
	return field + "[" + strconv.Itoa(index) + "]"
}

// describe says what a node is, in the words of a person who writes YAML.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch tag := node.ShortTag(); tag {
	case "!!null":
		return "nothing"
	case "!!bool", "!!int", "!!float", "!!timestamp":
		return fmt.Sprintf("%s (%s); quote it to make it a text", node.Value, tag[2:])
	case "!!str":
		return "a text"
	default:
		return "tag " + tag
	}
}
