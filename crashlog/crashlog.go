// Package crashlog reads the log of a dead container and says what it died of.
//
// A log is read once, as a stream, in bounded memory: [Read] keeps the beginning, the end and every candidate for "the
// crash" (the last stack trace, the last fatal line, the last error line), never the whole log. The result is a [Log]:
// what the log is, and, when it holds one, the [Crash]. Nothing in this package knows Kubernetes objects; deciding which
// run wrote the log is the business of package evidence.
package crashlog

import "time"

// Log is what one container log says.
type Log struct {
	Bytes int64 `cel:"bytes"` // size of the log as read, in bytes
	Lines int   `cel:"lines"` // number of lines, the last one counted even without a newline

	// Empty says that the log holds no text but white space.
	Empty bool `cel:"empty"`

	// NotALog is the kubelet's, API server's or kubectl's own error text when that is all the body holds ("unable to
	// retrieve container logs for containerd://…" arrives with status 200). Such a body is not a log: Crash is nil and
	// Empty is true. Empty string otherwise.
	NotALog string `cel:"notALog"`

	// First and Last are the oldest and newest time stamps that lines carry. Zero when no line carries one.
	First time.Time `cel:"-"`
	Last  time.Time `cel:"-"`

	// Since and Until are when the container runtime took the first and the last line, by the node's clock: what stands
	// before lines in its own files and what kubectl --timestamps prints. Unlike the program's own stamps they have a
	// zone, and their clock is that of the container's state. Zero when lines carry none.
	Since time.Time `cel:"-"`
	Until time.Time `cel:"-"`

	// Tail holds the last lines (at most [TailLines]), cleaned of escapes and with line numbers.
	Tail []Line `cel:"-"`

	// Crash is what the run died of according to its log. Nil only when the log holds no usable line; a log without
	// any sign of a failure gives a Crash of kind "last".
	Crash *Crash `cel:"-"`

	// Shutdown is the last line that says the program was asked to stop, or stops in an orderly way ("received
	// SIGTERM", "shutting down gracefully"). Line 0 when there is none.
	Shutdown Line `cel:"shutdown"`

	// Ready is the last line that says the program came up and serves ("listening on :8080", "Started Application in
	// 4.2 seconds"). Line 0 when there is none.
	Ready Line `cel:"ready"`

	// Listening holds the TCP ports that lines like Ready name, in order of appearance, each once.
	Listening []int `cel:"listening"`

	// Loopback says that a line like Ready binds 127.0.0.1, ::1 or localhost and none binds another address.
	Loopback bool `cel:"loopback"`
}

// TailLines is how many last lines a Log keeps.
const TailLines = 40

// Line is one line of a log.
type Line struct {
	Number int    `cel:"number"` // 1-based; 0 means "no such line"
	Text   string `cel:"text"`   // cleaned: no escapes, no control characters; at most 4 KiB
	Level  string `cel:"level"`  // fatal, error, warn, info, debug, or "" when the line names none
}

// Kind says how a crash was found in a log, the most telling first.
type Kind string

// The kinds of a Crash.
const (
	KindTrace Kind = "trace" // a stack trace of a known runtime, or a native crash report
	KindFatal Kind = "fatal" // a line that a program writes as its last: level fatal, "FATAL:", "panic", a shell's or loader's refusal
	KindError Kind = "error" // the last line of level error, or the last that speaks of a failure, near the end
	KindLast  Kind = "last"  // no sign of a failure: just the last lines
)

// Crash is the part of a log that tells the death of the run.
type Crash struct {
	Kind    Kind   `cel:"kind"`
	Runtime string `cel:"runtime"` // go, python, java, node, dotnet, ruby, rust, php, perl, native, shell, or ""

	// Type and Message are those of the innermost cause: "org.postgresql.util.PSQLException" and "Connection refused".
	// Type is empty where the runtime names none.
	Type    string `cel:"type"`
	Message string `cel:"message"`

	// Frame is the innermost frame that is not of the runtime or its standard library, "main.go:31 main.main".
	Frame string `cel:"frame"`

	Line int `cel:"line"` // the headline's line number
	End  int `cel:"end"`  // the last line that belongs to the crash

	// Said holds what the crash says, the most significant first: the innermost cause, the causes around it, the
	// headline, then fatal and error lines that stand close by. Rules match these and nothing else of the log, so a
	// harmless line elsewhere can't mislead one.
	Said []Statement `cel:"-"`

	// Excerpt is the crash as a person would quote it: at most 12 lines.
	Excerpt []Line `cel:"-"`

	// Fingerprint is equal for two crashes that are the same but for times, addresses, ids and numbers: 16 hex digits.
	Fingerprint string `cel:"fingerprint"`

	// What the most significant statement that names one of these names. Empty when none does.
	Host string `cel:"host"` // host name or address, without port
	Port string `cel:"port"` // port number
	URL  string `cel:"url"`
	Path string `cel:"path"` // absolute or relative file path
	Var  string `cel:"var"`  // environment variable
	User string `cel:"user"`
	Key  string `cel:"key"` // configuration key
}

// Strength says how strongly a statement stands for the death of the run.
type Strength string

// The strengths of a Statement, the strongest first.
const (
	StrengthCause Strength = "cause" // innermost cause or headline of a trace, or a fatal line
	StrengthError Strength = "error" // an error line near the end of the log
	StrengthLast  Strength = "last"  // one of the last lines, without a sign of failure
)

// Statement is one thing that a crash says, without time stamp, level and logger name. Several lines that belong
// together are joined by newlines. At most 4 KiB.
type Statement struct {
	Text     string
	Line     int
	Strength Strength
}
