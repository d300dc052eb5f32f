package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// judgeWorkload: the command line or the image beats the ConfigMap. Who changed
// the template, and with which rollout?
func judgeWorkload(f *Facts) v1.Verdict {
	if f.Hop == model.HopFile {
		return judgeImageFile(f)
	}
	p := f.Pod
	if p == nil || p.Owner == "" {
		return v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("%s is given on the command line; the workload that sets it could not be read.", f.Variable)}
	}
	v := v1.Verdict{Confidence: NotProven}
	rollout := argumentRollout(f)
	what := fmt.Sprintf("%s is given on the command line of %s", f.Variable, p.Owner)
	if rollout != nil {
		if rollout.Again {
			what += fmt.Sprintf(" since %s, which was made at %s, was put in force again (%s changed)", rollout.Name, stamp(rollout.Created), join(rollout.Changed))
		} else {
			what += fmt.Sprintf(" since %s at %s (%s changed)", rollout.Name, stamp(rollout.Created), join(rollout.Changed))
		}
	}
	owner := firstOwner(p.Template)
	if rollout != nil {
		owner = firstOwner(p.ownersOf(rollout.Changed))
	}
	if e := templateWrite(p, rollout); e != nil {
		v.Culprit, v.CulpritKind, v.Confidence = e.User, actorKind(e.User), Likely
		v.Sources = []string{"audit log", "rollout revision"}
		// A manager's time moves with whatever it writes later.
		if owner != nil && (near(e.When, owner.Time, closeEnough) || e.Manager == owner.Manager && owner.Time.After(e.When)) {
			v.Sources = append(v.Sources, "managedFields")
		}
		if len(v.Sources) == 3 {
			v.Confidence = Proven
		}
		v.Text = fmt.Sprintf("%s, by %s with %s (%s agree).", what, e.User, orElse(e.UserAgent, "an unnamed client"), join(v.Sources))
		return v
	}
	if owner == nil {
		v.Text = what + "; no manager owns the arguments."
		return v
	}
	tool := owner.Tool()
	v.LastToucher = tool.Name
	v.Text = fmt.Sprintf("%s; managedFields say %s (%s), no later than %s, and a manager is a tool's name, not a person.", what, tool.Name, owner.Manager, stamp(owner.Time))
	return v
}

// judgeImageFile: nobody set the value, the image brought it. Who chose the image
// is not who wanted the value.
func judgeImageFile(f *Facts) v1.Verdict {
	v := v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("%s is set by a file of the image that is read after the declared one; no person set it.", f.Variable)}
	if r := imageRollout(f); r != nil {
		v.Text += fmt.Sprintf(" The image became %s with %s at %s.", r.Image, r.Name, stamp(r.Created))
	}
	return v
}

// ownersOf are the owners of some fields, newest first.
func (p *WorkloadFacts) ownersOf(fields []string) []TemplateOwner {
	var owners []TemplateOwner
	for _, o := range p.Template {
		if slices.Contains(fields, o.Field) {
			owners = append(owners, o)
		}
	}
	return owners
}

// argumentRollout is the newest rollout that gave the variable its value on the
// command line.
func argumentRollout(f *Facts) *Rollout {
	revisions := f.Pod.Revisions
	for i := len(revisions) - 1; i > 0; i-- {
		now, before := revisions[i], revisions[i-1]
		if now.Has != before.Has || now.Value != before.Value {
			return &revisions[i]
		}
	}
	return nil
}

// imageRollout is the newest rollout that changed the image, nil if none is known.
func imageRollout(f *Facts) *Rollout {
	if f.Pod == nil {
		return nil
	}
	for i := len(f.Pod.Revisions) - 1; i > 0; i-- {
		if slices.Contains(f.Pod.Revisions[i].Changed, "image") {
			return &f.Pod.Revisions[i]
		}
	}
	return nil
}

// templateWrite is the audited write that made the rollout: a controller makes
// the revision, as a rule within seconds, but later if it was down. So whoever
// wrote the workload since the revision before may have done it, unless the
// changed fields belong to a manager that they did not use. If that leaves two
// people, nobody is named.
func templateWrite(p *WorkloadFacts, rollout *Rollout) *AuditEvent {
	if rollout == nil {
		return nil
	}
	since, made := p.before(rollout), rollout.Created
	if rollout.Again { // by whoever wrote the fields last
		owner := firstOwner(p.ownersOf(rollout.Changed))
		if owner == nil || owner.Time.Before(since) {
			return nil
		}
		made = owner.Time
	}
	var all, owners []*AuditEvent
	for i := range p.Audit {
		e := &p.Audit[i]
		if e.Subresource != "" || e.Verb == "delete" || e.When.Before(since) || !e.When.Before(made.Add(time.Second)) { // it keeps whole seconds
			continue
		}
		all = append(all, e)
		if slices.ContainsFunc(p.ownersOf(rollout.Changed), func(o TemplateOwner) bool { return o.Manager == e.Manager }) {
			owners = append(owners, e)
		}
	}
	if len(all) > 0 && !oneUser(all) {
		all = owners
	}
	if len(all) == 0 || !oneUser(all) {
		return nil
	}
	if last := all[len(all)-1]; near(last.When, made, 5*closeEnough) {
		return last
	}
	return nil
}

// before is when the revision before a rollout was made.
func (p *WorkloadFacts) before(rollout *Rollout) time.Time {
	for i := range p.Revisions {
		if i > 0 && p.Revisions[i].Name == rollout.Name {
			return p.Revisions[i-1].Created
		}
	}
	return time.Time{}
}

func firstOwner(owners []TemplateOwner) *fieldmanager.Owner {
	if len(owners) == 0 {
		return nil
	}
	return &owners[0].Owner
}
