// Command runner runs `go test -json` steps one after another, prints a line a
// package as it ends and a failing test's output, and closes with what passed,
// failed and was skipped, each skip with its reason.
//
//	runner [-only NAME[,NAME]] [-list]
//
// The steps stand in steps.go. Exit status 1 if anything failed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "comma-separated names of the steps to run (default: all)")
	list := flag.Bool("list", false, "list the steps")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *list {
		for _, s := range steps {
			fmt.Printf("%-10s %s\n", s.name, s.what)
		}
		return
	}
	if err := run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string) error {
	chosen := steps
	if only != "" {
		names := strings.Split(only, ",")
		chosen = nil
		for _, s := range steps {
			if slices.Contains(names, s.name) {
				chosen = append(chosen, s)
			}
		}
		if len(chosen) != len(names) {
			return fmt.Errorf("runner: -only %s names a step that is not there; -list prints them", only)
		}
	}
	var t tally
	for _, s := range chosen {
		fmt.Printf("== %s: %s\n", s.name, s.what)
		if why := s.impossible(); why != "" {
			fmt.Printf("   skipped: %s\n", why)
			t.skip(s.name, why)
			continue
		}
		began := time.Now()
		if err := s.run(ctx, &t); err != nil {
			t.failures = append(t.failures, fmt.Sprintf("%s: %v", s.name, err))
		}
		fmt.Printf("   %s took %s\n", s.name, time.Since(began).Round(time.Second))
		if ctx.Err() != nil {
			t.failures = append(t.failures, "interrupted")
			break
		}
	}
	return t.close(os.Stdout)
}

// tally counts results over all steps.
type tally struct {
	passed   int
	failures []string
	skips    []string
}

func (t *tally) skip(name, why string) { t.skips = append(t.skips, name+": "+why) }

// close prints the last lines of the run. The very last is in the plain form
// that counts tests in any language.
func (t *tally) close(w io.Writer) error {
	if len(t.skips) > 0 {
		fmt.Fprintf(w, "\nSkipped, with the reason:\n")
		for _, s := range t.skips {
			fmt.Fprintf(w, "  %s\n", s)
		}
	}
	if len(t.failures) > 0 {
		fmt.Fprintf(w, "\nFailed:\n")
		for _, f := range t.failures {
			fmt.Fprintf(w, "  %s\n", f)
		}
	}
	fmt.Fprintf(w, "\n%d passed, %d failed, %d skipped\n", t.passed, len(t.failures), len(t.skips))
	if len(t.failures) > 0 {
		return fmt.Errorf("%d failed", len(t.failures))
	}
	return nil
}

// event is one line of `go test -json` (see `go doc test2json`).
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

// goTest runs one `go test -json` and adds its results to the tally.
func goTest(ctx context.Context, t *tally, dir string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("go test: %w", err)
	}
	before := len(t.failures)
	t.read(out)
	err = cmd.Wait()
	if err != nil && len(t.failures) == before {
		return fmt.Errorf("go test %s: %w\n%s", strings.Join(args, " "), err, problems.String())
	}
	return nil
}

// read follows the events of one `go test -json`.
func (t *tally) read(r io.Reader) {
	output := map[string][]string{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // a build error of an old toolchain
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "pass", "fail", "skip":
			t.result(e, output[key])
			delete(output, key)
		}
	}
}

func (t *tally) result(e event, output []string) {
	if e.Test == "" {
		if e.Action == "skip" { // a package without tests
			return
		}
		fmt.Printf("   %-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
		if e.Action == "fail" && len(output) > 0 {
			fmt.Print(strings.Join(output, ""))
			t.failures = append(t.failures, e.Package)
		}
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
		printMarked(output)
	case "skip":
		t.skip(e.Package[strings.LastIndex(e.Package, "/")+1:]+" "+e.Test, reason(output))
	case "fail":
		fmt.Print(strings.Join(output, ""))
		t.failures = append(t.failures, e.Package+" "+e.Test)
	}
}

// printMarked shows what a passing test wants seen: lines that hold "RESULT ".
func printMarked(output []string) {
	for _, line := range output {
		if _, text, ok := strings.Cut(line, "RESULT "); ok {
			fmt.Print("        " + text)
		}
	}
}

// reason is the text that a test gave to t.Skip.
func reason(output []string) string {
	for _, line := range output {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") || line == "" {
			continue
		}
		if i := strings.Index(line, ".go:"); i >= 0 {
			if _, text, ok := strings.Cut(line[i:], ": "); ok {
				return text
			}
		}
		return line
	}
	return "no reason given"
}
