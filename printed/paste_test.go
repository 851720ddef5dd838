package printed

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSplit reads the pastes in testdata/paste. Each is a text archive: "paste", and in "want" a line for each block: the
// line where it begins, its kind, what is known of its command, its first and its last line.
func TestSplit(t *testing.T) {
	files, err := filepath.Glob("testdata/paste/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pastes: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, b := range Split(archive.Files[0].Data) {
				got += blockShape(b)
			}
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("blocks (-want +got):\n%s", diff)
			}
		})
	}
}

func blockShape(b Block) string {
	lines := strings.Split(strings.TrimSpace(string(b.Text)), "\n")
	text := fmt.Sprintf("%d %s", b.Line, b.Kind)
	if c := b.Command; c.Program != "" {
		text += fmt.Sprintf(" <%s>", strings.Join(strings.Fields(strings.Join([]string{c.Program, c.Verb, c.Kind, c.Namespace, c.Name, c.Container}, " ")), " "))
		if c.Previous {
			text += " previous"
		}
	}
	text += "\n  " + strings.TrimSpace(lines[0]) + "\n"
	if len(lines) > 1 {
		text += "  … " + strings.TrimSpace(lines[len(lines)-1]) + "\n"
	}
	return text
}

// TestLogsStayLogs gives logs that hold what looks like other evidence.
func TestLogsStayLogs(t *testing.T) {
	row := "NAME    READY   STATUS             RESTARTS      AGE\nother   0/1     CrashLoopBackOff   3 (16s ago)   59s\n"
	describe := "Name:             other\nNamespace:        shop\nStatus:           Running\n"
	for name, text := range map[string]string{
		"a table in a log":            "2026-11-22T10:00:00Z INFO listing\n" + row + "2026-11-22T10:00:09Z ERROR boom\n",
		"a describe in a log":         "2026-11-22T10:00:00Z INFO describing\n" + describe + "2026-11-22T10:00:09Z ERROR boom\n",
		"fields":                      "Name: my-app\nVersion: 1.2\nState: ready\nERROR: cannot connect\n",
		"a configuration":             "starting with\nserver:\n  port: 8080\nERROR: bad value\n",
		"kubectl in a script's log":   "INFO begin\n+ kubectl get pods\n" + row,
		"a row in the midst of a log": "ERROR a\nERROR b\nERROR c\nERROR d\napi 0/1 CrashLoopBackOff 3 (16s ago) 59s\n",
	} {
		if blocks := Split([]byte(text)); Recognised(blocks) {
			t.Errorf("%s: read as %s", name, blockShape(blocks[0]))
		}
	}
	under := "$ kubectl logs api-1\nstarting\n\n" + row + "\n" + describe
	if blocks := Split([]byte(under)); len(blocks) != 1 || blocks[0].Kind != BlockLog {
		t.Errorf("under its command a log is read as %v", blocks)
	}
	fenced := "it says\n```\nERROR boom\n\n" + row + "```\n"
	for _, b := range Split([]byte(fenced)) {
		if b.Kind == BlockTable {
			t.Error("in a fence a log is read as a table")
		}
	}
}

// TestBelowALog gives what a person pasted below a log without its command: it is of the pod that the log is of.
func TestBelowALog(t *testing.T) {
	table := "NAME    READY   STATUS             RESTARTS      AGE\nkiln-0  0/1     CrashLoopBackOff   3 (16s ago)   59s\n"
	describe := "Name:             kiln-0\nNamespace:        shop\nStatus:           Running\n"
	log := "starting\nERROR no clay\n"
	for text, want := range map[string][]BlockKind{
		"$ kubectl logs kiln-0\n" + log + "\n" + table:                     {BlockLog, BlockTable},
		"kubectl logs kiln-0 -p:\n" + log + "\nDescribe:\n" + describe:     {BlockLog, BlockOther, BlockDescribe},
		"$ kubectl logs sts/kiln\n" + log + "\n\n" + table + "\nThank you": {BlockLog, BlockTable, BlockOther},
		"$ kubectl logs kiln-0\n" + log + table:                            {BlockLog},
		"$ kubectl logs wheel-0\n" + log + "\n" + describe:                 {BlockLog},
		"$ kubectl logs -l app=kiln\n" + log + "\n" + table:                {BlockLog},
	} {
		var got []BlockKind
		for _, b := range Split([]byte(text)) {
			got = append(got, b.Kind)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	}
}

func FuzzPaste(f *testing.F) {
	files, _ := filepath.Glob("testdata/paste/*.txtar")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Add([]byte("> ```\n> $ kubectl logs\r\n> [pod/a/b] x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		last := 0
		for _, b := range Split(text) {
			if b.Line <= last || b.Line > lines || len(b.Text) == 0 {
				t.Fatalf("a block of %d bytes at line %d of %d, after one at %d", len(b.Text), b.Line, lines, last)
			}
			last = b.Line
		}
	})
}
