package wrapping_test

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/wrapping"
)

var traceLine = regexp.MustCompile(`^(?:\s+at [\w.$/]+\(|Caused by: |Exception in thread|Traceback \(most|  File "|goroutine \d+ \[|panic: |\s+\.\.\. \d+ more)`)

// known counts the lines of evidence and of traces.
func known(lines []string) int {
	n := 0
	for _, b := range printed.Split([]byte(strings.Join(lines, "\n") + "\n")) {
		if b.Kind != printed.BlockOther && b.Kind != printed.BlockLog {
			n += strings.Count(string(b.Text), "\n")
		}
	}
	for _, l := range lines {
		if traceLine.MatchString(l) {
			n++
		}
	}
	return n
}

// samples are texts that are recognised, as their program printed them.
func samples(t testing.TB) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	if len(all) < 5 {
		t.Fatalf("%d samples", len(all))
	}
	return all
}

// before puts a prefix before each line.
func before(prefix string) func([]string) []string {
	return func(lines []string) []string {
		var out []string
		for _, l := range lines {
			out = append(out, prefix+l)
		}
		return out
	}
}

// numbered formats each line with its number and text.
func numbered(format string) func([]string) []string {
	return func(lines []string) []string {
		var out []string
		for i, l := range lines {
			out = append(out, fmt.Sprintf(format, i+1, l))
		}
		return out
	}
}

func each(f func(string) string) func([]string) []string {
	return func(lines []string) []string {
		var out []string
		for _, l := range lines {
			out = append(out, f(l))
		}
		return out
	}
}

// boxed draws a frame.
func boxed(title, left, right string, top, bottom string) func([]string) []string {
	return func(lines []string) []string {
		width := 0
		for _, l := range lines {
			width = max(width, len([]rune(strings.ReplaceAll(l, "\t", "    "))))
		}
		var out []string
		if top != "" {
			out = append(out, string([]rune(top)[:1])+title+strings.Repeat(string([]rune(top)[1:2]), width+2-len(title))+string([]rune(top)[2:]))
		}
		for _, l := range lines {
			out = append(out, left+" "+l+strings.Repeat(" ", width-len([]rune(l)))+" "+right)
		}
		if bottom != "" {
			out = append(out, string([]rune(bottom)[:1])+strings.Repeat(string([]rune(bottom)[1:2]), width+2)+string([]rune(bottom)[2:]))
		}
		return out
	}
}

var wraps = []struct {
	name string
	wrap func([]string) []string
	skip []string // samples that the wrapping changes for good, or that are known with it
}{
	{"GitHub stamps", func(l []string) []string {
		return append([]string{"2026-04-10T08:22:00.1234567Z ##[group]Run kubectl describe pod -n parcels"}, numbered("2026-04-10T08:22:01.%07dZ %s")(l)...)
	}, nil},
	{"GitHub stamps, empty lines", func(l []string) []string {
		return append([]string{"\ufeff2026-04-10T08:22:00.1234567Z ##[error]failed", "2026-04-10T08:22:00.1234567Z "}, numbered("2026-04-10T08:22:01.%07dZ %s")(l)...)
	}, nil},
	{"gh run view", before("deploy\tShow the pods\t2026-04-10T08:22:01.1234567Z "), nil},
	{"Azure stamps", func(l []string) []string {
		return append([]string{"2026-04-10T08:22:00.1234567Z ##[section]Starting: Kubectl", "2026-04-10T08:22:00.2234567Z [command]/usr/bin/kubectl get pods"}, before("2026-04-10T08:22:01.1234567Z ")(l)...)
	}, nil},
	{"GitLab stamps", before("2026-04-10T08:22:01.123456Z 01O "), nil},
	{"GitLab sections", func(l []string) []string {
		return append(append([]string{"section_start:1775809321:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m"}, l...), "section_end:1775809330:step_script\r\x1b[0K")
	}, nil},
	{"Buildkite", before("\x1b_bk;t=1775809321123\a"), nil},
	{"Buildkite, bare", before("_bk;t=1775809321123"), nil},
	{"Jenkins stamps", func(l []string) []string {
		return append([]string{"[2026-04-10T08:22:00.123Z] [Pipeline] sh", "[2026-04-10T08:22:00.456Z] + kubectl get pods"}, before("[2026-04-10T08:22:01.123Z] ")(l)...)
	}, nil},
	{"Jenkins notes", each(func(l string) string { return "\x1b[8mha:////4Fv+abc/AAAAAKI=\x1b[0m" + l }), nil},
	{"Jenkins times", before("08:22:01  "), nil},
	{"Prow", before("W0410 08:22:01.123] "), nil},
	{"kubectl --prefix", before("[pod/courier-6d9f7c8b5-m4x7q/courier] "), nil},
	{"kubectl --prefix in GitHub", before("2026-04-10T08:22:01.1234567Z [pod/courier-6d9f7c8b5-m4x7q/courier] "), nil},
	{"stern", before("courier-6d9f7c8b5-m4x7q courier "), nil},
	{"stern -A", before("parcels courier-6d9f7c8b5-m4x7q courier "), nil},
	{"stern, coloured", before("\x1b[31mcourier-0\x1b[0m \x1b[32mcourier\x1b[0m "), nil},
	{"stern, arrow", before("courier-6d9f7c8b5-m4x7q › courier "), nil},
	{"stern -o json", each(func(l string) string {
		m, _ := json.Marshal(map[string]string{"message": l, "nodeName": "n1", "namespace": "parcels", "podName": "courier-0", "containerName": "courier"})
		return string(m)
	}), nil},
	{"stern -o extjson", each(func(l string) string {
		m, _ := json.Marshal(l)
		return `{"pod": "courier-0", "container": "courier", "message": ` + string(m) + `}`
	}), nil},
	{"kubetail", before("[courier-6d9f7c8b5-m4x7q courier] "), nil},
	{"kubetail, pod", before("[courier-6d9f7c8b5-m4x7q] "), nil},
	{"kail", before("parcels/courier-0[courier]: "), nil},
	{"logcli", before(`2026-04-10T08:22:01Z {container="courier", namespace="parcels", pod="courier-0"} `), nil},
	{"compose", before("courier-1  | "), nil},
	{"compose, coloured", before("\x1b[36mcourier-1  | \x1b[0m"), nil},
	{"compose, named", before("courier  | "), nil},
	{"k9s", before("│ courier "), nil},
	{"k9s, both borders", boxed(" Logs(parcels/courier-0:courier)[tail] ", "│", "│", "┌─┐", "└─┘"), []string{"java.txt"}},
	{"dialog", boxed("", "║", "║", "╔═╗", "╚═╝"), []string{"java.txt"}},
	{"ascii box", boxed("", "|", "|", "+-+", "+-+"), []string{"java.txt"}},
	{"Rancher", before("4/10/2026 8:22:01 AM"), nil},
	{"Rancher, new", before("Fri, Apr 10 2026 8:22:01 am "), nil},
	{"k3s journal", before("Apr 10 08:22:01 node-2 k3s[812]: "), nil},
	{"vLLM", before("(EngineCore pid=41) "), nil},
	{"ray", before("\x1b[36m(ServeReplica:app:Model pid=812, ip=10.0.0.4)\x1b[0m "), nil},
	{"raylet", before("(raylet, ip=10.0.0.4) "), nil},
	{"torchrun", before("[rank0]: "), nil},
	{">", before("> "), nil},
	{">>", before(">> "), nil},
	{"> >", before("> > "), nil},
	{"> without blank", before(">"), nil},
	{"│", before("│ "), nil},
	{"|", before("| "), nil},
	{";", before("; "), nil},
	{"#", before("# "), nil},
	{"//", before("// "), nil},
	{"+", before("+"), nil},
	{"cat -n", numbered("%6d\t%s"), nil},
	{"less -N", numbered("%7d %s"), nil},
	{"12:", numbered("%d: %s"), nil},
	{"12 |", numbered("%4d | %s"), nil},
	{"bat", numbered("%4d   │ %s"), nil},
	{"grep -n", numbered("%d:%s"), nil},
	{"indented", before("        "), nil},
	{"tab", before("\t"), nil},
	{"tkn", before("[deploy : show] "), nil},
	{"docker build", before("#12 3.456 "), nil},
	{"ts", before("Apr 10 08:22:01 "), nil},
	{"RFC 3339", before("2026-04-10T08:22:01Z "), nil},
	{"kubectl --timestamps", before("2026-04-10T08:22:01.123456789+08:00 "), []string{"java.txt"}},
	{"runtime's file", before("2026-04-10T08:22:01.123456789Z stderr F "), []string{"java.txt"}},
	{"[clock]", before("[08:22:01] "), nil},
	{"no-break spaces", each(func(l string) string { return strings.ReplaceAll(l, " ", "\u00a0") }), nil},
	{"zero-width", each(func(l string) string { return "\u200b" + l + "\ufeff" }), nil},
	{"HTML escapes", func(l []string) []string {
		return append([]string{"&lt;none&gt;"}, each(html.EscapeString)(l)...)
	}, nil},
	{"{noformat}", func(l []string) []string { return append(append([]string{"{noformat}"}, l...), "{noformat}") }, nil},
	{"{code}", func(l []string) []string {
		return append(append([]string{"{code:title=x|borderStyle=solid}" + l[0]}, l[1:]...), "{code}")
	}, nil},
	{"Ansible list", func(l []string) []string {
		out := []string{"TASK [debug] ***", "ok: [localhost] => {", `    "out.stdout_lines": [`}
		for i, t := range l {
			m, _ := json.Marshal(t)
			comma := ","
			if i == len(l)-1 {
				comma = ""
			}
			out = append(out, "        "+string(m)+comma)
		}
		return append(out, "    ]", "}")
	}, nil},
	{"Ansible msg", func(l []string) []string {
		m, _ := json.Marshal(strings.Join(l, "\n"))
		return []string{"ok: [localhost] => {", `    "msg": ` + string(m), "}"}
	}, nil},
	{"Ansible on one line", func(l []string) []string {
		m, _ := json.Marshal(map[string]any{"changed": true, "cmd": []string{"kubectl"}, "rc": 0, "stdout": strings.Join(l, "\n"), "stdout_lines": l})
		return []string{"fatal: [localhost]: FAILED! => " + string(m)}
	}, nil},
	{"a string", func(l []string) []string {
		m, _ := json.Marshal(strings.Join(l, "\n"))
		return []string{string(m)}
	}, nil},
	{"bare escapes", func(l []string) []string {
		return []string{strings.ReplaceAll(strings.Join(l, `\n`), "\t", `\t`)}
	}, nil},
	{"Vagrant", before("    control-1: "), nil},
	{"Terraform", before("null_resource.dump (local-exec): "), nil},
	{"Packer", before("==> amazon-ebs.node: "), nil},
	{"Go's testing", numbered("dump_test.go:%[1]d: %[2]s"), nil},
	{"TeamCity", numbered("[14:12:%02d]W:\t [Step 3/5] %s"), nil},
	{"a head of klog", numbered("I0605 12:12:01.%06d   41223 dump.go:77] %s"), nil},
	{"the name of a stream", before("STDOUT: "), nil},
	{"a list of YAML", each(func(l string) string {
		m, _ := json.Marshal(l)
		return "- " + string(m)
	}), nil},
	{"a list of Python", func(l []string) []string {
		var items []string
		for _, s := range l {
			items = append(items, "'"+strings.NewReplacer(`\`, `\\`, "'", `\'`, "\t", `\t`).Replace(s)+"'")
		}
		return []string{"[" + strings.Join(items, ", ") + "]"}
	}, nil},
	{"Windows", each(func(l string) string { return l + "\r" }), nil},
	{"quoted in a numbered page", func(l []string) []string { return numbered("%6d\t%s")(before("> ")(l)) }, nil},
}

// TestEachWrappingComesOff wraps each sample, and wants its lines back.
func TestEachWrappingComesOff(t *testing.T) {
	for _, w := range wraps {
		for name, sample := range samples(t) {
			if slices.Contains(w.skip, name) {
				continue
			}
			t.Run(w.name+"/"+name, func(t *testing.T) {
				wrapped := w.wrap(sample)
				texts := wrapping.Unwrap(wrapped, known)
				want := slices.DeleteFunc(slices.Clone(sample), blank)
				for i := range want {
					want[i] = strings.TrimRight(want[i], " ")
				}
				var got []string
				for _, text := range texts {
					got = append(got, within(text, want)...)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s\noff %q of\n%s", diff, offs(texts), strings.Join(wrapped[:min(len(wrapped), 12)], "\n"))
				}
				checkNumbers(t, texts, wrapped, sample)
			})
		}
	}
}

func blank(l string) bool { return strings.TrimSpace(l) == "" }

func offs(texts []wrapping.Text) (all [][]string) {
	for _, t := range texts {
		all = append(all, t.Off)
	}
	return all
}

// within gives the lines from the first one that is wanted on, as many as are, none of them blank.
func within(text wrapping.Text, want []string) []string {
	var got []string
	for _, l := range text.Lines {
		l := strings.TrimRight(l.Text, " ")
		if blank(l) || len(got) == 0 && l != want[0] || len(got) == len(want) {
			continue
		}
		got = append(got, l)
	}
	return got
}

// checkNumbers wants each line to stand, or to be escaped, in the line of its number.
func checkNumbers(t *testing.T, texts []wrapping.Text, wrapped, sample []string) {
	t.Helper()
	for _, text := range texts {
		last := 0
		for _, l := range text.Lines {
			if l.Number < last || l.Number < 1 || l.Number > len(wrapped) {
				t.Fatalf("line %d behind %d of %d", l.Number, last, len(wrapped))
			}
			last = l.Number
			if !slices.Contains(sample, l.Text) || blank(l.Text) || len(wrapped) < len(sample) {
				continue
			}
			word := strings.Fields(l.Text)[0]
			if !strings.Contains(html.UnescapeString(wrapped[l.Number-1]), strings.ReplaceAll(word, `"`, "")) && !strings.Contains(wrapped[l.Number-1], `\`) {
				t.Errorf("%q is said to stand in line %d: %q", l.Text, l.Number, wrapped[l.Number-1])
			}
		}
	}
}
