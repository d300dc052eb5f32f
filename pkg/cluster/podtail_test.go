package cluster

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPodFilesTail(t *testing.T) {
	dir := t.TempDir()
	long, empty := filepath.Join(dir, "a log"), filepath.Join(dir, "empty")
	for name, text := range map[string]string{long: strings.Repeat("x", 5000) + "\nthe end\n", empty: ""} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs := 0
	run := localRunner("PATH=" + os.Getenv("PATH"))
	p := newPodFiles(func(ctx context.Context, cmd []string, in io.Reader, out, errs io.Writer) error {
		runs++
		return run(ctx, cmd, in, out, errs)
	})
	for range 2 {
		got, err := p.Tail(t.Context(), []string{long, empty, filepath.Join(dir, "none"), dir}, 12)
		if err != nil {
			t.Skipf("needs a POSIX shell with tail: %v", err)
		}
		if e, ok := got[empty]; len(got) != 2 || string(got[long]) != "xxx\nthe end\n" || !ok || len(e) != 0 || runs != 1 {
			t.Errorf("%q in %d runs", got, runs)
		}
	}
}
