package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// changedSince: the declaration was changed after somebody had set the value that
// runs. If that was the declared value until then, the change parted them and not the
// SET; if what was declared is not known, who did is not known either.
func changedSince(f *Facts, set time.Time, v v1.Verdict) v1.Verdict {
	file := f.File
	// The kubelet writes all files of a volume anew if one of them changed, and a
	// manager's time moves with whatever it writes of the object: both must be later.
	// Both keep whole seconds, cut down, so that they are no earlier than they say.
	if v.Culprit == "" || v.CulpritKind != Person || f.Object == nil || set.IsZero() ||
		file == nil || !file.Read || !file.ModTime.After(set) || file.Via != "volume" && file.Via != "projected" {
		return v
	}
	if len(f.Object.Owners) == 0 || !f.Object.Owners[0].Time.After(set) {
		return v
	}
	before, known := auditedAt(f, set)
	if !known {
		before, known = committedBefore(f, file.ModTime)
	}
	switch {
	case known && f.makes(before, runningValue(f)):
		v = judgeObject(f)
		v.Hop = string(model.HopStart)
	case !known:
		v.Text = fmt.Sprintf("%s was set in the running server by %s at %s, and the declaration was written after that, at %s at the latest: whether the value was the declared one until then is not known.",
			f.Variable, v.Culprit, stamp(set), stamp(file.ModTime))
		v.LastToucher, v.Culprit, v.CulpritKind, v.Sources, v.Confidence = v.Culprit, "", "", nil, NotProven
	}
	return v
}

// committedBefore is the variable's value before the commit that changed it, if that
// came with the key's last change.
func committedBefore(f *Facts, changed time.Time) (value string, known bool) {
	g := f.Git
	if g == nil || g.Deployed == nil || g.Introduced == nil {
		return "", false
	}
	if g.Introduced.Hash != g.Deployed.Hash && g.Introduced.Committed != nil && g.Introduced.Committed.Time.Before(changed.Add(-closeEnough)) {
		return f.Object.Value, f.Object.HasValue // another setting of the file changed
	}
	return g.Introduced.Before, g.Introduced.Before != ""
}

// auditedAt is the variable's value in the key at a time, by the audit log; or the
// running one, if the key had that since.
func auditedAt(f *Facts, at time.Time) (value string, known bool) {
	for _, e := range slices.Backward(f.Object.Audit) {
		body, has := e.Data[f.Object.Key]
		if e.When.After(at) && body == f.Object.Content {
			continue
		}
		value, _, set := f.find(body)
		switch {
		case e.When.After(at) && set && f.makes(value, runningValue(f)):
			return value, true
		case e.When.After(at) || e.Verb == "delete":
		case e.Data == nil:
			return "", false
		case has:
			return value, set
		}
	}
	return "", false
}

// auditedBefore is the variable's value before its present one, by the audit log.
func auditedBefore(f *Facts) (value string, known bool) {
	for _, e := range slices.Backward(f.Object.Audit) {
		body, has := e.Data[f.Object.Key]
		switch {
		case e.Verb == "delete": // the file in the pod stays
		case e.Data == nil:
			return "", false
		case has && !f.setsAsNow(body):
			value, _, known = f.find(body)
			return value, known
		}
	}
	return "", false
}
