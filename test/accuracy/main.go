// Command accuracy prints how exact the comparison without a cluster is on the
// corpus of real option files: with and without the sources of the values, the
// time of a case, and pt-config-diff beside it. The corpus' own scorer judges.
// Run it from the repository's root: go run ./test/accuracy [-peer=false]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
)

func main() {
	peer := flag.Bool("peer", true, "run pt-config-diff on the same cases")
	flag.Parse()
	if err := run(*peer); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func run(peer bool) error {
	corpus := os.Getenv("MYSQLDRIFT_CORPUS")
	if corpus == "" {
		corpus = filepath.Join("..", "shared", "corpus")
	}
	cases, _ := filepath.Glob(filepath.Join(corpus, "dev", "*", "truth.json"))
	if len(cases) == 0 {
		fmt.Printf("SKIPPED: no corpus in %s; set MYSQLDRIFT_CORPUS\n", corpus)
		return nil
	}
	sort.Strings(cases)
	full, err := filepath.Abs(corpus)
	if err != nil {
		return err
	}
	if err := parser(full); err != nil {
		return err
	}
	for _, sources := range []bool{true, false} {
		title := "mysqldrift"
		if !sources {
			title = "mysqldrift, without the sources of the values"
		}
		if err := ours(corpus, cases, sources, title); err != nil {
			return err
		}
	}
	if !peer {
		return nil
	}
	if _, err := exec.LookPath("pt-config-diff"); err != nil {
		fmt.Println("SKIPPED: pt-config-diff is not installed")
		return nil
	}
	fmt.Println("\n== pt-config-diff")
	return score(corpus, "--builtin", "pt-config-diff")
}

// ours judges all cases in all their states and has them scored.
func ours(corpus string, cases []string, sources bool, title string) error {
	results := map[string]map[string]any{}
	start, runs := time.Now(), 0
	for _, c := range cases {
		dir := filepath.Dir(c)
		states := map[string]any{}
		for _, state := range []string{"clean", "drifted", "edited", "restarted"} {
			answer, err := judge(dir, state, sources)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return fmt.Errorf("%s %s: %w", filepath.Base(dir), state, err)
			}
			states[state] = answer
			runs++
		}
		results[filepath.Base(dir)] = states
	}
	took := time.Since(start) / time.Duration(runs)
	f, err := os.CreateTemp("", "accuracy-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(json.NewEncoder(f).Encode(results), f.Close()); err != nil {
		return err
	}
	fmt.Printf("\n== %s: %d runs, %.1f ms each\n", title, runs, float64(took.Microseconds())/1000)
	details := f.Name() + ".details"
	defer os.Remove(details)
	if err := score(corpus, "--results", f.Name(), "--details", details); err != nil || !sources {
		return err
	}
	return remaining(details)
}

// answer is what the scorer takes.
type answer struct {
	Drift   []string `json:"drift"`
	Pending []string `json:"pending"`
}

func judge(dir, state string, sources bool) (*answer, error) {
	option, dump := "my.cnf", state
	if state == "edited" {
		option, dump = "edited.cnf", "clean"
	}
	var server struct{ Version, Flavour string }
	text, err := os.ReadFile(filepath.Join(dir, "server.json"))
	if err == nil {
		err = json.Unmarshal(text, &server)
	}
	if err != nil {
		return nil, err
	}
	cfg := offline.Config{
		OptionFiles: []string{filepath.Join(dir, option)}, ServerVersion: server.Version,
		Observed: filepath.Join(dir, dump+".variables.tsv.gz"),
	}
	if sources {
		cfg.Sources = filepath.Join(dir, dump+".sources.tsv.gz")
	}
	if persisted := filepath.Join(dir, dump+".persisted.tsv.gz"); exists(persisted) {
		cfg.Persisted = persisted
	}
	list, err := offline.Compare(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	out := &answer{Drift: []string{}, Pending: []string{}}
	for _, f := range list.Items[0].Findings {
		switch {
		case f.Class == v1.PendingPersist:
			out.Pending = append(out.Pending, f.Variable)
		case f.Drift:
			out.Drift = append(out.Drift, f.Variable)
		}
	}
	return out, nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func score(corpus string, args ...string) error {
	cmd := exec.Command("python3", append([]string{filepath.Join(corpus, "score.py"), "--split", "dev"}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
