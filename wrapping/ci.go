package wrapping

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// githubStamp is the length of "2026-04-10T08:22:00.1234567Z " (GitHub Actions and Azure Pipelines: .NET's format "o", 100 ns
// a tick; actions/runner, src/Runner.Common/Logging.cs), 0 if the line begins with none.
func githubStamp(l string) int {
	if !matches(l, "0000-00-00T00:00:00.0000000Z") {
		return 0
	}
	if len(l) > 28 && l[28] == ' ' {
		return 29
	}
	if len(l) == 28 {
		return 28
	}
	return 0
}

// cutGithub takes the stamp of a line of a raw log. The first line of a file begins with a byte order mark.
func cutGithub(l string) (cut, bool) {
	l = strings.TrimPrefix(l, "\ufeff")
	n := githubStamp(l)
	return cut{rest: l[n:]}, n > 0
}

// cutGithubView reads a line of "gh run view --log": job, step and the line of the raw log, between tabs
// (cli/cli, pkg/cmd/run/view/view.go, displayRunLog).
func cutGithubView(l string) (cut, bool) {
	_, rest, ok := strings.Cut(l[:min(len(l), 512)], "\t")
	_, rest, ok2 := strings.Cut(rest, "\t")
	if !ok || !ok2 {
		return cut{}, false
	}
	return cutGithub(l[min(len(l), 512)-len(rest):])
}

// runnerMarks are what the runners of GitHub and Azure write before lines of their own (actions/runner,
// src/Runner.Common; microsoft/azure-pipelines-agent, docs/authoring/commands.md).
var runnerMarks = []string{
	"##[group]", "##[endgroup]", "##[section]", "##[command]", "##[error]", "##[warning]", "##[debug]", "##[notice]", "[command]",
}

// hasRunnerMarks says that a runner's own lines are among those of the runs.
func hasRunnerMarks(lines []Line, _ []run) bool {
	for _, l := range lines {
		if i := strings.Index(l.Text[:min(len(l.Text), 512)], "["); i > 0 && i < 300 && strings.HasPrefix(l.Text[i-1:], " [command]") ||
			i > 2 && strings.HasPrefix(l.Text[i-2:], "##[") {
			return true
		}
	}
	return false
}

// runnerLines reads the marks of a runner: a command that it says to run becomes one behind a prompt, where its output
// begins, and the other marks go.
func runnerLines(lines []Line) []Line {
	for i := 0; i < len(lines); i++ {
		mark, rest := runnerMark(lines[i].Text)
		switch command, isRun := strings.CutPrefix(rest, "Run "); {
		case mark == "":
		case mark == "##[group]" && isRun:
			end, echoed := groupEnd(lines, i)
			switch {
			case echoed > 1: // the output of several commands follows
				lines[i].Text = ""
			case end < 0:
				lines[i].Text = "$ " + command
			default:
				for k := i; k < end; k++ {
					lines[k].Text = ""
				}
				lines[end].Text = "$ " + command
				i = end
			}
		case strings.HasSuffix(mark, "[command]"):
			lines[i].Text = "$ " + rest
		case mark == "##[endgroup]", mark == "##[group]":
			lines[i].Text = rest
		default:
			lines[i].Text = rest
		}
	}
	return lines
}

func runnerMark(l string) (mark, rest string) {
	if l == "" || l[0] != '#' && l[0] != '[' {
		return "", ""
	}
	for _, mark := range runnerMarks {
		if rest, ok := strings.CutPrefix(l, mark); ok {
			return mark, rest
		}
	}
	return "", ""
}

// maxGroup is how many lines the head of a step may have: its script, its shell, its environment.
const maxGroup = 200

// groupEnd finds the end of the head of a step, -1 for none, and counts the lines of the script in it: the runner prints them
// in bold cyan ("\x1b[36;1m"), before "shell:" or "env:".
func groupEnd(lines []Line, i int) (end, echoed int) {
	script := true
	for k := i + 1; k < min(len(lines), i+maxGroup); k++ {
		mark, _ := runnerMark(lines[k].Text)
		switch {
		case mark == "##[endgroup]":
			return k, echoed
		case mark != "":
			return -1, 0
		case strings.HasPrefix(lines[k].Text, "shell: "), strings.HasPrefix(lines[k].Text, "env:"), strings.HasPrefix(lines[k].Text, "with:"):
			script = false
		case script && !isBlank(lines[k].Text):
			echoed++
		}
	}
	return -1, 0
}

// cutGitlab takes "2024-05-22T12:43:46.962646Z 00O " off, which GitLab's runners have put before each line since 17.0: a
// time, the stream's number and kind, and a "+" where the line goes on the one above
// (gitlab-org/gitlab, merge request 153516).
func cutGitlab(l string) (cut, bool) {
	if !matches(l, "0000-00-00T00:00:00.000000Z ") || len(l) < 31 {
		return cut{}, false
	}
	s := l[28:]
	if !isHex(s[0]) || !isHex(s[1]) || s[2] != 'O' && s[2] != 'E' {
		return cut{}, false
	}
	if len(s) == 3 {
		return cut{}, true
	}
	return cut{rest: s[4:], more: s[3] == '+'}, s[3] == ' ' || s[3] == '+'
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' }

// cutBuildkite takes "\x1b_bk;t=1745322209921\a" off, an application program command that a terminal does not show; where a
// program dropped the escape and the bell, "_bk;t=1745322209921" is left
// (buildkite.com/docs/pipelines/managing-log-output).
func cutBuildkite(l string) (cut, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(l, "\x1b"), "_bk;t=")
	const milliseconds = "0000000000000"
	if !ok || !matches(rest, milliseconds) {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(rest[len(milliseconds):], "\a")}, true
}

// cutProw takes the head off that the bootstrap of Prow's and Jenkins' jobs put before each line of a job:
// "W0410 08:22:00.123] " (kubernetes/test-infra, jenkins/bootstrap.py, setup_logging). klog's has more digits.
func cutProw(l string) (cut, bool) {
	if len(l) < 20 || strings.IndexByte("DIWEF", l[0]) < 0 || !matches(l[1:], "0000 00:00:00.000]") {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(l[19:], " ")}, true
}

// cutJenkins takes "[2026-04-10T08:22:00.123Z] " off, which the plug-in Timestamper puts before each line of a pipeline
// (jenkinsci/timestamper-plugin).
func cutJenkins(l string) (cut, bool) {
	if !matches(l, "[0000-00-00T00:00:00.000Z]") {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(l[26:], " ")}, true
}

// hasPipelineLines says that Jenkins' own lines are there.
func hasPipelineLines(lines []Line, _ []run) bool {
	for _, l := range lines {
		if strings.Contains(l.Text[:min(len(l.Text), 80)], "[Pipeline] ") {
			return true
		}
	}
	return false
}

// traced is how "set -x" shows that a shell runs kubectl; a script of a pipeline is run with it.
var traced = lazyregexp.New(`^\++ ((?:\S*/)?(?:kubectl|oc|crictl|journalctl|docker|nerdctl) .+)$`)

// shellLines makes the commands of a script's trace stand behind a prompt.
func shellLines(lines []Line) []Line {
	for i, l := range lines {
		if strings.HasPrefix(l.Text, "+") && len(l.Text) < 1<<10 {
			if m := traced.FindStringSubmatch(l.Text); m != nil {
				lines[i].Text = "$ " + m[1]
			}
		}
	}
	return lines
}

// cutBuildx takes "#12 3.456 " off, of docker build's plain progress.
func cutBuildx(l string) (cut, bool) {
	if !strings.HasPrefix(l, "#") {
		return cut{}, false
	}
	n := 1 + digitsAt(l[1:])
	if n < 2 || n >= len(l) || l[n] != ' ' {
		return cut{}, false
	}
	m := digitsAt(l[n+1:])
	f := fractionAt(l[n+1+m:])
	end := n + 1 + m + f
	if m == 0 || f == 0 || end < len(l) && l[end] != ' ' {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(l[end:], " ")}, true
}
