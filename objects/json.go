package objects

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonStream finds the values of a JSON text that is too large to be held in memory: it follows brackets and quotes, and
// leaves it to package json to say whether what is between them is valid.
type jsonStream struct {
	in    *bufio.Reader
	line  int   // counted from 1
	limit int64 // bytes of one value
	buf   []byte
}

var (
	errValueTooLarge = errors.New("too large")
	errNotJSON       = errors.New("not JSON")
	errCutItem       = errors.New("cut short, which was said")
)

// next gives the next byte that is no white space, without taking it.
func (j *jsonStream) next() (byte, error) {
	for {
		c, err := j.in.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case c == '\n':
			j.line++
		case c != ' ' && c != '\t' && c != '\r':
			return c, j.in.UnreadByte()
		}
	}
}

// take takes the next byte that is no white space if it is c.
func (j *jsonStream) take(c byte) (bool, error) {
	got, err := j.next()
	if err != nil || got != c {
		return false, inside(err)
	}
	_, err = j.in.ReadByte()
	return true, err
}

// inside says what the end of the input means where there should be more.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// value takes a whole value, which is good until the next one is taken. One that is too large is read to its end and not
// kept; of one that ends with the input, what there is comes with the error.
func (j *jsonStream) value() ([]byte, error) {
	first, err := j.next()
	if err != nil {
		return nil, inside(err)
	}
	out := j.buf[:0]
	end := valueEnd{scalar: first != '{' && first != '[' && first != '"'}
	size := int64(0)
	for {
		if _, err := j.in.Peek(1); err != nil {
			if end.scalar && errors.Is(err, io.EOF) && size > 0 {
				break
			}
			return out, inside(err)
		}
		window, _ := j.in.Peek(j.in.Buffered())
		n, done := end.find(window)
		if size += int64(n); size <= j.limit {
			out = append(out, window[:n]...)
		}
		j.line += bytes.Count(window[:n], []byte("\n"))
		if _, err := j.in.Discard(n); err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	j.buf = out
	switch {
	case size > j.limit:
		return nil, errValueTooLarge
	case size == 0:
		return nil, errNotJSON
	}
	return out, nil
}

// valueEnd finds the end of a value that comes in pieces.
type valueEnd struct {
	depth   int
	text    bool // in a string
	escaped bool // behind a backslash
	scalar  bool // a number or a word, which ends where something else begins
}

// find gives how many bytes of the piece belong to the value, and whether it ends there. Most bytes are within texts or
// between brackets and pass in the inner loops.
func (e *valueEnd) find(piece []byte) (n int, done bool) {
	for i := 0; i < len(piece); i++ {
		switch {
		case e.scalar:
			if strings.IndexByte(" \t\r\n,:]}[{\"", piece[i]) >= 0 {
				return i, true
			}
			continue
		case e.escaped:
			e.escaped = false
			continue
		case e.text:
			for i < len(piece) && piece[i] != '"' && piece[i] != '\\' {
				i++
			}
		default:
			for i < len(piece) && piece[i] != '"' && piece[i]|0x20 != '{' && piece[i]|0x20 != '}' { // [ and ] differ in one bit
				i++
			}
		}
		if i < len(piece) && e.turn(piece[i]) {
			return i + 1, true
		}
	}
	return len(piece), false
}

// turn takes a byte that changes what the next ones mean, and says whether it ends the value.
func (e *valueEnd) turn(c byte) bool {
	switch c {
	case '\\':
		e.escaped = e.text
	case '"':
		e.text = !e.text
		return !e.text && e.depth == 0
	case '{', '[':
		e.depth++
	case '}', ']':
		e.depth--
		return e.depth <= 0
	}
	return false
}

// jsonObjects reads objects in JSON: one after the other, in an array or in a list. Those of an array or a list are read
// one by one, so a list needs the memory of its largest item, and one that was cut short loses only its last.
func (r Reader) jsonObjects(in *bufio.Reader, line int) {
	j := &jsonStream{in: in, line: line, limit: r.Document}
	for {
		first, err := j.next()
		if errors.Is(err, io.EOF) {
			return
		}
		switch {
		case err != nil:
		case first == '{':
			err = r.jsonObject(j)
		case first == '[':
			start := j.line
			err = j.array(func(at Lines, item []byte, err error) { r.jsonItem(at, item, err, Type{}) })
			r.List(List{r.typeHere(false), Lines{start, j.line}})
		default:
			err = fmt.Errorf("invalid character %q looking for beginning of value", first)
		}
		if errors.Is(err, errCutItem) {
			return
		}
		if err != nil {
			r.skip(Lines{j.line, j.line}, fmt.Sprintf("line %d: %v", j.line, err))
			return
		}
	}
}

// jsonItem gives one item of a list.
func (r Reader) jsonItem(at Lines, item []byte, err error, inherited Type) {
	if errors.Is(err, errValueTooLarge) {
		r.skip(at, fmt.Sprintf("line %d: an object of more than %d MiB", at.First, r.Document>>20))
		return
	}
	size, line, cutShort := len(item), at.First, errors.Is(err, errCutItem)
	if item = lean(item); json.Valid(item) {
		r.object(item, at, inherited)
		return
	}
	err = json.Unmarshal(item, &struct{}{})
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && len(item) == size { // else lines are missing
		line += bytes.Count(item[:min(max(int(syntax.Offset), 0), size)], []byte("\n"))
	}
	if cutShort {
		line, err = at.Last, io.ErrUnexpectedEOF
	}
	if why := fmt.Sprintf("line %d: %v", line, err); !r.cut(item, at, why) {
		r.skip(at, why)
	}
}

// array gives the items of an array, and the lines of each. The error is about what comes between them.
func (j *jsonStream) array(each func(at Lines, item []byte, err error)) error {
	return j.members('[', ']', func() error {
		if _, err := j.next(); err != nil {
			return inside(err)
		}
		at := Lines{First: j.line}
		item, err := j.value()
		at.Last = j.line
		if errors.Is(err, io.ErrUnexpectedEOF) && len(item) > 0 {
			err = errCutItem // each says what is wrong with it
		} else if err != nil && !errors.Is(err, errValueTooLarge) {
			return err
		}
		each(at, item, err)
		if errors.Is(err, errCutItem) {
			return err
		}
		return nil
	})
}

// members reads what stands between brackets, one member after the other.
func (j *jsonStream) members(open, end byte, member func() error) error {
	if ok, err := j.take(open); err != nil || !ok {
		return cmpError(err)
	}
	if ok, err := j.take(end); err != nil || ok {
		return err
	}
	for {
		if err := member(); err != nil {
			return err
		}
		if ok, err := j.take(end); err != nil || ok {
			return err
		}
		if ok, err := j.take(','); err != nil || !ok {
			return cmpError(err)
		}
	}
}

// cmpError is err, or that something else stands where a bracket or comma should.
func cmpError(err error) error {
	if err != nil {
		return err
	}
	return errNotJSON
}

// waitingItem is an item of a list that does not say its type, while the list has not said its own.
type waitingItem struct {
	text []byte
	at   Lines
}

// jsonObject reads an object at the top, which may be a list. kubectl writes "kind" behind the items of a list: then
// those that don't say what they are wait for it, as far as the memory for one file goes.
func (r Reader) jsonObject(j *jsonStream) error {
	at := Lines{First: j.line}
	rest := []byte{'{'} // the object without its items
	var t Type
	var waiting []waitingItem
	size, list, tooLarge := int64(0), false, false
	err := j.members('{', '}', func() error {
		key, err := j.key()
		if err != nil {
			return err
		}
		if first, _ := j.next(); key == `"items"` && first == '[' && (t.Kind == "" || t.isList()) {
			list = true
			return j.array(func(at Lines, item []byte, err error) {
				if size += int64(len(item)); err == nil && t.Kind == "" && size <= r.Waiting && !saysKind(item) {
					waiting = append(waiting, waitingItem{bytes.Clone(item), at})
					return
				}
				r.jsonItem(at, item, err, t.ofItems())
			})
		}
		value, err := j.value()
		if errors.Is(err, errValueTooLarge) {
			tooLarge = true
			return nil
		}
		if err == nil {
			t.see(key, value)
		}
		if tooLarge = tooLarge || int64(len(rest)+len(value)) > r.Document; !tooLarge {
			rest = append(append(append(append(rest, key...), ':'), value...), ',')
		}
		return err
	})
	for _, item := range waiting {
		r.jsonItem(item.at, item.text, nil, t.ofItems())
	}
	at.Last = j.line
	switch {
	case err != nil:
		why := fmt.Sprintf("line %d: %v", j.line, err)
		if !list && !tooLarge && !errors.Is(err, errCutItem) && r.cut(rest, at, why) {
			return errCutItem
		}
		return err
	case list && (t.isList() || t.Kind == ""):
		r.List(List{t.ofItems(), at})
	case tooLarge:
		r.jsonItem(at, nil, errValueTooLarge, Type{})
	default:
		r.jsonItem(at, append(bytes.TrimSuffix(rest, []byte{','}), '}'), nil, Type{})
	}
	return nil
}

// key takes a key and the colon behind it.
func (j *jsonStream) key() (string, error) {
	if first, err := j.next(); err != nil || first != '"' {
		return "", cmpError(inside(err))
	}
	key, err := j.value()
	if err != nil {
		return "", err
	}
	if ok, err := j.take(':'); err != nil || !ok {
		return "", cmpError(err)
	}
	return string(key), nil
}

// saysKind says whether an object says what it is.
func saysKind(object []byte) bool {
	found := false
	EachMember(object, func(key, _ []byte) bool {
		found = string(key) == `"kind"`
		return !found
	})
	return found
}

// EachMember gives the members of a JSON object in memory, until member says to stop. What is not valid JSON ends it.
func EachMember(object []byte, member func(key, value []byte) bool) {
	at := skipSpace(object, 0)
	if at >= len(object) || object[at] != '{' {
		return
	}
	for {
		key, after := nextValue(object, at+1)
		colon := skipSpace(object, after)
		if len(key) == 0 || key[0] != '"' || colon >= len(object) || object[colon] != ':' {
			return
		}
		value, after := nextValue(object, colon+1)
		if len(value) == 0 || !member(key, value) {
			return
		}
		if at = skipSpace(object, after); at >= len(object) || object[at] != ',' {
			return
		}
	}
}

// nextValue is the value that begins at i or behind white space there, and where it ends; empty when there is none.
func nextValue(text []byte, i int) (value []byte, end int) {
	start := skipSpace(text, i)
	if start >= len(text) {
		return nil, start
	}
	c := text[start]
	e := valueEnd{scalar: c != '{' && c != '[' && c != '"'}
	n, done := e.find(text[start:])
	if !done && !e.scalar {
		return nil, start
	}
	return text[start : start+n], start + n
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}
