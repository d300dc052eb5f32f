//go:build lab

package fix

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each class is put right, on both servers, by both ways, and a second look
// finds it so. The steps come one after the other on each server.
func TestEachClass(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, tc := range classes {
				if tc.only == "" || tc.only == f.name {
					t.Run(tc.name, func(t *testing.T) { tc.test(t, f) })
				}
			}
		})
	}
}

var classes = []struct {
	name, only string
	test       func(t *testing.T, f flavour)
}{
	{"RuntimeOverride", "", func(t *testing.T, f flavour) {
		overrule(t, f, "max_connections", "99", "SET GLOBAL max_connections = 123", "123", "RuntimeOverride", "port-forward")
	}},
	{"UndeclaredChange", "", func(t *testing.T, f flavour) {
		overrule(t, f, "wait_timeout", "1000", "SET GLOBAL wait_timeout = DEFAULT", "28800", "UndeclaredChange", "exec")
	}},
	{"a value that the server adjusts", "", adjusted},
	{"a value that would end a string", "", func(t *testing.T, f flavour) {
		for _, via := range []string{"port-forward", "exec"} {
			overrule(t, f, "slow_query_log_file", "'/var/lib/mysql/other.log'", "_utf8mb4 X'", `/var/lib/mysql/it's\slow.log`, "RuntimeOverride", via)
		}
	}},
	{"PersistedOverride", "mysql", persistedOverride},
	{"PendingPersist", "mysql", pendingPersist},
	{"ArgumentOverride", "", func(t *testing.T, f flavour) {
		plugin(t, nil, "fix", "sts/"+f.name, "max_connect_errors", "--apply", "--yes").want(t, 1,
			"By hand", "take --max-connect-errors out of the arguments of statefulset/"+f.name, "for you to take", "1 finding is left")
	}},
	{"running, as a patch", "", keepRunning},
	{"running, as a new line", "", addLine},
	{"running, by SET PERSIST", "", setPersist},
	{"running, as a commit", "", commit},
	{"NotApplied", "mysql", notApplied},
	{"PendingRestart", "mysql", func(t *testing.T, f flavour) { restarted(t, f, "") }},
	{"StaleMount", "mariadb", func(t *testing.T, f flavour) { restarted(t, f, "StaleMount") }},
	{"questions", "", questions},
	{"questions on a terminal", "", answers},
}

// overrule sets a variable, and has fix set it back.
func overrule(t *testing.T, f flavour, variable, value, statement, back, class, via string) {
	t.Helper()
	sql(t, f.pod(), "SET GLOBAL "+variable+" = "+value)
	plugin(t, nil, "fix", "pod/"+f.pod(), variable, "--via", via).want(t, 1, statement, class, "1 step for 1 finding")
	plugin(t, nil, "fix", "pod/"+f.pod(), variable, "--via", via, "--apply", "--yes").want(t, 0, "✔ 1. done: "+variable+" is "+back, "nothing is left to fix")
	if got := sql(t, f.pod(), "SELECT @@global."+variable); got != back {
		t.Errorf("%s is %s", variable, got)
	}
	plugin(t, nil, "diff", "pod/"+f.pod(), variable).want(t, 0)
}

// adjusted: SET GLOBAL of the text as declared would be an error where sql_mode
// has STRICT_ALL_TABLES; what the server makes of it at a start is none.
func adjusted(t *testing.T, f flavour) {
	before := sql(t, f.pod(), "SELECT @@global.sql_mode")
	sql(t, f.pod(), "SET GLOBAL sql_mode = 'TRADITIONAL', GLOBAL max_allowed_packet = 2097152")
	defer sql(t, f.pod(), "SET GLOBAL sql_mode = '"+before+"'")
	plugin(t, nil, "fix", "pod/"+f.pod(), "max_allowed_packet", "--apply", "--yes").want(t, 0,
		"SET GLOBAL max_allowed_packet = 999424", "1000000 is declared, of which the server makes 999424", "✔ 1. done: max_allowed_packet is 999424")
}

func persistedOverride(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET PERSIST long_query_time = 0.5")
	plugin(t, nil, "fix", "pod/"+f.pod(), "long_query_time", "--apply", "--yes").want(t, 0,
		"RESET PERSIST IF EXISTS long_query_time", "SET GLOBAL long_query_time = 2;", "✔ 1. done: mysqld-auto.cnf holds no long_query_time", "✔ 2. done: long_query_time is 2")
	if got := sql(t, f.pod(), "SELECT COUNT(*) FROM performance_schema.persisted_variables"); got != "0" {
		t.Errorf("%s persisted", got)
	}
}

func pendingPersist(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET PERSIST_ONLY back_log = 77")
	for _, side := range []string{"declared", "running"} {
		plugin(t, nil, "fix", "pod/"+f.pod(), "back_log", "--prefer", side).want(t, 1, "RESET PERSIST IF EXISTS back_log", "77 → not persisted")
	}
	plugin(t, nil, "fix", "pod/"+f.pod(), "back_log", "--via", "exec", "--apply", "--yes").want(t, 0, "nothing is left to fix")
}

// keepRunning declares what runs; the API server judges it first, and changes nothing.
func keepRunning(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET GLOBAL table_open_cache = 500")
	before := declared(t, f)
	plugin(t, nil, "fix", "pod/"+f.pod(), "table_open_cache", "--prefer", "running", "--dry-run=server").want(t, 1,
		"-table_open_cache = 400  # as agreed", "+table_open_cache = 500  # as agreed", "✔ 1. accepted")
	if declared(t, f) != before {
		t.Fatal("a dry run changed the ConfigMap")
	}
	dir := t.TempDir()
	plugin(t, nil, "fix", "pod/"+f.pod(), "table_open_cache", "--prefer", "running", "--apply", "--yes", "--patch-dir", dir).want(t, 0, "✔ 1. done", "nothing is left to fix")
	if got := declared(t, f); got != strings.Replace(before, "table_open_cache = 400", "table_open_cache = 500", 1) {
		t.Errorf("the ConfigMap holds\n%s", got)
	}
	// What was written for kubectl patch says the same, and is too late by now.
	patch, err := os.ReadFile(filepath.Join(dir, namespace+"-configmap-"+f.name+".yaml"))
	if err != nil || !strings.Contains(string(patch), "table_open_cache = 500") {
		t.Errorf("%v\n%s", err, patch)
	}
	if out, err := kubectlRun(t, nil, "patch", "configmap", f.name, "--type", "merge", "--patch-file", filepath.Join(dir, namespace+"-configmap-"+f.name+".yaml")); err == nil {
		t.Errorf("a patch for an old version was taken: %s", out)
	}
}

// commit: the file in the repository that became the key, a manifest, gets the
// value by git am; the ConfigMap is left to the delivery.
func commit(t *testing.T, f flavour) {
	dir, patches := t.TempDir(), t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=c", "-c", "user.email=c@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	before := declared(t, f)
	manifest := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + f.name + "\n  namespace: " + namespace + "\ndata:\n  my.cnf: |\n    " +
		strings.ReplaceAll(strings.TrimSuffix(before, "\n"), "\n", "\n    ") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "mysql.yaml"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-qm", "begin")
	sql(t, f.pod(), "SET GLOBAL max_connections = 97")
	defer sql(t, f.pod(), "SET GLOBAL max_connections = 123")
	plugin(t, nil, "fix", "pod/"+f.pod(), "max_connections", "--prefer", "running", "--git-repo", dir, "--patch-dir", patches, "--author", "Ann <ann@example.com>").want(t, 1,
		"Commit to "+dir+" main:mysql.yaml", "+    max_connections = 97", "for you to take", "Wrote ")
	git("am", "-q", filepath.Join(patches, "0001-mysql-max-connections-97-as-it-runs.patch"))
	got, err := os.ReadFile(filepath.Join(dir, "mysql.yaml"))
	if err != nil || string(got) != strings.Replace(manifest, "max_connections = 123", "max_connections = 97", 1) {
		t.Errorf("%v\n%s", err, got)
	}
	if log := git("log", "-1", "--format=%an %s"); log != "Ann mysql: max_connections = 97, as it runs\n" {
		t.Error(log)
	}
	if declared(t, f) != before {
		t.Error("the ConfigMap was changed")
	}
}

func addLine(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET GLOBAL interactive_timeout = 1234")
	plugin(t, nil, "fix", "pod/"+f.pod(), "interactive_timeout", "--prefer", "running", "--apply", "--yes").want(t, 0, "+interactive_timeout = 1234", "nothing is left to fix")
	if got := declared(t, f); !strings.HasSuffix(got, "\ninteractive_timeout = 1234\n") {
		t.Errorf("the ConfigMap holds\n%s", got)
	}
}

func setPersist(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET GLOBAL net_read_timeout = 44")
	defer sql(t, f.pod(), "SET GLOBAL net_read_timeout = DEFAULT")
	run := plugin(t, nil, "fix", "pod/"+f.pod(), "net_read_timeout", "--prefer", "running", "--persist", "--apply", "--yes")
	if f.name == "mariadb" {
		run.want(t, 1, "MariaDB has no SET PERSIST")
		return
	}
	run.want(t, 1, "SET PERSIST net_read_timeout = 44", "✔ 1. done: net_read_timeout is 44", "PersistedOverride")
	sql(t, f.pod(), "RESET PERSIST IF EXISTS net_read_timeout")
}

func notApplied(t *testing.T, f flavour) {
	declare(t, f, "connect_timeout = 11", "connect_timeout = 12")
	// Until the kubelet has written the file it is StaleMount, and NotApplied then.
	plugin(t, nil, "fix", "pod/"+f.pod(), "connect_timeout").want(t, 1, "SET GLOBAL connect_timeout = 12")
	plugin(t, nil, "fix", "pod/"+f.pod(), "connect_timeout", "--apply", "--yes").want(t, 0, "✔ 1. done: connect_timeout is 12")
}

// restarted: a static variable needs a new start, a file that nothing updates a
// new pod. fix waits until the pod is back, and looks again.
func restarted(t *testing.T, f flavour, class string) {
	declare(t, f, "back_log = 60", "back_log = 70")
	plugin(t, nil, "fix", "sts/"+f.name, "back_log", "--apply", "--yes").want(t, 0,
		class, "Restart statefulset/"+f.name, "there is one pod", "✔ 1. done", "nothing is left to fix")
	if got := sql(t, f.pod(), "SELECT @@global.back_log"); got != "70" {
		t.Errorf("back_log is %s", got)
	}
}

// Without an answer nothing is done; what is done is recorded, without secrets.
func questions(t *testing.T, f flavour) {
	sql(t, f.pod(), "SET GLOBAL net_write_timeout = 77")
	plugin(t, nil, "fix", "pod/"+f.pod(), "net_write_timeout", "--apply").want(t, 2, "standard input is no terminal")
	if got := sql(t, f.pod(), "SELECT @@global.net_write_timeout"); got != "77" {
		t.Fatalf("it was set to %s", got)
	}
	audit := filepath.Join(t.TempDir(), "audit.jsonl")
	got := plugin(t, nil, "fix", "pod/"+f.pod(), "net_write_timeout", "--apply", "--yes", "--audit-file", audit, "-o", "json").want(t, 0, "Recorded in "+audit)
	var plan struct {
		Kind  string
		Steps []struct {
			Result struct{ Outcome, Value string }
		}
		Summary struct{ Findings, Applied, Remaining int }
	}
	if err := json.Unmarshal([]byte(got.out), &plan); err != nil || plan.Kind != "FixPlan" || len(plan.Steps) != 1 || plan.Steps[0].Result.Value != "60" || plan.Summary.Applied != 1 {
		t.Errorf("%v\n%s", err, got.out)
	}
	data, err := os.ReadFile(audit)
	if err != nil || strings.Count(string(data), "\n") != 2 || !strings.Contains(string(data), `"statement":"SET GLOBAL net_write_timeout = DEFAULT"`) ||
		!strings.Contains(string(data), `"kubeUser":"lab-admin"`) || strings.Contains(string(data), rootPassword) {
		t.Errorf("%v\n%s", err, data)
	}
}

// answers: on a terminal each step is asked for, with server and value, and done
// only on a yes.
func answers(t *testing.T, f flavour) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no script(1) here: apt-get install bsdutils")
	}
	sql(t, f.pod(), "SET GLOBAL net_write_timeout = 78")
	question := "Set net_write_timeout to 60, now 78, on " + namespace + "/" + f.pod()
	for _, tc := range []struct {
		answer, now string
		code        int
		words       string
	}{
		{"n\n", "78", 1, "1 finding is left"}, {"\n", "78", 1, "1 finding is left"}, {"what?\n", "78", 1, "1 finding is left"},
		{"y\n", "60", 0, "nothing is left to fix"},
	} {
		onTerminal(t, tc.answer, "fix", "pod/"+f.pod(), "net_write_timeout", "--apply").want(t, tc.code, question, "[y/N]", tc.words)
		if got := sql(t, f.pod(), "SELECT @@global.net_write_timeout"); got != tc.now {
			t.Errorf("after the answer %q it is %s, want %s", tc.answer, got, tc.now)
		}
	}
}
