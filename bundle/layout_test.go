package bundle

import (
	"strings"
	"testing"
)

func TestReadPlace(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	uid := "6719a7a9-e865-4e62-b141-c35209c45fc6"
	web := place{role: roleLog, namespace: "shop", pod: "web-1", container: "app", attempt: -1}
	with := func(layout string, change func(*place)) place {
		p := web
		p.layout = layout
		p.loose = layout == ownBundle.name
		if change != nil {
			change(&p)
		}
		return p
	}
	previous := func(p *place) { p.previous = true }
	current := func(p *place) { p.current = true }
	run := func(n int) func(*place) {
		return func(p *place) { p.attempt, p.uid = n, uid }
	}
	tests := map[string]place{
		"dump/shop/web-1/logs.txt": {
			layout: "kubectl cluster-info dump", role: roleSections, namespace: "shop", pod: "web-1", attempt: -1, loose: true,
		},
		"must-gather.local.7/quay-io-x-sha256-12ab/namespaces/shop/pods/web-1/app/app/logs/current.log":  with("must-gather", current),
		"must-gather.local.7/quay-io-x-sha256-12ab/namespaces/shop/pods/web-1/app/app/logs/previous.log": with("must-gather", previous),
		"namespaces/shop/pods/web-1/app/app/logs/previous.insecure.log":                                  with("must-gather", previous),
		"b.tar.gz:b/cluster-resources/pods/logs/shop/web-1/app-previous.log":                             with("troubleshoot support bundle", previous),
		"cluster-resources/pods/logs/shop/web-1/app.log":                                                 with("troubleshoot support bundle", current),
		"var/log/pods/shop_web-1_" + uid + "/app/2.log":                                                  with("kubelet's log files", run(2)),
		"var/log/pods/shop_web-1_" + uid + "/app/2.log.20260101-101112.gz":                               with("kubelet's log files", run(2)),
		"var/log/containers/web-1_shop_app-" + id + ".log":                                               with("kubelet's log files", nil),
		"shop/logs/web-1/app.previous.log":                                                               with("unloop capture", previous),
		"shop/logs/web-1/app.log":                                                                        with("unloop capture", nil),
		"web-1.log":                                                                                      {attempt: -1},
		"pods/web-1/Web.log":                                                                             {attempt: -1},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if got, known := readPlace(name); got != want || known != (want.layout != "") {
				t.Errorf("readPlace = %+v, %t; want %+v", got, known, want)
			}
		})
	}
}

func BenchmarkReadPlace(b *testing.B) {
	for b.Loop() {
		readPlace("a/b/c/d/e/unknown.json")
	}
}

// FuzzReadPlace reads any path: archives hold names of anyone's choice. What it says must stand in the path.
func FuzzReadPlace(f *testing.F) {
	for _, l := range layouts {
		for _, p := range l.files {
			f.Add(strings.NewReplacer("{namespace}", "shop", "{attempt}", "2", "{id}", strings.Repeat("a1", 32), "**", "x/y").Replace(p.path))
		}
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, known := readPlace(name)
		if known != (p.layout != "") {
			t.Errorf("%q: known %t, but layout %q", name, known, p.layout)
		}
		for _, part := range []string{p.namespace, p.pod, p.uid, p.container} {
			if !strings.Contains(name, part) {
				t.Errorf("%q: %q does not stand there", name, part)
			}
		}
	})
}
