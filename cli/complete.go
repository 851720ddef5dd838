package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/cluster"
)

// completionTime bounds the wait of a person who pressed the tab key.
const completionTime = 3 * time.Second

// asUsage makes an error of the command line of one that package cluster found there.
func asUsage(err error) error {
	var e *cluster.Error
	if errors.As(err, &e) && errors.Is(e, cluster.ErrUsage) {
		return &usageError{text: e.Text, hint: e.Hint}
	}
	return err
}

// complete asks the cluster for names. Whatever goes wrong, the shell just gets nothing.
func (o *diagnoseOptions) complete(cmd *cobra.Command, ask func(context.Context, *cluster.Client) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	client, err := o.Flags.Connect(version())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := ask(ctx, client)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeTargets offers TYPE/ and pods; behind TYPE/ the names of that type.
func (o *diagnoseOptions) completeTargets(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	kind, _, ok := strings.Cut(typed, "/")
	if !ok {
		names, _ := o.complete(cmd, func(ctx context.Context, c *cluster.Client) ([]string, error) {
			return c.Names(ctx, "pod", "")
		})
		for _, kind := range cluster.Kinds() {
			names = append(names, kind+"/")
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	names, directive := o.complete(cmd, func(ctx context.Context, c *cluster.Client) ([]string, error) {
		return c.Names(ctx, kind, "")
	})
	for i := range names {
		names[i] = kind + "/" + names[i]
	}
	return names, directive
}

func (o *diagnoseOptions) completeNamespaces(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return o.complete(cmd, func(ctx context.Context, c *cluster.Client) ([]string, error) { return c.Namespaces(ctx) })
}

func (o *diagnoseOptions) completeContainers(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	targets, err := cluster.ParseTargets(args)
	if err != nil || len(targets) != 1 || targets[0].Kind != "Pod" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return o.complete(cmd, func(ctx context.Context, c *cluster.Client) ([]string, error) {
		return c.Containers(ctx, "", targets[0].Name)
	})
}
