package offline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// beside is the file system in which the includes of one option file are looked
// for. Without a root, names are looked for below the option file's folder only:
// all others are names of the server's machine, and may mean something else
// here, or be none of an option file's business. With a root, absolute names
// are looked for below that, as the server sees them. No link leads out.
type beside struct {
	folder string // "" for standard input
	root   string
}

func newBeside(optionFile, root string) (*beside, error) {
	b := &beside{}
	var err error
	if optionFile != "-" {
		if b.folder, err = realFolder(filepath.Dir(optionFile)); err != nil {
			return nil, err
		}
	}
	if root != "" {
		if b.root, err = realFolder(root); err != nil {
			return nil, fmt.Errorf("--include-root: %w", err)
		}
	}
	return b, nil
}

// realFolder is a folder's absolute name without links.
func realFolder(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

const elsewhere = "it is a name of the server's machine; --include-root names the folder where that machine's files lie, or give its files with --option-file"

// find is where an included name lies here.
func (b *beside) find(name string) (string, error) {
	within := b.folder
	path := filepath.Join(b.folder, name)
	switch {
	case filepath.IsAbs(name) && b.root != "":
		within, path = b.root, filepath.Join(b.root, filepath.Clean(name))
	case filepath.IsAbs(name):
		path = filepath.Clean(name)
	}
	if within == "" {
		return "", notFollowed(elsewhere)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil && !below(path, within) {
		return "", notFollowed(elsewhere) // whether it is there is nobody's business
	}
	if err != nil {
		return "", unread(err)
	}
	if !below(real, within) {
		if below(path, within) {
			return "", notFollowed("a link leads out of " + within)
		}
		return "", notFollowed(elsewhere)
	}
	return real, nil
}

func below(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func notFollowed(why string) error { return &optionfile.NotFollowed{Why: why} }

// unread says why a file cannot be read here, which the server's may well be.
func unread(err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notFollowed("it is not here")
	case errors.As(err, &path):
		return notFollowed(path.Err.Error())
	}
	return notFollowed(err.Error())
}

func (b *beside) ReadFile(name string) ([]byte, fs.FileMode, error) {
	path, err := b.find(name)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, 0, unread(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, 0, unread(err)
	case info.IsDir():
		return nil, fs.ModeDir, fmt.Errorf("%s is a folder", name)
	case !info.Mode().IsRegular():
		return nil, 0, notFollowed("it is no regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, 0, unread(err)
	case len(data) > maxFile:
		return nil, 0, notFollowed(fmt.Sprintf("it is larger than %d MiB", maxFile>>20))
	}
	return data, 0o644, nil // its mode is that of this machine
}

func (b *beside) ReadDir(name string) ([]string, error) {
	path, err := b.find(name)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, unread(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}
