package redact

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Rules are what a user adds to the secrets that this package knows. Nil adds nothing, as the zero value does.
type Rules struct {
	patterns []*regexp.Regexp
}

// Bounds of a file of rules. Every pattern is tried on every line that is read.
const (
	maxRules    = 200
	maxRuleLine = 4096
	maxRuleFile = 1 << 20
)

// Read adds the rules of a file: one regular expression of Go a line. Where it has groups they are the secret, otherwise the
// whole match is. Blank lines and those that begin with # do not count. name is for errors, which begin with it.
func (r *Rules) Read(name string, file io.Reader) error {
	lines := bufio.NewScanner(io.LimitReader(file, maxRuleFile))
	lines.Buffer(nil, maxRuleLine)
	number := 0
	for lines.Scan() {
		number++
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := r.add(text); err != nil {
			return fmt.Errorf("%s:%d: %w", name, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, number+1, err)
	}
	if more, _ := file.Read(make([]byte, 1)); more > 0 {
		return fmt.Errorf("%s: larger than %d bytes", name, maxRuleFile)
	}
	return nil
}

func (r *Rules) add(text string) error {
	pattern, err := regexp.Compile(text)
	switch {
	case err != nil:
		return err
	case pattern.MatchString(""):
		return fmt.Errorf("%s matches an empty text, which is everywhere", text)
	case len(r.patterns) == maxRules:
		return fmt.Errorf("more than %d patterns", maxRules)
	}
	r.patterns = append(r.patterns, pattern)
	return nil
}

func (r *Rules) empty() bool { return r == nil || len(r.patterns) == 0 }

// appendOwn finds what the user's patterns match. What is a marker already is left: most patterns match that, too.
func (r *Rules) appendOwn(found []span, line string) []span {
	if r.empty() {
		return found
	}
	for _, pattern := range r.patterns {
		for _, at := range pattern.FindAllStringSubmatchIndex(line, -1) {
			if len(at) > 2 {
				at = at[2:]
			}
			for i := 0; i < len(at); i += 2 {
				if at[i] >= 0 && strings.ReplaceAll(line[at[i]:at[i+1]], Marker, "") != "" {
					found = append(found, span{at[i], at[i+1]})
				}
			}
		}
	}
	return found
}
