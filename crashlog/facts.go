package crashlog

import (
	"strconv"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// facts are what lines anywhere in the log say about coming up and going down. They are noted while the log streams by,
// since a server says that it listens in its first lines and then writes a gigabyte of requests.
type facts struct {
	shutdown  Line
	ready     Line
	listening []int
	loopback  bool // some address was the loopback's
	wide      bool // some address was another one
}

// maxListening bounds the ports that are kept.
const maxListening = 16

// note looks at a line with the hints that it holds.
func (f *facts) note(e entry, words wordSet) {
	e.words = words
	if e.stops() {
		f.shutdown = e.asLine()
	}
	if e.ready() {
		f.ready = e.asLine()
		f.address(e.text)
	}
}

func (f *facts) fill(l *Log) {
	l.Shutdown, l.Ready, l.Listening = f.shutdown, f.ready, f.listening
	l.Loopback = f.loopback && !f.wide
}

var (
	stopping = lazyregexp.New(`(?i)\b(?:shut(?:ting|s)? ?down|shutdown)\b|\bgraceful(?:ly)?\b.{0,40}\b(?:stop|exit|terminat)|` +
		`\b(?:received?|got|caught|handling|handle|on|by|interrupted by)\b.{0,30}\b(?:SIG(?:TERM|INT|QUIT|HUP)|signal:? ?(?:"?terminated|"?interrupt|2\b|15\b|term\b|int\b|quit\b))|` +
		`\bSIG(?:TERM|INT|QUIT)\b.{0,30}\b(?:received|caught|shutting|exiting|stopping)|` +
		`^(?:signal: )?terminated\.?$|\bstopping (?:the )?(?:server|service|http|grpc|application|worker|listener)|` +
		`^(?:caught|received) signal`)
	// notStopping are lines that name shutdown only as a thing: a setting, a hook, a timeout.
	notStopping = lazyregexp.New(`(?i)\b(?:registered|registering|configur\w+|will|timeout(?: is| of|=|:)|hook (?:added|installed|registered)|no|not|unclean|improper(?:ly)?|without)\b.{0,24}\b(?:shut ?down|graceful)|` +
		`shut ?down[-_ ](?:hook|timeout|delay|grace)\b|shut ?down(?:Timeout|Hook|Delay)|not shut ?down|press ctrl`)
	up = lazyregexp.New(`(?i)\b(?:now |start(?:ed|ing) to )?(?:listen(?:ing|s)?|accepting|serving|running)\b.{0,60}?\b(?:on|at|for|to|requests?|connections?|port|traffic)\b|` +
		`\blisten(?:ing)?(?: on)?(?: address)?\b.{0,24}[:=] ?\S*:?\d{2,5}\b|\bstart(?:ed|ing)\b.{0,60}\b(?:server|service|listener|endpoint|connector|serverconnector)\b.{0,40}(?:\bon\b|\bat\b|:|\bport)|` +
		`\bstarted\b.{0,100}\bin \d+(?:[.,]\d+)? ?(?:ms|s|sec|seconds|milliseconds)\b|\b(?:server|service|application|app|database system)\b.{0,40}\b(?:is|now)? ?(?:started|ready|up and running|running (?:on|at))\b|` +
		`\b(?:is|now|all) ready\b|\bready (?:to (?:accept|serve|handle|receive)|for (?:connections|start up|traffic|requests))|\bstartup complete\b|\bstarted (?:successfully|on port|at)\b`)
	notUp = lazyregexp.New(`(?i)\b(?:script|not|n't|cannot|fail\w*|unable|error|refus\w*|denied|wait\w*|until|unless|before|try\w*|retry\w*|could|connect(?:ing)? to|stop\w*|shut\w*|no longer|already|would)\b|\bstarting \S+ (?:v\S+ )?(?:using|with|on) (?:java|\S+ with pid)|\bstarted by\b`)
)

// stops says whether the line tells that the program was asked to stop or stops in an orderly way.
func (e *entry) stops() bool {
	return e.words&hintsStop != 0 && stopping.MatchString(e.text) && !notStopping.MatchString(e.text)
}

// ready says whether the line tells that the program came up and serves.
func (e *entry) ready() bool {
	if e.words&hintsReady == 0 || e.level == levelFatal || e.level == levelError || len(e.text) > 1000 || strings.HasPrefix(e.text, "at ") || strings.HasPrefix(e.text, "File ") {
		return false
	}
	return up.MatchString(e.text) && !notUp.MatchString(e.text)
}

var (
	// boundAddress is an address that a server binds: "0.0.0.0:8080", "[::]:8080", ":8080", "http://localhost:3000".
	boundAddress = lazyregexp.New(`(?:^|[\s"'=(/@\[])(?:(\[[0-9a-fA-F:.]*\]|[\w-]+(?:\.[\w-]+)*|\*|::1?)?):(\d{2,5})\b`)
	// namedPort is a port in words: "port 8080", "port(s): 8080 (http)", "port=8080".
	namedPort = lazyregexp.New(`(?i)\bport(?:\(s\)|s)?["']?\s*[:=#]?\s*["']?(\d{2,5})\b`)
	// namedAddress is an address without a port: "host=127.0.0.1", "address: localhost", "address localhost, port 80".
	namedAddress = lazyregexp.New(`(?i)(?:^|[\s"'=(/@\[])(127(?:\.\d+){3}|localhost|0\.0\.0\.0|::1|\[::1?\]|::)(?:[\s"',)\]/;]|$)`)
	clockTime    = lazyregexp.New(`\b\d{1,2}:\d\d:\d\d\b`)
)

// address notes the port and the address in a line like Ready.
func (f *facts) address(text string) {
	text = clockTime.ReplaceAllString(text, "")
	found := false
	for _, m := range boundAddress.FindAllStringSubmatch(text, 8) {
		if f.port(m[2]) {
			f.host(m[1])
			found = true
		}
	}
	for _, m := range namedPort.FindAllStringSubmatch(text, 8) {
		f.port(m[1])
	}
	if !found {
		for _, m := range namedAddress.FindAllStringSubmatch(text, 4) {
			f.host(m[1])
		}
	}
}

func (f *facts) port(s string) bool {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 {
		return false
	}
	for _, known := range f.listening {
		if known == n {
			return true
		}
	}
	if len(f.listening) < maxListening {
		f.listening = append(f.listening, n)
	}
	return true
}

func (f *facts) host(s string) {
	s = strings.ToLower(strings.Trim(s, "[]"))
	if s == "localhost" || s == "::1" || strings.HasPrefix(s, "127.") {
		f.loopback = true
	} else {
		f.wide = true
	}
}
