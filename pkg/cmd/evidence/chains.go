package evidence

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/reading"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/trace"
)

// Chains gathers, during a scan, what the delivery chains of its instances are
// made of: a chain a workload and key that governs it.
type Chains struct {
	Objects cluster.Objects
	Remote  Remote
	// Whole: all pods of the workloads were asked for, so that one that is missing
	// is told.
	Whole bool

	mu     sync.Mutex
	chains map[chain]*trace.Input
	seen   map[string]bool // instances that were gathered
}

type chain struct{ namespace, workload, container, source string }

// Take is a scan's Each.
func (c *Chains) Take(ctx context.Context, d *scan.Detail) {
	in := blame.Input{Instance: d.Report.Instance, Snapshot: d.Snapshot, Pod: d.Instance.PodObject, Objects: c.Objects, Marks: c.Remote.Marks, Sources: c.Remote.Sources(d)}
	if d.Snapshot != nil {
		in.Values = reading.NewValues(d.Snapshot.Server, d.Snapshot)
	}
	if d.Resolution != nil {
		in.Declaration, in.Governing = d.Resolution.Declaration, d.Resolution.Governing
	}
	want, replaced := rollout(ctx, c.Objects, d.Instance.PodObject)
	for _, file := range traced(in.Governing) {
		p := trace.Pod{Name: d.Report.Instance.Pod, Facts: blame.Gather(ctx, trace.GatherFor(in, file)), Findings: d.Report.Findings, Replaced: replaced}
		c.add(d.Report.Instance, file.Source, p, want)
	}
}

// traced are the files that come from a ConfigMap's or Secret's key, each key once.
func traced(governing []v1.GoverningFile) []v1.GoverningFile {
	var files []v1.GoverningFile
	for _, g := range governing {
		kind, _, _ := strings.Cut(g.Source, "/")
		if (kind == "configmap" || kind == "secret") && g.Certainty != v1.Ambiguous &&
			!slices.ContainsFunc(files, func(f v1.GoverningFile) bool { return f.Source == g.Source }) {
			files = append(files, g)
		}
	}
	return files
}

func (c *Chains) add(in v1.Instance, source string, p trace.Pod, want int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chains == nil {
		c.chains, c.seen = map[chain]*trace.Input{}, map[string]bool{}
	}
	key := chain{in.Namespace, in.Workload, in.Container, source}
	if c.chains[key] == nil {
		c.chains[key] = &trace.Input{Namespace: in.Namespace, Workload: in.Workload, Source: source}
	}
	c.chains[key].Pods = append(c.chains[key].Pods, p)
	if c.Whole {
		c.chains[key].Replicas = max(c.chains[key].Replicas, want)
	}
	c.seen[in.Namespace+"/"+in.Pod+"/"+in.Container] = true
}

// Inputs are the chains after the scan, in order. An instance that could not be
// read is a pod of each chain that governs it, so that no chain without it can be
// taken for whole.
func (c *Chains) Inputs(ctx context.Context, list *v1.DriftReportList) []trace.Input {
	for _, r := range list.Items {
		if !c.seen[r.Instance.Namespace+"/"+r.Instance.Pod+"/"+r.Instance.Container] {
			c.unread(ctx, r)
		}
	}
	var keys []chain
	for key := range c.chains {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b chain) int {
		return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(a.workload, b.workload), strings.Compare(a.container, b.container), strings.Compare(a.source, b.source))
	})
	var inputs []trace.Input
	for _, key := range keys {
		in := c.chains[key]
		slices.SortFunc(in.Pods, func(a, b trace.Pod) int { return strings.Compare(a.Name, b.Name) })
		inputs = append(inputs, *in)
	}
	return inputs
}

// unread adds an instance whose server did not answer: what is before it in the
// chain may tell why.
func (c *Chains) unread(ctx context.Context, r v1.DriftReport) {
	p := trace.Pod{Name: r.Instance.Pod, Error: "it was not read"}
	for _, e := range r.Errors {
		p.Error = e.Text
		p.Down = e.Reason == cluster.ReasonRestarting
		break
	}
	in := blame.Input{Instance: r.Instance, Objects: c.Objects, Governing: r.GovernedBy, Marks: c.Remote.Marks,
		Sources: blame.Sources{Git: c.Remote.git, Jenkins: c.Remote.jenkins, Why: c.Remote.why}}
	for _, file := range traced(r.GovernedBy) {
		p.Facts = blame.Gather(ctx, trace.GatherFor(in, file))
		c.add(r.Instance, file.Source, p, 0)
	}
}
