package wrapping

import (
	"slices"
	"strings"
)

// cutBracket takes "[build] " off, which many tools put before the lines of a part: tkn, concurrently, skaffold, Jenkins'
// parallel steps.
func cutBracket(l string) (cut, bool) {
	if !strings.HasPrefix(l, "[") {
		return cut{}, false
	}
	end := strings.IndexByte(l[:min(len(l), 120)], ']')
	if end < 2 || strings.ContainsAny(l[1:end], "[{\"") {
		return cut{}, false
	}
	rest := strings.TrimPrefix(l[end+1:], ":")
	if rest != "" && rest[0] != ' ' {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(rest, " ")}, true
}

// notNames are words with which each line of a log may begin: levels, and programs that say their own name.
var notNames = []string{"at", "in", "to", "the", "npm", "yarn", "pnpm", "goroutine", "main", "created", "and", "a", "more", "caused", "exec", "node", "name", "image", "pod", "failed", "kubectl", "oc", "helm", "docker"}

// learnName finds the word with which most lines begin: k9s writes the container's name so (derailed/k9s,
// internal/dao/log_item.go).
func learnName(lines []Line) func(string) (cut, bool) {
	votes := map[string]int{}
	best := ""
	for _, l := range lines {
		if l.Text == "" || !isNameByte(l.Text[0]) {
			continue
		}
		first, _ := word(l.Text)
		if len(first) > 63 || !isName(first) || strings.Contains(first, ".") || !strings.ContainsAny(first, letters) || len(votes) > 10000 {
			continue
		}
		votes[first]++
		if votes[first] > votes[best] || votes[first] == votes[best] && first < best {
			best = first
		}
	}
	if votes[best] < 2 || levelWords[best] || slices.Contains(notNames, best) {
		return nil
	}
	return func(l string) (cut, bool) {
		first, rest := word(l)
		return cut{rest: rest, from: Writer{Container: best}}, first == best
	}
}

// cutStamp takes a time off, in brackets or not.
func cutStamp(l string) (cut, bool) {
	s, bracket := strings.CutPrefix(l, "[")
	if s == "" || !isDigit(s[0]) && !isLetter(s[0]) {
		return cut{}, false
	}
	n := stampAt(s)
	if n == 0 || !bracket && isKubectlStamp(s[:n]) || isNodeLine(l) {
		return cut{}, false
	}
	rest := s[n:]
	if bracket {
		if !strings.HasPrefix(rest, "]") {
			return cut{}, false
		}
		rest = rest[1:]
	}
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return cut{}, false
	}
	if rest != "" {
		rest = rest[1:]
	}
	return cut{rest: rest}, true
}

// isKubectlStamp knows the nine digits that kubectl logs --timestamps and container runtimes write.
func isKubectlStamp(stamp string) bool {
	return len(stamp) >= 30 && stamp[19] == '.' && stamp[10] == 'T'
}

// cutKubectlStamp takes "2026-04-10T08:22:00.123456789Z " off, and the stream that a runtime's file has behind it. The
// readers of logs know both.
func cutKubectlStamp(l string) (cut, bool) {
	n := dateAt(l)
	if n == 0 || !isKubectlStamp(l[:n]) || n < len(l) && l[n] != ' ' {
		return cut{}, false
	}
	rest := strings.TrimPrefix(l[n:], " ")
	for _, stream := range []string{"stdout F", "stderr F", "stdout P", "stderr P"} {
		if after, ok := strings.CutPrefix(rest, stream); ok {
			rest = strings.TrimPrefix(after, " ")
		}
	}
	return cut{rest: rest}, true
}

// isNodeLine says that a line is of a journal that is read as such.
func isNodeLine(l string) bool {
	if !isLetter(l[0]) && !strings.Contains(l[:min(len(l), 100)], "]: ") {
		return false
	}
	program, _, ok := journalAt(l)
	return ok && slices.Contains(nodePrograms, program)
}

func stampAt(s string) int {
	for _, at := range []func(string) int{dateAt, clockAt, slashedDateAt, monthAt} {
		if n := at(s); n > 0 {
			return n
		}
	}
	return 0
}

// cutJenkinsClock takes "08:22:00  " off, as Timestamper shows it on a page: two blanks stand behind it.
func cutJenkinsClock(l string) (cut, bool) {
	n := clockAt(l)
	if n == 0 || !strings.HasPrefix(l[n:], "  ") {
		return cut{}, false
	}
	return cut{rest: l[n+2:]}, true
}

// learnDashboard finds a time that a web page shows before each line. Copied, it may stand directly before the line, or up
// to two blanks.
func learnDashboard(lines []Line) func(string) (cut, bool) {
	blanks := "  "
	for _, l := range lines {
		if n := dashboardAt(l.Text); n > 0 {
			for rest := l.Text[n:]; rest != "" && !strings.HasPrefix(rest, blanks); {
				blanks = blanks[1:]
			}
		}
	}
	return func(l string) (cut, bool) {
		n := dashboardAt(l)
		return cut{rest: strings.TrimPrefix(l[n:], blanks)}, n > 0
	}
}

// nodePrograms write journals that are read as such, with their times.
var nodePrograms = []string{"kubelet", "systemd", "kernel", "containerd", "crio"}

// cutJournal takes "Apr 10 08:22:00 node-1 k3s[123]: " off, or the same with a time of RFC 3339 (journalctl's outputs "short"
// and "short-iso", syslog).
func cutJournal(l string) (cut, bool) {
	program, rest, ok := journalAt(l)
	return cut{rest: rest}, ok && !slices.Contains(nodePrograms, program)
}

// journalAt reads the head of a line of a journal.
func journalAt(l string) (name, text string, ok bool) {
	n := monthAt(l)
	if n == 0 {
		n = dateAt(l)
	}
	if n == 0 || n >= len(l) || l[n] != ' ' {
		return "", "", false
	}
	host, rest := word(l[n+1:])
	program, rest := word(rest)
	if host == "" || !strings.HasSuffix(program, "]:") && !strings.HasSuffix(program, ":") || strings.ContainsAny(program[:len(program)-1], ":\"'={") {
		return "", "", false
	}
	name, _, _ = strings.Cut(strings.TrimSuffix(program, ":"), "[")
	return name, rest, true
}
