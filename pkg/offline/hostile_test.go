//go:build unix

package offline

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestHostileIncludes(t *testing.T) {
	dir := files(t, map[string]string{
		"my.cnf": "[mysqld]\n!include pipe\n!include zero\n!include folder\n!include my.cnf\n!include a.cnf\nback_log=7\n",
		"a.cnf":  "[mysqld]\n!include b.cnf\n!include b.cnf\n",
		"b.cnf":  "[mysqld]\n!include a.cnf\n!include a.cnf\n",
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := compare(t, filepath.Join(dir, "my.cnf")); where(r, "back_log") == "" {
		t.Errorf("findings: %+v", r.Findings)
	}
}

// A pipe is an option file like any other, if somebody writes to it.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	cfg := Config{OptionFiles: []string{pipe}, Observed: filepath.Join(examples, "variables.tsv")}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Compare(ctx, cfg); err == nil || !strings.Contains(err.Error(), pipe) {
		t.Errorf("a pipe without a writer: %v", err)
	}
}

func TestEndless(t *testing.T) {
	_, err := Compare(t.Context(), Config{OptionFiles: []string{"/dev/zero"}, Observed: filepath.Join(examples, "variables.tsv")})
	if err == nil || !strings.Contains(err.Error(), "no end") {
		t.Errorf("/dev/zero as an option file: %v", err)
	}
}
