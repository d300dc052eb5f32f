// Package version is the verb `version`: which build this is. It reads neither
// a cluster nor a server.
package version

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

type info struct {
	options.Build
	GoVersion string `json:"goVersion"`
	Platform  string `json:"platform"`
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the plugin",
		Long:  "Print the version of the plugin, the commit that it was built from, and the platform that it was built for. Needs no cluster.",
		Example: `  # The version
  kubectl mysqldrift version

  # For a script
  kubectl mysqldrift version -o json`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{options.NoConfigFile: "true"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(root, format)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "", "Output format. One of: (json, yaml)")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"json", "yaml"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func run(root *options.Root, format string) error {
	v := info{root.Build, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	out := root.Streams.Out
	switch format {
	case "":
		fmt.Fprintf(out, "kubectl-mysqldrift %s\n", v.Version)
		if v.Commit != "" {
			fmt.Fprintf(out, "commit %s", v.Commit)
			if v.Date != "" {
				fmt.Fprintf(out, " of %s", v.Date)
			}
			fmt.Fprintln(out)
		}
		_, err := fmt.Fprintf(out, "%s %s\n", v.GoVersion, v.Platform)
		return err
	case "json":
		data, err := json.MarshalIndent(v, "", "    ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, string(data))
		return err
	case "yaml":
		data, err := yaml.Marshal(v)
		if err != nil {
			return err
		}
		_, err = out.Write(data)
		return err
	}
	return options.Usagef("-o %q: want json or yaml", format)
}
