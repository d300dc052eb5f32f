// Package build makes, once, what the lab is made of: Kubernetes as one
// program, root file systems with database servers, and the images.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/host"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/image"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// programs are the names that labkube answers to.
var programs = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"}

// Versions are the releases of what the lab runs.
type Versions struct {
	Kubernetes string       `json:"kubernetes"`
	MySQL      host.Version `json:"mysql"`
	MariaDB    host.Version `json:"mariadb"`
}

// Everything makes what is missing. The first time it takes some ten minutes,
// most of them for compiling Kubernetes.
func Everything(ctx context.Context, log *progress.Log, p place.Paths) (Versions, error) {
	source, err := sourceFolder()
	if err != nil {
		return Versions{}, err
	}
	kubernetes, err := kubernetesVersion(source)
	if err != nil {
		return Versions{}, err
	}
	if err := buildPrograms(ctx, log, p, source, kubernetes); err != nil {
		return Versions{}, err
	}
	versions := Versions{Kubernetes: kubernetes}
	if versions.MySQL, err = host.EnsureRoot(ctx, log, p.Root("mysql"), host.MySQL); err != nil {
		return versions, err
	}
	if versions.MariaDB, err = host.EnsureRoot(ctx, log, p.Root("mariadb"), host.MariaDB); err != nil {
		return versions, err
	}
	if err := buildImages(log, p, versions); err != nil {
		return versions, err
	}
	text, err := json.MarshalIndent(versions, "", "  ")
	if err != nil {
		return versions, fmt.Errorf("encode the versions: %w", err)
	}
	return versions, os.WriteFile(versionsFile(p), append(text, '\n'), 0o644)
}

// Known reads the versions that Everything wrote.
func Known(p place.Paths) (Versions, error) {
	var versions Versions
	text, err := os.ReadFile(versionsFile(p))
	if err != nil {
		return versions, fmt.Errorf("read the lab's versions (was `lab up` run?): %w", err)
	}
	if err := json.Unmarshal(text, &versions); err != nil {
		return versions, fmt.Errorf("read %s: %w", versionsFile(p), err)
	}
	return versions, nil
}

func versionsFile(p place.Paths) string { return filepath.Join(p.Cache, "versions.json") }

// sourceFolder finds the lab's Go module: in the repository that this program
// lies in, or that of the working folder.
func sourceFolder() (string, error) {
	var from, candidates []string
	if program, err := os.Executable(); err == nil {
		from = append(from, filepath.Dir(program))
	}
	if folder, err := os.Getwd(); err == nil {
		from = append(from, folder)
	}
	for _, folder := range from {
		for ; folder != "/"; folder = filepath.Dir(folder) {
			candidates = append(candidates, folder, filepath.Join(folder, "test", "lab"))
		}
	}
	for _, folder := range candidates {
		if _, err := os.Stat(filepath.Join(folder, "labkube", "main.go")); err == nil {
			return folder, nil
		}
	}
	return "", errors.New("the lab's source is not to be found: run it inside the repository")
}

// kubernetesVersion is the one that the module requires.
func kubernetesVersion(source string) (string, error) {
	text, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("read the lab's go.mod: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == "k8s.io/kubernetes" {
			return fields[1], nil
		}
	}
	return "", errors.New("the lab's go.mod does not require k8s.io/kubernetes")
}

func buildPrograms(ctx context.Context, log *progress.Log, p place.Paths, source, version string) error {
	if err := os.MkdirAll(p.Bin(""), 0o755); err != nil {
		return fmt.Errorf("make the folder of programs: %w", err)
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	set := "k8s.io/component-base/version."
	flags := fmt.Sprintf("-s -w -X %sgitVersion=%s -X %sgitMajor=%s -X %sgitMinor=%s -X %sgitTreeState=clean -X k8s.io/client-go/pkg/version.gitVersion=%s",
		set, version, set, major, set, minor, set, version)
	for _, program := range []struct{ name, hint string }{{"labpod", "a second"}, {"labkube", "the first time some 10 minutes"}} {
		if err := goBuild(ctx, log, p, source, program.name, flags, program.hint); err != nil {
			return err
		}
	}
	for _, name := range programs {
		if target, err := os.Readlink(p.Bin(name)); err == nil && target == "labkube" {
			continue
		}
		if err := os.Remove(p.Bin(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("link %s: %w", name, err)
		}
		if err := os.Symlink("labkube", p.Bin(name)); err != nil {
			return fmt.Errorf("link %s: %w", name, err)
		}
	}
	return nil
}

// goBuild builds one program, unless it was built of the same source before.
func goBuild(ctx context.Context, log *progress.Log, p place.Paths, source, name, flags, hint string) error {
	stamp, err := sourceStamp(filepath.Join(source, "go.mod"), filepath.Join(source, name))
	if err != nil {
		return err
	}
	stamp += flags
	marker := p.Bin("." + name + ".source")
	if known, err := os.ReadFile(marker); err == nil && string(known) == stamp {
		if _, err := os.Stat(p.Bin(name)); err == nil {
			return nil
		}
	}
	log.Say("building %s (%s)", name, hint)
	command := exec.CommandContext(ctx, "go", "build", "-o", p.Bin(name)+".part", "-ldflags", flags, "./"+name)
	command.Dir = source
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false -trimpath")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	if err := os.Rename(p.Bin(name)+".part", p.Bin(name)); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return os.WriteFile(marker, []byte(stamp), 0o644)
}

// sourceStamp is a digest of a go.mod and the Go files of a folder.
func sourceStamp(module, folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for _, path := range append(files, module) {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read the source: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n", filepath.Base(path), len(content))
		hash.Write(content)
	}
	return fmt.Sprintf("%x\n", hash.Sum(nil)), nil
}

// buildImages writes the image archives that are missing or older than their
// contents, which include this program's embedded files.
func buildImages(log *progress.Log, p place.Paths, versions Versions) error {
	shared, images := image.MySQL(p.Root("mysql"), versions.MySQL.Short, versions.MySQL.Full)
	if err := ensureArchive(log, p, "mysql", image.Recipe()+versions.MySQL.Full, shared, images); err != nil {
		return err
	}
	shared, images = image.MariaDB(p.Root("mariadb"), versions.MariaDB.Short, versions.MariaDB.Full)
	if err := ensureArchive(log, p, "mariadb", image.Recipe()+versions.MariaDB.Full, shared, images); err != nil {
		return err
	}
	program, err := os.ReadFile(p.Bin(".labpod.source"))
	if err != nil {
		return fmt.Errorf("read what labpod was built of: %w", err)
	}
	return ensureArchive(log, p, "pods", image.Recipe()+string(program), nil, image.Pods(p.Bin("labpod")))
}

func ensureArchive(log *progress.Log, p place.Paths, name, recipe string, shared []image.Layer, images []image.Image) error {
	marker := p.Archive(name) + ".recipe"
	if known, err := os.ReadFile(marker); err == nil && string(known) == recipe {
		if _, err := os.Stat(p.Archive(name)); err == nil {
			return nil
		}
	}
	var names []string
	for _, one := range images {
		names = append(names, strings.TrimPrefix(one.Name, "docker.io/"))
	}
	log.Say("making images: %s", strings.Join(names, ", "))
	if err := image.Write(p.Archive(name), shared, images...); err != nil {
		return fmt.Errorf("make the images of %s: %w", name, err)
	}
	return os.WriteFile(marker, []byte(recipe), 0o644)
}
