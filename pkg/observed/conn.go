package observed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// Conn is one connection to one server. It has two forms: NewSQLConn over the
// driver, and a session of the pod's own client (package cluster). A server's
// error is a *mysql.MySQLError in both.
type Conn interface {
	// Query runs one statement and returns all of its rows, NULL as nil, and the
	// names of its columns.
	Query(ctx context.Context, statement string) (rows [][]*string, columns []string, err error)
}

// NewSQLConn makes a Conn of one pinned connection: a broken one is not
// silently replaced, so that all that is read comes from one session.
func NewSQLConn(conn *sql.Conn) Conn { return sqlConn{conn} }

type sqlConn struct{ conn *sql.Conn }

func (c sqlConn) Query(ctx context.Context, statement string) ([][]*string, []string, error) {
	rows, err := c.conn.QueryContext(ctx, statement)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, nil, fmt.Errorf("columns: %w", err)
	}
	var out [][]*string
	fields := make([]sql.NullString, len(columns))
	targets := make([]any, len(columns))
	for i := range fields {
		targets[i] = &fields[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", len(out)+1, err)
		}
		row := make([]*string, len(columns))
		for i, f := range fields {
			if f.Valid {
				s := f.String
				row[i] = &s
			}
		}
		out = append(out, row)
	}
	return out, columns, rows.Err()
}

// Numbers of server errors that say "not allowed" or "not here" of one
// statement, while the connection is fine. From the manual's "Server Error
// Message Reference" and MariaDB's "MariaDB Error Codes".
const (
	errUnknownTable    = 1109
	errTableDenied     = 1142
	errColumnDenied    = 1143
	errSyntax          = 1064
	errNoSuchTable     = 1146
	errUnknownColumn   = 1054
	errSpecificDenied  = 1227
	errWsrepNotReady   = 1047
	errStatementTime   = 3024 // MySQL: max_execution_time exceeded
	errStatementTimeMa = 1969 // MariaDB: max_statement_time exceeded
)

// errorNumber is the server's number of an error, 0 where it is none of the server's.
func errorNumber(err error) uint16 {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number
	}
	return 0
}

// refused reports whether the server answered that one statement may not or
// cannot be run, so that reading on makes sense.
func refused(err error) bool {
	switch errorNumber(err) {
	case errUnknownTable, errTableDenied, errColumnDenied, errSyntax, errNoSuchTable, errUnknownColumn,
		errSpecificDenied, errWsrepNotReady, errStatementTime, errStatementTimeMa:
		return true
	}
	return false
}
