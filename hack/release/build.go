package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// targets are the platforms that Krew itself is released for and that the
// plugin's users have.
var targets = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

const binary = "kubectl-mysqldrift"

// archive is one platform's, as the manifest's template names it.
type archive struct {
	OS, Arch, Name, Bin, SHA256 string
	sbomSHA256                  string
}

func (a archive) sbomName() string {
	return strings.TrimSuffix(strings.TrimSuffix(a.Name, ".zip"), ".tar.gz") + ".spdx.json"
}

func newArchive(target string) (archive, error) {
	goos, arch, ok := strings.Cut(target, "/")
	if !ok {
		return archive{}, fmt.Errorf("want OS/ARCH")
	}
	a := archive{OS: goos, Arch: arch, Bin: binary, Name: fmt.Sprintf("%s_%s_%s.tar.gz", binary, goos, arch)}
	if goos == "windows" {
		a.Bin += ".exe"
		a.Name = strings.TrimSuffix(a.Name, ".tar.gz") + ".zip" // what Windows opens by itself
	}
	return a, nil
}

// buildArchive builds the binary and packs it with the license and man pages;
// the SBOM beside it lists the modules that the linker really took in.
func buildArchive(c config, target string, pages []file) (archive, error) {
	a, err := newArchive(target)
	if err != nil {
		return a, err
	}
	bin, err := build(c, a)
	if err != nil {
		return a, err
	}
	license, err := os.ReadFile(filepath.Join(c.Source, "LICENSE"))
	if err != nil {
		return a, err
	}
	files := []file{{"LICENSE", 0o644, license}, {a.Bin, 0o755, bin.data}}
	if a.OS != "windows" {
		files = append(files, pages...)
	}
	data, err := pack(a.Name, files, c.Date)
	if err != nil {
		return a, err
	}
	a.SHA256 = sum(data)
	if err := os.WriteFile(filepath.Join(c.Out, a.Name), data, 0o644); err != nil {
		return a, err
	}
	bom, err := sbom(c, a, bin.info)
	if err != nil {
		return a, fmt.Errorf("SBOM: %w", err)
	}
	a.sbomSHA256 = sum(bom)
	return a, os.WriteFile(filepath.Join(c.Out, a.sbomName()), bom, 0o644)
}

type built struct {
	data []byte
	info *buildinfo.BuildInfo
}

// build compiles for one platform. The environment is set so that neither the
// machine nor its user's settings change the bytes.
func build(c config, a archive) (built, error) {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return built{}, err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, a.Bin)
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags(c), "-o", bin, "./cmd/"+binary)
	cmd.Dir = c.Source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+a.OS, "GOARCH="+a.Arch, "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return built{}, fmt.Errorf("go build: %w\n%s", err, out)
	}
	data, err := os.ReadFile(bin)
	if err != nil {
		return built{}, err
	}
	info, err := buildinfo.ReadFile(bin)
	return built{data, info}, err
}

func ldflags(c config) string {
	return fmt.Sprintf("-s -w -buildid= -X main.version=%s -X main.commit=%s -X main.date=%s", c.Version, c.Commit, c.Date.UTC().Format(time.RFC3339))
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
