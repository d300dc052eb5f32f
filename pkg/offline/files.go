package offline

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// No option file and no dump is as large as this; /dev/zero is.
const maxFile = 64 << 20

// read reads a file, or what a pipe brings. The path "-" is standard input. A
// pipe that nobody writes to ends with the context.
func (cfg Config) read(ctx context.Context, path string) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := cfg.readAll(path)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("read %s: %w", path, context.Cause(ctx))
	}
}

func (cfg Config) readAll(path string) ([]byte, error) {
	in := cfg.Stdin
	if path != "-" || in == nil {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("there is no end to it after %d MiB", maxFile>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", strings.Replace(path, "-", "standard input", 1), err)
	}
	return data, nil
}

// serverMode is an option file's mode where the file is the server's own, as it is
// with its includes looked for below the root of this machine; else 0.
func (cfg Config) serverMode(path string, server model.Server) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil || path == "-" || filepath.Clean(cfg.IncludeRoot) != "/" || !info.Mode().IsRegular() || !optionfile.IgnoresWorldWritable(server, false) {
		return 0
	}
	return info.Mode()
}

// writable tells of a copy that anybody may write. The server's file need not be so,
// and is compared: if it is, the server ignores all of it.
func (cfg Config) writable(path string, server model.Server) (optionfile.Problem, bool) {
	info, err := os.Stat(path)
	if err != nil || path == "-" || !info.Mode().IsRegular() || info.Mode()&0o002 == 0 || cfg.serverMode(path, server) != 0 {
		return optionfile.Problem{}, false
	}
	return optionfile.Problem{File: path, Code: optionfile.CodeWorldWritable, Severity: optionfile.Warning,
		Message:    "anybody may write this file: if it is so on the server, the server ignores all of it",
		Suggestion: "take the right to write away from others"}, true
}
