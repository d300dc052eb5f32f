package cluster

import (
	"context"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// Changer is a connection by which a server may be changed. Only pkg/fix/execute
// uses it.
type Changer interface {
	observed.Conn
	// Change runs one statement outside any transaction and returns the warnings
	// that the server gave to it.
	Change(ctx context.Context, statement string) (warnings []string, err error)
}

var (
	_ Changer = witnessed{}
	_ Changer = (*podClient)(nil)
)

const showWarnings = "SHOW WARNINGS"

// Change implements Changer over the driver. A connection that was opened for it
// is in no transaction.
func (c witnessed) Change(ctx context.Context, statement string) ([]string, error) {
	if _, _, err := c.Query(ctx, statement); err != nil {
		return nil, err
	}
	rows, _, err := c.Query(ctx, showWarnings)
	return warnings(rows), err
}

// Change implements Changer by the pod's client: the read-only transaction that
// every run of it begins with is ended, and the warnings are the result that the
// client prints.
func (c *podClient) Change(ctx context.Context, statement string) ([]string, error) {
	rows, _, err := c.ask(ctx, "ROLLBACK", statement, showWarnings)
	return warnings(rows), err
}

// warnings are rows of level, code and message.
func warnings(rows [][]*string) []string {
	var out []string
	for _, row := range rows {
		var parts []string
		for _, field := range row {
			if field != nil {
				parts = append(parts, *field)
			}
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}
