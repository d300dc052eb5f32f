package statements

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

func TestParseSet(t *testing.T) {
	const v = "max_connections"
	lit := func(scope, variable, value string) assignment { return assignment{scope, variable, value, true} }
	expr := func(scope, variable string) assignment { return assignment{scope: scope, variable: variable} }
	for sql, want := range map[string][]assignment{
		"SET GLOBAL max_connections = 500":                                                 {lit("GLOBAL", v, "500")},
		"set global max_connections=500;":                                                  {lit("GLOBAL", v, "500")},
		"SET @@GLOBAL.max_connections := 500":                                              {lit("GLOBAL", v, "500")},
		"SET @@global . max_connections = 500":                                             {lit("GLOBAL", v, "500")},
		"SET PERSIST `max_connections` = 500":                                              {lit("PERSIST", v, "500")},
		"SET @@PERSIST_ONLY.max_connections = 500":                                         {lit("PERSIST_ONLY", v, "500")},
		"SET max_connections = 500":                                                        {lit("SESSION", v, "500")},
		"SET LOCAL sort_buffer_size = 1024":                                                {lit("SESSION", "sort_buffer_size", "1024")},
		"SET @@sort_buffer_size = 1024":                                                    {lit("SESSION", "sort_buffer_size", "1024")},
		"SET GLOBAL a = 1, b = 2, SESSION c = 3, @@global.d = 4":                           {lit("GLOBAL", "a", "1"), lit("GLOBAL", "b", "2"), lit("SESSION", "c", "3"), lit("GLOBAL", "d", "4")},
		"SET GLOBAL a = 1, @@b = 2":                                                        {lit("GLOBAL", "a", "1"), lit("SESSION", "b", "2")},
		"SET @x = 500":                                                                     nil,
		"SET /* GLOBAL b = 2, */ GLOBAL a = 1 -- c = 3":                                    {lit("GLOBAL", "a", "1")},
		"SET GLOBAL sql_mode = 'A,B''C'":                                                   {lit("GLOBAL", "sql_mode", "A,B'C")},
		"SET GLOBAL sql_mode = CONCAT(@@sql_mode, ',X'), a = 1":                            {expr("GLOBAL", "sql_mode"), lit("GLOBAL", "a", "1")},
		"SET GLOBAL max_connections = DEFAULT":                                             {expr("GLOBAL", v)},
		"SET GLOBAL max_connections = @@session.max_connections":                           {expr("GLOBAL", v)},
		"SET GLOBAL max_connections = 1024*1024*32":                                        {expr("GLOBAL", v)},
		"SET GLOBAL max_connections = @v":                                                  {expr("GLOBAL", v)},
		"SET GLOBAL max_connections = -@v":                                                 {expr("GLOBAL", v)},
		"SET GLOBAL max_connections = 600-100":                                             {expr("GLOBAL", v)},
		"SET GLOBAL long_query_time = 1.5e-1, character_set_server = utf8mb4":              {lit("GLOBAL", "long_query_time", "1.5e-1"), lit("GLOBAL", "character_set_server", "utf8mb4")},
		"SET GLOBAL max_connections = 5 * 100":                                             {expr("GLOBAL", v)},
		"SET GLOBAL init_connect = '@@global.max_connections = 9'":                         {lit("GLOBAL", "init_connect", "@@global.max_connections = 9")},
		"SET GLOBAL `max_connections` = ?":                                                 {expr("GLOBAL", v)},
		"SET GLOBAL a = -1":                                                                {lit("GLOBAL", "a", "-1")},
		"SELECT 'SET GLOBAL max_connections = 500'":                                        nil,
		"SELECT /*+ SET_VAR(sort_buffer_size=320000) SET_VAR(a = 1) */ 1":                  {lit("SESSION", "sort_buffer_size", "320000"), lit("SESSION", "a", "1")},
		"SELECT /*+ SET_VAR ( `sort_buffer_size` = ? ) */ ?":                               {expr("SESSION", "sort_buffer_size")},
		"SET STATEMENT max_statement_time = 3, a = 1 FOR SET GLOBAL max_connections = 500": {lit("SESSION", "max_statement_time", "3"), lit("SESSION", "a", "1"), lit("GLOBAL", v, "500")},
		"SET STATEMENT max_statement_time = 3 FOR SELECT 1":                                {lit("SESSION", "max_statement_time", "3")},
		"SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED":                            {lit("GLOBAL", "transaction_isolation", "READ-COMMITTED"), lit("GLOBAL", "tx_isolation", "READ-COMMITTED")},
		"set session transaction read only, isolation level serializable":                  {lit("SESSION", "transaction_read_only", "ON"), lit("SESSION", "tx_read_only", "ON"), lit("SESSION", "transaction_isolation", "SERIALIZABLE"), lit("SESSION", "tx_isolation", "SERIALIZABLE")},
		"SET TRANSACTION READ WRITE":                                                       {lit("SESSION", "transaction_read_only", "OFF"), lit("SESSION", "tx_read_only", "OFF")},
		"SET GLOBAL transaction_isolation = 'SERIALIZABLE'":                                {lit("GLOBAL", "transaction_isolation", "SERIALIZABLE")},
		"SET STATEMENT max_statement_time = 3":                                             nil,
		"SET NAMES utf8mb4":                                                                nil,
		"SET":                                                                              nil,
		"SET GLOBAL max_connections =":                                                     nil,
		"/*!80000 SET GLOBAL max_connections = 500 */":                                     {lit("GLOBAL", v, "500")},
	} {
		if diff := cmp.Diff(want, parseSet(sql), cmp.AllowUnexported(assignment{})); diff != "" {
			t.Errorf("%s\n%s", sql, diff)
		}
	}
}

// tables answers by a word of the query.
type tables map[string][][]string

func (c tables) Query(_ context.Context, sql string) ([][]*string, []string, error) {
	for word, rows := range c {
		if !strings.Contains(sql, word) {
			continue
		}
		if rows == nil {
			return nil, nil, errors.New("SELECT command denied")
		}
		var out [][]*string
		for _, row := range rows {
			var cells []*string
			for i := range row {
				if row[i] == "NULL" {
					cells = append(cells, nil)
				} else {
					cells = append(cells, &row[i])
				}
			}
			out = append(out, cells)
		}
		return out, nil, nil
	}
	return nil, nil, nil
}

func TestStatements(t *testing.T) {
	conn := tables{
		"events_statements_history e": {{"SET GLOBAL max_connections = 500, sql_mode = 'secret'", "mpark", "10.0.0.5:4711", "1782896400.25", "mysql", "NULL", "1500000000"}, {"SET GLOBAL max_connections_x = 1", "mpark", "h", "1782896400", "NULL", "NULL", "1000"}},
		"by_digest": {
			{"SET GLOBAL max_connections = 500", "NULL", "NULL", "1782896400.2", "NULL", "SET GLOBAL `max_connections` = ?", "15642832000", "1", "0"},
			{"set session max_connections = 1", "NULL", "NULL", "1782896500", "NULL", "EXECUTE SET SESSION `max_connections` = ?", "3091417000", "0", "0", "1782896300", "2000000000", "3"},
			{"SET @@global.max_connections = 9", "NULL", "NULL", "1782896600", "NULL", "SET @@GLOBAL . `max_connections` = ?", "3091417000", "1", "2"},
		},
		"general_log": nil,
		"archery":     {{"500", "ann", "NULL", "1782896399"}},
	}
	s := Source{Conn: conn, History: []HistoryTable{{Table: "archery.param_history", Variable: "variable_name", Value: "new_value", User: "user_name", When: "create_time"}}}
	got, err := s.Statements(t.Context(), "max_connections")
	if err == nil || !strings.Contains(err.Error(), "general log: SELECT command denied") {
		t.Errorf("the refusal is not told: %v", err)
	}
	type seen struct {
		source, scope, value, user, text string
		took                             time.Duration
		atMost                           bool
	}
	var have []seen
	for _, g := range got {
		have = append(have, seen{g.Source, g.Scope, g.Value, g.User, g.Text, g.Took, g.TookAtMost})
	}
	want := []seen{
		{"digest", "SESSION", "1", "", "SET SESSION max_connections = 1", 2000000, false}, // the sample, an earlier run
		{"parameter history", "GLOBAL", "500", "ann", "SET GLOBAL max_connections = 500", 0, false},
		{"digest", "GLOBAL", "500", "", "SET GLOBAL max_connections = 500", 15642832, false},
		{"statement history", "GLOBAL", "500", "mpark", "SET GLOBAL max_connections = 500", 1500000, false},
		{"digest", "SESSION", "", "", "SET SESSION max_connections = …", 3091417, true},
		{"digest", "GLOBAL", "", "", "SET GLOBAL max_connections = …", 3091417, false}, // some of its runs failed
	}
	if diff := cmp.Diff(want, have, cmp.AllowUnexported(seen{})); diff != "" {
		t.Error(diff)
	}
	s.Sensitive = func(string) bool { return true }
	got, _ = s.Statements(t.Context(), "max_connections")
	for _, g := range got {
		if strings.Contains(g.Text, "500") {
			t.Errorf("a secret value is shown: %s", g.Text)
		}
	}
}

func TestNamesAreNotSpliced(t *testing.T) {
	if _, err := (Source{Conn: tables{}}).Statements(t.Context(), "a' OR '1'='1"); err == nil {
		t.Error("a name with quotes went into a query")
	}
}

func TestGeneralUser(t *testing.T) {
	for text, want := range map[string]struct {
		user, host string
		event      bool
	}{
		"root[root] @ localhost []":          {"root", "localhost", false},
		"app[app] @  [10.0.0.5]":             {"app", "10.0.0.5", false},
		"app[app] @ db.example [10.0.0.5]":   {"app", "db.example", false},
		"team[zoe] @  [10.0.0.5]":            {"zoe", "10.0.0.5", false},
		"[alice] @  [10.0.0.5]":              {}, // an anonymous account: any name will do
		"root[root] @ localhost [localhost]": {event: true},
		"ann[ann] @ % [%]":                   {event: true},
		"ann[ann] @ 10.9.9.9 [10.9.9.9]":     {event: true},
	} {
		if u, h, e := generalUser(text); u != want.user || h != want.host || e != want.event {
			t.Errorf("%s: %s %s %v", text, u, h, e)
		}
	}
}

var _ blame.Statements = Source{}

// Of two assignments in one statement the later one is in force.
func TestLastAssignmentCounts(t *testing.T) {
	got := Source{}.assignments(blame.Statement{}, "SET GLOBAL max_connections = 1, SESSION sort_buffer_size = 2, GLOBAL max_connections = 3", "max_connections", true)
	if len(got) != 1 || got[0].Value != "3" {
		t.Errorf("%+v", got)
	}
}

// A variable of replication is set by either of its names.
func TestEitherName(t *testing.T) {
	s := Source{Conn: tables{
		"events_statements_history e": {{"SET GLOBAL slave_net_timeout = 30", "mpark", "10.0.0.5:4711", "1782896400.25", "NULL", "NULL", "1500000000"}},
		"by_digest":                   {{"SET GLOBAL replica_net_timeout = 40", "NULL", "NULL", "1782896500", "NULL", "SET GLOBAL `replica_net_timeout` = ?", "1000000", "1", "0"}},
		"general_log":                 nil,
	}}
	got, _ := s.Statements(t.Context(), "replica_net_timeout")
	if len(got) != 2 || got[0].Value != "30" || got[0].Text != "SET GLOBAL slave_net_timeout = 30" || got[1].Value != "40" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{"slave_net_timeout": "replica_net_timeout", "source_verify_checksum": "master_verify_checksum", "sync_master_info": "sync_source_info", "max_connections": "max_connections", "resource_group": "resource_group"} {
		if other := otherName(name); other != want {
			t.Errorf("%s: %s, want %s", name, other, want)
		}
	}
}
