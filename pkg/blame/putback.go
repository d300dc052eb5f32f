package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/delivery"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// passage is how content came to an object without the commit that it is of having
// been made for that: whoever made the commit did not bring the content this time.
type passage struct {
	over   string    // the newer commit over which older content was put, "" if none
	spec   bool      // what the delivery is told to deliver was changed
	doubt  bool      // it may also have been brought in due order
	tool   string    // the delivery, "" if none tells
	by     string    // who its record names
	since  time.Time // when the tool delivered it
	record string    // the record
}

// lead is the passage in words, the end of a sentence.
func (p passage) lead(f *Facts) string {
	if f.Git.Deployed == nil {
		return fmt.Sprintf("the content is what %s makes of Git's by its spec, which was changed", p.tool)
	}
	deployed := short(f.Git.Deployed.Hash)
	switch {
	case p.spec:
		return fmt.Sprintf("the content is that of commit %s, which is older than that delivery: what %s delivers was changed", deployed, p.tool)
	case p.doubt:
		return fmt.Sprintf("the content is that of commit %s, but the later commit %s may have been delivered before: the server runs with its value", deployed, short(p.over))
	}
	return fmt.Sprintf("it was put back to the content of commit %s, past the later commit %s", deployed, short(p.over))
}

// passed tells how content came that its commit's author did not bring; nil if
// nothing speaks for that.
func passed(f *Facts, w write) *passage {
	g := f.Git
	if g == nil || g.Deployed == nil || w.owner == nil {
		return nil
	}
	for i := range f.Deliver {
		if p := deliveredAgain(f, &f.Deliver[i], w); p != nil {
			return p
		}
	}
	if len(g.Waiting) == 0 {
		return nil
	}
	if commit := deliveredBefore(f, w); commit != "" {
		return &passage{over: commit}
	}
	next := g.Waiting[0]
	if humanSent(w) && w.content && next.Committed != nil && w.audit.When.After(next.Committed.Add(closeEnough)) {
		return &passage{over: next.Hash}
	}
	return ranBefore(f, w)
}

// deliveredAgain reads the tool's own memory: what it had delivered before the
// present content. If that had the commit already and yet another value, newer
// content was there in between; if it was made of another source, the source was
// changed. Without such a memory the time at which the spec was written decides.
func deliveredAgain(f *Facts, d *v1.Delivery, w write) *passage {
	g := f.Git
	if !d.Listed || !matches(g, d.Commit) || g.Introduced == nil {
		return nil
	}
	p := &passage{tool: d.Object, record: d.Tool + " status"}
	sources := false // the tool keeps the source of each delivery
	for i := len(d.History) - 1; i > 0; i-- {
		now, before := d.History[i], d.History[i-1]
		p.by = now.Initiator
		if now.At != nil {
			p.since = now.At.Time
		}
		if now.Origin != "" && before.Origin != "" {
			sources = true
			if now.Origin != before.Origin {
				p.spec = true
				return p
			}
		}
		c := g.Claims[before.Commit]
		if !c.Known {
			break
		}
		if c.HasValue && f.same(c.Value, g.Introduced.After) {
			continue // it was there already
		}
		if !c.Includes {
			return nil // the commit came with this delivery
		}
		p.over, p.spec = before.Commit, p.by == "" && toldBefore(f, d, w)
		return p
	}
	if sources || d.SpecAt == nil || g.Introduced.Committed == nil {
		return nil
	}
	if d.SpecAt.After(g.Introduced.Committed.Add(closeEnough)) && toldBefore(f, d, w) {
		return &passage{spec: true, tool: d.Object}
	}
	return nil
}

// toldBefore: what the tool is told to deliver was written shortly before the key. A
// manager's time moves with whatever it writes: the audit log may show that it was
// something else.
func toldBefore(f *Facts, d *v1.Delivery, w write) bool {
	const soon = 10 * time.Minute // tries that fail are repeated
	if d.SpecAt == nil || w.owner == nil {
		return false
	}
	at, written := d.SpecAt.Time, w.owner.Time
	if at.After(written.Add(closeEnough)) || written.Sub(at) > soon {
		return false
	}
	seen := false // the write that moved the manager's time
	for _, e := range f.SpecAudit[d.SpecOf] {
		if e.Subresource != "" || e.When.After(written.Add(closeEnough)) || written.Sub(e.When) > soon {
			continue
		}
		if decides(e) {
			return true
		}
		seen = seen || e.Manager == d.SpecBy && near(e.When, at, closeEnough)
	}
	return !seen
}

// ofPace are parts of a spec that decide when and how something is delivered, and not
// what.
var ofPace = []string{"interval", "retryInterval", "timeout", "suspend", "prune", "wait", "force", "healthChecks", "dependsOn", "serviceAccountName", "syncPolicy", "revisionHistoryLimit"}

// decides: a request may have changed what is delivered.
func decides(e AuditEvent) bool {
	return e.Data == nil || slices.ContainsFunc(e.Spec, func(part string) bool { return !slices.Contains(ofPace, part) })
}

// bySpecOnly: the content is no commit's, as its tool makes it of Git's by what it is
// told, and that was changed when the tool had Git's head already.
func bySpecOnly(f *Facts, w write) (v1.Verdict, bool) {
	if f.Git == nil || f.Git.Deployed != nil || w.owner == nil || w.tool.Means != fieldmanager.Controller {
		return v1.Verdict{}, false
	}
	for i := range f.Deliver {
		if d := &f.Deliver[i]; d.Listed && d.Renders && d.State == delivery.Synced && d.HeadAt != nil && toldBefore(f, d, w) && d.SpecAt.After(d.HeadAt.Time) {
			return bySpec(f, passage{spec: true, tool: d.Object}), true
		}
	}
	return v1.Verdict{}, false
}

// deliveredBefore is a commit that waits by the object's content, and yet was
// delivered: a controller says that it applied it, or its mark stands on the
// object from before the content was written by another manager.
func deliveredBefore(f *Facts, w write) string {
	g, m := f.Git, f.Object.Marks
	waits := func(commit string) bool {
		c, next := g.Claims[commit], g.Waiting[0].Committed
		return c.Known && c.OnBranch && !c.Matches && next != nil && !c.When.Before(next.Time)
	}
	for _, d := range f.Deliver {
		if d.Listed && d.State != "Stuck" && waits(d.Commit) {
			return d.Commit
		}
	}
	if len(m.CommitOwners) > 0 && !sameOwner(m.CommitOwners, f.Object.Owners) && w.owner.Time.After(m.CommitOwners[0].Time) && waits(m.Commit) {
		return m.Commit
	}
	return ""
}

// ranBefore: the server still runs with the value of a commit that waits, and was
// made before the key was written. If it ran with that value before the present
// commit as well, a build that began before the later commit explains it.
func ranBefore(f *Facts, w write) *passage {
	g, running := f.Git, runningValue(f)
	if running == "" || f.Object.HasValue && f.makes(f.Object.Value, running) || g.Introduced == nil {
		return nil
	}
	sent := w.owner.Time
	if b := f.Build; b != nil && b.Started != nil && matches(g, b.Revision) && withinBuild(b, w) {
		sent = b.Started.Time
	}
	at := slices.IndexFunc(g.Waiting, func(c v1.Commit) bool {
		return c.After != "" && c.Before != c.After && c.Committed != nil && c.Committed.Time.Before(sent.Add(-closeEnough)) && f.makes(c.After, running)
	})
	if at < 0 {
		return nil
	}
	before := g.Introduced.Before
	doubt := f.makes(before, running) || before == "" && f.Server.Variable.Source != model.SourceFile
	p := &passage{over: g.Waiting[at].Hash, doubt: doubt}
	if b := f.Build; b != nil && b.Result == "SUCCESS" && matches(g, b.Revision) && withinBuild(b, w) {
		p.record, p.since, p.by = "Jenkins build record", w.owner.Time, startedBy(b)
	}
	return p
}

// startedBy is the person who started a build, "" if none did.
func startedBy(b *v1.Build) string {
	for _, cause := range b.Causes {
		if cause.Who != "" && (cause.Kind == "user" || cause.Kind == "rebuild" || cause.Kind == "replay") {
			return cause.Who
		}
	}
	return ""
}

// byPassage says who sent the content past newer one, or changed what is
// delivered: whom the tool's own record names, the audit log, or nobody. Text is
// the middle of a sentence.
func byPassage(f *Facts, w write, p passage) v1.Verdict {
	lead := p.lead(f)
	if p.doubt {
		return v1.Verdict{Confidence: NotProven, LastToucher: p.by, Text: lead}
	}
	if p.spec {
		return bySpec(f, p)
	}
	recorded := p.record != "" && near(p.since, w.owner.Time, time.Minute)
	if p.by != "" && p.by != automated && recorded {
		return v1.Verdict{Culprit: p.by, CulpritKind: Person, Sources: []string{p.record, "managedFields"}, Confidence: Likely,
			Text: fmt.Sprintf("by %s: %s", p.by, lead)}
	}
	v, ok := byAudit(f, w)
	if !ok {
		v = byManager(f, w, nil)
	}
	if v.CulpritKind == Tool && p.tool != "" { // it did what somebody told it
		v = v1.Verdict{Confidence: NotProven, LastToucher: p.tool, Text: "who told " + p.tool + " is not recorded"}
	}
	switch {
	case v.Culprit != "":
		v.Text += ": " + lead
	case p.by != "":
		v.LastToucher = p.by
		v.Text = fmt.Sprintf("%s, by %s as %s tells", lead, p.by, p.record)
	default:
		v.Text = lead + "; " + v.Text
	}
	return v
}

// automated is how Argo CD's syncs without a person are told.
const automated = "automated sync"

// bySpec names who wrote the spec, if the audit log and managedFields agree.
func bySpec(f *Facts, p passage) v1.Verdict {
	v := v1.Verdict{Confidence: NotProven, LastToucher: p.by}
	v.Text = p.lead(f)
	i := slices.IndexFunc(f.Deliver, func(d v1.Delivery) bool { return d.Object == p.tool })
	d := f.Deliver[i]
	if d.SpecAt == nil {
		return v
	}
	v.LastToucher = d.SpecBy
	v.Text += fmt.Sprintf("; the spec of %s was last written in the name of %s, no later than %s", d.SpecOf, d.SpecBy, stamp(d.SpecAt.Time))
	var wrote []*AuditEvent
	for i := range f.SpecAudit[d.SpecOf] {
		if e := &f.SpecAudit[d.SpecOf][i]; e.Subresource == "" && decides(*e) && e.Manager == d.SpecBy && near(e.When, d.SpecAt.Time, closeEnough) {
			wrote = append(wrote, e)
		}
	}
	if len(wrote) == 0 || !oneUser(wrote) {
		return v
	}
	who := wrote[0].User
	if wrote[0].As != "" {
		who += " (as " + wrote[0].As + ")"
	}
	v.LastToucher = who
	if actorKind(wrote[0].User) != Person {
		v.Text += fmt.Sprintf(", by %s", who)
		return v
	}
	v.LastToucher, v.Culprit, v.CulpritKind, v.Sources, v.Confidence = "", who, Person, []string{"audit log", "managedFields"}, Likely
	v.Text = fmt.Sprintf("by %s, who wrote the spec of %s at %s: %s", who, d.SpecOf, stamp(wrote[0].When), p.lead(f))
	return v
}

// judgePutBack: a later commit had been delivered, and somebody wrote an older
// commit's content over it; or they sent the older content by hand when the later
// commit was there.
func judgePutBack(f *Facts) (v1.Verdict, bool) {
	w := lastWrite(f)
	p := passed(f, w)
	if p == nil || p.doubt {
		return v1.Verdict{}, false
	}
	v := byPassage(f, w, *p)
	v.Against, v.Hop = againstObject(f), string(model.HopConfigMap)
	if v.Culprit != "" {
		v.Text = fmt.Sprintf("%s was changed in the cluster %s (%s agree).", objectName(f), v.Text, join(v.Sources))
	} else {
		v.Text = fmt.Sprintf("%s was changed in the cluster; by whom is not proven: %s.", objectName(f), v.Text)
	}
	return v, true
}
