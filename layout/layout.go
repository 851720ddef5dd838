// Package layout knows files by their paths: those that programs write which collect evidence. It is tables of paths, a
// file for each program, which names the source of its format.
package layout

import (
	"slices"
	"strconv"
	"strings"
)

// Place is what the layout of a known program says of a file, by the file's path alone. A path is still only a hint:
// whether the pod exists, and which of its runs wrote a log, is decided by what was read.
type Place struct {
	Layout string // name of the layout; "" when no layout knows the path
	Role   Role

	// Of a log.
	Namespace, Pod, UID, Container string
	Previous, Current              bool
	Attempt                        int  // number of the run, which the kubelet's own files carry; -1 where the path has none
	Loose                          bool // other programs' paths may look the same

	// Of objects that don't say their own type.
	APIVersion, Kind string

	// Why the file is no evidence.
	Why string // "" where that is not worth a word: but for objects, which are read wherever they are
}

// Role is what the file at a place is for.
type Role int

// The roles of files.
const (
	Unknown  Role = iota
	Objects       // Kubernetes objects
	Log           // the log of one container
	Sections      // the logs of several containers, each between a START and an END line
	None          // no evidence about a container: audit logs, metrics, certificates
)

// program is the files that one program writes.
type program struct {
	name  string
	files []pattern
	about About
}

// About is what is worth saying of a program's files, for people.
type About struct {
	Program string
	Known   string // by which path
	Tells   string
	Hides   string // what is not in them
	Source  string // of the layout
}

// Programs are the programs whose files are known.
func Programs() []About {
	var all []About
	for _, l := range layouts {
		all = append(all, l.about)
	}
	return all
}

// pattern is one line of a layout: a pattern of paths and what the file there is. What stands in braces is taken
// from the path, and * is anything. A pattern that ends in /** means everything below the folders of these very names.
type pattern struct {
	path string
	Place
}

// layouts are asked in this order, and the first that knows a path wins: the more telling patterns stand first.
var layouts = []program{mustGather, supportBundle, kubeletFiles, rancher, sos, clusterDump, velero, ownBundle}

// Of finds out what a path says. Nothing but the path's end counts, since archives are unpacked into folders of any name:
// a must-gather's files lie in one that is named after an image, which lies in one named after the day. In archives a
// colon stands between the archive and what it holds.
func Of(path string) (Place, bool) {
	path = strings.ReplaceAll(strings.TrimSuffix(path, ".gz"), ":", "/")
	parts := strings.Split(path, "/")
	for _, l := range layouts {
		for i := range l.files {
			f := &l.files[i]
			if !f.mayMatch(path) {
				continue
			}
			p := f.Place
			p.Layout, p.Attempt = l.name, -1
			if p.matchPath(f.path, parts) {
				return p, true
			}
		}
	}
	return Place{Attempt: -1}, false
}

// Strict says that only a program that collects evidence makes such a path.
func (p Place) Strict() bool { return p.Layout != "" && !p.Loose }

// mayMatch tells most paths by the text at the pattern's end that is not left open.
func (f *pattern) mayMatch(path string) bool {
	if folder, below := strings.CutSuffix(f.path, "/**"); below {
		return strings.Contains(path, folder)
	}
	return strings.HasSuffix(path, f.path[strings.LastIndexAny(f.path, "}*/")+1:])
}

// ByKubectl says that a log at this place may have been written by kubectl, whose own errors then stand in its place. Other
// programs write what the API server answers.
func (p Place) ByKubectl() bool { return p.Layout == "" || p.Layout == clusterDump.name }

// matchPath matches a path with a pattern, and takes over what it says only if all of it fits.
func (p *Place) matchPath(pattern string, parts []string) bool {
	folder, below := strings.CutSuffix(pattern, "/**")
	if !below {
		return p.matchEnd(pattern, parts)
	}
	names := strings.Split(folder, "/")
	for i := 0; i+len(names) < len(parts); i++ {
		if slices.Equal(names, parts[i:i+len(names)]) {
			return true
		}
	}
	return false
}

// matchEnd matches from the end: the file's own name tells most paths apart.
func (p *Place) matchEnd(pattern string, parts []string) bool {
	got := *p
	for more := true; more; {
		var name string
		slash := strings.LastIndexByte(pattern, '/')
		more, name, pattern = slash >= 0, pattern[slash+1:], pattern[:max(slash, 0)]
		if len(parts) == 0 || !got.matchPart(name, parts[len(parts)-1]) {
			return false
		}
		parts = parts[:len(parts)-1]
	}
	*p = got
	return true
}

// maxPart is the length of a file's name on Linux. Archives may hold longer ones, which would take long to try.
const maxPart = 255

// matchPart matches one name. What stands in braces is taken over; * is anything. The longest match is tried first:
// in {container}-{id} the container's name may hold dashes, too.
func (p *Place) matchPart(pattern, text string) bool {
	start := strings.IndexAny(pattern, "{*")
	if start < 0 {
		return pattern == text
	}
	if len(text) > maxPart {
		return false
	}
	text, ok := strings.CutPrefix(text, pattern[:start])
	if !ok || !strings.HasSuffix(text, pattern[strings.LastIndexAny(pattern, "}*")+1:]) { // the latter saves trying
		return false
	}
	name, rest := "*", pattern[start+1:]
	if pattern[start] == '{' {
		name, rest, _ = strings.Cut(rest, "}")
	}
	if rest == "" {
		return p.take(name, text)
	}
	for end := len(text); end > 0; end-- {
		if p.take(name, text[:end]) && p.matchPart(rest, text[end:]) {
			return true
		}
	}
	return false
}

// take notes what stands at a name of a pattern, if it can be such a thing.
func (p *Place) take(name, text string) bool {
	switch name {
	case "namespace":
		p.Namespace = text
		return isName(text)
	case "pod":
		p.Pod = text
		return isName(text)
	case "container":
		p.Container = text
		return isName(text)
	case "uid":
		p.UID = text
		return isHex(strings.ReplaceAll(text, "-", ""))
	case "id":
		return len(text) == 64 && isHex(text)
	case "attempt":
		n, err := strconv.Atoi(text)
		p.Attempt = n
		return err == nil && len(text) <= 6 && text[0] != '+' && text[0] != '-'
	}
	return true
}

// isName says whether text can be the name of an object: a DNS subdomain (k8s.io/apimachinery/pkg/util/validation,
// IsDNS1123Subdomain).
func isName(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		edge := i == 0 || i == len(text)-1
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || (c == '-' || c == '.') && !edge) {
			return false
		}
	}
	return text != ""
}

func isHex(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return text != ""
}
