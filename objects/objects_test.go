package objects

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found lists what a reader finds in a text: each object, list and skip with its lines.
func found(text string, typeAt func(list bool) Type) []string {
	var all []string
	Reader{
		Document: 1 << 10, Waiting: 1 << 10, TypeAt: typeAt,
		Each: func(o Object) {
			var named struct{ Metadata struct{ Name string } }
			if _, err := o.Decode(&named); err != nil {
				all = append(all, err.Error())
			}
			all = append(all, fmt.Sprintf("%d-%d %s %s", o.First, o.Last, o.Kind, named.Metadata.Name))
		},
		List: func(l List) { all = append(all, fmt.Sprintf("%d-%d list of %q", l.First, l.Last, l.Items.Kind)) },
		Skip: func(s Skip) { all = append(all, fmt.Sprintf("%d-%d not used: %s", s.First, s.Last, s.Why)) },
	}.Read(strings.NewReader(text))
	return all
}

// TestObjectsSayWhereTheyStand reads texts of all forms.
func TestObjectsSayWhereTheyStand(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{
			"json", "{\"kind\":\"Pod\",\n\"metadata\":{\"name\":\"one\"}}\n\n{\"kind\":\"Node\",\"metadata\":{\"name\":\"two\"}}\n",
			[]string{"1-2 Pod one", "4-4 Node two"},
		},
		{
			"json list, its kind last", "{\n\"items\":[\n{\"metadata\":{\"name\":\"one\"}},\n{\n\"metadata\":{\"name\":\"two\"}\n}\n],\n\"kind\":\"PodList\"\n}\n",
			[]string{"3-3 Pod one", "4-6 Pod two", `1-9 list of "Pod"`},
		},
		{"json array", "[\n{\"kind\":\"Pod\"},\n{\"kind\":\"Node\"}\n]", []string{"2-2 Pod ", "3-3 Node ", `1-4 list of ""`}},
		{"json, cut short", "{\"kind\":\"List\",\n\"items\":[\n{\"kind\":\"Pod\"},\n{\"kind\":\n", []string{"3-3 Pod ", "4-5 not used: line 5: unexpected EOF"}},
		{
			"json, too large", "{\"kind\":\"List\",\"items\":[\n{\"kind\":\"Pod\",\n\"x\":\"" + strings.Repeat("x", 2000) + "\"},\n{\"kind\":\"Pod\"}]}",
			[]string{"2-3 not used: line 2: an object of more than 0 MiB", "4-4 Pod ", `1-4 list of ""`},
		},
		{
			"yaml", "# made by hand\nkind: Pod\nmetadata:\n  name: one\n---\nkind: Node\nmetadata: {name: two}\n",
			[]string{"1-4 Pod one", "5-7 Node two"},
		},
		{
			"yaml list", "apiVersion: v1\nitems:\n- kind: Pod\n  metadata:\n    name: one\n- metadata:\n    name: two\nkind: PodList\nmetadata:\n  resourceVersion: \"\"",
			[]string{"3-5 Pod one", "6-7 Pod two", `1-10 list of "Pod"`},
		},
		{
			"yaml, dots in the midst of a pod", "kind: Pod\nmetadata:\n  name: one\n...\nstatus:\n  phase: Failed\n",
			[]string{"1-6 not used: line 4: could not find expected ':'"},
		},
		{
			"yaml, dots where documents end", "kind: Pod\nmetadata: {name: one}\n...\n# end\n---\nkind: ReplicaSet\nmetadata: {name: two}\n...\nspec: {}\n",
			[]string{"1-4 Pod one", "5-9 ReplicaSet two"},
		},
		{"yaml array", "\n- kind: Pod\n- kind: Node\n", []string{"2-3 Pod ", "2-3 Node ", `2-3 list of ""`}},
		{"yaml, one damaged", "kind: List\nitems:\n- kind: [\n- kind: Pod\n", []string{"3-3 not used: line 3: did not find expected node content", "4-4 Pod ", `1-4 list of ""`}},
		{"no kind", "metadata:\n  labels: {}\n", []string{"1-2 not used: an object without kind"}},
		{"an answer of the server", `{"kind":"Status","apiVersion":"v1","message":"no such pod"}`, []string{"1-1 not used: not an object but an answer of the API server: no such pod"}},
		{"nothing", "\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found(tt.text, nil)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlaceSaysTheType(t *testing.T) {
	typeAt := func(list bool) Type {
		if list {
			return Type{"v1", "PodList"}
		}
		return Type{"v1", "Pod"}
	}
	for text, want := range map[string][]string{
		`{"metadata":{"name":"one"}}`:               {"1-1 Pod one"},
		`[{"metadata":{"name":"one"}}]`:             {"1-1 Pod one", `1-1 list of "Pod"`},
		"items:\n- metadata: {name: one}\n":         {"2-2 Pod one", `1-2 list of ""`},
		`{"kind":"Node","metadata":{"name":"two"}}`: {"1-1 Node two"},
		`{"spec":{}}`: {"1-1 not used: an object without kind"},
	} {
		if diff := cmp.Diff(want, found(text, typeAt)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestCutObjectsAreOffered cuts pods in the middle, alone and in lists: what is left is a piece of the pod.
func TestCutObjectsAreOffered(t *testing.T) {
	const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api-0","namespace":"shop"},"status":{"containerStatuses":[{"name":"api","restartCount":7,"lastState":{"terminated":{"exitCode":2,"reason":"Error"}},"ready":false},{"name":"x"`
	yaml := running[:strings.Index(running, "    ready: false\n    restartCount: 14")] // behind the name
	indented := "apiVersion: v1\nitems:\n- " + strings.ReplaceAll(yaml, "\n", "\n  ")
	for name, tt := range map[string]struct{ text, want string }{
		"json":              {pod, `shop/api-0 "api" 7× exit 2 Error`},
		"json in a list":    {`{"kind":"List","apiVersion":"v1","items":[` + pod, `shop/api-0 "api" 7× exit 2 Error`},
		"json in an array":  {`[` + pod, `shop/api-0 "api" 7× exit 2 Error`},
		"yaml":              {yaml + "    rea", `resize-5f6d7c8b9-x2k4p`},
		"yaml, whole lines": {yaml, `resize-5f6d7c8b9-x2k4p`},
		"yaml in a list":    {indented + "    rea", `resize-5f6d7c8b9-x2k4p`},
	} {
		var offered []Part
		var skipped []string
		Reader{
			Document: 1 << 20, Waiting: 1 << 20,
			Each: func(o Object) { skipped = append(skipped, "whole: "+o.Kind) },
			List: func(List) {},
			Skip: func(s Skip) { skipped = append(skipped, s.Why) },
			Cut: func(text []byte, _ Skip) bool {
				offered = Parts(string(text))
				return len(offered) > 0
			},
		}.Read(strings.NewReader(tt.text))
		got := inShort(offered)
		if strings.HasPrefix(tt.want, "resize") && len(offered) == 1 {
			got = offered[0].Pod.Name
		}
		if got != tt.want || len(skipped) > 0 {
			t.Errorf("%s: %s, want %s; said %q", name, got, tt.want, skipped)
		}
	}
}
