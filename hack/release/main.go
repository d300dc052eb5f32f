// Command release builds the archives that Krew installs, reproducibly, with
// their checksums and the Krew manifest, into dist/. It needs the go tool only.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

type platform struct{ OS, Arch, Name, Bin, SHA256 string }

var targets = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

func main() {
	version := flag.String("version", "", "version to stamp, vMAJOR.MINOR.PATCH")
	commit := flag.String("commit", "", "commit to stamp")
	out := flag.String("out", "dist", "folder to write to")
	flag.Parse()
	if err := release(*version, *commit, *out); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(version, commit, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var platforms []platform
	var sums strings.Builder
	for _, target := range targets {
		p, err := archive(target, version, commit, out)
		if err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		fmt.Fprintf(&sums, "%s  %s\n", p.SHA256, p.Name)
		platforms = append(platforms, p)
	}
	if err := os.WriteFile(filepath.Join(out, "checksums.txt"), []byte(sums.String()), 0o644); err != nil {
		return err
	}
	t, err := template.ParseFiles("krew/mysqldrift.yaml.tmpl")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, map[string]any{"Version": version, "Platforms": platforms}); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "mysqldrift.yaml"), b.Bytes(), 0o644)
}

func archive(target, version, commit, out string) (platform, error) {
	goos, arch, _ := strings.Cut(target, "/")
	p := platform{OS: goos, Arch: arch, Name: fmt.Sprintf("kubectl-mysqldrift_%s_%s.tar.gz", goos, arch), Bin: "kubectl-mysqldrift"}
	if goos == "windows" {
		p.Bin += ".exe"
	}
	bin := filepath.Join(out, p.Bin)
	defer os.Remove(bin)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.version="+version+" -X main.commit="+commit, "-o", bin, "./cmd/kubectl-mysqldrift")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+arch)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return p, fmt.Errorf("build: %w", err)
	}
	var b bytes.Buffer
	if err := pack(&b, map[string]string{p.Bin: bin, "LICENSE": "LICENSE"}, []string{"LICENSE", p.Bin}); err != nil {
		return p, err
	}
	p.SHA256 = fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
	return p, os.WriteFile(filepath.Join(out, p.Name), b.Bytes(), 0o644)
}

// pack writes files in a fixed order, without times and owners, so that the
// same sources give the same archive.
func pack(b *bytes.Buffer, files map[string]string, order []string) error {
	gz := gzip.NewWriter(b)
	tw := tar.NewWriter(gz)
	for _, name := range order {
		data, err := os.ReadFile(files[name])
		if err != nil {
			return err
		}
		mode := int64(0o644)
		if name != "LICENSE" {
			mode = 0o755
		}
		if err := tw.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(data)), Format: tar.FormatUSTAR}); err != nil {
			return err
		}
		if _, err := tw.Write(data); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return gz.Close()
}
