package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// targetsEnv says which platforms to build: all, or a comma-separated list. The
// release workflow says all. Without it none is built: each platform costs a
// machine with an empty build cache minutes.
const targetsEnv = "MYSQLDRIFT_RELEASE"

const root = "../.."

func testConfig(source, out string) config {
	return config{Version: "v1.2.3", Commit: "0123abc", Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Source: source, Out: out,
		Targets: []string{"linux/amd64", "darwin/arm64"}}
}

// The archives are what Krew unpacks, the binary is what its name says, and the
// same sources in another folder give the same bytes.
func TestRelease(t *testing.T) {
	c := testConfig(root, t.TempDir())
	switch wanted := os.Getenv(targetsEnv); wanted {
	case "all":
		c.Targets = targets
	case "":
		t.Skipf("builds the plugin for each platform, which takes minutes: %s=all go test -timeout 90m ./hack/release, or =linux/amd64", targetsEnv)
	default:
		c.Targets = strings.Split(wanted, ",")
	}
	if err := release(c); err != nil {
		t.Fatal(err)
	}
	sums := checksums(t, c.Out)
	for _, target := range c.Targets {
		t.Run(target, func(t *testing.T) { checkArchive(t, c, target, sums) })
	}
	t.Run("reproducible", func(t *testing.T) {
		again := testConfig(copyOfSources(t), t.TempDir())
		again.Targets = []string{"linux/amd64"}
		if err := release(again); err != nil {
			t.Fatal(err)
		}
		for name, sum := range checksums(t, again.Out) {
			if sums[name] != sum {
				t.Errorf("%s: built twice, %s and %s", name, sums[name], sum)
			}
		}
	})
	t.Run("krew", func(t *testing.T) { installWithKrew(t, c) })
	if len(c.Targets) == len(targets) {
		checkManifest(t, c, sums)
	}
}

func checkArchive(t *testing.T, c config, target string, sums map[string]string) {
	a, err := newArchive(target)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(c.Out, a.Name))
	if err != nil {
		t.Fatal(err)
	}
	if sums[a.Name] != sum(data) {
		t.Errorf("checksums.txt says %q of %s", sums[a.Name], a.Name)
	}
	files := unpack(t, a.Name, data)
	if len(files["LICENSE"].data) < 10000 {
		t.Error("no LICENSE")
	}
	if a.OS != "windows" && len(files["man/man1/kubectl-mysqldrift-status.1"].data) == 0 {
		t.Errorf("no manual page in %s", a.Name)
	}
	bin := files[a.Bin]
	if bin.mode&0o111 == 0 {
		t.Errorf("%s has mode %o", a.Bin, bin.mode)
	}
	if got := platformOf(bin.data); got != target {
		t.Errorf("the binary is for %s", got)
	}
	checkSBOM(t, c, a)
	if target == runtime.GOOS+"/"+runtime.GOARCH {
		checkRuns(t, bin.data)
	}
}

func checkRuns(t *testing.T, data []byte) {
	path := filepath.Join(t.TempDir(), binary)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "version", "-o", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Version, Commit, Date string }
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	if v.Version != "v1.2.3" || v.Commit != "0123abc" || v.Date != "2026-03-04T05:06:07Z" {
		t.Errorf("version says %+v", v)
	}
}

// platformOf reads the format of an executable.
func platformOf(data []byte) string {
	r := bytes.NewReader(data)
	if f, err := elf.NewFile(r); err == nil {
		return "linux/" + map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[f.Machine]
	}
	if f, err := macho.NewFile(r); err == nil {
		return "darwin/" + map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[f.Cpu]
	}
	if f, err := pe.NewFile(r); err == nil {
		return "windows/" + map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"}[f.Machine]
	}
	return "no platform known"
}

// checkSBOM: the fields that SPDX 2.3 makes mandatory, the modules of go.mod
// that are surely linked, and relationships that lead somewhere.
func checkSBOM(t *testing.T, c config, a archive) {
	data, err := os.ReadFile(filepath.Join(c.Out, a.sbomName()))
	if err != nil {
		t.Fatal(err)
	}
	var d spdxDocument
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if d.SPDXVersion != "SPDX-2.3" || d.DataLicense != "CC0-1.0" || d.SPDXID != "SPDXRef-DOCUMENT" || d.Name == "" || d.DocumentNamespace == "" || d.CreationInfo.Created == "" || len(d.CreationInfo.Creators) == 0 {
		t.Errorf("a mandatory field is missing: %+v", d.CreationInfo)
	}
	ids := map[string]bool{d.SPDXID: true}
	var names []string
	for _, p := range d.Packages {
		if ids[p.SPDXID] || p.Name == "" || p.VersionInfo == "" || p.DownloadLocation == "" || spdxID(p.SPDXID) != p.SPDXID {
			t.Errorf("package %+v", p)
		}
		ids[p.SPDXID] = true
		names = append(names, p.Name)
	}
	for _, want := range []string{binary, "stdlib", "k8s.io/client-go", "github.com/go-sql-driver/mysql", "github.com/spf13/cobra"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not listed", want)
		}
	}
	if slices.Contains(names, "github.com/google/go-cmp") {
		t.Error("a module that only tests use is listed")
	}
	for _, r := range d.Relationships {
		if !ids[r.Element] || !ids[r.Related] {
			t.Errorf("relationship %+v", r)
		}
	}
}

func unpack(t *testing.T, name string, data []byte) map[string]file {
	t.Helper()
	files := map[string]file{}
	if strings.HasSuffix(name, ".zip") {
		zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range zr.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = file{f.Name, f.Mode(), text}
		}
		return files
	}
	gz, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(gz); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		if h.Uname != "" || h.Uid != 0 {
			t.Errorf("%s has an owner", h.Name)
		}
		files[h.Name] = file{h.Name, fs.FileMode(h.Mode), text}
	}
}

func checksums(t *testing.T, dir string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(data)) {
		hash, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			t.Fatalf("checksums.txt: %q", line)
		}
		sums[name] = hash
	}
	return sums
}

// copyOfSources is what a build needs, in another folder.
func copyOfSources(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "LICENSE"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"cmd", "pkg"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func checkManifest(t *testing.T, c config, sums map[string]string) {
	p := readManifest(t, filepath.Join(c.Out, manifestName))
	if len(p.Spec.Platforms) != len(targets) {
		t.Errorf("%d platforms", len(p.Spec.Platforms))
	}
	for _, pl := range p.Spec.Platforms {
		if name := filepath.Base(pl.URI); sums[name] != pl.SHA256 {
			t.Errorf("%s: manifest %s, checksums.txt %s", name, pl.SHA256, sums[name])
		}
	}
}

func readManifest(t *testing.T, path string) plugin {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p plugin
	if err := yaml.UnmarshalStrict(data, &p); err != nil {
		t.Fatal(err)
	}
	if faults := krewFaults(filepath.Base(path), p); len(faults) > 0 {
		t.Errorf("%s:\n%s", path, strings.Join(faults, "\n"))
	}
	return p
}

// The manifest goes beside the archives and into the index, also where a checkout
// has no folder for it.
func TestManifestIsWrittenIntoTheIndex(t *testing.T) {
	c := testConfig(root, t.TempDir())
	c.Index = filepath.Join(t.TempDir(), "krew", "plugins")
	if err := writeManifest(c, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{c.Out, c.Index} {
		if data, err := os.ReadFile(filepath.Join(dir, manifestName)); err != nil || string(data) != "x" {
			t.Errorf("%s: %q, %v", dir, data, err)
		}
	}
}

// The repository is an index: its link leads to a folder, and the manifest in it,
// once a release has written one, is one that Krew takes.
func TestIndex(t *testing.T) {
	entries, err := os.ReadDir(root + "/plugins")
	if err != nil {
		t.Fatalf("Krew wants plugins/ at the repository's root: %v", err)
	}
	for _, e := range entries {
		switch {
		case e.Name() == manifestName:
			if p := readManifest(t, filepath.Join(root, "plugins", manifestName)); len(p.Spec.Platforms) != len(targets) {
				t.Errorf("%d platforms", len(p.Spec.Platforms))
			}
		case filepath.Ext(e.Name()) == ".yaml":
			t.Errorf("plugins/%s: Krew would take it for a plugin", e.Name())
		}
	}
}

// The template gives a manifest that Krew takes, with every platform.
func TestManifestRules(t *testing.T) {
	var all []archive
	for _, target := range targets {
		a, err := newArchive(target)
		if err != nil {
			t.Fatal(err)
		}
		a.SHA256 = sum([]byte(target))
		all = append(all, a)
	}
	text, err := krewManifest(testConfig(root, ""), all)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), manifestName)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	good := readManifest(t, path)
	for name, spoil := range map[string]func(*plugin){
		"version":           func(p *plugin) { p.Spec.Version = "1.2.3" },
		"name":              func(p *plugin) { p.Metadata.Name = "mysqlDrift" },
		"long tagline":      func(p *plugin) { p.Spec.ShortDescription = strings.Repeat("x", 51) },
		"redundant tagline": func(p *plugin) { p.Spec.ShortDescription = "A kubectl plugin" },
		"options":           func(p *plugin) { p.Spec.Description = "Use --watch" },
		"upper-case sum":    func(p *plugin) { p.Spec.Platforms[0].SHA256 = strings.ToUpper(p.Spec.Platforms[0].SHA256) },
		"overlap":           func(p *plugin) { p.Spec.Platforms[1].Selector = p.Spec.Platforms[0].Selector },
		"unknown platform":  func(p *plugin) { p.Spec.Platforms[0].Selector.MatchLabels["os"] = "plan9" },
	} {
		spoilt := readManifest(t, path)
		spoil(&spoilt)
		if len(krewFaults(manifestName, spoilt)) == 0 {
			t.Errorf("%s: no fault found", name)
		}
	}
	if d := cmp.Diff(good, readManifest(t, path)); d != "" {
		t.Error(d)
	}
}

// Windows' archive is a zip with modes, the same however often it is made.
func TestZip(t *testing.T) {
	files := []file{{"LICENSE", 0o644, []byte("license")}, {"x.exe", 0o755, []byte("program")}}
	date := testConfig("", "").Date
	data, err := pack("x.zip", files, date)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pack("x.zip", files, date)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("two archives differ (%v)", err)
	}
	got := unpack(t, "x.zip", data)
	if string(got["x.exe"].data) != "program" || got["x.exe"].mode != 0o755 || got["LICENSE"].mode != 0o644 {
		t.Errorf("unpacked %+v", got)
	}
}

func TestVersions(t *testing.T) {
	for version, ok := range map[string]bool{"v1.2.3": true, "v0.1.0-rc.1": true, "1.2.3": false, "v1.2": false, "2051247": false, "": false} {
		if err := validVersion(version); (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
	}
}
