package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Replicas compares one container over the pods of its workload, this pod included.
type Replicas struct {
	Total    int `cel:"total"`
	Crashing int `cel:"crashing"` // crash-looping or crashed
	Healthy  int `cel:"healthy"`

	// SameRevision* count only pods of this pod's template revision.
	SameTotal    int `cel:"sameTotal"`
	SameCrashing int `cel:"sameCrashing"`
	SameHealthy  int `cel:"sameHealthy"`

	// Nodes, Digests, Archs, Revisions are the groups, the most crashing first.
	Nodes     []Group `cel:"nodes"`
	Digests   []Group `cel:"digests"`
	Archs     []Group `cel:"archs"`
	Revisions []Group `cel:"revisions"`

	// OnlyNode is the node that holds all crashing replicas of this revision while replicas on other nodes are healthy.
	// NodeText gives the numbers ("n2: 2 of 2 crash, elsewhere 0 of 5"); Strong says that chance is an unlikely
	// explanation (exact test, p < 0.05).
	OnlyNode string `cel:"onlyNode"`
	NodeText string `cel:"nodeText"`
	Strong   bool   `cel:"strong"`
	// OtherDigest says that all crashing replicas run one image digest and all healthy ones another, under the same
	// tag; DigestText gives the numbers.
	OtherDigest bool   `cel:"otherDigest"`
	DigestText  string `cel:"digestText"`
	DigestSure  bool   `cel:"digestSure"`
	// OtherArch: all crashing replicas run on one architecture, all healthy ones on others.
	OtherArch string `cel:"otherArch"`
	// NewRevision says that only pods of the newest revision crash and older ones are healthy.
	NewRevision bool `cel:"newRevision"`
	// Text sums up: "1 of 2 replicas crashes, 1 is healthy".
	Text string `cel:"text"`
}

// Group counts replicas that share a property.
type Group struct {
	Value    string `cel:"value"`
	Total    int    `cel:"total"`
	Crashing int    `cel:"crashing"`
	Healthy  int    `cel:"healthy"`
}

// replica is one pod of the workload, as far as the comparison needs it.
type replica struct {
	node     string
	arch     string // "" when the node was not read
	image    string // as in the spec
	imageID  string
	revision string
	created  time.Time // zero when its source doesn't say
	crashing bool
	healthy  bool
	row      bool // of a table, which tells little
	untold   bool // its row doesn't tell how this container stands

	pod       *corev1.Pod
	container string // as it is called there
	timed     bool   // whether it crashes hangs on the moment at which one asks
}

// judge says whether the replica crashes or is healthy at a moment.
func (r *replica) judge(now moment) {
	v := verdictOf(r.pod, r.container, now)
	r.crashing = !r.untold && (v == CrashLooping || v == Crashed)
	r.healthy = !r.untold && (v == Healthy || v == Recovered)
}

func (r *replica) letter() byte {
	switch {
	case r.crashing:
		return 'c'
	case r.healthy:
		return 'h'
	}
	return '-'
}

// replicasOf compares the container name over the pods of its workload: which crash, which don't, and what tells them
// apart. Differences are only looked for among pods of this pod's revision, since another template is difference
// enough (docs/kubernetes.md#comparing-replicas). In a StatefulSet each pod also has its own volumes, and often a node of
// its own, so what looks like the node's fault may as well be the volume's.
//
// A family of thousands that all crash asks this of each of them, about all of them: see [Family].
func replicasOf(name string, pod *corev1.Pod, siblings []*corev1.Pod, nodes []*corev1.Node, now moment) *Replicas {
	if pod == nil {
		return nil
	}
	return compareReplicas(pod, gatherReplicas(name, pod, siblings, nodes, now))
}

// compareReplicas compares all replicas as the pod sees them.
func compareReplicas(pod *corev1.Pod, all []replica) *Replicas {
	same := make([]replica, 0, len(all))
	untold := 0
	for i := range all {
		if sameRevision(pod, &all[i]) {
			same = append(same, all[i])
		}
		if all[i].untold {
			untold++
		}
	}
	rs := &Replicas{}
	rs.Total, rs.Crashing, rs.Healthy = count(all)
	rs.SameTotal, rs.SameCrashing, rs.SameHealthy = count(same)
	rs.Nodes = groupBy(same, func(r *replica) string { return r.node })
	rs.Digests = groupBy(same, func(r *replica) string { return digestOf(r.imageID) })
	rs.Archs = groupBy(same, func(r *replica) string { return r.arch })
	rs.Revisions = groupBy(all, func(r *replica) string { return r.revision })
	rs.setNode()
	rs.setArch(same)
	rs.setDigest(same)
	rs.NewRevision = onlyNewest(all)
	rs.Text = replicaText(rs.Total, rs.Crashing, rs.Healthy, untold)
	return rs
}

// gatherReplicas reads this pod and its siblings, each pod once.
func gatherReplicas(name string, pod *corev1.Pod, siblings []*corev1.Pod, nodes []*corev1.Node, now moment) []replica {
	archs := map[string]string{}
	for _, n := range nodes {
		if n != nil {
			archs[n.Name] = nodeOf(n, nil).Arch
		}
	}
	all := make([]replica, 0, len(siblings)+1)
	seen := make(map[types.NamespacedName]bool, len(siblings)+1)
	for i := -1; i < len(siblings); i++ {
		p := pod
		if i >= 0 {
			p = siblings[i]
		}
		if p == nil || seen[types.NamespacedName{Namespace: p.Namespace, Name: p.Name}] {
			continue
		}
		seen[types.NamespacedName{Namespace: p.Namespace, Name: p.Name}] = true
		theirs, told := counterpart(name, pod, p)
		spec, _ := findSpec(p, theirs)
		status := findStatus(p, theirs)
		if spec == nil && status == nil && told {
			continue
		}
		r := replica{node: p.Spec.NodeName, arch: archs[p.Spec.NodeName], revision: revisionOf(p), created: p.CreationTimestamp.Time}
		if spec != nil {
			r.image = spec.Image
		}
		if status != nil {
			r.imageID = status.ImageID
		}
		r.row, r.untold = isRow(p), !told
		r.pod, r.container, r.timed = p, theirs, told && verdictHangsOnTime(status)
		r.judge(now)
		all = append(all, r)
	}
	return all
}

func count(replicas []replica) (total, crashing, healthy int) {
	var g Group
	for i := range replicas {
		g.add(&replicas[i])
	}
	return g.Total, g.Crashing, g.Healthy
}

func (g *Group) add(r *replica) {
	g.Total++
	if r.crashing {
		g.Crashing++
	}
	if r.healthy {
		g.Healthy++
	}
}

// groupBy counts the replicas by a property, the most crashing first. Those whose property is not known are left out.
func groupBy(replicas []replica, property func(*replica) string) []Group {
	byValue := map[string]int{}
	groups := []Group{}
	for i := range replicas {
		value := property(&replicas[i])
		if value == "" {
			continue
		}
		at, seen := byValue[value]
		if !seen {
			at = len(groups)
			byValue[value] = at
			groups = append(groups, Group{Value: value})
		}
		groups[at].add(&replicas[i])
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Crashing, a.Crashing), cmp.Compare(a.Healthy, b.Healthy), cmp.Compare(a.Value, b.Value))
	})
	return groups
}

// setNode finds the node that holds all crashing replicas while others are healthy elsewhere. The same node must not
// hold as many healthy ones: then it is not the node that tells them apart.
func (rs *Replicas) setNode() {
	if len(rs.Nodes) < 2 {
		return
	}
	suspect, elsewhere := rs.Nodes[0], rest(rs.Nodes)
	if suspect.Crashing == 0 || suspect.Crashing < rs.SameCrashing || suspect.Healthy >= suspect.Crashing || elsewhere.Healthy == 0 {
		return
	}
	rs.OnlyNode = suspect.Value
	rs.NodeText = contrast(suspect.Value, suspect, "elsewhere", elsewhere)
	rs.Strong = unlikelyChance(rs.Nodes)
}

// setArch finds an architecture that all crashing replicas have and no healthy one.
func (rs *Replicas) setArch(same []replica) {
	known := !slices.ContainsFunc(same, func(r replica) bool { return (r.crashing || r.healthy) && r.arch == "" })
	if known && splits(rs.Archs) {
		rs.OtherArch = rs.Archs[0].Value
	}
}

// setDigest finds "same tag, other bits": all crashing replicas run one image, all healthy ones others, under one
// reference. Ids of two kinds can't be compared: a digest in a repository, and the local id of an image that was
// imported without one. Nor is a difference telling that goes with the architecture (docs/kubernetes.md#images-and-digests).
func (rs *Replicas) setDigest(same []replica) {
	if rs.OtherArch != "" || !splits(rs.Digests) {
		return
	}
	var first replica
	for _, r := range same {
		if !r.crashing && !r.healthy {
			continue
		}
		if first.imageID == "" {
			first = r
		}
		if r.imageID == "" || r.image != first.image || strings.Contains(r.imageID, "@") != strings.Contains(first.imageID, "@") {
			return
		}
	}
	rs.OtherDigest = true
	suspect, elsewhere := rs.Digests[0], rest(rs.Digests)
	rs.DigestText = contrast(short(suspect.Value), suspect, "with other digests", elsewhere)
	rs.DigestSure = unlikelyChance(rs.Digests)
}

// splits says whether the first group holds all crashing replicas and no healthy one, and the others the healthy ones.
func splits(groups []Group) bool {
	if len(groups) < 2 {
		return false
	}
	others := rest(groups)
	return groups[0].Crashing > 0 && groups[0].Healthy == 0 && others.Crashing == 0 && others.Healthy > 0
}

// rest sums up all groups but the first.
func rest(groups []Group) Group {
	var sum Group
	for _, g := range groups[1:] {
		sum.Total += g.Total
		sum.Crashing += g.Crashing
		sum.Healthy += g.Healthy
	}
	return sum
}

// onlyNewest says whether all crashing replicas are of the newest revision, none of which is healthy, while older ones
// are. A revision is as old as its oldest pod: old pods may have been moved to another node since. Rows of a table often
// tell neither a revision nor a time.
func onlyNewest(all []replica) bool {
	if slices.ContainsFunc(all, func(r replica) bool { return r.revision == "" || r.created.IsZero() }) {
		return false
	}
	newest, since := "", time.Time{}
	for revision, created := range firstPods(all) {
		if created.After(since) || created.Equal(since) && revision > newest {
			newest, since = revision, created
		}
	}
	olderHealthy, newCrashing := 0, 0
	for _, r := range all {
		isNew := r.revision == newest
		switch {
		case r.crashing && !isNew, r.healthy && isNew:
			return false
		case r.crashing:
			newCrashing++
		case r.healthy:
			olderHealthy++
		}
	}
	return newCrashing > 0 && olderHealthy > 0
}

// firstPods gives, for each revision, when its oldest pod was created.
func firstPods(all []replica) map[string]time.Time {
	first := map[string]time.Time{}
	for _, r := range all {
		if t, ok := first[r.revision]; !ok || r.created.Before(t) {
			first[r.revision] = r.created
		}
	}
	return first
}

// contrast gives the numbers of two groups: "n2: 2 of 2 crash, elsewhere 0 of 5". Replicas that neither crash nor are
// well are not counted.
func contrast(name string, a Group, otherName string, b Group) string {
	return fmt.Sprintf("%s: %d of %d crash, %s %d of %d", name, a.Crashing, a.Crashing+a.Healthy, otherName, b.Crashing, b.Crashing+b.Healthy)
}

// short cuts a digest to what people compare by eye.
func short(digest string) string {
	algorithm, hex, ok := strings.Cut(digest, ":")
	if !ok || len(hex) <= 12 {
		return digest
	}
	return algorithm + ":" + hex[:12]
}

// replicaText sums up: "1 of 2 replicas crashes, 1 is healthy".
func replicaText(total, crashing, healthy, untold int) string {
	if total == 1 {
		switch {
		case crashing == 1:
			return "the only replica crashes"
		case healthy == 1:
			return "the only replica is healthy"
		}
		return "the only replica neither crashes nor is healthy"
	}
	crash, well := "crash", fmt.Sprintf("%d are healthy", healthy)
	if crashing == 1 {
		crash = "crashes"
	}
	switch healthy {
	case 0:
		well = "none is healthy"
	case 1:
		well = "1 is healthy"
	}
	text := fmt.Sprintf("%d of %d replicas %s, %s", crashing, total, crash, well)
	if others := total - crashing - healthy - untold; others > 0 {
		text += fmt.Sprintf(", %d neither", others)
	}
	if untold > 0 {
		text += fmt.Sprintf(", of %d it is not known", untold)
	}
	return text
}
