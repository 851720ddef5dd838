package printed

import (
	"slices"
	"strconv"
	"strings"
)

// BlockScreen is the list of pods on the screen of k9s, for Screen.
const BlockScreen BlockKind = "k9s"

// screenHeader reads the head of k9s's list of pods (derailed/k9s, internal/render/pod.go). An arrow marks the column by which it
// is sorted.
func screenHeader(l string) (table, bool) {
	if !strings.Contains(l, "READY") || !strings.Contains(l, " PF ") {
		return table{}, false
	}
	t, ok := parseHeader(l)
	for i, name := range t.names {
		t.names[i] = strings.TrimRight(name, "↑↓")
	}
	return t, ok && t.has("NAME", "PF", "READY", "STATUS", "RESTARTS")
}

func (s *scanner) screenAt(i int, l string) bool {
	header, ok := screenHeader(l)
	return ok && s.rowBelow(i, func(l string) bool { _, ok := screenRow(l, header); return ok })
}

func (s *scanner) screenEnd(i int) int {
	header, _ := screenHeader(s.lines[i])
	return s.while(i+1, func(l string) bool { _, ok := screenRow(l, header); return ok })
}

// screenRow reads a row. What k9s cut for want of room, it ends with "…": such a name is no name.
func screenRow(l string, header table) (podRow, bool) {
	r, ok := header.row(strings.TrimRight(l, " "))
	if !ok {
		return podRow{}, false
	}
	ready, total, ok := strings.Cut(r["READY"], "/")
	p := podRow{namespace: r.cell("NAMESPACE"), name: r["NAME"], status: r["STATUS"], node: r.screenCell("NODE"), ip: r.screenCell("IP"), wide: header.has("NODE")}
	a, err := strconv.Atoi(ready)
	b, err2 := strconv.Atoi(total)
	n, err3 := strconv.ParseInt(r["RESTARTS"], 10, 32)
	if !ok || err != nil || err2 != nil || err3 != nil || a > b || n < 0 || !podName.MatchString(p.name) || p.status == "" || !onlyOf(p.status, isKeyOrColon) {
		return podRow{}, false
	}
	p.ready, p.total, p.restarts = a, b, int32(n)
	p.age, _ = ParseAge(r["AGE"])
	return p, true
}

func isKeyOrColon(c byte) bool { return isKeyByte(c) || c == ':' }

// screenCell is the text of a column, "" for what k9s prints when there is nothing.
func (r row) screenCell(name string) string {
	text := r.cell(name)
	if slices.Contains([]string{"n/a", "-"}, text) || strings.HasSuffix(text, "…") {
		return ""
	}
	return text
}

// Screen reads the list of pods.
func Screen(text []byte) *Objects {
	o := &Objects{}
	var header table
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\r\n")
		if next, ok := screenHeader(l); ok {
			header = next
		} else if p, ok := screenRow(l, header); ok && len(header.names) > 0 {
			o.Pods = append(o.Pods, p.pod())
		}
	}
	return o
}
