package bundle

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/objects"
	"github.com/unloop-dev/unloop/printed"
)

// kind is what a file is.
type kind string

const (
	kindEncoded kind = "encoded" // a text, once it is decoded
	kindTxtar   kind = "txtar"
	kindObjects kind = "objects"
	kindMeta    kind = "meta"
	kindLog     kind = "log"

	kindSections kind = "sections" // the logs of several containers, each between two lines

	kindText kind = "text" // what programs print for people, and logs

	// What can't be used.
	kindEmpty   kind = "empty"
	kindNothing kind = "nothing" // JSON or YAML that holds no object: what jq prints when it finds none
	kindXz      kind = "xz"
	kindBinary  kind = "binary"
	kindJSON    kind = "json"
	kindYAML    kind = "yaml"
	kindOther   kind = "other"
	kindAside   kind = "aside" // known to be no evidence
)

// why says why a file of this kind is not used.
func (k kind) why() string {
	switch k {
	case kindEmpty:
		return "empty"
	case kindNothing:
		return "JSON or YAML without any object in it"
	case kindXz:
		return "packed with xz or lz4, which are not read; unpack it, or use zstd or gzip"
	case kindBinary:
		return "a binary file"
	case kindJSON:
		return "JSON without apiVersion and kind"
	case kindYAML:
		return "YAML without apiVersion and kind"
	}
	return "neither Kubernetes objects nor a log"
}

const utf8BOM = "\xef\xbb\xbf"

// baseName is the last part of a name, in archives too.
func baseName(name string) string { return path.Base(strings.ReplaceAll(name, ":", "/")) }

// kindOf tells what a file is from its beginning.
func kindOf(f files.File) kind {
	switch f.Kind {
	case files.UTF16, files.Latin1:
		return kindEncoded
	case files.Xz:
		return kindXz
	case files.Binary:
		return kindBinary
	}
	return sniff(f.Head, f.Name)
}

// sniff tells what a text is from its beginning. The name decides only where the content says nothing.
func sniff(head []byte, name string) kind {
	text := bytes.TrimPrefix(head, []byte(utf8BOM))
	base := baseName(name)
	switch trimmed := bytes.TrimSpace(text); {
	case base == metaName:
		return kindMeta
	case len(trimmed) == 0 && isLogName(base):
		return kindLog // a program that wrote nothing is evidence
	case len(trimmed) == 0:
		return kindEmpty
	case trimmed[0] == '{' || trimmed[0] == '[':
		k := sniffJSON(trimmed, base)
		if k != kindObjects && printed.HoldsRecords(trimmed) {
			k = kindText // an export of logs
		}
		if k != "" {
			return k
		}
	case objects.Sniff(text) == objects.Whole:
		if !isLogName(base) && promptLine.Match(text) {
			return kindText
		}
		return kindObjects
	case !isLogName(base) && isTxtar(text): // a log must not pass itself off as evidence of its own choice
		return kindTxtar
	}
	if !isLogName(base) && len(head) < files.HeadBytes && isNothing(text) {
		return kindNothing
	}
	return sniffText(text, base)
}

// isNothing says of a whole text that it is a value without content.
func isNothing(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("---")))
	switch strings.Join(strings.Fields(string(text[:min(len(text), 64)])), "") {
	case "null", "{}", "[]", "[null]", "[{}]", "~", `""`:
		return true
	}
	return false
}

// sniffJSON tells objects from logs in JSON, and from JSON of others; "" for what is to be looked at as a text.
func sniffJSON(text []byte, base string) kind {
	switch objects.Sniff(text) {
	case objects.Whole:
		return kindObjects
	case objects.Records:
		if strings.HasSuffix(base, ".json") {
			return kindLog
		}
		return ""
	case objects.Piece:
		return ""
	}
	if bytes.Contains(text, []byte(`"io.kubernetes.container.name"`)) {
		return kindText // crictl inspect
	}
	if holdsTexts(text) {
		return kindText // the answer of a program that ran another; text() skips it if it is not
	}
	if !isLogName(base) && (strings.HasSuffix(base, ".json") || bytes.HasPrefix(text, []byte("{\n"))) {
		return kindJSON
	}
	return ""
}

// holdsTexts says that a string with several lines, or a list of strings, is in a JSON.
func holdsTexts(text []byte) bool {
	return bytes.Count(text, []byte(`\n`)) > 2 || bytes.Count(text, []byte("\",\n")) > 4 || bytes.Count(text, []byte(`", "`)) > 4
}

// promptLine is a command behind a prompt: what follows it is something else. The one before the object is part of it.
var promptLine = lazyregexp.New(`(?m)^(?:\S{0,80}[$#>] ?)(?:kubectl|oc|crictl) \S`)

// txtarMarker begins a file in a text archive; the name has an extension that evidence has.
var txtarMarker = lazyregexp.New(`(?m)^-- \S+\.(?:yaml|yml|json|log|txt|err) --\r?$`)

func isTxtar(text []byte) bool { return txtarMarker.Match(text) }

// otherNames are the extensions of files that people keep beside evidence and that are no logs.
var otherNames = map[string]bool{
	".md": true, ".go": true, ".py": true, ".sh": true, ".js": true, ".ts": true, ".html": true, ".css": true, ".svg": true,
	".xml": true, ".toml": true, ".csv": true, ".java": true, ".tf": true, ".tpl": true, ".lock": true,
}

// documents are those of them that may hold what programs print.
var documents = map[string]bool{".md": true, ".html": true, ".csv": true, ".xml": true}

// sniffText tells code that people keep beside evidence from texts.
func sniffText(text []byte, base string) kind {
	extension := strings.ToLower(path.Ext(base))
	if otherNames[extension] && !documents[extension] || bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("#!")) {
		return kindOther
	}
	return kindText
}

// namesPrinted says whether the name of a log says that a command was printed into it: describe.log, events-shop.log.
func namesPrinted(base string) bool {
	words := strings.FieldsFunc(strings.ToLower(base), isNameSeparator)
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"describe", "events", "pods", "nodes", "kubelet", "journal", "crictl", "paste"}, word)
	})
}
