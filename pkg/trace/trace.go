// Package trace puts together the delivery chain of a workload as it stands:
// Git's head, the source's artifact, the applied revision, the ConfigMap, the
// pods' files, the servers' starts, what runs; and where the chain is broken.
//
// It is pure over what package blame gathered and package drift found; it knows
// neither how to fetch nor how to print.
package trace

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// States of a hop.
const (
	OK      = "ok"
	Behind  = "behind"  // differs from the hop before, and stays so
	Waiting = "waiting" // on its way
	Unknown = "unknown"
)

// Names of the hops, source first.
const (
	HopGit     = "Git head"
	HopBuild   = "Build"
	HopSource  = "Source"
	HopApplied = "Applied"
	HopObject  = "ConfigMap"
	HopFile    = "File"
	HopStart   = "Start"
	HopRunning = "Running"
)

// ReasonGitUnread is an error's reason: a repository that is named was not read.
const ReasonGitUnread = "GitUnread"

// Input is one workload and one object key that declares settings of its pods.
type Input struct {
	Namespace, Workload string
	Source              string // configmap/NAME:KEY
	Pods                []Pod
	// Missing is how many pods the workload wants that are not there, 0 if that is
	// not known.
	Missing int
}

// Pod is one instance with what was gathered for the file that the key became.
type Pod struct {
	Name     string
	Facts    *blame.Facts
	Findings []v1.Finding
	Snapshot *model.Snapshot // nil if the server was not read
	// Error is set if the instance could not be read, Down if it will not start by itself.
	Error string
	Down  bool
	// Replaced: a rollout is about to replace the pod.
	Replaced bool
}

// GatherFor changes an input of blame to ask about a whole file and no variable.
func GatherFor(in blame.Input, file v1.GoverningFile) blame.Input {
	in.Variable = ""
	in.Finding = &v1.Finding{Declared: &v1.Declared{Source: file.Source, Path: file.Path}}
	in.Sources.Statements, in.Sources.Audit = nil, nil
	return in
}

// Build makes the chain, source first.
func Build(in Input) v1.TraceReport {
	r := v1.TraceReport{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "TraceReport"}, Namespace: in.Namespace, Workload: in.Workload, Source: in.Source, Hops: []v1.TraceHop{}}
	shared := sharedFacts(in.Pods)
	b := builder{report: &r}
	if shared != nil {
		r.Head = head(shared, in.Source)
		b.git(shared)
		b.delivery(shared)
		b.object(shared)
		if why := shared.GitUnread; why != "" {
			r.Errors = append(r.Errors, v1.ReportError{Object: in.Source, Tried: "read Git", Reason: ReasonGitUnread,
				Text: "whether Git's head has come is not known: it is " + why, Hint: "--git-repo names the repository, --git-path the file in it; --no-git leaves Git out"})
		}
		r.Findings = findings(shared)
	}
	written := b.last
	for _, p := range in.Pods {
		b.last = written
		b.pod(p, in.Source)
	}
	b.missing(in)
	r.Arrived = len(in.Pods) > 0 && r.Blocked == ""
	for _, h := range r.Hops {
		if h.State == Behind || h.State == Waiting || h.State == Unknown && h.NotAvailable == "" {
			r.Arrived = false
		}
	}
	return r
}

// sharedFacts are those of a pod that could be read, as they tell more.
func sharedFacts(pods []Pod) *blame.Facts {
	var found *blame.Facts
	for _, p := range pods {
		if p.Facts != nil && (found == nil || p.Error == "") {
			found = p.Facts
			if p.Error == "" {
				break
			}
		}
	}
	return found
}

// head names what is on its way.
func head(f *blame.Facts, source string) string {
	if g := f.Git; g != nil {
		return fmt.Sprintf("commit %.12s of %s", g.Head.Hash, g.Repo)
	}
	return source + " as it is in the cluster"
}

type builder struct {
	report *v1.TraceReport
	last   time.Time // of the hop before, where known
}

// add appends a hop, with its lag to the one before.
func (b *builder) add(h v1.TraceHop, at time.Time) {
	if !at.IsZero() {
		h.When = &metav1.Time{Time: at.UTC()}
		if !b.last.IsZero() && !at.Before(b.last) {
			lag := at.Sub(b.last).Seconds()
			h.LagSeconds = &lag
		}
		b.last = at
	}
	b.report.Hops = append(b.report.Hops, h)
}

// block keeps the first reason: it is the nearest to the source.
func (b *builder) block(format string, args ...any) {
	if b.report.Blocked == "" {
		b.report.Blocked = fmt.Sprintf(format, args...)
	}
}

// missing tells of pods that the workload wants and that are not there (yet).
func (b *builder) missing(in Input) {
	if in.Missing > 0 {
		b.add(v1.TraceHop{Hop: HopRunning, Object: in.Workload, State: Waiting, Why: fmt.Sprintf("it wants more pods: %d", in.Missing)}, time.Time{})
	}
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
