package observed

import (
	"context"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// reply is what a fake server answers to the first statement that contains a text.
type reply struct {
	contains string
	columns  []string
	rows     [][]*string
	err      error
}

// fakeConn answers from a table and keeps what it was asked.
type fakeConn struct {
	replies []reply
	asked   []string
}

func (f *fakeConn) Query(_ context.Context, statement string) ([][]*string, []string, error) {
	f.asked = append(f.asked, statement)
	for _, r := range f.replies {
		if strings.Contains(statement, r.contains) {
			return r.rows, r.columns, r.err
		}
	}
	return nil, nil, nil
}

func refusal(number uint16, text string) error {
	return &mysql.MySQLError{Number: number, Message: text}
}

// cells makes a row; "NULL" stands for NULL.
func cells(values ...string) []*string {
	row := make([]*string, len(values))
	for i := range values {
		if values[i] != "NULL" {
			row[i] = &values[i]
		}
	}
	return row
}
