package bundle

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/unloop-dev/unloop/files"
)

// dumped is what a cluster-info dump writes around a log.
func dumped(namespace, pod, container, log string) string {
	whose := fmt.Sprintf("container %s of pod %s/%s ====\n", container, namespace, pod)
	return "==== START logs for " + whose + log + "==== END logs for " + whose
}

func TestSections(t *testing.T) {
	long := strings.Repeat("0123456789", 5000)
	in := "{\n}\n{\n}\n" +
		dumped("shop", "web-1", "init", "") +
		dumped("shop", "web-1", "app", "no newline at the end") +
		dumped("shop", "web-2", "app", dumped("shop", "web-1", "app", "a log within a log\n")+long+"\n") +
		"{\n}\n" + dumped("kube-system", "dns", "dns", "one\ntwo\n") + "{\n}\n==== START logs for container cut of pod a/b ====\nhalf a lo"
	want := []string{
		"{\n}\n{\n}",
		"init of pod shop/web-1: ",
		"app of pod shop/web-1: no newline at the end",
		"app of pod shop/web-2: " + dumped("shop", "web-1", "app", "a log within a log\n") + long + "\n",
		"{\n}", "dns of pod kube-system/dns: one\ntwo\n", "{\n}", "cut of pod a/b: half a lo",
	}
	for name, reader := range map[string]io.Reader{
		"at once": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in)),
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			br, lines := bufio.NewReaderSize(reader, files.HeadBytes), lineCount{}
			for {
				if _, err := br.Peek(1); err != nil {
					break
				}
				part, whose := betweenSections(br, &lines), ""
				if title, ok := nextSection(br, &lines); ok {
					part, whose = sectionBody(br, title, &lines), strings.TrimPrefix(title, "logs for container ")+": "
				}
				text, err := io.ReadAll(part)
				if err != nil {
					t.Fatal(err)
				}
				part.rest()
				got = append(got, whose+string(text))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if all := len(slices.Collect(strings.Lines(in))); lines.total() != all {
				t.Errorf("%d lines counted, of %d", lines.total(), all)
			}
		})
	}
}

// FuzzSections reads any text as a dump: it must come to an end, and nothing may come out that did not go in.
func FuzzSections(f *testing.F) {
	f.Add("{}\n" + dumped("shop", "web-1", "app", "up\n") + "{}\n")
	f.Add(sectionStart + "\n" + sectionStart)
	f.Fuzz(func(t *testing.T, text string) {
		br, lines := bufio.NewReaderSize(strings.NewReader(text), files.HeadBytes), lineCount{}
		total := 0
		for rounds := 0; ; rounds++ {
			if _, err := br.Peek(1); err != nil {
				break
			}
			part := betweenSections(br, &lines)
			if title, ok := nextSection(br, &lines); ok {
				part = sectionBody(br, title, &lines)
			}
			n, err := io.Copy(io.Discard, part)
			if err != nil {
				t.Fatal(err)
			}
			part.rest()
			if total += int(n); total > len(text) || rounds > len(text) {
				t.Fatalf("%d bytes and %d parts out of %d bytes", total, rounds, len(text))
			}
		}
		if want := len(slices.Collect(strings.Lines(text))); lines.total() != want {
			t.Fatalf("%d lines counted, of %d", lines.total(), want)
		}
	})
}
