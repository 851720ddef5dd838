package printed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockAlerts are alerts of Prometheus with their labels, in JSON or as text, for Alerts.
const BlockAlerts BlockKind = "alerts"

// alertMarks are the words by which alerts in JSON are known: a webhook's payload (prometheus/alertmanager, notify/webhook and
// template, Data), the list of "amtool alert -o json", that of Prometheus.
var alertMarks = [][]string{{`"alertname"`, `"labels"`, `"pod"`}}

var (
	// alertLabel is a label on a line of its own, as the templates for mail, Slack and others print it: "alertname = X", "• pod: y".
	alertLabel = lazyregexp.New(`^[^A-Za-z0-9]{0,12}([a-z_][a-zA-Z0-9_]{0,60})[*_` + "`" + `]{0,3} ?[=:] ?[*_` + "`" + `" ]{0,4}([A-Za-z0-9][A-Za-z0-9._/:-]{0,252})?`)
	// alertPair is a label among others, as Prometheus writes a series: {alertname="X", pod="y"}.
	alertPair = lazyregexp.New(`\b([a-z_][a-zA-Z0-9_]{0,60})="([^"\\]{0,253})"`)
)

// alertsAt says whether alerts begin at a line.
func (s *scanner) alertsAt(i int, l string) bool {
	if l != "" && (l[0] == '{' || l[0] == '[') && holdsMarks(s.recordAt(i, l), alertMarks) {
		return true
	}
	if !strings.Contains(l, "alertname") || len(l) > maxStatus || timedLine(l) && l[0] != '{' {
		return false
	}
	labels := pairsOf(l)
	if labels["pod"] == "" {
		labels = s.labelsFrom(i)
	}
	return labels["alertname"] != "" && labels["pod"] != ""
}

// maxLabels is how many lines of labels an alert has.
const maxLabels = 40

func (s *scanner) labelsFrom(i int) map[string]string {
	return labelsOf(s.lines[i:min(len(s.lines), i+maxLabels)])
}

// labelsOf reads labels, one a line, up to a line that is none.
func labelsOf(lines []string) map[string]string {
	labels := map[string]string{}
	for _, l := range lines {
		m := alertLabel.FindStringSubmatch(l[:min(len(l), 400)])
		if m == nil {
			break
		}
		if labels[m[1]] == "" {
			labels[m[1]] = m[2]
		}
	}
	return labels
}

func pairsOf(l string) map[string]string {
	labels := map[string]string{}
	for _, m := range alertPair.FindAllStringSubmatch(l, maxLabels) {
		if labels[m[1]] == "" {
			labels[m[1]] = m[2]
		}
	}
	return labels
}

func (s *scanner) alertsEnd(i int) int {
	l := s.lines[i]
	switch {
	case l[0] == '{' && pairsOf(l)["pod"] != "":
		return i + 1
	case l[0] == '{' || l[0] == '[':
		return s.jsonEnd(i)
	case pairsOf(l)["pod"] != "":
		return i + 1
	}
	end := i
	for end < len(s.lines) && end < i+maxLabels && alertLabel.MatchString(s.lines[end][:min(len(s.lines[end]), 400)]) {
		end++
	}
	return end
}

// Alerts reads alerts that speak of a container: it waits, or was killed for memory. Those that are over are left out.
func Alerts(text []byte) *Objects {
	var all []*statusPod
	add := func(labels map[string]string) {
		p := alertPod(labels)
		if p == nil {
			return
		}
		if known := slices.IndexFunc(all, p.same); known >= 0 {
			all[known].add(p)
			return
		}
		all = append(all, p)
	}
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && (trimmed[0] == '[' || trimmed[0] == '{' && len(pairsOf(string(trimmed[:min(len(trimmed), maxStatus)]))) == 0) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		for {
			var value json.RawMessage
			if decoder.Decode(&value) != nil {
				break
			}
			alertsIn(value, 0, add)
		}
	} else {
		lines := strings.Split(string(text), "\n")
		labels := pairsOf(lines[0][:min(len(lines[0]), maxStatus)])
		if labels["pod"] == "" {
			labels = labelsOf(lines[:min(len(lines), maxLabels)])
		}
		add(labels)
	}
	o := &Objects{}
	for _, p := range all {
		o.Pods = append(o.Pods, p.done())
	}
	return o
}

// alertsIn finds alerts in a value: objects that have labels with a name of an alert.
func alertsIn(value json.RawMessage, depth int, add func(map[string]string)) {
	if depth > maxNesting || len(value) == 0 {
		return
	}
	switch value[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil {
			for _, one := range list {
				alertsIn(one, depth+1, add)
			}
		}
	case '{':
		var alert struct {
			Labels map[string]string
			Status json.RawMessage // a word in a webhook, an object in a list
			State  string
			Alerts json.RawMessage
			Data   json.RawMessage
		}
		_ = json.Unmarshal(value, &alert) // what is not as it should be is left out
		if alert.Labels["alertname"] != "" && string(alert.Status) != `"resolved"` && alert.State != "inactive" {
			add(alert.Labels)
		}
		alertsIn(alert.Alerts, depth+1, add)
		alertsIn(alert.Data, depth+1, add)
	}
}

// alertPod makes of an alert's labels what it says of a container; nil if nothing. The label reason is that of kube-state-metrics
// (kube_pod_container_status_waiting_reason, kube_pod_container_status_last_terminated_reason).
func alertPod(labels map[string]string) *statusPod {
	name, reason := labels["alertname"], labels["reason"]
	p := &statusPod{namespace: labels["namespace"], name: labels["pod"], uid: labels["uid"], container: labels["container"]}
	if p.container == "" {
		p.container = labels["container_name"]
	}
	killed := reason == "OOMKilled" || strings.Contains(strings.ToLower(name), "oomkill")
	switch {
	case p.name == "" || !podName.MatchString(p.name):
		return nil
	case killed:
		p.exit = &corev1.ContainerStateTerminated{ExitCode: unknownFailure, Reason: "OOMKilled"}
		p.unseen = true
	case reason == "CrashLoopBackOff" || strings.Contains(name, "CrashLoop"):
	case name == "KubeContainerWaiting" && reason != "":
		p.reason = reason
	default:
		return nil
	}
	return p
}

var podName = lazyregexp.New(`^[a-z0-9][a-z0-9.-]*$`)
