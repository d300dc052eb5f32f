package statements

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// Conn runs one SELECT; a nil cell is NULL. observed.Conn is one.
type Conn interface {
	Query(ctx context.Context, sql string) (rows [][]*string, columns []string, err error)
}

// Source is a blame.Statements over a connection.
type Source struct {
	Conn Conn
	// MariaDB has no statement history by user and no digest samples.
	MariaDB bool
	// NoSamples: the server's digests have no sample of a statement (before 8.0).
	NoSamples bool
	// Sensitive tells whether a variable's value must not be shown.
	Sensitive func(variable string) bool
	// History are tables of a tool that record parameter changes, as Archery has.
	History []HistoryTable
	// Audit is the log of the server's audit plugin, nil if it has none; Tails reads
	// it, and is nil where files cannot be read.
	Audit *AuditFile
	Tails Tails
}

// HistoryTable is a table that a tool writes when it changes a parameter. Names
// are identifiers, quoted by us.
type HistoryTable struct {
	Table                       string // schema.table
	Variable, Value, User, When string // columns
	Host                        string // optional
}

// query is one source: columns text, user, host, at (seconds since 1970), program;
// variable is the name that is looked for.
type query struct{ source, sql, variable string }

// otherName is the name that a variable of replication had before 8.0.26, or has since.
func otherName(variable string) string {
	words := strings.Split(variable, "_")
	for i, word := range words {
		if other := map[string]string{"replica": "slave", "slave": "replica", "source": "master", "master": "source"}[word]; other != "" {
			words[i] = other
		}
	}
	return strings.Join(words, "_")
}

// allQueries look for either name.
func (s Source) allQueries(variable string) []query {
	var list []query
	for _, name := range slices.Compact([]string{variable, otherName(variable)}) {
		if name != variable && s.MariaDB { // has one name
			continue
		}
		for _, q := range s.queries(name) {
			q.variable = name
			list = append(list, q)
		}
	}
	return list
}

// Statements implements blame.Statements. What one source refuses is told in the
// error, beside what the others answered.
func (s Source) Statements(ctx context.Context, variable string) ([]blame.Statement, error) {
	if !identifier.MatchString(variable) {
		return nil, fmt.Errorf("%q is no variable's name", variable)
	}
	var found []blame.Statement
	var refused []string
	for _, q := range s.allQueries(variable) {
		rows, _, err := s.Conn.Query(ctx, q.sql)
		if err != nil {
			if ctx.Err() != nil {
				return found, ctx.Err()
			}
			if why := fmt.Sprintf("%s: %v", q.source, err); !slices.Contains(refused, why) {
				refused = append(refused, why)
			}
			continue
		}
		for _, row := range rows {
			found = append(found, s.read(q.source, q.variable, row)...)
		}
	}
	done, failed, err := s.audited(ctx, variable)
	if err != nil {
		refused = append(refused, fmt.Sprintf("%s: %v", serverAudit, err))
	}
	found = append(withoutFailed(found, failed), done...)
	for _, table := range s.History {
		more, err := s.history(ctx, table, variable)
		if err != nil {
			refused = append(refused, fmt.Sprintf("%s: %v", table.Table, err))
		}
		found = append(found, more...)
	}
	slices.SortStableFunc(found, func(a, b blame.Statement) int { return a.When.Compare(b.When) })
	if len(refused) > 0 {
		return found, fmt.Errorf("%s", strings.Join(refused, "; "))
	}
	return found, nil
}

var identifier = regexp.MustCompile(`^[a-zA-Z0-9_.$]+$`)

// historySQL dates events by the timer of this very statement: timers count
// picoseconds from a moment near the server's start. PREPARE has the statement's
// text as well and sets nothing, so that events are taken by name. A connection
// that changed its user since (pools do) is listed under the later one: then
// nobody's name is taken.
const historySQL = `SELECT e.SQL_TEXT, IF(c.THREAD_ID IS NULL, t.PROCESSLIST_USER, NULL), IF(c.THREAD_ID IS NULL, t.PROCESSLIST_HOST, NULL),` +
	` UNIX_TIMESTAMP(NOW(6)) - (n.TIMER_START - e.TIMER_END) / 1000000000000,` +
	` (SELECT a.ATTR_VALUE FROM performance_schema.session_connect_attrs a WHERE a.PROCESSLIST_ID = t.PROCESSLIST_ID AND a.ATTR_NAME = 'program_name' LIMIT 1),` +
	` NULL, e.TIMER_WAIT, e.EVENT_NAME` +
	` FROM performance_schema.%[1]s e` +
	` LEFT JOIN (SELECT THREAD_ID, MAX(EVENT_ID) AS EVENT_ID FROM performance_schema.%[1]s WHERE EVENT_NAME = 'statement/com/Change user' GROUP BY THREAD_ID) c` +
	` ON c.THREAD_ID = e.THREAD_ID AND c.EVENT_ID > e.EVENT_ID` +
	` LEFT JOIN performance_schema.threads t ON t.THREAD_ID = e.THREAD_ID` +
	` JOIN (SELECT MAX(c.TIMER_START) AS TIMER_START FROM performance_schema.events_statements_current c` +
	` JOIN performance_schema.threads me ON me.THREAD_ID = c.THREAD_ID WHERE me.PROCESSLIST_ID = CONNECTION_ID()) n` +
	` WHERE e.ERRORS = 0 AND (e.SQL_TEXT LIKE '%%%[2]s%%'%[3]s) AND e.EVENT_NAME IN ('statement/sql/set_option', 'statement/sql/execute_sql',` +
	` 'statement/com/Execute', 'statement/sp/stmt', 'statement/sp/set', 'statement/sql/select') LIMIT 200`

const digestSQL = `SELECT QUERY_SAMPLE_TEXT, NULL, NULL, UNIX_TIMESTAMP(LAST_SEEN), NULL, DIGEST_TEXT,` +
	` IF(QUERY_SAMPLE_SEEN = LAST_SEEN, QUERY_SAMPLE_TIMER_WAIT, MAX_TIMER_WAIT), QUERY_SAMPLE_SEEN = LAST_SEEN, SUM_ERRORS, UNIX_TIMESTAMP(QUERY_SAMPLE_SEEN), QUERY_SAMPLE_TIMER_WAIT, COUNT_STAR - SUM_ERRORS - 1` +
	` FROM performance_schema.events_statements_summary_by_digest WHERE SUM_ERRORS < COUNT_STAR AND` +
	` (DIGEST_TEXT LIKE 'SET %%%[1]s%%' OR DIGEST_TEXT LIKE 'EXECUTE SET %%%[1]s%%' OR DIGEST_TEXT LIKE '%%SET_VAR%%%[1]s%%'%[2]s) LIMIT 200`

// oldDigestSQL is for servers before 8.0, which keep no samples.
const oldDigestSQL = `SELECT NULL, NULL, NULL, UNIX_TIMESTAMP(LAST_SEEN), NULL, DIGEST_TEXT, MAX_TIMER_WAIT, 0, SUM_ERRORS` +
	` FROM performance_schema.events_statements_summary_by_digest WHERE SUM_ERRORS < COUNT_STAR AND (DIGEST_TEXT LIKE 'SET %%%[1]s%%'%[2]s) LIMIT 200`

const generalSQL = `SELECT CONVERT(argument USING utf8mb4), SUBSTRING_INDEX(user_host, '[', 1), user_host, UNIX_TIMESTAMP(event_time), NULL` +
	` FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') AND argument LIKE 'SET%%' AND (argument LIKE '%%%[1]s%%'%[2]s) ORDER BY event_time DESC LIMIT 200`

// queries: `_` in a name stands for any letter in LIKE; parseSet is exact.
func (s Source) queries(variable string) []query {
	list := []query{{source: "general log", sql: fmt.Sprintf(generalSQL, variable, orTransaction("argument", variable))}}
	if s.MariaDB {
		return list
	}
	digest := digestSQL
	if s.NoSamples {
		digest = oldDigestSQL
	}
	return append([]query{
		{source: "statement history", sql: fmt.Sprintf(historySQL, "events_statements_history", variable, orTransaction("e.SQL_TEXT", variable))},
		{source: "statement history", sql: fmt.Sprintf(historySQL, "events_statements_history_long", variable, orTransaction("e.SQL_TEXT", variable))},
		{source: "digest", sql: fmt.Sprintf(digest, variable, orTransaction("DIGEST_TEXT", variable))},
	}, list...)
}

// read turns one row into the assignments of the variable in it.
func (s Source) read(source, variable string, row []*string) []blame.Statement {
	text := cell(row, 0)
	st := blame.Statement{Source: source, When: unixTime(cell(row, 3)), User: cell(row, 1), Host: cell(row, 2), Program: cell(row, 4), Took: picoseconds(cell(row, 6))}
	values := true
	switch source {
	case "statement history":
		st.Login = true
		st.InProgram = strings.HasPrefix(cell(row, 7), "statement/sp/")
	case "general log":
		st.User, st.Host, st.InProgram = generalUser(st.Host)
	case "digest":
		// The sample is one of its runs: only if it is the last one, which succeeded,
		// does it tell what that run set.
		last := cell(row, 7) == "1"
		st.TookAtMost = !last
		st.Earlier, _ = strconv.Atoi(cell(row, 11))
		st.MayHaveFailed = cell(row, 8) != "0"
		values = last && !st.MayHaveFailed
		if !values || text == "" {
			text, values = strings.TrimPrefix(cell(row, 5), "EXECUTE "), false
		}
	}
	earlier := source == "digest" && st.TookAtMost && cell(row, 8) == "0" && cell(row, 0) != ""
	if earlier {
		st.Seen = 1
	}
	found := s.assignments(st, text, variable, values)
	if earlier {
		// The sample is an earlier run, and tells what that one set.
		st.When, st.Took, st.TookAtMost, st.Earlier, st.Seen = unixTime(cell(row, 9)), picoseconds(cell(row, 10)), false, 0, 0
		found = append(found, s.assignments(st, cell(row, 0), variable, true)...)
	}
	return found
}

// assignments are those of the variable in a statement's text.
func (s Source) assignments(st blame.Statement, text, variable string, values bool) []blame.Statement {
	var found []blame.Statement
	for _, a := range parseSet(text) {
		if a.variable != variable {
			continue
		}
		one := st
		one.Scope = a.scope
		if a.literal && values {
			one.Value, one.HasValue = a.value, true
		}
		one.Text = s.show(a, one.HasValue)
		// Of two assignments in one statement the later one counts.
		found = slices.DeleteFunc(found, func(before blame.Statement) bool { return before.Scope == one.Scope })
		found = append(found, one)
	}
	return found
}

// picoseconds reads a timer of performance_schema.
func picoseconds(s string) time.Duration {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return max(time.Duration(n/1000), 1)
}

// show is the statement cut down to the one assignment.
func (s Source) show(a assignment, hasValue bool) string {
	value := "…"
	if hasValue {
		value = a.value
	}
	if s.Sensitive != nil && s.Sensitive(a.variable) {
		value = "***"
	}
	return fmt.Sprintf("SET %s %s = %s", a.scope, a.variable, value)
}

// Anonymous implements blame.Accounts.
func (s Source) Anonymous(ctx context.Context) ([]string, error) {
	rows, _, err := s.Conn.Query(ctx, "SELECT Host FROM mysql.user WHERE User = ''")
	if err != nil {
		return nil, err
	}
	var hosts []string
	for _, row := range rows {
		hosts = append(hosts, cell(row, 0))
	}
	return hosts, nil
}

// history reads a tool's table of parameter changes.
func (s Source) history(ctx context.Context, t HistoryTable, variable string) ([]blame.Statement, error) {
	host := "NULL"
	for _, name := range []string{t.Table, t.Variable, t.Value, t.User, t.When} {
		if !identifier.MatchString(name) {
			return nil, fmt.Errorf("%q is no name of a table or column", name)
		}
	}
	if identifier.MatchString(t.Host) {
		host = quoteName(t.Host)
	}
	sql := fmt.Sprintf("SELECT %s, %s, %s, UNIX_TIMESTAMP(%s) FROM %s WHERE %s = '%s' ORDER BY %s DESC LIMIT 200", quoteName(t.Value), quoteName(t.User), host,
		quoteName(t.When), quoteName(t.Table), quoteName(t.Variable), variable, quoteName(t.When))
	rows, _, err := s.Conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	var found []blame.Statement
	for _, row := range rows {
		a := assignment{scope: "GLOBAL", variable: variable, value: cell(row, 0), literal: true}
		found = append(found, blame.Statement{Source: "parameter history", Scope: a.scope, Text: s.show(a, true), Value: a.value, HasValue: true,
			When: unixTime(cell(row, 3)), User: cell(row, 1), Host: cell(row, 2)})
	}
	return found, nil
}

func quoteName(name string) string {
	return "`" + strings.ReplaceAll(name, ".", "`.`") + "`"
}

// generalUser reads user_host: "root[root] @ localhost []", "app[app] @  [10.0.0.5]",
// "team[zoe] @ …" of a proxy user, whose own name is in the brackets. An event
// runs in its definer's name, without a connection, and so has the account's host
// for an address; somebody who came in by an anonymous account gave any name.
func generalUser(text string) (user, host string, event bool) {
	who, where, _ := strings.Cut(text, "@")
	name, rest, _ := strings.Cut(who, "[")
	user, _, _ = strings.Cut(rest, "]")
	host, address, _ := strings.Cut(where, "[")
	host, address = strings.TrimSpace(host), strings.TrimRight(strings.TrimSpace(address), "]")
	switch {
	case address != "" && host == address:
		return "", "", true
	case strings.TrimSpace(name) == "":
		return "", "", false
	case host == "":
		host = address
	}
	return user, host, false
}

func cell(row []*string, i int) string {
	if i >= len(row) || row[i] == nil {
		return ""
	}
	return *row[i]
}

func unixTime(s string) time.Time {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(f * 1e6)).UTC()
}
