package statements

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// serverAudit is the source's name.
const serverAudit = "server audit log"

// AuditFile is the log that an audit plugin of the server writes.
type AuditFile struct {
	Path   string
	Format string // csv, json, xml; "" = one that is not read, see Why
	Why    string
	// Older are the files that it was before it was rotated, newest first.
	Older []string
	// Limit is the length at which a statement is cut, 0 if it is not.
	Limit int
}

// FindAuditFile knows where the plugin writes from the server's variables; nil:
// the server has none that is on. MariaDB's server_audit, Percona's audit_log and
// audit_log_filter, and MySQL's own audit log are known.
func FindAuditFile(variable func(string) string) *AuditFile {
	switch {
	case strings.EqualFold(variable("server_audit_logging"), "ON"):
		return mariadbAudit(variable)
	case variable("audit_log_filter.file") != "":
		return xmlOrJSON(variable, "audit_log_filter.file", "audit_log_filter.format", "audit_log_filter.compression", "audit_log_filter.encryption", "audit_log_filter.handler")
	case variable("audit_log_filter_file") != "":
		return xmlOrJSON(variable, "audit_log_filter_file", "audit_log_filter_format", "audit_log_filter_compression", "audit_log_filter_encryption", "audit_log_filter_handler")
	case variable("audit_log_file") != "":
		return xmlOrJSON(variable, "audit_log_file", "audit_log_format", "audit_log_compression", "audit_log_encryption", "audit_log_handler")
	}
	return nil
}

func mariadbAudit(variable func(string) string) *AuditFile {
	f := &AuditFile{Path: absolute(variable, variable("server_audit_file_path")), Format: "csv"}
	if strings.HasSuffix(f.Path, "/") {
		f.Path += "server_audit.log"
	}
	if kind := variable("server_audit_output_type"); !strings.EqualFold(kind, "file") {
		f.Format, f.Why = "", "it goes to "+strings.ToLower(kind)
	}
	for i := 1; i < 10; i++ {
		f.Older = append(f.Older, fmt.Sprintf("%s.%d", f.Path, i))
	}
	_, _ = fmt.Sscan(variable("server_audit_query_log_limit"), &f.Limit)
	return f
}

func xmlOrJSON(variable func(string) string, file, format, compression, encryption, handler string) *AuditFile {
	f := &AuditFile{Path: absolute(variable, variable(file))}
	switch kind := strings.ToUpper(variable(format)); {
	case strings.EqualFold(variable(handler), "SYSLOG"):
		f.Why = "it goes to syslog"
	case !isOff(variable(compression)) || !isOff(variable(encryption)):
		f.Why = "it is compressed or encrypted"
	case kind == "JSON":
		f.Format = "json"
	case kind == "OLD" || kind == "NEW":
		f.Format = "xml"
	default:
		f.Why = "its format " + kind + " is not read"
	}
	return f
}

func isOff(value string) bool { return value == "" || strings.EqualFold(value, "NONE") }

// absolute: a relative path is one below the data directory.
func absolute(variable func(string) string, name string) string {
	if path.IsAbs(name) {
		return name
	}
	dir := variable("datadir")
	if strings.HasSuffix(name, "/") {
		return path.Join(dir, name) + "/"
	}
	return path.Join(dir, name)
}

// Tails reads the ends of files where the server runs; those that are not there or
// may not be read are left out.
type Tails interface {
	Tail(ctx context.Context, paths []string, most int) (map[string][]byte, error)
}

// mostAudit is how much of the end of each audit file is read.
const mostAudit = 4 << 20

// audited finds the assignments of the variable that the audit plugin has noted, and
// those that failed.
func (s Source) audited(ctx context.Context, variable string) (done, failed []blame.Statement, err error) {
	f := s.Audit
	switch {
	case f == nil:
		return nil, nil, nil
	case f.Format == "":
		return nil, nil, fmt.Errorf("%s: %s", f.Path, f.Why)
	case s.Tails == nil:
		return nil, nil, fmt.Errorf("%s: the files where the server runs are not read", f.Path)
	}
	tails, err := s.Tails.Tail(ctx, append([]string{f.Path}, f.Older...), mostAudit)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := tails[f.Path]; !ok {
		return nil, nil, fmt.Errorf("there is no %s that can be read", f.Path)
	}
	var records []audited
	for i := len(f.Older) - 1; i >= 0; i-- { // oldest first: a file may end within a procedure
		records = append(records, f.records(tails[f.Older[i]])...)
	}
	records = append(records, f.records(tails[f.Path])...)
	markPrograms(records)
	return s.fromAudit(ctx, variable, records)
}

func (f *AuditFile) records(content []byte) []audited {
	switch f.Format {
	case "csv":
		return readCSV(content, f.Limit)
	case "json":
		return readJSON(content)
	}
	return readXML(content)
}

// fromAudit makes statements of the records that set the variable.
func (s Source) fromAudit(ctx context.Context, variable string, records []audited) (done, failed []blame.Statement, err error) {
	var found []blame.Statement
	var local []string // the server's own time, of found by index
	var succeeded []bool
	for _, r := range records {
		if !mentions(r.text, variable) {
			continue
		}
		st := blame.Statement{Source: serverAudit, When: r.when, User: r.user, Host: r.host, Login: r.login, InProgram: r.program}
		for _, one := range s.assignments(st, r.text, variable, !r.cut) {
			found, local, succeeded = append(found, one), append(local, r.local), append(succeeded, !r.failed)
		}
	}
	times, err := s.localTimes(ctx, local)
	if err != nil {
		return nil, nil, fmt.Errorf("the server's time zone: %w", err)
	}
	for i, one := range found {
		if local[i] != "" {
			one.When = times[local[i]]
		}
		if succeeded[i] {
			done = append(done, one)
		} else {
			failed = append(failed, one)
		}
	}
	return done, failed, nil
}

// withoutFailed drops what the general log notes of statements that failed: it notes
// them before they run.
func withoutFailed(found, failed []blame.Statement) []blame.Statement {
	return slices.DeleteFunc(found, func(s blame.Statement) bool {
		if s.Source != "general log" {
			return false
		}
		return slices.ContainsFunc(failed, func(f blame.Statement) bool {
			return s.User == f.User && s.Text == f.Text && s.When.Sub(f.When).Abs() <= 2*time.Second
		})
	})
}

// localTimes lets the server say when its local times were: a plugin writes those,
// and the offset may have changed since.
func (s Source) localTimes(ctx context.Context, local []string) (map[string]time.Time, error) {
	times := map[string]time.Time{}
	var asked, columns []string
	for _, l := range local {
		if _, known := times[l]; known || l == "" {
			continue
		}
		times[l] = time.Time{}
		asked = append(asked, l)
		columns = append(columns, "UNIX_TIMESTAMP(CONVERT_TZ('"+l+"', 'SYSTEM', @@session.time_zone))")
	}
	if len(asked) == 0 {
		return times, nil
	}
	rows, _, err := s.Conn.Query(ctx, "SELECT "+strings.Join(columns, ", "))
	if err != nil {
		return nil, err
	}
	for i, l := range asked {
		if len(rows) == 1 {
			times[l] = unixTime(cell(rows[0], i))
		}
	}
	return times, nil
}
