package blame

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// Contradiction is one place where the marks of delivery do not fit together.
type Contradiction struct {
	Code string // for filters: commit-content, commit-unknown, owner, two-owners, …
	Text string
	// Grave: the marks are wrong. Otherwise they are merely to be read with care.
	Grave bool
}

// Contradictions lists what does not fit in the marks of the declaring object.
func Contradictions(f *Facts) []Contradiction {
	if f.Object == nil {
		return nil
	}
	var cs []Contradiction
	add := func(grave bool, code, format string, args ...any) {
		cs = append(cs, Contradiction{Code: code, Text: fmt.Sprintf(format, args...), Grave: grave})
	}
	ownersContradict(f.Object, add)
	gitContradicts(f, add)
	buildContradicts(f, add)
	deliveryContradicts(f, add)
	return cs
}

type adder func(grave bool, code, format string, args ...any)

func ownersContradict(o *ObjectFacts, add adder) {
	m := o.Marks
	if m.Commit != "" && !looksLikeCommit(m.Commit) {
		add(true, "commit-format", "the annotation names commit %q, which is no commit's hash", clip(m.Commit))
	}
	if len(o.Owners) > 0 && len(m.CommitOwners) > 0 && !sameOwner(m.CommitOwners, o.Owners) {
		data, mark := o.Owners[0], m.CommitOwners[0]
		add(true, "owner", "the commit's annotation belongs to %s, the key's content to %s since %s at the latest: the annotation does not speak of this content",
			mark.Manager, data.Manager, stamp(data.Time))
	}
	if len(o.Owners) > 1 {
		var names []string
		for _, owner := range o.Owners {
			names = append(names, owner.Manager)
		}
		add(false, "two-owners", "the key is owned by %s together", join(names))
	}
	if o.HasLastApplied && o.Content != "" && o.LastApplied != o.Content {
		add(true, "last-applied", "the last applied configuration holds other content for the key than the object has: it was changed after the apply")
	}
}

func gitContradicts(f *Facts, add adder) {
	g, m := f.Git, f.Object.Marks
	if g == nil || m.Commit == "" || !looksLikeCommit(m.Commit) {
		return
	}
	c, asked := g.Claims[m.Commit]
	switch {
	case !asked:
	case !c.Known && g.Incomplete != "":
		add(false, "commit-unknown", "commit %s of the annotation is not in the history read, which is incomplete: %s", short(m.Commit), g.Incomplete)
	case !c.Known:
		add(true, "commit-unknown", "the repository %s has no commit %s, which the annotation names", g.Repo, short(m.Commit))
	case !c.OnBranch && c.BranchUnknown:
		add(false, "commit-branch", "whether commit %s of the annotation is on branch %s is not known: the history was not read to its end", short(m.Commit), g.Branch)
	case !c.OnBranch:
		add(true, "commit-branch", "commit %s of the annotation is not on branch %s", short(m.Commit), g.Branch)
	case !c.Matches && template(g.HeadContent):
		add(false, "commit-content", "%s at commit %s, which the annotation names, is a template, which cannot be compared with the object", g.Path, short(m.Commit))
	case !c.Matches && g.Deployed != nil:
		add(true, "commit-content", "the content is that of commit %s, not of %s, which the annotation names", short(g.Deployed.Hash), short(m.Commit))
	case !c.Matches:
		add(true, "commit-content", "commit %s, which the annotation names, has other content than the object", short(m.Commit))
	}
}

func buildContradicts(f *Facts, add adder) {
	b, m := f.Build, f.Object.Marks
	if b == nil {
		return
	}
	if m.Commit != "" && b.Revision != "" && !sameCommit(m.Commit, b.Revision) {
		add(true, "build-commit", "build %s #%d built %s, the annotation names %s", b.Job, b.Number, short(b.Revision), short(m.Commit))
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(m.Build, "#")); err == nil && n != b.Number {
		add(true, "build-number", "the annotation names build #%d, the commit was built by #%d", n, b.Number)
	}
	if b.Replayed {
		add(false, "build-replayed", "build %s #%d was a replay: its script may differ from Git's", b.Job, b.Number)
	}
	if b.Result != "" && b.Result != "SUCCESS" {
		add(false, "build-result", "build %s #%d ended with %s", b.Job, b.Number, b.Result)
	}
	if len(f.Object.Owners) == 0 || b.Started == nil {
		return
	}
	if write := f.Object.Owners[0].Time; write.Before(b.Started.Add(-time.Minute)) {
		add(true, "build-time", "the key was last written at %s, before build %s #%d began at %s", stamp(write), b.Job, b.Number, stamp(b.Started.Time))
	}
	if b.Result == "" {
		return
	}
	end := b.Started.Add(time.Duration(b.Seconds * float64(time.Second)))
	if write := f.Object.Owners[0].Time; write.After(end.Add(time.Minute)) {
		add(true, "build-time", "the key was last written at %s, after build %s #%d had ended at %s", stamp(write), b.Job, b.Number, stamp(end))
	}
}

func deliveryContradicts(f *Facts, add adder) {
	for _, d := range f.Deliver {
		if !d.Listed {
			add(true, "inventory", "%s is marked as delivered by %s %s, which does not list it", objectName(f), d.Tool, d.Object)
		}
		if d.State == "Suspended" {
			add(false, "suspended", "%s %s is suspended: edits in the cluster stay", d.Tool, d.Object)
		}
		m := f.Object.Marks
		if d.Commit != "" && m.Commit != "" && looksLikeCommit(m.Commit) && !sameCommit(d.Commit, m.Commit) && !matches(f.Git, m.Commit) {
			add(true, "delivery-commit", "%s applied %s, the annotation names %s", d.Object, short(d.Commit), short(m.Commit))
		}
	}
}

// Untraceable is the finding that a release gate can block on: marks missing or
// contradictory. nil if the object can be traced or is none of a ConfigMap's kind.
func Untraceable(f *Facts) *v1.Finding {
	o := f.Object
	if o == nil {
		return nil
	}
	finding := &v1.Finding{Variable: f.Variable, Class: v1.Untraceable, Hop: "Delivery", Severity: v1.P1,
		Declared: f.Declared, Remedy: "Deliver the object through the pipeline, so that its marks and its content have one origin."}
	var grave []string
	for _, c := range Contradictions(f) {
		if c.Grave {
			grave = append(grave, c.Text)
			finding.Evidence = append(finding.Evidence, v1.Evidence{Kind: c.Code, Text: c.Text, Object: objectName(f), Confidence: "contradicts"})
		}
	}
	switch {
	case len(grave) > 0:
		finding.Message = fmt.Sprintf("The marks of %s contradict what is known: %s.", objectName(f), strings.Join(grave, "; "))
	case o.Marks.Tool() == "" && o.Marks.Commit == "" && !operated(o):
		finding.Message = fmt.Sprintf("%s has no mark of a pipeline or delivery tool: nothing says which commit it came from.", objectName(f))
	default:
		return nil
	}
	return finding
}

// operated: an operator writes the object; its resource is what is to be traced.
func operated(o *ObjectFacts) bool {
	return len(o.Owners) > 0 && fieldmanager.Describe(o.Owners[0].Manager).Means == fieldmanager.Operator
}

func looksLikeCommit(s string) bool {
	if len(s) < 7 || len(s) > 64 {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}

// sameCommit compares hashes, either of which may be abbreviated.
func sameCommit(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	n := min(len(a), len(b))
	return n >= 7 && a[:n] == b[:n]
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
