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
	Filtered  bool   // of logs: those of a time, or what another program made of them
}

// promptEnd are the characters that end a shell's prompt, and the "+" of "set -x".
const promptEnd = "$#%>❯➜λ»→+✗"

// wrappers are what may stand between a prompt and the command.
var wrappers = []string{"sudo", "watch", "time", "microk8s", "k3s", "k0s", "rke2", "minikube", "command", "builtin", "\\command", "--"}

// carriers are programs that run another one somewhere else, after words of their own: "docker exec -it kind kubectl".
var carriers = []string{"ssh", "docker", "podman", "lxc", "incus", "multipass", "vagrant", "timeout", "env", "proxychains", "watch", "minikube"}

// called is a program that a command line calls.
type called struct {
	program
	before, rest string // what stands before it, and behind it
}

// findProgram finds the first word of a line that is a program whose output is read.
func findProgram(line string) (called, bool) {
	for start := 0; start < len(line); {
		end := start
		for end < len(line) && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		// The prompt of cmd.exe, and the marks of code in a sentence, stand before the command without a blank.
		word := start + strings.LastIndexAny(line[start:end], "`*>$#%") + 1
		if end < len(line) {
			if p, ok := programOf(line[word:end]); ok && !carries(p.name, line[end:]) {
				return called{p, line[:word], strings.TrimSpace(line[end:])}, word <= maxPrompt
			}
		}
		for start = end; start < len(line) && (line[start] == ' ' || line[start] == '\t'); start++ {
		}
	}
	return called{}, false
}

// carries says that a program runs another one, whose name comes later.
func carries(name, rest string) bool {
	rest = strings.TrimSpace(rest)
	return (name == "docker" || name == "nerdctl") && (strings.HasPrefix(rest, "exec ") || strings.HasPrefix(rest, "compose exec ")) &&
		strings.Contains(rest, "ctl ")
}

// maxPrompt is how long a prompt may be, in bytes.
const maxPrompt = 200

// findAlias finds a command behind a prompt whose program has a name of somebody's own, or is an alias.
func findAlias(line string) (called, bool) {
	for start := 0; start < min(len(line), maxPrompt); {
		end := start
		for end < len(line) && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		rest := strings.TrimSpace(line[end:])
		if prompt := line[:end]; strings.ContainsRune(promptEnd, lastRune(prompt)) {
			if c, ok := calledHere(prompt, rest); ok {
				return c, true
			}
		} else if cut := start + strings.LastIndexByte(line[start:end], '>') + 1; cut > start && strings.Contains(line[start:cut], `:\`) {
			if c, ok := calledHere(line[:cut], line[cut:]); ok { // C:\Users\me>kc get pods
				return c, true
			}
		} else if strings.HasPrefix(line, "➜") { // which stands before the folder, not behind it
			if c, ok := calledHere(prompt, rest); ok {
				return c, true
			}
		}
		for start = end; start < len(line) && (line[start] == ' ' || line[start] == '\t'); start++ {
		}
	}
	return called{}, false
}

// calledHere reads what stands behind a prompt as a command of kubectl.
func calledHere(prompt, text string) (called, bool) {
	for {
		word, rest, _ := strings.Cut(text, " ")
		rest = strings.TrimSpace(rest)
		base := word[strings.LastIndexAny(word, `/\`)+1:]
		switch alias, ok := aliasOf(base); {
		case slices.Contains(wrappers, word) && rest != "":
			text = rest
			continue
		case ok && callsKubectl(base, strings.Join(alias.words, " ")+" "+rest):
			return called{alias, prompt, rest}, true
		case programWord.MatchString(base) && !slices.Contains(proseWords, base) && prompt != ">" && callsKubectl(base, rest):
			return called{program{name: "kubectl", short: true}, prompt, rest}, true
		}
		return called{}, false
	}
}

// programWord is how a program or an alias may be called.
var programWord = lazyregexp.New(`^[a-z][\w.+-]{1,40}$`)

// proseWords stand before "get pods" in sentences, which may stand behind a "#".
var proseWords = []string{
	"we", "you", "they", "to", "and", "the", "not", "can", "cannot", "could", "will", "would", "should", "must", "still", "also", "then", "now", "never",
	"please", "always", "just", "only", "often", "do", "does", "did", "when", "if", "or", "how", "run", "running", "use", "using", "from", "with", "output",
	"my", "our", "these", "some", "no", "all", "see",
}

// promptBefore is what stands before a command, without the words that may wrap one and without variables set for it.
func promptBefore(text string) string {
	if at := carrierIn(text); at >= 0 {
		text = text[:at]
	}
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

// carrierIn finds the program, right behind a prompt, that runs the command somewhere else; -1 for none.
func carrierIn(text string) int {
	for i, word := range strings.Fields(text) {
		if i == 0 || !slices.Contains(carriers, word) {
			continue
		}
		at := strings.Index(text, " "+word+" ") + 1
		if at > 0 && strings.ContainsRune(promptEnd, lastRune(strings.TrimRight(text[:at], " \t"))) {
			return at
		}
	}
	return -1
}

// ParseCommand reads a line with a prompt and a command, "root@n1:~# kubectl logs api-1 -c web -p", or a command alone.
// ok is false for a line that is neither.
func ParseCommand(line string) (c Command, ok bool) {
	c, _, ok = parsePrompt(line)
	return c, ok
}

// parsePrompt gives the prompt too, "" for a command that stands alone.
func parsePrompt(line string) (c Command, prompt string, ok bool) {
	if len(line) > 600 {
		return Command{}, "", false
	}
	line = strings.TrimRight(strings.TrimSpace(line), "`*:")
	if found, ok := findProgram(line); ok {
		if c, prompt, ok := found.command(); ok {
			return c, prompt, true
		}
	}
	if found, ok := findAlias(line); ok && !beginsLog(line) {
		return found.command()
	}
	if word, rest, _ := strings.Cut(line, " "); slices.Contains(shortNames, word) && callsKubectl(word, rest) {
		c = Command{Program: "kubectl"}
		c.parse(words(rest))
		return c, "", c.plausible(rest)
	}
	return Command{}, "", false
}

// command reads what a program was called with. It is none if what stands before it is no prompt, unless it is a command
// that stands alone.
func (p called) command() (c Command, prompt string, ok bool) {
	before := promptBefore(p.before)
	prompted := before != "" && strings.ContainsRune(promptEnd, lastRune(before)) || strings.HasPrefix(before, "➜")
	if before != "" && !prompted || !prompted && p.short {
		return Command{}, "", false
	}
	c = Command{Program: p.name}
	c.parse(slices.Concat(p.words, words(p.rest)))
	c.Filtered = c.Verb == "logs" && (c.Filtered || filtered(p.rest))
	switch {
	case c.Program == "journalctl":
		return c, before, prompted || strings.HasPrefix(p.rest, "-")
	case !slices.Contains(verbs, c.Verb):
		return c, before, prompted // something else was run; it ends what stands above
	}
	return c, before, prompted || c.plausible(p.rest)
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
		if slices.Contains(sentenceWords, word) || strings.HasSuffix(word, ".") {
			return false
		}
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

// parse reads the words behind the program, and gives those that are no flags.
func (c *Command) parse(words []string) (args []string) {
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
	return args
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
