package printed

import (
	"slices"
	"strings"
)

// Command is what a command line above a text says that the text is.
type Command struct {
	Program   string // kubectl, crictl, journalctl; "" when there is no command
	Verb      string // describe, get, logs, events, ps, inspect
	Kind      string // as the API writes it: Pod, Deployment, Event; "" when not said
	Name      string // "" when not said, or when there are several
	Namespace string
	Container string
	Previous  bool
	Output    string // -o
	Filtered  bool   // of logs: those of a time, or what another program made of them
}

// promptEnd are the characters that end a shell's prompt, and the "+" of "set -x".
const promptEnd = "$#%>❯➜λ»→+✗"

// programs are the commands that are looked for. The short names count only behind a prompt.
var programs = []string{"kubectl", "crictl", "journalctl", "nerdctl", "docker", "oc", "k"}

// wrappers are what may stand between a prompt and the command.
var wrappers = []string{"sudo", "watch", "time", "microk8s", "k3s", "minikube", "--"}

// findProgram finds the first word of a line that is one of programs. It gives the places of the word and of what stands
// behind it, -1 for none.
func findProgram(line string) (at, after int) {
	for start := 0; start < len(line); {
		end := start
		for end < len(line) && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		// The prompt of cmd.exe, and the marks of code in a sentence, stand before the command without a blank.
		word := start + strings.LastIndexAny(line[start:end], "`*>$#%") + 1
		name := strings.TrimPrefix(strings.TrimSuffix(line[word:end], ".exe"), "microk8s.")
		if end < len(line) && slices.Contains(programs, name) {
			return word, end
		}
		for start = end; start < len(line) && (line[start] == ' ' || line[start] == '\t'); start++ {
		}
	}
	return -1, -1
}

// promptBefore is what stands before a command, without the words that may wrap one and without variables set for it.
func promptBefore(text string) string {
	for {
		text = strings.TrimRight(text, "`* \t")
		last := text[strings.LastIndexAny(text, " \t>$#%")+1:]
		name, _, assigns := strings.Cut(last, "=")
		if last == "" || !slices.Contains(wrappers, last) && !(assigns && name == strings.ToUpper(name)) {
			return text
		}
		text = text[:len(text)-len(last)]
	}
}

// ParseCommand reads a line with a prompt and a command, "root@n1:~# kubectl logs api-1 -c web -p", or a command alone.
// ok is false for a line that is neither.
func ParseCommand(line string) (c Command, ok bool) {
	c, _, ok = parsePrompt(line)
	return c, ok
}

// parsePrompt gives the prompt too, "" for a command that stands alone.
func parsePrompt(line string) (c Command, prompt string, ok bool) {
	if len(line) > 600 || !strings.Contains(line, " ") {
		return Command{}, "", false
	}
	line = strings.TrimRight(strings.TrimSpace(line), "`*:")
	at, after := findProgram(line)
	if at < 0 || at > 200 {
		return Command{}, "", false
	}
	program := strings.TrimPrefix(strings.TrimSuffix(line[at:after], ".exe"), "microk8s.")
	rest := strings.TrimSpace(line[after:])
	before := promptBefore(line[:at])
	prompted := before != "" && strings.ContainsRune(promptEnd, lastRune(before)) || strings.HasPrefix(before, "➜")
	if before != "" && !prompted || !prompted && len(program) < 6 {
		return Command{}, "", false
	}
	c = Command{Program: program}
	if c.Program == "oc" || c.Program == "k" {
		c.Program = "kubectl"
	}
	c.parse(words(rest))
	c.Filtered = c.Verb == "logs" && (c.Filtered || filtered(rest))
	switch {
	case c.Program == "journalctl":
		return c, before, prompted || strings.HasPrefix(rest, "-")
	case !slices.Contains(verbs, c.Verb):
		return c, before, prompted // something else was run; it ends what stands above
	}
	return c, before, prompted || c.plausible(rest)
}

// verbs are the commands whose output is read.
var verbs = []string{"describe", "get", "logs", "log", "events", "ps", "inspect", "pods"}

func lastRune(s string) rune {
	var last rune
	for _, c := range s {
		last = c
	}
	return last
}

// plausible tells a command that stands alone on its line from a sentence about one: "kubectl logs shows this".
func (c *Command) plausible(rest string) bool {
	n := 0
	for _, word := range words(rest) {
		if !strings.HasPrefix(word, "-") {
			n++
		}
	}
	return n <= 4 && !strings.ContainsAny(rest, ",!?\"'") && (c.Kind != "" || c.Verb == "logs" || c.Program == "crictl" || c.Verb == "events")
}

// words splits a command line, up to what it is piped into.
func words(line string) []string {
	for _, end := range []string{" | ", " |", "; ", " && ", " > ", " 2>", " >"} {
		line, _, _ = strings.Cut(line, end)
	}
	return strings.Fields(line)
}

// withValue are the flags that are followed by a value.
var withValue = []string{
	"-n", "--namespace", "-c", "--container", "-o", "--output", "-l", "--selector", "--context", "--kubeconfig", "--tail", "--since",
	"--since-time", "--cluster", "--user", "--sort-by", "--field-selector", "-u", "--unit", "-s", "--limit-bytes", "--for", "--as",
	"--max-log-requests", "-L", "--label-columns", "--runtime-endpoint", "-r", "--pod", "--name", "--types", "-S",
}

func (c *Command) parse(words []string) {
	var args []string
	for i := 0; i < len(words); i++ {
		word := words[i]
		if !strings.HasPrefix(word, "-") || word == "-" {
			args = append(args, strings.Trim(word, "\"'"))
			continue
		}
		name, value, given := strings.Cut(word, "=")
		if !given && len(name) > 2 && name[1] != '-' && strings.Contains("nco", name[1:2]) {
			name, value, given = name[:2], name[2:], true // -nshop, -oyaml
		}
		if !given && slices.Contains(withValue, name) && i+1 < len(words) {
			i++
			value = words[i]
		}
		c.flag(name, strings.Trim(value, "\"'"))
	}
	c.args(args)
}

func (c *Command) flag(name, value string) {
	switch name {
	case "-n", "--namespace":
		c.Namespace = value
	case "-c", "--container":
		c.Container = value
	case "-o", "--output":
		c.Output = value
	case "-p", "--previous", "-pf", "-fp":
		c.Previous = value != "false"
	case "--for":
		c.object(value)
	case "--since", "--since-time":
		c.Filtered = true
	case "--tail":
		c.Filtered = c.Filtered || value == "0"
	}
}

func (c *Command) args(args []string) {
	if len(args) == 0 {
		return
	}
	c.Verb, args = args[0], args[1:]
	if c.Verb == "log" {
		c.Verb = "logs"
	}
	switch {
	case c.Program != "kubectl":
		return
	case c.Verb == "logs" && len(args) > 0:
		c.Kind = "Pod"
		c.object(args[0])
		if len(args) > 1 && c.Container == "" {
			c.Container = args[1] // kubectl logs POD CONTAINER
		}
	case c.Verb == "events":
		c.Kind = "Event"
	case (c.Verb == "get" || c.Verb == "describe") && len(args) > 0:
		c.target(args)
	}
}

// target takes TYPE [NAME], TYPE/NAME or TYPE,TYPE.
func (c *Command) target(args []string) {
	if strings.Contains(args[0], "/") {
		c.object(args[0])
	} else {
		c.Kind = kindName(args[0])
		if len(args) == 2 {
			c.Name = args[1]
		}
	}
	if len(args) > 2 || strings.Contains(args[0], ",") || len(args) == 2 && strings.Contains(args[0], "/") {
		c.Name = ""
	}
}

func (c *Command) object(arg string) {
	if kind, name, ok := strings.Cut(arg, "/"); ok {
		c.Kind, c.Name = kindName(kind), name
		return
	}
	c.Name = arg
}
