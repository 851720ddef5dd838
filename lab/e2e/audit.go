package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Requests is what the apiserver recorded of unloop.
type Requests struct {
	Count  int
	Writes []string // anything but reading
}

// readRequests reads the audit log of user "unloop" from an offset on: a lab that is kept holds the requests of earlier
// runs, too.
func readRequests(path string, from int64) (*Requests, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil, err
	}
	r := &Requests{}
	for d := json.NewDecoder(f); ; {
		var e struct{ Verb, RequestURI string }
		err := d.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // the last line may be half written
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		r.Count++
		if !slices.Contains([]string{"get", "list", "watch"}, e.Verb) && !strings.Contains(e.RequestURI, "/selfsubject") {
			r.Writes = append(r.Writes, e.Verb+" "+e.RequestURI)
		}
	}
}

// requestsPerAnswer is the most that an answer may cost on average: pod, node, events, owner and a few logs.
const requestsPerAnswer = 10

// Audit checks that unloop only reads, and little.
func (r *Runner) Audit() error {
	asked := int(r.asked.Load())
	requests, err := readRequests(r.Lab.AuditLog(), r.audited)
	if err != nil {
		return err
	}
	r.say("the apiserver recorded %d requests of unloop for %d answers", requests.Count, asked)
	if len(requests.Writes) > 0 {
		return fmt.Errorf("unloop wrote: %s", strings.Join(requests.Writes, ", "))
	}
	if requests.Count > asked*requestsPerAnswer {
		return fmt.Errorf("%d requests for %d answers are more than %d each", requests.Count, asked, requestsPerAnswer)
	}
	return nil
}
