package crashlog

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/redact"
)

// TestNoSecretLeavesALog puts secrets of several lines into a log and looks for them in all that is handed out.
func TestNoSecretLeavesALog(t *testing.T) {
	secret := "hunter2" + "xQ9"
	key := "-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat(strings.Repeat("MIIEow9Kj", 7)+"M\n", 12) + "-----END RSA " + "PRIVATE KEY-----\n"
	log := "starting\n" + key + "password: |\n  " + secret + "\npassword:\n  " + secret + "\n- name: DB_PASSWORD\n  value: " + secret +
		"\n\x1b[1mpass\x1b[0mword=" + secret + "\nFATAL: cannot connect postgres://app:" + secret + "@db:5432/x: connection refused\n"
	for name, l := range map[string]*Log{"bytes": ReadBytes([]byte(log)), "stream": readAll(t, iotest.OneByteReader(strings.NewReader(log)))} {
		out := fmt.Sprintf("%+v %+v", *l, *l.Crash)
		if strings.Contains(out, secret) || strings.Contains(out, "MIIEow9Kj") {
			t.Errorf("%s: a secret is left:\n%s", name, out)
		}
		if want := strings.Count(log, "\n"); l.Crash.Line != want || l.Lines != want || l.Bytes != int64(len(log)) {
			t.Errorf("%s: the crash is in line %d of %d (%d bytes), want %d (%d)", name, l.Crash.Line, l.Lines, l.Bytes, want, len(log))
		}
		if l.Crash.Host != "db" || l.Crash.Port != "5432" {
			t.Errorf("%s: the crash names %s:%s, want db:5432", name, l.Crash.Host, l.Crash.Port)
		}
	}
}

func readAll(t *testing.T, r io.Reader) *Log {
	t.Helper()
	l, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOptionsRedactWhatTheUserCallsSecret(t *testing.T) {
	rules := &redact.Rules{}
	if err := rules.Read("rules", strings.NewReader(`customer-\d+`)); err != nil {
		t.Fatal(err)
	}
	log := []byte("ERROR: no account of customer-4711\n")
	read, err := Options{Redact: rules}.Read(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Options{Redact: rules}.ReadBytes(log), read); diff != "" {
		t.Errorf("Read and ReadBytes differ:\n%s", diff)
	}
	if want := "no account of " + regexp.QuoteMeta(redact.Marker); !regexp.MustCompile(want).MatchString(read.Crash.Message) {
		t.Errorf("the message is %q, want %s", read.Crash.Message, want)
	}
}
