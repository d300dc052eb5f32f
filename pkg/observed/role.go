package observed

import (
	"context"
	"fmt"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// role finds the server's place in replication: by its own membership where it
// is in a group, else by whether it has a source. A role that may not be read
// stays unknown.
func (r *reader) role(ctx context.Context) error {
	if r.snap.Server.Flavour == model.MySQL && r.snap.Variables["group_replication_group_name"].Value != "" {
		return r.groupRole(ctx)
	}
	galera := isOn(r.snap.Variables["wsrep_on"].Value) && r.snap.Variables["wsrep_cluster_address"].Value != ""
	rows, err := r.query(ctx, replicaStatement(r.snap.Server))
	if err != nil {
		if !refused(err) {
			return fmt.Errorf("ask for the replication status: %w", err)
		}
		if galera {
			r.snap.Role = model.RoleMember
			return nil
		}
		r.snap.Role = model.RoleUnknown
		r.note("the role in replication could not be read (%v): GRANT %s ON *.* allows it", err, replicaGrant(r.snap.Server))
		return nil
	}
	switch {
	case hasSource(rows):
		r.snap.Role = model.RoleReplica
	case galera:
		r.snap.Role = model.RoleMember
	case r.snap.Role != model.RolePrimary:
		r.snap.Role = model.RoleAlone
	}
	return nil
}

// groupRole reads this server's row of replication_group_members.
func (r *reader) groupRole(ctx context.Context) error {
	rows, err := r.query(ctx, fmt.Sprintf("SELECT /*+ MAX_EXECUTION_TIME(%d) */ MEMBER_STATE AS state, MEMBER_ROLE AS role"+
		" FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid", r.limit.Milliseconds()))
	if err != nil {
		if !refused(err) {
			return fmt.Errorf("ask for the members of the group: %w", err)
		}
		r.note("the role in the group could not be read (%v): GRANT SELECT ON performance_schema.replication_group_members allows it", err)
		return nil
	}
	if len(rows) == 0 {
		r.snap.Role = model.RoleAlone
		return nil
	}
	switch state, role := rows[0].get("state"), rows[0].get("role"); {
	case state == "OFFLINE":
		r.snap.Role = model.RoleAlone
	case state == "ERROR":
		r.note("group replication has stopped with an error on this member")
	case !isOn(r.snap.Variables["group_replication_single_primary_mode"].Value):
		r.snap.Role = model.RoleMember
	case role == "PRIMARY":
		r.snap.Role = model.RolePrimary
	case role == "SECONDARY":
		r.snap.Role = model.RoleReplica
	}
	return nil
}

// replicaStatement is the statement by which this version tells its sources:
// REPLICA since MySQL 8.0.22 and MariaDB 10.5.1.
func replicaStatement(s model.Server) string {
	switch {
	case s.Flavour == model.MariaDB && s.Version.AtLeast(10, 5, 1):
		return "SHOW ALL REPLICAS STATUS"
	case s.Flavour == model.MariaDB:
		return "SHOW ALL SLAVES STATUS"
	case s.Version.AtLeast(8, 0, 22):
		return "SHOW REPLICA STATUS"
	}
	return "SHOW SLAVE STATUS"
}

// replicaGrant is the privilege that replicaStatement wants: MariaDB 10.5 gave
// it a name of its own.
func replicaGrant(s model.Server) string {
	if s.Flavour == model.MariaDB && s.Version.AtLeast(10, 5, 9) {
		return "SLAVE MONITOR"
	}
	return "REPLICATION CLIENT"
}

// hasSource reports whether a channel names a source. RESET REPLICA leaves a
// row without one.
func hasSource(rows []row) bool {
	for _, row := range rows {
		if row.get("source_host") != "" || row.get("master_host") != "" {
			return true
		}
	}
	return false
}

func isOn(value string) bool { return strings.EqualFold(value, "ON") || value == "1" }
