package objects

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// isSeparator knows "---" with a comment behind it. What else may stand there by the specification, kubectl does not write.
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	rest = bytes.TrimSpace(rest)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// lineAt is the line that starts at i, without its end, and where the next one starts.
func lineAt(data []byte, i int) (line []byte, next int) {
	if end := bytes.IndexByte(data[i:], '\n'); end >= 0 {
		return data[i : i+end], i + end + 1
	}
	return data[i:], len(data)
}

var yamlLine = lazyregexp.New(`^yaml: (?:line (\d+): )?`)

// YAMLToJSON turns one document into JSON; none when it holds only comments. Unlike the decoders of the YAML libraries it
// bounds what aliases can make of a small file, since it counts the bytes that come out. Its error names the line of the
// file, of which first is that of the document.
func YAMLToJSON(document []byte, first int, limit int64) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, locate(err, first)
	}
	if root.Kind == 0 {
		return nil, nil // only comments
	}
	w := jsonWriter{limit: limit}
	if err := w.node(&root, 0); err != nil {
		return nil, err
	}
	return w.out, nil
}

// locate gives an error of the YAML parser the line number of the file instead of that of the document.
func locate(err error, first int) error {
	text := err.Error()
	m := yamlLine.FindStringSubmatch(text)
	if m == nil {
		return err
	}
	line := 1
	if m[1] != "" {
		line, _ = strconv.Atoi(m[1]) // digits; a number too large is of no use to anyone
	}
	return fmt.Errorf("line %d: %s", first+line-1, text[len(m[0]):])
}

// maxNodeDepth is far beyond any object and ends the recursion of an anchor that contains its own alias.
const maxNodeDepth = 200

var (
	errExpands = errors.New("too large when its aliases are followed")
	errDeep    = errors.New("nested too deeply")
)

// jsonWriter writes YAML nodes as JSON.
type jsonWriter struct {
	out   []byte
	limit int64
}

func (w *jsonWriter) node(n *yaml.Node, depth int) error {
	if depth > maxNodeDepth {
		return errDeep
	}
	if int64(len(w.out)) > w.limit {
		return errExpands
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return w.node(n.Content[0], depth+1)
	case yaml.AliasNode:
		return w.node(n.Alias, depth+1)
	case yaml.SequenceNode:
		return w.sequence(n, depth)
	case yaml.MappingNode:
		return w.mapping(n, depth)
	}
	return w.scalar(n)
}

func (w *jsonWriter) sequence(n *yaml.Node, depth int) error {
	w.out = append(w.out, '[')
	for i, item := range n.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.node(item, depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *jsonWriter) mapping(n *yaml.Node, depth int) error {
	w.out = append(w.out, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: a key that is no text", key.Line)
		}
		w.text(key.Value)
		w.out = append(w.out, ':')
		if err := w.node(n.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

func (w *jsonWriter) scalar(n *yaml.Node) error {
	switch tag := n.ShortTag(); tag {
	case "!!null":
		w.out = append(w.out, "null"...)
	case "!!bool", "!!int", "!!float":
		return w.literal(n)
	default: // texts, and time stamps that nobody quoted
		w.text(n.Value)
	}
	return nil
}

// literal writes numbers and truth values. Most are the same in JSON; the rest (0o644, yes, .inf) the library decodes.
func (w *jsonWriter) literal(n *yaml.Node) error {
	if json.Valid([]byte(n.Value)) {
		w.out = append(w.out, n.Value...)
		return nil
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		w.text(n.Value) // .inf and .nan have no JSON
		return nil
	}
	w.out = append(w.out, text...)
	return nil
}

func (w *jsonWriter) text(s string) {
	if plain(s) {
		w.out = append(w.out, '"')
		w.out = append(w.out, s...)
		w.out = append(w.out, '"')
		return
	}
	quoted, err := json.Marshal(s)
	if err != nil { // never for a string
		quoted = []byte(`""`)
	}
	w.out = append(w.out, quoted...)
}

// plain says whether a text needs no escapes in JSON.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
