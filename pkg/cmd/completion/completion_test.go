package completion

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Krew puts a link to the binary on the PATH; the file must lie beside the link,
// not where the link leads.
func TestInstallBesideLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need rights of their own on Windows")
	}
	root := t.TempDir()
	for _, dir := range []string{"store", "bin"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "store", binary), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "store", binary), filepath.Join(root, "bin", binary)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(root, "bin"))
	path, err := install("")
	if want := filepath.Join(root, "bin", FileName); err != nil || path != want {
		t.Errorf("%q, %v, want %q", path, err, want)
	}
	if _, err := os.Stat(filepath.Join(root, "store", FileName)); err == nil {
		t.Error("written where the link leads")
	}
}

// What kubectl does not find has no better place than beside itself.
func TestInstallBesideBinary(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if dir, err := ownDir(); err != nil || dir != filepath.Dir(self) {
		t.Errorf("%q, %v, want %q", dir, err, filepath.Dir(self))
	}
}
