package optionfile

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The servers whose answers are stored in the corpus, and the groups for which
// they were asked.
var oracleServers = map[string]struct {
	server model.Server
	groups []string
}{
	"mysql": {model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}},
		[]string{"mysql_cluster", "mysqld", "server", "mysqld-9.7"}},
	"mariadb": {model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}},
		[]string{"mysqld", "server", "mysqld-10.11", "mariadb", "mariadb-10.11", "mariadbd", "mariadbd-10.11", "client-server", "galera"}},
}

// oracleAnswer is what my_print_defaults said: see oracle.py in the corpus.
type oracleAnswer struct {
	RC   int               `json:"rc"`
	Args []json.RawMessage `json:"args"`
}

func (a oracleAnswer) lines(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, raw := range a.Args {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			var coded struct{ Base64 []byte }
			if err := json.Unmarshal(raw, &coded); err != nil {
				t.Fatalf("answer %s: %v", raw, err)
			}
			s = string(coded.Base64)
		}
		out = append(out, s)
	}
	return out
}

// printed is what my_print_defaults would print, cut into answers as the
// oracle does: a line that does not start with -- belongs to the one before.
func printed(settings []Setting) []string {
	if len(settings) == 0 {
		return nil
	}
	var all strings.Builder
	for _, s := range settings {
		all.WriteString(s.String() + "\n")
	}
	var out []string
	for _, l := range strings.Split(strings.TrimSuffix(all.String(), "\n"), "\n") {
		if strings.HasPrefix(l, "--") || len(out) == 0 {
			out = append(out, l)
		} else {
			out[len(out)-1] += "\n" + l
		}
	}
	return out
}

func parserCorpus(t *testing.T) string {
	t.Helper()
	root := os.Getenv("MYSQLDRIFT_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	dir := filepath.Join(root, "parser")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no corpus of option files at %s; set MYSQLDRIFT_CORPUS", dir)
	}
	return dir
}

// compareWithOracle reports whether our reading is the oracle's.
func compareWithOracle(t *testing.T, file *File, groups []string, answer oracleAnswer, undo func(string) string) bool {
	t.Helper()
	if answer.RC != 0 {
		if !file.Fatal || len(file.Problems) == 0 {
			t.Errorf("the server refuses the file; we read it: fatal %v, problems %v", file.Fatal, file.Problems)
			return false
		}
		return true
	}
	if file.Fatal {
		t.Errorf("the server reads the file; we do not: %v", file.Problems)
		return false
	}
	got, want := printed(file.For(groups)), answer.lines(t)
	for i := range got {
		got[i] = undo(got[i])
	}
	if strings.Join(got, "\x01") != strings.Join(want, "\x01") {
		t.Errorf("read %d options, the server %d", len(got), len(want))
		for i := range max(len(got), len(want)) {
			g, w := "(none)", "(none)"
			if i < len(got) {
				g = got[i]
			}
			if i < len(want) {
				w = want[i]
			}
			if g != w {
				t.Errorf("first difference, option %d:\n got %.300q\nwant %.300q", i, g, w)
				break
			}
		}
		return false
	}
	return true
}

// prepare copies a corpus entry to a new folder, with @DIR@ put in.
func prepare(t *testing.T, src string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	info, err := os.Stat(src)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		data, err := os.ReadFile(src)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "my.cnf"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	err = filepath.WalkDir(src, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.Name() == "oracle.json" {
			return err
		}
		rel, _ := filepath.Rel(src, p)
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dir, rel), 0o755)
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), []byte(strings.ReplaceAll(string(data), "@DIR@", dir)), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// workingDir looks up relative names in dir, as a server does that runs there.
type workingDir struct{ dir string }

func (w workingDir) abs(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.dir, name)
}
func (w workingDir) ReadFile(name string) ([]byte, os.FileMode, error) {
	return OS().ReadFile(w.abs(name))
}
func (w workingDir) ReadDir(name string) ([]string, error) { return OS().ReadDir(w.abs(name)) }

func TestCorpusAgainstOracles(t *testing.T) {
	root := parserCorpus(t)
	type entry struct{ src, answers string }
	entries := map[string]entry{}
	nasty, _ := filepath.Glob(filepath.Join(root, "nasty", "*", "oracle.json"))
	for _, f := range nasty {
		entries["nasty/"+filepath.Base(filepath.Dir(f))] = entry{filepath.Dir(f), f}
	}
	real, _ := filepath.Glob(filepath.Join(root, "files", "*.cnf"))
	for _, f := range real {
		name := strings.TrimSuffix(filepath.Base(f), ".cnf")
		entries["real/"+name] = entry{f, filepath.Join(root, "corpus", name+".json")}
	}
	if len(entries) < 100 {
		t.Fatalf("only %d files in the corpus at %s", len(entries), root)
	}
	counts := map[string]int{}
	for name, e := range entries {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(e.answers)
			if err != nil {
				t.Fatal(err)
			}
			var answers map[string]oracleAnswer
			if err := json.Unmarshal(raw, &answers); err != nil {
				t.Fatal(err)
			}
			dir := prepare(t, e.src)
			main := filepath.Join(dir, "my.cnf")
			data, err := os.ReadFile(main)
			if err != nil {
				t.Fatal(err)
			}
			for flavour, answer := range answers {
				o := oracleServers[flavour]
				file := Parse(main, data, Options{FS: workingDir{dir}, Server: o.server})
				counts[flavour+" files"]++
				if answer.RC != 0 {
					counts[flavour+" refused"]++
				}
				if compareWithOracle(t, file, o.groups, answer, func(s string) string { return strings.ReplaceAll(s, dir, "@DIR@") }) {
					counts[flavour+" equal"]++
				}
			}
		})
	}
	for _, flavour := range []string{"mysql", "mariadb"} {
		t.Logf("%s: %d of %d files equal to the server's own reading (%d of them refused by it)",
			flavour, counts[flavour+" equal"], counts[flavour+" files"], counts[flavour+" refused"])
	}
}

// The oracles' answers that are not UTF-8 are stored as base64.
func TestOracleAnswerForms(t *testing.T) {
	bytes := []byte("--a=\xa0")
	coded := `{"base64":"` + base64.StdEncoding.EncodeToString(bytes) + `"}`
	got := oracleAnswer{Args: []json.RawMessage{json.RawMessage(`"--b"`), json.RawMessage(coded)}}.lines(t)
	if len(got) != 2 || got[0] != "--b" || got[1] != string(bytes) || utf8.ValidString(got[1]) {
		t.Errorf("lines = %q", got)
	}
}
