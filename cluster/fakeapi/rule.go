package fakeapi

import (
	"fmt"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Rule makes the server misbehave. An empty field matches anything.
type Rule struct {
	Verb      string // get or list
	Resource  string // "pods", "pods/log", "nodes"
	Namespace string
	Name      string
	Continue  bool // only pages after the first

	Times int    // how often the rule applies; 0 means always
	Do    func() // what is done first, nil for nothing

	// What happens: Pass serves the request as if there were no rule; Hang keeps it open until the client leaves; Answer
	// answers in the server's place, as a proxy might; otherwise Status answers. The zero Status is 403 with the API
	// server's own text.
	Pass       bool
	Hang       bool
	Answer     http.HandlerFunc
	Status     int
	Reason     metav1.StatusReason
	Message    string
	RetryAfter int // seconds
}

// Misbehave adds rules. The first that matches a request applies.
func (s *Server) Misbehave(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		s.rules = append(s.rules, &r)
	}
}

// Forbid answers 403 to a verb on a resource, each possibly "" for any.
func (s *Server) Forbid(verb, resource string) {
	s.Misbehave(Rule{Verb: verb, Resource: resource})
}

// Hang never answers a verb on a resource, each possibly "" for any.
func (s *Server) Hang(verb, resource string) {
	s.Misbehave(Rule{Verb: verb, Resource: resource, Hang: true})
}

func (r *Rule) matches(q Request, continued bool) bool {
	return (r.Verb == "" || r.Verb == q.Verb) &&
		(r.Resource == "" || r.Resource == q.Resource) &&
		(r.Namespace == "" || r.Namespace == q.Namespace) &&
		(r.Name == "" || r.Name == q.Name) &&
		(!r.Continue || continued)
}

// ruleFor finds the rule for a request and uses it up once.
func (s *Server) ruleFor(q Request, continued bool) *Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.rules {
		if !r.matches(q, continued) {
			continue
		}
		if r.Times == 1 {
			s.rules = append(s.rules[:i:i], s.rules[i+1:]...)
		}
		r.Times = max(0, r.Times-1)
		return r
	}
	return nil
}

// apply answers a request as the rule says, and says whether it did.
func (s *Server) apply(r *Rule, w http.ResponseWriter, req *http.Request, q Request) bool {
	if r.Do != nil {
		r.Do()
	}
	switch {
	case r.Pass:
		return false
	case r.Answer != nil:
		r.Answer(w, req)
		return true
	case r.Hang:
		select {
		case <-req.Context().Done():
		case <-s.done:
		case <-time.After(time.Minute): // a bound for tests that forgot theirs
		}
		return true
	}
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(r.RetryAfter))
	}
	status := metav1.Status{Code: int32(r.Status), Reason: r.Reason, Message: r.Message}
	if r.Status == 0 {
		status = forbidden(q)
	}
	s.answerStatus(w, req, status)
	return true
}

// forbidden is what an API server with RBAC says (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go).
func forbidden(q Request) metav1.Status {
	where := "at the cluster scope"
	if q.Namespace != "" {
		where = fmt.Sprintf("in the namespace %q", q.Namespace)
	}
	object := q.Resource + " is"
	if q.Name != "" {
		object = fmt.Sprintf("%s %q is", q.Resource, q.Name)
	}
	return metav1.Status{
		Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden,
		Message: fmt.Sprintf("%s forbidden: User %q cannot %s resource %q in API group %q %s",
			object, "system:serviceaccount:default:tester", q.Verb, q.Resource, "", where),
	}
}

func notFound(q Request) metav1.Status {
	return metav1.Status{
		Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound,
		Message: fmt.Sprintf("%s %q not found", q.Resource, q.Name),
	}
}

func badRequest(format string, args ...any) metav1.Status {
	return metav1.Status{
		Code: http.StatusBadRequest, Reason: metav1.StatusReasonBadRequest, Message: fmt.Sprintf(format, args...),
	}
}
