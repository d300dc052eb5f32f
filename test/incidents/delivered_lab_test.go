//go:build lab

package incidents

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// deliveredLab is a namespace whose configuration a delivery tool's own programs
// bring out of a real repository.
type deliveredLab struct {
	*lab
	repo *repository
	rows []row
	// tool is the tool's name for people, objects what it works by.
	tool    string
	objects []string
}

// openDelivered skips the test unless the lab runs the tool's programs.
func openDelivered(t *testing.T, tool, command string, programs ...string) *deliveredLab {
	t.Helper()
	l := &deliveredLab{lab: openLab(t), tool: tool}
	status, _ := exec.Command(root+"/bin/lab", "status").Output() // exit code 1 is about other components
	for _, name := range programs {
		line := status[:0]
		for each := range strings.Lines(string(status)) {
			if strings.HasPrefix(each, name+" ") {
				line = []byte(each)
			}
		}
		if !strings.HasSuffix(strings.TrimSpace(string(line)), " up") {
			t.Skipf("%s does not run in the lab: bin/lab %s builds and starts it; MYSQLDRIFT_%s=1 make test does so too", tool, command, strings.ToUpper(command))
		}
	}
	l.repo = newRepository(t)
	return l
}

// step is a part of the story, told in order.
func (l *deliveredLab) step(name string, happens func(t *testing.T)) {
	outer := l.t
	defer func() { l.t, l.repo.t = outer, outer }()
	if !outer.Run(name, func(t *testing.T) {
		l.t, l.repo.t = t, t
		happens(t)
	}) {
		outer.Logf("%s did not go as it should; what follows builds on it", name)
	}
}

// apply makes objects of a file in testdata.
func (l *deliveredLab) apply(name string) {
	l.t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		l.t.Fatal(err)
	}
	l.kubectl(strings.NewReplacer("@PASSWORD@", password, "@MYSQL_IMAGE@", labtest.MySQLImage, "@MARIADB_IMAGE@", labtest.MariaDBImage, "@URL@", l.repo.url, "@NAMESPACE@", l.namespace).Replace(string(text)), "apply", "-f", "-")
}

// sets commits the manifest of the option file with a value, and other files.
func (l *deliveredLab) sets(author string, connections int, more map[string]string) string {
	l.t.Helper()
	files := map[string]string{"shop/mysql.yaml": fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mysql\ndata:\n  my.cnf: |\n    [mysqld]\n    max_connections = %d\n", connections)}
	for name, text := range more {
		files[name] = text
	}
	return l.repo.commit(author, fmt.Sprintf("Set max_connections to %d", connections), files)
}

// trace asks the plugin for the one chain of a workload. text is what a person sees.
func (l *deliveredLab) trace(workload string, flags ...string) (r v1.TraceReport, code int, text string) {
	l.t.Helper()
	args := append([]string{"mysqldrift", "trace", "-n", l.namespace, workload}, flags...)
	out, err := l.run("", "", append(args, "-o", "json")...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatalf("trace: %v", err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	var list v1.TraceReportList
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Items) != 1 {
		l.t.Fatalf("trace printed %d chains (%v):\n%s", len(list.Items), err, out)
	}
	text, _ = l.run("", "", append(args, "-o", "wide")...)
	return list.Items[0], code, text
}

// chain is what a trace must say: the states of hops, a word of a reason.
type chain struct {
	states  map[string]string // by hop; all others are ok
	why     string            // in some hop's reason
	arrived bool
	blocked string
	finding string
}

func (l *deliveredLab) expect(t *testing.T, want chain) v1.TraceReport {
	t.Helper()
	r, code, text := l.trace("sts/mysql")
	var problems []string
	said := ""
	for _, h := range r.Hops {
		state := want.states[h.Hop]
		if state == "" {
			state = "ok"
		}
		if h.State != state {
			problems = append(problems, fmt.Sprintf("%s is %s, want %s", h.Hop, h.State, state))
		}
		said += h.Why + "\n"
	}
	for _, f := range r.Findings {
		said += string(f.Class) + "\n"
	}
	if len(r.Hops) != 7 {
		problems = append(problems, fmt.Sprintf("%d hops, want 7", len(r.Hops)))
	}
	if r.Arrived != want.arrived || code != map[bool]int{true: 0, false: 1}[want.arrived] {
		problems = append(problems, fmt.Sprintf("arrived %v with exit code %d", r.Arrived, code))
	}
	if (r.Blocked != "") != (want.blocked != "") || !strings.Contains(r.Blocked, want.blocked) {
		problems = append(problems, fmt.Sprintf("blocked %q, want %q", r.Blocked, want.blocked))
	}
	if !strings.Contains(said, want.why) || !strings.Contains(said, want.finding) {
		problems = append(problems, fmt.Sprintf("it says neither %q nor %q", want.why, want.finding))
	}
	if len(problems) > 0 {
		objects := ""
		for _, object := range append(l.objects, "configmap/mysql") {
			out, _ := l.run("", "", append([]string{"get", "--show-managed-fields", "-o", "yaml"}, strings.Fields(object)...)...)
			objects += "---\n" + out
		}
		t.Errorf("%s\n%s\n%s", strings.Join(problems, "\n"), text, objects)
	} else {
		l.show(t, text)
	}
	return r
}

// show prints what a person would see, for whoever wants to look.
func (l *deliveredLab) show(t *testing.T, text string) {
	if os.Getenv("MYSQLDRIFT_LAB_SHOW") != "" {
		t.Logf("\n%s", text)
	}
}

// who asks blame, with the API server's audit log, who it was.
func (l *deliveredLab) who(t *testing.T, name string, w want) {
	t.Helper()
	r := row{name: name, done: "by " + l.tool, want: w, got: l.blame("mysql-0", []string{"max_connections"}, "--audit-log", l.auditLog(true))["max_connections"]}
	for _, problem := range []string{r.wrong(), r.slander()} {
		if problem != "" {
			t.Error(problem)
		}
	}
	l.rows = append(l.rows, r)
	l.show(t, r.got.Verdict.Text)
}

// fileHas waits until the kubelet has brought a line into the pod.
func (l *deliveredLab) fileHas(line string) {
	l.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		if out := l.kubectl("", "exec", "mysql-0", "-c", "db", "--", "cat", "/etc/mysql/conf.d/my.cnf"); strings.Contains(out, line) {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("%q does not reach the pod", line)
		}
	}
}

// watch runs `trace --watch` to its end while something happens.
func (l *deliveredLab) watch(t *testing.T, workload string, meanwhile func()) (code int, lines string) {
	t.Helper()
	type result struct {
		out string
		err error
	}
	done := make(chan result, 1)
	go func() {
		out, err := l.run("", "", "mysqldrift", "trace", "-n", l.namespace, workload, "--watch", "--interval", "1s", "--give-up", "100s")
		done <- result{out, err}
	}()
	time.Sleep(3 * time.Second)
	meanwhile()
	r := <-done
	var exit *exec.ExitError
	if r.err != nil && !errors.As(r.err, &exit) {
		t.Fatal(r.err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	l.show(t, r.out)
	return code, r.out
}

func mustSay(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		at := strings.Index(text, w)
		if at < 0 {
			t.Errorf("it does not say %q (in this order)", w)
			return
		}
		text = text[at+len(w):]
	}
}
