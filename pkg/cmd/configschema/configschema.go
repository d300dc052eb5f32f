// Package configschema is the verb `config-schema`: the JSON schema of the
// configuration files, for editors.
package configschema

import (
	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
)

// New makes the command.
func New(root *options.Root) *cobra.Command {
	return &cobra.Command{
		Use:   "config-schema",
		Short: "Print the JSON schema of the configuration files",
		Long: `Print the JSON schema of ~/.config/mysqldrift/config.yaml and of a repository's
.mysqldrift.yaml, for an editor that completes and checks them. Needs no cluster.`,
		Example: `  # For an editor that wants a file
  kubectl mysqldrift config-schema > mysqldrift.schema.json`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{options.NoConfigFile: "true"},
		RunE: func(*cobra.Command, []string) error {
			_, err := root.Streams.Out.Write(configfile.Schema)
			return err
		},
	}
}
