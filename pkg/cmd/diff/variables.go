package diff

import (
	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
)

// only keeps the findings of the variables that are wanted, all if none is named.
func only(list *v1.DriftReportList, wanted map[string]bool) {
	if wanted == nil {
		return
	}
	for i := range list.Items {
		r := &list.Items[i]
		kept := r.Findings[:0]
		for _, f := range r.Findings {
			if wanted[f.Variable] {
				kept = append(kept, f)
			}
		}
		r.Findings = kept
		restate(r)
	}
}

// restate makes the state fit what is left of the findings.
func restate(r *v1.DriftReport) {
	switch r.State {
	case v1.StateInSync, v1.StateDrifted, v1.StatePendingRestart, v1.StatePending:
		r.State = drift.State(r.Findings)
	}
}
