// Package blame is the verb `blame`: how one variable came to its value. It
// wires the sources of evidence that flags name; what they prove is judged in
// pkg/blame.
package blame

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/reading"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/evidence"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

type flags struct {
	root    *options.Root
	cluster cluster.Flags
	print   *options.Print
	sources evidence.Flags
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "blame [POD | WORKLOAD] VARIABLE...",
		Short: "Show how a variable came to its value: which hop, who, when",
		Long: `Show the chain of hops of a variable, from Git to the running server: its value
at each, who changed it, when and how, as far as evidence reaches, and where it
parted. The verdict says how sure that is and what argues against it.

A person is named only if two independent sources agree. Of what could not be
asked it says why.

With two or more arguments the first is a pod or workload, or "-" for all
servers; with one it is the variable, looked at on every server of the namespace.

Git is read from the repository that annotations or controllers name, or from
--git-repo; its token comes from MYSQLDRIFT_GIT_TOKEN. Jenkins is asked if
--jenkins-url names it; its login comes from JENKINS_USER and JENKINS_TOKEN.

Exit codes: 0 no hop parted, 1 one did, 2 failure or wrong use, 3 something
could not be read.`,
		Example: `  # One variable of a workload's pods
  kubectl mysqldrift blame sts/mysql max_connections

  # With all evidence, and the API server's audit log
  kubectl mysqldrift blame pod/mysql-0 max_connections -o wide --audit-log '/var/log/kubernetes/audit*.log'

  # With the commit, from a local clone
  kubectl mysqldrift blame sts/mysql sql_mode --git-repo ~/src/shop-config`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return options.Usagef("which VARIABLE? Name it: kubectl mysqldrift blame sts/mysql max_connections")
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return cluster.CompleteNames(root)(cmd, args, toComplete)
			}
			return cluster.CompleteVariables(toComplete)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args)
		},
	}
	f.cluster.AddFlags(cmd.Flags())
	f.sources.AddFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddTableFlags(cmd)
	return cmd
}

func (f *flags) run(ctx context.Context, args []string) error {
	if err := f.print.Validate(); err != nil {
		return err
	}
	names, variables := args[:0], args
	if len(args) > 1 {
		names, variables = args[:1], args[1:]
		if args[0] == "-" { // all servers, as diff has it
			names = nil
		}
	} else if strings.Contains(args[0], "/") {
		return options.Usagef("which variable of %s? Name it: kubectl mysqldrift blame %[1]s max_connections", args[0])
	}
	list, scanned, err := f.explain(ctx, names, variables)
	if err != nil {
		return err
	}
	if err := output.SortBy(list.Items, f.print.SortBy); err != nil {
		return err
	}
	out := f.root.Streams.Out
	if f.print.IsText() {
		err = output.Blame(out, list, output.BlameOptions{Style: output.Style{Color: f.root.UseColor(out), NoHeaders: f.print.NoHeaders}, Wide: f.print.Output == "wide"})
	} else {
		err = f.print.Object(out, list)
	}
	if err != nil {
		return err
	}
	output.BlameErrors(f.root.Streams.ErrOut, list)
	if len(list.Items) == 0 && len(list.Errors) == 0 {
		cluster.SayNothing(f.root.Streams.ErrOut, f.cluster.Where())
	}
	return options.Exit(exitCode(list, scanned))
}

func exitCode(list *v1.BlameReportList, scanned *v1.DriftReportList) int {
	parted := slices.ContainsFunc(list.Items, func(r v1.BlameReport) bool { return r.Verdict.Hop != "" && r.Ignored == nil })
	wrong := slices.ContainsFunc(list.Items, func(r v1.BlameReport) bool { return len(r.Errors) > 0 })
	switch {
	case scanned.Summary.Incomplete || wrong || len(list.Errors) > 0:
		return cluster.UnreadCode(scanned.Summary.Instances, list.Errors)
	case parted:
		return options.ExitDrift
	}
	return options.ExitOK
}

// explain scans and, while each server's connection is open, asks the sources.
func (f *flags) explain(ctx context.Context, names, variables []string) (*v1.BlameReportList, *v1.DriftReportList, error) {
	target, err := f.cluster.Target(false)
	if err != nil {
		return nil, nil, err
	}
	config, err := target.Config(names, f.cluster.Policy())
	if err != nil {
		return nil, nil, err
	}
	remote, err := f.sources.Open(ctx, config.Objects, config.Namespace())
	if err != nil {
		return nil, nil, err
	}
	var mu sync.Mutex
	reports := map[string][]v1.BlameReport{}
	wanted := cluster.NamedVariables(variables)
	config.Each = func(ctx context.Context, d *scan.Detail) {
		wanted.See(d.Snapshot)
		var mine []v1.BlameReport
		for _, variable := range variables {
			mine = append(mine, explainOne(ctx, d, config.Objects, variable, remote))
		}
		mu.Lock()
		defer mu.Unlock()
		reports[id(d.Report.Instance)] = mine
	}
	end := cluster.Progress(f.root, &config)
	scanned := scan.Run(ctx, config)
	end()
	if err := wanted.Check(scanned); err != nil {
		return nil, nil, err
	}
	list := &v1.BlameReportList{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "BlameReportList"}, Items: []v1.BlameReport{}, Errors: scanned.Summary.Errors}
	for _, r := range scanned.Items {
		list.Errors = append(list.Errors, inNamespace(r)...)
		for _, report := range reports[id(r.Instance)] {
			judged(&report, r.Findings)
			list.Items = append(list.Items, report)
		}
	}
	return list, scanned, nil
}

// judged takes over what the rules made of the finding: a scan judges an instance
// after its sources were asked.
func judged(report *v1.BlameReport, findings []v1.Finding) {
	if found, ignored := finding(findings, report.Variable); found != nil && found.Drift {
		report.Severity, report.Ignored = found.Severity, ignored
	}
}

// inNamespace names the namespace in a report's errors, which stand alone here.
func inNamespace(r v1.DriftReport) []v1.ReportError {
	errs := slices.Clone(r.Errors)
	for i := range errs {
		errs[i].Object = r.Instance.Namespace + "/" + errs[i].Object
	}
	return errs
}

func id(in v1.Instance) string {
	return strings.Join([]string{in.Namespace, in.Pod, in.Container}, "/")
}

// explainOne asks every source about one variable of one server.
func explainOne(ctx context.Context, d *scan.Detail, objects blame.Objects, variable string, remote evidence.Remote) v1.BlameReport {
	if d.Snapshot == nil {
		return v1.BlameReport{Instance: d.Report.Instance, Variable: variable}
	}
	values := reading.NewValues(d.Snapshot.Server, d.Snapshot)
	name := strings.ReplaceAll(strings.ToLower(strings.TrimLeft(variable, "-")), "-", "_")
	if _, ok := d.Snapshot.Variables[name]; !ok {
		if canonical := values.Variable(variable); canonical != "" {
			name = canonical
		}
	}
	if _, ok := d.Snapshot.Variables[name]; !ok {
		e := v1.ReportError{Object: "pod/" + d.Report.Instance.Pod, Tried: "blame", Reason: "NotFound",
			Text: fmt.Sprintf("%s has no variable %q", d.Snapshot.Server, variable), Hint: "kubectl mysqldrift explain " + variable + " finds the nearest name"}
		return v1.BlameReport{Instance: d.Report.Instance, Variable: variable, Hops: []v1.BlameHop{}, Errors: []v1.ReportError{e},
			Verdict: v1.Verdict{Confidence: blame.NotProven, Text: "there is no such variable"}}
	}
	found, _ := finding(d.Report.Findings, name)
	in := blame.Input{
		Instance: d.Report.Instance, Variable: name, Snapshot: d.Snapshot, Pod: d.Instance.PodObject, Objects: objects, Values: values,
		Finding: found, Sources: remote.Sources(d), Marks: remote.Marks,
	}
	if d.Resolution != nil {
		in.Declaration, in.Governing = d.Resolution.Declaration, d.Resolution.Governing
	}
	return blame.Explain(ctx, in)
}

// finding is the variable's drift, or else a note about it. What a rule ignores
// is drift all the same to the one who asks about it.
func finding(all []v1.Finding, variable string) (*v1.Finding, *v1.Ignored) {
	var note *v1.Finding
	for _, f := range all {
		if f.Variable != variable {
			continue
		}
		if f.Drift || f.Ignored != nil {
			f.Drift = true
			return &f, f.Ignored
		}
		if note == nil {
			note = &f
		}
	}
	return note, nil
}
