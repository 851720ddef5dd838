// Package symptoms is what is known of the signs that Kubernetes shows before any cause is known: exit codes, signals, and
// the reasons of containers, pods and events. Each sign has a page (NAME.md): what it means, which causes it can be, the
// most usual first, and how to tell them apart.
//
// A page is named exit-N, or as the reason is, in kebab-case; other names stand in a comment below its heading:
//
//	<!-- also: SIGKILL, signal 9 -->
package symptoms

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed *.md
var files embed.FS

// Page is what is known of one symptom.
type Page struct {
	ID    string   // "exit-137"; reports print it as the symptom of a cause
	Names []string // what else it is called: "SIGKILL"
	Doc   string
}

// Title is the page's heading.
func (p *Page) Title() string {
	first, _, _ := strings.Cut(p.Doc, "\n")
	return strings.TrimPrefix(first, "# ")
}

// Pages gives all pages in order of their ids.
func Pages() []*Page { return slices.Clone(read().pages) }

// Find gives the page for a symptom's id, an exit code ("137", "exit code 137", "0xC0000005"), a signal or a reason, case and
// punctuation ignored; nil when there is none. Every exit code has a page.
func Find(name string) *Page {
	known := read()
	name = strings.TrimSpace(name)
	if initProgress.MatchString(name) {
		return known.byName["PodInitializing"]
	}
	name = ofInit.ReplaceAllString(name, "")
	if p := known.byName[name]; p != nil {
		return p
	}
	if m := exitCode.FindStringSubmatch(name); m != nil {
		base := 10
		if strings.HasPrefix(strings.ToLower(m[1]), "0x") {
			base = 0 // as the prefix says
		}
		code, err := strconv.ParseInt(m[1], base, 64)
		if httpStatus := m[1] == name && code > 255 && code < 1000; err != nil || httpStatus {
			return nil
		}
		return known.byName[pageOf(code)]
	}
	return known.byKey[key(name)]
}

// ofInit is what STATUS puts before the reason of an init container; initProgress stands there while all goes well.
var (
	ofInit       = regexp.MustCompile(`(?i)^init:`)
	initProgress = regexp.MustCompile(`(?i)^init:[0-9]+/[0-9]+$`)
)

// exitCode matches the ways to write one: 137, exit-137, exit code 137, ExitCode:137 (as STATUS has it), 0xC0000005. The first
// hyphen joins, a second one, or one behind a blank, is a sign.
var exitCode = regexp.MustCompile(`(?i)^(?:exit(?:ed)?(?:-|[: ]+)?)?(?:with )?(?:(?:code|status)(?:-|[: ]+)?)?(-?[0-9]{1,10}|0x[0-9a-f]{1,8})$`)

// pageOf gives a name of an exit code's page.
func pageOf(code int64) string {
	own := fmt.Sprintf("exit-%d", code)
	switch {
	case read().byName[own] != nil:
		return own
	case code < 0 || code > 255:
		return "exit-windows"
	case code >= 64 && code <= 78:
		return "exit-sysexits"
	case code >= 129 && code <= 192:
		return "exit-signal"
	}
	return "exit-other"
}

// catalogue is all pages, by the names that they have and by the keys of those. OutOfmemory, a reason of pods, and OutOfMemory
// share a key; the name as it is written decides.
type catalogue struct {
	pages         []*Page
	byName, byKey map[string]*Page
}

var read = sync.OnceValue(func() catalogue {
	c := catalogue{byName: make(map[string]*Page), byKey: make(map[string]*Page)}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // of files that are built in
	}
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			panic(err)
		}
		p := &Page{ID: strings.TrimSuffix(entry.Name(), ".md"), Doc: string(text)}
		if m := also.FindStringSubmatch(p.Doc); m != nil {
			p.Names = strings.Split(m[1], ", ")
		}
		c.pages = append(c.pages, p)
		for _, name := range append([]string{p.ID}, p.Names...) {
			c.byName[name] = p
			if c.byKey[key(name)] == nil {
				c.byKey[key(name)] = p
			}
		}
	}
	return c
})

var also = regexp.MustCompile(`(?m)^<!-- also: (.*) -->$`)

// key is a name without case, blanks and punctuation.
func key(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
