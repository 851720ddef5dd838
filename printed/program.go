package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// program is what a word of a command line names.
type program struct {
	name string // kubectl, crictl, journalctl, nerdctl, docker; "" for one that is not known
	// short says that the word is too common to be a command without a prompt before it.
	short bool
	// words are what an alias stands for: "kgp" for "get pods".
	words []string
}

// programNames are the programs whose output is read, and the names that are kubectl's too.
var programNames = map[string]program{
	"kubectl": {name: "kubectl"}, "kubecolor": {name: "kubectl"}, "microk8s.kubectl": {name: "kubectl"}, "crictl": {name: "crictl"},
	"journalctl": {name: "journalctl"}, "nerdctl": {name: "nerdctl"}, "docker": {name: "docker"},
	"oc": {name: "kubectl", short: true}, "k": {name: "kubectl", short: true},
}

// shortNames are what people call kubectl, beside k; alone on a line they count only before a command that is whole.
var shortNames = []string{"k", "kc", "ks", "kb", "kctl", "kube", "oc"}

// kubectlFile is the name of a kubectl of one version, or of a script around it: kubectl-1.29, kubectl_v1.30.2, kubectl.sh.
var kubectlFile = lazyregexp.New(`^kubectl(?:[-_.]?v?\d[\w.+-]*|[-_.](?:linux|darwin|windows|amd64|arm64)[\w.-]*|-real|-bin|-wrapper)?$`)

// programOf tells the program that a word names, with or without its folder and extension.
func programOf(word string) (program, bool) {
	if strings.Contains(word, "=") || strings.Contains(word, "://") {
		return program{}, false
	}
	base := word[strings.LastIndexAny(word, `/\`)+1:]
	for _, extension := range []string{".exe", ".sh", ".cmd", ".bat"} {
		base = strings.TrimSuffix(base, extension)
	}
	if p, ok := programNames[base]; ok {
		return p, true
	}
	if strings.HasPrefix(base, "kubectl") && kubectlFile.MatchString(base) {
		return program{name: "kubectl"}, true
	}
	return program{}, false
}

var (
	// getAlias is an alias for get or describe: k, perhaps sys, the verb, the kind, and what is appended. They are those of
	// the kubectl plug-in of Oh My Zsh (plugins/kubectl) and of ahmetb/kubectl-aliases.
	getAlias = lazyregexp.New(`^k(sys)?([gd])(all|pods?|po|p|deploy|dep|sts|ss|svc|sec|rs|ds|d|s|nodes?|no|ns|jobs?|j|cj|ing|i|cm|pvc|ev|e|a)(?:oyaml|ojson|owide|wide|all|sl|a|w)*(n)?$`)
	// logAlias is one for logs, of one container before this one with a p: kl, klo, klf, klog, klp, kl1h.
	logAlias = lazyregexp.New(`^k(?:sys)?l(?:o|og|ogs)?(f|p|pf|fp)?(\d+[smh])?(n)?$`)
)

// aliasKinds are the kinds in getAlias that are not kubectl's own short names.
var aliasKinds = map[string]string{
	"p": "pods", "d": "deployments", "dep": "deployments", "ss": "statefulsets", "s": "services", "n": "nodes", "j": "jobs", "i": "ingresses",
	"ing": "ingresses", "a": "all", "e": "events", "sec": "secrets", "cm": "configmaps",
}

// aliasOf tells what an alias stands for.
func aliasOf(word string) (program, bool) {
	if len(word) < 2 || len(word) > 20 || word[0] != 'k' || strings.IndexByte("gdls", word[1]) < 0 {
		return program{}, false
	}
	if m := getAlias.FindStringSubmatch(word); m != nil {
		words := []string{map[string]string{"g": "get", "d": "describe"}[m[2]], m[3]}
		if kind := aliasKinds[m[3]]; kind != "" {
			words[1] = kind
		}
		if m[1] != "" {
			words = append(words, "--namespace=kube-system")
		}
		for _, output := range []string{"yaml", "json", "wide"} {
			if strings.Contains(word, "o"+output) || output == "wide" && strings.Contains(word, output) {
				words = append(words, "-o", output)
			}
		}
		return program{"kubectl", true, withNamespace(words, m[4])}, true
	}
	if m := logAlias.FindStringSubmatch(word); m != nil {
		words := []string{"logs"}
		if strings.Contains(m[1], "p") {
			words = append(words, "-p")
		}
		if m[2] != "" {
			words = append(words, "--since="+m[2])
		}
		return program{"kubectl", true, withNamespace(words, m[3])}, true
	}
	return program{}, false
}

// withNamespace ends an alias that is followed by a namespace.
func withNamespace(words []string, n string) []string {
	if n == "" {
		return words
	}
	return append(words, "-n")
}

// otherLogs are programs that have logs of their own, or events, of things that are called as pods may be.
var otherLogs = []string{
	"docker", "docker-compose", "podman", "nerdctl", "crictl", "ctr", "lxc", "incus", "heroku", "flyctl", "fly", "railway", "vercel", "render", "aws",
	"az", "gcloud", "doctl", "eb", "sam", "serverless", "sls", "pm2", "snap", "git", "svn", "hg", "flux", "argocd", "argo", "stern", "nomad", "consul", "vault",
	"supabase", "dokku", "cf", "wrangler", "eas", "gh", "glab", "firebase", "netlify", "compose", "talosctl", "istioctl", "pulumi", "terraform",
	"systemctl", "cat", "less", "tail", "echo", "grep", "man", "curl",
}

// callsKubectl says that words behind a prompt are a command in kubectl's grammar, whatever the program before them is
// called: the verb, and a kind with or without a name.
func callsKubectl(name, rest string) bool {
	c := Command{Program: "kubectl"}
	args := c.parse(words(rest))
	if len(args) == 0 || strings.ContainsAny(rest, "!?") || slices.Contains(otherLogs, name) {
		return false
	}
	switch c.Verb {
	case "logs":
		return len(args) > 1 && len(args) <= 3 && objectName.MatchString(c.Name)
	case "get", "describe":
		return len(args) > 1 && len(args) <= 5 && !slices.ContainsFunc(strings.Split(args[1], ","), func(word string) bool { return !isKind(word) })
	case "events":
		return len(args) == 1 && strings.Contains(rest, " -")
	}
	return false
}

// objectName is how objects are called (RFC 1123 subdomain).
var objectName = lazyregexp.New(`^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$`)

// isKind says whether a word names a kind on the command line of kubectl.
func isKind(word string) bool {
	word, _, _ = strings.Cut(strings.ToLower(word), "/")
	word, _, _ = strings.Cut(word, ".")
	return word == "all" || kindName(word) != word || slices.Contains([]string{
		"configmap", "configmaps", "cm", "secret", "secrets", "services", "ingresses", "ing", "namespace", "namespaces", "ns",
		"replicationcontrollers", "rc", "hpa", "pv", "pdb", "serviceaccounts", "sa", "networkpolicies", "crd", "certificates",
		"deploymentconfig", "deploymentconfigs", "dc", "routes", "builds",
	}, word)
}
