package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // kubeconfigs with the auth-provider oidc, as kubectl
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Flags say which cluster to talk to and as whom. They are kubectl's, by the same names and with the same meaning; the
// zero value means what kubectl without flags means.
type Flags struct {
	// Kubeconfig is the file to read instead of those that KUBECONFIG names, or ~/.kube/config.
	Kubeconfig string
	// RequestTimeout bounds each request, and each list as a whole: "30s", or a number of seconds. Empty and "0" mean the
	// defaults of [Limits].
	RequestTimeout string

	overrides clientcmd.ConfigOverrides
}

// Bind adds the flags to a flag set.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	o := &f.overrides
	flags.StringVar(&f.Kubeconfig, "kubeconfig", "", "kubeconfig `file` to use")
	flags.StringVar(&o.CurrentContext, "context", "", "`name` of the kubeconfig context to use")
	flags.StringVar(&o.Context.Cluster, "cluster", "", "`name` of the kubeconfig cluster to use")
	flags.StringVar(&o.Context.AuthInfo, "user", "", "`name` of the kubeconfig user to use")
	flags.StringVarP(&o.Context.Namespace, "namespace", "n", "", "`namespace` to look in (default: the context's)")
	flags.StringVarP(&o.ClusterInfo.Server, "server", "s", "", "`address` and port of the API server")
	flags.StringVar(&o.ClusterInfo.TLSServerName, "tls-server-name", "", "`name` that the API server's certificate must carry")
	flags.StringVar(&o.ClusterInfo.CertificateAuthority, "certificate-authority", "", "`file` with the certificate authority of the API server")
	flags.BoolVar(&o.ClusterInfo.InsecureSkipTLSVerify, "insecure-skip-tls-verify", false, "trust any API server; its answers may be forged")
	flags.StringVar(&o.AuthInfo.Token, "token", "", "bearer `token` to authenticate with")
	flags.StringVar(&o.AuthInfo.ClientCertificate, "client-certificate", "", "client certificate `file` for TLS")
	flags.StringVar(&o.AuthInfo.ClientKey, "client-key", "", "client key `file` for TLS")
	flags.StringVar(&o.AuthInfo.Impersonate, "as", "", "`user` or service account to impersonate")
	flags.StringArrayVar(&o.AuthInfo.ImpersonateGroups, "as-group", nil, "`group` to impersonate; may be given several times")
	flags.StringVar(&o.AuthInfo.ImpersonateUID, "as-uid", "", "`UID` to impersonate")
	flags.StringVar(&f.RequestTimeout, "request-timeout", "", "`time` to wait for an answer of the API server, like 10s (default: 15s to connect, 30s to answer)")
}

// Connect makes a client that calls itself unloop/version. It reads the kubeconfig and sends nothing.
func (f *Flags) Connect(version string) (*Client, error) {
	limits, err := f.limits()
	if err != nil {
		return nil, err
	}
	config, err := f.load()
	if err != nil {
		return nil, err
	}
	loader := f.loader()
	restConfig, err := loader.ClientConfig()
	if err != nil {
		return nil, f.explain(config, err)
	}
	c, err := New(restConfig, "unloop/"+version, limits)
	if err != nil {
		return nil, f.explain(config, err)
	}
	if c.Namespace, _, err = loader.Namespace(); err != nil {
		return nil, f.explain(config, err)
	}
	if name := f.clusterName(config); name != "" {
		c.Cluster = name
	}
	return c, nil
}

// Namespace is what -n says, "" when it was not given. A connected [Client] knows the namespace that is meant then.
func (f *Flags) Namespace() string { return f.overrides.Context.Namespace }

// Contexts are the names of the contexts in the kubeconfig, sorted; empty when there is none to be read.
func (f *Flags) Contexts() []string {
	config, err := f.rules().Load()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(config.Contexts))
}

func (f *Flags) rules() *clientcmd.ClientConfigLoadingRules {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.Kubeconfig
	rules.WarnIfAllMissing = false // the error says it better
	return rules
}

func (f *Flags) loader() clientcmd.ClientConfig {
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(f.rules(), &f.overrides)
}

func (f *Flags) limits() (Limits, error) {
	if f.RequestTimeout == "" {
		return Limits{}, nil
	}
	d, err := clientcmd.ParseTimeout(f.RequestTimeout)
	if err != nil || d < 0 {
		return Limits{}, &Error{
			About: ErrUsage, Err: err, Text: fmt.Sprintf("--request-timeout %q is not a time", f.RequestTimeout),
			Hint: "examples: 10s, 1m30s, or a number of seconds",
		}
	}
	if d == 0 {
		return Limits{}, nil
	}
	return Limits{Connect: min(d, 15*time.Second), Request: d, List: d, Log: d, LogOfDeadNode: min(d, 5*time.Second)}, nil
}

// load reads the kubeconfig and checks the names that flags give, so that errors can list the names that exist.
func (f *Flags) load() (*api.Config, error) {
	rules := f.rules()
	config, err := rules.Load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{
			About: ErrNoCluster, Err: err, Text: fmt.Sprintf("there is no kubeconfig %s", f.Kubeconfig), Hint: withoutCluster,
		}
	case err != nil:
		return nil, &Error{About: ErrNoCluster, Err: err, Text: err.Error(), Hint: withoutCluster}
	}
	o := &f.overrides
	for _, err := range []error{
		unknownName("context", o.CurrentContext, slices.Sorted(maps.Keys(config.Contexts))),
		unknownName("cluster", o.Context.Cluster, slices.Sorted(maps.Keys(config.Clusters))),
		unknownName("user", o.Context.AuthInfo, slices.Sorted(maps.Keys(config.AuthInfos))),
	} {
		if err != nil {
			return nil, err
		}
	}
	return config, nil
}

func unknownName(what, name string, known []string) error {
	if name == "" || slices.Contains(known, name) {
		return nil
	}
	hint := "the kubeconfig has no " + what + "s"
	if len(known) > 0 {
		hint = fmt.Sprintf("%ss in the kubeconfig: %s", what, strings.Join(known, ", "))
	}
	return &Error{About: ErrNoCluster, Text: fmt.Sprintf("there is no %s %q", what, name), Hint: hint}
}

const withoutCluster = "name a kubeconfig with --kubeconfig FILE or in KUBECONFIG; without a cluster: unloop -f PATH reads files, unloop demo shows recorded incidents"

// explain says what is wrong with a kubeconfig from which no connection can be made.
func (f *Flags) explain(config *api.Config, err error) error {
	switch {
	case clientcmd.IsEmptyConfig(err) && len(config.Contexts) == 0:
		return &Error{
			About: ErrNoCluster, Err: err, Hint: withoutCluster,
			Text: fmt.Sprintf("no cluster to talk to: looked for a kubeconfig at %s, and this is not a pod in a cluster", f.lookedAt()),
		}
	case clientcmd.IsEmptyConfig(err) && config.CurrentContext == "" && f.overrides.CurrentContext == "":
		return &Error{
			About: ErrNoCluster, Err: err, Text: "the kubeconfig has no current context",
			Hint: "choose one with --context: " + strings.Join(f.Contexts(), ", "),
		}
	case clientcmd.IsContextNotFound(err):
		return unknownName("context", config.CurrentContext, f.Contexts())
	}
	return &Error{About: ErrNoCluster, Err: err, Text: err.Error(), Hint: withoutCluster}
}

func (f *Flags) lookedAt() string {
	if f.Kubeconfig != "" {
		return f.Kubeconfig
	}
	return strings.Join(f.rules().Precedence, string(os.PathListSeparator))
}

// clusterName is the name of the cluster in the kubeconfig, "" when flags or the pod's service account name the server.
func (f *Flags) clusterName(config *api.Config) string {
	if f.overrides.ClusterInfo.Server != "" {
		return ""
	}
	if f.overrides.Context.Cluster != "" {
		return f.overrides.Context.Cluster
	}
	name := f.overrides.CurrentContext
	if name == "" {
		name = config.CurrentContext
	}
	if context := config.Contexts[name]; context != nil {
		return context.Cluster
	}
	return ""
}
