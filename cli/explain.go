package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/internal/spelling"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

func (a *app) explainCommand(rules *[]string) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CAUSE]",
		Short: "Show what a cause looks like, how to confirm it, its fixes",
		Long:  "Show the page of a cause: what it looks like, how to confirm it by hand, fixes, what people get wrong.\nWithout a cause, list the catalogue.",
		Example: fmt.Sprintf(`  # all causes
  %[1]s explain

  # one of them
  %[1]s explain liveness-early`, a.name),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("one cause at a time: "+a.name+" explain "+args[0], "explain takes one cause, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := loadRules(*rules)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listCauses(set)
			}
			return a.explain(set, args[0])
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			set, err := loadRules(*rules)
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var ids []string
			for _, r := range set.Rules() {
				ids = append(ids, r.ID+"\t"+plainTitle(r))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// classTitles are the headings of the list, in the order in which a reader looks.
var classTitles = []struct{ class, title string }{
	{"exit", "The program ends itself"},
	{"config", "Configuration"},
	{"dependency", "Dependencies"},
	{"probe", "Probes"},
	{"lifecycle", "Lifecycle"},
	{"resources", "Memory and other resources"},
	{"image", "Image and start"},
	{"security", "Rights"},
	{"storage", "Storage"},
	{"node", "Node and cluster"},
}

func (a *app) listCauses(set *rule.Set) error {
	for _, class := range classTitles {
		var rows strings.Builder
		w := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
		for _, r := range set.Rules() {
			if r.Class == class.class && r.Deprecated == "" {
				fmt.Fprintf(w, "  %s\t%s\n", r.ID, plainTitle(r))
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if rows.Len() == 0 {
			continue
		}
		if _, err := fmt.Fprintf(a.Out, "%s\n%s\n", class.title, rows.String()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.Out, "%s explain CAUSE shows one of them.\n", a.name)
	return err
}

// plainTitle is the title as a list shows it: names of a concrete container have no place there.
func plainTitle(r *rule.Rule) string {
	first, _, _ := strings.Cut(r.Doc, "\n")
	if title, ok := strings.CutPrefix(first, "# "); ok {
		return term.Clean(strings.TrimSpace(title))
	}
	return term.Clean(r.Title)
}

func (a *app) explain(set *rule.Set, id string) error {
	r := set.Rule(id)
	if r == nil {
		hint := "the catalogue: " + a.name + " explain"
		if near := spelling.Hint(id, ids(set)); near != "" {
			hint = near + " " + hint
		}
		return usagef(hint, "there is no cause %q", id)
	}
	if r.Doc == "" {
		_, err := fmt.Fprintf(a.Out, "# %s\n\n%s has no page (%s).\n", clean(r.Title), r.ID, clean(r.File))
		return err
	}
	if r.Deprecated != "" {
		if _, err := fmt.Fprintf(a.Out, "%s is retired: %s\n\n", r.ID, clean(r.Deprecated)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(a.Out, clean(strings.TrimSpace(r.Doc))+"\n") // of --rules, a stranger's page
	return err
}

func ids(set *rule.Set) []string {
	var ids []string
	for _, r := range set.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}
