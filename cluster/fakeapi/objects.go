package fakeapi

import (
	"cmp"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/unloop-dev/unloop/evidence"
)

// Add adds objects. One that is there already, by namespace and name, is replaced.
func (s *Server) Add(objects ...runtime.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range objects {
		s.add(o)
		if ns := metaOf(o).GetNamespace(); ns != "" {
			s.addNamespace(ns)
		}
	}
}

func (s *Server) addNamespace(name string) {
	for _, o := range s.objects["namespaces"] {
		if o.meta.GetName() == name {
			return
		}
	}
	s.add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
}

func (s *Server) add(o runtime.Object) {
	resource, m := resourceOf(o), metaOf(o)
	added := stored{o, m}
	at, found := slices.BinarySearchFunc(s.objects[resource], added, func(a, b stored) int {
		return cmp.Or(
			cmp.Compare(a.meta.GetNamespace(), b.meta.GetNamespace()),
			cmp.Compare(a.meta.GetName(), b.meta.GetName()))
	})
	if found {
		s.objects[resource][at] = added
		return
	}
	s.objects[resource] = slices.Insert(s.objects[resource], at, added)
}

// AddRaw adds all that was read about some pods, logs included, and sets the time to the newest At.
func (s *Server) AddRaw(raws ...*evidence.Raw) {
	for _, raw := range raws {
		s.addRaw(raw)
		if raw.At.After(s.time()) {
			s.SetTime(raw.At)
		}
	}
}

func (s *Server) addRaw(raw *evidence.Raw) {
	s.Add(raw.Objects()...)
	for i := range raw.Events {
		e := raw.Events[i].DeepCopy()
		if e.Name == "" {
			e.Name = fmt.Sprintf("event-%d", i)
		}
		e.Namespace = cmp.Or(e.Namespace, "default")
		s.Add(e)
	}
	if raw.Pod == nil {
		return
	}
	for _, log := range raw.Logs {
		s.SetLog(raw.Pod.Namespace, raw.Pod.Name, log.Container, log.Previous, string(log.Data))
	}
}

func resourceOf(o runtime.Object) string {
	switch o.(type) {
	case *corev1.Pod:
		return "pods"
	case *corev1.Event:
		return "events"
	case *corev1.Node:
		return "nodes"
	case *corev1.Namespace:
		return "namespaces"
	case *appsv1.ReplicaSet:
		return "replicasets"
	case *appsv1.Deployment:
		return "deployments"
	case *appsv1.StatefulSet:
		return "statefulsets"
	case *appsv1.DaemonSet:
		return "daemonsets"
	case *batchv1.Job:
		return "jobs"
	case *batchv1.CronJob:
		return "cronjobs"
	}
	panic(fmt.Sprintf("fakeapi: no resource for %T", o)) // a mistake in a test
}

// listFor gives an empty list of the resource, nil when the server does not know it.
func listFor(group, resource string) runtime.Object {
	switch group + "/" + resource {
	case "/pods":
		return &corev1.PodList{}
	case "/events":
		return &corev1.EventList{}
	case "/nodes":
		return &corev1.NodeList{}
	case "/namespaces":
		return &corev1.NamespaceList{}
	case "apps/replicasets":
		return &appsv1.ReplicaSetList{}
	case "apps/deployments":
		return &appsv1.DeploymentList{}
	case "apps/statefulsets":
		return &appsv1.StatefulSetList{}
	case "apps/daemonsets":
		return &appsv1.DaemonSetList{}
	case "batch/jobs":
		return &batchv1.JobList{}
	case "batch/cronjobs":
		return &batchv1.CronJobList{}
	}
	return nil
}

func metaOf(o runtime.Object) metav1.Object {
	m, err := meta.Accessor(o)
	if err != nil {
		panic(err) // a mistake in a test
	}
	return m
}

// fieldsOf are the fields that the API server can select this kind by, as far as tests need them
// (docs/kubernetes.md#field-selectors).
func fieldsOf(o runtime.Object) fields.Set {
	m := metaOf(o)
	set := fields.Set{"metadata.name": m.GetName(), "metadata.namespace": m.GetNamespace()}
	switch o := o.(type) {
	case *corev1.Pod:
		set["spec.nodeName"], set["status.phase"] = o.Spec.NodeName, string(o.Status.Phase)
		set["spec.restartPolicy"] = string(o.Spec.RestartPolicy)
	case *corev1.Event:
		set["involvedObject.kind"], set["involvedObject.name"] = o.InvolvedObject.Kind, o.InvolvedObject.Name
		set["involvedObject.namespace"], set["involvedObject.uid"] = o.InvolvedObject.Namespace, string(o.InvolvedObject.UID)
		set["type"], set["reason"] = o.Type, o.Reason
	}
	return set
}
