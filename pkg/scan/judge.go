package scan

import (
	"slices"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// judge compares what was declared with what was seen. Without a declaration
// nothing can be called in sync.
func judge(d *Detail) {
	if d.Resolution == nil {
		d.Report.State = v1.StateIncomplete
		if len(d.Report.Errors) == 0 {
			d.Report.Errors = append(d.Report.Errors, v1.ReportError{Object: d.Instance.Object(), Reason: cluster.ReasonOther,
				Text: "what governs it could not be found, so nothing was compared"})
		}
		return
	}
	c := newComparison(d.Resolution, d.Snapshot)
	d.Report.Findings = append(d.Report.Findings, c.findings()...)
	d.Report.State = stateOf(d.Report)
	d.Report.LastChange = lastChange(d.Report)
}

// stateOf is an instance's condition by its findings and errors.
func stateOf(r *v1.DriftReport) v1.State {
	drift, others, pending := false, false, false
	for _, f := range r.Findings {
		drift = drift || f.Drift
		others = others || f.Drift && f.Class != v1.PendingRestart
		pending = pending || f.Class == v1.PendingPersist
	}
	governed := slices.ContainsFunc(r.GovernedBy, func(g v1.GoverningFile) bool { return g.Source != "image" && g.Source != "generated" })
	switch {
	case others:
		return v1.StateDrifted
	case drift:
		return v1.StatePendingRestart
	case len(r.Errors) > 0:
		return v1.StateIncomplete
	case pending:
		return v1.StatePending
	case !governed:
		return v1.StateUngoverned
	}
	return v1.StateInSync
}
