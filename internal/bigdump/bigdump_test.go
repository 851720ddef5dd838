package bigdump_test

import (
	"bytes"
	"testing"

	"github.com/unloop-dev/unloop/internal/bigdump"
)

func TestFilesHaveTheirSize(t *testing.T) {
	d := bigdump.Dump{Pods: 230, Trouble: 7, LogBytes: 1000, Managed: true}
	logs, crashes := 0, 0
	for f := range d.Files() {
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		if int64(out.Len()) != f.Size {
			t.Errorf("%s has %d bytes and says %d", f.Name, out.Len(), f.Size)
		}
		if bytes.HasPrefix(out.Bytes(), []byte("==== START")) {
			logs++
			crashes += bytes.Count(out.Bytes(), []byte("panic: "))
		}
	}
	if logs != d.Pods || crashes != d.Trouble {
		t.Errorf("%d logs of which %d end in a crash, want %d and %d", logs, crashes, d.Pods, d.Trouble)
	}
}
