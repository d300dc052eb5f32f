package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// ImportImages gives containerd every image archive that it has not had yet,
// or that has changed since.
func ImportImages(ctx context.Context, log *progress.Log, p place.Paths) error {
	archives, err := filepath.Glob(p.Archive("*"))
	if err != nil {
		return err
	}
	for _, archive := range archives {
		stamp, err := stampOf(archive)
		if err != nil {
			return err
		}
		marker := filepath.Join(p.Images(), "imported-"+filepath.Base(archive))
		known, err := os.ReadFile(marker)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read %s: %w", marker, err)
		}
		if string(known) == stamp {
			continue
		}
		log.Say("importing %s", filepath.Base(archive))
		out, err := exec.CommandContext(ctx, "ctr", "--address", p.ContainerdSocket(), "--namespace", "k8s.io",
			"images", "import", archive).CombinedOutput()
		if err != nil {
			return fmt.Errorf("import %s: %w: %s", archive, err, strings.TrimSpace(string(out)))
		}
		if err := os.WriteFile(marker, []byte(stamp), 0o644); err != nil {
			return fmt.Errorf("remember an import: %w", err)
		}
	}
	return nil
}

func stampOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("look at an image: %w", err)
	}
	return fmt.Sprintf("%d %d\n", info.Size(), info.ModTime().UnixNano()), nil
}
