package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// byReturn: the tool had delivered the present value before the server started, which
// yet took another one from the file: somebody had edited the key, and the tool has
// put it back since. The commit's author parted nothing.
func byReturn(f *Facts, w write) (v1.Verdict, bool) {
	g := f.Git
	if f.Class != v1.PendingRestart && f.Class != v1.NotApplied || g == nil || g.Deployed == nil || g.Introduced == nil || w.owner == nil || f.Server.StartedAt.IsZero() {
		return v1.Verdict{}, false
	}
	for i := range f.Deliver {
		d := &f.Deliver[i]
		since := deliveredSince(f, d)
		if since.IsZero() || !inFileAtStart(f, since) || !w.owner.Time.After(f.Server.StartedAt) {
			continue
		}
		v := v1.Verdict{Confidence: NotProven}
		if f.Server.Variable.Source != model.SourceFile { // something was SET since
			v.Text = fmt.Sprintf("%s had delivered the value of commit %s before the server started, so that what was written by %s is not what parted it",
				d.Object, short(g.Introduced.Hash), stamp(w.owner.Time))
			return v, true
		}
		lead := fmt.Sprintf("%s had delivered the value of commit %s before the server started, which took %s: the key had been edited by then, and %s put it back by %s",
			d.Object, short(g.Introduced.Hash), runningValue(f), d.Tool, stamp(w.owner.Time))
		e := editAtStart(f)
		if e == nil {
			v.Text = lead + "; who edited it is not recorded"
			return v, true
		}
		v.Text = fmt.Sprintf("by %s at %s with %s: %s", e.User, stamp(e.When), orElse(e.UserAgent, "an unnamed client"), lead)
		v.Culprit, v.CulpritKind, v.Sources, v.Confidence = e.User, actorKind(e.User), []string{"audit log", "the server's value"}, Likely
		return v, true
	}
	return v1.Verdict{}, false
}

// deliveredSince is when the tool first delivered the present value, as far as it
// remembers; zero if it does not.
func deliveredSince(f *Facts, d *v1.Delivery) time.Time {
	g := f.Git
	if !d.Listed || !matches(g, d.Commit) {
		return time.Time{}
	}
	var since time.Time
	if d.FirstAppliedAt != nil {
		since = d.FirstAppliedAt.Time
	}
	for _, before := range slices.Backward(d.History) {
		c := g.Claims[before.Commit]
		if before.Commit != d.Commit && !(c.HasValue && f.same(c.Value, g.Introduced.After)) {
			break
		}
		if before.At != nil && (since.IsZero() || before.At.Time.Before(since)) {
			since = before.At.Time
		}
	}
	if made := g.Introduced.Committed; made != nil && since.Add(closeEnough).Before(made.Time) {
		return time.Time{} // that was another commit, to the same effect
	}
	for _, other := range d.History {
		c := g.Claims[other.Commit]
		if c.HasValue && !f.same(c.Value, g.Introduced.After) && other.At != nil && other.At.After(since) {
			return time.Time{} // another value was delivered in between
		}
	}
	return since
}

// inFileAtStart: what was in the object at the time had come into the server's file
// when it started. A new pod gets the object as it is, a running one after a while.
func inFileAtStart(f *Facts, at time.Time) bool {
	const kubelet = 2 * time.Minute
	if p := f.Pod; p != nil && p.PodCreated.After(at) {
		return true
	}
	return f.Server.StartedAt.After(at.Add(kubelet))
}

// editAtStart is the audited write of the value with which the server started: the
// one in force then; nil if that was another value, or the log does not tell.
func editAtStart(f *Facts) *AuditEvent {
	var last *AuditEvent
	read := "" // the text before
	for i := range f.Object.Audit {
		e := &f.Object.Audit[i]
		body, has := e.Data[f.Object.Key]
		if e.When.After(f.Server.StartedAt) {
			break
		}
		if e.Data == nil {
			return nil
		}
		if !has || body == read {
			continue
		}
		read = body
		value, _, set := f.find(body)
		switch {
		case !set || !f.makes(value, runningValue(f)):
			last = nil
		case last == nil: // who sends it again did not bring it
			last = e
		}
	}
	return last
}
