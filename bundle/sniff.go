package bundle

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/objects"
	"github.com/unloop-dev/unloop/printed"
)

// kind is what a file is.
type kind string

const (
	kindGzip    kind = "gzip"
	kindZstd    kind = "zstd"
	kindBzip2   kind = "bzip2"
	kindUTF16   kind = "utf-16"
	kindLatin1  kind = "latin-1"
	kindTar     kind = "tar"
	kindZip     kind = "zip"
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

// archive says whether a file of this kind holds others, or another one.
func (k kind) archive() bool {
	switch k {
	case kindGzip, kindZstd, kindBzip2, kindTar, kindZip:
		return true
	}
	return false
}

const utf8BOM = "\xef\xbb\xbf"

// baseName is the last part of a name, in archives too.
func baseName(name string) string { return path.Base(strings.ReplaceAll(name, ":", "/")) }

// sniff tells what a file is from its beginning. The name decides only where the content says nothing.
func sniff(head []byte, name string) kind {
	if k := sniffBytes(head); k != "" {
		return k
	}
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
	if !isLogName(base) && len(head) < headBytes && isNothing(text) {
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

// sniffBytes recognises what is not text.
func sniffBytes(head []byte) kind {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b"):
		return kindGzip
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return kindTar
	case has("PK\x03\x04"), has("PK\x05\x06"):
		return kindZip
	case has("\x28\xb5\x2f\xfd"):
		return kindZstd
	case len(head) > 9 && has("BZh") && string(head[4:10]) == "1AY&SY": // the digits of pi, or of its square root in an empty one
		return kindBzip2
	case has("\xfd7zXZ\x00"), has("\x04\x22\x4d\x18"):
		return kindXz
	case has("\xff\xfe"), has("\xfe\xff"), isBareUTF16(head):
		return kindUTF16
	case isBinary(head):
		return kindBinary
	case isLatin1(head):
		return kindLatin1
	}
	return ""
}

// isBinary allows a log some bytes that are no text: a crash may leave a run of NULs, and old programs write Latin-1.
func isBinary(head []byte) bool {
	odd := 0
	for i := 0; i < len(head); {
		if c := head[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b' && c != '\f' && c != '\b' {
				odd++
			}
			i++
			continue
		}
		_, size := utf8.DecodeRune(head[i:])
		if size == 1 && utf8.FullRune(head[i:]) {
			odd++
		}
		i += size
	}
	return odd*10 > len(head)
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
