package trace

import (
	"fmt"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/delivery"
)

func (b *builder) git(f *blame.Facts) {
	g := f.Git
	if g == nil {
		b.add(v1.TraceHop{Hop: HopGit, State: Unknown, NotAvailable: orElse(f.Absent["Git"], "not available because no repository is read")}, time.Time{})
		return
	}
	object := g.Repo + ":" + g.Path
	if g.Branch != "" {
		object += " (" + g.Branch + ")"
	}
	b.add(v1.TraceHop{Hop: HopGit, Object: object, Revision: g.Head.Hash, State: OK, Why: g.Head.Subject}, timeOf(g.Head.Committed))
}

func (b *builder) delivery(f *blame.Facts) {
	if f.Build != nil {
		b.build(f.Build)
	}
	for i := range f.Deliver {
		d := &f.Deliver[i]
		if d.Source != "" {
			b.add(artifact(f, d), timeOf(d.HeadAt))
		}
		b.applied(f, d)
	}
	if len(f.Deliver) == 0 && f.Build == nil {
		why := orElse(f.Absent["Flux"], f.Absent["Argo CD"])
		b.add(v1.TraceHop{Hop: HopApplied, State: Unknown, NotAvailable: orElse(why, "not available because no mark of Flux, Argo CD or a build is on the object")}, time.Time{})
	}
}

func (b *builder) build(build *v1.Build) {
	h := v1.TraceHop{Hop: HopBuild, Object: fmt.Sprintf("jenkins %s #%d", build.Job, build.Number), Revision: build.Revision, State: OK}
	switch {
	case build.Result == "":
		h.State, h.Why = Waiting, "still running"
	case build.Result != "SUCCESS":
		h.State, h.Why = Behind, "ended with "+build.Result
	}
	b.add(h, timeOf(build.Started))
}

// artifact is what the source has fetched, against Git's head.
func artifact(f *blame.Facts, d *v1.Delivery) v1.TraceHop {
	h := v1.TraceHop{Hop: HopSource, Object: d.Source, Revision: d.Head, State: OK}
	switch {
	case d.Head == "":
		h.State, h.Why = Unknown, "it has no artifact"
	case older(f, d):
		h.State, h.Why = Waiting, "Git's head is not fetched yet"
		if d.Interval != "" {
			h.Why += ": it looks every " + d.Interval
		}
	}
	return h
}

// older: the source has another commit than Git's head, so that what the tool
// says is about an older state.
func older(f *blame.Facts, d *v1.Delivery) bool {
	if f.Git == nil {
		return false
	}
	_, commit := delivery.Revision(d.Head)
	return commit != "" && commit != f.Git.Head.Hash
}

func (b *builder) applied(f *blame.Facts, d *v1.Delivery) {
	h := v1.TraceHop{Hop: HopApplied, Object: d.Object, Revision: d.Applied, Why: d.Message}
	switch d.State {
	case delivery.Synced, delivery.Edited:
		h.State = OK
	case delivery.Behind:
		h.State = Waiting
		if d.Manual {
			h.State = Behind
			b.block("%s is synced by hand only", d.Object)
		}
	case delivery.Suspended:
		h.State = Behind
		b.block("%s is suspended: %s", d.Object, d.Message)
	case delivery.Stuck:
		h.State = Behind
		if older(f, d) && !strings.HasPrefix(d.Message, d.Source+":") {
			h.Why = "fails with the older commit that it has: " + d.Message // Git's head may mend it
		} else {
			b.block("%s fails: %s", d.Object, d.Message)
		}
	default:
		h.State = Unknown
	}
	at := d.AppliedAt
	if d.FirstAppliedAt != nil {
		at = d.FirstAppliedAt
	}
	b.add(h, timeOf(at))
}

func (b *builder) object(f *blame.Facts) {
	h := v1.TraceHop{Hop: HopObject, Object: b.report.Source}
	o := f.Object
	if o == nil {
		h.State, h.NotAvailable = Unknown, orElse(f.Absent["ConfigMap"], "not available because it was not read")
		b.add(h, time.Time{})
		return
	}
	h.Object, h.State = o.Resource+"/"+o.Name+":"+o.Key, OK
	if o.Content != "" {
		h.Revision = blame.Digest(o.Content)
	}
	if f.Git != nil {
		b.against(&h, f)
	} else {
		h.Why = "not compared with Git"
	}
	var at time.Time
	if len(o.Owners) > 0 {
		at = o.Owners[0].Time
		h.Why = strings.TrimPrefix(h.Why+", written with "+o.Owners[0].Tool().Name, ", ")
	}
	b.add(h, at)
}

// against compares the object with Git.
func (b *builder) against(h *v1.TraceHop, f *blame.Facts) {
	g, o := f.Git, f.Object
	if g.Deployed != nil {
		h.Revision = g.Deployed.Hash
	}
	switch {
	case blame.SameContent(g.HeadContent, o.Content):
		h.Why = "the same as Git's head"
	case g.Deployed != nil && len(f.Deliver) > 0 && f.Deliver[0].Commit == g.Head.Hash:
		h.State, h.Why = Behind, fmt.Sprintf("it has the older content of %.12s, although %s applied Git's head: it was put back in the cluster", g.Deployed.Hash, f.Deliver[0].Object)
		b.undone(f, h)
	case g.Deployed != nil:
		h.State, h.Why = Waiting, fmt.Sprintf("%s behind Git's head%s", commits(len(g.Waiting)), blame.WaitingSince(g))
		if len(f.Deliver) == 0 && f.Build == nil {
			h.State = Behind
			b.block("no delivery tool is known to bring the commits that wait")
		}
	case blame.Rendered(f):
		h.Why = "not word for word Git's text: " + blame.NotCompared(f)
	case blame.NotCompared(f) != "":
		h.State, h.Why = Unknown, "not Git's head, and not compared further: "+blame.NotCompared(f)
	default:
		h.State, h.Why = Behind, fmt.Sprintf("its content is in no commit of %s: edited in the cluster, or delivered from elsewhere", orElse(g.Branch, "the branch"))
		b.undone(f, h)
	}
}

// undone: an edit in the cluster stays unless a tool corrects it.
func (b *builder) undone(f *blame.Facts, h *v1.TraceHop) {
	if len(f.Deliver) == 0 || f.Deliver[0].NoCorrection {
		b.block("nothing brings %s back to what Git has", h.Object)
	}
}

func commits(n int) string {
	if n == 1 {
		return "1 commit"
	}
	return fmt.Sprintf("%d commits", n)
}

// findings are about the object as a whole.
func findings(f *blame.Facts) []v1.Finding {
	var list []v1.Finding
	if u := blame.UnsyncedKey(f); u != nil {
		list = append(list, *u)
	}
	if u := blame.Untraceable(f); u != nil {
		list = append(list, *u)
	}
	return list
}
