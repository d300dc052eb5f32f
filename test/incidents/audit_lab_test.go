//go:build lab

package incidents

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

const audit = "MariaDB with server_audit: "

// auditedIncidents happen in a MariaDB server whose clock is eight hours ahead and
// which notes statements by its server_audit plugin, from the fourth on also in the
// general log.
var auditedIncidents = []sqlIncident{
	{"only the audit plugin notes it", "max_connections", "200", "alice: SET GLOBAL max_connections = 150",
		want{hop: runtime, lead: "alice@$toolbox", confidence: blame.NotProven}},
	{"SET SESSION, in the audit log alone", "sort_buffer_size", "2097152", "app: SET SESSION sort_buffer_size = 500000",
		want{confidence: blame.Proven}},
	{"a procedure with root's rights: the audit log knows who called it", "connect_timeout", "10", "app: CALL ops.by_root()",
		want{hop: runtime, lead: "app@$toolbox", confidence: blame.NotProven}},
	{"audit log and general log", "max_connect_errors", "100", "root: SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON\nalice: SET GLOBAL max_connect_errors = 50",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Proven}},
	{"the same, for the rest of one statement", "net_write_timeout", "60", "alice: SET STATEMENT max_statement_time = 5 FOR SET GLOBAL net_write_timeout = 61",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Proven}},
	{"the same, and an app tries in vain after", "lock_wait_timeout", "86400", "alice: SET GLOBAL lock_wait_timeout = 60\napp: SET GLOBAL lock_wait_timeout = 60 -- fails",
		want{hop: runtime, culprit: "alice@$toolbox", confidence: blame.Proven}},
	{"an event, in both logs", "net_read_timeout", "30", "root: CREATE EVENT ops.hourly ON SCHEDULE AT NOW() DO SET GLOBAL net_read_timeout = 33\nroot: DO SLEEP(1)",
		want{hop: runtime, confidence: blame.NotProven}},
	{"init_connect sets it when bob connects, in both logs", "binlog_commit_wait_count", "0", "root: SET GLOBAL init_connect = 'SET GLOBAL binlog_commit_wait_count = 5'\nbob: DO 1",
		want{hop: runtime, lead: "bob@$toolbox", confidence: blame.NotProven}},
}

// nameless come in by an account without a name, as somebody who exists elsewhere.
var nameless = map[string]sqlIncident{
	"audited": {"under alice's name by an account without a name, in both logs", "flush_time", "0", "alice, by an account without a name: SET GLOBAL flush_time = 1800",
		want{hop: runtime, confidence: blame.NotProven}},
	"mysql": {"SET PERSIST under alice's name by an account without a name", "innodb_compression_level", "6", "alice, by an account without a name: SET PERSIST innodb_compression_level = 3",
		want{hop: persisted, confidence: blame.NotProven}},
}

const auditedAccounts = mariadbAccounts + `
CREATE USER bob@'%' IDENTIFIED BY 'pw'; GRANT BINLOG ADMIN ON *.* TO bob@'%';
CREATE DATABASE ops; CREATE PROCEDURE ops.by_root() SET GLOBAL connect_timeout = 5; GRANT EXECUTE ON ops.* TO app@'%';
`

// comeNameless makes the account, lets somebody use it on the server's own socket, and
// asks who it was. Then the account goes: while it is there, nobody at all is named who
// comes from there.
func (l *lab) comeNameless(pod, prefix string) row {
	l.t.Helper()
	right := "SYSTEM_VARIABLES_ADMIN"
	if pod == "audited" {
		right = "SUPER"
	}
	l.sql(pod, "CREATE USER ''@localhost; GRANT "+right+" ON *.* TO ''@localhost")
	in := nameless[pod]
	_, statement, _ := strings.Cut(in.does, ": ")
	l.kubectl(statement, "exec", "-i", pod, "-c", "db", "--", "sh", "-c", "exec $(command -v mariadb || command -v mysql) --no-defaults --user=alice")
	got := l.blame(pod, []string{in.variable}, "--no-git")[in.variable]
	l.sql(pod, "DROP USER ''@localhost")
	return row{name: prefix + in.title, done: in.does, want: in.want, got: got}
}

// startAudited makes the server with the plugin, out of Debian's package; false if
// that cannot be had.
func (l *lab) startAudited() bool {
	l.t.Helper()
	plugin, err := serverAuditPlugin(l.t)
	if err != nil {
		l.t.Logf("RESULT no server with server_audit: %v", err)
		return false
	}
	l.kubectl(fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: plugin}, binaryData: {server_audit.so: %s}}`, base64.StdEncoding.EncodeToString(plugin)), "create", "-f", "-")
	l.kubectl("", "create", "configmap", "audited", "--from-literal=audited.cnf="+options(auditedIncidents, []sqlIncident{nameless["audited"]}))
	text, err := os.ReadFile("testdata/audited.yaml")
	if err != nil {
		l.t.Fatal(err)
	}
	l.kubectl(strings.ReplaceAll(string(text), "@MARIADB_IMAGE@", labtest.MariaDBImage), "create", "-f", "-")
	l.kubectl("", "wait", "--for=condition=Ready", "--timeout=110s", "pod/audited")
	l.sql("audited", auditedAccounts)
	return true
}

// serverAuditPlugin takes the plugin out of the package that has it, without
// installing that.
func serverAuditPlugin(t *testing.T) ([]byte, error) {
	dir := t.TempDir()
	for _, command := range [][]string{{"apt-get", "download", "-q", "mariadb-server"}, {"sh", "-c", "dpkg-deb -x mariadb-server_*.deb ."}} {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, out)
		}
	}
	return os.ReadFile(filepath.Join(dir, "usr/lib/mysql/plugin/server_audit.so"))
}
