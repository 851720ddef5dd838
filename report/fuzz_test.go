package report

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

// FuzzHostileText appends a text to every text in a diagnosis, and asserts what TestGolden asserts of the fixtures:
// nothing harmful gets out, and prose keeps within the width.
func FuzzHostileText(f *testing.F) {
	texts := []string{"", "\x1b[31m", "\r::error::x", "\n##vso[x]", "\u202e\u200b", "```\n<script>", "\xff", "接続 接続", "; reboot"}
	names := slices.Sorted(maps.Keys(fixtures()))
	for _, s := range texts {
		for i := range names {
			f.Add(s, byte(40), byte(i))
		}
	}
	f.Fuzz(func(t *testing.T, s string, width, fixture byte) {
		ds := fixtures()[names[int(fixture)%len(names)]]
		for _, d := range ds {
			appendAll(reflect.ValueOf(d), s)
		}
		checkText(t, ds, Options{Width: 40 + int(width)})
		for _, format := range []string{"json", "yaml", "markdown"} {
			out := render(t, format, ds, Options{})
			checkHarmless(t, string(out))
			if format == "json" && !json.Valid(out) {
				t.Errorf("invalid JSON: %s", out)
			}
		}
	})
}

// appendAll appends s to all texts that can be reached from v.
func appendAll(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Time]() {
			appendAll(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				appendAll(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			appendAll(v.Index(i), s)
		}
	case reflect.String:
		v.SetString(v.String() + s)
	}
}
