// Command crasher is the only program in the lab's static image. Its arguments are a little script, one step each, done
// in order; what goes wrong is worded by Go and the kernel, not by us.
//
//	print:TEXT  err:TEXT           a line on stdout, on stderr
//	sleep:DURATION  forever        wait
//	exit:CODE  panic:TEXT          end
//	signal:NUMBER                  kill itself with a signal at its default action
//	segv                           a real SIGSEGV from the kernel (exit 139)
//	oom[:MIB]                      allocate and touch memory, until killed or MIB are held
//	fill:PATH[=MIB]                write a file, until the disk is full or MIB are written
//	spawn:STEP;STEP                run itself with these steps as a child, and say how the child ended; goes on
//	must:STEP;STEP                 the same, but exit with 1 if the child fails
//	serve:ADDR[=N]                 http server; /healthz is 200 for the first N answers and 500 then; without N for ever
//	slow:ADDR=DURATION             http server whose /healthz takes that long
//	depends:ADDR=TARGET            http server whose /healthz is 503 as long as TARGET can't be dialled
//	grpc:ADDR[=N]                  gRPC health service: SERVING for the first N answers and NOT_SERVING then
//	listen:ADDR                    listen and never accept
//	dial:ADDR  lookup:NAME         connect by TCP, resolve; print the result, exit 1 on failure
//	get:URL                        http get with 3 s; print the status, exit 1 on failure or from 400 on
//	kube:PATH                      get PATH of the apiserver as the pod's service account; exit 1 from 400 on
//	kind:GROUP/VERSION/KIND        exit 1 unless the apiserver serves it, in the words of Kubernetes' Go client
//	trap:CODE  ignore              on SIGTERM print a line and exit with CODE; ignore it
//	need:PATH  write:PATH=TEXT     exit 1 if PATH isn't there, can't be written
//	read:PATH  env:NAME            print; exit 1 if it isn't there
//	equal:PATH=TEXT                exit 1 unless the file holds TEXT
//	flags:ARGUMENT,...             parse as Go's flag package does; the program knows -listen and -verbose
//	pause                          be a sandbox's pause process
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	log.SetFlags(log.LstdFlags)
	if len(os.Args) == 1 {
		pause("")
		return
	}
	steps := table()
	for _, s := range os.Args[1:] {
		name, arg, _ := strings.Cut(s, ":")
		step, ok := steps[name]
		if !ok {
			fmt.Fprintln(os.Stderr, "crasher: unknown step", s)
			os.Exit(64)
		}
		step(arg)
	}
}

func table() map[string]func(string) {
	return map[string]func(string){
		"print": func(s string) { fmt.Println(s) },
		"err":   func(s string) { fmt.Fprintln(os.Stderr, s) },
		"sleep": func(s string) { time.Sleep(duration(s)) },
		"exit":  func(s string) { os.Exit(number(s)) },
		"panic": func(s string) { panic(s) },
		// select{} alone is a deadlock to Go's runtime, which ends the program with 2.
		"forever": func(string) {
			for {
				time.Sleep(time.Hour)
			}
		},
		"signal": raise, "segv": segv, "oom": eat, "fill": fill, "spawn": spawn, "must": mustSpawn,
		"serve": serve, "slow": slow, "depends": depends, "listen": listen,
		"grpc": serveGRPC, "dial": dial, "lookup": lookup, "get": get, "kube": kube, "kind": kind,
		"trap": trap, "ignore": func(string) { signal.Ignore(syscall.SIGTERM) },
		"need": need, "write": write, "read": read, "env": env, "equal": equal, "flags": flags, "pause": pause,
	}
}

func duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	usage(err)
	return d
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	usage(err)
	return n
}

// usage ends the program with a code that no scenario expects: the scenario is wrong.
func usage(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "crasher:", err)
		os.Exit(65)
	}
}

// fatal is how most Go programs end that can't go on.
func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// raise drops Go's handler first. As pid 1 of a container only a signal that the kernel forces kills, and SIGKILL from
// inside never does: use spawn for others.
func raise(s string) {
	sig := syscall.Signal(number(s))
	defaultAction(sig)
	fatal(syscall.Kill(os.Getpid(), sig))
	time.Sleep(time.Second)
}

func segv(string) {
	defaultAction(syscall.SIGSEGV)
	var p *int
	*p = 1
}

func defaultAction(sig syscall.Signal) {
	var act [4]uintptr // struct sigaction: SIG_DFL, no flags
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&act)), 0, 8, 0, 0)
}

func eat(s string) {
	limit := 1 << 30
	if s != "" {
		limit = number(s)
	}
	const step = 4
	var keep [][]byte
	for held := step; held <= limit; held += step {
		b := make([]byte, step<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		keep = append(keep, b)
		fmt.Printf("allocated %d MiB\n", held)
		time.Sleep(20 * time.Millisecond)
	}
	held = keep
}

// held keeps memory from being collected.
var held [][]byte

func fill(s string) {
	path, size, limited := strings.Cut(s, "=")
	limit := 1 << 30
	if limited {
		limit = number(size)
	}
	f, err := os.Create(path)
	fatal(err)
	defer f.Close()
	block := make([]byte, 1<<20)
	for range limit {
		_, err := f.Write(block)
		fatal(err)
	}
}

func child(s string) error {
	c := exec.Command("/proc/self/exe", strings.Split(s, ";")...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}

func spawn(s string) {
	if err := child(s); err != nil {
		fmt.Fprintln(os.Stderr, "worker exited:", err)
	}
}

func mustSpawn(s string) {
	if err := child(s); err != nil {
		fmt.Fprintln(os.Stderr, "FATAL: worker exited:", err)
		os.Exit(1)
	}
}

func serveHealth(addr string, h http.HandlerFunc) {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", h)
	l, err := net.Listen("tcp", addr)
	fatal(err)
	fmt.Println("listening on", addr)
	go func() { fatal(http.Serve(l, mux)) }()
}

func serve(s string) {
	addr, n, limited := strings.Cut(s, "=")
	limit := int64(-1)
	if limited {
		limit = int64(number(n))
	}
	var served atomic.Int64
	serveHealth(addr, func(w http.ResponseWriter, _ *http.Request) {
		if c := served.Add(1); limit >= 0 && c > limit {
			fmt.Printf("healthz #%d: answering 500\n", c)
			http.Error(w, "database connection lost", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "ok")
	})
}

func slow(s string) {
	addr, d, _ := strings.Cut(s, "=")
	delay := duration(d)
	serveHealth(addr, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(delay)
		fmt.Fprintln(w, "ok")
	})
}

func depends(s string) {
	addr, target, _ := strings.Cut(s, "=")
	serveHealth(addr, func(w http.ResponseWriter, _ *http.Request) {
		c, err := net.DialTimeout("tcp", target, 500*time.Millisecond)
		if err != nil {
			fmt.Fprintln(os.Stderr, "health check: database:", err)
			http.Error(w, "database: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		c.Close()
		fmt.Fprintln(w, "ok")
	})
}

// serveGRPC is as much of grpc.health.v1.Health as a kubelet asks for: every call is a Check, and the answer holds one
// field, the status.
func serveGRPC(s string) {
	addr, n, limited := strings.Cut(s, "=")
	limit := int64(-1)
	if limited {
		limit = int64(number(n))
	}
	var served atomic.Int64
	check := func(w http.ResponseWriter, r *http.Request) {
		const serving, notServing = 1, 2
		status := byte(serving)
		if c := served.Add(1); limit >= 0 && c > limit {
			fmt.Printf("health check #%d: NOT_SERVING\n", c)
			status = notServing
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/grpc")
		_, _ = w.Write([]byte{0, 0, 0, 0, 2, 1 << 3, status}) // not compressed, two bytes long: field 1, a number
		w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
	}
	server := &http.Server{Handler: http.HandlerFunc(check), Protocols: &http.Protocols{}}
	server.Protocols.SetUnencryptedHTTP2(true)
	l, err := net.Listen("tcp", addr)
	fatal(err)
	fmt.Println("listening on", addr)
	go func() { fatal(server.Serve(l)) }()
}

func listen(s string) {
	l, err := net.Listen("tcp", s)
	fatal(err)
	fmt.Println("listening on", l.Addr())
}

func dial(s string) {
	c, err := net.DialTimeout("tcp", s, 3*time.Second)
	fatal(err)
	fmt.Println("connected to", c.RemoteAddr())
	c.Close()
}

func lookup(s string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupHost(ctx, s)
	fatal(err)
	fmt.Println(s, "is", addrs)
}

func get(s string) {
	code, body := request(&http.Client{Timeout: 3 * time.Second}, s, "")
	if code >= http.StatusBadRequest {
		fatal(errors.New(body))
	}
}

func kube(s string) {
	code, body := askAPI(s)
	if code >= http.StatusBadRequest {
		fatal(errors.New(body))
	}
}

// kind fails as an operator does whose custom resource definitions nobody installed. The words are those of
// NoKindMatchError (k8s.io/apimachinery/pkg/api/meta/errors.go).
func kind(s string) {
	group, name := path.Split(s)
	group = strings.TrimSuffix(group, "/")
	code, body := askAPI("/apis/" + group)
	if code == http.StatusNotFound || !strings.Contains(body, fmt.Sprintf("%q", name)) {
		log.Fatalf("unable to start the controller: no matches for kind %q in version %q", name, group)
	}
}

func askAPI(path string) (code int, body string) {
	token, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/token")
	fatal(err)
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	return request(c, "https://"+os.Getenv("KUBERNETES_SERVICE_HOST")+path, string(token))
}

func request(c *http.Client, url, token string) (code int, body string) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	usage(err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.Do(r)
	fatal(err)
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	fmt.Println(r.Method, url, res.Status)
	return res.StatusCode, strings.TrimSpace(string(b))
}

func trap(s string) {
	code := number(s)
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGTERM)
	go func() {
		<-ch
		fmt.Println("got SIGTERM, shutting down")
		os.Exit(code)
	}()
}

func need(s string) {
	_, err := os.Stat(s)
	fatal(err)
}

func write(s string) {
	path, text, _ := strings.Cut(s, "=")
	fatal(os.WriteFile(path, []byte(text), 0o644))
}

func read(s string) {
	b, err := os.ReadFile(s)
	fatal(err)
	fmt.Printf("%s\n", b)
}

func equal(s string) {
	path, text, _ := strings.Cut(s, "=")
	b, err := os.ReadFile(path)
	fatal(err)
	if strings.TrimSpace(string(b)) != text {
		log.Fatalf("%s has changed, and this program can't follow", path)
	}
}

func env(s string) {
	v, ok := os.LookupEnv(s)
	if !ok {
		log.Fatalf("required environment variable %s is not set", s)
	}
	fmt.Printf("%s=%s\n", s, v)
}

func flags(s string) {
	f := flag.NewFlagSet("crasher", flag.ExitOnError)
	f.String("listen", ":8080", "address to listen on")
	f.Bool("verbose", false, "say more")
	_ = f.Parse(strings.Split(s, ","))
}

func pause(string) {
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT)
	<-ch
}
