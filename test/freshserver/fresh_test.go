//go:build lab

package freshserver

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"
	"time"
)

// TestFreshServers makes random option files and holds the comparison against
// real servers started with them.
func TestFreshServers(t *testing.T) {
	var total tally
	if dir := os.Getenv("MYSQLDRIFT_FRESH_REPLAY"); dir != "" {
		cases, _ := filepath.Glob(filepath.Join(dir, "*", "truth.json"))
		sort.Strings(cases)
		for _, c := range cases {
			total.judge(t, filepath.Dir(c))
		}
		total.report(t)
		return
	}
	files, seed := number64("MYSQLDRIFT_FRESH_FILES", 0), number64("MYSQLDRIFT_FRESH_SEED", 1)
	end := time.Time{}
	if files == 0 { // the few that every run of the tests can bear
		files, end = 4, time.Now().Add(90*time.Second)
	}
	keep := os.Getenv("MYSQLDRIFT_FRESH_KEEP")
	if keep == "" {
		keep = t.TempDir()
	}
	servers := kinds(t)
	for n := seed; n < seed+files; n++ {
		for _, k := range servers {
			if n > seed && !end.IsZero() && time.Now().After(end) {
				t.Logf("%s seed %d left out: the time is over", k.name, n)
				continue
			}
			dir := filepath.Join(keep, fmt.Sprintf("%s-%04d", k.name, n))
			if err := newGenerator(k).record(t.Context(), t, n, dir, nil); err != nil {
				t.Logf("%s seed %d: %v", k.name, n, err)
				total.failed++
				continue
			}
			total.judge(t, dir)
		}
	}
	total.report(t)
	if total.failed > total.cases {
		t.Errorf("%d of %d files without a server that takes them", total.failed, total.failed+total.cases)
	}
}

func number64(variable string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(os.Getenv(variable), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// tally counts over all cases.
type tally struct {
	cases, failed, states, exact int
	refused, refusedTold         int
	sum                          verdict
}

func (c *tally) judge(t *testing.T, dir string) {
	t.Helper()
	verdicts, err := judge(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.cases++
	for _, v := range verdicts {
		c.states++
		if len(v.wrong) == 0 {
			c.exact++
		}
		c.sum.truth += v.truth
		c.sum.found += v.found
		c.sum.undeclared += v.undeclared
		c.sum.undeclaredFound += v.undeclaredFound
		c.sum.indirect += v.indirect
		for _, w := range v.wrong {
			t.Errorf("%s %s: %s", filepath.Base(dir), v.state, w)
		}
	}
}

func (c *tally) report(t *testing.T) {
	t.Logf("RESULT fresh servers: %d files (%d without a start), %d of %d states exact, declared changes %d of %d found, undeclared %d of %d",
		c.cases, c.failed, c.exact, c.states, c.sum.found, c.sum.truth, c.sum.undeclaredFound, c.sum.undeclared)
	if c.refused > 0 {
		t.Logf("RESULT lines that a server refused: %d of %d told as invalid", c.refusedTold, c.refused)
	}
}
