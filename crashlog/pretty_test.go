package crashlog

import (
	"fmt"
	"strings"
	"testing"
)

// TestRecordsOverSeveralLines gives records as jq and terminals show them.
func TestRecordsOverSeveralLines(t *testing.T) {
	const record = "{\n  \"level\": \"fatal\",\n  \"time\": \"2026-03-04T05:06:07Z\",\n  \"msg\": \"cannot open the store\",\n  \"error\": \"dial tcp 10.0.0.9:5432: connect: connection refused\",\n  \"peer\": {\n    \"port\": 5432,\n    \"tags\": [\n      \"a\",\n      3\n    ]\n  }\n}\n"
	const long = `{"level":"fatal","time":"2026-03-04T05:06:07Z","msg":"cannot open the store","error":"dial tcp 10.0.0.9:5432: connect: connection refused"}`
	wrapped := func(width int) string {
		var b strings.Builder
		for rest := long; rest != ""; {
			n := min(width, len(rest))
			b.WriteString(rest[:n] + "\n")
			rest = rest[n:]
		}
		return b.String()
	}
	lines := strings.SplitAfter(record, "\n")
	stamped := ""
	for _, l := range lines[:len(lines)-1] {
		stamped += "2026-03-04T05:06:07.123456789Z stderr F " + l
	}
	for name, tt := range map[string]struct {
		text string
		line int
	}{
		"whole":          {record, 5},
		"two":            {strings.Replace(record, "fatal", "info", 1) + record, 18},
		"array":          {"[\n" + strings.TrimSuffix(strings.ReplaceAll(record, "\n", "\n  "), "  ") + "]\n", 6},
		"indented":       {"    " + strings.ReplaceAll(record, "\n", "\n    "), 5},
		"cut below":      {strings.Join(lines[:5], ""), 5},
		"cut above":      {strings.Join(lines[1:], ""), 4},
		"cut both":       {strings.Join(lines[1:5], ""), 4},
		"by the kubelet": {stamped, 5},
		"between":        {"starting\n" + record + "bye\n", 6},
		"wrapped at 80":  {wrapped(80), 1},
		"wrapped at 40":  {wrapped(40), 1},
		"wrapped last":   {"{\"level\":\"info\",\"msg\":\"up\"}\n" + wrapped(72), 2},
	} {
		l := ReadBytes([]byte(tt.text))
		switch c := l.Crash; {
		case c == nil:
			t.Errorf("%s: no crash in\n%s", name, tt.text)
		case c.Line != tt.line || !strings.Contains(c.Message, "cannot open the store: dial tcp 10.0.0.9:5432: connect: connection refused"):
			t.Errorf("%s: line %d: %q, want line %d", name, c.Line, c.Message, tt.line)
		}
	}
}

// TestOtherJSONStaysAsItIs gives JSON over several lines that no logger wrote.
func TestOtherJSONStaysAsItIs(t *testing.T) {
	for _, text := range []string{
		"{\n  \"port\": 80,\n  \"hosts\": [\n    \"a\"\n  ]\n}\n",
		"{\n\n}\n{\n",
		"{\"a\":\n1\n",
		"\"quoted\": 1\nplain\n",
		"[\n{\n",
	} {
		l := ReadBytes([]byte(text))
		if want := strings.Count(strings.TrimRight(text, "\n"), "\n") + 1; len(l.Tail) != want {
			t.Errorf("%q has %d lines: %v", text, want, l.Tail)
		}
	}
}

// TestManyRecordsStayLinear gives what begins records and ends none.
func TestManyRecordsStayLinear(t *testing.T) {
	for _, line := range []string{"{\n", "{\"a\":\"b\n", "\"a\": 1,\n", "{\"a\": [\n"} {
		var b strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&b, "%s", line)
			if i%3 == 0 {
				b.WriteString("\"msg\": \"x\",\n")
			}
		}
		ReadBytes([]byte(b.String()))
	}
}

// FuzzPretty reads anything: no line is lost or told twice.
func FuzzPretty(f *testing.F) {
	f.Add("{\n\"level\": \"error\",\n\"msg\": \"x\"\n}\n{\"a\":\"b\nc\"}\n")
	f.Add("\"a\": 1,\n\"msg\": \"b\"\n}")
	f.Fuzz(func(t *testing.T, text string) {
		var lines []wholeLine
		for i, l := range strings.Split(text, "\n") {
			lines = append(lines, wholeLine{number: i + 1, text: []byte(l)})
		}
		last := 0
		for _, l := range joinRecords(lines) {
			if l.number <= last {
				t.Errorf("line %d behind %d", l.number, last)
			}
			last = l.number
		}
	})
}
