package wrapping

// wrapping is a row of the table.
type wrapping struct {
	name string
	// off takes it off the lines and gives what is left; nil where it is not there. The lines are not changed.
	off func(lines []Line, j judge) []Text

	holds  uint   // one of these must be in the text: has…
	begins string // one of these bytes must begin a line, after its indentation; any for ""
	once   bool   // it is looked for once, and counts as no layer

	// For a Filter, where it goes line by line:
	line *prefix
	each func(string) string
}

// The bytes that may begin a time, a name.
const (
	stampBytes  = "[0123456789ADFJMNOS"
	digits      = "0123456789"
	letters     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerBytes  = "abcdefghijklmnopqrstuvwxyz0123456789"
	borderBytes = "|\xe2"
)

// wrappings are tried in this order, and again from the first after each that was found: what a terminal or a transport
// does to all bytes, then what names itself, then what could be the program's own.
var wrappings = []wrapping{
	{name: "Windows line ends", off: lineEnds, holds: hasReturn, once: true, each: withoutReturn},
	{name: "zero-width characters", off: invisible, holds: hasForeign, once: true, each: withoutInvisible},
	eachLine("Buildkite stamps", "\x1b_", prefix{cut: cutBuildkite, least: 1}),
	eachLine("stern, coloured", "\x1b", prefix{cut: cutColoured, names: true, gap: true}),
	{name: "escape sequences", off: terminal, holds: hasEscape, once: true, each: withoutEscapes},

	eachLine("GitLab stamps", digits, prefix{cut: cutGitlab, inline: shellLines, least: 1}),
	eachLine("gh run view", "", prefix{cut: cutGithubView, inline: runnerLines}, hasTab),
	eachLine("GitHub or Azure stamps", digits, prefix{cut: cutGithub, proof: own, certain: hasRunnerMarks, inline: runnerLines}),
	eachLine("Prow stamps", "DIWEF", prefix{cut: cutProw}),
	eachLine("Jenkins stamps", "[", prefix{cut: cutJenkins, proof: own, certain: hasPipelineLines, inline: shellLines}),
	{name: "runner's marks", off: bareMarks, begins: "#[", once: true},

	eachLine("kubectl logs --prefix", "[", prefix{cut: cutKubectl, names: true, gap: true, least: 1}),
	eachLine("stern -o json", "{", prefix{cut: cutSternJSON, names: true, least: 1}),
	{name: "stern -o ppextjson", off: sternBlocks, begins: "{"},
	eachLine("logcli", digits, prefix{cut: cutLogcli, names: true, gap: true}),
	eachLine("kail", lowerBytes, prefix{cut: cutKail, names: true, gap: true}),
	eachLine("stern", "["+lowerBytes, prefix{cut: cutStern, names: true, gap: true, proof: likely, certain: agree}),
	eachLine("compose", digits+letters, prefix{cut: cutCompose, names: true, gap: true, proof: likely, certain: numbered}, hasPipe),
	{name: "processes", off: processes, begins: "([", line: &prefix{cut: cutProcess, least: 1}},

	{name: "wide blanks", off: wideBlanks, holds: hasForeign, once: true},
	{name: "typographic quotes", off: quotes, holds: hasForeign, once: true},
	{name: "fences", off: fences, holds: hasTag, begins: "{[<", once: true},
	{name: "HTML table", off: htmlTables, holds: hasTag},
	{name: "HTML escapes", off: entities, holds: hasTag, once: true},

	eachLine("docker build", "#", prefix{cut: cutBuildx, proof: likely}),
	eachLine("line numbers", "["+digits, prefix{learn: learnNumbers, proof: likely, certain: counting, ascends: true}),
	eachLine(">>", ">", prefix{learn: learnMark(">>"), proof: likely, certain: entire}),
	eachLine(">", ">", prefix{learn: learnMark(">"), proof: likely, certain: entire}),
	{name: "border", off: border, begins: borderBytes + "+", line: &bordered},
	{name: "table", off: tables, begins: borderBytes + "+" + letters + digits, holds: hasPipe | hasForeign},
	eachLine("//", "/", prefix{learn: learnMark("//"), proof: likely, certain: entire}),
	eachLine("##", "#", prefix{learn: learnMark("##"), proof: likely, certain: commented}),
	eachLine("#", "#", prefix{learn: learnMark("#"), proof: likely, certain: commented}),
	eachLine("+", "+", prefix{learn: learnDiff, proof: likely, certain: commented}),
	eachLine(";", ";", prefix{learn: learnMark(";"), proof: likely, certain: entire}),
	eachLine("*", "*", prefix{learn: learnMark("*"), proof: likely}),
	eachLine("--", "-", prefix{learn: learnMark("--"), proof: likely}),
	eachLine("'", "'", prefix{learn: learnMark("'"), proof: likely}),
	{name: "indentation", off: indentation, begins: ""},
	eachLine("page's stamps", "123456789FMSTW", prefix{learn: learnDashboard, proof: likely}),
	eachLine("Jenkins times", digits, prefix{cut: cutJenkinsClock, proof: own, inline: shellLines}),
	eachLine("journal", stampBytes, prefix{cut: cutJournal, proof: own}),
	eachLine("kubectl logs --timestamps", digits, prefix{cut: cutKubectlStamp, proof: read}),
	eachLine("stamps", stampBytes, prefix{cut: cutStamp, proof: own}),
	eachLine("brackets", "[", prefix{cut: cutBracket, proof: own}),
	eachLine("container's name", lowerBytes, prefix{learn: learnName, proof: likely, names: true}),
	eachLine("same words", "", prefix{learn: learnShape, proof: own}),

	{name: "comma-separated values", off: commaTables, begins: letters + `"`},
	{name: "list of Python", off: pythonLists, begins: "["},
	{name: "list of strings", off: lists, begins: `"-`},
	{name: "escaped text", off: escaped, holds: hasSlashN},
	{name: "hard wraps", off: folded, once: true},
}

// Names are the wrappings that are taken off, in the order in which they are looked for.
func Names() []string {
	var names []string
	for i := range wrappings {
		names = append(names, wrappings[i].name)
	}
	return names
}

// eachLine makes a row of a prefix.
func eachLine(name, begins string, p prefix, holds ...uint) wrapping {
	w := wrapping{name: name, begins: begins, off: p.off, line: &p}
	for _, h := range holds {
		w.holds |= h
	}
	return w
}

// processes takes off which process of a container wrote a line. The lines of each are told apart only where they are
// mixed: otherwise the text is one log, in its order.
func processes(lines []Line, j judge) []Text {
	p := prefix{cut: cutProcess, least: 1}
	p.names = interleaved(lines)
	return p.off(lines, j)
}

// interleaved says that lines of processes alternate.
func interleaved(lines []Line) bool {
	seen := map[string]bool{}
	turns := 0
	last := ""
	for _, l := range lines {
		c, ok := cutProcess(l.Text)
		if !ok {
			continue
		}
		if c.from.Process != last {
			turns++
			last = c.from.Process
			if len(seen) < maxTexts {
				seen[last] = true
			}
		}
	}
	return len(seen) > 1 && turns > 2*len(seen)
}

// bareMarks reads the marks of a runner where there are no stamps, as when they were copied from its page.
func bareMarks(lines []Line, _ judge) []Text {
	for _, l := range lines {
		if mark, _ := runnerMark(l.Text); mark != "" && mark != "[command]" {
			return asText(runnerLines(append([]Line(nil), lines...)))
		}
	}
	return nil
}
