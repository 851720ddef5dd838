package bundle

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCollectedTrees reads trees that other programs have made: texts that lie about in them are no logs.
func TestCollectedTrees(t *testing.T) {
	const (
		uid     = "6719a7a9-e865-4e62-b141-c35209c45fc6"
		lost    = "panic: boom\n"
		mg      = "mg/namespaces/shop/pods/api/web/web/logs/"
		nothing = "api siblings=0 events=0 node=false"
	)
	tests := []struct {
		name          string
		files         map[string]string
		want, skipped []string
	}{
		{
			"texts of a sosreport",
			map[string]string{
				"pod.yaml": pod("api", "web"), "sos/sos_commands/networking/ip_addr": "1: lo\n", "sos/var/log/dnf.log": "installed\n",
			},
			[]string{nothing},
			[]string{"ip_addr: in a tree of collected files, and no log of a container", "dnf.log: in a tree of collected files, and no log of a container"},
		},
		{
			"a log that is named after the pod, and one that the user names",
			map[string]string{
				"pod.yaml": pod("api", "web"), "sos/sos_commands/networking/ip_addr": "1: lo\n", "sos/api.log": lost, "out.log": lost,
			},
			[]string{nothing, `  unknown of "" from out.log: panic: boom`, `  unknown of "" from api.log: panic: boom`},
			[]string{"ip_addr: in a tree of collected files, and no log of a container"},
		},
		{
			"a request that failed twice",
			map[string]string{
				"mg/pod.yaml": pod("api", "web"), mg + "previous.log": "", mg + "previous.insecure.log": "", mg + "current.log": lost,
			},
			[]string{nothing, `  current of "web" from current.log: panic: boom`},
			[]string{
				"previous.insecure.log: empty: the kubelet was asked again, in another way",
				"previous.log: empty: the kubelet was asked again, in another way",
			},
		},
		{
			"a request that failed once",
			map[string]string{
				"mg/pod.yaml": pod("api", "web"), mg + "previous.log": "", mg + "previous.insecure.log": lost,
			},
			[]string{nothing, `  previous of "web" from previous.insecure.log: panic: boom`},
			[]string{"previous.log: empty: the kubelet was asked again, in another way"},
		},
		{
			"an empty log",
			map[string]string{"mg/pod.yaml": pod("api", "web"), mg + "previous.log": ""},
			[]string{nothing, `  previous of "web" from previous.log: `},
			nil,
		},
		{
			"a log that looks like something else",
			map[string]string{
				"mg/pod.yaml": pod("api", "web"), mg + "current.log": "NAME   READY   STATUS   RESTARTS   AGE\nx   1/1   Running   0   1m\n",
			},
			[]string{nothing, `  current of "web" from current.log: NAME   READY   STATUS   RESTARTS   AGE`},
			nil,
		},
		{
			"a log of a pod of the same name",
			map[string]string{
				"pod.yaml": strings.Replace(pod("api", "web"), "  name: api\n", "  name: api\n  uid: "+uid+"\n", 1),
				"var/log/pods/shop_api_" + uid + "/web/3.log":                                     lost,
				"var/log/pods/shop_api_" + strings.Replace(uid, "6719", "0000", 1) + "/web/3.log": "before\n",
			},
			[]string{nothing, `  current of "web" from 3.log: panic: boom`},
			[]string{"3.log: a log of an earlier or later pod of the same name"},
		},
		{
			"a log that was rotated",
			map[string]string{
				"pod.yaml": pod("api", "web"),
				"var/log/pods/shop_api_" + uid + "/web/3.log":                 "2026-11-22T10:00:02Z stderr F panic: boom\n",
				"var/log/pods/shop_api_" + uid + "/web/3.log.20261122-100001": "2026-11-22T10:00:01Z stderr F up\n",
			},
			[]string{nothing, `  current of "web" from 3.log: 2026-11-22T10:00:02Z stderr F panic: boom`},
			[]string{"3.log.20261122-100001: logs of which a newer part is there"},
		},
		{
			"a log collector of a support bundle, under a name of its own",
			map[string]string{
				"cluster-resources/pods/shop.json": `[{"metadata": {"name": "api", "namespace": "shop"}, "spec": {"containers": [{"name": "web"}, {"name": "sidecar"}]}}]`,
				"mylogs/api/web.log":               "up\n", "mylogs/api/web-previous.log": lost, "analysis.json": "[]\n",
			},
			[]string{nothing, `  previous of "web" from web-previous.log: panic: boom`, `  current of "web" from web.log: up`},
			nil,
		},
		{
			"a list without a type",
			map[string]string{"cluster-resources/pods/shop.json": `[{"metadata": {"name": "api", "namespace": "shop"}}, {"spec": {}}]`},
			[]string{nothing},
			[]string{"shop.json: an object without kind"},
		},
		{
			"a namespace called monitoring",
			map[string]string{
				"dump/monitoring/pods.yaml":    strings.Replace(pod("api", "web"), "shop", "monitoring", 1),
				"dump/monitoring/api/logs.txt": dumped("monitoring", "api", "web", lost),
			},
			[]string{nothing, `  current of "web" from api: panic: boom`},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := mustOpen(t, writeFiles(t, tt.files))
			if diff := cmp.Diff(tt.want, summary(b)); diff != "" {
				t.Errorf("raws (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.skipped, skips(b)); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmptyListOfEventsWithoutType(t *testing.T) {
	files := map[string]string{"cluster-resources/events/shop.json": "[]\n", "cluster-resources/pods/shop.json": `[{"metadata": {"name": "api", "namespace": "shop"}}]`}
	b := mustOpen(t, writeFiles(t, files))
	if raw := b.Raws()[0]; !raw.EventsRead {
		t.Error("an empty list of events says that there were none")
	}
}
