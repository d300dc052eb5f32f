package offline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

const examples = "../../docs/examples"

// files writes files into a folder and returns it.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func compare(t *testing.T, optionFile string) v1.DriftReport {
	t.Helper()
	list, err := Compare(t.Context(), Config{OptionFiles: []string{optionFile}, Observed: filepath.Join(examples, "variables.tsv")})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items[0]
}

func where(r v1.DriftReport, variable string) string {
	for _, f := range r.Findings {
		if f.Variable == variable && f.Drift {
			return f.Declared.Path
		}
	}
	return ""
}

func TestIncludes(t *testing.T) {
	dir := files(t, map[string]string{
		"my.cnf":         "[mysqld]\n!includedir conf.d/\n!include one.cnf\n!include deep/two.cnf\n",
		"conf.d/a.cnf":   "[mysqld]\nmax_connections=1\n",
		"conf.d/a.conf":  "[mysqld]\nlong_query_time=5\n",
		"one.cnf":        "[mysqld]\nback_log=7\n",
		"deep/two.cnf":   "[mysqld]\n!include deep/three.cnf\n",
		"deep/three.cnf": "[mysqld]\ntmp_table_size=2M\n",
	})
	r := compare(t, filepath.Join(dir, "my.cnf"))
	for variable, want := range map[string]string{"max_connections": "conf.d/a.cnf", "back_log": "one.cnf", "tmp_table_size": "deep/three.cnf", "long_query_time": ""} {
		if got := where(r, variable); got != want {
			t.Errorf("%s is declared in %q, want %q", variable, got, want)
		}
	}
	if len(r.GovernedBy) != 5 {
		t.Errorf("governed by %+v, want five files", r.GovernedBy)
	}
	if notes := strings.Join(r.Notes, "\n"); strings.Contains(notes, "is not followed") {
		t.Errorf("notes: %s", notes)
	}
}

// Names of the server's machine may mean another thing here, and a file from
// elsewhere must not make us open what it likes: they are not followed, which is
// told with the line, and what stands after them is read.
func TestIncludesElsewhere(t *testing.T) {
	other := files(t, map[string]string{"other.cnf": "[mysqld]\nback_log=7\n", "secret": "word-of-the-other-folder\n"})
	dir := files(t, map[string]string{"my.cnf": "[mysqld]\n!include " + other + "/other.cnf\n!includedir /no/such/folder\n!includedir absent\n" +
		"!include ../" + filepath.Base(other) + "/secret\n!include link.cnf\n!includedir folder\nmax_connections=1\n"})
	for link, target := range map[string]string{"link.cnf": other + "/secret", "folder": other} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	r := compare(t, filepath.Join(dir, "my.cnf"))
	if where(r, "back_log") != "" || where(r, "max_connections") == "" {
		t.Errorf("findings: %+v", r.Findings)
	}
	lines := map[int]string{}
	for _, f := range r.Findings {
		if f.Variable == v1.VariableIncludeNotFollowed {
			lines[f.Declared.Line] = f.Message
		}
	}
	for line, want := range map[int]string{2: "the server's machine", 3: "the server's machine", 4: "it is not here", 5: "the server's machine", 6: "a link leads out of", 7: "a link leads out of"} {
		if !strings.Contains(lines[line], want) {
			t.Errorf("line %d: %q, want %q", line, lines[line], want)
		}
	}
	text, err := json.Marshal(r)
	if err != nil || len(lines) != 6 {
		t.Errorf("%d includes are told of, want 6: %v", len(lines), err)
	}
	if strings.Contains(string(text), "word-of") {
		t.Error("what stands in a file from elsewhere is printed")
	}
	if len(r.Notes) < 6 {
		t.Errorf("notes: %q", r.Notes)
	}
}

// With a root, absolute names are the server's, and still none leads out of it.
func TestIncludeRoot(t *testing.T) {
	other := files(t, map[string]string{"out.cnf": "[mysqld]\ntmp_table_size=2M\n"})
	root := files(t, map[string]string{
		"etc/my.cnf":              "[mysqld]\n!includedir /etc/mysql/conf.d/\n!include /etc/out.cnf\n!include /../../etc/deep.cnf\n",
		"etc/mysql/conf.d/a.cnf":  "[mysqld]\nback_log=7\n",
		"etc/mysql/conf.d/a.conf": "[mysqld]\nlong_query_time=5\n",
		"etc/deep.cnf":            "[mysqld]\nmax_connections=1\n",
	})
	if err := os.Symlink(other+"/out.cnf", filepath.Join(root, "etc/out.cnf")); err != nil {
		t.Skip("needs symbolic links: ", err)
	}
	cfg := Config{OptionFiles: []string{filepath.Join(root, "etc/my.cnf")}, Observed: filepath.Join(examples, "variables.tsv"), IncludeRoot: root}
	list, err := Compare(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := list.Items[0]
	if where(r, "back_log") != "/etc/mysql/conf.d/a.cnf" || where(r, "max_connections") == "" || where(r, "tmp_table_size") != "" {
		t.Errorf("findings: %+v", r.Findings)
	}
	cfg.IncludeRoot = filepath.Join(root, "absent")
	if _, err := Compare(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "--include-root") {
		t.Errorf("a root that is not there: %v", err)
	}
}

// An absolute name below the file's own folder is the same file here and there.
func TestIncludesBelow(t *testing.T) {
	dir := files(t, map[string]string{"conf.d/a.cnf": "[mysqld]\nback_log=7\n"})
	if err := os.WriteFile(filepath.Join(dir, "my.cnf"), []byte("!includedir "+dir+"/conf.d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := compare(t, filepath.Join(dir, "my.cnf")); where(r, "back_log") == "" {
		t.Errorf("findings: %+v", r.Findings)
	}
}
