package evidence

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// heap is the heap size that a runtime was told to use.
type heap struct {
	runtime string // jvm, node, go, dotnet; "" when none was told
	text    string // the setting as it stands
	bytes   int64  // 0 when it can't be told: a share of a limit that is not set, or a variable that is not known
}

// heapOf looks for a heap size in command, args and env. A container has one runtime as a rule; should several be
// configured, the one that the command names comes first, else the order is fixed.
func heapOf(spec *corev1.Container, limit *int) heap {
	env := environmentOf(spec, limit)
	var words []string
	for _, arg := range slices.Concat(spec.Command, spec.Args) {
		words = append(words, splitWords(env.expand(arg))...)
	}
	var found []heap
	for _, read := range []func([]string, environment, *int) heap{jvmHeap, nodeHeap, goHeap, dotnetHeap} {
		if h := read(words, env, limit); h.runtime != "" {
			found = append(found, h)
		}
	}
	if len(found) == 0 {
		return heap{}
	}
	named := slices.IndexFunc(found, func(h heap) bool { return slices.ContainsFunc(words, h.namedBy) })
	return found[max(0, named)]
}

// namedBy says whether a word of the command is the runtime's program.
func (h heap) namedBy(word string) bool {
	program := map[string]string{"jvm": "java", "node": "node", "dotnet": "dotnet"}[h.runtime]
	return program != "" && (word == program || strings.HasSuffix(word, "/"+program))
}

// splitWords splits what may be a word or a whole script into words, without the quotes around them.
func splitWords(s string) []string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == ';' })
	for i, w := range words {
		words[i] = strings.Trim(w, `"'`)
	}
	return words
}

// JVM variables by when the JVM reads them: JAVA_TOOL_OPTIONS before the command line, _JAVA_OPTIONS after it
// (hotspot arguments.cpp, parse); the java launcher puts JDK_JAVA_OPTIONS before its arguments; start scripts put the
// others there.
var (
	jvmBefore = []string{
		"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "JAVA_OPTIONS", "JVM_OPTS", "JVM_ARGS", "JAVA_ARGS", "CATALINA_OPTS",
		"JAVA_OPTS_APPEND", "ES_JAVA_OPTS", "LS_JAVA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_OPTS", "SOLR_JAVA_MEM", "SBT_OPTS", "MAVEN_OPTS", "GRADLE_OPTS",
	}
	jvmAfter = []string{"_JAVA_OPTIONS"}

	jvmSize    = lazyregexp.New(`^(?:-Xmx|-mx|-XX:MaxHeapSize=)(.*)$`)
	jvmPercent = lazyregexp.New(`^-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)$`)
	jvmRAM     = lazyregexp.New(`^-XX:MaxRAM=(.*)$`)
	// jvmFraction is the setting that MaxRAMPercentage replaced in JDK 10.
	jvmFraction = lazyregexp.New(`^-XX:MaxRAMFraction=([1-9]\d{0,3})$`)
)

// jvmDefaultPercent is the share of memory a JVM takes for its heap when it is told only how much memory there is.
const jvmDefaultPercent = 25

// jvmHeap reads the JVM's options in its own order, where the later wins. A size wins over a share whatever their order:
// the JVM computes the heap from a share only when no size is set (hotspot arguments.cpp, set_heap_size).
func jvmHeap(words []string, env environment, limit *int) heap {
	options := slices.Concat(env.words(jvmBefore), words, env.words(jvmAfter))
	var size, share, ram heap
	percent := float64(jvmDefaultPercent)
	for _, o := range options {
		if m := jvmSize.FindStringSubmatch(o); m != nil {
			size = heap{"jvm", o, jvmBytes(m[1])}
		} else if m := jvmRAM.FindStringSubmatch(o); m != nil {
			ram = heap{"jvm", o, jvmBytes(m[1])}
		} else if m := jvmPercent.FindStringSubmatch(o); m != nil {
			share = heap{"jvm", o, 0}
			percent, _ = strconv.ParseFloat(m[1], 64) // digits and a point
		} else if m := jvmFraction.FindStringSubmatch(o); m != nil {
			share = heap{"jvm", o, 0}
			n, _ := strconv.Atoi(m[1]) // digits
			percent = 100 / float64(n)
		}
	}
	switch {
	case size.runtime != "":
		return size
	case share.runtime == "":
		share = ram
	}
	memory := ram.bytes
	if ram.runtime == "" && limit != nil {
		memory = int64(*limit)
	}
	if share.runtime != "" {
		share.bytes = shareOf(memory, percent)
	}
	return share
}

func shareOf(memory int64, percent float64) int64 {
	return int64(float64(memory) * min(percent, 1000) / 100)
}

// words gives the words of the variables, in the order of the names.
func (env environment) words(names []string) []string {
	var words []string
	for _, name := range names {
		words = append(words, splitWords(env[name])...)
	}
	return words
}

// jvmBytes reads a size as the JVM does: bytes, or with k, m, g, t; 0 for what it would refuse.
func jvmBytes(s string) int64 {
	return sizeIn(strings.ToLower(s), map[string]int64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40})
}

// sizeIn reads a whole number with one of the units; 0 for anything else.
func sizeIn(s string, units map[string]int64) int64 {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.ParseInt(s[:digits], 10, 64)
	unit, ok := units[s[digits:]]
	if err != nil || !ok || n > (1<<62)/unit {
		return 0
	}
	return n * unit
}

var (
	nodeSize    = lazyregexp.New(`^--?max[-_]old[-_]space[-_]size(?:=(.*))?$`)
	nodePercent = lazyregexp.New(`^--?max[-_]old[-_]space[-_]size[-_]percentage=(\d+(?:\.\d+)?)$`)
)

// nodeHeap reads V8's old-space size, in MiB. NODE_OPTIONS is read before the command line, which therefore wins.
func nodeHeap(words []string, env environment, limit *int) heap {
	var h heap
	options := slices.Concat(env.words([]string{"NODE_OPTIONS"}), words)
	for i, o := range options {
		if m := nodePercent.FindStringSubmatch(o); m != nil {
			percent, _ := strconv.ParseFloat(m[1], 64) // digits and a point
			h = heap{runtime: "node", text: o}
			if limit != nil {
				h.bytes = shareOf(int64(*limit), percent)
			}
		} else if m := nodeSize.FindStringSubmatch(o); m != nil {
			value := m[1]
			if !strings.Contains(o, "=") && i+1 < len(options) {
				value = options[i+1]
				o += " " + value
			}
			h = heap{"node", o, sizeIn(value, map[string]int64{"": 1 << 20})}
		}
	}
	return h
}

// goHeap reads GOMEMLIMIT, which covers all memory the Go runtime manages and is soft: the collector works harder near
// it, but it is exceeded when the live data is larger (runtime/debug.SetMemoryLimit).
func goHeap(_ []string, env environment, _ *int) heap {
	value := strings.TrimSpace(env["GOMEMLIMIT"])
	if value == "" || value == "off" {
		return heap{}
	}
	units := map[string]int64{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
	return heap{"go", "GOMEMLIMIT=" + value, sizeIn(value, units)}
}

// dotnetHeap reads .NET's hard limit. Its variables are hexadecimal, with or without 0x, which is a trap of its own:
// 100 is 256 bytes. Older runtimes call them COMPlus_.
func dotnetHeap(_ []string, env environment, limit *int) heap {
	for _, prefix := range []string{"DOTNET_", "COMPlus_"} {
		if name := prefix + "GCHeapHardLimit"; env[name] != "" {
			return heap{"dotnet", name + "=" + env[name], hexIn(env[name])}
		}
		if name := prefix + "GCHeapHardLimitPercent"; env[name] != "" {
			h := heap{runtime: "dotnet", text: name + "=" + env[name]}
			if limit != nil {
				h.bytes = shareOf(int64(*limit), float64(hexIn(env[name])))
			}
			return h
		}
	}
	return heap{}
}

func hexIn(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "0x"), 16, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
