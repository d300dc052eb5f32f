package observed

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Statement is a SET statement that a server remembers having run.
type Statement struct {
	// Text as it was sent, or as a digest with its values taken out.
	Text string
	// User and Host of the session; empty if it has ended, or for a digest.
	User, Host string
	// At is when it ran; for a digest, when one like it ran last.
	At time.Time
	// First and Count of a digest's runs; zero otherwise.
	First time.Time
	Count string
	// Table is the performance_schema table that remembers it.
	Table string
}

// ObserveStatements asks what SET GLOBAL or SET PERSIST statements on a variable
// the server remembers: each session's last ten, and digests. It needs SELECT on
// performance_schema; what may not be read becomes a note. It is for explaining
// one variable, and not part of Observe. Texts are as users typed them and may
// set other variables too: they must be cut down before they are shown.
func ObserveStatements(ctx context.Context, conn Conn, variable string) (found []Statement, notes []string, err error) {
	pattern := "'%" + strings.NewReplacer(`\`, ``, `'`, ``, `%`, ``).Replace(variable) + "%'"
	for _, q := range []struct{ table, statement string }{
		{"events_statements_history", historyStatement("events_statements_history", pattern)},
		{"events_statements_history_long", historyStatement("events_statements_history_long", pattern)},
		{"events_statements_summary_by_digest", digestStatement(pattern)},
	} {
		rows, columns, err := conn.Query(ctx, q.statement)
		if err != nil {
			if !refused(err) {
				return found, notes, fmt.Errorf("read performance_schema.%s: %w", q.table, err)
			}
			notes = append(notes, fmt.Sprintf("performance_schema.%s could not be read: %v", q.table, err))
			continue
		}
		index := make(map[string]int, len(columns))
		for i, c := range columns {
			index[strings.ToLower(c)] = i
		}
		for i := range rows {
			r := row{index, rows[i]}
			found = append(found, Statement{
				Text: r.get("text"), User: r.get("user"), Host: r.get("host"), Table: q.table,
				At: unixTime(r.get("at")), First: unixTime(r.get("first")), Count: r.get("count"),
			})
		}
	}
	return found, notes, nil
}

// historyStatement dates events by the timer of this very statement: the timers
// count picoseconds from a moment near the server's start.
func historyStatement(table, pattern string) string {
	return fmt.Sprintf(`SELECT e.SQL_TEXT AS text, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host,`+
		` UNIX_TIMESTAMP(NOW(6)) - (n.TIMER_START - e.TIMER_START) / 1000000000000 AS at`+
		` FROM performance_schema.%s e LEFT JOIN performance_schema.threads t ON t.THREAD_ID = e.THREAD_ID`+
		` JOIN (SELECT MAX(c.TIMER_START) AS TIMER_START FROM performance_schema.events_statements_current c`+
		` JOIN performance_schema.threads me ON me.THREAD_ID = c.THREAD_ID WHERE me.PROCESSLIST_ID = CONNECTION_ID()) n`+
		` WHERE e.EVENT_NAME = 'statement/sql/set_option' AND e.SQL_TEXT LIKE %s`+
		` AND (e.SQL_TEXT LIKE '%%GLOBAL%%' OR e.SQL_TEXT LIKE '%%PERSIST%%') LIMIT 100`, table, pattern)
}

func digestStatement(pattern string) string {
	return fmt.Sprintf(`SELECT DIGEST_TEXT AS text, UNIX_TIMESTAMP(LAST_SEEN) AS at, UNIX_TIMESTAMP(FIRST_SEEN) AS first, COUNT_STAR AS count`+
		` FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST_TEXT LIKE 'SET%%' AND DIGEST_TEXT LIKE %s`+
		` AND (DIGEST_TEXT LIKE '%%GLOBAL%%' OR DIGEST_TEXT LIKE '%%PERSIST%%') LIMIT 100`, pattern)
}
