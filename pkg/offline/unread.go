package offline

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/go-sql-driver/mysql"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// Unread is what a server, or a file with what it said, did not give whole. It
// is no mistake in the call, but what was read proves nothing.
type Unread struct {
	Object string // the file, or the server's address
	Err    error
	part   *model.Snapshot // as far as it was read; nil for nothing
}

func (u *Unread) Error() string { return fmt.Sprintf("%s: %v", u.Object, u.Err) }
func (u *Unread) Unwrap() error { return u.Err }

// report says it in the words of a scan. The reasons are those of package cluster.
func (u *Unread) report() v1.ReportError {
	e := v1.ReportError{Object: u.Object, Tried: "read what the server runs with", Reason: "Failed", Text: u.Err.Error()}
	var cut *observed.CutShort
	var server *mysql.MySQLError
	var network net.Error
	switch {
	case errors.As(u.Err, &cut):
		e.Reason, e.Hint = "CutShort", "take it again, whole: mysql -Be 'SHOW GLOBAL VARIABLES', or kubectl mysqldrift snapshot"
	case errors.Is(u.Err, context.DeadlineExceeded):
		e.Reason, e.Hint = "Timeout", "see whether the server hangs; --timeout gives more time"
	case errors.As(u.Err, &server):
		e.Reason = "ServerError"
		switch server.Number {
		case 1044, 1142, 1227:
			e.Reason, e.Hint = "MissingPrivilege", "docs/grants.md lists the grants that suffice"
		case 1045, 1130, 1698:
			e.Reason, e.Hint = "WrongPassword", "name a working account with --user and --password-stdin"
		}
	case errors.As(u.Err, &network):
		e.Reason, e.Hint = "ConnectionRefused", "see whether the server listens at the address that --dsn names"
	}
	return e
}

// state of an instance that was not read.
func (u *Unread) state() v1.State {
	switch u.report().Reason {
	case "CutShort":
		return v1.StateIncomplete
	case "WrongPassword", "MissingPrivilege":
		return v1.StateUnauthorized
	}
	return v1.StateUnreachable
}
