package configfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

const whole = `# a comment
defaults:
  timeout: 1m
  parallel: 32
verbs:
  diff:
    output: wide
ignore:
- variable: max-connections
  workload: statefulset/mysql
  reason: load test
  expires: 2026-03-04
severities:
  Long-Query-Time: P0
annotations: {commit: example.com/commit}
jenkins: {url: "https://ci.example.com"}
git:
  branch: main
  trustedHosts: [git.example.com]
`

func TestParse(t *testing.T) {
	c, err := parse("f.yaml", []byte(whole), userFile)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Files: []string{"f.yaml"},
		Defaults: map[string]Value{
			"timeout": {[]string{"1m"}, Place{"f.yaml", 3}}, "parallel": {[]string{"32"}, Place{"f.yaml", 4}},
			"annotations": {[]string{"commit=example.com/commit"}, Place{"f.yaml", 15}},
			"jenkins-url": {[]string{"https://ci.example.com"}, Place{"f.yaml", 16}},
			"git-branch":  {[]string{"main"}, Place{"f.yaml", 18}}, "git-trusted-host": {[]string{"git.example.com"}, Place{"f.yaml", 19}},
		},
		Verbs:      map[string]map[string]Value{"diff": {"output": {[]string{"wide"}, Place{"f.yaml", 7}}}},
		Ignore:     []Rule{{policy.Ignore{Variable: "max_connections", Workload: "statefulset/mysql", Reason: "load test", Expires: "2026-03-04"}, Place{"f.yaml", 9}}},
		Severities: policy.Severities{"long_query_time": v1.P0},
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	if said := c.Expired(day); len(said) != 1 || !strings.HasPrefix(said[0], "f.yaml:9: ") {
		t.Errorf("expired: %q", said)
	}
	if said := c.Expired(day.Add(-time.Second)); len(said) != 0 {
		t.Errorf("on the last day: %q", said)
	}
	if v, ok := c.Flag("diff", "output"); !ok || v.Texts[0] != "wide" {
		t.Errorf("diff's output %v", v)
	}
	if _, ok := c.Flag("status", "output"); ok {
		t.Error("status has diff's output")
	}
	if c, err := parse("f.yaml", []byte("# only a comment\n"), userFile); err != nil || len(c.Ignore) != 0 {
		t.Errorf("empty file: %v", err)
	}
}

// Every fault is told with the line where it stands.
func TestFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		whose owner
		want  string
	}{
		"section":           {"ignore: []\nignored: []\n", userFile, `f.yaml:2: there is no section "ignored"`},
		"a list":            {"- x\n", userFile, `f.yaml:1: the file is not made of sections`},
		"flag":              {"defaults:\n  timeout: 1m\n  no-such: x\n", userFile, "f.yaml:3: there is no flag --no-such"},
		"verb":              {"verbs:\n  stat: {}\n", userFile, `f.yaml:2: there is no verb "stat"`},
		"verb's flag":       {"verbs:\n  status:\n    replicas: true\n", userFile, "f.yaml:3: status has no flag --replicas"},
		"type":              {"defaults:\n  parallel: many\n", userFile, "f.yaml:2: defaults.parallel: must be of type integer, not string"},
		"duration":          {"defaults:\n\n  timeout: soon\n", userFile, "f.yaml:3: defaults.timeout: want a time such as 30s or 5m"},
		"no reason":         {"ignore:\n- variable: x\n  reason: r\n- variable: y\n", userFile, "f.yaml:4: ignore.1.reason: is required"},
		"field":             {"ignore:\n- variable: x\n  reason: r\n  until: 2026-01-01\n", userFile, `f.yaml:4: ignore.0 has no field "until"`},
		"date":              {"ignore:\n- variable: x\n  reason: r\n  expires: tomorrow\n", userFile, "f.yaml:4: ignore.0.expires: "},
		"pattern":           {"ignore:\n- variable: '['\n  reason: r\n", userFile, "f.yaml:2: ignore rule: pattern"},
		"severity":          {"severities:\n  x: P9\n", userFile, "f.yaml:2: severities.x: should be one of"},
		"twice":             {"ignore: []\ngit: {}\nignore: []\n", userFile, `f.yaml:3: "ignore" stands here a second time, first in line 1`},
		"alias":             {"defaults: &a {timeout: 1m}\n", userFile, "f.yaml:1: anchors"},
		"documents":         {"ignore: []\n---\nignore: []\n", userFile, "a second document"},
		"no YAML":           {"ignore: [\n", userFile, "f.yaml: line "},
		"no mapping":        {"- x\n", userFile, "f.yaml:1: "},
		"asked for only":    {"defaults: {password-stdin: true}\n", userFile, "no flag --password-stdin that a file may set"},
		"repository's host": {"jenkins:\n  url: https://evil.example.com\n", repositoryFile, "f.yaml:2: --jenkins-url belongs into your own file"},
		"repository's git":  {"git:\n  trustedHosts: [evil.example.com]\n", repositoryFile, "f.yaml:2: --git-trusted-host belongs"},
		"repository's flag": {"verbs:\n  diff:\n    kubeconfig: ./k\n", repositoryFile, "f.yaml:3: --kubeconfig belongs"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("f.yaml", []byte(tc.text), tc.whose)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
		})
	}
	if _, err := parse("f.yaml", []byte("git: {branch: main}\ndefaults: {namespace: shop}\n"), repositoryFile); err != nil {
		t.Errorf("what a repository may say: %v", err)
	}
}

func TestLoad(t *testing.T) {
	home, repo := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv(PathEnv, "")
	write(t, filepath.Join(home, "mysqldrift/config.yaml"), "defaults: {timeout: 1m, parallel: 8}\nignore: [{variable: a, reason: r}]\n")
	write(t, filepath.Join(repo, RepositoryFile), "defaults: {timeout: 2m}\nignore: [{variable: b, reason: r}]\n")
	below := filepath.Join(repo, "k8s", "base")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	load := func(named string) *Config {
		t.Helper()
		c, err := Load(named, below)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := load(""); len(c.Files) != 1 {
		t.Errorf("a file outside a repository was read: %v", c.Files)
	}
	write(t, filepath.Join(repo, ".git/HEAD"), "")
	c := load("")
	if c.Defaults["timeout"].Texts[0] != "2m" || c.Defaults["parallel"].Texts[0] != "8" || len(c.Ignore) != 2 {
		t.Errorf("%+v", c)
	}
	if c := load(None); len(c.Files) != 0 {
		t.Errorf("none read %v", c.Files)
	}
	if _, err := Load(filepath.Join(home, "missing.yaml"), below); err == nil {
		t.Error("a file that was named and is not there is no error")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAppend(t *testing.T) {
	rule := policy.Ignore{Variable: "sync_binlog", Workload: "statefulset/mysql", Reason: "yes: #1", Owner: "dba@example.com", Expires: "2026-12-31"}
	const text = "variable: sync_binlog\nworkload: statefulset/mysql\nreason: 'yes: #1'\nowner: dba@example.com\nexpires: 2026-12-31\n"
	item := func(dash, gap string) string {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		return dash + "-" + gap[1:] + strings.Join(lines, dash+gap) + "\n"
	}
	for name, tc := range map[string]struct{ old, want string }{
		"no file":        {"", "# yaml-language-server: $schema=" + SchemaURL + "\nignore:\n" + item("  ", "  ")},
		"no list":        {"git: {branch: main} # ours", "git: {branch: main} # ours\nignore:\n" + item("  ", "  ")},
		"only comments":  {"# hello\n", "# hello\nignore:\n" + item("  ", "  ")},
		"empty list":     {"ignore: [] # none yet\ngit: {}\n", "ignore: # none yet\n" + item("  ", "  ") + "git: {}\n"},
		"bare key":       {"ignore:\n", "ignore:\n" + item("  ", "  ")},
		"at the end":     {"ignore:\n- variable: a\n  reason: r # why\n", "ignore:\n- variable: a\n  reason: r # why\n" + item("", "  ")},
		"in the middle":  {"ignore:\n  -  variable: a\n     reason: |\n       long\n\n# of git\ngit: {}\n", "ignore:\n  -  variable: a\n     reason: |\n       long\n" + item("  ", "   ") + "\n# of git\ngit: {}\n"},
		"no end of line": {"ignore:\n- variable: a\n  reason: r", "ignore:\n- variable: a\n  reason: r\n" + item("", "  ")},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Append("f.yaml", []byte(tc.old), rule, true)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, string(got)); d != "" {
				t.Error(d)
			}
		})
	}
	for name, old := range map[string]string{"flow style": "ignore: [{variable: a, reason: r}]\n", "broken": "ignore: {}\n"} {
		if got, err := Append("f.yaml", []byte(old), rule, true); err == nil {
			t.Errorf("%s: no error, wrote %s", name, got)
		}
	}
	held := []byte("ignore:\n- variable: sync-binlog\n  workload: sts/mysql\n  reason: r\n")
	var there *AlreadyError
	if _, err := Append("f.yaml", held, policy.Ignore{Variable: "sync_binlog", Workload: "statefulset/mysql", Reason: "r"}, true); !errors.As(err, &there) || there.Place.Line != 2 {
		t.Errorf("the same rule again: %v", err)
	}
	if _, err := Append("f.yaml", held, policy.Ignore{Variable: "sync_binlog", Workload: "statefulset/mysql", Reason: "other"}, true); err != nil {
		t.Errorf("another reason: %v", err)
	}
	for _, reason := range []string{"two\nlines", "- dash", "x: y", "'", `"`, "true", "12", "2026-01-01", "é 中", "\x1b[31m"} {
		r := policy.Ignore{Variable: "x", Reason: reason}
		if _, err := Append("f.yaml", nil, r, false); err != nil {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
}

// Two rules of one file for the same drift are told; one that expired, or one of
// another file, is not a second one.
func TestRepeated(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	one, err := parse("f.yaml", []byte(`ignore:
- {variable: a, reason: r, expires: 2020-01-01}
- {variable: a, reason: r}
- {variable: a, namespace: shop, reason: r}
- {variable: A, reason: again}
`), userFile)
	if err != nil {
		t.Fatal(err)
	}
	if said := one.Repeated(now); len(said) != 1 || !strings.HasPrefix(said[0], "f.yaml:5: a rule for the same drift of a stands in line 3") {
		t.Errorf("said %q", said)
	}
	other, err := parse("g.yaml", []byte("ignore: [{variable: b, reason: r}]\n"), userFile)
	if err != nil {
		t.Fatal(err)
	}
	other.add(&Config{Ignore: []Rule{{Ignore: policy.Ignore{Variable: "b", Reason: "r"}, Place: Place{"h.yaml", 2}}}})
	if said := other.Repeated(now); len(said) > 0 {
		t.Errorf("said %q", said)
	}
}
