package fill

import (
	"fmt"
	"strings"
	"time"
)

// A way is how a pod fails: what its template has, how its last run ended, and what it wrote.
type way struct {
	name    string
	init    bool          // it is the init container that fails
	exit    int           // of the last run
	reason  string        // of the last run, "" if none ever started
	ran     time.Duration // the last run
	waiting string        // the reason for which the container waits
	message string        // of the wait; holes as in fillHoles
	refuses string        // what the kubelet says about the log of a container that never started
	template
	log    func(*Workload) string // what the last run wrote at its end
	events []event
}

// template is what the workload's pod template has beside the usual.
type template struct {
	tag    string // of the image
	limit  string // of memory
	probe  bool   // a liveness probe
	key    bool   // a variable out of a ConfigMap that lacks the key
	server bool   // a Service without endpoints that the program needs
}

type event struct {
	reason, kind, message string
	count                 int
	after                 time.Duration // the end of the last run, or before it
}

const backOff = "back-off 5m0s restarting failed container={container} pod={pod}_{namespace}({uid})"

var backOffEvent = event{"BackOff", "Warning", "Back-off restarting failed container {container} in pod {pod}_{namespace}({uid})", 90, 2 * time.Second}

// ways are those in which real pods loop most.
var ways = []way{
	{
		name: "panic", exit: 2, reason: "Error", ran: 2 * time.Second, waiting: "CrashLoopBackOff", message: backOff,
		log: goPanic, events: []event{backOffEvent},
	},
	{
		name: "refused", exit: 1, reason: "Error", ran: time.Second, waiting: "CrashLoopBackOff", message: backOff,
		template: template{server: true}, log: refused, events: []event{backOffEvent},
	},
	{
		name: "oom", exit: 137, reason: "OOMKilled", ran: 40 * time.Second, waiting: "CrashLoopBackOff", message: backOff,
		template: template{limit: "128Mi"}, log: func(*Workload) string { return "" }, events: []event{backOffEvent},
	},
	{
		name: "probe", exit: 143, reason: "Error", ran: 31 * time.Second, waiting: "CrashLoopBackOff", message: backOff,
		template: template{probe: true}, log: shutdown, events: []event{
			{"Unhealthy", "Warning", "Liveness probe failed: HTTP probe failed with statuscode: 503", 60, -time.Second},
			{"Killing", "Normal", "Container {container} failed liveness probe, will be restarted", 20, -time.Second},
			backOffEvent,
		},
	},
	{
		name: "missing-key", waiting: "CreateContainerConfigError", message: "couldn't find key DATABASE_URL in ConfigMap {namespace}/{name}",
		refuses:  `container "{container}" in pod "{pod}" is waiting to start: CreateContainerConfigError`,
		template: template{key: true},
		events:   []event{{"Failed", "Warning", "Error: couldn't find key DATABASE_URL in ConfigMap {namespace}/{name}", 120, 0}},
	},
	{
		name: "image-pull", waiting: "ImagePullBackOff",
		message: `Back-off pulling image "{image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image ` +
			`"{image}": failed to resolve reference "{image}": {image}: not found`,
		refuses:  `container "{container}" in pod "{pod}" is waiting to start: trying and failing to pull image`,
		template: template{tag: "2.0.0-rc1"},
		events: []event{
			{"Failed", "Warning", "Error: ErrImagePull", 12, 0},
			{"BackOff", "Normal", `Back-off pulling image "{image}"`, 200, 0},
		},
	},
	{
		name: "init", init: true, exit: 1, reason: "Error", ran: 3 * time.Second, waiting: "CrashLoopBackOff", message: backOff,
		log: migration, events: []event{backOffEvent},
	},
	{
		name: "config", exit: 1, reason: "Error", ran: time.Second, waiting: "CrashLoopBackOff", message: backOff,
		log: badConfig, events: []event{backOffEvent},
	},
}

func goPanic(w *Workload) string {
	return fmt.Sprintf(`panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x%x]

goroutine 1 [running]:
example.com/%[2]s/internal/store.(*Store).Load(0x0, {0xc00001c0a8, 0x5})
	/src/internal/store/store.go:%[3]d +0x2c
main.main()
	/src/main.go:41 +0x1d
`, 0x48a000+w.number*32, w.Name, 20+w.number%200)
}

func refused(w *Workload) string {
	return "FATAL cannot connect to the database: dial tcp " + w.serverIP() + ":5432: connect: connection refused\n"
}

func shutdown(*Workload) string {
	return "WARN health check: queue is full\nINFO received SIGTERM, shutting down\n"
}

func migration(w *Workload) string {
	return fmt.Sprintf("applying migration %04d\nERROR: relation \"orders_%d\" already exists\nmigration failed: exit 1\n", 1+w.number%90, w.number%7)
}

func badConfig(w *Workload) string {
	return fmt.Sprintf("Error: invalid configuration: workers must be between 1 and 64, got %d\n", 100+w.number%50)
}

// container is the name of the container that fails.
func (w *way) container() string {
	if w.init {
		return initContainer
	}
	return appContainer
}

// fillHoles puts the pod's own names into a text.
func (p *Pod) fillHoles(text, container, uid string) string {
	return strings.NewReplacer("{container}", container, "{pod}", p.PodName, "{namespace}", p.Namespace, "{name}", p.Name,
		"{uid}", uid, "{image}", p.image()).Replace(text)
}
