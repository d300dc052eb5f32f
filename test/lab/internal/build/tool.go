package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// ErrNotBuilt says that a delivery tool was not built and is not to be.
var ErrNotBuilt = errors.New("it is not built")

// Tool is a delivery tool that is built of a Go module of its own, a folder of the
// lab's source.
type Tool struct {
	Name, Folder string
	programs     []string
	// arguments of `go build` after the output.
	arguments []string
	// oneProgram: all programs are links to one of the folder's name.
	oneProgram bool
	// crds finds the files with its kinds; into is where they are kept.
	crds func(moduleFolder func(path string) (string, error)) ([]string, error)
	into func(place.Paths) string
	// scripts are files of modules, MODULE//FILE, that the programs run by name.
	scripts []string
	// noSumDB are modules that the checksum database lacks.
	noSumDB string
	minutes int
}

// Make builds a tool and keeps its CRDs in the cache, once; if not wanted, it only
// says whether it is there.
func (t Tool) Make(ctx context.Context, log *progress.Log, p place.Paths, wanted bool) error {
	source, err := sourceFolder()
	if err != nil {
		return err
	}
	module := filepath.Join(source, t.Folder)
	stamp, err := sourceStamp(filepath.Join(module, "go.mod"), module)
	if err != nil {
		return err
	}
	marker := p.Bin("." + t.Folder + ".source")
	if known, err := os.ReadFile(marker); err == nil && string(known) == stamp && t.whole(p) {
		return nil
	}
	if !wanted {
		return fmt.Errorf("%s: %w: `lab %s` builds it, some %d minutes on two cores", t.Name, ErrNotBuilt, t.Folder, t.minutes)
	}
	if err := os.MkdirAll(p.Bin(""), 0o755); err != nil {
		return fmt.Errorf("make the folder of programs: %w", err)
	}
	log.Say("building %s (the first time some %d minutes)", strings.Join(t.programs, " and "), t.minutes)
	folder, err := copyModule(p, module)
	if err != nil {
		return err
	}
	if err := t.compile(ctx, p, folder); err != nil {
		return err
	}
	if err := t.keepCRDs(ctx, p, folder); err != nil {
		return err
	}
	if err := t.keepScripts(ctx, p, folder); err != nil {
		return err
	}
	return os.WriteFile(marker, []byte(stamp), 0o644)
}

func (t Tool) compile(ctx context.Context, p place.Paths, folder string) error {
	out := p.Bin("") + "/"
	if t.oneProgram {
		out = p.Bin(t.Folder)
	}
	if _, err := t.run(ctx, folder, append([]string{"build", "-mod=mod", "-o", out, "-ldflags", "-s -w"}, t.arguments...)...); err != nil {
		return err
	}
	if !t.oneProgram {
		return nil
	}
	for _, name := range t.programs {
		_ = os.Remove(p.Bin(name))
		if err := os.Symlink(t.Folder, p.Bin(name)); err != nil {
			return fmt.Errorf("link %s: %w", name, err)
		}
	}
	return nil
}

// copyModule copies a module to where the go command may add to its go.mod.
func copyModule(p place.Paths, module string) (string, error) {
	folder := filepath.Join(p.Cache, filepath.Base(module))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of the module: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(module, "*.go"))
	if err != nil {
		return "", err
	}
	for _, file := range append(files, filepath.Join(module, "go.mod")) {
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(file)), text, 0o644)
		}
		if err != nil {
			return "", fmt.Errorf("copy the module: %w", err)
		}
	}
	return folder, nil
}

// whole: nobody has deleted a part of what was built.
func (t Tool) whole(p place.Paths) bool {
	paths := []string{t.into(p)}
	for _, name := range t.programs {
		paths = append(paths, p.Bin(name))
	}
	for _, script := range t.scripts {
		paths = append(paths, p.Bin(filepath.Base(script)))
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return false
		}
	}
	return true
}

// keepCRDs gathers what the tool's modules carry.
func (t Tool) keepCRDs(ctx context.Context, p place.Paths, folder string) error {
	files, err := t.crds(func(path string) (string, error) { return t.moduleFolder(ctx, folder, path) })
	if err != nil || len(files) == 0 {
		return fmt.Errorf("%s brings no CRDs (%w)", t.Name, err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read a CRD of %s: %w", t.Name, err)
		}
		fmt.Fprintf(&all, "---\n%s\n", text)
	}
	if err := os.WriteFile(t.into(p), []byte(all.String()), 0o644); err != nil {
		return fmt.Errorf("keep the CRDs of %s: %w", t.Name, err)
	}
	return nil
}

func (t Tool) keepScripts(ctx context.Context, p place.Paths, folder string) error {
	for _, script := range t.scripts {
		module, file, _ := strings.Cut(script, "//")
		dir, err := t.moduleFolder(ctx, folder, module)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err == nil {
			err = os.WriteFile(p.Bin(filepath.Base(file)), text, 0o755)
		}
		if err != nil {
			return fmt.Errorf("keep a script of %s: %w", t.Name, err)
		}
	}
	return nil
}

// moduleFolder is where a module lies that the tool is built of.
func (t Tool) moduleFolder(ctx context.Context, folder, path string) (string, error) {
	dir, err := t.run(ctx, folder, "list", "-m", "-f", "{{.Dir}}", path)
	return strings.TrimSpace(dir), err
}

// run runs the go command in the tool's module.
func (t Tool) run(ctx context.Context, folder string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false -trimpath", "GONOSUMDB="+t.noSumDB+","+os.Getenv("GONOSUMDB"))
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			out = exit.Stderr
		}
		return "", fmt.Errorf("go %s for %s: %w\n%s", args[0], t.Name, err, out)
	}
	return string(out), nil
}
