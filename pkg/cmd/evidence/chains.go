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
	seen   map[string]bool  // instances that were gathered
	pods   map[workload]int // how many were gathered
	want   map[workload]int // how many the workload wants
}

type (
	workload struct{ namespace, name, container string }
	chain    struct {
		workload
		source string
	}
)

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
	c.count(d.Report.Instance, want)
	for _, file := range traced(in.Governing) {
		p := trace.Pod{Name: d.Report.Instance.Pod, Facts: blame.Gather(ctx, trace.GatherFor(in, file)), Findings: d.Report.Findings, Snapshot: d.Snapshot, Replaced: replaced}
		c.add(d.Report.Instance, file.Source, p)
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

func of(in v1.Instance) workload { return workload{in.Namespace, in.Workload, in.Container} }

// count notes an instance, and how many its workload wants.
func (c *Chains) count(in v1.Instance, want int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.chains, c.seen, c.pods, c.want = map[chain]*trace.Input{}, map[string]bool{}, map[workload]int{}, map[workload]int{}
	}
	c.seen[in.Namespace+"/"+in.Pod+"/"+in.Container] = true
	c.pods[of(in)]++
	c.want[of(in)] = max(c.want[of(in)], want)
}

func (c *Chains) add(in v1.Instance, source string, p trace.Pod) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := chain{of(in), source}
	if c.chains[key] == nil {
		c.chains[key] = &trace.Input{Namespace: in.Namespace, Workload: in.Workload, Source: source}
	}
	c.chains[key].Pods = append(c.chains[key].Pods, p)
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
		return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(a.name, b.name), strings.Compare(a.container, b.container), strings.Compare(a.source, b.source))
	})
	var inputs []trace.Input
	for _, key := range keys {
		in := c.chains[key]
		if c.Whole {
			in.Missing = max(c.want[key.workload]-c.pods[key.workload], 0)
		}
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
	c.count(r.Instance, 0)
	for _, file := range traced(r.GovernedBy) {
		p.Facts = blame.Gather(ctx, trace.GatherFor(in, file))
		c.add(r.Instance, file.Source, p)
	}
}
