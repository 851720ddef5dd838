package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
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
	if text := c.unreachable(err); text != "" {
		return &Error{
			About: ErrUnreachable, Err: err, Text: text,
			Hint: rightCluster,
		}
	}
	if _, plugin, ok := strings.Cut(err.Error(), "getting credentials: "); ok {
		return &Error{
			About: ErrUnauthorized, Err: err,
			Text: "the credential helper that the kubeconfig names failed: " + plugin,
			Hint: "run kubectl auth whoami to see whether kubectl has the same trouble",
		}
	}
	return err
}

// unreachable says why the API server could not be reached, "" when it could.
func (c *Client) unreachable(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("the API server %s cannot be reached: there is no host %q", c.host, dns.Name)
	case isDialTimeout(err):
		return fmt.Sprintf("the API server %s cannot be reached: no connection within %s", c.host, c.limits.Connect)
	case isTimeout(err):
		return fmt.Sprintf("the API server %s did not answer within %s", c.host, c.limits.Request)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("the API server %s cannot be reached: connection refused", c.host)
	case strings.Contains(err.Error(), "gave HTTP response to HTTPS client"):
		return fmt.Sprintf("the API server %s does not speak TLS: its address should begin with http://", c.host)
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return fmt.Sprintf("the API server %s cannot be reached: %s", c.host, rootText(err))
	}
	return ""
}

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
	case apierrors.IsTooManyRequests(err):
		return "refused: the API server is too busy (429)"
	case isTimeout(err):
		return fmt.Sprintf("timed out after %s", c.limits.Request)
	}
	return err.Error()
}
