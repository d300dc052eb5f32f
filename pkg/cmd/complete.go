package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// fixed are the flags that take one of few words.
var fixed = map[string][]string{
	"color":    {options.ColorAuto, options.ColorAlways, options.ColorNever},
	"via":      {options.ViaAuto, options.ViaPortForward, options.ViaExec, options.ViaDirect},
	"ssl-mode": {"DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"},
}

// completeFlags completes the values of flags on every verb that has them, as
// kubectl does for its own.
func completeFlags(root *options.Root, top *cobra.Command) {
	dynamic := map[string]cobra.CompletionFunc{
		"namespace":       cluster.CompleteNamespaces(root),
		"context":         fromKubeconfig(root, contexts),
		"contexts":        options.CompleteList(fromKubeconfig(root, contexts)),
		"cluster":         fromKubeconfig(root, clusters),
		"kubeconfig-user": fromKubeconfig(root, users),
	}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		flags := cmd.Flags() // its own only: those of its parents are not merged in yet
		if cmd == top {
			flags = cmd.PersistentFlags()
		}
		for name, words := range fixed {
			if flags.Lookup(name) != nil {
				_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
			}
		}
		for name, complete := range dynamic {
			if flags.Lookup(name) != nil {
				_ = cmd.RegisterFlagCompletionFunc(name, complete)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(top)
}

// fromKubeconfig completes names that stand in the kubeconfig.
func fromKubeconfig(root *options.Root, names func(root *options.Root) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		var found []string
		for _, name := range names(root) {
			if strings.HasPrefix(name, toComplete) {
				found = append(found, name)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

func contexts(root *options.Root) []string {
	config, err := root.Config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return keys(config.Contexts)
}

func clusters(root *options.Root) []string {
	config, err := root.Config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return keys(config.Clusters)
}

func users(root *options.Root) []string {
	config, err := root.Config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return keys(config.AuthInfos)
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	return names
}
