package wrapping

import (
	"encoding/json"
	"strings"

	"github.com/unloop-dev/unloop/internal/ansi"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// maxHead bounds how long a prefix that names a writer can be: two names of 253 bytes and one of 63.
const maxHead = 600

// cutKubectl takes "[pod/api-0/api] " off (prefixingWriter in k8s.io/kubectl/pkg/cmd/logs).
func cutKubectl(l string) (cut, bool) {
	s, ok := strings.CutPrefix(l, "[pod/")
	if !ok {
		return cut{}, false
	}
	end := strings.IndexByte(s[:min(len(s), maxHead)], ']')
	if end < 0 {
		return cut{}, false
	}
	pod, container, ok := strings.Cut(s[:end], "/")
	if !ok || !isName(pod) || !isName(container) {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(s[end+1:], " "), from: Writer{Pod: pod, Container: container}}, true
}

// cutKail takes "shop/api-0[api]: " off (boz/kail, writer.go).
func cutKail(l string) (cut, bool) {
	head := l[:min(len(l), maxHead)]
	end := strings.Index(head, "]: ")
	if end < 0 && strings.HasSuffix(head, "]:") {
		end = len(head) - 2
	}
	slash, open := strings.IndexByte(head, '/'), strings.IndexByte(head, '[')
	if slash < 1 || open < slash || end < open {
		return cut{}, false
	}
	w := Writer{Namespace: l[:slash], Pod: l[slash+1 : open], Container: l[open+1 : end]}
	if !isName(w.Namespace) || !isName(w.Pod) || !isName(w.Container) {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(l[end+2:], " "), from: w}, true
}

// isName says whether s is a name as objects of the API have (RFC 1123).
func isName(s string) bool {
	if s == "" || len(s) > 253 || s[0] == '-' || s[len(s)-1] == '-' || s[0] == '.' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !('a' <= c && c <= 'z') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// isMadeName says whether a name is one that a controller gave a pod: it ends in the five letters of a generated name, or in
// the hash of a ReplicaSet and those.
func isMadeName(s string) bool {
	i := strings.LastIndexByte(s, '-')
	if i < 1 || len(s)-i != 6 || !isName(s) {
		return false
	}
	j := strings.LastIndexByte(s[:i], '-')
	hash := s[j+1 : i]
	return j > 0 && len(hash) >= 5 && len(hash) <= 10 && strings.ContainsAny(hash, digits) || strings.ContainsAny(s[i:], digits)
}

// word gives the first word of a line and what stands behind its one blank.
func word(l string) (first, rest string) {
	first, _, _ = strings.Cut(l[:min(len(l), maxHead)], " ")
	return first, l[min(len(l), len(first)+1):]
}

// cutStern takes "api-0 api " off, or "shop api-0 api " where several namespaces are shown (stern/stern, cmd/cmd.go, the
// template "default"), and the brackets and arrows that people's templates put there ("api-0 [api] ", "[api-0 api] ", "api-0
// › api "). Only a pod's name that a controller made is known by its looks.
func cutStern(l string) (cut, bool) {
	if l == "" || !isNameByte(l[0]) && l[0] != '[' {
		return cut{}, false
	}
	bracket := l[0] == '['
	if bracket {
		end := strings.IndexByte(l[:min(len(l), maxHead)], ']')
		if end < 0 {
			return cut{}, false
		}
		return inBrackets(l[1:end], strings.TrimPrefix(l[end+1:], " "))
	}
	var w Writer
	first, rest := word(l)
	if !isMadeName(first) {
		second, after := word(rest)
		if !isName(first) || !isMadeName(second) {
			return cut{}, false
		}
		w.Namespace, first, rest = first, second, after
	}
	w.Pod = first
	for _, arrow := range []string{"› ", "| ", "> "} {
		rest = strings.TrimPrefix(rest, arrow)
	}
	container, after := word(rest)
	container = strings.TrimSuffix(strings.TrimPrefix(container, "["), "]")
	if !isName(container) {
		return cut{}, false
	}
	w.Container = container
	return cut{rest: after, from: w}, true
}

// inBrackets reads "api-0 api", "api-0/api" or "api-0" (johanhaleby/kubetail, skaffold).
func inBrackets(head, rest string) (cut, bool) {
	i := strings.IndexAny(head, " /:")
	if i < 0 {
		i = len(head)
	}
	w := Writer{Pod: head[:i], Container: head[min(len(head), i+1):]}
	return cut{rest: rest, from: w}, isMadeName(w.Pod) && (w.Container == "" || isName(w.Container))
}

func isNameByte(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' }

// agree says that the writers are few, as the prefix of a tool has it, and not words of sentences.
func agree(_ []Line, runs []run) bool {
	writers, has := map[Writer]int{}, 0
	for _, r := range runs {
		for i, c := range r.cuts {
			if !r.left[i] {
				writers[c.from]++
				has++
			}
		}
	}
	return has >= 2 && len(writers)*2 <= has
}

// coloured is stern's template with its colours: each name in one of its own (fatih/color).
var coloured = lazyregexp.New("^(?:\x1b\\[[0-9;]*m([a-z0-9.-]+)\x1b\\[[0-9;]*m )?\x1b\\[[0-9;]*m([a-z0-9.-]+)\x1b\\[[0-9;]*m \x1b\\[[0-9;]*m([a-z0-9.-]+)\x1b\\[[0-9;]*m(?: |$)")

func cutColoured(l string) (cut, bool) {
	if !strings.HasPrefix(l, "\x1b[") {
		return cut{}, false
	}
	m := coloured.FindStringSubmatch(l[:min(len(l), maxHead)])
	if m == nil || !isName(m[2]) || !isName(m[3]) {
		return cut{}, false
	}
	return cut{rest: l[len(m[0]):], from: Writer{Namespace: m[1], Pod: m[2], Container: m[3]}}, true
}

// sternRecord is a line of stern's outputs "json" and "extjson".
type sternRecord struct {
	Message   json.RawMessage `json:"message"`
	Namespace string          `json:"namespace"`
	PodName   string          `json:"podName"`
	Pod       string          `json:"pod"`
	Container string          `json:"containerName"`
	Short     string          `json:"container"`
}

func cutSternJSON(l string) (cut, bool) {
	if !strings.HasPrefix(l, `{"`) || !strings.Contains(l, `"message":`) || !strings.Contains(l, `"podName":`) && !strings.HasPrefix(l, `{"pod":`) && !strings.HasPrefix(l, `{"namespace":`) {
		return cut{}, false
	}
	return readStern(l)
}

func readStern(l string) (cut, bool) {
	var r sternRecord
	if json.Unmarshal([]byte(ansi.Strip(l)), &r) != nil || len(r.Message) == 0 {
		return cut{}, false
	}
	w := Writer{Namespace: r.Namespace, Pod: r.PodName + r.Pod, Container: r.Container + r.Short}
	if !isName(w.Pod) || !isName(w.Container) {
		return cut{}, false
	}
	message := string(r.Message)
	var text string
	if json.Unmarshal(r.Message, &text) == nil {
		message = strings.TrimRight(text, "\n")
	}
	return cut{rest: strings.ReplaceAll(message, "\n", " "), from: w}, true
}

// sternBlocks reads stern's output "ppextjson", which sets each record out in lines of its own: a brace, pod, container,
// message, a brace.
func sternBlocks(lines []Line, _ judge) []Text {
	s := splitter{at: map[Writer]int{}}
	found := false
	for i := 0; i < len(lines); i++ {
		n := 0
		if lines[i].Text == "{" {
			n = blockLength(lines[i:])
		}
		if n == 0 {
			s.outside(lines[i : i+1])
			continue
		}
		var record strings.Builder
		for _, l := range lines[i : i+n] {
			record.WriteString(l.Text)
		}
		c, ok := readStern(record.String())
		if !ok {
			s.outside(lines[i : i+1])
			continue
		}
		t := s.text(c.from)
		t.Lines = append(t.Lines, Line{lines[i+n-2].Number, c.rest})
		found = true
		i += n - 1
	}
	if !found {
		return nil
	}
	return s.done(nil)
}

// blockLength is how many lines a record of "ppextjson" has, 0 if none begins there.
func blockLength(lines []Line) int {
	if len(lines) < 5 || !strings.HasPrefix(lines[1].Text, `  "pod": "`) && !strings.HasPrefix(lines[1].Text, `  "namespace": "`) {
		return 0
	}
	for i, l := range lines[:min(len(lines), 7)] {
		if l.Text == "}" {
			return i + 1
		}
	}
	return 0
}

// cutLogcli takes `2026-04-10T08:22:00Z {container="api", pod="api-0"} ` off (grafana/loki, pkg/logcli/output/default.go).
func cutLogcli(l string) (cut, bool) {
	n := dateAt(l)
	if n == 0 || !strings.HasPrefix(strings.TrimLeft(l[n:], " "), "{") {
		return cut{}, false
	}
	open := n + strings.IndexByte(l[n:], '{')
	end := strings.Index(l[open:min(len(l), open+4*maxHead)], `"}`)
	if end < 0 {
		return cut{}, false
	}
	var w Writer
	labels := l[open+1 : open+end+1]
	for _, m := range lokiLabel.FindAllStringSubmatch(labels, 50) {
		switch m[1] {
		case "pod", "pod_name":
			w.Pod = m[2]
		case "container", "container_name":
			w.Container = m[2]
		case "namespace":
			w.Namespace = m[2]
		}
	}
	return cut{rest: strings.TrimPrefix(l[open+end+2:], " "), from: w}, w.Pod != "" || w.Container != ""
}

var lokiLabel = lazyregexp.New(`([a-z_]+)="([^"]*)"`)

// cutCompose takes "web-1  | " off (docker/compose, cmd/formatter/logs.go; v1 has "web_1"), and the same of foreman and
// its kin ("08:22:00 web.1  | "). What follows must not be a column again: many programs write "thread | level | text".
func cutCompose(l string) (cut, bool) {
	s := l
	if n := clockAt(s); n > 0 && strings.HasPrefix(s[n:], " ") {
		s = s[n+1:]
	}
	n := 0
	for n < len(s) && n < 100 && (isLetter(s[n]) || isDigit(s[n]) || strings.IndexByte("._-", s[n]) >= 0) {
		n++
	}
	rest := strings.TrimLeft(s[n:], " ")
	if n == 0 || rest == "" || rest[0] != '|' || len(rest) == len(s[n:]) || levelWords[strings.ToLower(s[:n])] {
		return cut{}, false
	}
	rest = rest[1:]
	if rest != "" && rest[0] != ' ' {
		return cut{}, false
	}
	rest = strings.TrimPrefix(rest, " ")
	if i := strings.Index(rest[:min(len(rest), 40)], "| "); i > 0 {
		return cut{}, false
	}
	return cut{rest: rest, from: Writer{Container: s[:n]}}, true
}

// numbered says that each name ends in the number of a replica, as compose gives it, and stands in a column.
func numbered(lines []Line, runs []run) bool {
	if !agree(lines, runs) {
		return false
	}
	bar := -1
	for _, r := range runs {
		for i, c := range r.cuts {
			if r.left[i] {
				continue
			}
			name := c.from.Container
			k := strings.LastIndexAny(name, "-_.")
			at := strings.IndexByte(lines[r.from+i].Text, '|')
			if k < 1 || digitsAt(name[k+1:]) != len(name)-k-1 || k == len(name)-1 || bar >= 0 && at != bar {
				return false
			}
			bar = at
		}
	}
	return true
}

// process is what Ray (python/ray/_private/worker.py, print_worker_logs), vLLM (vllm/utils/system_utils.py, decorate_logs)
// and torchrun put before the lines of the processes of one container.
var process = lazyregexp.New(`^(?:\((?:raylet|gcs_server|autoscaler(?: \+[0-9dhms]+)?|[\w.:<>\-]+(?: [\w.:\-]+)* pid=\d+|pid=\d+)(?:, ip=[0-9a-fA-F.:]+)?\)|\[rank\d+\]:|\[default\d+\]:)(?: |$)`)

func cutProcess(l string) (cut, bool) {
	if !strings.HasPrefix(l, "(") && !strings.HasPrefix(l, "[rank") && !strings.HasPrefix(l, "[default") {
		return cut{}, false
	}
	m := process.FindString(l[:min(len(l), 200)])
	return cut{rest: l[len(m):], from: Writer{Process: strings.TrimRight(m, " ")}}, m != ""
}
