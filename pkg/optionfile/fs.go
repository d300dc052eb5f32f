package optionfile

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
)

// FS is where files are read from: the local disk, a pod, a ConfigMap.
type FS interface {
	// ReadFile returns a file's bytes and mode. An error that is fs.ErrNotExist
	// means that there is no such file.
	ReadFile(path string) ([]byte, fs.FileMode, error)
	// ReadDir returns the names of a folder's entries, in any order.
	ReadDir(path string) ([]string, error)
}

// NotFollowed is the error of an FS that does not look a name up, or cannot: what
// the server finds there is not known. Reading goes on behind the directive.
type NotFollowed struct{ Why string }

func (e *NotFollowed) Error() string { return e.Why }

type osFS struct{}

// OS reads the local file system.
func OS() FS { return osFS{} }

func (osFS) ReadFile(name string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, info.Mode(), fmt.Errorf("read %s: not a regular file", name)
	}
	data, err := os.ReadFile(name)
	return data, info.Mode(), err
}

func (osFS) ReadDir(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

type mapFS map[string][]byte

// Map reads files from memory, by absolute path, all with mode 0644. A folder
// exists if a file lies in it, or if it is a key itself with a trailing slash.
func Map(files map[string][]byte) FS { return mapFS(files) }

func (m mapFS) ReadFile(name string) ([]byte, fs.FileMode, error) {
	data, ok := m[name]
	if !ok {
		data, ok = m[path.Clean(name)]
	}
	if !ok {
		return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return data, 0o644, nil
}

func (m mapFS) ReadDir(name string) ([]string, error) {
	prefix := strings.TrimSuffix(path.Clean(name), "/") + "/"
	seen := map[string]bool{}
	found := false
	for p := range m {
		rest, ok := strings.CutPrefix(p, prefix)
		if !ok {
			continue
		}
		found = true
		if first, _, _ := strings.Cut(rest, "/"); first != "" {
			seen[first] = true
		}
	}
	if !found {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names, nil
}
