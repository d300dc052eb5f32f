//go:build lab

package incidents

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// password is root's, in every server.
const password = "incidents-root-pw"

// Every incident is done in the cluster, by the means that people use, and then
// the plugin is asked who it was.
func TestLabIncidents(t *testing.T) {
	l := openLab(t)
	started := time.Now()
	for _, name := range []string{"zoe", "bob"} {
		l.person(name)
	}
	for _, name := range []string{"jenkins", "flux"} {
		l.robot(name)
	}
	changes := prepareObjects(l, newRepository(t))
	l.startServers()
	audited := l.startAudited()
	l.say("servers ready", started)

	l.sql("mysql", accounts)
	l.sql("mariadb", mariadbAccounts)
	l.typed("mysql", beforeRestart)
	l.restart("mysql")
	l.say("MySQL restarted", started)
	l.typed("mysql", sqlIncidents[:1]) // which forgets all digests
	p := dialPool(t, l, "mysql", "pooled")
	p.query(t, "SET GLOBAL "+pooled.variable+" = 4194304")
	p.changeUser(t, "poolapp")
	p.query(t, "SET SESSION "+pooled.variable+" = 1048576")
	unnamed := []row{l.comeNameless("mysql", "")}
	l.typed("mysql", sqlIncidents[1:]) // the last of which make it read-only
	l.typed("mariadb", mariadbIncidents)
	if audited {
		l.typed("audited", auditedIncidents)
		unnamed = append(unnamed, l.comeNameless("audited", audit))
	}
	l.say("SQL incidents done", started)
	for _, c := range changes {
		c.happens()
	}
	l.rollTemplate()
	l.waitForFiles(changes)
	l.say("object incidents done", started)

	rows := append(l.askSQL(audited), unnamed...)
	rows = append(rows, l.askObjects(changes)...)
	rows = append(rows, l.askWorkload()...)
	l.say("blame asked", started)
	for _, r := range rows {
		for _, problem := range []string{r.wrong(), r.slander()} {
			if problem != "" {
				t.Error(problem)
			}
		}
	}
	if len(rows) < 30 {
		t.Errorf("%d incidents, want 30 at least", len(rows))
	}
	if testing.Verbose() {
		printTable(os.Stdout, "Done in the lab: real API server, MySQL, MariaDB, kubectl and Git", rows)
	}
}

func (l *lab) say(what string, since time.Time) {
	l.t.Logf("%s after %s", what, time.Since(since).Round(time.Second))
}

// named puts this run's namespace and addresses into what is expected.
func (l *lab) named(w want) want {
	r := strings.NewReplacer("$namespace", l.namespace, "$toolbox", l.address("toolbox"))
	w.culprit, w.lead = r.Replace(w.culprit), r.Replace(w.lead)
	return w
}

// address is a pod's, kept after the first time.
func (l *lab) address(pod string) string {
	l.t.Helper()
	if l.addresses[pod] == "" {
		l.addresses[pod] = strings.TrimSpace(l.kubectl("", "get", "pod", pod, "-o", "jsonpath={.status.podIP}"))
	}
	return l.addresses[pod]
}

// startServers makes the pods and waits for them.
func (l *lab) startServers() {
	l.t.Helper()
	runtime := map[string]string{"runtime.cnf": options(beforeRestart, sqlIncidents, always, []sqlIncident{pooled, nameless["mysql"]}) + "init_file = /etc/mysql/conf.d/init.sql\n",
		"init.sql": "SET GLOBAL innodb_max_dirty_pages_pct_lwm = 20;\nSET GLOBAL innodb_old_blocks_pct = 50;\n"}
	for name, files := range map[string]map[string]string{
		"runtime": runtime, "mariadb": {"mariadb.cnf": options(mariadbIncidents)},
		"rolled": {"rolled.cnf": "[mysqld]\nlong_query_time = 2\nmax_connections = 100\n"},
	} {
		args := []string{"create", "configmap", name}
		for key, text := range files {
			args = append(args, "--from-literal="+key+"="+text)
		}
		l.kubectl("", args...)
	}
	text, err := os.ReadFile("testdata/servers.yaml")
	if err != nil {
		l.t.Fatal(err)
	}
	manifest := strings.NewReplacer("@PASSWORD@", password, "@MYSQL_IMAGE@", labtest.MySQLImage, "@MARIADB_IMAGE@", labtest.MariaDBImage, "@SOURCES@", sources()).Replace(string(text))
	l.kubectl(manifest, "create", "-f", "-")
	l.kubectl("", "wait", "--for=condition=Ready", "--timeout=110s", "pod/toolbox", "pod/mysql", "pod/mariadb", "pod/rolled-0")
}

// sql runs statements as root over the server's own socket.
func (l *lab) sql(pod, statements string) {
	l.t.Helper()
	l.kubectl(statements, "exec", "-i", pod, "-c", "db", "--", "sh", "-c",
		"MYSQL_PWD="+password+" exec $(command -v mariadb || command -v mysql) --no-defaults -uroot")
}

// typed lets people type, one after the other, in the pod that they work from.
func (l *lab) typed(pod string, list []sqlIncident) {
	l.t.Helper()
	l.kubectl(script(list, l.address(pod)), "exec", "-i", "toolbox", "--", "bash", "-s")
}

// restart shuts the server down; the kubelet starts it again.
func (l *lab) restart(pod string) {
	l.t.Helper()
	l.sql(pod, "SHUTDOWN")
	l.kubectl("", "wait", "pod/"+pod, "--timeout=60s", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1")
	l.kubectl("", "wait", "pod/"+pod, "--timeout=60s", "--for=condition=Ready")
}

// rollTemplate: several people change the StatefulSet's template, each in a
// revision of its own, before its pod is replaced.
func (l *lab) rollTemplate() {
	l.t.Helper()
	const set = "statefulset/rolled"
	l.sql("rolled-0", "SET GLOBAL max_connect_errors = 77")
	patch := func(who, body string) {
		l.as(who, "", "patch", set, "--type=strategic", "-p", body)
		time.Sleep(1100 * time.Millisecond) // revisions and managers keep whole seconds
	}
	patch("zoe", `{"spec":{"template":{"spec":{"containers":[{"name":"db","args":["--performance-schema=OFF","--long-query-time=$(SLOW)","--max-connections=50"]}]}}}}`)
	l.as("bob", "", "annotate", set, "note=seen")
	l.as("bob", "", "scale", set, "--replicas=1")
	l.as("bob", "", "set", "env", set, "SLOW=7")
	time.Sleep(1100 * time.Millisecond)
	l.as("zoe", "", "set", "image", set, "db="+labtest.MySQLImage)
	l.kubectl("", "delete", "pod", "rolled-0")
	l.kubectl("", "wait", "--for=condition=Ready", "--timeout=100s", "pod/rolled-0")
	l.sql("rolled-0", "CREATE USER alice@'%' IDENTIFIED BY 'pw'; GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO alice@'%'")
	l.typed("rolled-0", []sqlIncident{{does: "alice: SET GLOBAL max_connect_errors = 50"}})
}

// waitForFiles waits until the kubelet has brought the last change into the pod.
func (l *lab) waitForFiles(changes []*change) {
	l.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		out := l.kubectl("", "exec", "mysql", "-c", "db", "--", "sh", "-c", "cat /etc/mysql/conf.d/*.cnf")
		late := ""
		for _, c := range changes {
			if c.s.pod == "" && !strings.Contains(out, c.live()) {
				late = c.s.name
			}
		}
		if late == "" {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("the file of %s does not reach the pod", late)
		}
	}
}

// askSQL asks about everything that was done by statements.
func (l *lab) askSQL(audited bool) []row {
	var rows []row
	ask := func(pod, prefix string, list ...sqlIncident) {
		var variables []string
		for _, in := range list {
			variables = append(variables, in.variable)
		}
		got := l.blame(pod, variables, "--no-git")
		for _, in := range list {
			rows = append(rows, row{name: prefix + in.title, done: strings.ReplaceAll(in.does, "\n", "; "), want: l.named(in.want), busy: true, got: got[in.variable]})
		}
	}
	ask("mysql", "", append(append(append([]sqlIncident{}, beforeRestart...), sqlIncidents...), always[0], pooled)...)
	if audited {
		ask("audited", audit, auditedIncidents...)
	}
	ask("mariadb", "", mariadbIncidents...)
	ask("rolled-0", "", sqlIncident{"the performance schema is off", "max_connect_errors", "", "alice: SET GLOBAL max_connect_errors = 50",
		want{hop: runtime, lead: "alice", confidence: blame.NotProven}})
	return rows
}

// askWorkload asks about what came by the pod's template.
func (l *lab) askWorkload() []row {
	got := l.blame("rolled-0", []string{"max_connections", "long_query_time", "lock_wait_timeout"}, "--no-git", "--audit-log", l.auditLog(true))
	return []row{
		{name: "an argument, and others scale and annotate", done: "zoe: kubectl patch; bob: kubectl annotate, kubectl scale", want: want{hop: argument, culprit: "zoe", confidence: blame.Proven}, got: got["max_connections"]},
		{name: "an environment variable in an argument", done: "bob: kubectl set env", want: want{hop: argument, culprit: "bob", confidence: blame.Proven}, got: got["long_query_time"]},
		{name: "image upgrade with a new default", done: "zoe: kubectl set image", want: want{confidence: blame.Proven}, got: got["lock_wait_timeout"]},
	}
}

// askObjects asks about the declaring objects, with more and with less evidence.
func (l *lab) askObjects(changes []*change) []row {
	var rows []row
	for _, kind := range []struct {
		suffix string
		flags  []string
		want   func(objectIncident) *want
	}{
		{"", []string{"--audit-log", l.auditLog(true)}, func(in objectIncident) *want { return in.all }},
		{", audit log without bodies", []string{"--no-git", "--audit-log", l.auditLog(false)}, func(in objectIncident) *want { return in.metadata }},
		{", no audit log", []string{"--no-git"}, func(in objectIncident) *want { return in.bare }},
	} {
		variables := map[string][]string{}
		for _, c := range changes {
			if kind.want(c.in) != nil {
				pod := c.s.podName()
				variables[pod] = append(variables[pod], c.s.variable)
			}
		}
		for pod, names := range variables {
			got := l.blame(pod, names, kind.flags...)
			for _, c := range changes {
				if w := kind.want(c.in); w != nil && c.s.podName() == pod {
					rows = append(rows, row{name: c.in.title + kind.suffix, done: c.in.done, want: c.named(*w), got: got[c.s.variable]})
				}
			}
		}
	}
	return rows
}

// prepareObjects makes each incident's object as it is at the servers' start.
func prepareObjects(l *lab, repo *repository) []*change {
	l.t.Helper()
	var changes []*change
	for _, in := range objectIncidents {
		c := &change{lab: l, repo: repo, in: in, s: in.setting, commits: map[string]string{}}
		if in.before == nil {
			c.applied("jenkins", in.first, nil)
		} else {
			in.before(c)
		}
		changes = append(changes, c)
	}
	return changes
}

// happens lets the incident happen, in a later second than all before.
func (c *change) happens() {
	c.t.Helper()
	c.in.happens(c)
}

// live is the line that the object has in the end.
func (c *change) live() string {
	return fmt.Sprintf("%s = %s\n", c.s.variable, c.in.last)
}
