package observed

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func identity(version string) reply {
	return reply{contains: "VERSION()", columns: []string{"v", "c", "h", "t"}, rows: [][]*string{cells(version, "x", "db-0", "1795581901.500000")}}
}

var mysqlColumns = []string{"k", "n", "v", "source", "path", "set_time", "set_user", "set_host", "min_value", "max_value", "scope", "type"}

func mysqlRows(rows ...[]*string) reply {
	return reply{contains: "performance_schema.global_variables", columns: mysqlColumns, rows: rows}
}

func TestObserveMySQL(t *testing.T) {
	conn := &fakeConn{replies: []reply{
		identity("9.7.4"),
		mysqlRows(
			cells("v", "max_connections", "500", "DYNAMIC", "", "1795581900.250000", "dba", "10.0.0.1", "1", "100000", "GLOBAL", "Integer"),
			cells("v", "sql_mode", "", "EXPLICIT", "/etc/my.cnf", "NULL", "NULL", "NULL", "0", "0", "SESSION", "Set"),
			cells("v", "innodb_redo_log_capacity", "1", "PERSISTED", "/data/mysqld-auto.cnf", "1795000000.000000", "root", "localhost", "1", "2", "GLOBAL", "Integer"),
			cells("p", "innodb_redo_log_capacity", "1", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"),
			cells("p", "max_connections", "600", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"),
			cells("s", "Uptime", "3600", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"),
		),
		{contains: "SHOW REPLICA STATUS", columns: []string{"Source_Host"}, rows: [][]*string{cells("db-1")}},
	}}
	got, err := Observe(context.Background(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	taken := time.Unix(1795581901, 500e6).UTC()
	want := &model.Snapshot{
		Server:  model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}, Raw: "9.7.4"},
		TakenAt: taken, Uptime: time.Hour, Hostname: "db-0", Role: model.RoleReplica,
		Variables: map[string]model.Variable{
			"max_connections": {Name: "max_connections", Value: "500", Source: model.SourceDynamic,
				SetTime: time.Unix(1795581900, 250e6).UTC(), SetUser: "dba", SetHost: "10.0.0.1",
				Meta: &model.Metadata{Type: "Integer", Scope: "GLOBAL", Min: "1", Max: "100000"}},
			"sql_mode": {Name: "sql_mode", Source: model.SourceFile, Path: "/etc/my.cnf", Meta: &model.Metadata{Type: "Set", Scope: "SESSION"}},
			"innodb_redo_log_capacity": {Name: "innodb_redo_log_capacity", Value: "1", Source: model.SourcePersisted, Path: "/data/mysqld-auto.cnf",
				SetTime: time.Unix(1795000000, 0).UTC(), SetUser: "root", SetHost: "localhost",
				Meta: &model.Metadata{Type: "Integer", Scope: "GLOBAL", Min: "1", Max: "2"}},
		},
		Persisted: map[string]model.Persisted{
			"innodb_redo_log_capacity": {Name: "innodb_redo_log_capacity", Value: "1", SetTime: time.Unix(1795000000, 0).UTC(), SetUser: "root", SetHost: "localhost"},
			// variables_info speaks of the running value here, not of the persisted one.
			"max_connections": {Name: "max_connections", Value: "600"},
		},
		HasSources: true, HasPersisted: true, HasMetadata: true,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Nothing that Observe sends writes, sets a session variable or goes beyond the
// number of statements allowed, even when everything is refused.
func TestObserveIsReadOnly(t *testing.T) {
	long := strings.Repeat("x", 2048)
	cases := map[string][]reply{
		"mysql": {identity("8.0.36"), mysqlRows(cells("v", "init_connect", long, "COMPILED", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"))},
		"mysql without variables_metadata": {identity("9.0.0"), {contains: "variables_metadata", err: refusal(1146, "no such table")},
			mysqlRows(cells("v", "init_connect", long, "COMPILED", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"))},
		"mariadb": {identity("10.11.19-MariaDB"), {contains: "SYSTEM_VARIABLES", columns: []string{"k", "n", "v"}, rows: [][]*string{cells("v", "INIT_CONNECT", long)}}},
		"all refused": {identity("9.7.4"), {contains: "performance_schema", err: refusal(1142, "denied")}, {contains: "REPLICA", err: refusal(1227, "denied")},
			{contains: "SHOW GLOBAL VARIABLES", columns: []string{"Variable_name", "Value"}, rows: [][]*string{cells("init_connect", long)}}},
	}
	for name, replies := range cases {
		t.Run(name, func(t *testing.T) {
			conn := &fakeConn{replies: replies}
			if _, err := Observe(context.Background(), conn, Options{}); err != nil {
				t.Fatal(err)
			}
			if len(conn.asked) > MaxStatements {
				t.Errorf("%d statements, want at most %d: %q", len(conn.asked), MaxStatements, conn.asked)
			}
			for _, s := range conn.asked {
				allowed := strings.HasPrefix(s, "SELECT ") || strings.HasPrefix(s, "SHOW ") || s == BeginStatement || strings.HasPrefix(s, "SET STATEMENT max_statement_time=")
				if !allowed {
					t.Errorf("statement %q", s)
				}
			}
		})
	}
}

func TestObserveFallsBack(t *testing.T) {
	conn := &fakeConn{replies: []reply{
		identity("8.4.2"),
		{contains: "performance_schema", err: refusal(1142, "SELECT command denied")},
		{contains: "REPLICA", err: refusal(1227, "Access denied")},
		{contains: "SHOW GLOBAL VARIABLES", columns: []string{"Variable_name", "Value"}, rows: [][]*string{cells("max_connections", "151")}},
	}}
	got, err := Observe(context.Background(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.HasSources || got.HasPersisted || got.Variables["max_connections"].Value != "151" || got.Role != model.RoleUnknown {
		t.Errorf("got %+v", got)
	}
	notes := strings.Join(got.Notes, "\n")
	for _, want := range []string{"sources of variables could not be read", "GRANT REPLICATION CLIENT ON *.*"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes lack %q:\n%s", want, notes)
		}
	}
}

// A connection that breaks is an error, never a snapshot with holes.
func TestObserveBrokenConnection(t *testing.T) {
	broken := errors.New("invalid connection")
	for _, at := range []string{"START TRANSACTION", "VERSION()", "global_variables", "REPLICA", "@@global"} {
		replies := []reply{{contains: at, err: broken}, identity("9.7.4"),
			mysqlRows(cells("v", "init_connect", strings.Repeat("x", 1024), "COMPILED", "", "NULL", "NULL", "NULL", "", "", "", "String"))}
		if _, err := Observe(context.Background(), &fakeConn{replies: replies}, Options{}); !errors.Is(err, broken) {
			t.Errorf("broken at %s: error %v", at, err)
		}
	}
}

func TestLongValuesReadWhole(t *testing.T) {
	long := "x" + strings.Repeat("ü", 511) // 1023 bytes: the next character did not fit
	short := strings.Repeat("ü", 510)
	conn := &fakeConn{replies: []reply{
		identity("8.4.2"),
		mysqlRows(cells("v", "init_connect", long, "COMPILED", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"),
			cells("v", "component.thing", long, "COMPILED", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"),
			cells("v", "init_replica", short, "COMPILED", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL")),
		{contains: "@@global.", columns: []string{"v0", "v1"}, rows: [][]*string{cells("whole component", "whole connect")}},
	}}
	got, err := Observe(context.Background(), conn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := conn.asked[len(conn.asked)-1]
	if want := "SELECT @@global.`component`.`thing` AS v0, @@global.`init_connect` AS v1"; last != want {
		t.Errorf("asked %q, want %q", last, want)
	}
	if got.Variables["init_connect"].Value != "whole connect" || got.Variables["component.thing"].Value != "whole component" || got.Variables["init_replica"].Value != short {
		t.Errorf("values %v", got.Variables)
	}
}

func TestRole(t *testing.T) {
	group := func(mode string) reply {
		return mysqlRows(
			cells("v", "group_replication_group_name", "aaaa", "EXPLICIT", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"),
			cells("v", "group_replication_single_primary_mode", mode, "EXPLICIT", "", "NULL", "NULL", "NULL", "", "", "NULL", "NULL"))
	}
	member := func(state, role string) reply {
		return reply{contains: "replication_group_members", columns: []string{"state", "role"}, rows: [][]*string{cells(state, role)}}
	}
	maria := func(rows ...[]*string) reply {
		return reply{contains: "SYSTEM_VARIABLES", columns: []string{"k", "n", "v"}, rows: rows}
	}
	source := func(statement, column, host string) reply {
		return reply{contains: statement, columns: []string{column}, rows: [][]*string{cells(host)}}
	}
	cases := []struct {
		name    string
		replies []reply
		want    model.Role
	}{
		{"alone", []reply{identity("9.7.4"), mysqlRows()}, model.RoleAlone},
		{"replica", []reply{identity("8.0.36"), source("SHOW REPLICA STATUS", "Source_Host", "a")}, model.RoleReplica},
		{"replica of an old server", []reply{identity("8.0.21"), source("SHOW SLAVE STATUS", "Master_Host", "a")}, model.RoleReplica},
		{"replica that was reset", []reply{identity("8.0.36"), source("SHOW REPLICA STATUS", "Source_Host", "")}, model.RoleAlone},
		{"mariadb replica", []reply{identity("10.11.1-MariaDB"), source("SHOW ALL REPLICAS STATUS", "Master_Host", "a")}, model.RoleReplica},
		{"old mariadb replica", []reply{identity("10.4.1-MariaDB"), source("SHOW ALL SLAVES STATUS", "Master_Host", "a")}, model.RoleReplica},
		{"mariadb primary", []reply{identity("10.11.1-MariaDB"), maria(cells("s", "SLAVES_CONNECTED", "2"))}, model.RolePrimary},
		{"mariadb in the middle", []reply{identity("10.11.1-MariaDB"), maria(cells("s", "SLAVES_CONNECTED", "2")), source("REPLICAS", "Master_Host", "a")}, model.RoleReplica},
		{"galera", []reply{identity("10.11.1-MariaDB"), maria(cells("v", "WSREP_ON", "ON"), cells("v", "WSREP_CLUSTER_ADDRESS", "gcomm://a,b"))}, model.RoleMember},
		{"galera that may not be asked", []reply{identity("10.11.1-MariaDB"), maria(cells("v", "WSREP_ON", "ON"), cells("v", "WSREP_CLUSTER_ADDRESS", "gcomm://a,b")), {contains: "REPLICAS", err: refusal(1227, "x")}}, model.RoleMember},
		{"wsrep without a cluster", []reply{identity("10.11.1-MariaDB"), maria(cells("v", "WSREP_ON", "ON"), cells("v", "WSREP_CLUSTER_ADDRESS", ""))}, model.RoleAlone},
		{"group primary", []reply{identity("9.7.4"), group("ON"), member("ONLINE", "PRIMARY")}, model.RolePrimary},
		{"group secondary", []reply{identity("9.7.4"), group("ON"), member("ONLINE", "SECONDARY")}, model.RoleReplica},
		{"multi-primary", []reply{identity("9.7.4"), group("OFF"), member("ONLINE", "PRIMARY")}, model.RoleMember},
		{"left the group", []reply{identity("9.7.4"), group("ON"), member("OFFLINE", "")}, model.RoleAlone},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Observe(context.Background(), &fakeConn{replies: c.replies}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Role != c.want {
				t.Errorf("role %q, want %q", got.Role, c.want)
			}
		})
	}
}

func TestUnixTime(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1795581901.500000": time.Unix(1795581901, 500e6).UTC(),
		"1795581901":        time.Unix(1795581901, 0).UTC(),
		"":                  {}, "0": {}, "0.000000": {}, "x": {},
	} {
		if got := unixTime(text); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestParseSource(t *testing.T) {
	for text, want := range map[string]model.Source{
		"COMPILED": model.SourceCompiled, "COMPILE-TIME": model.SourceCompiled,
		"GLOBAL": model.SourceFile, "SERVER": model.SourceFile, "EXPLICIT": model.SourceFile, "EXTRA": model.SourceFile,
		"MYSQL_USER": model.SourceFile, "LOGIN": model.SourceFile, "CONFIG": model.SourceFile,
		"COMMAND_LINE": model.SourceCommandLine, "COMMAND-LINE": model.SourceCommandLine,
		"PERSISTED": model.SourcePersisted, "DYNAMIC": model.SourceDynamic, "SQL": model.SourceDynamic,
		"AUTO": model.SourceAuto, "": model.SourceUnknown, "NEW": model.SourceUnknown,
	} {
		if got := ParseSource(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
