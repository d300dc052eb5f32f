//go:build lab

package incidents

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// sqlIncident is something that happens to a variable of a running server, done
// by statements. A line of does is "WHO: SQL", sent over the network from another
// pod; root sends through the server's own socket.
type sqlIncident struct {
	title, variable string
	declares        string // in the option file; "" = declared nowhere
	does            string
	want            want
}

// accounts of the MySQL server. alice, bob, archery and orchestrator may set
// variables, carol by a role, zoe as a proxy of team; app may not.
const accounts = `
CREATE USER alice@'%' IDENTIFIED BY 'pw', bob@'%' IDENTIFIED BY 'pw', orchestrator@'%' IDENTIFIED BY 'pw', archery@'%' IDENTIFIED BY 'pw', ann@'%' IDENTIFIED BY 'pw', carol@'%' IDENTIFIED BY 'pw', app@'%' IDENTIFIED BY 'pw', deploy@'10.9.9.9' IDENTIFIED BY 'pw', pooled@'%', poolapp@'%';
GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO alice@'%', bob@'%', orchestrator@'%', archery@'%', ann@'%', deploy@'10.9.9.9', pooled@'%';
GRANT PERSIST_RO_VARIABLES_ADMIN ON *.* TO bob@'%';
CREATE ROLE dba; GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO dba; GRANT dba TO carol@'%'; SET DEFAULT ROLE dba TO carol@'%';
CREATE DATABASE ops;
CREATE DEFINER=ann@'%' PROCEDURE ops.by_ann() SET GLOBAL max_connect_errors = 50;
CREATE DEFINER=root@localhost PROCEDURE ops.by_root() SET GLOBAL connect_timeout = 5;
CREATE DEFINER=deploy@'10.9.9.9' PROCEDURE ops.by_deploy() SET GLOBAL slow_launch_time = 5;
CREATE DEFINER=root@localhost PROCEDURE ops.kept() SET PERSIST max_write_lock_count = 500;
CREATE DEFINER=root@localhost PROCEDURE ops.kept_early() SET PERSIST max_prepared_stmt_count = 500;
DELIMITER //
CREATE DEFINER=root@localhost PROCEDURE ops.prepares() BEGIN PREPARE s FROM 'SET GLOBAL innodb_max_dirty_pages_pct = 40'; EXECUTE s; END//
DELIMITER ;
CREATE PROCEDURE ops.quiet() SQL SECURITY INVOKER SET SESSION read_rnd_buffer_size = 300000;
GRANT EXECUTE ON ops.* TO app@'%', ann@'%', deploy@'10.9.9.9';
`

// beforeRestart happen in the server's earlier life.
var beforeRestart = []sqlIncident{
	{"SET PERSIST before a restart", "long_query_time", "2", "alice: SET PERSIST long_query_time = 5",
		want{hop: persisted, lead: "alice", confidence: blame.NotProven}},
	{"the same by a procedure of root's, called by an app", "max_prepared_stmt_count", "16382", "app: CALL ops.kept_early()",
		want{hop: persisted, lead: "root@localhost", confidence: blame.NotProven}},
	{"SET PERSIST taken back before a restart", "innodb_read_ahead_threshold", "56", "bob: SET PERSIST innodb_read_ahead_threshold = 40; RESET PERSIST innodb_read_ahead_threshold",
		want{confidence: blame.Proven}},
	{"SET GLOBAL before a restart, which undoes it", "innodb_thread_concurrency", "0", "bob: SET GLOBAL innodb_thread_concurrency = 8",
		want{confidence: blame.Proven}},
}

// sqlIncidents happen in this life, in this order.
var sqlIncidents = []sqlIncident{
	{"the statement has aged out of the digests", "innodb_log_spin_cpu_pct_hwm", "50", "alice: SET GLOBAL innodb_log_spin_cpu_pct_hwm = 60\nroot: TRUNCATE TABLE performance_schema.events_statements_summary_by_digest",
		want{hop: runtime, lead: "alice", confidence: blame.NotProven}},
	{"SET GLOBAL by a person", "max_connections", "200", "alice: SET GLOBAL max_connections = 150",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"SET GLOBAL by a tool", "key_cache_division_limit", "100", "archery: SET GLOBAL key_cache_division_limit = 80",
		want{hop: runtime, culprit: "archery", confidence: blame.Likely}},
	{"SET GLOBAL by a person, SET SESSION by an app before", "join_buffer_size", "262144", "app: SET SESSION join_buffer_size = 500000\nalice: SET GLOBAL join_buffer_size = 300000",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"SET GLOBAL by a person, SET SESSION by an app after", "sort_buffer_size", "262144", "alice: SET GLOBAL sort_buffer_size = 300000\napp: SET SESSION sort_buffer_size = 500000",
		want{hop: runtime, confidence: blame.NotProven}},
	{"SET GLOBAL by a person, a SET_VAR hint by an app after", "max_execution_time", "0", "alice: SET GLOBAL max_execution_time = 60000\napp: SELECT /*+ SET_VAR(max_execution_time = 1000) */ 1",
		want{hop: runtime, confidence: blame.NotProven}},
	{"SET GLOBAL by a person, then SET SESSION by the same", "tmp_table_size", "16777216", "alice: SET GLOBAL tmp_table_size = 8388608\nalice: SET SESSION tmp_table_size = 4194304",
		want{hop: runtime, confidence: blame.NotProven}},
	{"SET GLOBAL TRANSACTION by a person, which names no variable", "transaction_isolation", "REPEATABLE-READ", "alice: SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"SET SESSION by an app alone", "read_buffer_size", "131072", "app: SET SESSION read_buffer_size = 500000",
		want{confidence: blame.Proven}},
	{"SET GLOBAL by a person, SET SESSION within a procedure after, which no digest shows", "read_rnd_buffer_size", "262144", "alice: SET GLOBAL read_rnd_buffer_size = 400000\napp: CALL ops.quiet()",
		want{hop: runtime, confidence: blame.NotProven}},
	{"two people in turn, other values", "innodb_io_capacity", "200", "alice: SET GLOBAL innodb_io_capacity = 300\nbob: SET GLOBAL innodb_io_capacity = 400",
		want{hop: runtime, culprit: "bob", confidence: blame.Likely}},
	{"two people in turn, the same value", "innodb_old_blocks_time", "1000", "alice: SET GLOBAL innodb_old_blocks_time = 500\nbob: SET GLOBAL innodb_old_blocks_time = 500",
		want{hop: runtime, lead: "bob", confidence: blame.NotProven}},
	{"changed and changed back", "net_read_timeout", "30", "alice: SET GLOBAL net_read_timeout = 60\nbob: SET GLOBAL net_read_timeout = 30",
		want{confidence: blame.Proven}},
	{"one of several variables in one SET", "wait_timeout", "28800", "alice: SET GLOBAL interactive_timeout = 600, wait_timeout = 700, SESSION sql_notes = 1",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"@@GLOBAL, :=, other case, a comment before it", "max_allowed_packet", "67108864", "alice: /* ticket 7 */ set @@Global.MAX_ALLOWED_PACKET := 33554432",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"SET GLOBAL x = DEFAULT", "thread_cache_size", "5", "alice: SET GLOBAL thread_cache_size = DEFAULT",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"an expression", "innodb_max_purge_lag_delay", "1000", "alice: SET GLOBAL innodb_max_purge_lag_delay = 1000 * 2",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"a prepared statement", "innodb_adaptive_flushing_lwm", "10", "alice: PREPARE s FROM 'SET GLOBAL innodb_adaptive_flushing_lwm = 20'; EXECUTE s",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"a prepared statement with a parameter, of which no digest is kept", "stored_program_cache", "256", "alice: PREPARE s FROM 'SET GLOBAL stored_program_cache = ?'; SET @n = 300; EXECUTE s USING @n",
		want{hop: runtime, lead: "alice", confidence: blame.NotProven}},
	{"by somebody whose right comes from a role", "flush_time", "0", "carol: SET GLOBAL flush_time = 1800",
		want{hop: runtime, culprit: "carol", confidence: blame.Likely}},
	{"declared nowhere", "div_precision_increment", "", "alice: SET GLOBAL div_precision_increment = 6",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"a procedure with ann's rights, called by an app", "max_connect_errors", "100", "app: CALL ops.by_ann()",
		want{hop: runtime, confidence: blame.NotProven}},
	{"a procedure with root's rights, called by an app", "connect_timeout", "10", "app: CALL ops.by_root()",
		want{hop: runtime, lead: "root@localhost", confidence: blame.NotProven}},
	{"a procedure with the rights of an account of one address", "slow_launch_time", "2", "app: CALL ops.by_deploy()",
		want{hop: runtime, lead: "deploy@10.9.9.9", confidence: blame.NotProven}},
	{"SET PERSIST, no restart yet", "innodb_spin_wait_delay", "6", "bob: SET PERSIST innodb_spin_wait_delay = 12",
		want{hop: persisted, culprit: "bob", confidence: blame.Likely}},
	{"SET PERSIST by a procedure of root's, called by an app", "max_write_lock_count", "1000", "app: CALL ops.kept()",
		want{hop: persisted, lead: "root@localhost", confidence: blame.NotProven}},
	{"SET PERSIST, then RESET PERSIST", "innodb_flush_neighbors", "0", "bob: SET PERSIST innodb_flush_neighbors = 1; RESET PERSIST innodb_flush_neighbors",
		want{hop: runtime, culprit: "bob", confidence: blame.Likely}},
	{"SET PERSIST_ONLY, waits for a restart", "innodb_read_io_threads", "4", "bob: SET PERSIST_ONLY innodb_read_io_threads = 6",
		want{hop: persisted, culprit: "bob", confidence: blame.Likely}},
	{"SET PERSIST by a person, SET GLOBAL to another value by another", "innodb_stats_persistent_sample_pages", "20", "bob: SET PERSIST innodb_stats_persistent_sample_pages = 30\nalice: SET GLOBAL innodb_stats_persistent_sample_pages = 25",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"SET PERSIST by a person, SET GLOBAL to the same by another", "innodb_concurrency_tickets", "5000", "bob: SET PERSIST innodb_concurrency_tickets = 6000\nalice: SET GLOBAL innodb_concurrency_tickets = 6000",
		want{hop: persisted, lead: "alice", confidence: blame.NotProven}},
	{"SET GLOBAL by a person, SET PERSIST_ONLY of the same by another", "innodb_max_purge_lag", "0", "alice: SET GLOBAL innodb_max_purge_lag = 100; DO SLEEP(0.3)\nbob: SET PERSIST_ONLY innodb_max_purge_lag = 100",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"the same value that init_file had set", "innodb_old_blocks_pct", "37", "alice: SET GLOBAL innodb_old_blocks_pct = 50",
		want{hop: runtime, lead: "alice", confidence: blame.NotProven}},
	{"by the name that the variable had before", "replica_net_timeout", "60", "alice: SET GLOBAL slave_net_timeout = 30",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"twice in one SET", "max_points_in_geometry", "65536", "alice: SET GLOBAL max_points_in_geometry = 65537, GLOBAL max_points_in_geometry = 65538",
		want{hop: runtime, culprit: "alice", confidence: blame.Likely}},
	{"a procedure of root's that prepares its statement, called by an app", "innodb_max_dirty_pages_pct", "90", "app: CALL ops.prepares()",
		want{hop: runtime, lead: "root@localhost", confidence: blame.NotProven}},
	{"an event of root's", "net_write_timeout", "60", "root: CREATE DEFINER=root@localhost EVENT ops.nightly ON SCHEDULE AT NOW() DO SET GLOBAL net_write_timeout = 30\nroot: DO SLEEP(1)",
		want{hop: runtime, lead: "root@localhost", confidence: blame.NotProven}},

	// with the general log on, in a table
	{"the general log and the row", "max_user_connections", "0", "root: SET GLOBAL log_output = 'TABLE', general_log = ON\nalice: SET GLOBAL max_user_connections = 90",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Proven}},
	{"an event, in the general log", "innodb_adaptive_max_sleep_delay", "150000", "root: CREATE DEFINER=root@localhost EVENT ops.hourly ON SCHEDULE AT NOW() DO SET GLOBAL innodb_adaptive_max_sleep_delay = 1000\nroot: DO SLEEP(1)",
		want{hop: runtime, confidence: blame.NotProven}},
	{"init_connect sets it when bob connects", "innodb_fill_factor", "100", "root: SET GLOBAL init_connect = 'SET GLOBAL innodb_fill_factor = 90'\nbob: DO 1\nroot: SET GLOBAL init_connect = ''",
		want{hop: runtime, lead: "bob@$toolbox", confidence: blame.NotProven}},
	{"SET SESSION noise over a SET GLOBAL that the general log has", "lock_wait_timeout", "3600", "alice: SET GLOBAL lock_wait_timeout = 60\napp: SET SESSION lock_wait_timeout = 5",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Likely}},
	{"a failover tool makes the server read-only", "read_only", "", "orchestrator: SET GLOBAL super_read_only = ON",
		want{confidence: blame.Proven}},
	{"SET GLOBAL TRANSACTION by a person, then SET SESSION TRANSACTION by an app, as drivers do", "transaction_read_only", "OFF", "alice: SET GLOBAL TRANSACTION READ ONLY\napp: SET SESSION TRANSACTION READ WRITE",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Likely}},
}

// always are incidents that the server's configuration makes at every start.
var always = []sqlIncident{
	{"the server's init_file", "innodb_max_dirty_pages_pct_lwm", "10", "init_file: SET GLOBAL innodb_max_dirty_pages_pct_lwm = 20",
		want{hop: runtime, culprit: "the server's init_file", confidence: blame.Likely}},
}

// pooled is done by a client of our own: see pool_lab_test.go.
var pooled = sqlIncident{"a pooled connection changes its user after a SET GLOBAL", "range_optimizer_max_mem_size", "8388608", "pooled: SET GLOBAL, then COM_CHANGE_USER to poolapp, SET SESSION",
	want{hop: runtime, confidence: blame.NotProven}}

var mariadbIncidents = []sqlIncident{
	{"MariaDB: SET GLOBAL", "max_connections", "200", "alice: SET GLOBAL max_connections = 150",
		want{hop: runtime, confidence: blame.NotProven}},
	{"MariaDB: SET SESSION by an app alone", "sort_buffer_size", "2097152", "app: SET SESSION sort_buffer_size = 500000",
		want{confidence: blame.Proven}},
	{"MariaDB: SET GLOBAL, with the general log on", "max_connect_errors", "100", "root: SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON\nalice: SET GLOBAL max_connect_errors = 50",
		want{hop: runtime, lead: "alice@$toolbox", confidence: blame.NotProven}},
}

const mariadbAccounts = `
CREATE USER alice@'%' IDENTIFIED BY 'pw', app@'%' IDENTIFIED BY 'pw';
GRANT SUPER, CONNECTION ADMIN ON *.* TO alice@'%';
`

// options is the option file that declares an incident's variables.
func options(lists ...[]sqlIncident) string {
	text := "[mysqld]\n"
	for _, list := range lists {
		for _, in := range list {
			if in.declares != "" {
				text += in.variable + " = " + in.declares + "\n"
			}
		}
	}
	return text
}

// script is what people type, for the shell of the pod that they work from.
func script(list []sqlIncident, address string) string {
	var b strings.Builder
	b.WriteString("set -eu\nas() { MYSQL_PWD=$([ $1 = root ] && echo '" + password + "' || echo pw) mysql --no-defaults --host=" + address + " --user=$1; }\n")
	for _, in := range list {
		for line := range strings.Lines(in.does) {
			who, sql, _ := strings.Cut(strings.TrimSpace(line), ": ")
			try := ""
			if strings.HasSuffix(sql, "-- fails") {
				try = "! "
			}
			b.WriteString(try + "as " + who + " <<'SQL'\n" + sql + "\nSQL\n")
		}
	}
	return b.String()
}
