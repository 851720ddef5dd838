package cli

import (
	"fmt"
	"os"

	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/rule"
)

// loadRules gives the built-in rules and those of the directories, which are checked whole before they are used.
func loadRules(dirs []string) (*rule.Set, error) {
	set, err := causes.Rules()
	if err != nil {
		return nil, fmt.Errorf("load the built-in rules: %w", err)
	}
	for _, dir := range dirs {
		user, err := loadDir(dir)
		if err != nil {
			return nil, err
		}
		if set, err = set.With(user); err != nil {
			return nil, fmt.Errorf("rules in %s: %w", dir, err)
		}
	}
	return set, nil
}

func loadDir(dir string) (*rule.Set, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("read rules: %s is not a directory", dir)
	}
	user, err := rule.Load(os.DirFS(dir), ".")
	if err != nil {
		return nil, fmt.Errorf("rules in %s: %w", dir, err)
	}
	if err := user.Check(); err != nil {
		return nil, fmt.Errorf("rules in %s: %w", dir, err)
	}
	return user, nil
}
