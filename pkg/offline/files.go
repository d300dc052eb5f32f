package offline

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
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
