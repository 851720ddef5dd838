package objects

import (
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	long := strings.Repeat(`{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"b"}]}},`, 1000)
	for text, want := range map[string]Sort{
		running:                                          Whole,
		"\xef\xbb\xbf# by hand\n---\n" + running:         Whole,
		`{"apiVersion":"v1","kind":"Pod"}`:               Whole,
		`{"kind":"Pod","metadata":{"name":"a"}}`:         Whole,
		`{"apiVersion":"v1","items":[` + long:            Whole,
		`{"items":[` + long:                              Whole,
		`[` + long:                                       Whole,
		`[{"apiVersion":"apps/v1","kind":"Deployment"}]`: Whole,
		`{"apiVersion":"v1","kind":"Event","metadata":{"name":"a"},"message":"m","reason":"r"}`:                                                    Whole,
		`{"apiVersion":"v1","kind":"Status","message":"m"}`:                                                                                        Whole,
		`{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"b"}]}}`:                                                               Whole,
		`{"metadata":{"name":"a"},"involvedObject":{"kind":"Pod"},"reason":"BackOff","message":"m"}`:                                               Whole,
		"apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n":                                                                                  Whole,
		"- apiVersion: v1\n  kind: Pod\n":                                                                                                          Whole,
		"metadata:\n  name: a\nspec:\n  containers:\n  - name: a\n    image: b\n":                                                                  Whole,
		"kind: Widget\napiVersion: example.com/v1\nmetadata: {}\n":                                                                                 Whole,
		`{"level":"info","kind":"exporter","name":"otlp"}`:                                                                                         Records,
		`{"kind":"exporter","msg":"started","level":"info"}`:                                                                                       Records,
		`{"severity":"ERROR","apiVersion":"apps/v1","kind":"Deployment","message":"no such object"}`:                                               Records,
		`{"level":"error","ts":1.5,"msg":"Reconciler error","controller":"widget","kind":"Widget","apiVersion":"example.com/v1","metadata":"a/b"}`: Records,
		"{\n  \"time\": \"2026-01-02T03:04:05Z\",\n  \"kind\": \"Pod\",\n":                                                                         Records,
		`{"message":"up","kind":"Boot"}` + "\n" + `{"message":"down"}`:                                                                             Records,
		"{\"kind\":\"boot\"}\n{\"kind\":\"log\",\"level\":\"info\"}\n":                                                                             Records,
		`[{"timestamp":"2026-01-02T03:04:05Z","textPayload":"x"}]`:                                                                                 Records,
		`{"level":"error","status":{"containerStatuses":[{"name":"a","restartCount":1,"ready":false}]}}`:                                           Records,
		`{"name":"web","version":"1.0.0","kind":"module"}`:                                                                                         Foreign,
		`{"message":"up"}`:                            Foreign,
		`{"status":{"phase":"Running"}}`:              Foreign,
		`{"metadata":{"name":"a"},"spec":{"size":3}}`: Foreign,
		`{}`:    Foreign,
		`[1,2]`: Foreign,
		``:      Foreign,
		"apiVersion: v2\nname: chart\nversion: 1.0.0\n":                                       Foreign,
		"kind: pipeline\nname: default\nsteps: []\n":                                          Foreign,
		"version: '3'\nservices:\n  web:\n    image: x\n":                                     Foreign,
		"status: starting\nkind of slow today\n":                                              Foreign,
		"status:\n  containerStatuses:\n  - name: a\n    restartCount: 3\n    ready: false\n": Piece,
		`{"terminated":{"exitCode":1,"reason":"Error"}}`:                                      Piece,
		`[{"name":"a","restartCount":3,"ready":false}]`:                                       Piece,
	} {
		if got := Sniff([]byte(text)); got != want {
			t.Errorf("%.100q is %s, want %s", text, got, want)
		}
	}
}

// TestTypelessObjects gives objects as client-go's types are written down.
func TestTypelessObjects(t *testing.T) {
	const template = `"template":{"spec":{"containers":[{"name":"a","image":"b"}]}}`
	for text, want := range map[string]string{
		`"spec":{"containers":[{"name":"a","image":"b"}]}`:                 "Pod",
		`"status":{"phase":"Running","qosClass":"Burstable"}`:              "Pod",
		`"spec":{"strategy":{},` + template + `}`:                          "Deployment",
		`"spec":{"serviceName":"x",` + template + `}`:                      "StatefulSet",
		`"spec":{` + template + `},"status":{"desiredNumberScheduled":3}`:  "DaemonSet",
		`"spec":{"backoffLimit":6,` + template + `}`:                       "Job",
		`"spec":{"jobTemplate":{"spec":{` + template + `}}}`:               "CronJob",
		`"status":{"nodeInfo":{}}`:                                         "Node",
		`"involvedObject":{},"reason":"x"`:                                 "Event",
		`"spec":{` + template + `}`:                                        "",
		`"spec":{"containers":[{"name":"a","image":"b"}]},"extra":1,"x":2`: "",
		`"data":{}`: "",
	} {
		want := []string{"1-1 " + want + " a"}
		if want[0] == "1-1  a" {
			want = []string{"1-1 not used: an object without kind"}
		}
		for _, around := range []string{"", "[", `{"items":[`} {
			object := around + `{"metadata":{"name":"a"},` + text + `}` + map[string]string{"": "", "[": "]", `{"items":[`: "]}"}[around]
			if got := found(object, nil); len(got) == 0 || got[0] != want[0] {
				t.Errorf("%s gives %q, want %q", object, got, want)
			}
		}
	}
}

// FuzzSniff looks at anything.
func FuzzSniff(f *testing.F) {
	f.Add([]byte(running))
	f.Add([]byte(`[{"metadata":{"name":"a"},"items":[`))
	f.Add([]byte("metadata:\n  name: a\nstatus:\n"))
	f.Fuzz(func(_ *testing.T, text []byte) { Sniff(text) })
}
