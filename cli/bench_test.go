package cli_test

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/cli"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

const captured = "demo/1-svc-refused.txtar"

func readCaptured(b *testing.B) *evidence.Raw {
	opened, err := bundle.Open([]string{captured}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return opened.Raws()[0]
}

func builtIn(b *testing.B) *rule.Set {
	rules, err := causes.Rules()
	if err != nil {
		b.Fatal(err)
	}
	return rules
}

// BenchmarkDiagnose is a diagnosis of one captured pod, from the objects to the answer, with rules that are compiled.
func BenchmarkDiagnose(b *testing.B) {
	raw, rules := readCaptured(b), builtIn(b)
	b.ReportAllocs()
	for b.Loop() {
		if ds := diagnosis.Of(evidence.Of(raw), rules); len(ds[0].Causes) == 0 {
			b.Fatal("not diagnosed")
		}
	}
}

// BenchmarkDiagnoseCold is the same for a process that has just started: the rules are loaded, and what the pod needs of
// them is compiled.
func BenchmarkDiagnoseCold(b *testing.B) {
	raw := readCaptured(b)
	b.ReportAllocs()
	for b.Loop() {
		if ds := diagnosis.Of(evidence.Of(raw), builtIn(b)); len(ds[0].Causes) == 0 {
			b.Fatal("not diagnosed")
		}
	}
}

// BenchmarkCommand is all of "unloop -f FILE" but the start of the process.
func BenchmarkCommand(b *testing.B) {
	streams := cli.Streams{Out: io.Discard, Err: io.Discard}
	b.ReportAllocs()
	for b.Loop() {
		if status := cli.Main(context.Background(), []string{"unloop", "-f", captured}, streams, os.Getenv); status != 0 {
			b.Fatalf("status %d", status)
		}
	}
}

// BenchmarkCheckRules compiles every expression and pattern of the built-in rules: what a run would cost without
// compiling on demand.
func BenchmarkCheckRules(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := builtIn(b).Check(); err != nil {
			b.Fatal(err)
		}
	}
}
