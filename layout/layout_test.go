package layout

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	uid := "6719a7a9-e865-4e62-b141-c35209c45fc6"
	web := Place{Role: Log, Namespace: "shop", Pod: "web-1", Container: "app", Attempt: -1}
	with := func(layout string, change func(*Place)) Place {
		p := web
		p.Layout = layout
		p.Loose = layout == ownBundle.name
		if change != nil {
			change(&p)
		}
		return p
	}
	previous := func(p *Place) { p.Previous = true }
	current := func(p *Place) { p.Current = true }
	run := func(n int) func(*Place) {
		return func(p *Place) { p.Attempt, p.UID = n, uid }
	}
	tests := map[string]Place{
		"dump/shop/web-1/logs.txt": {
			Layout: "kubectl cluster-info dump", Role: Sections, Namespace: "shop", Pod: "web-1", Attempt: -1, Loose: true,
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
		"web-1.log":                                                                                      {Attempt: -1},
		"pods/web-1/Web.log":                                                                             {Attempt: -1},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if got, known := Of(name); got != want || known != (want.Layout != "") {
				t.Errorf("Of = %+v, %t; want %+v", got, known, want)
			}
		})
	}
}

func BenchmarkReadPlace(b *testing.B) {
	for b.Loop() {
		Of("a/b/c/d/e/unknown.json")
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
		p, known := Of(name)
		if known != (p.Layout != "") {
			t.Errorf("%q: known %t, but layout %q", name, known, p.Layout)
		}
		for _, part := range []string{p.Namespace, p.Pod, p.UID, p.Container} {
			if !strings.Contains(name, part) {
				t.Errorf("%q: %q does not stand there", name, part)
			}
		}
	})
}
