package offline

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestCleanServersShowNoDrift holds every option file of the corpus against the
// server that was just started with it: whatever is found is a false alarm.
func TestCleanServersShowNoDrift(t *testing.T) {
	corpus := os.Getenv("MYSQLDRIFT_CORPUS")
	if corpus == "" {
		corpus = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	cases, _ := filepath.Glob(filepath.Join(corpus, "dev", "*", "server.json"))
	if len(cases) == 0 {
		t.Skip("no corpus of real option files here; set MYSQLDRIFT_CORPUS")
	}
	for _, c := range cases {
		dir := filepath.Dir(c)
		var server struct {
			Version    string
			Overridden []string
		}
		text, err := os.ReadFile(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &server); err != nil {
			t.Fatal(err)
		}
		onCommandLine := map[string]bool{"bind_address": true, "socket": true}
		for _, name := range server.Overridden {
			onCommandLine[name] = true
		}
		list, err := Compare(context.Background(), Config{
			OptionFiles: []string{filepath.Join(dir, "my.cnf")}, ServerVersion: server.Version,
			Observed: filepath.Join(dir, "clean.variables.tsv.gz"), Sources: filepath.Join(dir, "clean.sources.tsv.gz"),
		})
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, f := range list.Items[0].Findings {
			if f.Drift && !onCommandLine[f.Variable] {
				t.Errorf("%s: %s: %s", filepath.Base(dir), f.Variable, f.Message)
			}
		}
	}
}
