package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/cli"
)

// input is a standard input on which nobody writes. It says when it is read.
type input struct {
	io.Reader
	reading func()
}

func (in input) Read(p []byte) (int, error) {
	in.reading()
	return in.Reader.Read(p)
}

// terminal is the same for a terminal.
type terminal struct {
	input
	file *os.File
}

func (t terminal) Fd() uintptr { return t.file.Fd() }

// interrupted runs a command that is interrupted while it reads in.
func interrupted(ctx context.Context, in io.Reader, args ...string) (status int, stderr string) {
	var errs bytes.Buffer
	streams := cli.Streams{In: in, Out: io.Discard, Err: &errs}
	status = cli.Main(ctx, append([]string{"unloop"}, args...), streams, func(string) string { return "" })
	return status, errs.String()
}

func TestInterruptEndsTheReadOfStandardInput(t *testing.T) {
	for _, args := range [][]string{{"-f", "-"}, {"diagnose", "-f", "-"}, {"capture", "-f", "-", "-o", "-"}} {
		ctx, cancel := context.WithCancel(t.Context())
		in, out := io.Pipe()
		t.Cleanup(func() { out.Close() })
		status, stderr := interrupted(ctx, input{in, cancel}, args...)
		if status != 130 || stderr != "unloop: interrupted\n" {
			t.Errorf("%q: status %d, stderr %q", args, status, stderr)
		}
	}
}

func TestInterruptEndsTheReadInTheMiddleOfALog(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	t.Cleanup(func() { out.Close() })
	started := strings.NewReader(strings.Repeat("panic: no queue\n", 10000))
	status, stderr := interrupted(ctx, io.MultiReader(started, input{in, cancel}), "-f", "-")
	if status != 130 || stderr != "unloop: interrupted\n" {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

func TestTerminalIsToldHowToEnd(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had: ", err)
	}
	t.Cleanup(func() { tty.Close() })
	in, out := io.Pipe()
	t.Cleanup(func() { out.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	status, stderr := interrupted(ctx, terminal{input{in, cancel}, tty}, "-f", "-")
	if status != 130 || stderr != "unloop: reading standard input; end with Ctrl-D\nunloop: interrupted\n" {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}
