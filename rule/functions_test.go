package rule

import (
	"strings"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/evidence"
)

func TestFunctions(t *testing.T) {
	c := evidence.Container{
		Name: "api",
		Mounts: []evidence.Mount{
			{Path: "/", Volume: "root"}, {Path: "/data", Volume: "data"}, {Path: "/data/cache/", Volume: "cache"}, {Path: "/database", Volume: "db"},
		},
		Env: []evidence.EnvVar{{Name: "A", Value: "it's"}},
	}
	s := containerScope(t, evidence.Evidence{}, c)
	for text, want := range map[string]string{
		`mountAt(c.mounts, "/data/x").volume`:                               "data",
		`mountAt(c.mounts, "/data").volume`:                                 "data",
		`mountAt(c.mounts, "/data/cache/a/b").volume`:                       "cache",
		`mountAt(c.mounts, "/data/../database/x").volume`:                   "db",
		`mountAt(c.mounts, "/etc").volume`:                                  "root",
		`mountAt(c.mounts, "relative").path`:                                "",
		`mountAt(c.mounts.filter(x, x.path != "/"), "/etc").path`:           "",
		`mountAt(c.mounts.filter(x, x.volume == "db"), "/database").volume`: "db",
		`string(mountAt(c.mounts, "").readOnly)`:                            "false",
		`human(duration("131.4s"))`:                                         "2m11s",
		`bytes(134217728)`:                                                  "128Mi",
		`list(["a", "b"])`:                                                  "a, b",
		`list(c.mounts.map(x, x.volume))`:                                   "root, data, cache, db",
		`c.name.upperAscii()`:                                               "API",
	} {
		x := &expression{text: text, want: wantString, origin: origin{rule: &Rule{}}}
		if got := x.evaluate(s).String(); got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
}

func TestHuman(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                    "0s",
		300 * time.Millisecond:               "300ms",
		999_900 * time.Microsecond:           "1s",
		time.Second:                          "1s",
		50 * time.Second:                     "50s",
		10*time.Minute + 10*time.Second:      "10m10s",
		131*time.Second + 4*time.Millisecond: "2m11s",
		5 * time.Minute:                      "5m",
		time.Hour - time.Millisecond:         "1h",
		3*time.Hour + 20*time.Minute:         "3h20m",
		48*time.Hour - time.Second:           "2d",
		98 * time.Hour:                       "4d2h",
		-time.Second:                         "-1s",
	} {
		if got := Human(d); got != want {
			t.Errorf("human(%v) = %s, want %s", d, got, want)
		}
	}
	if got := Human(-1 << 63); !strings.HasPrefix(got, "-") {
		t.Errorf("the least duration gives %s", got)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "1", 1023: "1023", 1024: "1Ki", 5000: "5000", 1536 * 1024: "1536Ki", 128 << 20: "128Mi", 2 << 30: "2Gi",
		1_000_000: "976.6Ki", 123_456_789: "117.7Mi", -128 << 20: "-128Mi", -1 << 63: "-8Ei",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %s, want %s", n, got, want)
		}
	}
}
