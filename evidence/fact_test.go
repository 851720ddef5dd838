package evidence

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/fact"
)

// derived are the facts that no source hides as such, and that package fact does not list, with the reason.
var derived = map[fact.Name]string{
	"pod.graceAssumed": "says itself that the grace period is not known",
	"pod.eventsKnown":  "says itself whether events are",

	"c.name":         "empty where it is not known: texts have a stand-in for it",
	"c.ref":          "a place, not a fact",
	"c.specRef":      "a place, not a fact",
	"c.verdict":      "the verdict itself is unknown when the state is",
	"c.why":          "says what is known of why it waits, from whatever tells it",
	"c.whyRef":       "goes with c.why",
	"c.exitKnown":    "says itself whether the exit code is known",
	"c.unlimited":    "says that something is known, so it is false when that is not",
	"c.rootWritable": "says that something is known, so it is false when that is not",
	"c.threw":        "read from the log, whose facts are unknown as c.log",
	"c.blocks":       "worked out from the verdicts of all containers",
	"c.blockedBy":    "worked out from the verdicts of all containers",

	"c.kill.unread":   "says itself that who ended the run is not known",
	"c.kill.excluded": "says that something is known, so it is empty when that is not",

	"c.liveness.type": "the name of the probe", "c.readiness.type": "the name of the probe", "c.startup.type": "the name of the probe",
	"c.liveness.graceAssumed":  "says itself that the grace period is not known",
	"c.readiness.graceAssumed": "says itself that the grace period is not known",
	"c.startup.graceAssumed":   "says itself that the grace period is not known",
	"c.postStart.ref":          "a place, not a fact",
	"c.preStop.ref":            "a place, not a fact",
	"c.lastExit.ref":           "a place, not a fact",
}

// TestEveryFactIsNamed: what rules can name is listed in package fact, or part of what is listed without parts, or derived.
// Else a text that does not show it would be taken to say no.
func TestEveryFactIsNamed(t *testing.T) {
	listed := fact.Names()
	exist := map[fact.Name]bool{fact.EventsOfPod: true}
	var walk func(name fact.Name, typ reflect.Type)
	walk = func(name fact.Name, typ reflect.Type) {
		exist[name] = true
		hasParts := slices.ContainsFunc(listed, func(l fact.Name) bool { return l.In(name) && l != name })
		switch {
		case derived[name] != "":
			return
		case slices.Contains(listed, name) && !hasParts:
			return
		case !hasParts:
			t.Errorf("%s is not listed in package fact: name it there, with what tells it, and then in what each form of a pod shows", name)
			return
		}
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		for i := range typ.NumField() {
			if tag := typ.Field(i).Tag.Get("cel"); tag != "-" {
				walk(name+fact.Name("."+tag), typ.Field(i).Type)
			}
		}
	}
	walk("pod", reflect.TypeFor[Pod]())
	walk("workload", reflect.TypeFor[Workload]())
	walk("node", reflect.TypeFor[Node]())
	walk("c", reflect.TypeFor[Container]())
	for _, name := range listed {
		if !exist[name] {
			t.Errorf("%s is listed in package fact, and there is no such fact", name)
		}
	}
	for name, why := range derived {
		if !exist[name] {
			t.Errorf("%s is derived (%s), and there is no such fact", name, why)
		}
		if slices.Contains(listed, name) {
			t.Errorf("%s is derived (%s), and listed in package fact", name, why)
		}
	}
}

// TestListedOnce: names are listed once, and what has parts before them.
func TestListedOnce(t *testing.T) {
	listed := fact.Names()
	for i, name := range listed {
		if slices.Contains(listed[:i], name) {
			t.Errorf("%s is listed twice", name)
		}
		if whole := fact.Name(name[:strings.LastIndexByte(string(name), '.')+1]); whole != "" && slices.Contains(listed[i:], whole[:len(whole)-1]) {
			t.Errorf("%s is listed before what it is part of", name)
		}
	}
}

func TestRefOf(t *testing.T) {
	ev := &Evidence{Pod: Pod{Name: "p", Namespace: "a"}, Workload: Workload{Job: Job{Set: true, Name: "j"}}}
	died := &Container{Name: "api", State: "terminated"}
	for _, tt := range []struct {
		name fact.Name
		c    *Container
		want string
	}{
		{"c.security.runAsUser", died, "kubectl get pod p -n a -o yaml"},
		{"c.memory.nodeOOM", died, "kubectl get events -n default --field-selector involvedObject.kind=Node"},
		{"c.liveness.failure", died, "kubectl get events -n a --field-selector involvedObject.name=p"},
		{"c.log", died, "kubectl logs p -n a -c api"},
		{"c.log", &Container{Name: "api", State: "waiting"}, "kubectl logs p -n a -c api --previous"},
		{"c.replicas", died, "kubectl get pods -n a -o yaml"},
		{"node.kubelet", nil, "kubectl get node NODE -o yaml"},
		{"workload.job.failed", nil, "kubectl get job j -n a -o yaml"},
	} {
		if got := ev.Ask(ev.RefOf(tt.name, tt.c)).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
