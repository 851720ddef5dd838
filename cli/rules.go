package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/internal/txtargolden"
	"github.com/unloop-dev/unloop/rule"
)

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Check and test your own rules",
		Long: "Check and test rules of your own. They have the form of the built-in ones: a folder per cause with cause.yaml,\n" +
			"doc.md and testdata/*.txtar, or flat files ID.yaml. Use them with --rules DIR.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef(fmt.Sprintf("%[1]s rules check DIR, or %[1]s rules test DIR", a.name), "rules needs a sub-command")
		},
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "check PATH...",
			Short: "Check that rules load: fields, expressions, patterns, ids",
			Args:  a.somePaths,
			RunE:  func(_ *cobra.Command, paths []string) error { return a.eachRules(paths, a.checkRules) },
		},
		a.rulesTestCommand(),
	)
	return cmd
}

func (a *app) rulesTestCommand() *cobra.Command {
	update := false
	cmd := &cobra.Command{
		Use:   "test PATH...",
		Short: "Check rules, then run their samples and cases (testdata/*.txtar)",
		Args:  a.somePaths,
		RunE: func(_ *cobra.Command, paths []string) error {
			return a.eachRules(paths, func(path string) error { return a.testRules(path, update) })
		},
	}
	cmd.Flags().BoolVar(&update, "update", false, "write what came out into the section 'want' of the cases")
	return cmd
}

func (a *app) somePaths(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef(fmt.Sprintf("%s rules %s DIR", a.name, cmd.Name()), "rules %s needs a directory with rules", cmd.Name())
	}
	return nil
}

// eachRules does all paths, so that one mistake does not hide the next.
func (a *app) eachRules(paths []string, do func(path string) error) error {
	var all []error
	for _, path := range paths {
		if err := do(path); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func (a *app) checkRules(path string) error {
	set, _, err := openRules(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "%s: %d rules are in order\n", clean(path), len(set.Rules()))
	return err
}

// openRules loads the rules at path, which is a directory of them, the folder of one, or one file; the directory is
// where they and their cases lie.
func openRules(path string) (set *rule.Set, dir string, err error) {
	dir = path
	if info, statErr := os.Stat(path); statErr != nil {
		return nil, "", fmt.Errorf("read rules: %w", statErr)
	} else if !info.IsDir() {
		dir = filepath.Dir(path)
	}
	if _, statErr := os.Stat(filepath.Join(dir, "cause.yaml")); statErr == nil {
		dir = filepath.Dir(filepath.Clean(dir))
	}
	set, err = loadDir(dir)
	if err != nil {
		return nil, "", err
	}
	if len(set.Rules()) == 0 {
		return nil, "", fmt.Errorf("no rules in %s: expected ID/cause.yaml or ID.yaml", dir)
	}
	return set, dir, nil
}

// testRules runs the samples of the rules' patterns, then each case with these rules added to the built-in ones.
func (a *app) testRules(path string, update bool) error {
	user, dir, err := openRules(path)
	if err != nil {
		return err
	}
	if err := user.CheckSamples(); err != nil {
		return fmt.Errorf("samples of the rules in %s: %w", dir, err)
	}
	all, err := loadRules([]string{dir})
	if err != nil {
		return err
	}
	cases, err := findCases(dir)
	if err != nil {
		return fmt.Errorf("find cases: %w", err)
	}
	failed := 0
	for _, c := range cases {
		if ok, err := a.testCase(c, all, update); err != nil {
			return err
		} else if !ok {
			failed++
		}
	}
	fmt.Fprintf(a.Out, "%s: %d rules, %d cases passed, %d failed\n", clean(path), len(user.Rules()), len(cases)-failed, failed)
	if failed > 0 {
		return fmt.Errorf("%d of %d cases failed", failed, len(cases))
	}
	return nil
}

func findCases(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasSuffix(path, ".txtar") {
			found = append(found, path)
		}
		return err
	})
	return found, err
}

func (a *app) testCase(path string, rules *rule.Set, update bool) (bool, error) {
	c, err := txtargolden.Run(path, rules)
	if err != nil {
		return false, err
	}
	if update {
		return true, c.Update()
	}
	if c.Got() == c.Want {
		return true, nil
	}
	_, err = fmt.Fprintf(a.Out, "FAIL %s\n%s", clean(path), clean(string(diff.Diff("want", []byte(c.Want), "got", []byte(c.Got())))))
	return false, err
}
