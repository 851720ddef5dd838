package bundle_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// TestLabCasesInOtherLayouts lays the files of what was captured in the lab out as other programs do, each capture as one
// of them. The first cause stays what it is.
func TestLabCasesInOtherLayouts(t *testing.T) {
	rules, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := filepath.Glob("../causes/*/testdata/lab-*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	layouts := []struct {
		name string
		lay  func(*testing.T, *txtar.Archive) *txtar.Archive
	}{{"must-gather", layMustGather}, {"support-bundle", laySupportBundle}}
	total := 0
	for i, file := range cases {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := causesByPod(open(t, file), rules)
		total += len(want)
		layout := layouts[i%len(layouts)]
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"."+layout.name, func(t *testing.T) {
			tree := filepath.Join(t.TempDir(), "tree.txt")
			if err := os.WriteFile(tree, txtar.Format(layout.lay(t, archive)), 0o600); err != nil {
				t.Fatal(err)
			}
			got := causesByPod(open(t, tree), rules)
			for pod, cause := range want {
				if got[pod] != cause {
					t.Errorf("%s: first cause %q, want that of the capture, %q", pod, got[pod], cause)
				}
			}
		})
	}
	if total < len(cases)/2 {
		t.Errorf("%d cases have %d causes: nothing was compared", len(cases), total)
	}
}

// causesByPod gives the first cause for each pod that a bundle is about.
func causesByPod(b *bundle.Bundle, rules *rule.Set) map[string]string {
	first := map[string]string{}
	for _, raw := range b.Raws() {
		for _, d := range diagnosis.Of(evidence.Of(raw), rules) {
			if name := raw.Pod.Name; len(d.Causes) > 0 && first[name] == "" {
				first[name] = d.Causes[0].Rule.ID
			}
		}
	}
	return first
}

// layMustGather lays out a bundle's files as must-gather does.
func layMustGather(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	out := &txtar.Archive{}
	for _, f := range archive.Files {
		parts := strings.Split(f.Name, "/")
		base := parts[len(parts)-1]
		switch {
		case f.Name == "meta.yaml" || f.Name == "want":
			continue
		case parts[0] == "nodes":
			f.Name = "cluster-scoped-resources/core/nodes/" + base
		case len(parts) == 2:
			f.Name = path.Join("namespaces", parts[0], "core", base)
		case parts[1] == "pods":
			f.Name = path.Join("namespaces", parts[0], "pods", strings.TrimSuffix(base, ".yaml"), base)
		case parts[1] == "logs":
			container, run := containerAndRun(base)
			f.Name = path.Join("namespaces", parts[0], "pods", parts[2], container, container, "logs", run+".log")
		default:
			f.Name = path.Join("namespaces", parts[0], "apps", parts[1], base)
		}
		f.Name = "must-gather.local.1/quay-io-x-sha256-0ab1/" + f.Name
		out.Files = append(out.Files, f)
	}
	return out
}

// containerAndRun takes the name of a bundle's log apart: CONTAINER.previous.log.
func containerAndRun(base string) (container, run string) {
	container = strings.TrimSuffix(base, ".log")
	if name, ok := strings.CutSuffix(container, ".previous"); ok {
		return name, "previous"
	}
	return strings.TrimSuffix(container, ".current"), "current"
}

// laySupportBundle lays out a bundle's files as troubleshoot did until 2023: lists of objects without their types.
func laySupportBundle(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	lists := map[string][]any{}
	out := &txtar.Archive{}
	for _, f := range archive.Files {
		parts := strings.Split(f.Name, "/")
		base := parts[len(parts)-1]
		switch {
		case f.Name == "meta.yaml" || f.Name == "want":
		case parts[0] == "nodes":
			lists["nodes"] = append(lists["nodes"], untyped(t, f.Data)...)
		case len(parts) == 2:
			lists["events/"+parts[0]] = append(lists["events/"+parts[0]], untyped(t, f.Data)...)
		case parts[1] == "logs":
			container, run := containerAndRun(base)
			f.Name = path.Join("cluster-resources/pods/logs", parts[0], parts[2], strings.TrimSuffix(container+"-"+run, "-current")+".log")
			out.Files = append(out.Files, f)
		default:
			list := parts[1] + "/" + parts[0]
			lists[list] = append(lists[list], untyped(t, f.Data)...)
		}
	}
	for name, items := range lists {
		data, err := json.MarshalIndent(items, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		out.Files = append(out.Files, txtar.File{Name: "bundle/cluster-resources/" + name + ".json", Data: data})
	}
	return out
}

// untyped gives an object, or the items of a list, without what says their type.
func untyped(t *testing.T, data []byte) []any {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal(data, &object); err != nil {
		t.Fatal(err)
	}
	items, ok := object["items"].([]any)
	if !ok {
		items = []any{object}
	}
	for _, item := range items {
		delete(item.(map[string]any), "kind")
		delete(item.(map[string]any), "apiVersion")
	}
	return items
}
