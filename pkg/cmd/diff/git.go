package diff

import (
	"context"

	"github.com/spf13/pflag"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/evidence"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/trace"
)

// gitFlags are those of the comparison of ConfigMaps with Git.
type gitFlags struct {
	on, declared bool
	sources      evidence.Flags
	// endpoint: a configuration file names the repository, which alone asks for no comparison.
	endpoint bool
}

func (g *gitFlags) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&g.on, "git", false, "Compare the ConfigMaps with Git as well: UnsyncedObject, and Untraceable with --show-notes")
	flags.BoolVar(&g.declared, "declared", false, "Show what differs between Git and the ConfigMaps, as edits with their positions in both, instead of what runs")
	g.sources.AddGitFlags(flags)
}

func (g *gitFlags) wanted() bool {
	return g.on || g.declared || g.sources.NamesRepo() && !g.endpoint
}

func (g *gitFlags) validate(f *flags) error {
	switch {
	case !g.wanted():
		return nil
	case f.offline.wanted():
		return options.Usagef("--git and --declared look at ConfigMaps in a cluster: they do not go with --option-file")
	case f.replicas:
		return options.Usagef("--replicas compares pods with each other: it goes neither with --git nor with --declared")
	}
	return nil
}

// chains makes a scan gather what governs each instance, and Git's side of it.
func (g *gitFlags) chains(ctx context.Context, config *scan.Config) (*evidence.Chains, error) {
	if !g.wanted() {
		return nil, nil
	}
	remote, err := g.sources.Open(ctx, config.Objects, config.Namespace())
	if err != nil {
		return nil, err
	}
	chains := &evidence.Chains{Objects: config.Objects, Remote: remote}
	config.Each = chains.Take
	return chains, nil
}

// compare adds to each report what its keys hold otherwise than Git; with
// --declared nothing else is left. A key that could not be compared is an error:
// the result is not whole.
func (g *gitFlags) compare(ctx context.Context, chains *evidence.Chains, list *v1.DriftReportList) {
	inputs := chains.Inputs(ctx, list)
	at := map[instance]*v1.DriftReport{}
	for i := range list.Items {
		r := &list.Items[i]
		at[instance{r.Instance.Namespace, r.Instance.Pod, ""}] = r
		if g.declared {
			r.Findings = []v1.Finding{}
		}
	}
	for _, in := range inputs {
		for _, p := range in.Pods {
			if r := at[instance{in.Namespace, p.Name, ""}]; r != nil && p.Facts != nil {
				g.add(r, p, in.Source)
			}
		}
	}
	for i := range list.Items {
		r := &list.Items[i]
		restate(r)
		if len(r.Errors) > 0 && r.State == v1.StateInSync {
			r.State = v1.StateIncomplete
		}
	}
}

func (g *gitFlags) add(r *v1.DriftReport, p trace.Pod, source string) {
	f := p.Facts
	if f.Git == nil {
		if f.Object != nil && f.Object.Resource == "secret" {
			r.Notes = append(r.Notes, source+" is not compared with Git: it is a Secret")
			return
		}
		why := f.Absent["Git"]
		if f.Object == nil {
			why = f.Absent["ConfigMap"]
		}
		r.Errors = append(r.Errors, v1.ReportError{Object: source, Tried: "compare with Git", Reason: "NotCompared",
			Text: "the comparison with Git is " + why, Hint: "--git-repo names the repository, --git-path the file in it"})
		return
	}
	if why := blame.NotCompared(f); why != "" {
		r.Notes = append(r.Notes, source+" is not compared with Git: "+why)
	}
	if g.declared {
		if u := blame.UnsyncedKey(f); u != nil {
			r.Findings = append(r.Findings, *u)
		}
	} else {
		for _, u := range blame.UnsyncedVariables(f) {
			if p.Snapshot != nil {
				u.Running = blame.RunningOf(p.Snapshot, u.Variable)
				if f.Values.Secret(u.Variable) && u.Running != nil {
					u.Running.Value = "(redacted)"
				}
			}
			r.Findings = append(r.Findings, u)
		}
	}
	if u := blame.Untraceable(f); u != nil {
		r.Findings = append(r.Findings, *u)
	}
}
