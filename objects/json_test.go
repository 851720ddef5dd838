package objects

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzJSONItems cuts an array into its items, and wants what package json finds; what [lean] leaves must be valid.
func FuzzJSONItems(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[1, "a]\"", {"a":[{}]}, [null]]`, `[{"metadata":{"annotations":{"` + lastApplied + `":"{}"},"managedFields":[{"a":"]"}],"name":"x"}}]`, `[{"metadata":{"managedFields":[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want []json.RawMessage
		if json.Unmarshal(data, &want) != nil || len(want) == 0 {
			want = nil
		}
		var got []json.RawMessage
		j := &jsonStream{in: bufio.NewReaderSize(bytes.NewReader(data), 16), line: 1, limit: 1 << 20}
		err := j.array(func(_ Lines, item []byte, _ error) {
			got = append(got, bytes.Clone(item))
			valid := json.Valid(item)
			if rest := lean(item); valid && !json.Valid(rest) {
				t.Errorf("lean leaves %q", rest)
			}
		})
		if want != nil && (err != nil || !cmp.Equal(want, got)) {
			t.Errorf("found %q with error %v, want %q", got, err, want)
		}
	})
}
