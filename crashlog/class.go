package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// class is what a line outside of traces means for the question of what the run died of.
type class uint8

const (
	classWork    class = iota // work: the program goes about its business
	classSilent               // blank, or part of a trace
	classMore                 // belongs to the record before it
	classStop                 // says that the program stops
	classReady                // says that the program serves
	classWrapper              // says only that something else failed: npm's summary, "exited with code 1"
	classFailure              // an error
	classFatal                // a line that a program writes as its last
)

// classify gives each entry its class. Entries of traces are silent: the trace speaks for them.
func classify(es []entry, ts []trace) []class {
	classes := make([]class, len(es))
	inTrace := 0
	for i := range es {
		for inTrace < len(ts) && ts[inTrace].end < i {
			inTrace++
		}
		switch {
		case inTrace < len(ts) && i >= ts[inTrace].start, es[i].blank():
			classes[i] = classSilent
		case i > 0 && continues(es, classes, i):
			classes[i] = classMore
		default:
			classes[i] = es[i].class()
		}
	}
	return classes
}

// class judges an entry by itself.
func (e *entry) class() class {
	quiet, failing := e.quiet(), e.words&hintsFail != 0
	switch {
	case failing && supervised.MatchString(e.text):
		return classWrapper
	case !quiet && failing && wrapperText.MatchString(e.text):
		return classWrapper
	case !quiet && failing && lastWords(e.text) != "", e.level == levelFatal && !aboutOthers.MatchString(e.text):
		return classFatal
	case (quiet || e.level == "") && e.stops():
		return classStop
	case e.failed(), e.level == levelWarn && failing && phpWarning.MatchString(e.line):
		return classFailure
	case e.ready():
		return classReady
	}
	return classWork
}

// phpWarning is how PHP says that a function failed: it warns, and returns false to a program that may throw an exception
// of its own for it (main/main.c, php_error_cb).
var phpWarning = lazyregexp.New(`^(?:PHP )?Warning: +\S+\(.*\): .* in .+ on line \d+$`)

// quiet says that the program itself holds the line for no failure.
func (e *entry) quiet() bool {
	return !e.bare && (e.level == levelInfo || e.level == levelDebug || e.level == levelWarn)
}

// failed says whether the line tells of a failure of this program. A level of the program's own decides; without one the
// words do. A line about other pods is no failure of this one, whatever it quotes: that is what operators and monitors
// write all day.
func (e *entry) failed() bool {
	switch {
	case e.quiet() || aboutOthers.MatchString(e.text):
		return false
	case e.level == levelError && !e.bare:
		return true
	case e.level == levelError || e.level == levelFatal || e.level == "":
		return find(failWords(), e.text) != 0 && failureWords.MatchString(harmless.ReplaceAllString(e.text, " "))
	}
	return false
}

var (
	aboutOthers = lazyregexp.New(`\b(?:OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError)\b|Back-off restarting failed container`)

	failureWords = lazyregexp.New(`(?i)\b(?:errors?|err|fail(?:ed|ure|s|ing)?|exceptions?|fatal|panic(?:ked)?|abort(?:ed|ing)?|crash(?:ed|ing)?|cannot|can'?t|can not|could ?n[o']t|could not|couldn't|unable|` +
		`refused|denied|den(?:y|ies)|forbidden|unauthorized|rejected|no such|not found|not exist|does ?n[o']t exist|doesn't exist|not exists|invalid|illegal|malformed|missing|undefined|unknown|unrecognized|unrecognised|` +
		`unexpected|unsupported|not supported|not permitted|not allowed|not valid|not set|unset|is required|are required|must (?:not|specify|set|be (?:set|specified|provided|defined|given|present|one of|an? |at least|positive|valid|non|either|greater|less|between|in|of))|timed? ?out|expired|unreachable|no route|already (?:in use|exists|running)|` +
		`in use|too many|too (?:small|large|long|low|old)|corrupt(?:ed|ion)?|mismatch|incompatible|conflict(?:s|ing)?|no space left|out of memory|insufficient|exceeded|exhausted|killed|giving up|gave up|bad|broken|lost|read-only file system|` +
		`unhandled|uncaught|assertion|violation|syntax error|parse error|no module|not a directory|is a directory|unresolved|not ready|deadlock|overflow|segfault|segmentation)\b`)

	// harmless are uses of these words that tell of no failure: counts of zero, names of settings, files and fields.
	harmless = lazyregexp.New(`(?i)\b(?:0|no|without(?: any)?|zero) (?:\w+ )?(?:errors?|failures?|exceptions?|failed|warnings?|conflicts?|issues?)\b|` +
		`\b(?:errors?|err|failures?|failed|exceptions?|fatal|missing|invalid|rejected|unknown|unreachable|killed|lost|refused|denied|timeouts?|conflicts?|expired|corrupt(?:ed)?|aborted)["']?\s*[:=]\s*["']?(?:0\b|0%|none\b|null\b|nil\b|<nil>|false\b|no\s*$|\[\]|\{\}|""|off\b)|` +
		`\b(?:0|0\.0|0%) (?:failed|errors?|failures?|missing|invalid|unreachable|rejected|lost|aborted|corrupt)|` +
		`\b(?:error|exception|failure|fatal|panic)[-_. ]?(?:log|logs|logging|handler|handlers|handling|page|pages|rate|rates|reporting|reporter|channel|level|code|codes|budget|budgets|threshold|recovery|detection|tracking|tracker|policy|counter|count|middleware|correction|file|files|output|stream|messages?|boundary|aggregator|collector|metrics?|webhook)\b|` +
		`\b(?:log|on|for|ignore|ignoring|suppress|handle|handles|handled|handling|if|any|report|reporting|stop on|exit on|of|catch|catches|with|only|show|retry on|retries on|print|display) (?:\w+ )?(?:errors?|failures?|exceptions?)\b|` +
		`--?[\w-]*(?:error|fail|fatal|missing|unknown|invalid|timeout)[\w-]*|[\w.-]*/[\w./-]*(?:error|fail|exception)[\w./-]*|\b\w+[-_](?:error|err|failure|failed|fatal|errors)\b\s*[=:]|\bfail2ban\b|\bfail-?(?:over|fast|safe)\b|\bin use by\b|` +
		`\b(?:bytes|memory|heap|connections?|space|slots?|threads?|cpus?|current(?:ly)?) (?:\w+ )?in use\b|\bcan(?:'t|not) be (?:changed|undone)\b|\bunknown (?:user[- ]?agent|device|region)\b`)

	// supervised is what supervisord says, at level INFO, of a program that it could not keep running.
	supervised = lazyregexp.New(`^exited: \S+ \(.*; not expected\)$|^gave up: \S+ entered FATAL state`)

	wrapperText = lazyregexp.New(`^(?:npm (?:ERR!|error)|npm warn|yarn run v|error Command failed|(?:\S+ )?ELIFECYCLE|pnpm |info Visit https|Error: (?:A fatal exception has occurred|Could not create the Java Virtual Machine)|make(?:\[\d+\])?: \*\*\*|error: (?:script|task) |Reason: Worker|Worker \(pid:\d+\) exited)|` +
		`(?i)^\W*(?:the )?(?:[\w./-]+ )?(?:exit(?:ed|ing|s)?|quit(?:ting)?|terminat(?:ed|ing)|stopp(?:ed|ing)|finished)(?: (?:now|unexpectedly|abnormally|process|program|application|with))*(?: (?:an? )?(?:exit ?)?(?:code|status|error|failure|errors))*[ :=]*-?\d*\W*$|` +
		`(?i)^(?:fatal error loading the DB, check server logs\. )?exiting\.*$|(?i)\b(?:exited|exit|died|finished|terminated)\b.{0,20}\b(?:with|code|status)\b.{0,14}\b\d+\b\W*(?:\(.*\))?$|` +
		`(?i)^(?:worker failed to boot|application run failed|application failed to start|startup failed|start-?up error|initialization failed|application startup failed\W*exiting|fatal error|error|failed|aborting|aborted|giving up|bye|see (?:the )?logs? (?:above )?for (?:more )?details?|an error occurred|unhandled error|fatal error occurred|an unexpected error (?:has )?occurred)\W*$|` +
		`(?i)\bdid not exit normally\b|^(?:\(\w+\) )?for more details run the same command|` +
		`(?i)^(?:see '|try '|run '|for (?:more )?(?:help|usage|information)).*--?h|^Node\.js v\d|^Reading the configuration file, at line`)
)

// continues says whether entry i belongs to the record before it.
func continues(es []entry, classes []class, i int) bool {
	e := &es[i]
	if e.headed || e.apart || e.level == levelFatal {
		return false
	}
	if usage(es, i) {
		return true
	}
	p := i - 1
	for boxed(e) && p >= 0 && boxed(&es[p]) {
		if classes[p] == classFailure {
			return true
		}
		p--
	}
	p = i - 1
	for p >= 0 && classes[p] == classMore || p > 0 && es[p].blank() && i-p < 3 {
		p--
	}
	if p < 0 || es[p].blank() || i-p > maxMessageLines {
		return false
	}
	record := &es[p]
	if record.number == e.number {
		return true
	}
	if record.blank() || es[i-1].blank() && classes[i-1] != classMore && !record.headed {
		return false
	}
	if e.indent > 0 && classes[p] != classSilent {
		return true
	}
	if i-p <= announces(record.text) && (classes[p] == classFailure || classes[p] == classFatal) {
		return true
	}
	return record.stamped && (classes[p] == classFailure || classes[p] == classFatal) && e.level == "" && lastWords(e.text) == ""
}

// boxed says whether a line stands in the box that Terraform draws around an error.
func boxed(e *entry) bool { return strings.HasPrefix(e.line, "│") }

// announces says how many lines after a text say what it only leads up to.
func announces(s string) int {
	switch {
	case strings.HasPrefix(s, "*** FATAL CONFIG FILE ERROR"): // redis: the place, the line, what is wrong with it
		return 3
	case strings.HasSuffix(s, ":"), strings.HasPrefix(s, "Error occurred during initialization of "):
		return 1
	}
	return 0
}

// usageLines bounds a help text.
const usageLines = 120

var usageStart = lazyregexp.New(`^(?i:usage)(?: of \S+)?:(?: |$)|^USAGE$|^(?:Usage|usage) of `)

// usage says whether entry i lies within a program's help text, in which every option may speak of errors.
func usage(es []entry, i int) bool {
	for j := i; j >= max(0, i-usageLines); j-- {
		if es[j].headed {
			return false
		}
		if usageStart.MatchString(es[j].text) {
			return true
		}
		inside := es[j].indent > 0 || es[j].blank() || strings.HasSuffix(es[j].text, ":") || strings.HasPrefix(es[j].text, "-") || strings.HasPrefix(es[j].text, "Use \"")
		if !inside {
			return false
		}
	}
	return false
}
