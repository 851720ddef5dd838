//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestMain is also the process that the tests send signals to.
func TestMain(m *testing.M) {
	switch os.Getenv("UNLOOP_TEST_AS") {
	case "unloop":
		main()
	case "deaf": // a command that does not end with its context
		os.Exit(untilSignal(func(ctx context.Context) int {
			fmt.Println("started")
			<-ctx.Done()
			fmt.Println("cancelled")
			select {}
		}))
	}
	os.Exit(m.Run())
}

func process(t *testing.T, as string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "UNLOOP_TEST_AS="+as)
	return cmd
}

func TestInterruptEndsTheReadOfAPipe(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		pipe := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skip(err)
		}
		cmd := process(t, "unloop", "-f", pipe)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the process has opened it to read
		if err != nil {
			t.Fatal(err)
		}
		defer writer.Close()
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		exit, _ := errors.AsType[*exec.ExitError](cmd.Wait())
		if exit == nil || exit.ExitCode() != 130 {
			t.Errorf("%s: %v, want exit status 130", sig, exit)
		}
	}
}

func TestSecondInterruptKills(t *testing.T) {
	cmd := process(t, "deaf")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for _, want := range []string{"started", "cancelled"} {
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("said %q, want %q", lines.Text(), want)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	exit, _ := errors.AsType[*exec.ExitError](cmd.Wait())
	if exit == nil || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("%v, want killed by SIGINT", exit)
	}
}
