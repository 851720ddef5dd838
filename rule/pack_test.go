package rule

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const packText = `id: widget-jam
title: The widget of {{c.name}} is jammed
class: exit
logs:
  - match: 'widget (?P<name>\w+) jammed'
    hit: ["FATAL: widget seven jammed"]
when: c.exited
confidence: likely
levels:
  - when: c.restarts > 3
    confidence: certain
summary: "{{c.name}} stops because widget {{m.name}} is jammed"
because:
  - text: "{{m.text}}"
    ref: m.ref
fix:
  - text: Oil it
    patch: |
      containers:
        - name: "{{c.name}}"
since: "1.0"
`

func TestUnpackGivesWhatWasPacked(t *testing.T) {
	fsys := fstest.MapFS{"widget-jam/cause.yaml": {Data: []byte(packText)}, "widget-jam/doc.md": {Data: []byte("# Jam\n")}}
	loaded, err := Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := loaded.Pack()
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := Unpack(packed, fsys)
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmp.Options{cmpopts.IgnoreUnexported(Rule{}), cmpopts.IgnoreFields(Pattern{}, "Hit", "Miss", "Needs"), cmpopts.EquateEmpty()}
	if d := cmp.Diff(loaded.Rules(), unpacked.Rules(), ignore); d != "" {
		t.Error(d)
	}
	if err := unpacked.Check(); err != nil {
		t.Errorf("an unpacked rule does not compile: %v", err)
	}
}

func TestUnpackRefusesWhatWasNotPacked(t *testing.T) {
	for _, data := range []string{"", "{}", `[{"id": "x", "file": "x/cause.yaml"}]`} {
		if _, err := Unpack([]byte(data), fstest.MapFS{}); err == nil {
			t.Errorf("%q is taken for packed rules", data)
		}
	}
}
