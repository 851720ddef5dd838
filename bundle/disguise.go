package bundle

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/printed"
)

// describeBytes is more than a describe of one pod is long.
const describeBytes = 1 << 20

var describeHead = lazyregexp.New(`^\s*Name:[ \t]+[a-z0-9][a-z0-9.-]*[ \t]*\r?\n(?:Namespace|Priority|Node|Labels):`)

// describeInLog reads a file that is named like a log and is a describe of one pod from its first line to its last: what
// a file is, its content says. It gives what it has read, for who wants it as a log.
func (r *reader) describeInLog(name string, in io.Reader) (rest io.Reader, done bool) {
	var seen bytes.Buffer
	_, _ = io.CopyN(&seen, in, 512) // an error comes again, when the rest is read
	if !describeHead.Match(seen.Bytes()) {
		return io.MultiReader(&seen, in), false
	}
	_, err := io.CopyN(&seen, in, describeBytes)
	objects := wholeDescribe(seen.Bytes())
	if !errors.Is(err, io.EOF) || objects == nil {
		return io.MultiReader(&seen, in), false
	}
	if r.again != nil {
		return nil, true // kept at the first reading
	}
	text := seen.Bytes()
	s := &sheet{}
	s.add(objects, printed.Command{})
	read, err := crashlog.Options{Redact: r.options.Redact}.Read(bytes.NewReader(text))
	if err == nil && read != nil {
		said := readLogName(strings.TrimPrefix(name, r.root))
		s.named = &foundLog{name: said, log: evidence.RawLog{
			Previous: said.previous, PreviousKnown: said.previous || said.current, Path: r.asGiven(name), Read: read, Data: text[max(0, len(text)-r.limits.tail):],
		}}
	}
	r.set.sheets = append(r.set.sheets, s)
	return nil, true
}

// describeParts are what the describe of a pod has, whatever the pod.
var describeParts = []*lazyregexp.Regexp{
	lazyregexp.New(`(?m)^Containers:\r?$`), lazyregexp.New(`(?m)^(?:Conditions|Events):`),
}

// wholeDescribe reads a text that is the describe of one pod and nothing else; nil for any other.
func wholeDescribe(text []byte) *printed.Objects {
	for _, part := range describeParts {
		if !part.Match(text) {
			return nil
		}
	}
	blocks := printed.Split(text)
	if len(blocks) != 1 || blocks[0].Kind != printed.BlockDescribe || blocks[0].Command != (printed.Command{}) {
		return nil
	}
	objects, err := printed.Describe(blocks[0].Text)
	if err != nil || len(objects.Pods) != 1 || objects.Pods[0].Form != "kubectl describe" {
		return nil
	}
	return objects
}

// unmask takes a describe in a file named like a log for a log after all, where the pod is known from elsewhere, or where
// the name is that of a log of a known pod: a program may print anything, and must not pass itself off as evidence.
func (s *set) unmask() {
	var kept []*sheet
	for _, sheet := range s.sheets {
		if sheet.named != nil && s.knowsBetter(sheet) {
			s.logs = append(s.logs, *sheet.named)
			continue
		}
		kept = append(kept, sheet)
	}
	s.sheets = kept
}

func (s *set) knowsBetter(masked *sheet) bool {
	claimed := masked.objects.Pods[0].Pod
	for _, pod := range s.pods {
		if pod.Name == claimed.Name && pod.Namespace == claimed.Namespace || masked.named.name.match(pod) > 0 {
			return true
		}
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			if sheet.named == nil && !p.Row && p.Pod.Name == claimed.Name {
				return true
			}
		}
	}
	return false
}
