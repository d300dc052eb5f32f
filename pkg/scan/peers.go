package scan

import (
	"fmt"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// peer is what an instance said that decides something together with what the
// other pods of its workload said.
type peer struct {
	role   model.Role   // that it gives itself
	opened []v1.Finding // no drift if it is a primary
}

// byPeers calls a server that has no source a primary if a pod of the same
// workload is a replica: MySQL tells who replicates from it only to accounts
// with PROCESS. Where one of them is known to have replicas, another without a
// source is no second primary: it has lost its replication, and that it takes
// writes against its declaration is drift.
func byPeers(items []v1.DriftReport, peers []peer, rules policy.Rules) {
	replicated, led := map[string]bool{}, map[string]bool{}
	key := func(i v1.Instance) string { return fmt.Sprint(i.Namespace, "|", i.Workload) }
	for i, r := range items {
		if r.Instance.Role == roleReplica {
			replicated[key(r.Instance)] = true
		}
		if peers[i].role == model.RolePrimary {
			led[key(r.Instance)] = true
		}
	}
	for i := range items {
		in := &items[i].Instance
		if peers[i].role != model.RoleAlone || !replicated[key(*in)] {
			continue
		}
		if !led[key(*in)] {
			in.Role = rolePrimary
			continue
		}
		reopen(&items[i], peers[i].opened, rules)
	}
}

// reopen makes drift again of what was none only on a primary.
func reopen(r *v1.DriftReport, opened []v1.Finding, rules policy.Rules) {
	for _, was := range opened {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Variable == was.Variable && f.Class == was.Class && !f.Drift {
				*f = was
				f.Message += "; the server has no source, and another of its workload has the replicas"
			}
		}
	}
	if len(opened) > 0 {
		r.State = stateOf(r)
		policy.ApplyReport(r, rules)
	}
}
