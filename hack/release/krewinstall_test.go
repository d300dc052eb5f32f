package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// krewModule is the newest release of Krew that is a Go module.
const krewModule = "sigs.k8s.io/krew/cmd/krew@v0.4.3"

// krewProgram is Krew as it is installed here, or built from the module proxy.
func krewProgram(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"kubectl-krew", "krew"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	dir := t.TempDir()
	cmd := exec.Command("go", "install", krewModule)
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("Krew is not here and cannot be built: %v: %s", err, out)
	}
	return filepath.Join(dir, "krew")
}

// installWithKrew gives Krew the archive for this machine, once by manifest and
// once from an index laid out as this repository is, and runs what it installed.
func installWithKrew(t *testing.T, c config) {
	target := runtime.GOOS + "/" + runtime.GOARCH
	if !slices.Contains(c.Targets, target) {
		t.Skipf("%s was not built", target)
	}
	a, err := newArchive(target)
	if err != nil {
		t.Fatal(err)
	}
	archivePath := filepath.Join(c.Out, a.Name)
	data, err := os.ReadFile(archivePath)
	if err != nil {
		t.Fatal(err)
	}
	a.SHA256 = sum(data)
	manifest, err := krewManifest(c, []archive{a})
	if err != nil {
		t.Fatal(err)
	}
	index := indexOf(t, manifest)
	home := t.TempDir()
	program := krewProgram(t)
	try := func(args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), "HOME="+home, "KREW_ROOT="+home+"/krew", "KREW_DEFAULT_INDEX_URI="+index, "KREW_NO_UPGRADE_CHECK=1")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	krew := func(args ...string) string {
		t.Helper()
		out, err := try(args...)
		if err != nil {
			t.Fatalf("krew %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}
	krew("install", "--manifest", filepath.Join(index, "plugins", manifestName), "--archive", archivePath)
	out, err := exec.Command(filepath.Join(home, "krew", "bin", binary), "version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), c.Version) {
		t.Errorf("what Krew installed says %q, %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(home, "krew", "store", "mysqldrift", c.Version, "LICENSE")); err != nil {
		t.Error(err)
	}
	// What completes the plugin goes to the folder that Krew has on the PATH.
	install := exec.Command(filepath.Join(home, "krew", "bin", binary), "completion", "install")
	install.Env = append(os.Environ(), "PATH="+filepath.Join(home, "krew", "bin"))
	if out, err := install.CombinedOutput(); err != nil {
		t.Errorf("completion install: %v\n%s", err, out)
	}
	// A Krew without any plugin, as it is below, not even itself, would take it for one.
	if err := os.Remove(filepath.Join(home, "krew", "bin", "kubectl_complete-mysqldrift")); err != nil {
		t.Error(err)
	}
	krew("index", "add", "ours", index)
	krew("uninstall", "mysqldrift")
	if out := krew("search", "mysqldrift"); !strings.Contains(out, "ours/mysqldrift") {
		t.Errorf("krew search: %s", out)
	}
	// The negative control: an archive with another checksum is refused.
	if err := os.WriteFile(filepath.Join(index, "plugins", manifestName), []byte(strings.Replace(string(manifest), a.SHA256, strings.Repeat("0", 64), 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := try("install", "--manifest", filepath.Join(index, "plugins", manifestName), "--archive", archivePath); err == nil {
		t.Errorf("Krew took an archive with another checksum: %s", out)
	}
}

// indexOf is a Git repository with the layout of this one.
func indexOf(t *testing.T, manifest []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "krew", "plugins"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("krew/plugins", filepath.Join(dir, "plugins")); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{manifestName: manifest, ".gitkeep": nil} {
		if err := os.WriteFile(filepath.Join(dir, "krew", "plugins", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example", "commit", "-qm", "index"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}
