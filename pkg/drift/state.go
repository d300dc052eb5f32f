package drift

import v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"

// State is an instance's condition in one word, of its findings alone.
func State(findings []v1.Finding) v1.State {
	drifted, restart, pending := false, false, false
	for _, f := range findings {
		switch {
		case !f.Drift:
		case f.Class == v1.PendingRestart:
			restart = true
		case f.Class == v1.PendingPersist:
			pending = true
		default:
			drifted = true
		}
	}
	switch {
	case drifted:
		return v1.StateDrifted
	case restart:
		return v1.StatePendingRestart
	case pending:
		return v1.StatePending
	}
	return v1.StateInSync
}
