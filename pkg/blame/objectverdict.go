package blame

import (
	"fmt"
	"slices"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// judgeObject: the declared value changed after the server took its own. Who
// changed the declaration, and why did the server not follow?
func judgeObject(f *Facts) v1.Verdict {
	v := whoDeclared(f)
	lead := fmt.Sprintf("%s was changed in %s", f.Variable, objectName(f))
	switch {
	case v.Culprit != "":
		v.Text = fmt.Sprintf("%s %s (%s agree). %s", lead, v.Text, join(v.Sources), whyBehind(f))
	default:
		v.Text = fmt.Sprintf("%s; by whom is not proven: %s. %s", lead, v.Text, whyBehind(f))
	}
	return v
}

// whyBehind says why the server runs with the value of before.
func whyBehind(f *Facts) string {
	switch f.Class {
	case v1.PendingRestart:
		return "The server started before that" + at(f.Server.StartedAt) + " and takes this variable only at a start."
	case v1.NotApplied:
		return "The server started before that" + at(f.Server.StartedAt) + " and nobody has applied the new value since."
	case v1.StaleMount:
		if f.File != nil && f.File.Via == "subPath" {
			return "The pod mounts the file by subPath, which is never updated in a running pod."
		}
		return "The file in the pod is still the one of before."
	}
	return ""
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " (" + stamp(t) + ")"
}

// whoDeclared weighs who wrote the declaring key's present content: a commit that
// was delivered, a person that the audit log names, or only a manager's name.
// Text is the middle of a sentence.
func whoDeclared(f *Facts) v1.Verdict {
	o := f.Object
	if o == nil {
		return v1.Verdict{Confidence: NotProven, Text: orElse(f.Absent["ConfigMap"], "the declaring object could not be read")}
	}
	write := lastWrite(f)
	against := againstObject(f)
	if v, ok := byReturn(f, write); ok {
		v.Against = against
		return v
	}
	if v, ok := bySpecOnly(f, write); ok {
		v.Against = against
		return v
	}
	if v, ok := byCommit(f, write); ok {
		if p := passed(f, write); p != nil {
			v = byPassage(f, write, *p)
		} else if e := write.audit; e != nil && write.agree && actorKind(e.User) == Person {
			against = append(against, fmt.Sprintf("%s sent it at %s with %s, and no pipeline or controller", e.User, stamp(e.When), orElse(e.UserAgent, "an unnamed client")))
		}
		v.Against = against
		return v
	}
	if v, ok := byMarkedCommit(f, write); ok {
		v.Against = against
		return v
	}
	if v, ok := byAudit(f, write); ok {
		v.Against = against
		return v
	}
	return byManager(f, write, against)
}

// byMarkedCommit: a pipeline sent the value in the name of the commit that gives it,
// and the text was edited since, so that no commit has it any more.
func byMarkedCommit(f *Facts, w write) (v1.Verdict, bool) {
	g, m := f.Git, f.Object.Marks
	if g == nil || g.Deployed != nil || g.Introduced == nil || w.audit == nil || !w.agree || !w.content || actorKind(w.audit.User) != Tool {
		return v1.Verdict{}, false
	}
	c := g.Introduced
	named := sameCommit(c.Hash, m.Commit) && len(m.CommitOwners) > 0 && m.CommitOwners[0].Manager == w.audit.Manager
	if !named || !f.Object.HasValue || !f.same(c.After, f.Object.Value) || c.Committed == nil || w.audit.When.Add(closeEnough).Before(c.Committed.Time) {
		return v1.Verdict{}, false
	}
	return v1.Verdict{Culprit: c.Author, CulpritKind: Person, Commit: c.Hash, Confidence: Likely, Sources: []string{"Git history", "audit log", "annotation"},
		Text: fmt.Sprintf("by commit %s of %s, %q, which %s sent at %s; something else of the text was edited since", short(c.Hash), c.Author, c.Subject, w.audit.User, stamp(w.audit.When))}, true
}

// byCommit: the live content is a Git blob's, and something independent of Git
// says that this commit was delivered.
func byCommit(f *Facts, w write) (v1.Verdict, bool) {
	g := f.Git
	if g == nil || g.Deployed == nil || g.Introduced == nil {
		return v1.Verdict{}, false
	}
	if w.owner != nil && w.tool.Means == fieldmanager.Hand || humanSent(w) {
		return v1.Verdict{}, false // somebody's hand wrote it, though Git has the same
	}
	if made := g.Introduced.Committed; w.audit != nil && w.agree && w.content && made != nil && actorKind(w.audit.User) == Person && w.audit.When.Add(closeEnough).Before(made.Time) {
		return v1.Verdict{}, false // Git has adopted it since
	}
	gone := goneCommit(f)
	sources, strong := deliveredBy(f, w, gone == "")
	if len(sources) == 0 && w.audit != nil && w.agree && w.content && actorKind(w.audit.User) == Person {
		return v1.Verdict{}, false // nothing says that they sent a commit's
	}
	v := v1.Verdict{Commit: g.Introduced.Hash, Confidence: NotProven}
	if len(sources) == 0 && gone != "" {
		v.Commit = ""
		v.Text = fmt.Sprintf("the content is that of commit %s, but %s, which the branch does not have: its history may have been rewritten since", short(g.Introduced.Hash), gone)
		return v, true
	}
	if len(sources) == 0 {
		v.LastToucher = g.Introduced.Author
		v.Text = fmt.Sprintf("the content is that of commit %s by %s, but no record shows that it was delivered", short(g.Introduced.Hash), g.Introduced.Author)
		return v, true
	}
	if g.Twin != nil && !strong && g.Twin.Author != g.Introduced.Author {
		v.LastToucher = g.Introduced.Author
		v.Text = fmt.Sprintf("the content is that of commit %s by %s, which the annotation names, and of the later commit %s by %s as well", short(g.Introduced.Hash), g.Introduced.Author, short(g.Twin.Hash), g.Twin.Author)
		return v, true
	}
	v.Culprit, v.CulpritKind, v.Sources, v.Confidence = g.Introduced.Author, Person, append([]string{"Git content"}, sources...), Likely
	if strong {
		v.Confidence = Proven
	}
	v.Text = fmt.Sprintf("by commit %s of %s, %q", short(g.Introduced.Hash), g.Introduced.Author, g.Introduced.Subject)
	return v, true
}

func humanSent(w write) bool {
	return w.audit != nil && w.agree && actorKind(w.audit.User) == Person && w.tool.Means == fieldmanager.Hand
}

// deliveredBy lists what shows, independently of Git's content, that a commit
// with that content was delivered; strong if a controller's status, a build's
// record or the audit log is among them. Those that name no commit count where no
// other one is named.
func deliveredBy(f *Facts, w write, unnamed bool) (sources []string, strong bool) {
	add := func(name string, isStrong bool) {
		if !slices.Contains(sources, name) {
			sources = append(sources, name)
		}
		strong = strong || isStrong
	}
	for _, d := range f.Deliver {
		if d.Listed && matches(f.Git, d.Commit) {
			add(d.Tool+" status", true)
		}
	}
	if b := f.Build; b != nil && b.Result == "SUCCESS" && !b.Replayed && matches(f.Git, b.Revision) && withinBuild(b, w) {
		add("Jenkins build record", true)
	}
	if unnamed && w.audit != nil && w.agree && actorKind(w.audit.User) == Tool {
		add("audit log", true)
	}
	m := f.Object.Marks
	if matches(f.Git, m.Commit) && sameOwner(m.CommitOwners, f.Object.Owners) {
		add("annotation", false)
	}
	if unnamed && w.owner != nil && w.tool.Means != fieldmanager.Hand && f.Git.Deployed.Committed != nil && !w.owner.Time.Before(f.Git.Deployed.Committed.Time) {
		add("managedFields", false)
	}
	return sources, strong
}

// goneCommit says which commit the delivery names that the branch does not have any
// more, "" if there is none: another one with that content was made later perhaps.
func goneCommit(f *Facts) string {
	gone := func(commit string) bool {
		c, asked := f.Git.Claims[commit]
		return asked && !matches(f.Git, commit) && (c.Known && !c.OnBranch && !c.BranchUnknown || !c.Known && f.Git.Incomplete == "")
	}
	for _, d := range f.Deliver {
		if d.Listed && gone(d.Commit) {
			return d.Object + " delivered " + short(d.Commit)
		}
	}
	if m := f.Object.Marks; gone(m.Commit) && sameOwner(m.CommitOwners, f.Object.Owners) {
		return "the annotation names " + short(m.Commit)
	}
	return ""
}

// matches tells whether a claimed commit is one whose content is live.
func matches(g *GitHistory, commit string) bool {
	if commit == "" || g == nil {
		return false
	}
	if g.Deployed != nil && sameCommit(g.Deployed.Hash, commit) {
		return true
	}
	return g.Claims[commit].Matches && g.Claims[commit].OnBranch
}

// withinBuild: the write lies in the build's time, with a minute for clocks.
func withinBuild(b *v1.Build, w write) bool {
	if w.owner == nil || b.Started == nil {
		return true
	}
	start := b.Started.Add(-time.Minute)
	end := b.Started.Add(time.Duration(b.Seconds*float64(time.Second)) + time.Minute)
	return !w.owner.Time.Before(start) && !w.owner.Time.After(end)
}

func sameOwner(a, b []fieldmanager.Owner) bool {
	for _, x := range a {
		if len(b) > 0 && x.Manager == b[0].Manager && x.Operation == b[0].Operation {
			return true
		}
	}
	return false
}

// byManager: only a manager's name is known. It is a tool's claim, never a person.
func byManager(f *Facts, w write, against []string) v1.Verdict {
	v := v1.Verdict{Confidence: NotProven, Against: against}
	if w.owner == nil {
		v.Text = "no manager owns the key, and " + orElse(f.Absent["audit log"], "the audit log has no write to it")
		return v
	}
	if tool, sources := controllerWrote(f, w); tool != "" {
		v.Culprit, v.CulpritKind, v.Sources, v.Confidence = tool, Tool, sources, Likely
		v.Text = fmt.Sprintf("by %s, no later than %s", tool, stamp(w.owner.Time))
		return v
	}
	v.LastToucher = w.tool.Name
	v.Text = fmt.Sprintf("managedFields say %s (%s), no later than %s, and a manager is a tool's name, not a person", w.tool.Name, w.owner.Manager, stamp(w.owner.Time))
	return v
}

// controllerWrote names a delivery tool if its manager owns the key, the tool's
// own record of the object agrees, and nothing shows that the manager's name was
// borrowed: content that no commit has, or a write after the tool's last one.
func controllerWrote(f *Facts, w write) (tool string, sources []string) {
	if w.tool.Means != fieldmanager.Controller && w.tool.Means != fieldmanager.Release {
		return "", nil
	}
	if g := f.Git; g != nil && g.Deployed == nil && g.Incomplete == "" {
		return "", nil
	}
	for _, d := range f.Deliver {
		if d.AppliedAt != nil && w.owner.Time.After(d.AppliedAt.Add(5*closeEnough)) {
			continue
		}
		if d.Listed && strings.HasPrefix(w.tool.Name, d.Tool) {
			return d.Object, []string{"managedFields", d.Tool + " status"}
		}
	}
	return "", nil
}

// judgeUnsynced: the object differs from Git. Either Git is ahead and delivery
// has not come, or somebody changed the object in the cluster.
func judgeUnsynced(f *Facts) v1.Verdict {
	g := f.Git
	if g != nil && g.Deployed != nil && len(g.Waiting) > 0 {
		if v, ok := judgePutBack(f); ok {
			return v
		}
		return judgeNotDelivered(f)
	}
	if f.Object == nil {
		return v1.Verdict{Confidence: NotProven, Text: "the object that differs from Git could not be read."}
	}
	v := whoDeclared(f)
	lead := fmt.Sprintf("%s has content that no commit of the branch has", objectName(f))
	if g == nil {
		lead = fmt.Sprintf("%s differs from its source", objectName(f))
	}
	if v.Culprit != "" {
		v.Text = fmt.Sprintf("%s: it was changed in the cluster %s (%s agree).", lead, v.Text, join(v.Sources))
	} else {
		v.Text = fmt.Sprintf("%s: it was changed in the cluster; by whom is not proven: %s.", lead, v.Text)
	}
	v.Hop = string(model.HopConfigMap)
	return v
}

// judgeNotDelivered: commits wait. A tool that says why it does not deliver them
// is named; the author of a commit that waits is not to blame.
func judgeNotDelivered(f *Facts) v1.Verdict {
	g := f.Git
	next, does := whatWaits(g, f.Variable)
	v := v1.Verdict{Hop: string(model.HopDelivery), Commit: next.Hash, Confidence: Likely,
		Text: fmt.Sprintf("Git is ahead by %d %s: commit %s of %s %s, and the cluster still has %s.",
			len(g.Waiting), plural(len(g.Waiting), "commit", "commits"), short(next.Hash), next.Author, does, short(g.Deployed.Hash))}
	for _, d := range f.Deliver {
		if d.State == "Suspended" || d.State == "Stuck" || d.State == "Behind" {
			v.Culprit, v.CulpritKind, v.Sources, v.Confidence = d.Object, Tool, []string{"Git content", d.Tool + " status"}, Proven
			v.Text += fmt.Sprintf(" %s %s is %s%s.", d.Tool, d.Object, stateWords[d.State], orElse(prefixed(": ", d.Message), ""))
		}
	}
	return v
}

// whatWaits is the commit that gives the variable its value at head: the last of
// those that wait and change it. Earlier ones may have been taken back.
func whatWaits(g *GitHistory, variable string) (v1.Commit, string) {
	for _, c := range slices.Backward(g.Waiting) {
		switch {
		case c.Before == c.After:
			continue
		case c.After == "":
			return c, "takes " + variable + " out"
		}
		return c, fmt.Sprintf("sets %s to %s", variable, c.After)
	}
	return g.Waiting[0], "waits"
}

var stateWords = map[string]string{"Suspended": "suspended", "Stuck": "failing", "Behind": "behind its source"}

// againstObject is what argues against taking marks and managers at their word.
func againstObject(f *Facts) []string {
	var against []string
	for _, c := range Contradictions(f) {
		against = append(against, c.Text)
	}
	return against
}

func objectName(f *Facts) string {
	if f.Object != nil {
		return f.Object.Resource + "/" + f.Object.Name + ":" + f.Object.Key
	}
	if f.Declared != nil && f.Declared.Source != "" {
		return f.Declared.Source
	}
	return "the declaration"
}

// actorKind tells people from machines by the API server's user names.
func actorKind(user string) string {
	if strings.HasPrefix(user, "system:") {
		return Tool
	}
	return Person
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
