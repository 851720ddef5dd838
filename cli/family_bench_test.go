package cli_test

import (
	"io"
	"testing"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/bigdump"
	"github.com/unloop-dev/unloop/report"
)

// BenchmarkAnswer goes from what was read to the report: of 5,000 replicas that all crash, and of 1,000 Deployments of one pod
// that crash in eight ways, each with a log of its own. What one costs must not hang on how many they are.
func BenchmarkAnswer(b *testing.B) {
	for _, d := range []struct {
		name string
		dump bigdump.Dump
	}{
		{"family-1250", bigdump.Dump{Pods: 1_250, Trouble: 1_250, LogBytes: 2_000, PerNamespace: 1_250, PerDeployment: 1_250}},
		{"family-5000", bigdump.Dump{Pods: 5_000, Trouble: 5_000, LogBytes: 2_000, PerNamespace: 5_000, PerDeployment: 5_000}},
		{"different-1000", bigdump.Dump{Pods: 1_000, Trouble: 1_000, LogBytes: 2_000, Ways: true, PerDeployment: 1}},
	} {
		b.Run(d.name, func(b *testing.B) {
			raws := rawsOf(b, d.dump)
			for _, format := range []string{"text", "json"} {
				b.Run(format, func(b *testing.B) { fromRaws(b, raws, format) })
			}
		})
	}
}

// rawsOf writes a dump and reads it again.
func rawsOf(b *testing.B, d bigdump.Dump) []*evidence.Raw {
	dir := b.TempDir()
	if err := d.WriteDir(dir); err != nil {
		b.Fatal(err)
	}
	opened, err := bundle.Open([]string{dir}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return opened.Raws()
}

func fromRaws(b *testing.B, raws []*evidence.Raw, format string) {
	rules := builtIn(b)
	diagnosis.Of(evidence.Of(raws[0]), rules) // compiles
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		var ds []*diagnosis.Diagnosis
		for _, raw := range raws {
			ds = append(ds, diagnosis.Of(evidence.Of(raw), rules)...)
		}
		diagnosis.Sort(ds)
		if err := report.Write(io.Discard, format, ds, report.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}
