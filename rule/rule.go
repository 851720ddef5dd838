// Package rule says how a judgement is written down, checked, and applied to evidence.
//
// A rule is a YAML file (causes/<id>/cause.yaml, or a user's own) whose conditions are CEL over package evidence. [Load]
// decodes strictly and reports file:line:column; [Set.Match] applies all rules to the evidence of one pod. Conditions
// have three values: a fact that is not known makes a rule undecided, never silently false, and the [Finding] says which
// fact it hung on.
package rule

import (
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/shell"
)

// Confidence says how far a finding is to be trusted. What a level is worth is measured on the corpus: certain is right
// in at least 98 % of cases, likely in 85 %, possible in 50 %.
type Confidence string

// The levels of confidence.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Rule is one judgement.
//
// In fields marked CEL stands an expression, in fields marked template a text with {{expression}} in it. Expressions see
//
//	c         the container (evidence.Container); not in rules with each: pod
//	pod       evidence.Pod
//	node      evidence.Node, unknown when it was not read
//	workload  evidence.Workload
//	events    the list of evidence.Event
//	at        when the evidence was read, unknown when the source does not say
//	m         in rules with logs, what matched: map<string,string> of the named groups of all patterns ("" for those that
//	          took no part), m.text the statement, m.line the number of its line, m.ref its reference, m.goesOn the words by
//	          which it says that the program goes on all the same ("retrying"), "" when there are none, and m.kind the
//	          crashlog.Kind of the crash, or "message" for a text of the API
//
// and have, beside the functions of CEL and its strings extension, mountAt(c.mounts, path), human(duration),
// bytes(int) and list(strings); has() they have not, since it cannot tell unknown from zero.
//
// A template writes durations as human does, times as RFC 3339 and lists with commas. Title and Summary show "?" for what
// is not known; a claim or a step whose text hangs on it is left out, as is a command or a patch.
//
// A command is a template of words. What an expression gives is one word of it or part of one, a list is several, and all
// of it is quoted when it is printed: a rule quotes no value itself. A value that cannot be meant, being empty, an option
// or not printable, takes the command away.
type Rule struct {
	ID    string `yaml:"id" json:"id,omitempty"`       // kebab-case words, stable, never reused
	Title string `yaml:"title" json:"title,omitempty"` // template: the cause, in a few words
	// Class is one of Classes.
	Class string `yaml:"class" json:"class,omitempty"`
	// Each is container (the default: tried once per container, bound to c) or pod (tried once; c is not bound).
	Each string `yaml:"each,omitempty" json:"each,omitempty"`

	// Logs holds patterns for what the crash says; one must match. Tried in order on each statement of the crash, the
	// most significant statement first.
	Logs []Pattern `yaml:"logs,omitempty" json:"logs,omitempty"`
	// When is CEL: the condition. With Logs both must hold.
	When string `yaml:"when,omitempty" json:"when,omitempty"`

	Confidence Confidence `yaml:"confidence" json:"confidence,omitempty"`
	// Levels change the confidence: the first whose condition holds wins.
	Levels []Level `yaml:"levels,omitempty" json:"levels,omitempty"`

	Summary string `yaml:"summary" json:"summary,omitempty"` // template: one sentence about this container
	// Because is the proof. A rule with Logs begins with the text that matched and ends with how the run ended, without saying
	// so here.
	Because []Claim `yaml:"because,omitempty" json:"because,omitempty"`
	Against []Claim `yaml:"against,omitempty" json:"against,omitempty"`

	// Generic marks a cause that every more specific one explains: it becomes its symptom.
	Generic bool `yaml:"generic,omitempty" json:"generic,omitempty"`
	// Explains names causes that are only symptoms of this one when both are found for one container.
	Explains []string `yaml:"explains,omitempty" json:"explains,omitempty"`
	// RuledOut says why the cause is off the list, for causes that people would think of first: template texts with a
	// condition each; the first that holds is reported when the rule does not hold.
	RuledOut []Claim `yaml:"ruledOut,omitempty" json:"ruledOut,omitempty"`
	// Settle is the command that would decide the rule when it is undecided.
	Settle string `yaml:"settle,omitempty" json:"settle,omitempty"`

	Fix []Step `yaml:"fix" json:"fix,omitempty"`

	Since      string   `yaml:"since" json:"since,omitempty"`
	Aliases    []string `yaml:"aliases,omitempty" json:"aliases,omitempty"`
	Deprecated string   `yaml:"deprecated,omitempty" json:"deprecated,omitempty"` // why; the id stays taken
	Replaces   string   `yaml:"replaces,omitempty" json:"replaces,omitempty"`     // user rules only: the built-in rule this one stands for

	// File and Doc are filled by Load: where the rule stands, and its page (doc.md), "" when it has none.
	File string `yaml:"-" json:"file"`
	Doc  string `yaml:"-" json:"-"`

	compiled *compiled
}

// Pattern is a regular expression (RE2) for what a crash says, with samples that tests hold it to.
type Pattern struct {
	Match string   `yaml:"match" json:"match,omitempty"`
	Hit   []string `yaml:"hit" json:"hit,omitempty"`             // lines it must match
	Miss  []string `yaml:"miss,omitempty" json:"miss,omitempty"` // lines it must not match
	// In says where to look: crash (the default) is what the crash says; tail adds the last lines of the log; message is
	// the termination message and the state's messages.
	In string `yaml:"in,omitempty" json:"in,omitempty"`

	// Needs holds texts of which one stands in all that matches; only packed rules have it, from Match.
	Needs []string `yaml:"-" json:"needs,omitempty"`
}

// Level is a condition that changes the confidence.
type Level struct {
	When       string     `yaml:"when" json:"when,omitempty"` // CEL
	Confidence Confidence `yaml:"confidence" json:"confidence,omitempty"`
}

// Claim is one line of proof, or one line against.
type Claim struct {
	When string `yaml:"when,omitempty" json:"when,omitempty"` // CEL; absent: always
	Text string `yaml:"text" json:"text,omitempty"`           // template
	Ref  string `yaml:"ref,omitempty" json:"ref,omitempty"`   // CEL giving the reference: c.lastExit.ref, m.ref, c.liveness.failureRef
}

// Step is one step of the fix, for this object.
type Step struct {
	When string `yaml:"when,omitempty" json:"when,omitempty"` // CEL; absent: always
	Text string `yaml:"text" json:"text,omitempty"`           // template
	Risk string `yaml:"risk,omitempty" json:"risk,omitempty"` // none (looks only), low, restart, data
	// Look marks a step that changes nothing of the workload, though it does more than read: it starts a pod to look from, or
	// runs something in the container. Steps of risk none need no mark.
	Look    bool   `yaml:"look,omitempty" json:"look,omitempty"`
	Command string `yaml:"command,omitempty" json:"command,omitempty"` // a command to run
	// Patch is a template: a strategic merge patch, in YAML, for the pod template of the workload.
	Patch string `yaml:"patch,omitempty" json:"patch,omitempty"`
}

// Classes is the closed set of classes.
var Classes = []string{"exit", "config", "image", "resources", "probe", "dependency", "storage", "node", "security", "lifecycle"}

// State says how a rule stands for a container.
type State string

// The states of a Finding. A rule that does not hold gives no Finding unless it has something to say against itself.
const (
	Holds     State = "holds"
	Undecided State = "undecided"
	RuledOut  State = "ruled-out"
)

// Finding is what one rule says about one container.
type Finding struct {
	Rule      *Rule
	Container *evidence.Container // nil for rules with each: pod
	State     State

	Title      string
	Confidence Confidence
	Summary    string
	Because    []Because
	Against    []Because
	Fix        []Advice

	// Significance orders findings of equal confidence: 0 for facts of the API and for the innermost cause in the log, higher for statements further from it.
	Significance int
	// Line is the log line the finding rests on, 0 when on none.
	Line int

	// Needs names the facts that were not known, for an undecided finding: "c.log".
	Needs []string
	// Text says why it is ruled out; Settle is the command that would decide an undecided one.
	Text   string
	Settle shell.Command
}

// Because is one line of proof.
type Because struct {
	Text string
	Ref  string // "logs/api/previous:214", "events/3", "pod:.status.containerStatuses[api].lastState"
}

// Advice is one step of a fix, with its values filled in.
type Advice struct {
	Text    string
	Risk    string
	Look    bool // it is there to see more, and changes nothing of the workload
	Command shell.Command
	// Patch is for the pod template. It names the container under "containers", of whatever kind that is; package remedy
	// makes of it what fits the object.
	Patch map[string]any
}
