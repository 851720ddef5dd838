// Package report renders diagnoses for people ([Text], [Markdown]) and for programs ([JSON], [YAML]).
//
// A renderer reads no clock and no environment: the same diagnoses and [Options] give the same bytes. Everything that
// comes from a cluster or a file passes [term.Clean] on its way out.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/answer"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
)

// Options say how to render. The zero value is good: 80 columns, no colour.
type Options struct {
	Width int  // columns for prose; 0 means 80. Commands are never broken
	Color bool // text only
	Wide  bool // text only: everything, not only what matters most

	// Program is what the reader types to run unloop, for hints: "unloop" when empty, "kubectl unloop" for the plugin.
	Program string

	// Pods is how many pods were looked at, where those that are well are not among the diagnoses. 0 means that all are.
	Pods int

	// Source, Cluster and At go into JSON and YAML when there is no diagnosis to take them from.
	Source  evidence.Source
	Cluster string
	At      time.Time

	// Unused is what of the input was not used, for JSON, YAML and -o wide.
	Unused []answer.Unused
}

// Formats are the names for -o, the default first.
func Formats() []string { return []string{"text", "wide", "json", "yaml", "markdown"} }

// Check says whether format is a name for -o.
func Check(format string) error {
	_, err := writer(format)
	return err
}

// Write renders the diagnoses, in the order given, in one of [Formats]; "" is text.
func Write(w io.Writer, format string, ds []*diagnosis.Diagnosis, o Options) error {
	write, err := writer(format)
	if err != nil {
		return err
	}
	return write(w, ds, o)
}

func writer(format string) (func(io.Writer, []*diagnosis.Diagnosis, Options) error, error) {
	switch format {
	case "", "text":
		return Text, nil
	case "wide":
		return wide, nil
	case "json":
		return JSON, nil
	case "yaml":
		return YAML, nil
	case "markdown":
		return Markdown, nil
	case "html", "sarif":
		return nil, fmt.Errorf("output format %q is not in this version: want one of %s", format, strings.Join(Formats(), ", "))
	}
	return nil, fmt.Errorf("unknown output format %q: want one of %s", format, strings.Join(Formats(), ", "))
}

func wide(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	o.Wide = true
	return Text(w, ds, o)
}
