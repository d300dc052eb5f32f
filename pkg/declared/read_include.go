package declared

import (
	"errors"
	"io/fs"
)

// included is the file system in which includes are looked for. What is not
// known to be there may be there all the same, on a disk or in the image: of
// that nothing is read, and nothing is called missing.
type included struct{ *viewFS }

func (f included) ReadFile(name string) ([]byte, fs.FileMode, error) {
	data, mode, err := f.viewFS.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !f.out.start.seen && f.view.mayExist(name) {
		f.miss("what is in " + name + ", which is included: it can only be seen in the container")
		return nil, 0o644, nil
	}
	return data, mode, err
}

// ReadDir: a folder of the container's that was looked into and gave no file may
// be empty, or not there. Then the server would not have started.
func (f included) ReadDir(name string) ([]string, error) {
	names, err := f.viewFS.ReadDir(name)
	if errors.Is(err, fs.ErrNotExist) && f.view.mayExist(name) {
		if !f.out.start.seen {
			f.miss("what is in " + name + ", which is included: it can only be seen in the container")
		}
		return nil, nil
	}
	return names, err
}
