package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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

// beside is the file system in which the includes of one option file are looked
// for: relative names beside the file, absolute ones only below its folder. All
// others are names of the server's machine, and may mean something else here.
// Their place is left empty, and kept in absent.
type beside struct {
	folder string
	absent map[string]error
}

func newBeside(optionFile string) *beside {
	folder, err := filepath.Abs(filepath.Dir(optionFile))
	if err != nil || optionFile == "-" {
		folder = ""
	}
	return &beside{folder, map[string]error{}}
}

var errElsewhere = errors.New("it is a name of the server's machine")

// find is where an included name lies here.
func (b *beside) find(name string) (string, error) {
	if !filepath.IsAbs(name) {
		if b.folder == "" {
			return "", errElsewhere
		}
		return filepath.Join(b.folder, name), nil
	}
	if rel, err := filepath.Rel(b.folder, filepath.Clean(name)); b.folder == "" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", errElsewhere
	}
	return name, nil
}

func (b *beside) ReadFile(name string) ([]byte, fs.FileMode, error) {
	path, err := b.find(name)
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(path); err == nil && info.IsDir() {
			return nil, fs.ModeDir, fmt.Errorf("%s is a folder", name)
		}
		if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
			err = errors.New("it is no regular file")
		}
	}
	if err == nil {
		var data []byte
		if data, err = os.ReadFile(path); err == nil {
			return data, 0o644, nil // its mode is that of this machine
		}
	}
	b.absent[name] = err
	return nil, 0o644, nil
}

func (b *beside) ReadDir(name string) ([]string, error) {
	path, err := b.find(name)
	if err == nil {
		var entries []os.DirEntry
		if entries, err = os.ReadDir(path); err == nil {
			names := make([]string, len(entries))
			for i, e := range entries {
				names[i] = e.Name()
			}
			return names, nil
		}
	}
	b.absent[name] = err
	return nil, nil
}

// missing says why an include was not read, nil if it was.
func (b *beside) missing(i optionfile.Include) error {
	if err := b.absent[i.Path]; err != nil {
		return err
	}
	for _, name := range i.Read {
		if err := b.absent[name]; err != nil {
			return err
		}
	}
	return nil
}
