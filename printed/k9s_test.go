package printed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScreen(t *testing.T) {
	for name, text := range map[string]string{
		"one namespace": " NAME↑                PF   READY   STATUS               RESTARTS   CPU   MEM   %CPU/R   %CPU/L   %MEM/R   %MEM/L   IP            NODE   AGE     \n" +
			" toll-0               ●    0/1     CrashLoopBackOff           12     0     0        0        0        0        0   10.244.1.12   w1     5d3h    \n" +
			" lamp-0               ●    1/1     Running                     0     1    20        0        0        0        0   10.244.1.13   w1     5d3h    \n",
		"with a namespace": "NAMESPACE   NAME     PF   READY   STATUS             RESTARTS↓   IP            NODE   AGE\n" +
			"roads       toll-0   ●    0/1     CrashLoopBackOff   12          10.244.1.12   w1     5d3h\n" +
			"roads       lamp-0   ●    1/1     Running            0           10.244.1.13   w1     5d3h\n",
	} {
		blocks := Split([]byte(text))
		if len(blocks) != 1 || blocks[0].Kind != BlockScreen {
			t.Errorf("%s: %v", name, kindsOf(blocks))
		}
		prefix := map[string]string{"with a namespace": "roads/"}[name]
		want := []string{prefix + "toll-0 Running on w1: waiting CrashLoopBackOff restarts=12", prefix + "lamp-0 Running on w1: running ready restarts=0"}
		if diff := cmp.Diff(want, shapes(Screen([]byte(text)).Pods)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzScreen(f *testing.F) {
	f.Add("NAME↑ PF READY STATUS RESTARTS AGE\ntoll-0 ● 0/1 Error 3 5d\n")
	f.Add("2026-02-14 06:10:32\nBack-off restarting failed container\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Screen([]byte(text)).Pods {
			if p.Pod.Name == "" || len(p.Hidden) == 0 {
				t.Fatalf("an incomplete pod: %+v", p)
			}
		}
		EventList([]byte(text))
		Split([]byte(text))
	})
}
