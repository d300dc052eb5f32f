package execute

import (
	"context"
	"fmt"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// statement runs a step's SQL on its server.
func (o Options) statement(ctx context.Context, step *v1.FixStep) (*v1.FixResult, error) {
	conn, login, closeConn, err := o.Open(ctx, step)
	if err != nil {
		return failed(step, err), nil
	}
	defer closeConn()
	if stale, err := o.stale(ctx, conn, step); err != nil || stale != nil {
		if err != nil {
			return failed(step, err), nil
		}
		return stale, nil
	}
	entry := newEntry(step)
	entry.Account, entry.Via = login.Account, login.Via
	if err := o.Audit.begin(entry); err != nil {
		return left("it cannot be recorded"), err
	}
	warnings, err := conn.Change(ctx, step.Statement)
	var result *v1.FixResult
	if err != nil {
		result = failed(step, err)
	} else {
		result = o.readBack(ctx, conn, step)
		result.Warnings = warnings
	}
	return result, o.Audit.end(entry, result)
}

// stale looks again at what the step was planned for: somebody else may have
// changed it, and then the plan is not the answer any more.
func (o Options) stale(ctx context.Context, conn cluster.Changer, step *v1.FixStep) (*v1.FixResult, error) {
	now, there, err := value(ctx, conn, step.Kind == v1.FixResetPersist, step.Variables[0])
	if err != nil {
		return nil, err
	}
	if there && o.Same(step, now, step.From) {
		return nil, nil
	}
	text := fmt.Sprintf("it is %s by now, and was %s when the plan was made", now, step.From)
	if !there {
		text = "it is gone by now"
	}
	return &v1.FixResult{Outcome: v1.FixStale, Value: now, Text: text}, nil
}

// readBack reports what is really so after the statement.
func (o Options) readBack(ctx context.Context, conn cluster.Changer, step *v1.FixStep) *v1.FixResult {
	result := &v1.FixResult{Outcome: v1.FixApplied}
	name := step.Variables[0]
	now, there, err := value(ctx, conn, step.Kind != v1.FixSetGlobal, name)
	switch {
	case err != nil:
		result.Outcome, result.Text = v1.FixDiffers, "it was sent, and could not be read again: "+cluster.ErrorReport(step.Object, err).Text
	case step.Kind == v1.FixResetPersist:
		if there {
			result.Outcome, result.Value, result.Text = v1.FixDiffers, now, "mysqld-auto.cnf still holds it"
		}
	case !there:
		result.Outcome, result.Text = v1.FixDiffers, "it is not there"
	default:
		result.Value = now
		if step.To != "" && !o.Same(step, now, step.To) {
			result.Outcome, result.Text = v1.FixDiffers, fmt.Sprintf("the server made %s of it, not %s", now, step.To)
		}
	}
	return result
}

// value reads a variable, or what is persisted for it. Names were checked when
// the plan was made; they are quoted all the same.
func value(ctx context.Context, conn cluster.Changer, persisted bool, name string) (text string, there bool, err error) {
	statement := "SELECT @@global." + quoteName(name)
	if persisted {
		statement = "SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = '" + strings.ReplaceAll(name, "'", "''") + "'"
	}
	rows, _, err := conn.Query(ctx, statement)
	if err != nil || len(rows) == 0 || len(rows[0]) == 0 || rows[0][0] == nil {
		return "", false, err
	}
	return *rows[0][0], true, nil
}

func quoteName(name string) string {
	parts := strings.Split(name, ".")
	for i := range parts {
		parts[i] = "`" + strings.ReplaceAll(parts[i], "`", "``") + "`"
	}
	return strings.Join(parts, ".")
}
