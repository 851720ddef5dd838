package objects

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// looseYAML reads YAML that was cut out of something larger: it may begin in the middle of an object, end within one, and
// lack what stood in between. Each part that hangs together becomes a tree: where a line stands further to the left than
// the first one, what is above it belongs to an object whose beginning is missing.
func looseYAML(lines []string) []*tree {
	var trees []*tree
	for _, run := range runsOf(lines) {
		trees = append(trees, run.trees()...)
	}
	return trees
}

// yamlRun is a run of lines of which none stands further to the left than the first.
type yamlRun struct {
	lines []string
	// openTop says that what the first line belongs to began before it, openEnd that it may go on behind the last one,
	// elided that lines were left out in between.
	openTop, openEnd, elided bool
}

// runsOf cuts the lines. Behind the line that grep puts between its finds comes something else; what a person has left out
// is mostly within one object.
func runsOf(lines []string) []yamlRun {
	var runs []yamlRun
	var run yamlRun
	indent := 0
	keep := func(openEnd bool) {
		if len(run.lines) > 0 {
			run.openEnd = openEnd
			run.openTop = !beginsWhole(strings.TrimLeft(run.lines[0], " "))
			runs = append(runs, run)
		}
		run = yamlRun{}
	}
	for _, l := range lines {
		text := strings.TrimLeft(l, " ")
		at := len(l) - len(text)
		switch {
		case strings.TrimSpace(text) == "--":
			keep(true)
			continue
		case isElision(text):
			run.elided = true
			continue
		case strings.TrimSpace(text) == "" || text[0] == '#':
		case len(run.lines) == 0:
			indent = at
		case at < indent, at == indent && isItem(strings.TrimLeft(run.lines[0], " ")) && !isItem(text):
			keep(false)
			indent = at
		}
		if len(run.lines) > 0 || strings.TrimSpace(text) != "" && text[0] != '#' {
			run.lines = append(run.lines, l)
		}
	}
	keep(true)
	return runs
}

// beginsWhole says that an object begins with the line: an item of a list, or the first field of an object of the API. Of
// what else it begins in the middle of is not known.
func beginsWhole(line string) bool {
	return isItem(line) || strings.HasPrefix(line, "apiVersion:")
}

// isItem says that a line begins an item of a list. kubectl writes the dash below the key of the list, so behind the last
// item the next key stands as far to the left.
func isItem(line string) bool { return strings.HasPrefix(line, "- ") }

// isElision knows what people put in the place of lines, and grep between its finds.
func isElision(text string) bool {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(text), "#/ ")) {
	case "...", "…", "[...]", "[…]", "(...)", "....", ".....", "<snip>", "[snip]", "<...>", "<omitted>", "snip", "..", "<cut>", "~~~":
		return true
	}
	return false
}

// yamlTries is how often a run is read again, with fewer lines, when the parser finds a fault in it.
const yamlTries = 6

// trees reads the lines. A text that was cut often ends within a line, which then makes no sense: the last lines are given
// up first, then all from the one on that the parser complains about.
func (r yamlRun) trees() []*tree {
	lines := r.lines
	for try := range yamlTries {
		var root yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(lines, "\n")+"\n"), &root)
		if err == nil {
			return r.take(&root)
		}
		r.openEnd = true
		keep := len(lines) - 1
		if try >= 2 {
			keep = min(keep, faultyLine(err)-1)
		}
		if keep <= 0 {
			return nil
		}
		lines = lines[:keep]
	}
	return nil
}

// faultyLine is the line that the parser complains about.
func faultyLine(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1]) // none, or digits
		return line
	}
	return 0
}

func (r yamlRun) take(root *yaml.Node) []*tree {
	t := treeOf(root, 0)
	if root.Kind == 0 || t == nil {
		return nil
	}
	if r.openEnd {
		openEnd(root, t)
	}
	t.above = t.above || r.openTop
	if r.elided {
		t.openAll()
	}
	return []*tree{t}
}
