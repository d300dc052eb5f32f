// Package diff is the verb `diff`: what runs otherwise than it was declared,
// in a cluster or from files alone.
package diff

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type flags struct {
	root      *options.Root
	cluster   cluster.Flags
	print     *options.Print
	showNotes bool
	replicas  bool
	watch     cluster.Watch
	page      cluster.Page
	offline   offlineFlags
	git       gitFlags
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "diff [POD | WORKLOAD] [VARIABLE]...",
		Short: "Show what runs otherwise than it was declared",
		Long: `Show each variable that runs otherwise than it was declared: the declared value
with the object, key and line where it stands, the running value and its source,
what kind of drift it is, and at which hop between Git and the server it parted.

With --git the ConfigMaps are compared with the repository that they came from as
well (UnsyncedObject: by how many commits it is behind, and since when);
--declared shows that difference alone, as the edits that lead from the file in
Git to the key in the cluster.

The first argument is a pod or workload (pod/mysql-0, sts/mysql, mysql); "-" or
none means all servers. The others are variables to be shown, all if none.

With --option-file no cluster is needed: option files from disk are compared
with a server that --dsn names, or with what it said before (--observed: a
snapshot, or the output of SHOW GLOBAL VARIABLES as TSV, gzip too).

Exit codes: 0 no drift, 1 drift, 2 failure or wrong use, 3 something could not
be read.`,
		Example: `  # A workload
  kubectl mysqldrift diff sts/mysql

  # Two variables of one pod, with evidence and what puts them right
  kubectl mysqldrift diff pod/mysql-0 max_connections sql_mode -o wide

  # The pods of each workload compared with each other
  kubectl mysqldrift diff sts/mysql --replicas

  # What the ConfigMaps hold otherwise than Git
  kubectl mysqldrift diff sts/mysql --declared

  # One workload, again every 10 seconds
  kubectl mysqldrift diff sts/mysql --watch

  # A file against a server, without a cluster
  kubectl mysqldrift diff --option-file my.cnf --dsn 'monitor@tcp(127.0.0.1:3306)/'

  # A file against a dump
  mysql -Be 'SHOW GLOBAL VARIABLES' > variables.tsv
  kubectl mysqldrift diff --option-file my.cnf --observed variables.tsv`,
		ValidArgsFunction: f.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args)
		},
	}
	f.cluster.AddFlags(cmd.Flags())
	f.cluster.AddContexts(cmd)
	f.offline.addFlags(cmd)
	f.git.addFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	f.watch.AddFlags(cmd.Flags())
	f.page.AddFlags(cmd.Flags())
	cmd.Flags().BoolVar(&f.showNotes, "show-notes", false, "Show also findings that are no drift: Adjusted, EnvironmentLimited, NotObservable, Shadowed")
	cmd.Flags().BoolVar(&f.replicas, "replicas", false, "Compare the pods of each workload with each other, by their roles")
	return cmd
}

func (f *flags) run(ctx context.Context, args []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	if err := f.watch.Validate(); err != nil {
		return err
	}
	f.git.endpoint = f.root.FromFile("git-repo")
	f.page.Title, f.page.Open = "Drift of "+f.scope(args), true
	show := cluster.Show{Root: f.root, Text: f.print.IsText(), Write: f.write, Page: f.page, Where: f.cluster.Where(),
		Make: func(ctx context.Context) (*v1.DriftReportList, error) {
			list, err := f.list(ctx, args)
			if err != nil {
				return nil, err
			}
			return list, output.SortBy(list.Items, f.print.SortBy)
		}}
	if f.watch.On {
		if f.offline.observed != "" {
			return options.Usagef("--watch: what --observed names does not change; use --dsn or a cluster")
		}
		return show.Again(ctx, f.watch.Interval)
	}
	return show.Once(ctx)
}

// scope is what is compared, in words.
func (f *flags) scope(args []string) string {
	if f.offline.wanted() {
		return strings.Join(f.offline.optionFiles, ", ")
	}
	names, _ := split(args)
	return f.cluster.Scope(names)
}

// list makes the reports: offline if the flags say so, else by a scan.
func (f *flags) list(ctx context.Context, args []string) (*v1.DriftReportList, error) {
	if err := f.git.validate(f); err != nil {
		return nil, err
	}
	if f.offline.wanted() {
		return f.compareFiles(ctx, args)
	}
	if err := f.offline.strayed(); err != nil {
		return nil, err
	}
	meter := cluster.NewMeter(f.root)
	defer meter.End()
	names, rest := split(args)
	wanted := cluster.NamedVariables(rest)
	rules := f.cluster.Policy()
	list, err := f.cluster.Each(ctx, func(ctx context.Context, target *cluster.Target) (*v1.DriftReportList, error) {
		config, err := target.Config(names, rules)
		if err != nil {
			return nil, err
		}
		meter.Follow(&config)
		list, err := f.compare(ctx, config, wanted)
		if err != nil {
			return nil, err
		}
		only(list, wanted.Wanted())
		policy.Apply(list, config.Rules)
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	return list, wanted.Check(list)
}

// compare scans one cluster and compares what was asked for.
func (f *flags) compare(ctx context.Context, config scan.Config, wanted *cluster.Variables) (*v1.DriftReportList, error) {
	var peers collector
	config.Each = func(ctx context.Context, d *scan.Detail) {
		wanted.See(d.Snapshot)
		if f.replicas {
			peers.take(ctx, d)
		}
	}
	chains, err := f.git.chains(ctx, &config)
	if err != nil {
		return nil, err
	}
	list := scan.Run(ctx, config)
	if chains != nil {
		f.git.compare(ctx, chains, list)
	}
	if f.replicas {
		if err := onePod(config.Selection.Names, list); err != nil {
			return nil, err
		}
		peers.replaceFindings(list)
	}
	return list, nil
}

// split tells the pod or workload from the variables after it.
func split(args []string) (names, variables []string) {
	if len(args) == 0 {
		return nil, nil
	}
	if args[0] != "-" {
		names = args[:1]
	}
	return names, args[1:]
}

func (f *flags) write(w io.Writer, list *v1.DriftReportList) error {
	if !f.print.IsText() {
		return f.print.Object(w, list)
	}
	wide := f.print.Output == "wide"
	out := f.root.Streams.Out // w may be a screen that is made ready for it
	style := output.Style{Color: f.root.UseColor(out), NoHeaders: f.print.NoHeaders, Width: options.Width(out)}
	if f.git.declared {
		return output.Declared(w, list, output.DiffOptions{Style: style, Wide: wide})
	}
	return output.Diff(w, list, output.DiffOptions{Style: style, Notes: f.showNotes, Wide: wide})
}

func (f *flags) complete(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 && !f.offline.wanted() {
		return cluster.CompleteNames(f.root)(cmd, args, toComplete)
	}
	return cluster.CompleteVariables(toComplete)
}
