package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
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
}

// promptEnd are the characters that end a shell's prompt, and the "+" of "set -x".
const promptEnd = "$#%>❯➜λ»→+✗"

// commandStart finds a command and what stands before it on its line.
var commandStart = lazyregexp.New("^(.{0,100}?)(?:^|[ \t`*\\\\>$#%])((?:sudo |watch |time |[A-Z_]{3,40}=\\S{1,200} |(?:microk8s|k3s|minikube)(?:\\.| )|-- ){0,4})(kubectl|oc|k|crictl|journalctl|docker|nerdctl)(?:\\.exe)? +(.{1,400})$")

// ParseCommand reads a line with a prompt and a command, "root@n1:~# kubectl logs api-1 -c web -p", or a command alone.
// ok is false for a line that is neither.
func ParseCommand(line string) (c Command, ok bool) {
	if len(line) > 600 || !strings.Contains(line, " ") {
		return Command{}, false
	}
	line = strings.TrimRight(strings.TrimSpace(line), "`*:")
	m := commandStart.FindStringSubmatch(line)
	if m == nil {
		return Command{}, false
	}
	before := line[:len(line)-len(m[2])-len(m[3])-1-len(m[4])]
	before = strings.TrimRight(strings.TrimSpace(strings.TrimSuffix(before, ".exe")), "`* ")
	prompted := before != "" && strings.ContainsRune(promptEnd, lastRune(before)) || strings.HasPrefix(strings.TrimSpace(before), "➜")
	if before != "" && !prompted || !prompted && len(m[3]) < 2 {
		return Command{}, false
	}
	c = Command{Program: m[3]}
	if c.Program == "oc" || c.Program == "k" {
		c.Program = "kubectl"
	}
	c.parse(words(m[4]))
	switch {
	case c.Program == "journalctl":
		return c, prompted || strings.HasPrefix(m[4], "-")
	case !slices.Contains(verbs, c.Verb):
		return c, prompted // something else was run; it ends what stands above
	}
	return c, prompted || c.plausible(m[4])
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
