package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"golang.org/x/tools/txtar"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/redact/objects"
	"github.com/unloop-dev/unloop/scene"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Format is the form of an archive.
type Format int

// The formats.
const (
	TarGz Format = iota
	Txtar        // one text file: a person can read it, and it can stand in a bug report
)

// Write writes the evidence of some pods as one bundle. Everything goes through package redact; raws are not changed.
// The same raws give the same bytes.
func Write(w io.Writer, raws []*evidence.Raw, format Format) error {
	tree := newTree(raws)
	for _, raw := range raws {
		if err := tree.add(raw); err != nil {
			return fmt.Errorf("write bundle: %w", err)
		}
	}
	files, err := tree.files()
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if format == Txtar {
		err = writeTxtar(w, files)
	} else {
		err = writeTarGz(w, files, tree.at)
	}
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// tree collects the files of a bundle.
type tree struct {
	at      time.Time
	meta    meta
	content map[string][]byte
	events  map[string][]*corev1.Event // by namespace
	single  bool
}

func newTree(raws []*evidence.Raw) *tree {
	w := &tree{content: map[string][]byte{}, events: map[string][]*corev1.Event{}, single: len(raws) == 1}
	w.meta.Version = layoutVersion
	for _, raw := range raws {
		if raw.At.After(w.at) {
			w.at = raw.At.UTC()
		}
		if w.meta.Cluster == "" {
			w.meta.Cluster = raw.Redact.Text(raw.Cluster)
		}
	}
	if !w.at.IsZero() {
		w.meta.At = &w.at
	}
	return w
}

func (w *tree) add(raw *evidence.Raw) error {
	for _, o := range raw.Objects() {
		if err := w.addObject(raw, o); err != nil {
			return err
		}
	}
	w.addTarget(raw)
	w.addEvents(raw)
	for i := range raw.Logs {
		w.addLog(raw, &raw.Logs[i])
	}
	return nil
}

// typeOf gives the type of an object, which client-go leaves out, and the folder for its kind.
func typeOf(o runtime.Object) (metav1.TypeMeta, string) {
	switch o.(type) {
	case *corev1.Pod:
		return metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, "pods"
	case *corev1.Node:
		return metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}, "nodes"
	case *appsv1.ReplicaSet:
		return metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}, "replicasets"
	case *appsv1.Deployment:
		return metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, "deployments"
	case *appsv1.StatefulSet:
		return metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"}, "statefulsets"
	case *appsv1.DaemonSet:
		return metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"}, "daemonsets"
	case *batchv1.Job:
		return metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, "jobs"
	case *batchv1.CronJob:
		return metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}, "cronjobs"
	}
	return metav1.TypeMeta{}, ""
}

func (w *tree) addObject(raw *evidence.Raw, o runtime.Object) error {
	t, folder := typeOf(o)
	meta, ok := o.(metav1.Object)
	if !ok || folder == "" {
		return fmt.Errorf("no place for a %T", o)
	}
	name := path.Join(namespaceFolder(meta.GetNamespace()), folder, fileName(meta.GetName())+".yaml")
	if folder == "nodes" {
		name = path.Join(folder, fileName(meta.GetName())+".yaml")
	}
	if _, done := w.content[name]; done {
		return nil // a sibling of one pod is another pod
	}
	clean := objects.Redact(o, raw.Redact)
	clean.GetObjectKind().SetGroupVersionKind(t.GroupVersionKind())
	data, err := yaml.Marshal(clean)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.content[name] = data
	return nil
}

func (w *tree) addTarget(raw *evidence.Raw) {
	t := target{
		SiblingsRead: raw.SiblingsRead, EventsRead: raw.EventsRead, NodeEventsRead: raw.NodeEventsRead, Form: raw.Form, Hidden: raw.Hidden,
	}
	for _, m := range raw.Missing {
		t.Missing = append(t.Missing, evidence.Missing{What: raw.Redact.Text(m.What), Why: raw.Redact.Text(m.Why), Ref: m.Ref})
	}
	if raw.Pod != nil {
		t.Target = targetKey(raw.Pod.Namespace, raw.Pod.Name)
	}
	if w.single {
		t.At = w.meta.At
		w.meta.target = t
		return
	}
	if at := raw.At.UTC(); !raw.At.IsZero() && !at.Equal(w.at) {
		t.At = &at
	}
	w.meta.Targets = append(w.meta.Targets, t)
}

func (w *tree) addEvents(raw *evidence.Raw) {
	if raw.EventsRead && raw.Pod != nil {
		// A file without events says that they were read and that there were none.
		folder := namespaceFolder(raw.Pod.Namespace)
		w.events[folder] = slices.Clip(w.events[folder])
	}
	for i := range raw.Events {
		e := objects.Redact(&raw.Events[i], raw.Redact)
		folder := namespaceFolder(e.Namespace)
		w.events[folder] = append(w.events[folder], e)
	}
}

// addLog writes what is kept of a log. One that was read as a stream and not kept is left out; that a log is empty is
// worth keeping.
func (w *tree) addLog(raw *evidence.Raw, log *evidence.RawLog) {
	empty := log.Read != nil && log.Read.Empty && log.Read.NotALog == ""
	if log.Data == nil && !empty {
		return
	}
	folder := "logs"
	if raw.Pod != nil {
		folder = path.Join(namespaceFolder(raw.Pod.Namespace), "logs", fileName(raw.Pod.Name))
	}
	name := fileName(log.Container)
	if log.Container == "" {
		name = "container"
	}
	switch {
	case log.Previous:
		name += ".previous"
	case log.PreviousKnown:
		name += ".current"
	}
	file := path.Join(folder, name+".log")
	for n := 2; w.content[file] != nil; n++ {
		file = path.Join(folder, fmt.Sprintf("%s-%d.log", name, n))
	}
	data := log.Data
	cut := log.Truncated || log.Read != nil && int64(len(data)) < log.Read.Bytes
	if len(data) > defaultLimits.tail {
		data, cut = data[len(data)-defaultLimits.tail:], true
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			data = data[i+1:]
		}
	}
	if cut {
		w.meta.Truncated = append(w.meta.Truncated, file)
	}
	if log.Run == evidence.RunUnknown {
		w.meta.Unsure = append(w.meta.Unsure, file)
	}
	w.content[file] = append([]byte{}, raw.Redact.Bytes(data)...)
}

// namespaceFolder is the folder for a namespace. Objects from files may have none.
func namespaceFolder(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return fileName(namespace)
}

var oddInName = lazyregexp.New(`[^A-Za-z0-9._-]`)

// fileName makes a name that can't leave its folder. Names of objects from files are foreign text.
func fileName(name string) string {
	name = strings.TrimLeft(oddInName.ReplaceAllString(name, "_"), ".")
	if name == "" {
		return "unnamed"
	}
	return name[:min(len(name), 253)] // no name of Kubernetes is longer
}

// file is one file of a bundle.
type file struct {
	name string
	data []byte
}

// files gives the files in the order in which they are written: meta.yaml, then by name.
func (w *tree) files() ([]file, error) {
	for folder, events := range w.events {
		data, err := eventList(events)
		if err != nil {
			return nil, err
		}
		w.content[path.Join(folder, "events.yaml")] = data
	}
	meta, err := yaml.Marshal(w.meta)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metaName, err)
	}
	files := []file{{metaName, meta}}
	for name, data := range w.content {
		files = append(files, file{name, data})
	}
	slices.SortFunc(files[1:], func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

func eventList(events []*corev1.Event) ([]byte, error) {
	list := corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}, Items: []corev1.Event{}}
	events = newest(events) // pods of one node share its events
	slices.SortStableFunc(events, scene.CompareEvents)
	for _, e := range events {
		e.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Event"}
		list.Items = append(list.Items, *e)
	}
	data, err := yaml.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return data, nil
}

// writeTarGz writes an archive whose bytes depend on nothing but the evidence.
func writeTarGz(w io.Writer, files []file, at time.Time) error {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	z := gzip.NewWriter(w)
	archive := tar.NewWriter(z)
	for _, f := range files {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.data)), Mode: 0o644, ModTime: at.Truncate(time.Second).UTC(),
			Format: tar.FormatPAX,
		}
		if err := archive.WriteHeader(header); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := archive.Write(f.data); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return z.Close()
}

// marker is a line that would begin a new file in a text archive.
var marker = lazyregexp.New(`(?m)^(-- .* --[ \t\r]*)$`)

// writeTxtar writes a text archive. Its format knows no escape: a log line that looks like its marker is moved one
// column, and one without a newline at the end gets it.
func writeTxtar(w io.Writer, files []file) error {
	archive := &txtar.Archive{}
	for _, f := range files {
		archive.Files = append(archive.Files, txtar.File{Name: f.name, Data: marker.ReplaceAll(f.data, []byte(" $1"))})
	}
	_, err := w.Write(txtar.Format(archive))
	return err
}
