package bundle_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// TestLayouts reads trees that other programs write, as they are found: unpacked and as archives of all kinds. Whatever
// the layout, the answer is that of the capture that they are made from.
func TestLayouts(t *testing.T) {
	const (
		exit1 = "exit1 events=5 node=true"
		web   = "web events=0 node=true"
	)
	tests := map[string][]string{
		"cluster-info-dump":        {exit1, "  app: current", web, "  app: current"},
		"cluster-info-dump-stdout": {exit1, "  app: current", web, "  app: current"},
		"cluster-info-dump-yaml":   {exit1, "  app: current", web, "  app: current"},
		"troubleshoot":             {exit1, "  app: current", "  app: previous", web, "  app: current"},
		"troubleshoot-typed":       {exit1, "  app: current", "  app: previous", web},
		"must-gather":              {exit1, "  app: current, died", "  app: previous, died", web, "  app: current, live"},
		"sosreport": {
			exit1, "  app: current", "  app: current, died", "  app: current, died", "  app: current, died", "  app: previous, older",
			web, "  app: current, live",
		},
		"velero":    {"exit1 events=2 node=false", "web events=0 node=false"},
		"rancher":   {"exit1 events=5 node=false", "  : current", "  : previous"},
		"node-logs": {"exit1 events=0 node=false", "  app: current, died"},
	}
	rules, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	capture := firstCause(open(t, "testdata/exit1"), rules)
	for name, want := range tests {
		archive, err := txtar.ParseFile(filepath.Join("testdata", "layouts", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for form, path := range packed(t, archive) {
			t.Run(name+"."+form, func(t *testing.T) {
				b := open(t, path)
				if diff := cmp.Diff(want, told(b)); diff != "" {
					t.Errorf("what was read (-want +got):\n%s", diff)
				}
				if got := firstCause(b, rules); got != capture && name != "velero" { // it has no logs
					t.Errorf("first cause %q, want that of the capture, %q", got, capture)
				}
			})
		}
	}
}

func open(t *testing.T, path string) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Open([]string{path}, nil)
	if err != nil {
		t.Fatalf("%v; skipped: %v", err, b.Unused())
	}
	return b
}

// firstCause is the first cause of the first container in trouble.
func firstCause(b *bundle.Bundle, rules *rule.Set) string {
	for _, raw := range b.Raws() {
		for _, d := range diagnosis.Of(evidence.Of(raw), rules) {
			if len(d.Causes) > 0 {
				return d.Causes[0].Rule.ID
			}
		}
	}
	return ""
}

// told tells what was read: in one line for each pod, and in one for each log.
func told(b *bundle.Bundle) []string {
	lines := []string{}
	for _, raw := range b.Raws() {
		name := "-"
		if raw.Pod != nil {
			name = raw.Pod.Name
		}
		var logs []string
		lines = append(lines, fmt.Sprintf("%s events=%d node=%t", name, len(raw.Events), raw.Node != nil))
		for i := range raw.Logs {
			l := &raw.Logs[i]
			line := "  " + l.Container + ":"
			switch {
			case l.Previous:
				line += " previous"
			case l.PreviousKnown:
				line += " current"
			}
			if l.Run != "" {
				line += ", " + string(l.Run)
			}
			logs = append(logs, line)
		}
		slices.Sort(logs) // archives and folders have another order
		lines = append(lines, logs...)
	}
	return lines
}

// packed writes the files of an archive in all forms in which such trees are found.
func packed(t *testing.T, archive *txtar.Archive) map[string]string {
	t.Helper()
	root := t.TempDir()
	var plain, squeezed bytes.Buffer
	tarred, zipped := tar.NewWriter(&plain), zip.NewWriter(&squeezed)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range archive.Files {
		file := filepath.Join(root, "tree", filepath.FromSlash(f.Name))
		check(os.MkdirAll(filepath.Dir(file), 0o755))
		check(os.WriteFile(file, f.Data, 0o600))
		check(tarred.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o600, Size: int64(len(f.Data)), Format: tar.FormatPAX}))
		_, err := tarred.Write(f.Data)
		check(err)
		w, err := zipped.Create(f.Name)
		check(err)
		_, err = w.Write(f.Data)
		check(err)
	}
	check(tarred.Close())
	check(zipped.Close())
	var gzipped bytes.Buffer
	z := gzip.NewWriter(&gzipped)
	_, err := z.Write(plain.Bytes())
	check(err)
	check(z.Close())
	forms := map[string]string{"directory": filepath.Join(root, "tree")}
	for form, data := range map[string][]byte{
		"tar": plain.Bytes(), "tar.gz": gzipped.Bytes(), "zip": squeezed.Bytes(),
	} {
		forms[form] = filepath.Join(root, "dump."+form)
		check(os.WriteFile(forms[form], data, 0o600))
	}
	return forms
}
