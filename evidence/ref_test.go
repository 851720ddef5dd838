package evidence

import "testing"

func TestCommandsAtReferences(t *testing.T) {
	ev := &Evidence{
		Pod: Pod{Name: "api-1", Namespace: "shop", NodeName: "n1"},
		Events: []Event{
			{Kind: "Pod", Object: "api-1", Ref: "events/0"},
			{Kind: "Node", Object: "n1", Ref: "events/1"},
			{Kind: "ReplicaSet", Object: "api", Ref: "events/2"},
		},
	}
	for ref, want := range map[string]string{
		"logs/api/previous:12": "kubectl logs api-1 -n shop -c api --previous",
		"logs/api/current":     "kubectl logs api-1 -n shop -c api",
		"events/0":             "kubectl get events -n shop --field-selector involvedObject.name=api-1",
		"events/1":             "kubectl get events -n default --field-selector involvedObject.name=n1",
		"events/2":             "kubectl get events -n shop --field-selector involvedObject.name=api",
		RefEvents:              "kubectl get events -n shop --field-selector involvedObject.name=api-1",
		RefNodeEvents:          "kubectl get events -n default --field-selector involvedObject.kind=Node",
		"pod:.status.containerStatuses[api].lastState": `kubectl get pod api-1 -n shop -o jsonpath='{.status.containerStatuses[?(@.name=="api")].lastState}'`,
		RefPod:                              "kubectl get pod api-1 -n shop -o yaml",
		"node:.status":                      "kubectl describe node n1",
		RefNode:                             "kubectl get node n1 -o yaml",
		"owner:Job/load:.spec.backoffLimit": "kubectl get job load -n shop -o jsonpath='{.spec.backoffLimit}'",
		RefOwner("CronJob", "nightly"):      "kubectl get cronjob nightly -n shop -o yaml",
		"replicas":                          "kubectl get pods -n shop -o wide",
		RefReplicas:                         "kubectl get pods -n shop -o yaml",
		"":                                  "",
		"owner:Secret/db:":                  "", // of a kind that nobody reads: only a file that lies names it
		"owner:Job/--all:":                  "",
		"logs/a;reboot/previous":            "kubectl logs api-1 -n shop -c 'a;reboot' --previous",
		"logs/a\x1b[2J/previous":            "",
		"pod:.status.containerStatuses[a'$(reboot)'].state": `kubectl get pod api-1 -n shop -o jsonpath='{.status.containerStatuses[?(@.name=="a'\''$(reboot)'\''")].state}'`,
	} {
		if got := ev.Command(ref).String(); got != want {
			t.Errorf("%q:\n got %s\nwant %s", ref, got, want)
		}
	}
}

func TestCommandsWithoutNamesHavePlaceholders(t *testing.T) {
	ev := &Evidence{}
	for ref, want := range map[string]string{
		"logs//previous": "kubectl logs NAME --previous",
		RefPod:           "kubectl get pod NAME -o yaml",
		RefEvents:        "kubectl get events --field-selector involvedObject.name=NAME",
		RefNode:          "kubectl get node NODE -o yaml",
	} {
		if got := ev.Ask(ref).String(); got != want {
			t.Errorf("%q: got %s, want %s", ref, got, want)
		}
		if got := ev.Command(ref).String(); got != "" {
			t.Errorf("%q: without a pod there is nothing to show, got %s", ref, got)
		}
	}
}
