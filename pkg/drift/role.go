package drift

import (
	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// FollowRole takes out of drift what replication sets by a server's role, and
// leaves it as a note: a primary that started read-only is opened, a replica is
// closed. A replica that is declared read-only and takes writes stays drift. What
// is none only because the server may be a primary is returned as it was.
func FollowRole(findings []v1.Finding, snap *model.Snapshot) (opened []v1.Finding) {
	catalogue := sysvar.For(snap.Server)
	for i := range findings {
		f := &findings[i]
		spec, known := catalogue.Lookup(f.Variable)
		if !f.Drift || !known || !spec.PerRole {
			continue
		}
		if takesWrites(f) {
			if snap.Role == model.RoleReplica {
				continue
			}
			opened = append(opened, *f)
		}
		f.Drift = false
		f.Remedy = ""
		f.Message += "; replication sets it by the server's role, so that it is no drift"
	}
	return opened
}

// takesWrites: a server takes writes although it is declared read-only.
func takesWrites(f *v1.Finding) bool {
	return (f.Variable == "read_only" || f.Variable == "super_read_only") && f.Declared != nil && f.Running != nil && f.Running.Value == "OFF"
}
