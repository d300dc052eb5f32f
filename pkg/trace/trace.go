// Package trace puts together the delivery chain of a workload as it stands:
// Git's head, the source's artifact, the applied revision, the ConfigMap, the
// pods' files, the servers' starts, what runs; and where the chain is broken.
//
// It is pure over what package blame gathered and package drift found; it knows
// neither how to fetch nor how to print.
package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// States of a hop.
const (
	OK      = "ok"
	Behind  = "behind"  // differs from the hop before, and stays so
	Waiting = "waiting" // on its way
	Unknown = "unknown"
)

// Input is one workload. Pods share the object that declares their settings.
type Input struct {
	Namespace, Workload string
	Source              string // configmap/NAME:KEY
	Pods                []Pod
}

// Pod is one instance with what was gathered for its main option file.
type Pod struct {
	Name     string
	Facts    *blame.Facts
	Findings []v1.Finding
	// Error is set if the instance could not be read.
	Error string
}

// Build makes the chain, source first.
func Build(in Input) v1.TraceReport {
	r := v1.TraceReport{Namespace: in.Namespace, Workload: in.Workload, Source: in.Source}
	var shared *blame.Facts
	for _, p := range in.Pods {
		if p.Facts != nil {
			shared = p.Facts
			break
		}
	}
	b := builder{report: &r}
	if shared != nil {
		b.git(shared)
		b.delivery(shared)
		b.object(shared)
	}
	written := b.last
	for _, p := range in.Pods {
		b.last = written
		b.pod(p)
	}
	r.Arrived = len(in.Pods) > 0 && r.Blocked == ""
	for _, h := range r.Hops {
		if h.State == Behind || h.State == Waiting || h.State == Unknown && h.NotAvailable == "" {
			r.Arrived = false
		}
	}
	return r
}

// GatherFor changes an input of blame to ask about a whole file and no variable.
func GatherFor(in blame.Input, file v1.GoverningFile) blame.Input {
	in.Variable = ""
	in.Finding = &v1.Finding{Declared: &v1.Declared{Source: file.Source, Path: file.Path}}
	in.Sources.Statements = nil
	return in
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

func (b *builder) git(f *blame.Facts) {
	g := f.Git
	if g == nil {
		b.add(v1.TraceHop{Hop: "Git head", State: Unknown, NotAvailable: orElse(f.Absent["Git"], "not available because no repository is read")}, time.Time{})
		return
	}
	h := v1.TraceHop{Hop: "Git head", Object: g.Repo + ":" + g.Path, Revision: g.Head.Hash, State: OK, Why: g.Head.Subject}
	b.add(h, timeOf(g.Head.Committed))
}

func (b *builder) delivery(f *blame.Facts) {
	if build := f.Build; build != nil {
		h := v1.TraceHop{Hop: "Build", Object: fmt.Sprintf("jenkins %s #%d", build.Job, build.Number), Revision: build.Revision, State: OK}
		switch {
		case build.Result == "":
			h.State, h.Why = Waiting, "still running"
		case build.Result != "SUCCESS":
			h.State, h.Why = Behind, "ended with "+build.Result
		}
		b.add(h, timeOf(build.Started))
	}
	for _, d := range f.Deliver {
		if d.Source != "" {
			b.add(b.artifact(f, d), time.Time{})
		}
		h := v1.TraceHop{Hop: "Applied", Object: d.Object, Revision: d.Applied, Why: d.Message}
		switch d.State {
		case "Synced", "Edited":
			h.State = OK
		case "Behind":
			h.State = Waiting
		case "Suspended":
			h.State = Behind
			b.block("%s is suspended", d.Object)
		case "Stuck":
			h.State = Behind
			b.block("%s fails: %s", d.Object, d.Message)
		default:
			h.State = Unknown
		}
		b.add(h, timeOf(d.AppliedAt))
	}
}

// artifact is what the source has fetched, against Git's head.
func (b *builder) artifact(f *blame.Facts, d v1.Delivery) v1.TraceHop {
	h := v1.TraceHop{Hop: "Source", Object: d.Source, Revision: d.Head, State: OK}
	switch {
	case d.Head == "":
		h.State, h.Why = Unknown, "it has no artifact"
	case f.Git != nil && len(d.Head) >= 40 && !strings.Contains(d.Head, f.Git.Head.Hash) && !strings.Contains(d.Head, "sha256:"):
		h.State, h.Why = Waiting, "Git's head is not fetched yet"
	}
	return h
}

func (b *builder) object(f *blame.Facts) {
	h := v1.TraceHop{Hop: "ConfigMap", Object: b.report.Source}
	o := f.Object
	if o == nil {
		h.State, h.NotAvailable = Unknown, orElse(f.Absent["ConfigMap"], "not available because it was not read")
		b.add(h, time.Time{})
		return
	}
	h.Object = o.Resource + "/" + o.Name + ":" + o.Key
	if o.Content != "" {
		h.Revision = digest(o.Content)
	}
	h.State = OK
	switch g := f.Git; {
	case g == nil:
		h.Why = "not compared with Git"
	case strings.TrimRight(g.HeadContent, "\n") == strings.TrimRight(o.Content, "\n"):
		h.Why = "the same as Git's head"
	case g.Deployed != nil:
		h.State, h.Why = Waiting, fmt.Sprintf("%d behind: it has the content of %.12s", len(g.Waiting), g.Deployed.Hash)
		if len(f.Deliver) == 0 && f.Build == nil {
			h.State = Behind
			b.block("no delivery tool is known to bring the commits that wait")
		}
	default:
		h.State, h.Why = Behind, "its content is in no commit: it was edited in the cluster"
		if len(f.Deliver) == 0 || f.Deliver[0].NoCorrection {
			b.block("nothing undoes the edit in the cluster")
		}
	}
	var at time.Time
	if len(o.Owners) > 0 {
		at = o.Owners[0].Time
	}
	b.add(h, at)
}

// pod adds file, start and running of one pod.
func (b *builder) pod(p Pod) {
	object := "pod/" + p.Name
	if p.Error != "" || p.Facts == nil {
		b.add(v1.TraceHop{Hop: "Running", Object: object, State: Unknown, Why: orElse(p.Error, "it was not read")}, time.Time{})
		return
	}
	b.file(p, object)
	b.start(p, object)
	b.running(p, object)
}

func (b *builder) file(p Pod, object string) {
	f := p.Facts.File
	h := v1.TraceHop{Hop: "File", Object: object, State: OK}
	if f == nil || !f.Read {
		h.State, h.NotAvailable = Unknown, orElse(p.Facts.Absent["pod files"], "not available because the pod's files are not read")
		b.add(h, time.Time{})
		return
	}
	h.Object += ":" + f.Path
	switch {
	case f.Same:
		h.Why = "the same as the key"
	case p.Facts.Object == nil:
		h.State = Unknown
	case f.Via == "subPath":
		h.State, h.Why = Behind, "mounted by subPath: never updated in a running pod"
		b.block("%s mounts the file by subPath: it needs a new pod", object)
	default:
		h.State, h.Why = Waiting, "kubelet brings the new content within two minutes"
	}
	b.add(h, f.ModTime)
}

func (b *builder) start(p Pod, object string) {
	h := v1.TraceHop{Hop: "Start", Object: object, State: OK}
	if n := names(p.Findings, v1.PendingRestart); n != "" {
		h.State, h.Why = Behind, "needs a restart for "+n
		b.block("%s needs a restart for %s", object, n)
	}
	started := p.Facts.Server.StartedAt
	if started.IsZero() {
		h.State, h.NotAvailable = Unknown, "not available because the server's uptime is not known"
	}
	before := b.last
	b.add(h, started)
	if started.Before(before) {
		b.last = before
	}
}

func (b *builder) running(p Pod, object string) {
	h := v1.TraceHop{Hop: "Running", Object: object, State: OK, Why: "as declared"}
	var drifted []string
	for _, f := range p.Findings {
		if f.Drift && f.Class != v1.PendingRestart {
			drifted = append(drifted, fmt.Sprintf("%s (%s)", f.Variable, f.Class))
		}
	}
	if n := names(p.Findings, v1.PendingRestart); n != "" {
		h.State, h.Why = Behind, "waits for a restart"
	}
	if len(drifted) > 0 {
		h.State, h.Why = Behind, strings.Join(drifted, ", ")
		b.block("%s runs with other values: %s", object, h.Why)
	}
	b.add(h, time.Time{})
}

func names(findings []v1.Finding, class v1.Class) string {
	var list []string
	for _, f := range findings {
		if f.Class == class {
			list = append(list, f.Variable)
		}
	}
	return strings.Join(list, ", ")
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256:" + hex.EncodeToString(sum[:6])
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
