// Package trace is the verb `trace`: the delivery chain of a workload, from Git's
// head to what runs in each pod. It wires a scan and the sources of evidence; the
// chain is put together in pkg/trace.
package trace

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/evidence"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/trace"
)

type flags struct {
	root    *options.Root
	cluster cluster.Flags
	print   *options.Print
	sources evidence.Flags
	watch   cluster.Watch
	giveUp  time.Duration
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	f.watch.Usage = "Follow the newest commit until it runs in every pod, or will not by itself: a line each time that a hop changes"
	cmd := &cobra.Command{
		Use:   "trace [POD | WORKLOAD]...",
		Short: "Show how far a configuration has come on its way to the servers",
		Long: `Show the delivery chain of a workload's configuration as it stands: Git's head,
the artifact that the source fetched, the revision that was applied, the
ConfigMap, the file in each pod, the server's start and what runs. Each hop has
its revision, its time and the lag to the one before; where the chain is broken
there is a mark and the reason.

With --watch it follows Git's head until it runs in every pod, with a line each
time that a hop changes, and ends when it will not arrive by itself: the delivery
is suspended, a health check failed, the file is mounted by subPath, the server
needs a restart.

Git is read from the repository that annotations or controllers name, or from
--git-repo; its token comes from MYSQLDRIFT_GIT_TOKEN. Without a repository the
chain begins at the ConfigMap.

Exit codes: 0 every pod runs what Git's head says, 1 not (yet), 2 failure or
wrong use, 3 something could not be read.`,
		Example: `  # Where the configuration of a workload stands
  kubectl mysqldrift trace sts/mysql

  # Wait until the newest commit runs everywhere, ten minutes at most
  kubectl mysqldrift trace sts/mysql --watch --give-up 10m

  # Against a local clone, for a program
  kubectl mysqldrift trace sts/mysql --git-repo ~/src/shop-config -o json`,
		ValidArgsFunction: cluster.CompleteNames(root),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args)
		},
	}
	f.cluster.AddFlags(cmd.Flags())
	f.sources.AddDeliveryFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	f.watch.AddFlags(cmd.Flags())
	cmd.Flags().DurationVar(&f.giveUp, "give-up", 0, "With --watch, end after this time if it has not arrived (default: never)")
	return cmd
}

func (f *flags) run(ctx context.Context, args []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	if err := f.watch.Validate(); err != nil {
		return err
	}
	ask := func(ctx context.Context) (*v1.TraceReportList, error) { return f.list(ctx, args) }
	if f.watch.On {
		return f.follow(ctx, ask)
	}
	list, err := ask(ctx)
	if err != nil {
		return err
	}
	if err := f.write(f.root.Streams.Out, list); err != nil {
		return err
	}
	output.TraceErrors(f.root.Streams.ErrOut, list)
	if len(list.Items) == 0 && len(list.Errors) == 0 {
		cluster.SayNothing(f.root.Streams.ErrOut, f.cluster.Where())
	}
	return options.Exit(exitCode(list))
}

// follow writes a line for each hop that changes; in a machine's format the whole
// list. Being interrupted, or giving up, is not arriving.
func (f *flags) follow(ctx context.Context, ask func(context.Context) (*v1.TraceReportList, error)) error {
	if f.giveUp > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.giveUp)
		defer cancel()
	}
	out := f.root.Streams.Out
	list, err := trace.Follow(ctx, f.watch.Interval, ask, func(list *v1.TraceReportList, steps []trace.Step) error {
		if !f.print.IsText() {
			return f.print.Object(out, list)
		}
		now := time.Now()
		for _, s := range steps {
			output.TraceStep(out, now, s.Chain, s.Hop, f.style())
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.print.IsText() {
		output.TraceVerdicts(out, list, f.style())
	}
	output.TraceErrors(f.root.Streams.ErrOut, list)
	return options.Exit(exitCode(list))
}

// exitCode: nothing that was left unread is ever said to have arrived.
func exitCode(list *v1.TraceReportList) int {
	code := options.ExitOK
	for _, r := range list.Items {
		if len(r.Errors) > 0 {
			return options.ExitIncomplete
		}
		if !r.Arrived {
			code = options.ExitDrift
		}
	}
	if len(list.Errors) > 0 {
		return cluster.UnreadCode(len(list.Items), list.Errors)
	}
	return code
}

// list scans and, while each server's connection is open, gathers its chain.
func (f *flags) list(ctx context.Context, args []string) (*v1.TraceReportList, error) {
	target, err := f.cluster.Target(false)
	if err != nil {
		return nil, err
	}
	config, err := target.Config(args, f.cluster.Policy())
	if err != nil {
		return nil, err
	}
	remote, err := f.sources.Open(ctx, config.Objects, config.Namespace())
	if err != nil {
		return nil, err
	}
	chains := evidence.Chains{Objects: config.Objects, Remote: remote, Whole: f.whole(args)}
	config.Each = chains.Take
	end := cluster.Progress(f.root, &config)
	scanned := scan.Run(ctx, config)
	end()
	list := report(ctx, &chains, scanned)
	return list, output.SortBy(list.Items, f.print.SortBy)
}

// whole: no pod was picked out, so that a workload's missing pods are missing.
func (f *flags) whole(args []string) bool {
	if f.cluster.Select.LabelSelector != "" || f.cluster.Select.FieldSelector != "" {
		return false
	}
	for _, a := range args {
		kind, _, found := strings.Cut(strings.ToLower(a), "/")
		if !found || strings.HasPrefix(kind, "po") {
			return false // a bare name may be a pod's
		}
	}
	return true
}

// report makes the chains, each with the errors of its pods.
func report(ctx context.Context, chains *evidence.Chains, scanned *v1.DriftReportList) *v1.TraceReportList {
	list := &v1.TraceReportList{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "TraceReportList"}, Items: []v1.TraceReport{}, Errors: scanned.Summary.Errors}
	for _, in := range chains.Inputs(ctx, scanned) {
		list.Items = append(list.Items, trace.Build(in))
	}
	for _, r := range scanned.Items {
		of := func(t v1.TraceReport) bool {
			return t.Namespace == r.Instance.Namespace && t.Workload == r.Instance.Workload
		}
		first := -1
		for i := range list.Items {
			if of(list.Items[i]) {
				first = i
				break
			}
		}
		if first < 0 { // no key governs it: the chain has nothing but its errors
			t := v1.TraceReport{Namespace: r.Instance.Namespace, Workload: r.Instance.Workload, Hops: []v1.TraceHop{}}
			if len(r.Errors) == 0 {
				t.Blocked = "no ConfigMap or Secret governs it"
			}
			list.Items, first = append(list.Items, t), len(list.Items)
		}
		list.Items[first].Errors = append(list.Items[first].Errors, r.Errors...)
	}
	return list
}

func (f *flags) style() output.Style {
	return output.Style{Color: f.root.UseColor(f.root.Streams.Out), NoHeaders: f.print.NoHeaders}
}

func (f *flags) write(w io.Writer, list *v1.TraceReportList) error {
	if !f.print.IsText() {
		return f.print.Object(w, list)
	}
	style := f.style()
	wide := f.print.Output == "wide"
	if !wide {
		style.Width = options.Width(w)
	}
	return output.Trace(w, list, output.TraceOptions{Style: style, Wide: wide})
}
