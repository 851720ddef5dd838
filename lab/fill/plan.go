// Package fill makes a lab as large as a real cluster, to measure what looking at it costs: thousands of pods on nodes
// that nobody runs, most of them well and some looping, each with the status, the events and the log that a kubelet would
// give it.
//
// A Plan is all of it, made from a few numbers: the same numbers give the same cluster. Write puts it into an API server,
// Kubelets serves the logs. No controller may run meanwhile or afterwards: it would mend what is made up.
package fill

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Spec says what to make.
type Spec struct {
	Pods    int
	Looping float64 // percent of the pods
	Seed    uint64
	At      time.Time // the moment that it all is seen at
}

const (
	maxPods      = 60_000 // as many addresses as podIP has
	perNamespace = 100
	perNode      = 60
)

// Plan is a cluster that does not exist.
type Plan struct {
	Spec
	Nodes      []Node
	Namespaces []Namespace
}

// Namespace holds workloads.
type Namespace struct {
	Name      string
	Workloads []*Workload
}

// Workload is a Deployment, StatefulSet, DaemonSet or Job.
type Workload struct {
	Kind, Namespace, Name string
	Pods                  []*Pod

	number int
	way    *way // how its looping pods fail, nil if none does
}

// Pod is one pod of a workload.
type Pod struct {
	*Workload
	PodName string
	Node    string
	Loops   bool

	number   int // among all pods
	restarts int
	age      time.Duration
	ended    time.Duration // ago: when the last run ended, where there was one
}

// New plans a cluster.
func New(s Spec) (*Plan, error) {
	if s.Pods < 1 || s.Pods > maxPods {
		return nil, fmt.Errorf("%d pods: it can be 1 to %d", s.Pods, maxPods)
	}
	if s.Looping < 0 || s.Looping > 100 {
		return nil, fmt.Errorf("%v percent of the pods can't loop", s.Looping)
	}
	s.At = s.At.UTC().Truncate(time.Second) // as the API keeps it
	p := &planner{Plan: &Plan{Spec: s}, random: rand.New(rand.NewPCG(s.Seed, uint64(s.Pods)))}
	for n := range (s.Pods + perNode - 1) / perNode {
		p.Nodes = append(p.Nodes, newNode(n))
	}
	p.agents()
	for p.pods < s.Pods {
		p.namespace()
	}
	p.chooseLooping()
	return p.Plan, nil
}

type planner struct {
	*Plan
	random          *rand.Rand
	pods, workloads int // so far
}

// agents are the DaemonSet that every cluster has: one pod on each node.
func (p *planner) agents() {
	w := &Workload{Kind: "DaemonSet", Namespace: "platform", Name: "node-agent"}
	for _, n := range p.Nodes {
		if p.pods < p.Spec.Pods {
			p.add(w, n.Name)
		}
	}
	p.workloads++
	p.Namespaces = append(p.Namespaces, Namespace{"platform", []*Workload{w}})
}

func (p *planner) namespace() {
	n := Namespace{Name: fmt.Sprintf("team-%03d", len(p.Namespaces)-1)}
	for left := min(perNamespace, p.Spec.Pods-p.pods); left > 0; {
		w := p.workload(n.Name, min(left, 1+p.random.IntN(12)))
		n.Workloads = append(n.Workloads, w)
		left -= len(w.Pods)
	}
	p.Namespaces = append(p.Namespaces, n)
}

func (p *planner) workload(namespace string, size int) *Workload {
	names := []string{"cart", "checkout", "search", "catalog", "invoice", "shipping", "auth", "mail", "report", "gateway", "stock"}
	w := &Workload{Kind: "Deployment", Namespace: namespace, number: p.workloads}
	switch p.workloads % 10 {
	case 4:
		w.Kind = "StatefulSet"
	case 8:
		w.Kind = "Job"
	}
	w.Name = fmt.Sprintf("%s-%d", names[p.workloads%len(names)], p.workloads)
	p.workloads++
	for range size {
		p.add(w, p.Nodes[p.random.IntN(len(p.Nodes))].Name)
	}
	return w
}

// add adds a pod that is well. One in twenty crashed some hours ago.
func (p *planner) add(w *Workload, node string) {
	pod := &Pod{Workload: w, Node: node, number: p.pods, age: time.Duration(2+p.random.IntN(200)) * time.Hour}
	switch w.Kind {
	case "Deployment":
		pod.PodName = w.replicaSet() + "-" + suffix(p.pods, 5)
	case "StatefulSet":
		pod.PodName = fmt.Sprintf("%s-%d", w.Name, len(w.Pods))
	default:
		pod.PodName = w.Name + "-" + suffix(p.pods, 5)
	}
	if p.random.IntN(20) == 0 {
		pod.restarts = 1 + p.random.IntN(3)
		pod.ended = pod.age / 2
	}
	w.Pods = append(w.Pods, pod)
	p.pods++
}

// chooseLooping makes workload after workload loop, each in the next of the ways, until there are enough pods. Some
// replicas may stay well.
func (p *planner) chooseLooping() {
	var all []*Workload
	for _, n := range p.Namespaces[1:] {
		all = append(all, n.Workloads...)
	}
	p.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = append(all, p.Namespaces[0].Workloads...) // last: what is on every node would be all of the trouble
	left := int(float64(p.Spec.Pods)*p.Looping/100 + 0.5)
	most := max(1, left/len(ways)) // of one workload, so that a few pods loop in every way, too
	for i := 0; left > 0; i++ {
		w := all[i%len(all)]
		if i < len(all) {
			w.way = &ways[i%len(ways)]
		}
		for _, pod := range w.Pods[:min(left, most*(1+i/len(all)), len(w.Pods))] {
			if !pod.Loops {
				p.loop(pod)
				left--
			}
		}
	}
}

func (p *planner) loop(pod *Pod) {
	pod.Loops = true
	pod.restarts = 6 + p.random.IntN(200)
	pod.ended = time.Duration(5+p.random.IntN(280)) * time.Second
}

// LoopingBy counts the looping pods by the way in which they do.
func (p *Plan) LoopingBy() map[string]int {
	count := map[string]int{}
	for pod := range p.pods() {
		if pod.Loops {
			count[pod.way.name]++
		}
	}
	return count
}

func (p *Plan) pods() func(yield func(*Pod) bool) {
	return func(yield func(*Pod) bool) {
		for _, n := range p.Namespaces {
			for _, w := range n.Workloads {
				for _, pod := range w.Pods {
					if !yield(pod) {
						return
					}
				}
			}
		}
	}
}

// replicaSet is the name of a Deployment's ReplicaSet.
func (w *Workload) replicaSet() string { return w.Name + "-" + w.templateHash() }

func (w *Workload) templateHash() string { return suffix(w.number, 9) }

// suffix is a number in the letters that controllers append to names (k8s.io/apimachinery/pkg/util/rand). No two numbers
// give the same.
func suffix(n, length int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	all := 1
	for range length {
		all *= len(letters)
	}
	n = (n + 1) * 1_000_003 % all // neighbours look different; it has no factor 3, so it only changes the order
	s := make([]byte, length)
	for i := range s {
		s[i] = letters[n%len(letters)]
		n /= len(letters)
	}
	return string(s)
}
