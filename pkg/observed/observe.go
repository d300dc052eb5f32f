package observed

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The first two statements. A Conn that must prove its login sends them ahead
// and keeps the answer, so that the proof costs no statement of its own.
const (
	BeginStatement    = "START TRANSACTION READ ONLY"
	IdentityStatement = "SELECT VERSION() AS v, @@version_comment AS c, @@hostname AS h, UNIX_TIMESTAMP(NOW(6)) AS t"
)

// MaxStatements is how many statements Observe sends at most.
const MaxStatements = 5

// Options of Observe.
type Options struct {
	// StatementTimeout is what the server is told to give a SELECT; 0 means 10 s.
	StatementTimeout time.Duration
}

var errBudget = errors.New("all of the statements allowed for one server were used")

// reader counts statements and collects what could not be read.
type reader struct {
	conn  Conn
	limit time.Duration
	spent int
	snap  *model.Snapshot
}

func (r *reader) query(ctx context.Context, statement string) ([]row, error) {
	if r.spent >= MaxStatements {
		return nil, errBudget
	}
	r.spent++
	raw, columns, err := r.conn.Query(ctx, statement)
	if err != nil {
		return nil, err
	}
	index := make(map[string]int, len(columns))
	for i, c := range columns {
		index[strings.ToLower(c)] = i
	}
	rows := make([]row, len(raw))
	for i := range raw {
		rows[i] = row{index, raw[i]}
	}
	return rows, nil
}

func (r *reader) note(format string, args ...any) {
	r.snap.Notes = append(r.snap.Notes, fmt.Sprintf(format, args...))
}

// row reads fields by the column's name, whatever its case.
type row struct {
	index  map[string]int
	fields []*string
}

func (r row) value(column string) (string, bool) {
	i, ok := r.index[column]
	if !ok || i >= len(r.fields) || r.fields[i] == nil {
		return "", false
	}
	return *r.fields[i], true
}

func (r row) get(column string) string { s, _ := r.value(column); return s }

// Observe reads a server through at most MaxStatements statements, in a
// read-only transaction, with a time limit on each SELECT. No session variable
// is set: SET SESSION would leave our own name in variables_info. What a grant
// or a version does not let it read becomes a note, not an error; an error
// means that the variables themselves could not be read.
func Observe(ctx context.Context, conn Conn, opts Options) (*model.Snapshot, error) {
	limit := opts.StatementTimeout
	if limit <= 0 {
		limit = 10 * time.Second
	}
	r := &reader{conn: conn, limit: limit, snap: &model.Snapshot{
		TakenAt:   time.Now(),
		Variables: map[string]model.Variable{},
		Persisted: map[string]model.Persisted{},
	}}
	if _, err := r.query(ctx, BeginStatement); err != nil && !refused(err) {
		return nil, fmt.Errorf("start a read-only transaction: %w", err)
	}
	if err := r.identity(ctx); err != nil {
		return nil, err
	}
	if err := r.variables(ctx); err != nil {
		return nil, err
	}
	if err := r.role(ctx); err != nil {
		return nil, err
	}
	return r.snap, r.longValues(ctx)
}

// identity asks which server it is and what its clock says: times of changes
// are compared with the server's clock, not with that of this machine.
func (r *reader) identity(ctx context.Context) error {
	rows, err := r.query(ctx, IdentityStatement)
	if err != nil && !refused(err) {
		return fmt.Errorf("ask for the server's version: %w", err)
	}
	if err != nil || len(rows) != 1 {
		return nil // the variables hold the version too
	}
	if t := unixTime(rows[0].get("t")); !t.IsZero() {
		r.snap.TakenAt = t
	}
	r.snap.Hostname = rows[0].get("h")
	return r.setServer(rows[0].get("v"), rows[0].get("c"))
}

func (r *reader) setServer(version, comment string) error {
	text := version
	if strings.Contains(strings.ToLower(comment), "mariadb") && !strings.Contains(strings.ToLower(version), "mariadb") {
		text += "-MariaDB" // the version of a distribution's build may leave the name out
	}
	server, err := model.ParseServer(text)
	if err != nil {
		return err
	}
	server.Raw = version
	r.snap.Server = server
	return nil
}

// variables reads them with as much as the server tells, falling back to what
// every server answers.
func (r *reader) variables(ctx context.Context) error {
	server := r.snap.Server
	var err error
	switch {
	case server.Flavour == model.MariaDB:
		err = r.mariadbVariables(ctx)
	case server.Version.AtLeast(8, 0, 0):
		err = r.mysqlVariables(ctx)
	default:
		return r.showVariables(ctx)
	}
	if err == nil || !refused(err) {
		return err
	}
	r.note("sources of variables could not be read (%v): who changed what is not known", err)
	return r.showVariables(ctx)
}

// showVariables reads names and values only: any account may on any version.
func (r *reader) showVariables(ctx context.Context) error {
	rows, err := r.query(ctx, "SHOW GLOBAL VARIABLES")
	if err != nil {
		return fmt.Errorf("read the global variables: %w", err)
	}
	for _, row := range rows {
		name := strings.ToLower(row.get("variable_name"))
		r.snap.Variables[name] = model.Variable{Name: name, Value: row.get("value")}
	}
	if r.snap.Server.Version.IsZero() {
		if err := r.setServer(r.snap.Variables["version"].Value, r.snap.Variables["version_comment"].Value); err != nil {
			return err
		}
		r.snap.Hostname = r.snap.Variables["hostname"].Value
	}
	return nil
}

// longValues reads values again that were as long as the server's tables hold,
// all of them in one statement.
func (r *reader) longValues(ctx context.Context) error {
	limit := shownLength(r.snap.Server)
	names := cutNames(r.snap.Variables, limit)
	if len(names) == 0 {
		return nil
	}
	var columns []string
	for i, name := range names {
		columns = append(columns, fmt.Sprintf("@@global.%s AS v%d", quoteVariable(name), i))
	}
	rows, err := r.query(ctx, "SELECT "+strings.Join(columns, ", "))
	if err != nil && !refused(err) && !errors.Is(err, errBudget) {
		return fmt.Errorf("read long values whole: %w", err)
	}
	if err != nil || len(rows) != 1 {
		for _, name := range names {
			v := r.snap.Variables[name]
			v.Truncated = true
			r.snap.Variables[name] = v
		}
		r.note("values cut at %d: %s", limit, strings.Join(names, ", "))
		return nil
	}
	for i, name := range names {
		v := r.snap.Variables[name]
		v.Value = rows[0].get("v" + strconv.Itoa(i))
		r.snap.Variables[name] = v
	}
	return nil
}

// unixTime reads a UNIX_TIMESTAMP with a fraction; zero for NULL and nonsense.
func unixTime(text string) time.Time {
	whole, fraction, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	nanos, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	return time.Unix(seconds, nanos).UTC()
}
