package drift_test

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func TestFollowRole(t *testing.T) {
	declared := func(v string) *v1.Declared { return &v1.Declared{Value: v} }
	for _, tc := range []struct {
		name, variable string
		role           model.Role
		declared       *v1.Declared
		running        string
		drift          bool
	}{
		{"a replica opened for writes", "super_read_only", model.RoleReplica, declared("ON"), "OFF", true},
		{"a primary that started closed", "super_read_only", model.RolePrimary, declared("ON"), "OFF", false},
		{"what may be a primary", "read_only", model.RoleUnknown, declared("1"), "OFF", false},
		{"a replica closed by replication", "read_only", model.RoleReplica, nil, "ON", false},
		{"a replica closed against its file", "read_only", model.RoleReplica, declared("OFF"), "ON", false},
		{"semi-synchronous replication moved", "rpl_semi_sync_source_enabled", model.RoleReplica, declared("ON"), "OFF", false},
		{"a variable of no role", "max_connections", model.RoleReplica, declared("100"), "50", true},
		{"events are nobody's role", "event_scheduler", model.RoleReplica, nil, "OFF", true},
	} {
		findings := []v1.Finding{{Variable: tc.variable, Class: v1.RuntimeOverride, Drift: true, Declared: tc.declared, Running: &v1.Running{Value: tc.running}}}
		server, err := model.ParseServer("9.7.4")
		if err != nil {
			t.Fatal(err)
		}
		drift.FollowRole(findings, &model.Snapshot{Server: server, Role: tc.role})
		if findings[0].Drift != tc.drift {
			t.Errorf("%s: drift %v, want %v", tc.name, findings[0].Drift, tc.drift)
		}
	}
}
