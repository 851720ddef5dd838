package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/answer"
)

// TestDocumentedFieldsAreTheFields holds docs/json.md, which is a promise, to the types that are encoded: each field of its
// example exists, and each that exists is in the example.
func TestDocumentedFieldsAreTheFields(t *testing.T) {
	page, err := os.ReadFile("../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("docs/json.md has no example")
	}
	var example any
	if err := json.Unmarshal(block[1], &example); err != nil {
		t.Fatalf("the example of docs/json.md: %v", err)
	}
	documented := keysOf(example, "")
	encoded := fieldsOf(reflect.TypeFor[answer.Document](), "")
	if diff := cmp.Diff(documented, encoded); diff != "" {
		t.Errorf("docs/json.md (-) and the report (+) differ:\n%s", diff)
	}
}

// TestADocumentIsReadBackWhole: who decodes a report into the types and encodes it again has lost nothing, and no list of it
// is null.
func TestADocumentIsReadBackWhole(t *testing.T) {
	for name, ds := range fixtures() {
		want := render(t, "json", ds, Options{})
		decoder := json.NewDecoder(bytes.NewReader(want))
		decoder.DisallowUnknownFields()
		var document answer.Document
		if err := decoder.Decode(&document); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got bytes.Buffer
		if err := encode(&got, document); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-written +read back):\n%s", name, diff)
		}
		if bytes.Contains(want, []byte(": null")) {
			t.Errorf("%s has a field that is null:\n%s", name, want)
		}
	}
}

// keysOf gives the path of each value in a decoded document that has a name: "diagnoses.pod.name".
func keysOf(v any, path string) []string {
	var keys []string
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			inner := strings.TrimPrefix(path+"."+key, ".")
			keys = append(append(keys, inner), keysOf(value, inner)...)
		}
	case []any:
		for _, element := range v {
			keys = append(keys, keysOf(element, path)...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// fieldsOf gives the same of a type.
func fieldsOf(t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	var fields []string
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		inner := strings.TrimPrefix(path+"."+name, ".")
		fields = append(append(fields, inner), fieldsOf(t.Field(i).Type, inner)...)
	}
	slices.Sort(fields)
	return fields
}
