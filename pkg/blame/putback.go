package blame

import (
	"fmt"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// judgePutBack: a later commit had been delivered, and somebody wrote an older
// commit's content over it; or they sent the older content by hand when the later
// commit was there.
func judgePutBack(f *Facts) (v1.Verdict, bool) {
	g, w := f.Git, lastWrite(f.Object)
	past := passed(f, w)
	if past == "" {
		return v1.Verdict{}, false
	}
	v, ok := byAudit(f, w)
	if !ok {
		v = byManager(f, w, nil)
	}
	v.Against, v.Hop = againstObject(f), string(model.HopConfigMap)
	lead := fmt.Sprintf("%s was put back in the cluster to the content of commit %s, past the later commit %s", objectName(f), short(g.Deployed.Hash), short(past))
	if v.Culprit != "" {
		v.Text = fmt.Sprintf("%s, %s (%s agree).", lead, v.Text, join(v.Sources))
	} else {
		v.Text = fmt.Sprintf("%s; by whom is not proven: %s.", lead, v.Text)
	}
	return v, true
}

// passed is the commit over which older content was put back, "" if none: whoever
// made the older commit did not bring that content this time.
func passed(f *Facts, w write) string {
	g := f.Git
	if g == nil || g.Deployed == nil || len(g.Waiting) == 0 || w.owner == nil {
		return ""
	}
	if commit := deliveredBefore(f, w); commit != "" {
		return commit
	}
	next := g.Waiting[0]
	if humanSent(w) && w.content && next.Committed != nil && w.audit.When.After(next.Committed.Add(closeEnough)) {
		return next.Hash
	}
	return ""
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
