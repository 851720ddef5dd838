// Package bigdump makes large dumps of a cluster for tests and benchmarks, in the layout of "kubectl cluster-info dump
// --output-directory" (k8s.io/kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go): nodes.json, and for each
// namespace events.json, pods.json and so on, and NAMESPACE/POD/logs.txt.
//
// The same Dump gives the same bytes. It is made file by file, so its size costs no memory.
package bigdump

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Dump says what a dump holds.
type Dump struct {
	Pods     int
	Trouble  int   // pods that crash-loop, spread over the namespaces
	LogBytes int64 // of the log of each pod, about
	Ways     bool  // they do so in eight ways, else all in one
	Managed  bool  // objects carry managedFields, as those read from the API do and those that kubectl prints don't

	PerNamespace  int // pods of a namespace, 100 for 0
	PerDeployment int // pods of a deployment, 10 for 0
}

const podsOnNode = 25

func (d Dump) perNamespace() int  { return cmp.Or(d.PerNamespace, 100) }
func (d Dump) perDeployment() int { return cmp.Or(d.PerDeployment, 10) }

// At is the moment the dump was made.
var At = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// File is one file of a dump.
type File struct {
	Name string
	Size int64
	// Write writes its content, which is Size bytes.
	Write func(io.Writer) error
}

// Files gives the files of the dump. The logs of a namespace stand before its pods: the worst order there is, and the one
// in which a file system gives them as often as not.
func (d Dump) Files() iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(list("nodes.json", "v1", "NodeList", d.nodes())) {
			return
		}
		for n := 0; n*d.perNamespace() < d.Pods; n++ {
			for _, f := range d.namespace(n) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

func (d Dump) namespace(n int) []File {
	name := fmt.Sprintf("team-%03d", n)
	var files []File
	var pods []*corev1.Pod
	var events []*corev1.Event
	var sets []*appsv1.ReplicaSet
	var deployments []*appsv1.Deployment
	for i := n * d.perNamespace(); i < min(d.Pods, (n+1)*d.perNamespace()); i++ {
		pod := d.pod(i)
		pods = append(pods, pod)
		events = append(events, d.events(i, pod)...)
		if i%d.perDeployment() == 0 {
			sets, deployments = append(sets, d.replicaSet(pod)), append(deployments, d.deployment(pod))
		}
		files = append(files, d.log(i, pod))
	}
	return append(files,
		list(name+"/events.json", "v1", "EventList", events),
		list(name+"/replicasets.json", "apps/v1", "ReplicaSetList", sets),
		list(name+"/deployments.json", "apps/v1", "DeploymentList", deployments),
		list(name+"/pods.json", "v1", "PodList", pods))
}

// list is a list as kubectl prints it.
func list[T any](name, version, kind string, items []T) File {
	data, err := json.MarshalIndent(map[string]any{"kind": kind, "apiVersion": version, "metadata": map[string]any{}, "items": items}, "", "    ")
	return File{Name: name, Size: int64(len(data)), Write: func(w io.Writer) error {
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		_, err := w.Write(data)
		return err
	}}
}

// WriteDir writes the dump as a directory.
func (d Dump) WriteDir(dir string) error {
	for f := range d.Files() {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f.Name)), f); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, f File) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := f.Write(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// WriteTar writes the dump as a tar archive.
func (d Dump) WriteTar(w io.Writer) error {
	archive := tar.NewWriter(w)
	for f := range d.Files() {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "dump/" + f.Name, Size: f.Size, Mode: 0o644, ModTime: At}); err != nil {
			return err
		}
		if err := f.Write(archive); err != nil {
			return err
		}
	}
	return archive.Close()
}

// WriteZip writes the dump as a zip archive.
func (d Dump) WriteZip(w io.Writer) error {
	archive := zip.NewWriter(w)
	for f := range d.Files() {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: "dump/" + f.Name, Method: zip.Deflate, Modified: At})
		if err != nil {
			return err
		}
		if err := f.Write(entry); err != nil {
			return err
		}
	}
	return archive.Close()
}

// WriteJSON writes the pods as "kubectl get pods -A -o json" prints them.
func (d Dump) WriteJSON(w io.Writer) error {
	separator := "{\n    \"apiVersion\": \"v1\",\n    \"items\": ["
	for i := range d.Pods {
		data, err := json.MarshalIndent(d.typedPod(i), "        ", "    ")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s\n        %s", separator, data); err != nil {
			return err
		}
		separator = ","
	}
	_, err := io.WriteString(w, "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n")
	return err
}

// WriteYAML writes the pods as "kubectl get pods -A -o yaml" prints them.
func (d Dump) WriteYAML(w io.Writer) error {
	if _, err := io.WriteString(w, "apiVersion: v1\nitems:\n"); err != nil {
		return err
	}
	for i := range d.Pods {
		data, err := yaml.Marshal([]any{d.typedPod(i)})
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	return err
}

func (d Dump) typedPod(i int) *corev1.Pod {
	pod := d.pod(i)
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	return pod
}
