package printed

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// containerKeys are the lines of a container in the order in which describeContainers prints them. It prints the last two
// but Devices for every container, and those of the status where there is one.
var containerKeys = []string{
	"Container ID", "Image", "Image ID", "Port", "Ports", "Host Port", "Host Ports", "SeccompProfile", "Command", "Args",
	"State", "Last State", "Ready", "Restart Count", "Limits", "Requests", "Liveness", "Readiness", "Startup",
	"Environment Variables from", "Environment", "Mounts", "Devices",
}

var probeKeys = []string{"Liveness", "Readiness", "Startup"}

// container is one container of a text, with what of it the text shows.
type container struct {
	spec   corev1.Container
	status *corev1.ContainerStatus
	seen   coverage
	cut    []string // the states in which lines are missing
	// startCut says that the text begins within a state, after its reason.
	startCut bool
	unknown  []fact.Name // facts that hang on lines which cannot be read
}

// containerName is a container's own line. Names are DNS labels.
var containerName = lazyregexp.New(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// containersFrom reads the containers of a section. Lines before the first name are of one whose name is not there.
func containersFrom(lines []line) []container {
	var all []container
	start, name := 0, ""
	for i := 0; i <= len(lines); i++ {
		if i < len(lines) && !beginsContainer(lines, i) {
			continue
		}
		if c := containerFrom(name, lines[start:i]); name != "" || c.seen.any() {
			all = append(all, c)
		}
		if i < len(lines) {
			name, start = lines[i].key, i+1
		}
	}
	return all
}

func beginsContainer(lines []line, i int) bool {
	if lines[i].key == "" || lines[i].value != "" || !containerName.MatchString(lines[i].key) {
		return false
	}
	if i+1 == len(lines) {
		return false
	}
	next := lines[i+1]
	return next.key == "Container ID" || (next.key == "Image" && next.value != "")
}

func containerFrom(name string, lines []line) container {
	c := container{spec: corev1.Container{Name: name}, seen: coverage{order: containerKeys}}
	items := splitItems(lines, &c.seen)
	if len(items) > 0 && items[0].head.key == "" {
		items[0].head.key, items[0].head.value = headOfState(items)
		c.seen.headless = !items[0].ended()
		c.startCut = !items[0].fields().has("Reason")
		c.seen.at = append([]int{slices.Index(containerKeys, items[0].head.key)}, c.seen.at...)
	}
	for i, item := range items {
		c.set(item)
		if item.isCut(i == len(items)-1) {
			c.cut = append(c.cut, item.head.key)
		}
	}
	if c.status != nil {
		c.status.Name = name
		c.status.Image = c.spec.Image
	}
	return c
}

// splitItems gives the lines of a container, each with those below it.
func splitItems(lines []line, seen *coverage) sections {
	items := sections{}
	for _, l := range lines {
		if isGap(l) {
			seen.gap()
		}
		if slices.Contains(containerKeys, l.key) && (len(items) == 0 || isNextItem(items[len(items)-1], l)) {
			seen.see(l)
			items = append(items, section{head: l})
			continue
		}
		if len(items) == 0 {
			if !slices.Contains(stateKeys, l.key) {
				continue
			}
			items = append(items, section{head: line{indent: max(0, l.indent-2)}})
		}
		last := &items[len(items)-1]
		last.body = append(last.body, l)
	}
	return items
}

// headOfState tells what the first item is whose own line was cut off: the state if the last state follows or there can
// be none, and if it has not ended. Another may be either; as the last state it says the same of how the container ends.
func headOfState(items sections) (key, value string) {
	switch {
	case items[0].ended() && (items.has("Last State") || items.value("Restart Count") == "0"):
		return "State", "Terminated"
	case items[0].ended(), items[0].fields().has("Finished"):
		return "Last State", "Terminated"
	case items[0].fields().has("Started"):
		return "State", "Running"
	}
	return "State", "Waiting"
}

// isCut says of a state that lines of it are missing. A waiting one may have no reason, but not many have none.
func (sec *section) isCut(last bool) bool {
	if sec.head.key != "State" && sec.head.key != "Last State" {
		return false
	}
	switch sec.head.value {
	case "Terminated":
		return !sec.fields().has("Finished")
	case "Running":
		return !sec.fields().has("Started")
	}
	return last && len(sec.body) == 0
}

// ended says of a state that it is that of a run which has ended.
func (sec *section) ended() bool {
	code := sec.fields().find("Exit Code")
	if code == nil {
		return false
	}
	_, read := int32From(code.head.value)
	return read
}

// isNextItem says whether a line stands beside an item and not below it: as far to the left, and, since an argument or a
// variable may be called like a field where the indentation is lost, of a later name.
func isNextItem(item section, l line) bool {
	beside := l.indent < item.head.indent+2
	return beside && slices.Index(containerKeys, l.key) > slices.Index(containerKeys, item.head.key)
}

func (c *container) set(item section) {
	value := item.head.value
	switch item.head.key {
	case "Image":
		c.spec.Image = value
	case "Port", "Ports":
		ports, read := portsFrom(none(value))
		c.spec.Ports = ports
		c.needs(read, "Port")
	case "Host Port", "Host Ports":
		ports, _ := portsFrom(none(value))
		for i, p := range ports {
			if i < len(c.spec.Ports) {
				c.spec.Ports[i].HostPort = p.ContainerPort
			}
		}
	case "Command":
		c.spec.Command = wordsFrom(item.body, nil)
	case "Args":
		c.spec.Args = wordsFrom(item.body, c.spec.Command)
	case "Limits":
		limits, read := quantitiesFrom(item.body)
		c.spec.Resources.Limits = limits
		c.needs(read, "Limits")
	case "Requests":
		requests, read := quantitiesFrom(item.body)
		c.spec.Resources.Requests = requests
		c.needs(read, "Requests")
	case "Liveness":
		c.spec.LivenessProbe = probeFrom(item.head.full())
		c.needs(c.spec.LivenessProbe != nil, item.head.key)
	case "Readiness":
		c.spec.ReadinessProbe = probeFrom(item.head.full())
		c.needs(c.spec.ReadinessProbe != nil, item.head.key)
	case "Startup":
		c.spec.StartupProbe = probeFrom(item.head.full())
		c.needs(c.spec.StartupProbe != nil, item.head.key)
	case "Environment Variables from":
		c.spec.EnvFrom = envFromFrom(item.body)
	case "Environment":
		c.spec.Env = envFrom(item.body)
	case "Mounts":
		c.spec.VolumeMounts = mountsFrom(item.body)
	case "Devices":
	default:
		c.setStatus(item)
	}
}

// needs notes that the facts that hang on a line are unknown when it cannot be read.
func (c *container) needs(read bool, key string) {
	for _, f := range containerFacts {
		if !read && f.key == key {
			c.unknown = append(c.unknown, f.facts...)
		}
	}
}

func (c *container) setStatus(item section) {
	if c.status == nil {
		c.status = &corev1.ContainerStatus{}
	}
	value := item.head.value
	switch item.head.key {
	case "Container ID":
		c.status.ContainerID = value
	case "Image ID":
		c.status.ImageID = value
	case "State":
		state, unknown := stateFrom(value, item.body)
		c.status.State = state
		c.unknown = append(c.unknown, unknown...)
		if len(unknown) > 0 && state.Terminated == nil {
			c.unknown = append(c.unknown, fact.State)
		}
	case "Last State":
		state, unknown := stateFrom(value, item.body)
		c.status.LastTerminationState = state
		c.unknown = append(c.unknown, unknown...)
	case "Ready":
		word, _, _ := strings.Cut(value, " ")
		c.status.Ready = word == "True"
		c.needs(word == "True" || word == "False", item.head.key)
	case "Restart Count":
		n, read := int32From(value)
		read = read && n >= 0
		c.needs(read, item.head.key)
		if !read && c.status.LastTerminationState.Terminated != nil {
			n = 1 // at least
		}
		c.status.RestartCount = max(0, n)
	}
}

// port is "8080/TCP" or "8080/TCP (http)" (describeContainerPorts).
var port = lazyregexp.New(`^(\d{1,5})/(\w+)(?: \(([-a-z0-9]+)\))?$`)

// portsFrom reads the ports, and says whether it could read all.
func portsFrom(value string) (ports []corev1.ContainerPort, all bool) {
	all = true
	for text := range strings.SplitSeq(value, ",") {
		m := port.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			all = all && value == ""
			continue
		}
		if n, err := strconv.ParseInt(m[1], 10, 32); err == nil {
			ports = append(ports, corev1.ContainerPort{ContainerPort: int32(n), Protocol: corev1.Protocol(m[2]), Name: m[3]})
		}
	}
	return ports, all
}

var errNoQuantity = errors.New("not a quantity")

// quantity is what a resource.Quantity prints of itself. Others are not parsed: "1e999999999" would take forever.
var quantity = lazyregexp.New(`^[0-9.]{1,24}([numkKMGTPE]|[KMGTPE]i|e[0-9]{1,2})?$`)

// quantitiesFrom reads the quantities, and says whether it could read all. A note behind one is none of it.
func quantitiesFrom(lines []line) (list corev1.ResourceList, all bool) {
	all = true
	for _, l := range lines {
		text, _, _ := strings.Cut(l.value, " ")
		q, err := resource.Quantity{}, errNoQuantity
		if quantity.MatchString(text) {
			q, err = resource.ParseQuantity(text)
		}
		if err != nil {
			all = all && l.key == ""
			continue
		}
		if list == nil {
			list = corev1.ResourceList{}
		}
		list[corev1.ResourceName(l.key)] = q
	}
	return list, all
}

// mount is "/data from data (rw,path=\"sub\")" (describeContainerVolumes).
var mount = lazyregexp.New(`^(.+) from (\S+) \((ro|rw)(?:,path=(".*"))?\)$`)

func mountsFrom(lines []line) []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	for _, l := range lines {
		m := mount.FindStringSubmatch(l.text)
		if m == nil {
			continue
		}
		vm := corev1.VolumeMount{MountPath: m[1], Name: m[2], ReadOnly: m[3] == "ro"}
		if sub, err := strconv.Unquote(m[4]); err == nil {
			vm.SubPath = sub
		}
		mounts = append(mounts, vm)
	}
	return mounts
}
