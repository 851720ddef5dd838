package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/internal/spelling"
	"github.com/unloop-dev/unloop/internal/term"
)

// rootCommand builds the tree of commands. Diagnosing is what unloop is for, so it is both a command and what happens
// without one: "unloop POD" and "unloop diagnose POD" are the same.
func (a *app) rootCommand() *cobra.Command {
	o := &diagnoseOptions{app: a}
	root := &cobra.Command{
		Use:           "unloop",
		Short:         "Tell why a Kubernetes container crash-loops, with proof and fix",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.refuseMistyped(cmd, args); err != nil {
				return err
			}
			return o.run(cmd, args)
		},
	}
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version") // cobra's own would take -v, which is kubectl's for something else
	if a.name != "unloop" {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: a.name}
	}
	root.ValidArgsFunction = o.completeTargets
	root.SetFlagErrorFunc(usageErrors)
	o.bind(root)
	onceEach(root.PersistentFlags())
	diagnose := &cobra.Command{
		Use:               "diagnose [TYPE/NAME | POD]...",
		Short:             "Diagnose pods and workloads (the default command)",
		RunE:              o.run,
		ValidArgsFunction: o.completeTargets,
	}
	root.AddCommand(
		diagnose, a.explainCommand(o), a.captureCommand(o), a.demoCommand(o), a.rulesCommand(), a.versionCommand(),
		a.optionsCommand(root),
	)
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd == root || cmd == diagnose {
			fmt.Fprint(a.Out, strings.ReplaceAll(rootHelp, "UNLOOP", a.name))
			return
		}
		help(cmd, args)
	})
	root.SetUsageTemplate(subUsage)
	root.SetHelpCommand(a.helpCommand(root))
	return a.withCompletion(root)
}

// helpCommand is "unloop help COMMAND", as many type it.
func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if len(args) > 0 && (err != nil || len(rest) > 0 || cmd == root) {
				hint := spelling.Hint(args[0], commandNames(root))
				return usagef(strings.TrimSpace(fmt.Sprintf("%s see '%s --help'", hint, a.name)), "there is no command %q", strings.Join(args, " "))
			}
			return cmd.Help()
		},
	}
}

// withCompletion adds cobra's commands that write completion scripts, and makes them refuse what they do not know.
func (a *app) withCompletion(root *cobra.Command) *cobra.Command {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return root
	}
	var shells []string
	for _, shell := range completion.Commands() {
		shell.Args = noArgs
		shells = append(shells, shell.Name())
	}
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(*cobra.Command, []string) error {
		return usagef(fmt.Sprintf("see '%s completion bash --help'", a.name), "completion needs a shell: %s", strings.Join(shells, ", "))
	}
	return root
}

// rootHelp fits one screen of 80 columns and 24 lines; a test holds it to that and to the flags that exist.
const rootHelp = `Tell why a Kubernetes container crash-loops, show the proof, hand over the fix.

  UNLOOP POD | TYPE/NAME ...   diagnose pods or workloads of the cluster
  UNLOOP                       every crash loop of the namespace
  UNLOOP -f PATH | -f -        files, directories, archives, or stdin
  UNLOOP demo                  the main job on recorded incidents, no cluster needed
  UNLOOP explain [CAUSE]       the catalogue; explain 137, explain OOMKilled
  UNLOOP capture POD -o FILE   evidence as a redacted bundle, to hand on or keep
  UNLOOP rules check|test DIR  your own rules
  UNLOOP version | completion | options

  -n, --namespace NS     namespace (default: the context's)   -A  all namespaces
  -l, --selector SEL     pods with these labels
  -c, --container NAME   only this container
  -f, --file PATH        read files instead of a cluster; may be repeated
  -o, --output FORMAT    text, wide, json, yaml, markdown
      --color WHEN       auto, always, never
      --rules DIR        add rules of your own     --redact FILE  hide more
      --exit-code        exit with 3 when a crash loop was found
      --context, --kubeconfig, --as, --request-timeout ...: see UNLOOP options

Exit status: 0 done, 1 failed, 2 wrong usage, 3 found and --exit-code given.
`

// subUsage is cobra's usage without the connection flags, which "unloop options" lists as kubectl does.
const subUsage = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}{{end}}
`

func (a *app) optionsCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "options",
		Short: "List the flags that all commands understand",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.Out, "All commands understand:\n\n%s", root.PersistentFlags().FlagUsagesWrapped(80))
			return err
		},
	}
}

// clean is how foreign text gets into our own sentences.
func clean(s string) string { return term.CleanLines(s) }
