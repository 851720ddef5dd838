package bundle

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/internal/bigdump"
)

// TestListsAreReadItemByItem gives lists in the forms in which they are found, and cut off or damaged ones.
func TestListsAreReadItemByItem(t *testing.T) {
	const one, two = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"one"}}`, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"two"}}`
	const untyped = `{"metadata":{"name":"one"}}`
	tests := []struct {
		name, text    string
		want, skipped string
	}{
		{"json", `{"apiVersion":"v1","kind":"List","items":[` + one + `,` + two + `]}`, "one two", ""},
		{"json, kind last", `{"apiVersion":"v1","items":[` + one + `,` + two + `],"kind":"List"}`, "one two", ""},
		{"json without types of items", `{"apiVersion":"v1","items":[` + untyped + `],"kind":"PodList"}`, "one", ""},
		{"json, cut off", "{\"apiVersion\":\"v1\",\n\"items\":[" + one + ",\n{\"metadata\":", "one", "line 3: unexpected EOF"},
		{"json, one damaged", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + one + ",\n{\"kind\":\n!},\n" + two + "]}", "one two", "line 3: invalid character '!'"},
		{"json, brackets in texts", `{"kind":"List","apiVersion":"v1","x":"]}\"[{","items":[` + one + `]}`, "one", ""},
		{"json, a comma missing", `{"apiVersion":"v1","kind":"List","items":[` + one + ` ` + two + `]}`, "one", "line 1: not JSON"},
		{"json, a list in a list", `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"PodList","items":[` + untyped + `]}]}`, "one", ""},
		{"yaml without types of items", "apiVersion: v1\nitems:\n- metadata:\n    name: one\n- metadata: {name: two}\nkind: PodList\n", "one two", ""},
		{"yaml, a dash alone", "apiVersion: v1\nitems:\n-\n  kind: Pod\n  apiVersion: v1\n  metadata: {name: one}\nkind: List\n", "one", ""},
		{"yaml, one damaged", "apiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: [\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: two}\nkind: List\n", "two", "line 4: "},
		{"yaml, CRLF", strings.ReplaceAll("apiVersion: v1\nitems:\n- metadata:\n    name: one\nkind: PodList\n", "\n", "\r\n"), "one", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := openText(t, tt.text)
			var got []string
			for _, raw := range b.Raws() {
				got = append(got, raw.Pod.Name)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
			if skipped := strings.Join(skips(b), "\n"); !strings.Contains(skipped, tt.skipped) || tt.skipped == "" && skipped != "" {
				t.Errorf("skipped %q, want %q", skipped, tt.skipped)
			}
		})
	}
}

// TestManagedFieldsAreDropped reads them, and kubectl's copy of the manifest, in JSON and YAML.
func TestManagedFieldsAreDropped(t *testing.T) {
	const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
	json := `{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"a":"b","` + lastApplied + `":"{\"x\":[\"}\"]}"},"managedFields":[{"manager":"m","fieldsV1":{"f:x":{"]":{}}}}],"name":"one","labels":{"c":"d"}}}`
	yaml := "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    a: b\n    " + lastApplied + ": |\n      {\"x\":1}\n  managedFields:\n  - manager: m\n    fieldsV1:\n      f:x: {}\n\n  - manager: n\n  name: one\n  labels: {c: d}\n"
	for name, text := range map[string]string{"json": json, "yaml": yaml, "yaml, indented": strings.ReplaceAll(yaml, "  - manager", "    - manager")} {
		t.Run(name, func(t *testing.T) {
			pod := openText(t, text).Raws()[0].Pod
			if pod.Name != "one" || pod.ManagedFields != nil {
				t.Errorf("read as %v with %d managed fields", pod.Name, len(pod.ManagedFields))
			}
			if diff := cmp.Diff(map[string]string{"a": "b"}, pod.Annotations); diff != "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]string{"c": "d"}, pod.Labels); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBigDumpIsTheSameInEveryForm reads one dump as a directory, in archives, and its pods as lists.
func TestBigDumpIsTheSameInEveryForm(t *testing.T) {
	dump := bigdump.Dump{Pods: 26, Trouble: 5, LogBytes: 2000, Managed: true, PerNamespace: 20}
	dir := t.TempDir()
	if err := dump.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	var tarball, zipped, list, yaml bytes.Buffer
	for _, err := range []error{dump.WriteTar(&tarball), dump.WriteZip(&zipped), dump.WriteJSON(&list), dump.WriteYAML(&yaml)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := inShort(mustOpen(t, dir))
	if !strings.Contains(want, "26 pods, 5 logs, 5 crashes") {
		t.Errorf("the directory gives %s", want)
	}
	for name, data := range map[string][]byte{"tar": tarball.Bytes(), "tar.gz": gzipOf(t, tarball.Bytes()), "tar.zst": zstdOf(t, tarball.Bytes()), "zip": zipped.Bytes()} {
		if got := inShort(openText(t, string(data))); got != want {
			t.Errorf("%s gives %s, the directory %s", name, got, want)
		}
	}
	for name, data := range map[string]string{"json": list.String(), "yaml": yaml.String()} {
		if got := inShort(openText(t, data)); got != "26 pods, 0 logs, 0 crashes, 0 events, 0 skipped" {
			t.Errorf("the list in %s gives %s", name, got)
		}
	}
}

func inShort(b *Bundle) string {
	logs, crashes, events := 0, 0, 0
	for _, raw := range b.Raws() {
		logs += len(raw.Logs)
		events += len(raw.Events)
		for _, l := range raw.Logs {
			if l.Read.Crash != nil && strings.Contains(l.Read.Crash.Message, "connection refused") {
				crashes++
			}
		}
	}
	return fmt.Sprintf("%d pods, %d logs, %d crashes, %d events, %d skipped", len(b.Raws()), logs, crashes, events, len(b.Unused()))
}
