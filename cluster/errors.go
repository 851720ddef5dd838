package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What an [Error] is about, for callers that branch on it with errors.Is.
var (
	ErrUsage        = errors.New("wrong usage")
	ErrNoCluster    = errors.New("no cluster to talk to")
	ErrUnreachable  = errors.New("the API server cannot be reached")
	ErrUnauthorized = errors.New("not authorized")
	ErrForbidden    = errors.New("forbidden")
	ErrNotFound     = errors.New("not found")
	ErrNoPods       = errors.New("no pods")
)

// Error is what a person has to know who asked for something that cannot be had: one sentence, and what to do about it.
type Error struct {
	About error  // one of the errors above
	Text  string // lower case, no full stop: printed behind "unloop: "
	Hint  string // what to type or to check; empty when there is nothing to say
	Err   error  // the cause, nil when the text says it all
}

func (e *Error) Error() string { return e.Text }

// Unwrap makes errors.Is find both what it is about and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.About}
	}
	return []error{e.About, e.Err}
}

const rightCluster = "is this the right cluster? kubectl config current-context shows it, --context NAME chooses another; files are read without a cluster: unloop -f PATH"

// explain makes an error of a request one that a person understands. Errors that need no explanation pass unchanged.
func (c *Client) explain(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case apierrors.IsUnauthorized(err):
		return &Error{
			About: ErrUnauthorized, Err: err,
			Text: fmt.Sprintf("the API server %s does not accept these credentials (401 Unauthorized)", c.host),
			Hint: "they may have expired: log in again, or choose others with --context or --user",
		}
	case isWrongServer(err):
		return &Error{
			About: ErrUnreachable, Err: err,
			Text: fmt.Sprintf("%s does not answer as a Kubernetes API server does (404 for its own API)", c.host), Hint: rightCluster,
		}
	case isCertificate(err):
		return &Error{
			About: ErrUnreachable, Err: err,
			Text: fmt.Sprintf("the API server %s cannot be trusted: %s", c.host, rootText(err)),
			Hint: "check the cluster's certificate-authority in the kubeconfig, or give --certificate-authority FILE; for a server that is reached by another name: --tls-server-name",
		}
	}
	if says, hint := misbehaviour(err); says != "" {
		return &Error{About: ErrUnreachable, Err: err, Text: fmt.Sprintf("the API server %s %s", c.host, says), Hint: hint}
	}
	if text := c.unreachable(err); text != "" {
		return &Error{
			About: ErrUnreachable, Err: err, Text: text,
			Hint: rightCluster,
		}
	}
	if _, plugin, ok := strings.Cut(err.Error(), credentialsFailed); ok {
		return &Error{
			About: ErrUnauthorized, Err: err,
			Text: "the credential helper that the kubeconfig names failed: " + shorten(plugin),
			Hint: tryKubectl,
		}
	}
	return err
}

// misbehaviour says what the API server did that no answer can be made of, as the end of a sentence about it, and what to
// do about that.
func misbehaviour(err error) (says, hint string) {
	if busy, ok := errors.AsType[*busyError](err); ok {
		return busy.Error(), "it has too much to do; ask again later"
	}
	if stranger, ok := errors.AsType[*strangerError](err); ok {
		return stranger.Error(), "is there a proxy between, or a page to sign in at? " + rightCluster
	}
	if redirect, ok := errors.AsType[*redirectError](err); ok {
		return redirect.Error(), "if that is the API server, name it in the kubeconfig or with --server"
	}
	if huge, ok := errors.AsType[*hugeError](err); ok {
		return huge.Error(), rightCluster
	}
	if errors.Is(err, errEndless) {
		return errEndless.Error(), rightCluster
	}
	if code := statusCode(err); code >= http.StatusInternalServerError {
		return "failed: " + serverText(err), "look at the API server, or ask again later"
	}
	return "", ""
}

// statusCode is the HTTP code of an answer that is an error, 0 for errors of another kind.
func statusCode(err error) int {
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		return int(status.Status().Code)
	}
	return 0
}

// serverText is what the server said in an error: its code and its first words. Client-go puts what is no Status into the
// causes (k8s.io/apimachinery/pkg/api/errors.NewGenericServerResponse).
func serverText(err error) string {
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) {
		return shorten(err.Error())
	}
	s := status.Status()
	text := s.Message
	if s.Details != nil {
		for _, cause := range s.Details.Causes {
			if cause.Type == metav1.CauseTypeUnexpectedServerResponse && cause.Message != "" {
				text = cause.Message
			}
		}
	}
	code := strings.TrimSpace(fmt.Sprintf("%d %s", s.Code, http.StatusText(int(s.Code))))
	if text = shorten(text); text == "" {
		return code
	}
	return code + ": " + text
}

// longestText is how much of a foreign error text is told: a proxy's may be a page.
const longestText = 300

// shorten makes one line of a foreign text, cut to what a sentence can hold.
func shorten(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= longestText {
		return string(runes)
	}
	return string(runes[:longestText]) + " …"
}

// handshakeTime is how long client-go waits for the other side of a TLS handshake (k8s.io/client-go/transport/cache.go).
const handshakeTime = 10 * time.Second

// unreachable says why the API server could not be reached, "" when it could.
func (c *Client) unreachable(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("the API server %s cannot be reached: there is no host %q", c.host, dns.Name)
	case isDialTimeout(err):
		return fmt.Sprintf("the API server %s cannot be reached: no connection within %s", c.host, c.limits.Connect)
	case strings.Contains(err.Error(), "TLS handshake timeout"):
		return fmt.Sprintf("the API server %s did not begin to talk TLS within %s", c.host, handshakeTime)
	case isTimeout(err):
		return fmt.Sprintf("the API server %s did not answer within %s", c.host, patience(err, c.limits.Request))
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("the API server %s cannot be reached: connection refused", c.host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the API server %s hung up in the middle of an answer", c.host)
	case strings.Contains(err.Error(), "gave HTTP response to HTTPS client"):
		return fmt.Sprintf("the API server %s does not speak TLS: its address should begin with http://", c.host)
	}
	// Whatever else kept a request from being answered, unless it was the credential helper.
	if request := (*url.Error)(nil); errors.As(err, &request) && !strings.Contains(err.Error(), credentialsFailed) {
		return fmt.Sprintf("the API server %s cannot be reached: %s", c.host, rootText(err))
	}
	return ""
}

// patience is the time that ran out.
func patience(err error, otherwise time.Duration) time.Duration {
	if late, ok := errors.AsType[*lateError](err); ok {
		return late.after
	}
	return otherwise
}

// credentialsFailed is how client-go begins the error of a credential helper (k8s.io/client-go/plugin/pkg/client/auth/exec).
const credentialsFailed = "getting credentials: "

// isNotFound says that one object does not exist.
func isNotFound(err error) bool { return apierrors.IsNotFound(err) && !isWrongServer(err) }

// isWrongServer recognises a 404 that is not about an object: client-go makes up this text when the answer carries no
// Status (k8s.io/apimachinery/pkg/api/errors.NewGenericServerResponse).
func isWrongServer(err error) bool {
	return apierrors.IsNotFound(err) && strings.Contains(err.Error(), "the server could not find the requested resource")
}

func isDialTimeout(err error) bool {
	op := (*net.OpError)(nil)
	return errors.As(err, &op) && op.Op == "dial" && op.Timeout()
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err)
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid)
}

// rootText is the innermost error's text: the layers around it repeat the URL and the address.
func rootText(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// why says in words why one thing could not be read, for [evidence.Missing]. verb and resource are those of RBAC.
func (c *Client) why(err error, verb, resource, namespace string) string {
	switch {
	case apierrors.IsForbidden(err):
		where := " in the cluster"
		if namespace != "" {
			where = " in namespace " + namespace
		}
		return fmt.Sprintf("forbidden: this account may not %s %s%s", verb, resource, where)
	case apierrors.IsUnauthorized(err):
		return "unauthorized: the API server does not accept the credentials"
	case isNotFound(err):
		return "not found"
	case apierrors.IsResourceExpired(err), apierrors.IsGone(err):
		return "expired: the list was too slow to be read to its end"
	case isTimeout(err) && !isDialTimeout(err):
		return fmt.Sprintf("timed out after %s", patience(err, c.limits.Request))
	}
	if says, _ := misbehaviour(err); says != "" {
		return "refused: the API server " + says
	}
	if text := c.unreachable(err); text != "" {
		return text
	}
	if statusCode(err) == http.StatusTooManyRequests {
		return "refused: the API server is too busy (429)"
	}
	return shorten(err.Error())
}
