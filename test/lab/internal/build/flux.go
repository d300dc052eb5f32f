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

// FluxControllers are the programs of Flux, which are its modules' names too.
var FluxControllers = []string{"source-controller", "kustomize-controller"}

// ErrNoFlux says that Flux was not built and is not to be.
var ErrNoFlux = errors.New("the Flux controllers are not built")

// Flux builds the controllers and keeps their CRDs in the cache, once; if not
// wanted, it only says whether they are there.
func Flux(ctx context.Context, log *progress.Log, p place.Paths, wanted bool) error {
	source, err := sourceFolder()
	if err != nil {
		return err
	}
	module := filepath.Join(source, "flux", "go.mod")
	stamp, err := sourceStamp(module, filepath.Dir(module))
	if err != nil {
		return err
	}
	marker := p.Bin(".flux.source")
	if known, err := os.ReadFile(marker); err == nil && string(known) == stamp && whole(p) {
		return nil
	}
	if !wanted {
		return fmt.Errorf("%w: `lab flux` builds them, some 10 minutes on two cores", ErrNoFlux)
	}
	if err := os.MkdirAll(p.Bin(""), 0o755); err != nil {
		return fmt.Errorf("make the folder of programs: %w", err)
	}
	log.Say("building %s (the first time some 10 minutes)", strings.Join(FluxControllers, " and "))
	folder, err := copyModule(p, module)
	if err != nil {
		return err
	}
	// `tool` are the ones that the go.mod names.
	if _, err := inFlux(ctx, folder, "build", "-mod=mod", "-o", p.Bin("")+"/", "-ldflags", "-s -w", "tool"); err != nil {
		return err
	}
	if err := keepCRDs(ctx, p, folder); err != nil {
		return err
	}
	return os.WriteFile(marker, []byte(stamp), 0o644)
}

// copyModule copies the go.mod to where the go command may add to it.
func copyModule(p place.Paths, module string) (string, error) {
	folder := filepath.Join(p.Cache, "flux")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of Flux: %w", err)
	}
	text, err := os.ReadFile(module)
	if err != nil {
		return "", fmt.Errorf("read the go.mod of Flux: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), text, 0o644); err != nil {
		return "", fmt.Errorf("copy the go.mod of Flux: %w", err)
	}
	return folder, nil
}

// whole: nobody has deleted a part of what was built.
func whole(p place.Paths) bool {
	for _, path := range []string{p.Bin(FluxControllers[0]), p.Bin(FluxControllers[1]), p.FluxCRDs()} {
		if _, err := os.Stat(path); err != nil {
			return false
		}
	}
	return true
}

// keepCRDs gathers what the controllers' modules carry.
func keepCRDs(ctx context.Context, p place.Paths, folder string) error {
	var all strings.Builder
	for _, name := range FluxControllers {
		module, err := inFlux(ctx, folder, "list", "-m", "-f", "{{.Dir}}", "github.com/fluxcd/"+name)
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(module), "config", "crd", "bases", "*.yaml"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%s brings no CRDs in %s (%v)", name, strings.TrimSpace(module), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read a CRD of %s: %w", name, err)
			}
			fmt.Fprintf(&all, "---\n%s\n", text)
		}
	}
	if err := os.WriteFile(p.FluxCRDs(), []byte(all.String()), 0o644); err != nil {
		return fmt.Errorf("keep the CRDs of Flux: %w", err)
	}
	return nil
}

// inFlux runs the go command in the module of the controllers. The checksum database
// lacks some of Flux's own modules.
func inFlux(ctx context.Context, folder string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GONOSUMDB=github.com/fluxcd/*,"+os.Getenv("GONOSUMDB"))
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			out = exit.Stderr
		}
		return "", fmt.Errorf("go %s for Flux: %w\n%s", args[0], err, out)
	}
	return string(out), nil
}
