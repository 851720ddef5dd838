package wrapping_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/wrapping"
)

// read reads a text through the filter that its first lines ask for, byte by byte.
func read(t *testing.T, lines []string, only *wrapping.Writer) (got []string, f *wrapping.Filter) {
	t.Helper()
	f = wrapping.Detect(lines[:min(len(lines), 200)], known)
	if f == nil {
		return nil, nil
	}
	through := f
	if only != nil {
		through = f.Only(*only)
	}
	text, err := io.ReadAll(through.Reader(iotest.OneByteReader(strings.NewReader(strings.Join(lines, "\n")))))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n"), f
}

// TestFilterKeepsTheNumbers wants each line where it was.
func TestFilterKeepsTheNumbers(t *testing.T) {
	for name, wrap := range map[string]func([]string) []string{
		"kubectl":           before("[pod/courier-0/courier] "),
		"kubectl in GitLab": before("2026-04-10T08:22:01.123456Z 01O [pod/courier-0/courier] "),
		"gh run view":       before("a\tb\t2026-04-10T08:22:01.1234567Z "),
		"stern, coloured":   before("\x1b[31mcourier-0\x1b[0m \x1b[32mcourier\x1b[0m "),
		"compose":           before("\x1b[36mcourier-1  | \x1b[0m"),
		"vLLM":              before("(EngineCore pid=41) "),
		"Windows":           each(func(l string) string { return "> " + l + "\r" }),
	} {
		for sample, lines := range samples(t) {
			t.Run(name+"/"+sample, func(t *testing.T) {
				got, f := read(t, wrap(lines), nil)
				if diff := cmp.Diff(lines, got); diff != "" {
					t.Errorf("%+v (-want +got):\n%s", f, diff)
				}
			})
		}
	}
}

func TestFilterOfOneWriter(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	lines := []string{
		"[pod/courier-0/courier] starting", "[pod/ledger-0/ledger] ready", "which is its", "[pod/courier-0/courier] " + long,
		"[pod/ledger-0/ledger] " + long, "[pod/courier-0/courier] failed",
	}
	courier := wrapping.Writer{Pod: "courier-0", Container: "courier"}
	got, f := read(t, lines, &courier)
	if diff := cmp.Diff([]string{"starting", "", "", long, "", "failed"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []wrapping.Writer{courier, {Pod: "ledger-0", Container: "ledger"}}
	if diff := cmp.Diff(want, f.Writers); diff != "" {
		t.Errorf("writers (-want +got):\n%s", diff)
	}
}

func TestNoFilterForPlainTexts(t *testing.T) {
	for name, text := range kept {
		if f := wrapping.Detect(strings.Split(text, "\n"), known); f != nil {
			t.Errorf("%s: %q", name, f.Off)
		}
	}
	for name, pattern := range plain {
		if f := wrapping.Detect(flood(pattern, 16<<10), known); f != nil {
			t.Errorf("%s: %q", name, f.Off)
		}
	}
}
