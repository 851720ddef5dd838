package bundle

import (
	"slices"
	"strconv"
	"strings"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// logName is what the path of a log says: api-7d4f-x2x4z/web.previous.log, logs-previous.txt, or the kubelet's
// NAMESPACE_POD_UID/CONTAINER/3.log. All of it is a hint, weighed against the pods that are known.
type logName struct {
	file     string   // base name
	dirs     []string // names of the directories above, the outermost first
	core     string   // base name without extensions and words like "log" and "previous"
	stem     string   // base name without extensions only
	previous bool
	current  bool
	attempt  int    // number of the run in the kubelet's own files; -1 when the name is none
	id       string // of the container that the runtime made for the run, if the name holds it
	place    layout.Place
}

// logExtensions are cut off a name; what they leave is a name of something.
var logExtensions = []string{".log", ".txt", ".err", ".out", ".stdout", ".stderr", ".gz", ".json"}

// logWords say what a file is, not whose.
var logWords = map[string]bool{
	"log": true, "logs": true, "previous": true, "prev": true, "current": true, "container": true, "kubectl": true,
	"stdout": true, "stderr": true, "output": true,
}

// containerID ends the names in /var/log/containers, POD_NAMESPACE_CONTAINER-ID, and those that sos gives to the output of
// "crictl logs" (sosreport/sos, sos/report/plugins/crio.py and containerd.py).
var containerID = lazyregexp.New(`(?:^|[-_])([0-9a-f]{64})$`)

var attemptName = lazyregexp.New(`^\d{1,6}$`)

func readLogName(name string) logName {
	parts := strings.Split(strings.ReplaceAll(name, ":", "/"), "/")
	n := logName{file: parts[len(parts)-1], dirs: parts[:len(parts)-1], attempt: -1}
	n.stem = n.file
	for cut := true; cut; {
		cut = false
		for _, extension := range logExtensions {
			if rest, ok := strings.CutSuffix(n.stem, extension); ok && rest != "" {
				n.stem, cut = rest, true
			}
		}
	}
	if m := containerID.FindStringSubmatch(n.stem); m != nil {
		n.stem, n.id = strings.TrimSuffix(n.stem, m[0]), m[1]
	}
	words := strings.FieldsFunc(strings.ToLower(n.stem), isNameSeparator)
	n.previous = slices.Contains(words, "previous") || slices.Contains(words, "prev")
	n.current = !n.previous && slices.Contains(words, "current")
	if attemptName.MatchString(n.stem) {
		n.attempt, _ = strconv.Atoi(n.stem) // at most six digits
	}
	n.core = trimLogWords(n.stem)
	n.readPlace(name)
	return n
}

// readPlace lets a layout that knows the path say what its names mean.
func (n *logName) readPlace(name string) {
	n.place, _ = layout.Of(name)
	if n.place.Pod != "" {
		n.attempt = n.place.Attempt
	}
	if n.place.Previous || n.place.Current {
		n.previous, n.current = n.place.Previous, n.place.Current
	}
}

func isNameSeparator(c rune) bool { return c == '.' || c == '-' || c == '_' || c == ' ' }

// trimLogWords cuts words like "log" and "previous" off both ends of a name.
func trimLogWords(name string) string {
	for {
		first := strings.IndexFunc(name, isNameSeparator)
		last := strings.LastIndexFunc(name, isNameSeparator)
		switch {
		case logWords[strings.ToLower(name)]:
			return ""
		case last >= 0 && (logWords[strings.ToLower(name[last+1:])] || last == len(name)-1):
			name = name[:last]
		case first >= 0 && (logWords[strings.ToLower(name[:first])] || first == 0):
			name = name[first+1:]
		default:
			return name
		}
	}
}

// isLogName says whether a base name promises a log.
func isLogName(base string) bool {
	n := readLogName(base)
	return strings.Contains(base, ".log") || n.previous || n.core != n.stem
}

// promisesLog says whether a base name says that the file is a log, and not just what some program has put out: kubectl.txt,
// output.txt and current.txt may be anything.
func promisesLog(base string) bool {
	n := readLogName(base)
	if strings.Contains(base, ".log") || n.previous {
		return !namesPrinted(base)
	}
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(n.stem), isNameSeparator), func(word string) bool {
		return word == "log" || word == "logs"
	})
}

// match says how well the name fits a pod: 0 not at all, more is better. The file's own name says more than those of
// directories, unless it names a container of the directory's pod. Of names that are part of another ("web", "web-1")
// the longer one fits better.
func (n *logName) match(pod *corev1.Pod) int {
	score := 0
	inDir := slices.Contains(n.dirs, pod.Name)
	switch {
	case inDir && n.container(pod) != "":
		score = 4000
	case n.stem == pod.Name || n.core == pod.Name:
		score = 3000
	case namesPod(n.stem, pod) || namesPod(n.core, pod):
		score = 2000
	case inDir:
		score = 1000
	case slices.ContainsFunc(n.dirs, func(dir string) bool { return namesPod(dir, pod) }):
		score = 500
	default:
		return 0
	}
	score = 2 * (score + len(pod.Name))
	if slices.Contains(n.dirs, pod.Namespace) {
		score++ // the same name may be found in two namespaces
	}
	return score
}

// namesPod says whether a part of a path holds the pod's name and around it only what belongs there: POD.CONTAINER,
// POD-CONTAINER, NAMESPACE_POD_UID, and POD_NAMESPACE_CONTAINER-ID as in /var/log/containers.
func namesPod(part string, pod *corev1.Pod) bool {
	if slices.Contains(strings.Split(part, "_"), pod.Name) {
		return true
	}
	before, after, found := strings.Cut(part, pod.Name)
	if !found {
		return false
	}
	if strings.HasPrefix(after, ".") && before == "" {
		return true
	}
	return isContainerOrNothing(strings.TrimLeft(after, "-._"), pod) && isContainerOrNothing(strings.TrimRight(before, "-._"), pod)
}

func isContainerOrNothing(text string, pod *corev1.Pod) bool {
	text = trimLogWords(text)
	return text == "" || text == pod.Namespace || slices.Contains(evidence.ContainerNames(pod), text)
}

// container finds the container that the name names, "" when it names none.
func (n *logName) container(pod *corev1.Pod) string {
	if s := statusOfID(pod, n.id); s != nil {
		return s.Name
	}
	if n.place.Container != "" && slices.Contains(evidence.ContainerNames(pod), n.place.Container) {
		return n.place.Container
	}
	best := ""
	for _, name := range evidence.ContainerNames(pod) {
		if len(name) <= len(best) {
			continue
		}
		rest := strings.Trim(strings.Replace(n.core, pod.Name, "", 1), "-._")
		inDirs := slices.Contains(n.dirs[max(0, len(n.dirs)-3):], name) && name != pod.Name && name != pod.Namespace &&
			name != "logs" // the folder that layouts keep logs in, whatever the container is called
		if n.stem == name || n.core == name || rest == name || inDirs || holdsWord(n.stem, name) && name != pod.Name {
			best = name
		}
	}
	if best == pod.Name && len(evidence.ContainerNames(pod)) > 1 && n.core == pod.Name && !slices.Contains(n.dirs, pod.Name) {
		return "" // the name is the pod's as well as a container's; the pod is meant more often
	}
	return best
}

// holdsWord says whether name holds word between separators that names of containers don't contain.
func holdsWord(name, word string) bool {
	return slices.Contains(strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '_' || c == ' ' }), word)
}

// podLike matches what controllers append to the names of pods: a hash from the alphabet without vowels
// (k8s.io/apimachinery/pkg/util/rand).
var podLike = lazyregexp.New(`^[a-z0-9][a-z0-9.-]*-[bcdfghjklmnpqrstvwxz2456789]{5}$`)

// otherPod is the name of a pod that is none of the known, if the log is named after one: it must not be taken for
// another's.
func (n *logName) otherPod() string {
	if podLike.MatchString(n.core) {
		return n.core
	}
	if last := len(n.dirs) - 1; last >= 0 && podLike.MatchString(n.dirs[last]) {
		return n.dirs[last]
	}
	return ""
}
