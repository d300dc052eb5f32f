// Package check is the verb `check`: whether everything that the plugin needs
// is there. What is tried is in pkg/check.
package check

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/check"
	clusterpkg "github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/evidence"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type flags struct {
	root    *options.Root
	cluster cluster.Flags
	print   *options.Print
	sources evidence.Flags
	verbs   []string
	apply   bool
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "check [POD | WORKLOAD]",
		Short: "Check whether rights, ways to the servers and grants suffice",
		Long: `Try everything that the plugin needs, and say of what fails what puts it right:
the versions, each right in Kubernetes (asked of the API server), each server by
each way, the privileges in each server, and the Git repository, the Jenkins and
the audit log that flags name. Nothing is changed.

✔ works, ! works in part, ✗ fails, ? could not be tried, - was of no use to try.

Exit codes: 0 all works, at least in part; 1 something fails; 2 failure or wrong
use; 3 something could not be tried.`,
		Example: `  # The namespace
  kubectl mysqldrift check

  # What status and diff need in all namespaces, by port-forward
  kubectl mysqldrift check -A --verb status,diff --via port-forward

  # As somebody else, before they try
  kubectl mysqldrift check --as system:serviceaccount:shop:mysqldrift

  # One workload, with the account to be used, Git and Jenkins
  kubectl mysqldrift check sts/mysql --credentials-secret mysqldrift --git-repo https://git.example/shop.git --jenkins-url https://jenkins.example`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cluster.CompleteNames(root),
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), args) },
	}
	f.cluster.AddFlags(cmd.Flags())
	f.sources.AddFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddHeaderFlag(cmd)
	cmd.Flags().StringSliceVar(&f.verbs, "verb", nil, "Check what these verbs need: "+strings.Join(rights.Verbs, ", ")+" (default all)")
	cmd.Flags().BoolVar(&f.apply, "apply", false, "Check also what fix --apply needs, which writes")
	_ = cmd.RegisterFlagCompletionFunc("verb", options.CompleteWords(rights.Verbs))
	return cmd
}

func (f *flags) run(parent context.Context, args []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	for _, v := range f.verbs {
		if !slices.Contains(rights.Verbs, v) {
			return options.Usagef("--verb %q: want some of %s", v, strings.Join(rights.Verbs, ", "))
		}
	}
	config, err := f.config(parent, args)
	if err != nil {
		return err
	}
	ctx, cancel := f.root.Context(parent)
	defer cancel()
	report := check.Run(ctx, config)
	out := f.root.Streams.Out
	if f.print.IsText() {
		err = output.Check(out, report, output.CheckOptions{Style: output.Style{Color: f.root.UseColor(out), NoHeaders: f.print.NoHeaders}, Wide: f.print.Output == "wide"})
	} else {
		err = f.print.Object(out, report)
	}
	if err != nil {
		return err
	}
	return options.Exit(exitCode(report.Summary))
}

func exitCode(s v1.CheckSummary) int {
	switch {
	case s.Unknown > 0:
		return options.ExitIncomplete
	case s.Failed > 0:
		return options.ExitDrift
	}
	return options.ExitOK
}

func (f *flags) config(ctx context.Context, names []string) (check.Config, error) {
	target, err := f.cluster.Target(false)
	if err != nil {
		return check.Config{}, err
	}
	access, err := target.Access()
	if err != nil {
		return check.Config{}, err
	}
	namespace := target.Namespace()
	if f.cluster.Select.AllNamespaces {
		namespace = ""
	}
	want := rights.Want{Verbs: f.verbs, Via: f.cluster.Connect.Via, Apply: f.apply, Secrets: f.secrets()}
	c := check.Config{
		Asker: access, Client: client(f.root.Build), Namespaces: []string{namespace}, Want: want,
		Scan: func(clusterpkg.Via) (scan.Config, error) { return target.Config(names, f.cluster.Policy()) },
	}
	objects, err := target.Objects()
	if err != nil {
		return check.Config{}, err
	}
	services, err := f.sources.Services(ctx, objects, namespace)
	if err != nil {
		return check.Config{}, err
	}
	for _, s := range services {
		c.Sources = append(c.Sources, check.Source{Name: s.Name, Reach: s.Reach, Fix: s.Fix})
	}
	return c, nil
}

// secrets are those whose reading is to be asked for: the one that a flag names,
// none where an account is given, else any.
func (f *flags) secrets() []string {
	switch c := f.cluster.Connect; {
	case c.CredentialsSecret != "":
		name, _, _ := strings.Cut(c.CredentialsSecret, ":")
		return []string{name[strings.LastIndexByte(name, '/')+1:]}
	case c.User != "":
		return nil
	}
	return []string{"*"}
}

// client names this build and the library that speaks to the API server.
func client(b options.Build) string {
	text := "kubectl-mysqldrift " + b.Version
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "k8s.io/client-go" {
				text += ", client-go " + d.Version
			}
		}
	}
	return text
}
