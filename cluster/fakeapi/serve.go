package fakeapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	group, q, ok := parsePath(r.URL.Path)
	q.Query, q.UserAgent, q.Accept = r.URL.RawQuery, r.UserAgent(), r.Header.Get("Accept")
	s.mu.Lock()
	s.requests = append(s.requests, q)
	s.mu.Unlock()
	if at := s.time(); !at.IsZero() {
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
	}
	if rule := s.ruleFor(q, r.URL.Query().Has("continue")); rule != nil && s.apply(rule, w, r, q) {
		return
	}
	resource, sub, _ := strings.Cut(q.Resource, "/")
	list := listFor(group, resource)
	switch {
	case !ok || r.Method != http.MethodGet || list == nil:
		s.answerStatus(w, r, metav1.Status{
			Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound,
			Message: "the server could not find the requested resource",
		})
	case sub == "log":
		s.serveLog(w, r, q)
	case sub == "" && q.Verb == "get":
		s.serveGet(w, r, q)
	case sub == "":
		s.serveList(w, r, q, list)
	}
}

func (s *Server) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// parsePath understands /api/v1/… and /apis/GROUP/v1/….
func parsePath(path string) (group string, q Request, ok bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) >= 3 && parts[0] == "api" && parts[1] == "v1":
		parts = parts[2:]
	case len(parts) >= 4 && parts[0] == "apis" && parts[2] == "v1":
		group, parts = parts[1], parts[3:]
	default:
		return "", Request{Verb: "get", Resource: path}, false
	}
	if parts[0] == "namespaces" && len(parts) >= 3 {
		q.Namespace, parts = parts[1], parts[2:]
	}
	q.Verb, q.Resource = "list", parts[0]
	if len(parts) >= 2 {
		q.Verb, q.Name = "get", parts[1]
	}
	if len(parts) == 3 {
		q.Resource += "/" + parts[2]
	}
	return group, q, len(parts) <= 3
}

func (s *Server) serveGet(w http.ResponseWriter, r *http.Request, q Request) {
	if o := s.find(q.Resource, q.Namespace, q.Name); o != nil {
		s.answer(w, r, http.StatusOK, o)
		return
	}
	s.answerStatus(w, r, notFound(q))
}

// find gives an object, nil when there is none. A pod that is to vanish does so now.
func (s *Server) find(resource, namespace, name string) runtime.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects[resource] {
		if o.meta.GetNamespace() == namespace && o.meta.GetName() == name {
			s.seen(resource, o)
			return o.object
		}
	}
	return nil
}

// seen takes a pod away that is to vanish once it was read. The caller holds the lock.
func (s *Server) seen(resource string, o stored) {
	key := o.meta.GetNamespace() + "/" + o.meta.GetName()
	if resource != "pods" || !s.vanish[key] {
		return
	}
	var rest []stored
	for _, other := range s.objects["pods"] {
		if other.meta != o.meta {
			rest = append(rest, other)
		}
	}
	s.objects["pods"] = rest
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request, q Request, list runtime.Object) {
	items, err := s.selected(q, r.URL.Query().Get("labelSelector"), r.URL.Query().Get("fieldSelector"))
	if err != nil {
		s.answerStatus(w, r, badRequest("%v", err))
		return
	}
	page, next, err := pageOf(items, r.URL.Query().Get("limit"), r.URL.Query().Get("continue"))
	if err != nil {
		s.answerStatus(w, r, badRequest("%v", err))
		return
	}
	if err := meta.SetList(list, page); err != nil {
		s.answerStatus(w, r, badRequest("%v", err))
		return
	}
	list.(metav1.ListInterface).SetContinue(next)
	list.(metav1.ListInterface).SetResourceVersion("1")
	s.answer(w, r, http.StatusOK, list)
}

func (s *Server) selected(q Request, byLabel, byField string) ([]runtime.Object, error) {
	labelSelector, err := labels.Parse(byLabel)
	if err != nil {
		return nil, err
	}
	fieldSelector, err := fields.ParseSelector(byField)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []runtime.Object
	for _, o := range append([]stored(nil), s.objects[q.Resource]...) {
		if q.Namespace != "" && o.meta.GetNamespace() != q.Namespace {
			continue
		}
		if labelSelector.Matches(labels.Set(o.meta.GetLabels())) && fieldSelector.Matches(fieldsOf(o.object)) {
			out = append(out, o.object)
			s.seen(q.Resource, o)
		}
	}
	return out, nil
}

// pageOf cuts one page out of a list. The token is opaque to clients, as the API server's is.
func pageOf(items []runtime.Object, limit, token string) (page []runtime.Object, next string, err error) {
	from := 0
	if token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", fmt.Errorf("continue key is not valid: %w", err)
		}
		if from, err = strconv.Atoi(string(text)); err != nil {
			return nil, "", fmt.Errorf("continue key is not valid: %w", err)
		}
	}
	page = items[min(from, len(items)):]
	n, _ := strconv.Atoi(limit)
	if n > 0 && n < len(page) {
		page = page[:n]
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(from + n)))
	}
	return page, next, nil
}
