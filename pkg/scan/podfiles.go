package scan

import (
	"context"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
)

// PodFiles gives package declared what cluster reads by exec, within a limit.
type PodFiles struct {
	Files *cluster.PodFiles
	Limit time.Duration
}

// ReadFiles is declared.PodFiles.
func (p PodFiles) ReadFiles(ctx context.Context, paths []string) (map[string]declared.PodFile, error) {
	// An exec that hangs must not use up the time in which the manifests would do.
	ctx, cancel := context.WithTimeoutCause(ctx, p.Limit, connectTimeout{p.Limit})
	defer cancel()
	files, err := p.Files.Read(ctx, paths)
	if err != nil {
		return nil, err
	}
	out := make(map[string]declared.PodFile, len(files))
	for name, f := range files {
		out[name] = declared.PodFile{Data: f.Data, Mode: f.Mode, ModTime: f.ModTime}
	}
	return out, nil
}

// CommandLine is the server process's own, known after the first read.
func (p PodFiles) CommandLine() []string { return p.Files.CommandLine() }
