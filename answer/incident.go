package answer

import "time"

// Incident is one thing that went wrong and all that crashes of it.
type Incident struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	Cause      string  `json:"cause"`            // the id of the origin's cause
	Confidence string  `json:"confidence"`       // "certain", "likely", "possible"
	Origin     *Object `json:"origin,omitempty"` // where it began; left out when that is not known
	// Chain leads from the origin to those that crash, one step an entry.
	Chain     []Link           `json:"chain"`
	Workloads []WorkloadStatus `json:"workloads"`
	Pods      int              `json:"pods"`
	Crashes   *int             `json:"crashes,omitempty"` // of all its pods together
	Since     *Window          `json:"since,omitempty"`   // when it began
	Changes   []Change         `json:"changes"`
	Fixes     []Fix            `json:"fixes"`
	// Diagnoses are those that belong to it, by their index in [Document.Diagnoses].
	Diagnoses []int `json:"diagnoses"`
}

// Object names an object of the cluster.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"` // left out for what is in none
	Name      string `json:"name"`
}

// Link says that one object fails because of another.
type Link struct {
	From    Object `json:"from"`
	To      Object `json:"to"`
	Because string `json:"because"`
	Ref     string `json:"ref,omitempty"` // as in [Claim]
}

// WorkloadStatus is a workload that an incident concerns, and how many of its pods are ready.
type WorkloadStatus struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Ready     *int   `json:"ready,omitempty"`
	Desired   *int   `json:"desired,omitempty"`
	Pods      int    `json:"pods"` // that the incident concerns
}

// Change is something that was changed around the time when an incident began.
type Change struct {
	What   string     `json:"what"`
	When   *time.Time `json:"when,omitempty"`
	Who    string     `json:"who,omitempty"`    // the field manager
	Before *bool      `json:"before,omitempty"` // the first crash
}
