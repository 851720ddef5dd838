// Package answer is the document that unloop gives to programs: what "-o json" and "-o yaml" print, as types.
//
// Whoever reads such a document decodes it into a [Document]. docs/json.md shows one and lists the values of its fields.
// Within [SchemaVersion] fields are added, never renamed or removed, so a reader has to let pass those that it does not
// know.
//
// A field that is left out is not known or does not apply, and none is zero for want of better: an exit without a code is
// not exit code 0. Those are pointers here, or texts that are "" when they are absent. Lists are always there, if empty,
// unless their comment says otherwise. Times are RFC 3339 in UTC. Durations are in Go's form: "1.5s", "5m0s".
//
// All texts are clean: nothing in them drives a terminal. They are not escaped for HTML.
package answer

import "time"

// SchemaVersion names the form of a [Document].
const SchemaVersion = "unloop/v1"

// Document is one answer.
type Document struct {
	SchemaVersion string `json:"schemaVersion"`
	Source        Source `json:"source"`

	// Diagnoses has one entry per container that is or was in trouble, the worst first. A pod that is well has one entry
	// without causes.
	Diagnoses []Diagnosis `json:"diagnoses"`

	// Incidents put together the diagnoses that have one origin.
	Incidents []Incident `json:"incidents"`

	// Unused names what was given and not used; left out when there is nothing to name.
	Unused []Unused `json:"unused,omitempty"`
}

// Source says what was read.
type Source struct {
	Kind    string `json:"kind,omitempty"`    // "live", "files", "demo"
	Cluster string `json:"cluster,omitempty"` // the kubeconfig's name for it; left out for files that do not say
	// At is the moment of reading. For files that do not say it is the newest time in them, and left out without any.
	At *time.Time `json:"at,omitempty"`
}

// Diagnosis is the answer for one container, or for a pod as a whole.
type Diagnosis struct {
	Pod       Pod        `json:"pod"`
	Workload  *Workload  `json:"workload,omitempty"`  // left out for a bare pod, and where the owner is not known
	Container *Container `json:"container,omitempty"` // left out when no container is known
	Verdict   string     `json:"verdict"`             // "crash-looping", "healthy" …: docs/json.md lists them
	Restarts  *int       `json:"restarts,omitempty"`  // as the status counts them; left out when it was not read
	LastExit  *Exit      `json:"lastExit,omitempty"`  // left out when no run has ended or none is known
	Backoff   *Backoff   `json:"backoff,omitempty"`   // left out when the kubelet is not waiting

	// Causes are ranked: the first is the answer. Empty means not diagnosed, or that nothing is wrong.
	Causes    []Cause     `json:"causes"`
	RuledOut  []RuledOut  `json:"ruledOut"`
	Undecided []Undecided `json:"undecided"`
	Missing   []Missing   `json:"missing"`

	// Conflicts are sentences that say where two sources of the pod contradict each other; left out when there are none.
	Conflicts []string `json:"conflicts,omitempty"`
}

// Pod is the pod of a diagnosis. Where only a log was given none of its fields is known.
type Pod struct {
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Node      string `json:"node,omitempty"` // left out as well when the pod is on no node
	Phase     string `json:"phase,omitempty"`
}

// Workload is what made the pod: its topmost known owner, in the pod's namespace.
type Workload struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Container is the container of a diagnosis.
type Container struct {
	Name  string `json:"name"`
	Kind  string `json:"kind,omitempty"` // "main", "init", "sidecar", "ephemeral"
	Image string `json:"image,omitempty"`
	State string `json:"state,omitempty"` // "running", "waiting", "terminated"
}

// Exit is the end of the last run.
type Exit struct {
	Code       *int       `json:"code,omitempty"`
	Reason     string     `json:"reason,omitempty"` // the kubelet's word: "Error", "OOMKilled"
	Signal     string     `json:"signal,omitempty"` // "SIGKILL"; left out when no signal ended it
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	RanFor     *string    `json:"ranFor,omitempty"` // a duration
}

// Backoff is the pause before the next attempt.
type Backoff struct {
	Delay string  `json:"delay"`          // a duration
	Next  *Window `json:"next,omitempty"` // when the next attempt is due; left out when the pause's begin is not known
}

// Window is when something happens or happened, as far as that is known.
type Window struct {
	Earliest time.Time `json:"earliest"`
	Latest   time.Time `json:"latest"`
}

// Cause is what a container dies of.
type Cause struct {
	ID         string  `json:"id"` // of docs/causes.md; it never changes its meaning
	Title      string  `json:"title"`
	Confidence string  `json:"confidence"` // "certain", "likely", "possible"
	Summary    string  `json:"summary"`    // one sentence about this container
	Because    []Claim `json:"because"`
	Against    []Claim `json:"against"`
	// Symptoms are ids: of causes that this one explains, and of the exit ("exit-137", "oom-killed").
	Symptoms []string `json:"symptoms"`
	Fixes    []Fix    `json:"fixes"`
}

// Claim is one line of proof.
type Claim struct {
	Text    string `json:"text"`
	Ref     string `json:"ref,omitempty"`     // where it stands: "logs/api/previous:214", "events/3"
	Command string `json:"command,omitempty"` // shows it; left out when there is no such command
}

// Fix is one step of the remedy.
type Fix struct {
	Text    string `json:"text"`
	Risk    string `json:"risk,omitempty"`    // "none" (only reads), "low", "restart", "data"
	Look    bool   `json:"look,omitempty"`    // it is there to see more, and changes nothing of the workload
	Command string `json:"command,omitempty"` // left out when there is none, or a value in it is not known
	// Patch is a strategic merge patch for the pod template of the workload; left out when there is none.
	Patch map[string]any `json:"patch,omitempty"`
}

// RuledOut is a cause that it is not, though one might think so.
type RuledOut struct {
	ID      string `json:"id"`
	Because string `json:"because"`
}

// Undecided is a cause that hangs on a fact that is not known.
type Undecided struct {
	ID      string   `json:"id"`
	Needs   []string `json:"needs"`             // the facts, as rules name them: "c.log"
	Command string   `json:"command,omitempty"` // would decide it; left out when there is no such command
}

// Missing is something that could not be read.
type Missing struct {
	What    string `json:"what"`
	Why     string `json:"why"`
	Command string `json:"command,omitempty"` // reads it; left out when there is no such command
}

// Unused is a text that was given and not used.
type Unused struct {
	Path  string `json:"path"`
	Lines string `json:"lines,omitempty"` // "12-40", counted from 1; left out when it is the whole text or not known
	Why   string `json:"why"`
}
