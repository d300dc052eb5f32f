package fix

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// careful are variables whose change does more than a value.
var careful = map[string]string{
	"read_only":                      "clients may write as soon as it is OFF, and no more when it is ON",
	"super_read_only":                "clients may write as soon as it is OFF, and no more when it is ON",
	"offline_mode":                   "ON ends the connections of ordinary accounts",
	"event_scheduler":                "ON starts the events that are due",
	"innodb_buffer_pool_size":        "the pool is resized while the server works: queries may stall; Innodb_buffer_pool_resize_status tells",
	"binlog_format":                  "connections that are open go on writing the old format, and replicas' appliers until they are restarted",
	"enforce_gtid_consistency":       "ON refuses statements that GTIDs cannot hold: try WARN first",
	"sync_binlog":                    "decides how much a crash loses",
	"innodb_flush_log_at_trx_commit": "decides how much a crash loses",
	"general_log":                    "the log grows with each statement",
	"local_infile":                   "decides whether clients may send files",
}

// setWarnings are what the server, or a colleague, would say of a SET GLOBAL.
func (t *target) setWarnings(to string) []string {
	name := t.finding.Variable
	var out []string
	if text := careful[name]; text != "" {
		out = append(out, text)
	}
	if d := t.finding.Declared; d != nil && d.Value != d.Effective {
		out = append(out, t.adjusted(d.Value, d.Effective)...)
	}
	if t.finding.Class == v1.StaleMount {
		out = append(out, "the file in the pod is not up to date yet: a start before it is brings the old value")
	}
	if t.spec.Scope == sysvar.ScopeSession {
		out = append(out, "connections that are open keep their own value until they connect again")
	}
	if strings.HasPrefix(name, "group_replication_") && t.inGroup() {
		out = append(out, "the server is in a replication group, which must agree on it: some of these are refused while it is a member")
	}
	if slices.Contains([]string{"binlog_format", "binlog_row_image", "sql_mode", "innodb_strict_mode", "explicit_defaults_for_timestamp"}, name) && t.Report.Instance.Role == string(model.RolePrimary) {
		out = append(out, "decides what replicas are sent: see that they can apply it")
	}
	if p, ok := t.Snapshot.Persisted[name]; ok && t.finding.Class != "PersistedOverride" && !t.catalogue.Equal(name, p.Value, to) {
		out = append(out, fmt.Sprintf("mysqld-auto.cnf holds %s: the next start brings that", p.Value))
	}
	return out
}

// adjusted tells of a value that the server does not take as it is written.
func (t *target) adjusted(written, effective string) []string {
	if t.catalogue.Equal(t.finding.Variable, written, effective) {
		return nil
	}
	f := t.fresh(t.Declaration.Settings).Declared(t.finding.Variable)
	switch {
	case f == nil:
		return nil
	case f.Limited != "":
		return []string{fmt.Sprintf("%s is declared, and limited by %s to %s", written, f.Limited, effective)}
	case f.Adjusted != "":
		return []string{fmt.Sprintf("%s is declared, of which the server makes %s (%s); SET GLOBAL of %[1]s itself fails where sql_mode has STRICT_ALL_TABLES", written, effective, f.Adjusted)}
	}
	return nil
}

// inGroup reports whether the server runs group replication or Galera.
func (t *target) inGroup() bool {
	return t.Snapshot.Variables["group_replication_group_name"].Value != "" || strings.EqualFold(t.Snapshot.Variables["wsrep_on"].Value, "ON")
}

// othersDiffer warns that a statement is not replicated, where other pods of the
// workload run otherwise than this one will.
func (p *planner) othersDiffer(t *target) []string {
	var pods []string
	for i := range p.in.Servers {
		o := &p.in.Servers[i]
		a, b := o.Report.Instance, t.Report.Instance
		if o.Snapshot == nil || a.Workload != b.Workload || a.Namespace != b.Namespace || a.Pod == b.Pod {
			continue
		}
		v, ok := o.Snapshot.Variables[t.finding.Variable]
		if to := t.declared(); ok && to != "" && !t.catalogue.Equal(t.finding.Variable, v.Value, to) && !p.planned(o, t.finding.Variable) {
			pods = append(pods, fmt.Sprintf("%s runs with %s", a.Pod, v.Value))
		}
	}
	if len(pods) == 0 {
		return nil
	}
	return []string{"is not replicated, and not the same everywhere: " + strings.Join(pods, ", ")}
}

// planned reports whether the plan looks at this variable on that server too.
func (p *planner) planned(s *Server, variable string) bool {
	for _, f := range s.Report.Findings {
		if f.Drift && f.Variable == variable {
			return true
		}
	}
	return false
}
