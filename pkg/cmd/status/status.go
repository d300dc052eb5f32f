// Package status is the verb `status`: a row for each server.
package status

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type flags struct {
	root       *options.Root
	cluster    cluster.Flags
	print      *options.Print
	showLabels bool
	watch      bool
	interval   time.Duration
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide", "name"), interval: 10 * time.Second}
	cmd := &cobra.Command{
		Use:   "status [POD | WORKLOAD]...",
		Short: "Show every MySQL and MariaDB server and whether it drifted",
		Long: `Show every MySQL and MariaDB server of the namespace in a row: its role, version,
what governs it, its state, how many findings of drift there are (P0 blocks a
release, P1 is to be reviewed, P2 can wait) and when something last changed.

Servers that could not be read have a row too, with the reason on stderr.

Exit codes: 0 no drift, 1 drift, 2 failure or wrong use, 3 some server could not
be read.`,
		Example: `  # The servers of the current namespace
  kubectl mysqldrift status

  # All namespaces, with node, image and by what a server was recognised
  kubectl mysqldrift status -A -o wide

  # One workload, again every 10 seconds
  kubectl mysqldrift status sts/mysql --watch

  # The worst first, for a script
  kubectl mysqldrift status -A --no-headers --sort-by '{.state}'`,
		ValidArgsFunction: cluster.CompleteNames(root),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args)
		},
	}
	f.cluster.AddFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	cmd.Flags().BoolVar(&f.showLabels, "show-labels", false, "Show the pods' labels as the last column")
	cmd.Flags().BoolVarP(&f.watch, "watch", "w", false, "Scan again and again until interrupted; JSON is written as a stream of lists")
	cmd.Flags().DurationVar(&f.interval, "interval", f.interval, "With --watch, the time between two scans")
	return cmd
}

func (f *flags) run(ctx context.Context, names []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	if err := output.ValidPath(f.print.SortBy); err != nil {
		return options.Usagef("--sort-by: %w", err)
	}
	if f.watch && f.interval < time.Second {
		return options.Usagef("--interval %s: want at least 1s", f.interval)
	}
	target, err := f.cluster.Target(false)
	if err != nil {
		return err
	}
	if f.watch {
		return f.watchLoop(ctx, target, names)
	}
	list, err := f.scan(ctx, target, names)
	if err != nil {
		return err
	}
	if err := f.write(f.root.Streams.Out, list); err != nil {
		return err
	}
	output.Errors(f.root.Streams.ErrOut, list)
	return options.Exit(cluster.ExitCode(list.Summary))
}

func (f *flags) scan(ctx context.Context, target *cluster.Target, names []string) (*v1.DriftReportList, error) {
	config, err := target.Config(names, policy.Rules{Now: time.Now()})
	if err != nil {
		return nil, err
	}
	tell, end := cluster.Progress(f.root)
	config.Progress = tell
	list := scan.Run(ctx, config)
	end()
	return list, output.SortBy(list.Items, f.print.SortBy)
}

func (f *flags) write(w io.Writer, list *v1.DriftReportList) error {
	switch {
	case f.print.Output == "name":
		return output.Names(w, list)
	case !f.print.IsText():
		return f.print.Object(w, list)
	}
	return output.Status(w, list, output.StatusOptions{
		Style:      output.Style{Color: f.root.UseColor(f.root.Streams.Out), NoHeaders: f.print.NoHeaders, Width: f.width()},
		Wide:       f.print.Output == "wide",
		ShowLabels: f.showLabels,
		Now:        time.Now(),
	})
}

// width cuts nothing with -o wide: who asks for all shall have it.
func (f *flags) width() int {
	if f.print.Output == "wide" {
		return 0
	}
	return options.Width(f.root.Streams.Out)
}

// watchLoop scans until the context ends. On a terminal a screen is written at
// once over the old one, so that nothing flickers.
func (f *flags) watchLoop(ctx context.Context, target *cluster.Target, names []string) error {
	redraw := f.print.IsText() && options.IsTerminal(f.root.Streams.Out) && f.root.UseColor(f.root.Streams.Out)
	code := options.ExitOK
	for {
		list, err := f.scan(ctx, target, names)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return options.Exit(code) // the last whole scan's result stands
		}
		code = cluster.ExitCode(list.Summary)
		var screen bytes.Buffer
		if err := f.write(&screen, list); err != nil {
			return err
		}
		if redraw {
			fmt.Fprintf(&screen, "\nEvery %s: %s", f.interval, time.Now().Format(time.TimeOnly))
			drawOver(f.root.Streams.Out, screen.Bytes())
		} else if _, err := f.root.Streams.Out.Write(screen.Bytes()); err != nil {
			return err
		}
		if !redraw {
			output.Errors(f.root.Streams.ErrOut, list)
		}
		select {
		case <-ctx.Done():
			return options.Exit(code)
		case <-time.After(f.interval):
		}
	}
}

// drawOver writes a screen from the top left, clears the rest of each line and
// what is below.
func drawOver(w io.Writer, screen []byte) {
	const home, clearLine, clearBelow = "\x1b[H", "\x1b[K\n", "\x1b[K\x1b[J"
	var b bytes.Buffer
	b.WriteString(home)
	b.Write(bytes.ReplaceAll(screen, []byte("\n"), []byte(clearLine)))
	b.WriteString(clearBelow)
	_, _ = w.Write(b.Bytes())
}
