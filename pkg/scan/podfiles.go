package scan

import (
	"context"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
)

// PodFiles gives package declared what cluster reads by exec, within a limit if there
// is one.
type PodFiles struct {
	Files *cluster.PodFiles
	Limit time.Duration
}

// ReadFiles is declared.PodFiles.
func (p PodFiles) ReadFiles(ctx context.Context, paths []string) (map[string]declared.PodFile, error) {
	// An exec that hangs must not use up the time in which the manifests would do.
	if p.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, p.Limit, connectTimeout{p.Limit})
		defer cancel()
	}
	files, err := p.Files.Read(ctx, paths)
	if err != nil {
		return nil, plainError{err}
	}
	out := make(map[string]declared.PodFile, len(files))
	for name, f := range files {
		out[name] = declared.PodFile{Data: f.Data, Mode: f.Mode, ModTime: f.ModTime}
	}
	return out, nil
}

// plainError words an error as reports do, for who prints it as a reason.
type plainError struct{ err error }

func (e plainError) Error() string { return cluster.ErrorReport("", e.err).Text }
func (e plainError) Unwrap() error { return e.err }

// CommandLine is the server process's own, known after the first read.
func (p PodFiles) CommandLine() []string { return p.Files.CommandLine() }
