// Package status is the verb `status`: a row for each server.
package status

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type flags struct {
	root       *options.Root
	cluster    cluster.Flags
	print      *options.Print
	showLabels bool
	watch      cluster.Watch
	page       cluster.Page
	begun      *output.StatusBegun
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "status [POD | WORKLOAD]...",
		Short: "Show every MySQL and MariaDB server and whether it drifted",
		Long: `Show every MySQL and MariaDB server of the namespace in a row: its role, version,
what governs it, its state, how many findings of drift there are (P0 blocks a
release, P1 is to be reviewed, P2 can wait) and when something last changed.

Servers that could not be read have a row too, with the reason on stderr.

A pod's annotation mysqldrift.io/ignore: "true" leaves it out, and
mysqldrift.io/server: CONTAINER says which of its containers is the server.

Exit codes: 0 no drift, 1 drift, 2 failure or wrong use, 3 some server could not
be read.`,
		Example: `  # The servers of the current namespace
  kubectl mysqldrift status

  # All namespaces, with node, image and by what a server was recognised
  kubectl mysqldrift status -A -o wide

  # One workload, again every 10 seconds
  kubectl mysqldrift status sts/mysql --watch

  # Two clusters in one table
  kubectl mysqldrift status --contexts blue,green -n shop

  # A page for a browser
  kubectl mysqldrift status -A --html drift.html

  # By state, for a script
  kubectl mysqldrift status -A --no-headers --sort-by '{.state}'`,
		ValidArgsFunction: cluster.CompleteNames(root),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args)
		},
	}
	f.cluster.AddFlags(cmd.Flags())
	f.cluster.AddContexts(cmd)
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	cmd.Flags().BoolVar(&f.showLabels, "show-labels", false, "Show the pods' labels as the last column")
	f.watch.AddFlags(cmd.Flags())
	f.page.AddFlags(cmd.Flags())
	return cmd
}

func (f *flags) run(ctx context.Context, names []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	if err := f.watch.Validate(); err != nil {
		return err
	}
	f.page.Title = f.cluster.Scope(names)
	show := cluster.Show{Root: f.root, Text: f.print.IsText(), Write: f.write, Page: f.page, Where: f.cluster.Where(),
		Make: func(ctx context.Context) (*v1.DriftReportList, error) { return f.list(ctx, names) }}
	if f.watch.On {
		return show.Again(ctx, f.watch.Interval)
	}
	return show.Once(ctx)
}

func (f *flags) list(ctx context.Context, names []string) (*v1.DriftReportList, error) {
	meter := cluster.NewMeter(f.root)
	defer meter.End()
	rules := f.cluster.Policy()
	list, err := f.cluster.Each(ctx, func(ctx context.Context, target *cluster.Target) (*v1.DriftReportList, error) {
		config, err := target.Config(names, rules)
		if err != nil {
			return nil, err
		}
		meter.Follow(&config)
		var failed error
		if f.inParts() && config.Context == "" {
			config.Stalled = func(done []v1.DriftReport, awaited []v1.Instance) {
				meter.Above(func() { f.begun, failed = output.BeginStatus(f.root.Streams.Out, done, awaited, f.style()) })
			}
		}
		return scan.Run(ctx, config), failed
	})
	if err != nil {
		return nil, err
	}
	return list, output.SortBy(list.Items, f.print.SortBy)
}

func (f *flags) write(w io.Writer, list *v1.DriftReportList) error {
	if !f.print.IsText() {
		return f.print.Object(w, list)
	}
	opts := f.style()
	opts.Begun = f.begun
	return output.Status(w, list, opts)
}

// inParts: who looks at a terminal sees the rows that are there while servers that do
// not answer are awaited. A pipe gets all of them in their order.
func (f *flags) inParts() bool {
	return options.IsTerminal(f.root.Streams.Out) && f.print.IsText() && f.print.SortBy == "" && !f.watch.On && !f.page.Alone()
}

func (f *flags) style() output.StatusOptions {
	return output.StatusOptions{
		Style:      output.Style{Color: f.root.UseColor(f.root.Streams.Out), NoHeaders: f.print.NoHeaders, Width: f.width()},
		Wide:       f.print.Output == "wide",
		ShowLabels: f.showLabels,
		Now:        time.Now(),
	}
}

// width cuts nothing with -o wide: who asks for all shall have it.
func (f *flags) width() int {
	if f.print.Output == "wide" {
		return 0
	}
	return options.Width(f.root.Streams.Out)
}
