package fix

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func TestUnified(t *testing.T) {
	if got := unified("a", "b", "x\n", "x\n"); got != "" {
		t.Errorf("%q", got)
	}
	want := "--- a\n+++ b\n@@ -1,2 +1,3 @@\n 1\n-2\n+two\n+3\n\\ No newline at end of file\n"
	if got := unified("a", "b", "1\n2\n", "1\ntwo\n3"); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	// Changes that are far apart get hunks of their own.
	far := strings.Repeat("same\n", 20)
	if got := unified("a", "b", "1\n"+far+"2\n", "one\n"+far+"two\n"); strings.Count(got, "@@ -") != 2 || strings.Count(got, "\n same") > 7 {
		t.Error(got)
	}
}

const manifestFile = `# the shop's database
apiVersion: v1
kind: ConfigMap
metadata:
  name: mysql
data:
  my.cnf: |
    [mysqld]
    max_connections = 2000  # as agreed

    sync_binlog = 1
  other: |
    [mysqld]
    max_connections = 2000
---
kind: Service
`

func gitPlan(t *testing.T, file, inGit, live string) v1.FixStep {
	t.Helper()
	s := world{version: "9.7.4", cnf: live, running: map[string]string{"max_connections": "500" + dynamic, "sync_binlog": "1" + fromFile}}.server(t)
	x := text(live)[TextID("shop", source)]
	x.Git = &GitFile{Repo: "https://git.example/shop.git", Branch: "main", Path: "k8s/mysql.yaml", File: file, Content: inGit}
	plan := Plan(Input{Servers: []Server{s}, Texts: map[string]Text{TextID("shop", source): x}, Prefer: Running,
		Author: "Ann Lee <ann@example.com>", Date: "Fri, 27 Nov 2026 05:00:00 +0000", Tool: "kubectl-mysqldrift v1"})
	if len(plan.Steps) != 1 {
		t.Fatalf("%+v", plan)
	}
	return plan.Steps[0]
}

// git takes the patch as a commit, and the file is as it should be.
func TestGitTakesThePatch(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("needs git")
	}
	const live = "[mysqld]\nmax_connections = 2000  # as agreed\n\nsync_binlog = 1\n"
	for name, tc := range map[string]struct{ file, inGit, want string }{
		"a manifest":        {manifestFile, live, strings.Replace(manifestFile, "2000  # as agreed", "500  # as agreed", 1)},
		"the file itself":   {live, live, strings.Replace(live, "2000", "500", 1)},
		"ahead of the live": {"[mysqld]\nsync_binlog = 1\nmax_connections = 2000", "[mysqld]\nsync_binlog = 1\nmax_connections = 2000", "[mysqld]\nsync_binlog = 1\nmax_connections = 500"},
	} {
		t.Run(name, func(t *testing.T) {
			step := gitPlan(t, tc.file, tc.inGit, live)
			if step.Kind != v1.FixGitPatch || step.Automatic {
				t.Fatalf("%+v", step)
			}
			dir := t.TempDir()
			run := func(args ...string) string {
				t.Helper()
				cmd := exec.Command(git, append([]string{"-C", dir}, args...)...)
				cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@x", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x")
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("git %v: %v\n%s\n%s", args, err, out, step.FileText)
				}
				return string(out)
			}
			write := func(name, content string) {
				t.Helper()
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			run("init", "-q")
			write("k8s/mysql.yaml", tc.file)
			run("add", ".")
			run("commit", "-qm", "begin")
			write("../"+step.File, step.FileText)
			run("am", "-q", filepath.Join(dir, "..", step.File))
			got, err := os.ReadFile(filepath.Join(dir, "k8s/mysql.yaml"))
			if err != nil || string(got) != tc.want {
				t.Errorf("%v\n%s", err, got)
			}
			if log := run("log", "-1", "--format=%an <%ae> %s%n%b"); !strings.Contains(log, "Ann Lee <ann@example.com> mysql: max_connections = 500, as it runs\nshop/mysql-0 runs with max_connections = 500.") {
				t.Error(log)
			}
			// The patch is made for this very file.
			if hash := strings.TrimSpace(run("hash-object", "k8s/mysql.yaml")); !strings.Contains(step.FileText, ".."+hash+" ") {
				t.Errorf("%s is not in\n%s", hash, step.FileText)
			}
		})
	}
}

// Where the patch would not be certain, the ConfigMap is patched and the reason told.
func TestNoPatchForGit(t *testing.T) {
	const live = "[mysqld]\nmax_connections = 2000  # as agreed\n\nsync_binlog = 1\n"
	for name, tc := range map[string]struct{ file, inGit, says string }{
		"twice in the file":   {manifestFile + "---\n" + manifestFile, live, "more than once"},
		"folded in the file":  {"data: {my.cnf: \"[mysqld]\\nmax_connections = 2000  # as agreed\\n\\nsync_binlog = 1\\n\"}\n", live, "as a block of lines"},
		"twice in the text":   {"x", "[mysqld]\nmax_connections = 2000\nmax_connections = 2000\n", "more than once"},
		"gone from the head":  {"x", "[mysqld]\nsync_binlog = 1\n", "does not hold"},
		"a tab in the indent": {"my.cnf: |\n\t[mysqld]\n\tmax_connections = 2000  # as agreed\n\n\tsync_binlog = 1\n", live, "as a block of lines"},
	} {
		step := gitPlan(t, tc.file, tc.inGit, live)
		if step.Kind != v1.FixPatchConfigMap || !strings.Contains(strings.Join(step.Warnings, "\n"), tc.says) {
			t.Errorf("%s: %s %q", name, step.Kind, step.Warnings)
		}
	}
}

// An author or a value with line breaks begins no header and no other patch.
func TestMailHeaders(t *testing.T) {
	p := &planner{in: Input{Author: "a\nSubject: x <a@x>", Date: "d\r\nFrom: y"}}
	text := p.mail(&GitFile{Path: "f"}, "", "", []*change{})
	if strings.Contains(text, "\nSubject: x") || strings.Contains(text, "\nFrom: y") {
		t.Error(text)
	}
	if got := oneLine("a\nb\x1b", 10); got != "a b " {
		t.Errorf("%q", got)
	}
}
