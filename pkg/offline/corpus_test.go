package offline

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// corpusCase is what the corpus knows of one server; its truth was taken from
// the server itself.
type corpusCase struct {
	dir    string
	server struct {
		Version    string
		Overridden []string
	}
	truth struct {
		Truth     []corpusChange
		Restarted []corpusChange
		Edited    struct {
			Truth []corpusChange
			Edits []struct{ Option string }
		}
	}
	catalogue *sysvar.Catalogue
}

type corpusChange struct {
	Variable            string
	Drifted             bool
	DeclaredInFile      bool `json:"declared_in_file"`
	AfterEqualsDeclared bool `json:"after_equals_declared"`
	Kind                string
}

func corpusCases(t *testing.T) []*corpusCase {
	t.Helper()
	var out []*corpusCase
	for _, dir := range corpusDirs(t) {
		out = append(out, readCase(t, dir))
	}
	return out
}

// corpusDirs are the cases' folders.
func corpusDirs(t testing.TB) []string {
	t.Helper()
	corpus := os.Getenv("MYSQLDRIFT_CORPUS")
	if corpus == "" {
		corpus = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	found, _ := filepath.Glob(filepath.Join(corpus, "dev", "*", "server.json"))
	if len(found) == 0 {
		t.Skip("no corpus of real option files here; set MYSQLDRIFT_CORPUS")
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return found
}

func readCase(t testing.TB, dir string) *corpusCase {
	t.Helper()
	c := &corpusCase{dir: dir}
	for name, into := range map[string]any{"server.json": &c.server, "truth.json": &c.truth} {
		text, err := os.ReadFile(filepath.Join(c.dir, name))
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	server, err := model.ParseServer(c.server.Version)
	if err != nil {
		t.Fatal(err)
	}
	c.catalogue = sysvar.For(server)
	return c
}

// name is one name for all that are one variable, empty for what does not count.
func (c *corpusCase) name(variable string) string {
	group := c.catalogue.Group(strings.ReplaceAll(variable, "-", "_"))
	for _, o := range append([]string{"bind_address", "socket"}, c.server.Overridden...) {
		if c.catalogue.Group(o) == group {
			return ""
		}
	}
	return group
}

// compare is what we find in one state, by group.
func (c *corpusCase) compare(t *testing.T, state string) (map[string]string, error) {
	option, dump := "my.cnf", state
	if state == "edited" {
		option, dump = "edited.cnf", "clean"
	}
	cfg := Config{OptionFiles: []string{filepath.Join(c.dir, option)}, ServerVersion: c.server.Version,
		Observed: filepath.Join(c.dir, dump+".variables.tsv.gz"), Sources: filepath.Join(c.dir, dump+".sources.tsv.gz")}
	for _, p := range []string{cfg.OptionFiles[0], cfg.Observed} {
		if _, err := os.Stat(p); err != nil {
			return nil, err
		}
	}
	if p := filepath.Join(c.dir, dump+".persisted.tsv.gz"); fileExists(p) {
		cfg.Persisted = p
	}
	list, err := Compare(t.Context(), cfg)
	if err != nil {
		return nil, err
	}
	if n := len(list.Items[0].Errors); n > 0 {
		t.Errorf("%s %s: %d errors: %v", filepath.Base(c.dir), state, n, list.Items[0].Errors[0])
	}
	out := map[string]string{}
	for _, f := range list.Items[0].Findings {
		if group := c.name(f.Variable); f.Drift && f.Class != v1.PendingPersist && group != "" {
			out[group] = f.Message
		}
	}
	return out, nil
}

func fileExists(path string) bool { _, err := os.Stat(path); return err == nil }

// expected are the groups that must be found, and those that may be.
func (c *corpusCase) expected(state string) (must, may map[string]bool) {
	must, may = map[string]bool{}, map[string]bool{}
	changes := map[string][]corpusChange{"drifted": c.truth.Truth, "restarted": c.truth.Restarted, "edited": c.truth.Edited.Truth}[state]
	direct := map[string]bool{}
	for _, e := range c.truth.Edited.Edits {
		if r := c.catalogue.Resolve(e.Option); r.Variable != "" {
			direct[c.catalogue.Group(r.Variable)] = true
		}
	}
	for _, ch := range changes {
		group := c.name(ch.Variable)
		switch {
		case group == "":
		case ch.AfterEqualsDeclared, state == "restarted" && ch.Kind == "other",
			state == "edited" && ch.Drifted && !direct[group], ch.Drifted && !ch.DeclaredInFile:
			may[group] = true
		case ch.Drifted:
			must[group] = true
		}
	}
	return must, may
}

// TestCorpus holds every option file of the corpus against its real server in
// all four states: nothing that did not change is found, and every declared
// variable that did.
func TestCorpus(t *testing.T) {
	for _, c := range corpusCases(t) {
		for _, state := range []string{"clean", "drifted", "edited", "restarted"} {
			found, err := c.compare(t, state)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Fatalf("%s %s: %v", c.dir, state, err)
			}
			must, may := c.expected(state)
			for _, group := range slices.Sorted(maps.Keys(found)) {
				if !must[group] && !may[group] {
					t.Errorf("%s %s: false alarm: %s: %s", filepath.Base(c.dir), state, group, found[group])
				}
			}
			for _, group := range slices.Sorted(maps.Keys(must)) {
				if found[group] == "" {
					t.Errorf("%s %s: missed: %s", filepath.Base(c.dir), state, group)
				}
			}
		}
	}
}
