package bundle

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// place is what a known layout says of a file by the file's path alone. The layouts are those of programs that collect
// evidence; each has a file layout_*.go that names the source of its format. A path is still only a hint: whether the
// pod exists, and which of its runs wrote a log, is decided by what was read (deal.go).
type place struct {
	layout string // name of the layout; "" when no layout knows the path
	role   role

	// Of a log.
	namespace, pod, uid, container string
	previous, current              bool
	attempt                        int  // number of the run, which the kubelet's own files carry; -1 where the path has none
	loose                          bool // other programs' paths may look the same

	// Of objects that don't say their own type.
	objects typeMeta

	// Why the file is no evidence.
	why string // "" where that is not worth a word: but for objects, which are read wherever they are
}

// role is what the file at a place is for.
type role int

const (
	roleUnknown  role = iota
	roleObjects       // Kubernetes objects
	roleLog           // the log of one container
	roleSections      // the logs of several containers, each between a START and an END line (sections.go)
	roleNone          // no evidence about a container: audit logs, metrics, certificates
)

// pathLayout is the files that one program writes.
type pathLayout struct {
	name  string
	files []pathPattern
}

// pathPattern is one line of a layout: a pattern of paths and what the file there is. What stands in braces is taken
// from the path, and * is anything. A pattern that ends in /** means everything below the folders of these very names.
type pathPattern struct {
	path string
	place
}

// layouts are asked in this order, and the first that knows a path wins: the more telling patterns stand first.
var layouts = []pathLayout{mustGather, supportBundle, kubeletFiles, rancher, sos, clusterDump, velero, ownBundle}

// readPlace finds out what a path says. Nothing but the path's end counts, since archives are unpacked into folders of
// any name: a must-gather's files lie in one that is named after an image, which lies in one named after the day.
func readPlace(name string) (place, bool) {
	parts := strings.Split(strings.ReplaceAll(strings.TrimSuffix(name, ".gz"), ":", "/"), "/")
	for _, l := range layouts {
		for _, f := range l.files {
			p := f.place
			p.layout, p.attempt = l.name, -1
			if p.matchPath(f.path, parts) {
				return p, true
			}
		}
	}
	return place{attempt: -1}, false
}

// kindAt tells what a file is from its beginning and from its place: the content decides, but for what it cannot say.
func (r *reader) kindAt(name string, head []byte) kind {
	kind := sniff(head, name)
	p, known := readPlace(name)
	if !known || kind.archive() {
		return kind
	}
	switch p.role {
	case roleNone:
		if p.why != "" {
			r.passOver(name, p.why)
		} else if kind == kindObjects {
			return kind
		}
		return kindAside
	case roleObjects:
		if kind == kindJSON {
			return kindObjects
		}
	case roleSections:
		if bytes.HasPrefix(head, []byte(sectionStart)) {
			return kindSections
		}
	case roleLog:
		switch kind {
		case kindEmpty, kindTxtar, kindObjects, kindDescribe, kindTable, kindPaste, kindJSON, kindYAML, kindOther:
			return kindLog // whatever the program printed
		}
	}
	return kind
}

// typeAt is the type of an object, or of a list of objects, that does not say its own: what stands in such a place is
// of one kind.
func typeAt(name string, list bool) typeMeta {
	p, _ := readPlace(name)
	if list && p.objects.Kind != "" {
		p.objects.Kind += "List"
	}
	return p.objects
}

// passOver names the first of the files that are passed over for the same reason. There may be thousands.
func (r *reader) passOver(name, why string) {
	if r.aside == nil {
		r.aside = map[string]bool{}
	}
	if !r.aside[why] {
		r.aside[why] = true
		r.skip(name, why+"; such files are passed over")
	}
}

// matchPath matches a path with a pattern, and takes over what it says only if all of it fits.
func (p *place) matchPath(pattern string, parts []string) bool {
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
func (p *place) matchEnd(pattern string, parts []string) bool {
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
func (p *place) matchPart(pattern, text string) bool {
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
func (p *place) take(name, text string) bool {
	switch name {
	case "namespace":
		p.namespace = text
		return isName(text)
	case "pod":
		p.pod = text
		return isName(text)
	case "container":
		p.container = text
		return isName(text)
	case "uid":
		p.uid = text
		return isHex(strings.ReplaceAll(text, "-", ""))
	case "id":
		return len(text) == 64 && isHex(text)
	case "attempt":
		n, err := strconv.Atoi(text)
		p.attempt = n
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
