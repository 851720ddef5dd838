package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// scanner finds the parts of a text that no prompt divides.
type scanner struct {
	lines []string
	rows  []recogniser
	mark  int      // for exitCodeAfter: the lines before it were looked at
	node  nodeRun  // the lines of a node's log that were looked at last
	prose proseRun // the lines that nothing has claimed and that were looked at last
	// noPart is for partAt: the lines before it are of no piece of an object.
	noPart int

	known         []int32 // for knownSoon
	looked, logAt int     // for logIn: how many lines were looked at, and the number of the last that begins as one of a log
}

func newScanner(lines []string) *scanner { return &scanner{lines: lines, rows: recognisers()} }

// part is a run of lines of one kind.
type part struct {
	kind     BlockKind
	from, to int
}

// parts cuts the lines where something that is known begins, and where it ends.
func (s *scanner) parts() []part {
	var parts []part
	other := 0
	for i := 0; i < len(s.lines); {
		kind := s.startAt(i)
		if kind == "" || kind != BlockDescribe && !s.mayStart(i, other) && !s.maySayStatus(kind, i, other) {
			i++
			continue
		}
		from := i
		if kind == BlockDescribe {
			from = s.fragmentStart(i, other)
			if from == i && !s.mayStart(i, other) {
				i++
				continue
			}
		}
		if from > other {
			parts = append(parts, part{BlockOther, other, from})
		}
		end := max(s.endOf(kind, i), i+1)
		parts = append(parts, part{kind, from, end})
		i, other = end, end
	}
	if other < len(s.lines) {
		parts = append(parts, part{BlockOther, other, len(s.lines)})
	}
	return parts
}

// mayStart asks for a blank line before what begins after a line of a log, or after more than a few of anything else: a
// log may hold a line that looks like a row or a field, but seldom sets it apart. Prose is seldom set apart from the table
// or the describe that it introduces, and the heads of those are like nothing else.
func (s *scanner) mayStart(i, other int) bool {
	if i == other || strings.TrimSpace(s.lines[i-1]) == "" {
		return true
	}
	return (i-other <= 3 || s.isHead(i)) && !s.logIn(other, i)
}

// isHead says that a line is the first one of a table with its header, or of a whole describe.
func (s *scanner) isHead(i int) bool {
	l := s.lines[i]
	if header, ok := parseHeader(l); ok {
		return len(header.names) > 2
	}
	return nameLine.MatchString(l) || eventsLine.MatchString(l)
}

// logIn says whether one of the lines begins as one of a log. Each line is looked at once.
func (s *scanner) logIn(from, to int) bool {
	for ; s.looked < to; s.looked++ {
		if looksLikeLog(s.lines[s.looked : s.looked+1]) {
			s.logAt = s.looked + 1
		}
	}
	return s.logAt > from
}

// fragmentStart takes the fields above the first line that is known for one of describe: a text cut from its middle may
// begin anywhere.
func (s *scanner) fragmentStart(i, other int) int {
	from := i
	for from > other && isField(s.lines[from-1]) && !beginsLog(s.lines[from-1]) {
		from--
	}
	return from
}

// firstText is the first line that is not blank, -1 if none is.
func (s *scanner) firstText() int {
	for i, l := range s.lines {
		if strings.TrimSpace(l) != "" {
			return i
		}
	}
	return -1
}

var (
	nameLine      = newForm(`Name:[ \t]+[a-z0-9][a-z0-9.-]*[ \t]*$`, "Name:")
	afterName     = newForm(`(?:Namespace|Priority|Roles|Labels|Selector|CreationTimestamp|Annotations):`)
	eventsLine    = newForm(`Events:(?:[ \t]+<none>)?[ \t]*$`, "Events:")
	eventsHeader  = newForm(`(?:FirstSeen[ \t]+LastSeen|Type[ \t]+Reason[ \t]+Age)[ \t]+`, "FirstSeen", "Type")
	describeEvent = newForm(`(?:Normal|Warning)[ \t]+[A-Z]\w+[ \t]+(?:[0-9]+[smhdy])+(?:[ \t]+\(x[0-9]+ over [0-9smhdy]+\))?[ \t]+\S`, "Normal", "Warning")
	stateLine     = newForm(`(?:Last )?State:[ \t]+(?:Waiting|Running|Terminated)[ \t]*$`, "State:", "Last State:")
	statusLine    = newForm(`(?:Reason:[ \t]+[A-Z]\w+|Exit Code:[ \t]+\d+|Restart Count:[ \t]+\d+|(?:Started|Finished):[ \t]+[A-Z][a-z]{2}, \d.*|Ready:[ \t]+(?:True|False)|(?:Container|Image) ID:[ \t]+\S+|(?:Liveness|Startup|Readiness):[ \t]+(?:http-get|exec|tcp-socket|grpc) .*)[ \t]*$`,
		"Reason:", "Exit Code:", "Restart Count:", "Started:", "Finished:", "Ready:", "Container ID:", "Image ID:", "Liveness:", "Startup:", "Readiness:")
	objectLine = newForm(`(?:- )?(?:apiVersion:[ \t]+["']?[a-z0-9./]+["']?|kind:[ \t]+["']?[A-Z]\w+["']?)[ \t]*$`, "apiVersion:", "kind:", "- ")
	jsonKey    = newForm(`"(?:apiVersion|kind|metadata|items)"[ \t]*:`, `"`)
	inspectKey = newForm(`"(?:status|info)"[ \t]*:[ \t]*\{`, `"`)
)

// startAt says what begins at a line, "" if that is nothing known.
func (s *scanner) startAt(i int) BlockKind {
	l := s.lines[i]
	if strings.TrimSpace(l) == "" {
		return ""
	}
	if len(l) > maxRow {
		return s.longAt(i, l)
	}
	for k := range s.rows {
		if r := &s.rows[k]; r.starts(s, i, l) {
			return r.kind
		}
	}
	return ""
}

// near says whether one of the next n lines matches.
func (s *scanner) near(from, n int, f form) bool {
	for i := from; i < min(len(s.lines), from+n); i++ {
		if f.MatchString(s.lines[i]) {
			return true
		}
	}
	return false
}

// objectsAt knows the begin of an object in JSON or YAML.
func (s *scanner) objectsAt(i int, l string) bool {
	return opensJSON(l) && s.near(i+1, 3, jsonKey) || objectLine.MatchString(l) && s.near(i+1, 4, objectLine)
}

func (s *scanner) inspectAt(i int, l string) bool { return opensJSON(l) && s.near(i+1, 1, inspectKey) }

func opensJSON(l string) bool {
	l = strings.TrimSpace(l)
	return l == "{" || l == "["
}

func (s *scanner) describeAt(i int, l string) bool {
	switch {
	case nameLine.MatchString(l):
		return s.near(i+1, 1, afterName) || s.cutName(i)
	case eventsLine.MatchString(l):
		return strings.Contains(l, "<none>") || s.near(i+1, 1, eventsHeader) || s.near(i+1, 1, describeEvent)
	case eventsHeader.MatchString(l):
		return s.near(i+1, 2, describeEvent)
	case strings.HasPrefix(l, "Pod '") && foundEventsLine.MatchString(l):
		return true
	case stateLine.MatchString(l), describeEvent.MatchString(l):
		return true
	}
	return statusLine.MatchString(l) && s.near(i+1, 3, statusLine)
}

// cutName says that a name is followed by what else a pod has, after a cut: a gap or lines of containers, and a state.
func (s *scanner) cutName(i int) bool {
	for next := i + 1; next < min(len(s.lines), i+8); next++ {
		l := strings.TrimSpace(s.lines[next])
		if l == "" {
			continue
		}
		key, _, _ := strings.Cut(l, ":")
		return (isGapText(l) || slices.Contains(podKeys, key) || slices.Contains(containerKeys, key)) && s.near(next, maxToState, stateLine)
	}
	return false
}

func (s *scanner) crictlAt(i int, l string) bool {
	header, ok := parseHeader(l)
	return ok && isCrictlHeader(header) && s.rowBelow(i, func(l string) bool { return isCrictlRow(l, header) })
}

func (s *scanner) tableAt(i int, l string) bool {
	header, ok := parseHeader(l)
	if !ok {
		return isTableRow(l, table{})
	}
	return !isCrictlHeader(header) && isKnownHeader(header) && s.rowBelow(i, func(l string) bool { return isTableRow(l, header) })
}

// rowBelow says whether one of the two lines below a header is a row of its table.
func (s *scanner) rowBelow(i int, isRow func(string) bool) bool {
	return slices.ContainsFunc(s.lines[i+1:min(len(s.lines), i+3)], isRow)
}

// isTableRow says whether a line is one of a table, under a header or, for rows of pods and events, without one.
func isTableRow(l string, header table) bool {
	t := newTableReader(header, "")
	return t.line(l)
}

// endOf gives the line after what began at i.
func (s *scanner) endOf(kind BlockKind, i int) int { return recogniserOf(kind).end(s, i) }

func (s *scanner) crictlEnd(i int) int {
	header, _ := parseHeader(s.lines[i])
	return s.while(i+1, func(l string) bool { return isCrictlRow(l, header) })
}

func (s *scanner) tableEnd(i int) int {
	header, isHeader := parseHeader(s.lines[i])
	if isHeader {
		i++
	}
	return s.while(i, func(l string) bool {
		if next, ok := parseHeader(l); ok && isKnownHeader(next) {
			header = next // the next table of "kubectl get all"
		}
		return isTableRow(l, header)
	})
}

// while gives the first line from i on that is not one of them; blank lines are passed over.
func (s *scanner) while(i int, one func(string) bool) int {
	end := i
	for ; i < len(s.lines); i++ {
		if strings.TrimSpace(s.lines[i]) == "" {
			continue
		}
		if !one(s.lines[i]) {
			break
		}
		end = i + 1
	}
	return end
}

// isOtherStart says whether something other than describe begins at a line.
func (s *scanner) isOtherStart(i int) bool {
	kind := s.startAt(i)
	return kind != "" && kind != BlockDescribe
}

// objectsEnd finds the end of YAML or JSON: JSON ends with the bracket that stands where the first one stood, YAML with
// a line that can be none.
func (s *scanner) objectsEnd(i int) int {
	first := s.lines[i]
	open := strings.TrimSpace(first)
	if open == "{" || open == "[" {
		indent := first[:len(first)-len(strings.TrimLeft(first, " \t"))]
		closing := indent + map[string]string{"{": "}", "[": "]"}[open]
		for i++; i < len(s.lines); i++ {
			if strings.TrimRight(s.lines[i], " \t") == closing {
				return i + 1
			}
		}
		return len(s.lines)
	}
	for i++; i < len(s.lines); i++ {
		l := s.lines[i]
		if l != "" && l[0] != ' ' && l[0] != '#' && l[0] != '-' && !yamlKey.MatchString(l) || nameLine.MatchString(l) && s.describeAt(i, l) {
			return i
		}
	}
	return len(s.lines)
}

var yamlKey = lazyregexp.New(`^["']?[a-z][A-Za-z0-9_./-]*["']?:(?:[ \t].*)?$`)
