package objects

import (
	"encoding/json"
	"strings"
)

// looseJSON reads JSON that was cut out of something larger: members without the braces around them, brackets that close
// what is not there, a comma at the end, an end in the middle. Each value that hangs together becomes a tree. False for
// what is no JSON even so.
func looseJSON(text string) ([]*tree, bool) {
	r := &jsonPieces{text: text}
	for r.space(); r.at < len(r.text); r.space() {
		if !r.token() {
			return nil, false
		}
	}
	for len(r.stack) > 0 { // what was cut off below
		r.top().value.below = true
		r.pop()
	}
	return r.done, true
}

// jsonPieces reads JSON token by token.
type jsonPieces struct {
	text  string
	at    int
	stack []jsonFrame
	done  []*tree
}

// jsonFrame is an object or a list whose end was not seen yet.
type jsonFrame struct {
	value *tree
	key   string
	keyed bool // a key was seen that has no value yet
}

func (r *jsonPieces) top() *jsonFrame {
	if len(r.stack) == 0 {
		return nil
	}
	return &r.stack[len(r.stack)-1]
}

func (r *jsonPieces) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// token takes the next one; false when there is none.
func (r *jsonPieces) token() bool {
	switch c := r.text[r.at]; c {
	case '{', '[':
		r.at++
		t := &tree{list: true}
		if c == '{' {
			t = newObject()
		}
		return r.push(jsonFrame{value: t})
	case '}', ']':
		r.at++
		return r.closing(c)
	case ',':
		r.at++
		return true
	case '"':
		return r.quoted()
	}
	if rest := r.text[r.at:]; strings.HasPrefix(rest, "...") || strings.HasPrefix(rest, "…") {
		return r.elided()
	}
	return r.word()
}

func (r *jsonPieces) push(f jsonFrame) bool {
	if top := r.top(); top != nil && !top.value.list && !top.keyed || len(r.stack) >= maxNodeDepth {
		return false
	}
	r.stack = append(r.stack, f)
	return true
}

// pop ends what is open, and puts it where it belongs.
func (r *jsonPieces) pop() {
	f := r.top()
	r.stack = r.stack[:len(r.stack)-1]
	r.put(f.value)
}

// put takes a value: into what it stands in, or as a piece of its own.
func (r *jsonPieces) put(t *tree) {
	top := r.top()
	switch {
	case top == nil:
		r.done = append(r.done, t)
	case top.value.list:
		top.value.items = append(top.value.items, t)
	case top.keyed:
		top.value.members[top.key], top.keyed = t, false
	}
}

// closing takes a bracket. One that closes what is not there ends an object without a beginning, if there is one.
func (r *jsonPieces) closing(c byte) bool {
	top := r.top()
	switch {
	case top == nil:
		return true
	case top.value.list != (c == ']'):
		return false
	}
	r.pop()
	return true
}

// elided takes the dots that people put in the place of what they leave out.
func (r *jsonPieces) elided() bool {
	for r.at < len(r.text) && strings.IndexByte(".\xe2\x80\xa6", r.text[r.at]) >= 0 {
		r.at++
	}
	if top := r.top(); top != nil {
		top.value.openAll()
	}
	return true
}

// quoted takes a key or a text. One without an end was cut off and is left out.
func (r *jsonPieces) quoted() bool {
	end := r.at + 1
	for end < len(r.text) && r.text[end] != '"' {
		if r.text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.text) {
		r.at = len(r.text)
		return true
	}
	var text string
	if json.Unmarshal([]byte(r.text[r.at:end+1]), &text) != nil {
		return false
	}
	r.at = end + 1
	top := r.top()
	if top != nil && (top.value.list || top.keyed) {
		r.put(&tree{scalar: text})
		return true
	}
	if r.space(); r.at >= len(r.text) {
		return true // a key whose value was cut off
	}
	if r.text[r.at] != ':' {
		return false
	}
	r.at++
	if top == nil {
		t := newObject()
		t.above = true
		r.stack = append(r.stack, jsonFrame{value: t})
		top = r.top()
	}
	top.key, top.keyed = text, true
	return true
}

// word takes a number, true, false or null.
func (r *jsonPieces) word() bool {
	end := r.at
	for end < len(r.text) && strings.IndexByte(" \t\r\n,:]}[{\"", r.text[end]) < 0 {
		end++
	}
	word := r.text[r.at:end]
	top := r.top()
	r.at = end
	if top == nil || !top.value.list && !top.keyed {
		return false
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(word))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return end == len(r.text) // the rest of it was cut off
	}
	r.put(&tree{scalar: value})
	return true
}
