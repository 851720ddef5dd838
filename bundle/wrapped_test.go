package bundle_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// wrappedChanges put something around the texts of an input: what package wrapping takes off again.
func wrappedChanges() []change {
	wraps := []change{
		{name: ">", make: everyLine("> ")},
		{name: ">>", make: everyLine(">> ")},
		{name: "|", make: everyLine("| ")},
		{name: "│", make: everyLine("│ ")},
		{name: "#", make: everyLine("# ")},
		{name: "//", make: everyLine("// ")},
		{name: "+", make: everyLine("+")},
		{name: "indented by 4", make: everyLine("    ")},
		{name: "indented by a tab", make: everyLine("\t")},
		{name: "line numbers of cat", make: byLine(func(i int, l string) string { return fmt.Sprintf("%6d\t%s", i+1, l) })},
		{name: "line numbers of an editor", make: byLine(func(i int, l string) string { return fmt.Sprintf("%4d | %s", i+1, l) })},
		{name: "a screen's border", make: border},
		{name: "GitHub Actions", make: byLine(func(i int, l string) string { return fmt.Sprintf("2026-11-20T08:22:%02d.%07dZ %s", i/60%60, i, l) })},
		{name: "gh run view", make: byLine(func(i int, l string) string {
			return fmt.Sprintf("deploy\tShow the pods\t2026-11-20T08:22:%02d.%07dZ %s", i/60%60, i, l)
		})},
		{name: "GitLab", make: byLine(func(i int, l string) string { return fmt.Sprintf("2026-11-20T08:22:%02d.%06dZ 01O %s", i/60%60, i, l) })},
		{name: "Jenkins", make: byLine(func(i int, l string) string {
			return fmt.Sprintf("[2026-11-20T08:22:%02d.%03dZ] %s", i/60%60, i%1000, l)
		})},
		{name: "Buildkite", make: byLine(func(i int, l string) string { return fmt.Sprintf("\x1b_bk;t=%d\a%s", 1763626920000+i, l) })},
		{name: "Windows line ends", make: whole(func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })},
		{name: "UTF-16", make: whole(asUTF16)},
		{name: "no-break spaces", make: whole(func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") })},
		{name: "zero-width spaces", make: whole(func(s string) string { return strings.ReplaceAll(s, ": ", ":\u200b ") })},
		{name: "a fence", make: whole(func(s string) string { return "```\n" + s + "```\n" })},
		{name: "{noformat}", make: whole(func(s string) string { return "{noformat}\n" + s + "{noformat}\n" })},
		{name: "Ansible's list", make: whole(asList)},
		{name: "one JSON string", make: whole(asString)},
		{name: "hard wraps at 100", make: printedOnly(hardWrap(100))},
		{name: "hard wraps at 80", make: printedOnly(hardWrap(80))},
		{name: "kubectl logs --prefix", make: logsOnly(func(pod, container string) string { return "[pod/" + pod + "/" + container + "] " })},
		{name: "stern", make: logsOnly(func(pod, container string) string { return pod + " " + container + " " }), excepts: ownName},
	}
	return wraps
}

// ownName excepts pods whose names no controller has made: two words before each line may be the program's own.
func ownName(in input) string {
	for name := range in {
		if parts := strings.Split(name, "/"); len(parts) > 2 && parts[len(parts)-3] == "logs" && !generatedName.MatchString(parts[len(parts)-2]) {
			return "the pod's name is not one that shows what it is"
		}
	}
	return ""
}

var generatedName = regexp.MustCompile(`-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,2})$`)

func everyLine(prefix string) func(input, *rand.Rand) input {
	return byLine(func(_ int, l string) string { return prefix + l })
}

// byLine changes each line of each text. The file that makes a folder one of ours is left alone, as is what is empty.
func byLine(wrap func(i int, l string) string) func(input, *rand.Rand) input {
	return whole(func(text string) string {
		var out strings.Builder
		i := 0
		for l := range strings.Lines(text) {
			out.WriteString(wrap(i, strings.TrimSuffix(l, "\n")) + "\n")
			i++
		}
		return out.String()
	})
}

func whole(wrap func(string) string) func(input, *rand.Rand) input {
	return func(in input, _ *rand.Rand) input {
		out := maps.Clone(in)
		for name, text := range in {
			if text != "" && name != "meta.yaml" {
				out[name] = wrap(text)
			}
		}
		return out
	}
}

// printedOnly changes what kubectl prints for people.
func printedOnly(wrap func(string) string) func(input, *rand.Rand) input {
	return func(in input, _ *rand.Rand) input {
		out, changed := maps.Clone(in), false
		for name, text := range in {
			if strings.HasPrefix(text, "Name:") || strings.Contains(name, "events.txt") {
				out[name], changed = wrap(text), true
			}
		}
		if !changed {
			return nil
		}
		return out
	}
}

// logsOnly puts before each line of a log whose it is, as far as its path tells.
func logsOnly(prefix func(pod, container string) string) func(input, *rand.Rand) input {
	return func(in input, r *rand.Rand) input {
		out, changed := maps.Clone(in), false
		for name, text := range in {
			parts := strings.Split(name, "/")
			if len(parts) < 3 || parts[len(parts)-3] != "logs" || text == "" {
				continue
			}
			container, _, _ := strings.Cut(filepath.Base(name), ".")
			out[name] = everyLine(prefix(parts[len(parts)-2], container))(input{"x": text}, r)["x"]
			changed = true
		}
		if !changed {
			return nil
		}
		return out
	}
}

func border(in input, _ *rand.Rand) input {
	return whole(func(text string) string {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		width := 0
		for _, l := range lines {
			width = max(width, len([]rune(l)))
		}
		out := "┌" + strings.Repeat("─", width+2) + "┐\n"
		for _, l := range lines {
			out += "│ " + l + strings.Repeat(" ", width-len([]rune(l))) + " │\n"
		}
		return out + "└" + strings.Repeat("─", width+2) + "┘\n"
	})(in, nil)
}

func asUTF16(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

func quoted(s string) string {
	q, _ := json.Marshal(s) // a string always can be
	return string(q)
}

func asList(text string) string {
	var quotes []string
	for l := range strings.Lines(text) {
		quotes = append(quotes, "        "+quoted(strings.TrimSuffix(l, "\n")))
	}
	return "TASK [debug] ***\nok: [localhost] => {\n    \"out.stdout_lines\": [\n" + strings.Join(quotes, ",\n") + "\n    ]\n}\n"
}

func asString(text string) string {
	return "TASK [debug] ***\nok: [localhost] => {\n    \"msg\": " + quoted(text) + "\n}\n"
}

func hardWrap(width int) func(string) string {
	return func(text string) string {
		var out []string
		for l := range strings.Lines(text) {
			runes := []rune(strings.TrimSuffix(l, "\n"))
			for len(runes) > width {
				out = append(out, string(runes[:width]))
				runes = runes[width:]
			}
			out = append(out, string(runes))
		}
		return strings.Join(slices.Clip(out), "\n") + "\n"
	}
}
