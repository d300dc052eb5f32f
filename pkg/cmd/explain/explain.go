// Package explain is the verb `explain`: what a system variable or option is,
// by the built-in catalogue. It reads neither a cluster nor a server.
package explain

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// defaultServer is explained if the user names none: the newest MySQL known.
const defaultServer = "9.7"

type explainOptions struct {
	root   *options.Root
	server string
	print  *options.Print
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	o := &explainOptions{root: root, server: defaultServer, print: options.NewValuePrint()}
	cmd := &cobra.Command{
		Use:   "explain VARIABLE",
		Short: "Describe a system variable or option",
		Long: `Describe a system variable or option of a MySQL or MariaDB release: which options
set it, its type, default and bounds, whether SET GLOBAL works, where it came from
and what became of it. Needs no cluster.

Exit codes: 0 the variable is known, also where this release has removed it;
2 no release knows it, or wrong use.`,
		Example: `  # A variable of the newest MySQL
  kubectl mysqldrift explain innodb_buffer_pool_size

  # An option as it stands in a file, on MariaDB
  kubectl mysqldrift explain default-time-zone --server-version 10.11-MariaDB

  # For a script
  kubectl mysqldrift explain sql_mode --server-version 8.0 -o json`,
		Args: exactlyOne,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args[0]) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return o.complete(toComplete), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&o.server, "server-version", o.server, "The server's version, such as 8.0.36, 8.4 or 10.11-MariaDB")
	o.print.AddFlags(cmd)
	return cmd
}

func exactlyOne(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return options.Usagef("want one variable, got %d arguments\nSee '%s --help' for usage", len(args), cmd.CommandPath())
	}
	return nil
}

func (o *explainOptions) run(name string) error {
	if err := o.print.Validate(); err != nil {
		return err
	}
	server, err := model.ParseServer(o.server)
	if err != nil {
		return options.Usagef("--server-version: %w", err)
	}
	c := sysvar.For(server)
	d, err := describe(c, name)
	if err != nil {
		return err
	}
	if o.print.IsText() {
		_, err = io.WriteString(o.root.Streams.Out, d.text())
		return err
	}
	return o.print.Value(o.root.Streams.Out, "Variable", d)
}

// complete lists the variables and options that start as the user typed.
func (o *explainOptions) complete(prefix string) []string {
	server, err := model.ParseServer(o.server)
	if err != nil {
		return nil
	}
	c := sysvar.For(server)
	var names []string
	for i := range c.All() {
		for _, n := range append([]string{c.All()[i].Name}, c.All()[i].Options...) {
			if n == "" || !strings.HasPrefix(n, prefix) {
				continue
			}
			if _, gone := c.Gone(n); !gone {
				names = append(names, n)
			}
		}
	}
	return names
}
