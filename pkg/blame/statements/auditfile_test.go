package statements

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// As server_audit of MariaDB 10.11.19 wrote it: an event, a statement with quotes,
// one that failed, a procedure, init_connect's, a prepared one.
const mariadbLog = `_connections=9',0
20261127 07:48:18,vm,event_scheduler,,12,16,QUERY,mysql,'SET GLOBAL net_read_timeout=33',0
20261127 07:48:29,vm,alice,localhost,14,0,CONNECT,,,0
20261127 07:48:29,vm,alice,localhost,14,20,QUERY,,'set global max_connections=155',0
20261127 07:48:29,vm,alice,localhost,15,22,QUERY,,'SET @@global.max_allowed_packet := 33554432, session sql_mode=\'ANSI\'',0
20261127 07:48:29,vm,alice,localhost,15,23,QUERY,,'set global init_connect = \'select \\\'a\\\'\n, 1\'',0
20261127 07:48:29,vm,alice,localhost,15,24,QUERY,,'set global sort_buffer_size=\'abc\'',1232
20261127 07:48:30,vm,app,localhost,16,27,READ,mysql,proc,
20261127 07:48:30,vm,app,localhost,16,28,QUERY,mysql,'SET GLOBAL max_connect_errors=51',0
20261127 07:48:30,vm,app,localhost,16,27,QUERY,mysql,'call ops.p()',0
20261127 07:48:30,vm,app,localhost,17,31,QUERY,,'set global max_connections=3',1227
20261127 07:48:30,vm,alice,localhost,18,35,QUERY,,'set global lock_wait_timeout=?',0
20261127 07:48:30,vm,alice,localhost,18,37,QUERY,,'set statement max_statement_time=3 for set global net_write_timeout=61',0
20261127 07:48:31,vm,alice,localhost,19,40,QUERY,,'set global thread_cache_size=1234`

// As MySQL Enterprise and Percona's audit_log_filter write it, after their manuals:
// one statement is noted at its start, in the log, and at its end.
const mysqlJSON = `onnection_id": 11 },
{ "timestamp": "2026-11-27 07:48:29", "id": 2, "class": "general", "event": "log", "connection_id": 11, "account": { "user": "alice", "host": "10.0.0.5" }, "login": { "user": "alice", "os": "", "ip": "10.0.0.5", "proxy": "" }, "general_data": { "command": "Query", "sql_command": "set_option", "query": "SET GLOBAL max_connections = 155", "status": 0 } },
{ "timestamp": "2026-11-27 07:48:29", "id": 3, "class": "query", "event": "query_start", "connection_id": 11, "query_data": { "query": "SET GLOBAL max_connections = 155", "status": 0, "sql_command": "set_option" } },
{
  "timestamp": "2026-11-27 07:48:29",
  "id": 4, "class": "general", "event": "status", "connection_id": 11,
  "account": { "user": "alice", "host": "10.0.0.5" }, "login": { "user": "alice", "os": "", "ip": "10.0.0.5", "proxy": "" },
  "general_data": { "command": "Query", "sql_command": "set_option", "query": "SET GLOBAL max_connections = 155", "status": 0 }
},
{ "timestamp": "2026-11-27 07:48:30", "id": 0, "class": "general", "event": "status", "account": { "user": "", "host": "%" }, "login": { "user": "zoe", "ip": "10.0.0.6" }, "general_data": { "query": "SET GLOBAL max_connect_errors = 77", "status": 0 } },
{ "timestamp": "2026-11-27 07:48:31", "id": 0, "class": "general", "event": "status", "account": { "user": "bob[bob] @  [10.0.0.7]", "host": "" }, "login": { "user": "bob[bob] @  [10.0.0.7]", "ip": "10.0.0.7" }, "general_data": { "query": "SET GLOBAL net_write_timeout = 61", "status": 0 } },
{ "timestamp": "2026-11-27 07:48:32", "id": 0, "class": "general", "event": "status", "account": { "user": "app", "host": "%" }, "login": { "user": "app", "ip": "10.0.0.6" }, "general_data": { "query": "SET GLOBAL max_connections = 3", "status": 1227 } },
{ "timestamp": "2026-11-27 07:48:33", "id": 0, "class": "general", "event": "sta`

// As Percona's audit_log writes it.
const perconaJSON = `{"audit_record":{"name":"Query","record":"10_2026-11-27T07:48:29","timestamp":"2026-11-27T07:48:29 UTC","command_class":"set_option","connection_id":"12","status":0,"sqltext":"SET GLOBAL max_connections = 155","user":"alice[alice] @  [10.0.0.5]","host":"","os_user":"","ip":"10.0.0.5"}}
{"audit_record":{"name":"Query","record":"11_2026-11-27T07:48:30","timestamp":"2026-11-27T07:48:30Z","command_class":"set_option","connection_id":"13","status":0,"sqltext":"SET GLOBAL max_connect_errors = 77","user":"[zoe] @  [10.0.0.6]","host":"","os_user":"","ip":"10.0.0.6"}}
{"audit_record":{"name":"Prepare","record":"12_2026-11-27T07:48:30","timestamp":"2026-11-27T07:48:30Z","status":0,"sqltext":"SET GLOBAL net_write_timeout = 62","user":"bob[bob] @  [10.0.0.7]"}}
{"audit_record":{"name":"Query","record":"13_2026-11-27T07:48:31","timestamp":"2026-11-27T07:48:31Z","status":0,"sqltext":"SET GLOBAL net_write_timeout = 61","user":"bob[bob] @  [10.0.0.7]"}}
`

const newXML = `ID>
 </AUDIT_RECORD>
 <AUDIT_RECORD>
  <TIMESTAMP>2026-11-27T07:48:29 UTC</TIMESTAMP>
  <RECORD_ID>10_2026-11-27T07:48:29</RECORD_ID>
  <NAME>Query</NAME>
  <CONNECTION_ID>5</CONNECTION_ID>
  <STATUS>0</STATUS>
  <STATUS_CODE>0</STATUS_CODE>
  <USER>alice[alice] @  [10.0.0.5]</USER>
  <OS_LOGIN/>
  <HOST/>
  <IP>10.0.0.5</IP>
  <COMMAND_CLASS>set_option</COMMAND_CLASS>
  <SQLTEXT>SET GLOBAL max_connections = 155 /* &lt;why&gt; */</SQLTEXT>
 </AUDIT_RECORD>
 <AUDIT_RECORD>
  <TIMESTAMP>2026-11-27T07:48:30 UTC</TIMESTAMP><NAME>Query</NAME><STATUS>0</STATUS><USER>[zoe] @  [10.0.0.6]</USER><IP>10.0.0.6</IP><SQLTEXT>SET GLOBAL max_connect_errors = 77</SQLTEXT>
 </AUDIT_RECORD>
 <AUDIT_RECORD>
  <TIMESTAMP>2026-11-27T07:48:31 UTC</TIMESTAMP><NAME>Query</NAME><STATUS>0</STATUS><USER>bob[bob] @  [10.0.0.7]</USER><IP>10.0.0.7</IP><SQLTEXT>SET GLOBAL net_write_timeout = 61</SQLTEXT>
 </AUDIT_RECORD>
 <AUDIT_RECORD>
  <TIMESTAMP>2026-11-27T07:48:32 UTC</TIMESTAMP><NAME>Query</NAME><STATUS>1227</STATUS><USER>app[app] @  [10.0.0.6]</USER><SQLTEXT>SET GLOBAL max_connections = 3</SQLTEXT>
 </AUDIT_RECORD>
 <AUDIT_RECORD>
  <TIMESTAMP>2026-11-27T07:48:33 UTC</TIMESTAMP>
`

const oldXML = `<AUDIT_RECORD
  "TIMESTAMP="broken
/>
<AUDIT_RECORD
  NAME="Query"
  RECORD="10_2026-11-27T07:48:29"
  TIMESTAMP="2026-11-27T07:48:29 UTC"
  COMMAND_CLASS="set_option"
  CONNECTION_ID="5"
  STATUS="0"
  SQLTEXT="SET GLOBAL max_connections = 155"
  USER="alice[alice] @  [10.0.0.5]"
  HOST=""
  OS_USER=""
  IP="10.0.0.5"
/>
<AUDIT_RECORD NAME="Query" TIMESTAMP="2026-11-27T07:48:30 UTC" STATUS="0" SQLTEXT="SET GLOBAL max_connect_errors = 77" USER="[zoe] @  [10.0.0.6]" IP="10.0.0.6"/>
<AUDIT_RECORD NAME="Query" TIMESTAMP="2026-11-27T07:48:31 UTC" STATUS="0" SQLTEXT="SET GLOBAL net_write_timeout = 61" USER="bob[bob] @  [10.0.0.7]" IP="10.0.0.7"/>
<AUDIT_RECORD NAME="Query" TIMESTAMP="2026-11-27T07:48:32 UTC" STATUS="1227" SQLTEXT="SET GLOBAL max_connections = 3" USER="app[app] @  [10.0.0.6]"/>
`

type tails map[string]string

func (f tails) Tail(_ context.Context, paths []string, _ int) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range paths {
		if text, ok := f[name]; ok {
			out[name] = []byte(text)
		}
	}
	return out, nil
}

// zone answers a question for local times: the server's clock is eight hours ahead.
type zone struct{}

func (zone) Query(_ context.Context, sql string) ([][]*string, []string, error) {
	if !strings.Contains(sql, "CONVERT_TZ") {
		return nil, nil, nil
	}
	var row []*string
	for _, part := range strings.Split(sql, "CONVERT_TZ('")[1:] {
		at, err := time.Parse("2006-01-02 15:04:05", part[:19])
		if err != nil {
			return nil, nil, err
		}
		seconds := strconv.FormatInt(at.Add(-8*time.Hour).Unix(), 10)
		row = append(row, &seconds)
	}
	return [][]*string{row}, nil, nil
}

func TestAuditFormats(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 11, 27, 7, 48, second, 0, time.UTC) }
	utc := map[string][]blame.Statement{
		"max_connections":    {{Source: serverAudit, Scope: "GLOBAL", Text: "SET GLOBAL max_connections = 155", Value: "155", HasValue: true, When: at(29), User: "alice", Host: "10.0.0.5"}},
		"max_connect_errors": {{Source: serverAudit, Scope: "GLOBAL", Text: "SET GLOBAL max_connect_errors = 77", Value: "77", HasValue: true, When: at(30)}},
		"net_write_timeout":  {{Source: serverAudit, Scope: "GLOBAL", Text: "SET GLOBAL net_write_timeout = 61", Value: "61", HasValue: true, When: at(31), User: "bob", Host: "10.0.0.7"}},
	}
	local := func(s blame.Statement, second int) []blame.Statement {
		s.Source, s.Scope, s.Login, s.When = serverAudit, "GLOBAL", true, at(second).Add(-8*time.Hour)
		return []blame.Statement{s}
	}
	for _, tt := range []struct {
		name, format, content string
		want                  map[string][]blame.Statement
	}{
		{"MySQL JSON", "json", mysqlJSON, utc}, {"Percona JSON", "json", perconaJSON, utc}, {"new XML", "xml", newXML, utc}, {"old XML", "xml", oldXML, utc},
		{"MariaDB", "csv", mariadbLog, map[string][]blame.Statement{
			"max_connections":    local(blame.Statement{Text: "SET GLOBAL max_connections = 155", Value: "155", HasValue: true, User: "alice", Host: "localhost"}, 29),
			"net_read_timeout":   local(blame.Statement{Text: "SET GLOBAL net_read_timeout = 33", Value: "33", HasValue: true, InProgram: true}, 18),
			"max_allowed_packet": local(blame.Statement{Text: "SET GLOBAL max_allowed_packet = 33554432", Value: "33554432", HasValue: true, User: "alice", Host: "localhost"}, 29),
			"init_connect":       local(blame.Statement{Text: "SET GLOBAL init_connect = select 'a'\n, 1", Value: "select 'a'\n, 1", HasValue: true, User: "alice", Host: "localhost"}, 29),
			"max_connect_errors": local(blame.Statement{Text: "SET GLOBAL max_connect_errors = 51", Value: "51", HasValue: true, User: "app", Host: "localhost", InProgram: true}, 30),
			"lock_wait_timeout":  local(blame.Statement{Text: "SET GLOBAL lock_wait_timeout = …", User: "alice", Host: "localhost"}, 30),
			"net_write_timeout":  local(blame.Statement{Text: "SET GLOBAL net_write_timeout = 61", Value: "61", HasValue: true, User: "alice", Host: "localhost"}, 30),
			"sort_buffer_size":   nil, // refused
			"thread_cache_size":  nil, // not all of the line is written
		}},
	} {
		for variable, want := range tt.want {
			s := Source{Conn: zone{}, MariaDB: true, Audit: &AuditFile{Path: "/audit", Format: tt.format}, Tails: tails{"/audit": tt.content}}
			got, err := s.Statements(t.Context(), variable)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s, %s: %v\n%s", tt.name, variable, err, diff)
			}
		}
	}
}

// A procedure's statement may stand at the end of a file that was rotated, its CALL
// at the beginning of the next.
func TestAuditRotated(t *testing.T) {
	before, after, _ := strings.Cut(mariadbLog, "20261127 07:48:30,vm,app,localhost,16,27,QUERY")
	s := Source{Conn: zone{}, MariaDB: true, Audit: &AuditFile{Path: "/audit", Format: "csv", Older: []string{"/audit.1", "/audit.2"}},
		Tails: tails{"/audit": "20261127 07:48:30,vm,app,localhost,16,27,QUERY" + after, "/audit.1": before}}
	got, err := s.Statements(t.Context(), "max_connect_errors")
	if err != nil || len(got) != 1 || !got[0].InProgram {
		t.Errorf("%+v %v", got, err)
	}
}

// A statement as long as the limit may have been cut: it tells no value.
func TestAuditCut(t *testing.T) {
	line := "20261127 07:48:29,vm,alice,localhost,14,20,QUERY,,'set global max_connections=155',0\n"
	for limit, known := range map[int]bool{0: true, 1024: true, 30: false} {
		got := readCSV([]byte(line), limit)
		if len(got) != 1 || got[0].cut == known {
			t.Errorf("limit %d: %+v", limit, got)
		}
	}
}

func TestAuditAbsent(t *testing.T) {
	for _, tt := range []struct {
		audit *AuditFile
		tails Tails
		want  string
	}{
		{nil, nil, ""},
		{&AuditFile{Path: "/audit", Why: "it goes to syslog"}, tails{}, "server audit log: /audit: it goes to syslog"},
		{&AuditFile{Path: "/audit", Format: "csv"}, nil, "are not read"},
		{&AuditFile{Path: "/audit", Format: "csv"}, tails{}, "no /audit that can be read"},
	} {
		_, err := (Source{Conn: zone{}, MariaDB: true, Audit: tt.audit, Tails: tt.tails}).Statements(t.Context(), "max_connections")
		if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.audit, err)
		}
	}
}

func TestFindAuditFile(t *testing.T) {
	for _, tt := range []struct {
		variables map[string]string
		path, why string
		format    string
	}{
		{variables: map[string]string{}},
		{variables: map[string]string{"server_audit_logging": "OFF", "server_audit_file_path": "server_audit.log"}},
		{variables: map[string]string{"server_audit_logging": "ON", "server_audit_output_type": "file", "server_audit_file_path": "server_audit.log"}, path: "/data/server_audit.log", format: "csv"},
		{variables: map[string]string{"server_audit_logging": "ON", "server_audit_output_type": "file", "server_audit_file_path": "/logs/"}, path: "/logs/server_audit.log", format: "csv"},
		{variables: map[string]string{"server_audit_logging": "ON", "server_audit_output_type": "syslog", "server_audit_file_path": "x"}, path: "/data/x", why: "it goes to syslog"},
		{variables: map[string]string{"audit_log_file": "audit.log", "audit_log_format": "NEW", "audit_log_compression": "NONE"}, path: "/data/audit.log", format: "xml"},
		{variables: map[string]string{"audit_log_file": "/logs/audit.json", "audit_log_format": "JSON", "audit_log_handler": "FILE"}, path: "/logs/audit.json", format: "json"},
		{variables: map[string]string{"audit_log_file": "audit.log", "audit_log_format": "JSON", "audit_log_compression": "GZIP"}, path: "/data/audit.log", why: "compressed or encrypted"},
		{variables: map[string]string{"audit_log_file": "audit.log", "audit_log_format": "JSON", "audit_log_handler": "SYSLOG"}, path: "/data/audit.log", why: "syslog"},
		{variables: map[string]string{"audit_log_file": "audit.log", "audit_log_format": "CSV"}, path: "/data/audit.log", why: "format CSV"},
		{variables: map[string]string{"audit_log_filter.file": "filter.log", "audit_log_filter.format": "OLD"}, path: "/data/filter.log", format: "xml"},
		{variables: map[string]string{"audit_log_filter_file": "filter.log", "audit_log_filter_format": "JSON", "audit_log_filter_encryption": "AES"}, path: "/data/filter.log", why: "encrypted"},
	} {
		got := FindAuditFile(func(name string) string {
			if name == "datadir" {
				return "/data/"
			}
			return tt.variables[name]
		})
		if (got == nil) != (tt.path == "") {
			t.Errorf("%v: %+v", tt.variables, got)
			continue
		}
		if got != nil && (got.Path != tt.path || got.Format != tt.format || !strings.Contains(got.Why, tt.why) || (got.Why != "") != (tt.why != "")) {
			t.Errorf("%v: %+v", tt.variables, got)
		}
	}
}

// The general log notes a statement before it runs: the audit log knows that it failed.
func TestAuditFailed(t *testing.T) {
	log := tables{"mysql.general_log": {
		{"SET GLOBAL max_connections = 3", "app", "app[app] @ localhost []", "1795736910", "NULL"},
		{"SET GLOBAL max_connections = 155", "alice", "alice[alice] @ localhost []", "1795736909", "NULL"},
	}, "CONVERT_TZ": {{"1795736909", "1795736910"}}}
	for _, tt := range []struct {
		audit *AuditFile
		want  int
	}{{nil, 2}, {&AuditFile{Path: "/audit", Format: "csv"}, 2}} {
		got, err := (Source{Conn: log, MariaDB: true, Audit: tt.audit, Tails: tails{"/audit": mariadbLog}}).Statements(t.Context(), "max_connections")
		if err != nil || len(got) != tt.want || tt.audit != nil && slices.ContainsFunc(got, func(s blame.Statement) bool { return s.User == "app" }) {
			t.Errorf("%+v %v", got, err)
		}
	}
}
