package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// patchDepth bounds the nesting of a patch; the pod template's deepest field is at 12.
const patchDepth = 40

// patch is a strategic merge patch in YAML with templates in its scalars. The YAML is read first and values are put into
// scalars afterwards, so that no value, however odd, can change the structure of the patch.
type patch struct {
	text string
	origin

	once sync.Once
	root *yaml.Node
	err  error
	// templates of the scalars that have one.
	templates map[*yaml.Node]*template
}

// parse reads the YAML.
func (p *patch) parse() error {
	p.once.Do(func() {
		root, err := parse([]byte(p.text))
		if err != nil {
			p.err = p.mistake(0, "expected YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
			return
		}
		if root.Kind != yaml.MappingNode {
			p.err = p.mistake(0, "expected a mapping, found %s", describe(root))
			return
		}
		p.root = root
		p.templates = make(map[*yaml.Node]*template)
		p.err = p.walk(root, patchDepth)
	})
	return p.err
}

// walk finds the templates and refuses what must not be in a patch.
func (p *patch) walk(node *yaml.Node, depth int) error {
	here := textOffset(p.text, node.Line, node.Column-1)
	switch {
	case depth == 0:
		return p.mistake(here, "nested deeper than %d", patchDepth)
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		return p.mistake(here, "anchors and aliases are not allowed")
	case node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "{{"):
		inner := &source{file: p.src.file, data: []byte(p.text)}
		// The offset of the scalar's text in the patch, so that mistakes in it keep their place in the file.
		at := inner.locate(node, 0)
		p.templates[node] = &template{text: node.Value, origin: p.at(textOffset(p.text, at.line, at.col-1))}
		return nil
	}
	var mistakes []error
	seen := make(map[string]bool)
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			mistakes = append(mistakes, p.key(child, seen))
			continue
		}
		mistakes = append(mistakes, p.walk(child, depth-1))
	}
	return errors.Join(mistakes...)
}

func (p *patch) key(key *yaml.Node, seen map[string]bool) error {
	here := textOffset(p.text, key.Line, key.Column-1)
	switch {
	case key.Kind != yaml.ScalarNode || strings.Contains(key.Value, "{{") || key.ShortTag() != "!!str":
		return p.mistake(here, "expected a plain text as key; values with {{…}} must be quoted")
	case seen[key.Value]:
		return p.mistake(here, "%s: given twice", key.Value)
	}
	seen[key.Value] = true
	return nil
}

// compile compiles all expressions.
func (p *patch) compile(l *language) error {
	if p == nil {
		return nil
	}
	if err := p.parse(); err != nil {
		return err
	}
	var mistakes []error
	for _, t := range p.templates {
		mistakes = append(mistakes, t.compile(l))
	}
	return join(mistakes...)
}

// expand gives the patch, nil when there is none or a value in it is unknown: half a patch would be a wrong one.
func (p *patch) expand(s *scope) map[string]any {
	if p == nil || p.parse() != nil {
		return nil
	}
	value, known := p.value(p.root, s)
	if !known {
		return nil
	}
	made, _ := value.(map[string]any)
	return made
}

func (p *patch) value(node *yaml.Node, s *scope) (value any, known bool) {
	switch node.Kind {
	case yaml.MappingNode:
		made := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			if made[node.Content[i].Value], known = p.value(node.Content[i+1], s); !known {
				return nil, false
			}
		}
		return made, true
	case yaml.SequenceNode:
		made := make([]any, len(node.Content))
		for i, element := range node.Content {
			if made[i], known = p.value(element, s); !known {
				return nil, false
			}
		}
		return made, true
	}
	if t := p.templates[node]; t != nil {
		return t.value(s)
	}
	return scalar(node), true
}

// scalar gives the value of a scalar without a template, in the types that JSON and apimachinery's unstructured objects
// know: int64 and never int.
func scalar(node *yaml.Node) any {
	var value any
	if err := node.Decode(&value); err != nil {
		return node.Value
	}
	switch v := value.(type) {
	case int:
		return int64(v)
	case nil, string, bool, int64, float64:
		return v
	}
	// uint64 beyond int64, time stamps, binary: what stands there.
	return fmt.Sprint(node.Value)
}
