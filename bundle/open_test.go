package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/evidence"
)

func mustOpen(t *testing.T, paths ...string) *Bundle {
	t.Helper()
	b, err := Open(paths, nil)
	if err != nil {
		t.Fatalf("Open(%q): %v", paths, err)
	}
	return b
}

// openText opens a text archive given as text.
func openText(t *testing.T, text string) *Bundle {
	t.Helper()
	b, err := Open([]string{"-"}, strings.NewReader(text))
	if err != nil {
		t.Fatalf("Open: %v; skipped: %v", err, b.Unused())
	}
	return b
}

// writeFiles writes files into a new directory.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// summary tells in one line per pod and log what was read.
func summary(b *Bundle) []string {
	var lines []string
	for _, raw := range b.Raws() {
		name := "-"
		if raw.Pod != nil {
			name = raw.Pod.Name
		}
		lines = append(lines, fmt.Sprintf("%s siblings=%d events=%d node=%t", name, len(raw.Siblings), len(raw.Events), raw.Node != nil))
		for i := range raw.Logs {
			l := &raw.Logs[i]
			run := "unknown"
			switch {
			case l.Previous:
				run = "previous"
			case l.PreviousKnown:
				run = "current"
			}
			lines = append(lines, fmt.Sprintf("  %s of %q from %s: %s", run, l.Container, readLogName(l.Path).file, firstLine(l)))
		}
	}
	return lines
}

func firstLine(l *evidence.RawLog) string {
	if l.Read.NotALog != "" {
		return "not a log"
	}
	line, _, _ := strings.Cut(string(l.Data), "\n")
	return line
}

func skips(b *Bundle) []string {
	var lines []string
	for _, s := range b.Unused() {
		lines = append(lines, filepath.Base(s.Path)+": "+s.Why)
	}
	return lines
}

func TestOpenCaptures(t *testing.T) {
	tests := []struct {
		name          string
		paths         []string
		want, skipped []string
	}{
		{"one pod", []string{"testdata/exit1"}, []string{
			"exit1 siblings=0 events=5 node=false",
			`  current of "" from exit1.log: FATAL: cannot parse /etc/app.yaml: line 3: unknown key`,
			`  previous of "" from exit1.previous.log: FATAL: cannot parse /etc/app.yaml: line 3: unknown key`,
		}, nil},
		{"a deployment's pods, and nodes", []string{"testdata/deploy", "testdata/nodes.yaml"}, []string{
			"web-547cc45594-2m58n siblings=1 events=5 node=true",
			`  current of "" from web-547cc45594-2m58n.log: listening on :8080`,
			`  previous of "" from web-547cc45594-2m58n.previous.log: listening on :8080`,
			"web-547cc45594-zjn45 siblings=1 events=5 node=true",
			`  current of "" from web-547cc45594-zjn45.log: listening on :8080`,
			`  previous of "" from web-547cc45594-zjn45.previous.log: listening on :8080`,
		}, nil},
		{"errors in the place of logs", []string{"testdata/init-fails"}, []string{
			"init-fails siblings=0 events=5 node=false",
			`  current of "app" from init-fails.log.err: not a log`,
			`  previous of "app" from init-fails.previous.err: not a log`,
			`  previous of "" from init-fails.previous.log: migration 42 failed: relation "users" already exists`,
		}, nil},
		{"two pods in a directory named after one", []string{"testdata/svc-ok"}, []string{
			"svc-ok siblings=0 events=3 node=false",
			`  current of "" from svc-ok.log: connected to 10.96.0.51:80`,
			`  previous of "app" from svc-ok.previous.err: not a log`,
			"up siblings=0 events=3 node=false",
			`  previous of "app" from up.previous.err: not a log`,
		}, nil},
		{"a daemon set, single files", []string{
			"testdata/node-correlated/agent-jk285.yaml", "testdata/node-correlated/agent-zwfhp.yaml",
			"testdata/node-correlated/agent-zwfhp.previous.log",
		}, []string{
			"agent-jk285 siblings=1 events=0 node=false",
			"agent-zwfhp siblings=1 events=0 node=false",
			`  previous of "" from agent-zwfhp.previous.log: probing device`,
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := mustOpen(t, tt.paths...)
			if diff := cmp.Diff(tt.want, summary(b)); diff != "" {
				t.Errorf("raws (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.skipped, skips(b)); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

// pod is a pod with containers, as YAML; its status says that it has restarted.
func pod(name string, containers ...string) string {
	text := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\n  namespace: shop\nspec:\n  containers:\n", name)
	for _, c := range containers {
		text += "  - name: " + c + "\n"
	}
	text += "status:\n  containerStatuses:\n"
	for _, c := range containers {
		text += "  - name: " + c + "\n    restartCount: 3\n"
	}
	return text
}

func TestLogNamesAreHints(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	two := map[string]string{"a.yaml": pod("api-7d4f9-x2x4z", "web", "proxy"), "b.yaml": pod("api-7d4f9-x2x4z-canary", "web")}
	one := map[string]string{"a.yaml": pod("api", "web", "api")}
	tests := []struct {
		pods map[string]string
		file string
		want string // pod, run and container
	}{
		{two, "api-7d4f9-x2x4z.log", `api-7d4f9-x2x4z unknown ""`},
		{two, "api-7d4f9-x2x4z.previous.log", `api-7d4f9-x2x4z previous ""`},
		{two, "api-7d4f9-x2x4z-canary.previous.log", `api-7d4f9-x2x4z-canary previous ""`},
		{two, "api-7d4f9-x2x4z-proxy.log", `api-7d4f9-x2x4z unknown "proxy"`},
		{two, "api-7d4f9-x2x4z/web.previous.log", `api-7d4f9-x2x4z previous "web"`},
		{two, "shop/logs/api-7d4f9-x2x4z/proxy.current.log", `api-7d4f9-x2x4z current "proxy"`},
		{two, "shop/api-7d4f9-x2x4z/logs.txt", `api-7d4f9-x2x4z unknown ""`},
		{two, "namespaces/shop/pods/api-7d4f9-x2x4z/proxy/proxy/logs/previous.log", `api-7d4f9-x2x4z previous "proxy"`},
		{two, "shop_api-7d4f9-x2x4z_6719a7a9-e865-4e62-b141-c35209c45fc6/web/2.log", `api-7d4f9-x2x4z previous "web"`},
		{two, "shop_api-7d4f9-x2x4z_6719a7a9-e865-4e62-b141-c35209c45fc6/web/3.log", `api-7d4f9-x2x4z current "web"`},
		{two, "api-7d4f9-x2x4z_shop_proxy-" + id + ".log", `api-7d4f9-x2x4z unknown "proxy"`},
		{two, "logs-proxy-previous.txt", `api-7d4f9-x2x4z previous "proxy"`},
		{two, "proxy.log", `api-7d4f9-x2x4z unknown "proxy"`},
		{two, "web.log", `alone  unknown ""`},
		{two, "previous.log", `alone  previous ""`},
		{two, "postgres-6f7d8-bcdfg.log", `alone postgres-6f7d8-bcdfg unknown ""`},
		{one, "previous.log", `api previous ""`},
		{one, "logs.txt", `api unknown ""`},
		{one, "logs-previous.txt", `api previous ""`},
		{one, "output", `api unknown ""`},
		{one, "web.log", `api unknown "web"`},
		{one, "api.log", `api unknown ""`},
		{one, "api/api.log", `api unknown "api"`},
		{one, "postgres-6f7d8-bcdfg.log", `alone postgres-6f7d8-bcdfg unknown ""`},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			files := map[string]string{tt.file: "panic: boom\n"}
			for name, content := range tt.pods {
				files[name] = content
			}
			b := mustOpen(t, writeFiles(t, files))
			got := ""
			for _, raw := range b.Raws() {
				for _, l := range raw.Logs {
					run := map[[2]bool]string{{true, true}: "previous", {false, true}: "current"}[[2]bool{l.Previous, l.PreviousKnown}]
					if run == "" {
						run = "unknown"
					}
					name := "alone " + raw.Named.Name
					if raw.Pod != nil {
						name = raw.Pod.Name
					}
					got += fmt.Sprintf("%s %s %q", name, run, l.Container)
				}
			}
			if got != tt.want {
				t.Errorf("the log went to %s, want %s; skipped: %v", got, tt.want, skips(b))
			}
		})
	}
}

func TestTextBesideALogIsNoLog(t *testing.T) {
	dir := writeFiles(t, map[string]string{"a.yaml": pod("api", "web"), "api.log": "panic: boom\n", "notes.txt": "it broke at noon\n"})
	b := mustOpen(t, dir)
	want := []string{"notes.txt: text beside a log; if it is one too, name it POD.log"}
	if diff := cmp.Diff(want, skips(b)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// TestTheLogThatTellsGoesFirst gives two files of which each may be the log.
func TestTheLogThatTellsGoesFirst(t *testing.T) {
	for _, neighbour := range []string{"Server Version: v1.31.2\n", "NAME: api\nSTATUS: deployed\nREVISION: 4\n", "Filesystem  Size  Used\n/dev/sda1   10G   1G\n"} {
		dir := writeFiles(t, map[string]string{"pod.yaml": crashed(), "a_output.log": neighbour, "b_output.log": "panic: boom\n"})
		c := evidence.Of(mustOpen(t, dir).Raws()[0]).Containers[0]
		if c.Log == nil || c.Log.Crash.Message != "boom" {
			t.Errorf("beside %q the log is %+v", neighbour, c.Log)
		}
	}
}

func TestLogsAlone(t *testing.T) {
	b := openText(t, "starting\npanic: boom\n")
	raw := b.Raws()[0]
	if len(b.Raws()) != 1 || raw.Pod != nil || len(raw.Logs) != 1 || raw.Logs[0].Read.Lines != 2 {
		t.Errorf("Raws() = %v, want one without a pod and with the log", b.Raws())
	}
}

// TestContentDecides gives each content a name that speaks against it.
func TestContentDecides(t *testing.T) {
	podJSON := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api","namespace":"shop"}}`
	podText := "Name:             api\nNamespace:        shop\nContainers:\n  web:\n    State:          Running\n    Ready:          True\n"
	podTable := "NAME   READY   STATUS    RESTARTS      AGE\napi    0/1     Error     3 (21s ago)   59s\n"
	tests := []struct{ name, file, content, want string }{
		{"yaml", "x.log", pod("api", "web"), "pod api"},
		{"yaml after comments and warnings", "x", "# a comment\nWarning: v1 is old\n---\n" + pod("api", "web"), "pod api"},
		{"yaml with a byte order mark", "x", utf8BOM + pod("api", "web"), "pod api"},
		{"json", "x.txt", podJSON, "pod api"},
		{"json after json", "x", podJSON + "\n" + strings.Replace(podJSON, "api\"", "two\"", 1), "pod api, pod two"},
		{"json array", "x", "[" + podJSON + "]", "pod api"},
		{"pod list without kinds of items", "x", `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"api"}}]}`, "pod api"},
		{"several documents", "x", pod("api", "web") + "---\n" + pod("two", "web"), "pod api, pod two"},
		{"yaml list", "x", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: api\n", "pod api"},
		{"indented yaml list", "x", "apiVersion: v1\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: api\nkind: List\n", "pod api"},
		{"log in json lines", "x.json.log", `{"level":"info","obj":{"kind":"Pod","apiVersion":"v1"}}` + "\n" + `{"level":"fatal"}`, "log"},
		{"a record of a log over several lines", "x.txt", "{\n  \"@timestamp\": \"2026-03-02T08:40:00Z\",\n  \"message\": \"boom\"\n}\n", "log"},
		{"log with nul bytes", "x.yaml.log", "starting\n\x00\x00\x00panic: boom, and some more text\n", "log"},
		{"empty log", "x.log", "", "empty"},
		{"empty file", "x.yaml", "", "empty"},
		{"binary", "x.log", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00", "a binary file"},
		{"utf-16", "x.yaml", toUTF16(pod("api", "web"), binary.LittleEndian), "pod api"},
		{"utf-16, big endian", "x.yaml", toUTF16(pod("api", "web"), binary.BigEndian), "pod api"},
		{"utf-16 without a mark", "x.txt", toUTF16(podText, binary.LittleEndian)[2:], "pod api"},
		{"the answer of a program in JSON", "x.json", "{\n \"Status\": \"Success\",\n \"Output\": " + strconv.Quote(podText) + "\n}\n", "pod api"},
		{"comma-separated", "x.csv", "NAME,READY,STATUS,RESTARTS,AGE\napi,0/1,Error,3 (21s ago),59s\n", "pod api"},
		{"a web page", "x.html", "<p>It fails:</p>\n<pre>\n" + podText + "</pre>\n", "pod api"},
		{"a table of numbers", "x.csv", "day,visits,sales\n1,20,3\n", "neither Kubernetes objects"},
		{"a text in JSON that is no evidence", "x.json", "{\n \"notes\": \"a\\nb\\nc\\nd\"\n}\n", "JSON without"},
		{"log in utf-16", "x.log", toUTF16("panic: geht nicht 😀\n", binary.LittleEndian), "log"},
		{"latin-1", "x.yaml", pod("api", "web") + "# f\xfcr alle\n", "pod api"},
		{"zip", "x.tgz", "PK\x03\x04....", "the zip archive is damaged: not a valid zip file"},
		{"zstd", "x.tar.gz", "\x28\xb5\x2f\xfd....", "reserved bit set on frame header"},
		{"xz", "x.tar.gz", "\xfd7zXZ\x00....", "packed with xz or lz4, which are not read"},
		{"describe", "x.yaml", podText, "pod api"},
		{"describe in a log", "x.log", podText, "pod api"},
		{"table", "x.json", podTable, "pod api"},
		{"table in a log", "api.previous.log", podTable, "pod api"},
		{"table within a log", "api.previous.log", "starting\n" + podTable + "panic: boom\n", "log"},
		{"events table", "x.yaml", "LAST SEEN   TYPE      REASON    OBJECT    MESSAGE\n3s          Warning   BackOff   pod/api   Back-off restarting failed container\n", "pod api"},
		{"values", "values.yaml", "replicas: 3\n", "YAML without"},
		{"package.json", "package.json", "{\n \"name\": \"x\"\n}", "JSON without"},
		{"script", "run", "#!/bin/sh\n", "neither Kubernetes objects"},
		{"service", "x", "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n", "objects of kinds that say nothing about pods"},
		{"custom resource", "x", "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: x\n", "objects of kinds that say nothing about pods"},
		{"status", "x", `{"kind":"Status","apiVersion":"v1","message":"pods is forbidden"}`, "not an object but an answer of the API server: pods is forbidden"},
		{"cut yaml", "pod.yaml", pod("api", "web") + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: [", "line 16: "},
		{"cut json", "pod.json", "{\n\"apiVersion\": \"v1\",\n\"kind\":", "line 3: unexpected EOF"},
		{"null", "x", "null\n", "JSON or YAML without any object in it"},
		{"null of YAML", "x.yaml", "---\nnull\n", "JSON or YAML without any object in it"},
		{"an empty object", "pod.json", "{ }", "JSON without apiVersion and kind"},
		{"a list of nothing", "x", "[null]", "JSON or YAML without any object in it"},
		{"a pod without anything", "x", `{"apiVersion":"v1","kind":"Pod","metadata":null,"spec":null,"status":null}`, "a Pod without name and containers"},
		{"field of a wrong type", "x", strings.Replace(podJSON, `"name":"api"`, `"name":"api","generation":"x"`, 1), "Pod shop/api used without metadata.generation"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open([]string{writeFiles(t, map[string]string{tt.file: tt.content})}, nil)
			if err != nil && !errors.Is(err, ErrNothing) {
				t.Fatal(err)
			}
			var got []string
			for _, raw := range b.Raws() {
				switch {
				case raw.Pod != nil:
					got = append(got, "pod "+raw.Pod.Name)
				case len(raw.Logs) == 1:
					got = append(got, "log")
				}
			}
			for _, s := range b.Unused() {
				got = append(got, s.Why)
			}
			joined := strings.Join(got, ", ")
			if !strings.Contains(joined, tt.want) || tt.want == "" && joined != "" {
				t.Errorf("read as %q, want %q", joined, tt.want)
			}
		})
	}
}

func TestArchives(t *testing.T) {
	log := archiveEntry{name: "api.previous.log", content: "panic: boom\n"}
	object := archiveEntry{name: "api.yaml", content: pod("api", "web")}
	tarball := tarOf(t, object, log)
	nested := tarOf(t, archiveEntry{name: "inner.tgz", content: string(gzipOf(t, tarball))})
	text := "a comment\n-- api.yaml --\n" + object.content + "-- api.previous.log --\n" + log.content + "-- want --\ncertain x\n"
	for name, data := range map[string][]byte{
		"tar": tarball, "tar.gz": gzipOf(t, tarball), "tar.gz in tar": nested, "txtar": []byte(text), "txtar.gz": gzipOf(t, []byte(text)),
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Open([]string{"-"}, bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"api siblings=0 events=0 node=false", `  previous of "" from api.previous.log: panic: boom`}
			if diff := cmp.Diff(want, summary(b)); diff != "" {
				t.Errorf("raws (-want +got):\n%s", diff)
			}
			if len(b.Unused()) > 0 {
				t.Errorf("skipped %v, want nothing", b.Unused())
			}
		})
	}
}

type archiveEntry struct {
	name, content string
	kind          byte
}

func tarOf(t *testing.T, entries ...archiveEntry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.content)), Mode: 0o644}
		if e.kind == 0 {
			header.Typeflag = tar.TypeReg
		} else {
			header.Linkname, header.Size = e.content, 0
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if header.Size > 0 {
			if _, err := w.Write([]byte(e.content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
