package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

func (a *app) explainCommand(o *diagnoseOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CAUSE | SYMPTOM]",
		Short: "Show what a cause looks like, how to confirm it, its fixes",
		Long: `Show the page of a cause: what it looks like, how to confirm it by hand,
fixes, what people get wrong. Of an exit code, a signal or a reason that
Kubernetes shows: which causes it can be, and how to tell them apart.
Other words find pages by id and heading. Without any, list the catalogue.`,
		Example: fmt.Sprintf(`  # all causes
  %[1]s explain

  # one of them; what an exit code can mean; what that word says
  %[1]s explain liveness-early
  %[1]s explain 137
  %[1]s explain CrashLoopBackOff

  # all about memory
  %[1]s explain memory`, a.name),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := loadRules(o.Rules)
			if err != nil {
				return err
			}
			s, err := o.screen()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listCauses(set, s)
			}
			return a.explain(set, strings.Join(args, " "), s)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			set, err := loadRules(o.Rules)
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var ids []string
			for _, t := range topics(set) {
				ids = append(ids, t.id+"\t"+t.title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// screen is what a page is laid out for.
type screen struct {
	width  int
	colors term.Colors
}

func (o *diagnoseOptions) screen() (screen, error) {
	color, err := term.UseColor(o.Color, o.Out, o.getenv)
	if err != nil {
		return screen{}, usagef("", "%s", err)
	}
	return screen{term.Width(o.Out, o.getenv), term.Colors(color)}, nil
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

func (a *app) listCauses(set *rule.Set, s screen) error {
	var b strings.Builder
	for _, class := range classTitles {
		var rows []topic
		for _, t := range topics(set) {
			if t.class == class.class {
				rows = append(rows, t)
			}
		}
		if len(rows) > 0 {
			fmt.Fprintf(&b, "%s\n", s.colors.Bold(class.title))
			writeTopics(&b, rows, s)
			b.WriteString("\n")
		}
	}
	fmt.Fprintf(&b, "%[1]s explain CAUSE shows one of them; %[1]s explain 137, or OOMKilled,\nwhich ones an exit code, a signal or a reason can be.\n", a.name)
	_, err := a.Out.Write([]byte(b.String()))
	return err
}

// writeTopics writes a table of ids and titles; a title that is too long goes on below itself.
func writeTopics(b *strings.Builder, rows []topic, s screen) {
	wide := 0
	for _, t := range rows {
		wide = max(wide, term.Columns(t.id))
	}
	for _, t := range rows {
		for i, line := range term.Wrap(t.title, max(s.width-wide-4, 20)) {
			id := ""
			if i == 0 {
				id = t.id
			}
			fmt.Fprintf(b, "  %-*s  %s\n", wide, id, line)
		}
	}
}

// explain shows the page that the words name, or a list where they fit several.
func (a *app) explain(set *rule.Set, typed string, s screen) error {
	found, note := find(typed, topics(set))
	if r := set.Rule(typed); r != nil { // by its id also one that is retired, or stands for another
		found, note = []topic{topicOf(r)}, ""
	}
	switch len(found) {
	case 0:
		return a.notFound(typed, topics(set))
	case 1:
		if note != "" {
			fmt.Fprintf(a.Err, "unloop: %s\n", clean(note))
		}
		_, err := a.Out.Write([]byte(found[0].page(s)))
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d pages are about %q:\n\n", len(found), clean(typed))
	writeTopics(&b, found, s)
	fmt.Fprintf(&b, "\n%s explain ID shows one of them.\n", a.name)
	_, err := a.Out.Write([]byte(b.String()))
	return err
}

func (a *app) notFound(typed string, all []topic) error {
	hint := fmt.Sprintf("the catalogue: %s explain", a.name)
	if near := nearest(typed, all); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, ", ") + "? " + hint
	}
	return &hintedError{text: fmt.Sprintf("there is no page about %q", typed), hint: hint}
}
