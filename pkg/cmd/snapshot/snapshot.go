// Package snapshot is the verb `snapshot`: what one server runs with, as a file
// that `diff --observed` reads.
package snapshot

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := cluster.Flags{Root: root}
	var dsn string
	cmd := &cobra.Command{
		Use:   "snapshot (POD | --dsn DSN)",
		Short: "Write what a server runs with as a file",
		Long: `Write what one server runs with, variables with their sources, persisted settings
and metadata, as JSON to standard output. "diff --option-file my.cnf --observed
FILE" compares it later, on a machine that reaches neither cluster nor server.

Values of variables that hold passwords or keys are left out.

Exit codes: 0 written, 2 failure or wrong use, 3 the server could not be read.`,
		Example: `  # A pod
  kubectl mysqldrift snapshot pod/mysql-0 > mysql-0.json

  # A server that is reached directly
  kubectl mysqldrift snapshot --dsn 'monitor@tcp(127.0.0.1:3306)/' > server.json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cluster.CompleteNames(root),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) == (dsn == "") {
				return options.Usagef("want either a pod or --dsn")
			}
			snap, err := take(cmd.Context(), &f, args, dsn)
			if err != nil {
				return err
			}
			return observed.WriteSnapshot(root.Streams.Out, snap)
		},
	}
	f.AddFlags(cmd.Flags())
	cmd.Flags().StringVar(&dsn, "dsn", "", "A server to ask, USER@tcp(HOST:PORT)/ or USER@unix(SOCKET)/; its password comes from --password-stdin or "+options.PasswordEnv)
	return cmd
}

func take(ctx context.Context, f *cluster.Flags, args []string, dsn string) (*model.Snapshot, error) {
	if dsn == "" {
		return fromPod(ctx, f, args)
	}
	account, err := f.Account()
	if err != nil {
		return nil, err
	}
	ctx, cancel := f.Root.Context(ctx)
	defer cancel()
	snap, err := offline.ObserveDSN(ctx, dsn, account)
	if unread := (*offline.Unread)(nil); errors.As(err, &unread) {
		return nil, &options.ExitError{Code: options.ExitIncomplete, Err: err}
	}
	return snap, err
}

// fromPod scans for one server; more than one is a mistake, since the output
// holds one.
func fromPod(ctx context.Context, f *cluster.Flags, args []string) (*model.Snapshot, error) {
	target, err := f.Target(false)
	if err != nil {
		return nil, err
	}
	config, err := target.Config(args, policy.Rules{}) // nothing is judged
	if err != nil {
		return nil, err
	}
	config.DerivedOnly = true // what governs the server does not stand in a snapshot
	config.Parallel = 1       // so that Each needs no lock
	var snap *model.Snapshot
	config.Each = func(_ context.Context, d *scan.Detail) { snap = d.Snapshot }
	list := scan.Run(ctx, config)
	switch {
	case len(list.Items) > 1:
		return nil, options.Usagef("%s means %d servers (%s): name one pod", args[0], len(list.Items), podNames(list))
	case snap == nil:
		output.Errors(f.Root.Streams.ErrOut, list)
		return nil, options.Exit(cluster.UnreadCode(len(list.Items), list.Summary.Errors))
	}
	return snap, nil
}

func podNames(list *v1.DriftReportList) string {
	text := ""
	for i, r := range list.Items {
		if i == 3 {
			return text + ", …"
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("pod/%s", r.Instance.Pod)
	}
	return text
}
