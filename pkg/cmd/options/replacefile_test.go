package options

import (
	"os"
	"path/filepath"
	"testing"
)

// A file behind a link keeps its place and its mode.
func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a", "f.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := ReplaceFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	info, _ := os.Lstat(link)
	mode, _ := os.Stat(path)
	if err != nil || string(data) != "new" || info.Mode().IsRegular() || mode.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, link %v, mode %v", data, err, info.Mode(), mode.Mode())
	}
}
