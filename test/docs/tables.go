// Package docs writes the option tables of the pages in docs/ from the commands
// themselves; its tests hold the pages to what the program does.
package docs

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tables is a verb's own options, then those of its subcommands.
func tables(verb *cobra.Command) string {
	text := table(verb.LocalNonPersistentFlags())
	for _, sub := range verb.Commands() {
		if sub.IsAvailableCommand() {
			text += fmt.Sprintf("\nOf `%s %s`:\n\n%s", verb.Name(), sub.Name(), table(sub.LocalNonPersistentFlags()))
		}
	}
	return text
}

// table is a row a flag, in the order of their names.
func table(flags *pflag.FlagSet) string {
	var rows strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" && f.ShorthandDeprecated == "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", name, initial(f), strings.ReplaceAll(f.Usage, "|", `\|`))
	})
	if rows.Len() == 0 {
		return "None of its own.\n"
	}
	return "| option | default | meaning |\n|---|---|---|\n" + rows.String()
}

// initial is a flag's default, empty where that is the type's zero value or
// differs between machines.
func initial(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "[]":
		return ""
	}
	if f.Name == "cache-dir" {
		return "`~/.kube/cache`"
	}
	return "`" + f.DefValue + "`"
}
