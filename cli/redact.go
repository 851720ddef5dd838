package cli

import (
	"fmt"
	"os"

	"github.com/unloop-dev/unloop/redact"
)

// readPatterns reads the files that --redact names. Nil when there is none.
func readPatterns(names []string) (*redact.Rules, error) {
	if len(names) == 0 {
		return nil, nil
	}
	rules := &redact.Rules{}
	for _, name := range names {
		if err := readPatternFile(rules, name); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

func readPatternFile(rules *redact.Rules, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read patterns: %w", err)
	}
	defer f.Close()
	if err := rules.Read(name, f); err != nil {
		return fmt.Errorf("read patterns: %w", err)
	}
	return nil
}
