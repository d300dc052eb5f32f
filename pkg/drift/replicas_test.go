package drift

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// replica makes a pod of MySQL 9.7 that runs with these values.
func replica(pod string, role model.Role, values map[string]string, declared ...model.Setting) Replica {
	server, _ := model.ParseServer("9.7.4")
	snap := &model.Snapshot{Server: server, Role: role, Hostname: pod, Variables: map[string]model.Variable{}}
	for name, value := range values {
		snap.Variables[name] = model.Variable{Name: name, Value: value, Source: model.SourceFile}
	}
	return Replica{Pod: pod, Snapshot: snap, Declaration: model.Declaration{Settings: declared}}
}

func option(name, value string) model.Setting {
	return model.Setting{Option: name, Value: value, HasValue: true, Group: "mysqld"}
}

func TestCompareReplicas(t *testing.T) {
	compiled := func(r Replica, name string) Replica {
		v := r.Snapshot.Variables[name]
		v.Source = model.SourceCompiled
		r.Snapshot.Variables[name] = v
		return r
	}
	older := replica("mysql-1", model.RoleReplica, map[string]string{"max_connections": "9"})
	older.Snapshot.Server, _ = model.ParseServer("8.4.3")
	for _, tc := range []struct {
		name     string
		replicas []Replica
		want     []string // POD VARIABLE
	}{
		{"the odd one out", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "100"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"max_connections": "2000"}),
			replica("mysql-2", model.RoleReplica, map[string]string{"max_connections": "2000"}),
		}, []string{"mysql-0 max_connections"}},
		{"a tie goes to the primary", []Replica{
			replica("mysql-0", model.RoleReplica, map[string]string{"max_connections": "100"}),
			replica("mysql-1", model.RolePrimary, map[string]string{"max_connections": "2000"}),
		}, []string{"mysql-0 max_connections"}},
		{"written otherwise is the same", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"sql_mode": "ANSI_QUOTES,STRICT_TRANS_TABLES"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"sql_mode": "STRICT_TRANS_TABLES,ANSI_QUOTES"}),
		}, nil},
		{"per pod", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"server_id": "1", "report_host": "a", "gtid_executed": "x:1-9"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"server_id": "2", "report_host": "b", "gtid_executed": "x:1-8"}),
		}, nil},
		{"per role", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"read_only": "OFF"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"read_only": "ON"}),
			replica("mysql-2", model.RoleReplica, map[string]string{"read_only": "ON"}),
		}, nil},
		{"per role, among replicas", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"read_only": "OFF"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"read_only": "ON"}),
			replica("mysql-2", model.RoleReplica, map[string]string{"read_only": "OFF"}),
			replica("mysql-3", model.RoleReplica, map[string]string{"read_only": "ON"}),
		}, []string{"mysql-2 read_only"}},
		{"role not known", []Replica{
			replica("mysql-0", model.RoleUnknown, map[string]string{"read_only": "OFF"}),
			replica("mysql-1", model.RoleUnknown, map[string]string{"read_only": "ON"}),
		}, nil},
		{"file named after the pod", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"slow_query_log_file": "/var/lib/mysql/mysql-0-slow.log"}),
			replica("mysql-1", model.RoleReplica, map[string]string{"slow_query_log_file": "/var/lib/mysql/mysql-1-slow.log"}),
		}, nil},
		{"declared apart on purpose", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "2000"}, option("max-connections", "2000")),
			replica("mysql-1", model.RoleReplica, map[string]string{"max_connections": "500"}, option("max_connections", "500")),
		}, nil},
		{"declared alike, run apart", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "2000"}, option("max-connections", "2000")),
			replica("mysql-1", model.RoleReplica, map[string]string{"max_connections": "500"}, option("max_connections", "2000")),
		}, []string{"mysql-1 max_connections"}},
		{"sized by the host", []Replica{
			compiled(replica("mysql-0", model.RolePrimary, map[string]string{"innodb_buffer_pool_instances": "1"}), "innodb_buffer_pool_instances"),
			compiled(replica("mysql-1", model.RoleReplica, map[string]string{"innodb_buffer_pool_instances": "8"}), "innodb_buffer_pool_instances"),
		}, nil},
		{"other version, other defaults", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "100"}), older,
		}, nil},
		{"not read", []Replica{
			replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "100"}), {Pod: "mysql-1"},
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for i, findings := range CompareReplicas(tc.replicas) {
				for _, f := range findings {
					got = append(got, tc.replicas[i].Pod+" "+f.Variable)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Pods are compared by their secrets as well, which are not shown.
func TestCompareReplicasWithSecrets(t *testing.T) {
	all := CompareReplicas([]Replica{
		replica("mysql-0", model.RolePrimary, map[string]string{"init_connect": "SET @pw='geheim1'", "max_connections": "100"}),
		replica("mysql-1", model.RoleReplica, map[string]string{"init_connect": "SET @pw='geheim2'", "max_connections": "200"}),
	})
	text := fmt.Sprintf("%+v %+v %+v", all, *all[1][0].Declared, *all[1][0].Running)
	if len(all[1]) != 2 || strings.Contains(text, "geheim") || !strings.Contains(text, "(redacted)") || !strings.Contains(text, `"200"`) {
		t.Errorf("%s", text)
	}
}

// A line without its equals sign is no option; what stands behind the name is the value.
func TestSecretBehindTheName(t *testing.T) {
	r := replica("mysql-0", model.RolePrimary, map[string]string{"max_connections": "100"}, option("wsrep_sst_auth sst:geheim", ""))
	found := Compare(Input{Declaration: r.Declaration, Snapshot: r.Snapshot})
	if len(found) == 0 || strings.Contains(fmt.Sprintf("%+v %+v", found, *found[0].Declared), "geheim") {
		t.Errorf("%+v", found)
	}
}
