// Package cmd builds the command tree: it knows which verbs there are and what
// they share. What a verb does is in its own package.
package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/check"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/completion"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/config"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/configschema"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/diff"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/explain"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/fix"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/ignore"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/rbac"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/snapshot"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/status"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/trace"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/version"
)

// New builds `kubectl mysqldrift`.
func New(root *options.Root) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "kubectl-mysqldrift",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl mysqldrift"},
		Short:       "Find MySQL settings that drifted from their ConfigMaps",
		Long: `Find the variables of MySQL and MariaDB servers in Kubernetes that no longer run
with the value that was declared for them, say at which hop between Git and the
server they parted, who did that and when, and what puts it right.

It only reads, unless fix is given --apply: servers and objects stay as they are.

Flags stand after the plugin's name: kubectl mysqldrift -n shop status.

Exit codes: 0 no drift, 1 drift, 2 failure or wrong use, 3 something could not
be read.`,
		Example: `  # How every MySQL server in the namespace is doing
  kubectl mysqldrift status

  # What differs from what was declared, and where that stands
  kubectl mysqldrift diff sts/mysql

  # How one variable came to its value
  kubectl mysqldrift blame sts/mysql max_connections`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return root.Prepare(cmd) },
		Args:              unknownVerb,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetIn(root.Streams.In)
	cmd.SetOut(root.Streams.Out)
	cmd.SetErr(root.Streams.ErrOut)
	cmd.SetUsageTemplate(usageTemplate)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return options.Usagef("%w\nSee '%s --help' for usage", err, cmd.CommandPath())
	})
	root.AddFlags(cmd.PersistentFlags())
	cmd.AddCommand(verbs(root)...)
	cmd.AddCommand(newOptions())
	completeFlags(root, cmd)
	return cmd
}

func verbs(root *options.Root) []*cobra.Command {
	return []*cobra.Command{
		status.New(root),
		diff.New(root),
		blame.New(root),
		trace.New(root),
		snapshot.New(root),
		config.New(root),
		explain.New(root),
		fix.New(root),
		check.New(root),
		rbac.New(root),
		ignore.New(root),
		configschema.New(root),
		completion.New(root),
		version.New(root),
	}
}

// unknownVerb turns a mistyped verb into a usage error with a suggestion.
func unknownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := "unknown command %q for %q"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		message += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return options.Usagef(message+"\nSee '%[2]s --help' for the commands", args[0], cmd.CommandPath())
}

// newOptions lists the flags that every verb has, as `kubectl options` does, so
// that a verb's help shows its own only.
func newOptions() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "options",
		Short: "List the flags that every command has",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.Println("The following flags can be passed to any command:")
			cmd.Println()
			cmd.Print(cmd.InheritedFlags().FlagUsagesWrapped(100))
			return nil
		},
	}
	return cmd
}
