package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary stand in for the command: the scorer runs it once
// a case.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LAYOUTS_RESOLVE"); dir != "" {
		if err := printAnswer(dir); err != nil {
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestScore wants every layout case right, and no wrong answer given as sure.
func TestScore(t *testing.T) {
	dir := os.Getenv("MYSQLDRIFT_LAYOUTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "layouts")
	}
	scorer := filepath.Join(dir, "score.py")
	if _, err := os.Stat(scorer); err != nil {
		t.Skipf("no layout cases at %s: set MYSQLDRIFT_LAYOUTS", dir)
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("the scorer needs python3")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", scorer, "-v", "--adapter", "LAYOUTS_RESOLVE={dir} "+self).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || !bytes.Contains(out, []byte(" 0 wrong answers given as sure")) {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(lines[len(lines)-1])
}
