package objects

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// yamlStream cuts YAML into documents, so that a mistake in one does not cost the others, and a list in the form in which
// kubectl prints it into its items: one that was cut short loses only its last, and a long one needs the memory of one.
type yamlStream struct {
	r    Reader
	line int   // number of the line being read
	all  Lines // of the document

	doc     part      // the document, without the items of a list
	item    part      // the item being read
	indent  int       // of the items' dashes; -1 until the first is seen
	inItems bool      // behind "items:"
	dots    int       // in doc, the end of a line of dots behind which nothing has come yet; 0 for none
	items   int       // of the document
	waiting []section // items that don't say their type, while the list has not said its own
	size    int64     // of them
}

// gap stands where people have left lines out: dots, which YAML takes for the end of the document where they stand alone.
// No document goes on behind that, so what does was cut. Of a pod the pieces are read then; other objects are of no use in
// pieces, and end there.
const gap = "…"

var podKind = lazyregexp.New(`(?m)^kind:[ \t]+["']?Pod["']?[ \t]*\r?$`)

// part is a piece of a document that is parsed by itself.
type part struct {
	text    []byte
	at      Lines // from 0 when there is none
	tooLong bool
	fold    fold
}

// section is a part that is complete.
type section struct {
	text []byte
	line int   // of its first line in the file
	at   Lines // with a separator before it
}

// yamlObjects reads objects in YAML, line by line.
func (r Reader) yamlObjects(in *bufio.Reader, line int) {
	y := &yamlStream{r: r, line: line}
	y.start()
	for {
		text, err := y.readLine(in)
		if len(text) > 0 {
			y.see(text)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				r.skip(Lines{y.line, y.line}, "cut short: "+err.Error())
			}
			break
		}
		y.line++
	}
	y.end()
}

// readLine reads a line with its end. Of one that is longer than a document may be, only as much is kept as shows that.
func (y *yamlStream) readLine(in *bufio.Reader) ([]byte, error) {
	text, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return text, err
	}
	long := bytes.Clone(text)
	for errors.Is(err, bufio.ErrBufferFull) {
		text, err = in.ReadSlice('\n')
		if int64(len(long)) <= y.r.Document {
			long = append(long, text...)
		}
	}
	return long, err
}

// start begins a document.
func (y *yamlStream) start() {
	y.doc, y.item, y.all = part{}, part{}, Lines{y.line, y.line}
	y.indent, y.inItems, y.items, y.waiting, y.size, y.dots = -1, false, 0, nil, 0, 0
}

// see takes the next line.
func (y *yamlStream) see(line []byte) {
	body := bytes.TrimRight(line, " \t\r\n")
	if isSeparator(body) {
		y.end()
		y.start()
		return
	}
	y.all.Last = y.line
	if string(body) == "..." && !y.inItems && podKind.Match(y.doc.text) {
		y.add(&y.doc, []byte("\n"), 0)
		y.dots = len(y.doc.text)
		return
	}
	if y.dots > 0 && len(body) > 0 && body[0] != '#' && !y.doc.tooLong {
		y.doc.text = slices.Insert(y.doc.text, y.dots-1, []byte(gap)...)
		y.dots = 0
	}
	text := bytes.TrimLeft(body, " ")
	indent := len(body) - len(text)
	empty := len(text) == 0 || text[0] == '#'
	dash := string(text) == "-" || bytes.HasPrefix(text, []byte("- "))
	switch {
	case string(body) == "items:" && y.items == 0:
		y.inItems = true
	case y.inItems && !empty && dash && (y.indent < 0 || indent == y.indent):
		y.endItem()
		y.indent, y.items = indent, y.items+1
		line = bytes.Clone(line)
		line[indent] = ' ' // so the item is a document; its indentation can stay
		y.add(&y.item, line, indent+2)
		return
	case y.inItems && y.indent >= 0 && (empty || indent > y.indent):
		y.add(&y.item, line, y.indent+2)
		return
	case y.inItems && !empty:
		y.endItem()
		y.inItems = false
	}
	y.add(&y.doc, line, 0)
}

// add adds a line to a part whose keys are indented by indent.
func (y *yamlStream) add(p *part, line []byte, indent int) {
	if p.at.First == 0 {
		p.at.First = y.line
	}
	p.at.Last = y.line
	if p.fold.hides(line, indent) {
		line = []byte("\n") // keeps the numbers of the lines
	}
	if p.tooLong = p.tooLong || int64(len(p.text)+len(line)) > y.r.Document; !p.tooLong {
		p.text = append(p.text, line...)
	}
}

// endItem files the item that was read.
func (y *yamlStream) endItem() {
	item := y.item
	y.item = part{text: item.text[:0]}
	if item.at.First == 0 || y.tooLong(&item) {
		return
	}
	s := section{item.text, item.at.First, item.at}
	list := listOf(y.doc.text)
	if y.size += int64(len(s.text)); list.Kind == "" && y.size <= y.r.Waiting && typeOfItem(s.text, y.indent+2).Kind == "" {
		s.text = bytes.Clone(s.text)
		y.waiting = append(y.waiting, s)
		return
	}
	y.r.yamlObject(s, list)
}

// end files what was read of a document.
func (y *yamlStream) end() {
	y.endItem()
	if y.items == 0 {
		if !y.tooLong(&y.doc) {
			y.r.yamlObject(section{y.doc.text, max(1, y.doc.at.First), y.all}, Type{})
		}
		return
	}
	list := listOf(y.doc.text)
	for _, item := range y.waiting {
		y.r.yamlObject(item, list)
	}
	y.r.List(List{list, y.all})
}

func (y *yamlStream) tooLong(p *part) bool {
	if p.tooLong {
		y.r.skip(p.at, fmt.Sprintf("line %d: an object of more than %d MiB", p.at.First, y.r.Document>>20))
	}
	return p.tooLong
}

// fold hides an object's managedFields from the parser: they are up to half of its lines, and nobody reads them. Keys
// stand at the indentation that kubectl gives them; where they don't, nothing is hidden.
type fold struct{ metadata, hiding bool }

func (f *fold) hides(line []byte, indent int) bool {
	body := bytes.TrimRight(line, " \t\r\n")
	text := bytes.TrimLeft(body, " ")
	switch at := len(body) - len(text); {
	case len(text) == 0:
	case f.hiding && (at > indent+2 || at == indent+2 && text[0] == '-'):
	case at == indent:
		f.metadata, f.hiding = string(text) == "metadata:", false
	default:
		f.hiding = f.metadata && at == indent+2 && string(text) == "managedFields:"
	}
	return f.hiding
}

// listOf reads the type of a list, whose items needn't have one, from the lines at the left margin.
func listOf(text []byte) Type {
	t := typeOfItem(text, 0)
	return t.ofItems()
}

// typeOfItem reads the type of an object from the lines with the indentation of its keys.
func typeOfItem(text []byte, indent int) Type {
	var t Type
	for i := 0; i < len(text); {
		line, next := lineAt(text, i)
		i = next
		if key := bytes.TrimLeft(line, " "); len(line)-len(key) == indent {
			if value, ok := bytes.CutPrefix(key, []byte("kind:")); ok {
				t.Kind = strings.TrimSpace(string(value))
			}
			if value, ok := bytes.CutPrefix(key, []byte("apiVersion:")); ok {
				t.APIVersion = strings.TrimSpace(string(value))
			}
		}
	}
	return t
}

// yamlObject gives one document or item.
func (r Reader) yamlObject(doc section, inherited Type) {
	if len(bytes.TrimSpace(doc.text)) == 0 {
		return
	}
	raw, err := YAMLToJSON(doc.text, doc.line, r.Waiting)
	if err != nil {
		if !r.cut(doc.text, doc.at, err.Error()) {
			r.skip(doc.at, err.Error())
		}
		return
	}
	if endsEarly(raw) && r.cut(doc.text, doc.at, "its end is missing") {
		return
	}
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) > 0 && raw[0] == '{':
		r.object(lean(raw), doc.at, inherited)
	case len(raw) > 0 && raw[0] == '[':
		r.within(doc.at).jsonObjects(bufio.NewReader(bytes.NewReader(raw)), doc.line)
	}
}

// within gives what it finds the lines of the document that it stands in.
func (r Reader) within(at Lines) Reader {
	inner := r
	inner.Each = func(o Object) { o.Lines = at; r.Each(o) }
	inner.List = func(l List) { l.Lines = at; r.List(l) }
	inner.Skip = func(s Skip) { s.Lines = at; r.Skip(s) }
	return inner
}

// endsEarly says of a pod that the API server has stored that the lines of its status are missing that kubectl prints last.
func endsEarly(object []byte) bool {
	pod, stored, status, phase := false, 0, false, false
	EachMember(object, func(key, value []byte) bool {
		switch string(key) {
		case `"kind"`:
			pod = string(value) == `"Pod"`
		case `"metadata"`:
			EachMember(value, func(key, _ []byte) bool {
				switch string(key) {
				case `"uid"`, `"resourceVersion"`, `"creationTimestamp"`:
					stored++
				}
				return true
			})
		case `"status"`:
			status = true
			EachMember(value, func(key, _ []byte) bool {
				phase = phase || string(key) == `"phase"`
				return !phase
			})
		}
		return true
	})
	return pod && stored == 3 && status && !phase
}
