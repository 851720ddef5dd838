package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/cli/casefile"
	"github.com/unloop-dev/unloop/rule"
)

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Check and test your own rules",
		Long: `Check and test rules of your own. They have the form of the built-in ones: a
folder per cause with cause.yaml, doc.md and testdata/*.txtar, or flat files
ID.yaml. Use them with --rules DIR.`,
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
		Long: `Check rules, run the samples of their patterns, then their cases
(testdata/*.txtar) with these rules and the built-in ones together. PATH is a
directory of rules, the folder of one, of which only its own cases run, or one
file. In a checkout of unloop the folders under causes/ can be tested as well:
they then stand for the built-in rules.`,
		Args: a.somePaths,
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
	opened, err := openRules(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "%s: %d rules are in order\n", clean(path), len(opened.set.Rules()))
	return err
}

// openedRules are rules at a path, which is a directory of them, the folder of one, or one file.
type openedRules struct {
	set   *rule.Set
	dir   string // where the rules lie
	cases string // where the cases lie that are to be run
	one   bool   // the folder of one rule was named
}

func openRules(path string) (openedRules, error) {
	o := openedRules{dir: path, cases: path}
	if info, err := os.Stat(path); err != nil {
		return o, fmt.Errorf("read rules: %w", err)
	} else if !info.IsDir() {
		o.dir = filepath.Dir(path)
		o.cases = o.dir
	}
	if _, err := os.Stat(filepath.Join(o.dir, "cause.yaml")); err == nil {
		folder, err := filepath.Abs(o.dir) // "." has a parent as well
		if err != nil {
			return o, fmt.Errorf("read rules: %w", err)
		}
		o.dir, o.one = filepath.Dir(folder), true
	}
	var err error
	if o.set, err = loadDir(o.dir); err != nil {
		return o, err
	}
	if len(o.set.Rules()) == 0 {
		return o, fmt.Errorf("no rules in %s: expected ID/cause.yaml or ID.yaml", o.dir)
	}
	return o, nil
}

// withBuiltin are the opened rules together with the built-in ones; a checkout of unloop has all of those, and perhaps newer.
func (o openedRules) withBuiltin() (*rule.Set, error) {
	builtin, err := loadRules(nil)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(builtin.Rules(), func(r *rule.Rule) bool { return o.set.Rule(r.ID) == nil }) {
		return o.set, nil
	}
	all, err := builtin.With(o.set)
	if err != nil {
		return nil, fmt.Errorf("rules in %s: %w", o.dir, err)
	}
	return all, nil
}

// testRules runs the samples of the rules' patterns, then each case with these rules and the built-in ones.
func (a *app) testRules(path string, update bool) error {
	opened, err := openRules(path)
	if err != nil {
		return err
	}
	if err := opened.set.CheckSamples(); err != nil {
		return fmt.Errorf("samples of the rules in %s: %w", opened.dir, err)
	}
	all, err := opened.withBuiltin()
	if err != nil {
		return err
	}
	cases, err := findCases(opened.cases)
	if err != nil {
		return fmt.Errorf("find cases: %w", err)
	}
	rules, failed := len(opened.set.Rules()), 0
	if opened.one {
		rules = 1
	}
	for _, c := range cases {
		if ok, err := a.testCase(c, all, update); err != nil {
			return err
		} else if !ok {
			failed++
		}
	}
	fmt.Fprintf(a.Out, "%s: %d rules, %d cases passed, %d failed\n", clean(path), rules, len(cases)-failed, failed)
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
	c, err := casefile.Run(path, rules)
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
