package options

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// CompleteList completes the last item of a list that commas part.
func CompleteList(item cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		before, last := "", toComplete
		if i := strings.LastIndex(toComplete, ","); i >= 0 {
			before, last = toComplete[:i+1], toComplete[i+1:]
		}
		items, directive := item(cmd, args, last)
		var names []string
		for _, name := range items {
			if !slices.Contains(strings.Split(before, ","), name) {
				names = append(names, before+name)
			}
		}
		return names, directive | cobra.ShellCompDirectiveNoSpace
	}
}

// CompleteWords completes a list of these words.
func CompleteWords(words []string) cobra.CompletionFunc {
	return CompleteList(func(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		var found []string
		for _, w := range words {
			if strings.HasPrefix(w, toComplete) {
				found = append(found, w)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	})
}
