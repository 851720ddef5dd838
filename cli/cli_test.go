package cli_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/cli"
	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

func TestMain(m *testing.M) {
	run := func() { os.Exit(unloop()) }
	testscript.Main(m, map[string]func(){"unloop": run, "kubectl-unloop": run})
}

func unloop() int {
	return cli.Main(context.Background(), os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv)
}

// TestScripts runs the command as a person does. Besides the usual commands of testscript there is
//
//	serve [-forbid VERB/RESOURCE]... [-hang VERB/RESOURCE]... [-vanish NS/POD]... BUNDLE...
//	        an API server that holds what the bundles hold; KUBECONFIG points to it
//	requests MAX
//	        the server has answered at most so many requests since it was started
//	width MAX
//	        no line of the last stdout but commands is wider than that
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "requests": requests, "width": width,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("KUBECONFIG", env.WorkDir+"/none")
			env.Setenv("CAUSES", must(os.Getwd())+"/../causes")
			env.Setenv("DEMO", must(os.Getwd())+"/demo")
			return nil
		},
	})
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func serve(ts *testscript.TestScript, _ bool, args []string) {
	server := fakeapi.Start()
	ts.Defer(server.Close)
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		a, b, _ := strings.Cut(args[1], "/")
		switch args[0] {
		case "-forbid":
			server.Forbid(a, b)
		case "-hang":
			server.Hang(a, b)
		case "-vanish":
			server.Vanish(a, b)
		default:
			ts.Fatalf("serve: unknown flag %s", args[0])
		}
		args = args[2:]
	}
	var raws []*evidence.Raw
	for _, path := range args {
		b, err := bundle.Open([]string{ts.MkAbs(path)}, nil)
		ts.Check(err)
		raws = append(raws, b.Raws()...)
	}
	server.AddRaw(raws...)
	if len(raws) > 0 {
		server.SetTime(evidence.Of(raws[0]).At)
	}
	path, err := server.Kubeconfig(ts.MkAbs("."), "default")
	ts.Check(err)
	ts.Setenv("KUBECONFIG", path)
	servers.Store(ts.Name(), server)
}

// servers are those of the scripts that run, by the script's name: *fakeapi.Server.
var servers sync.Map

func requests(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	server, ok := servers.Load(ts.Name())
	if !ok {
		ts.Fatalf("requests: no server was started")
	}
	got := server.(*fakeapi.Server).Requests()
	if len(got) > most {
		ts.Fatalf("%d requests, want at most %d:\n%s", len(got), most, strings.Join(describe(got), "\n"))
	}
}

func describe(requests []fakeapi.Request) []string {
	var out []string
	for _, r := range requests {
		out = append(out, fmt.Sprintf("%s %s %s/%s %s", r.Verb, r.Resource, r.Namespace, r.Name, r.Query))
	}
	return out
}

func width(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	for _, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		command := strings.Contains(line, "kubectl ") || strings.Contains(line, "unloop ") || strings.Contains(line, "docker ")
		if len([]rune(line)) > most && !command {
			ts.Fatalf("%d columns: %s", len([]rune(line)), line)
		}
	}
}
