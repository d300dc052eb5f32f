package declared

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// viewFS lets optionfile read a container's files, and notes which it read.
type viewFS struct {
	r      *resolver
	view   *view
	out    *reading
	opened []opened
	dirs   []string // folders that were listed
	hidden []hidden
	named  []string // files that the command line names
}

type hidden struct {
	name string // a folder ends in "/"
	vol  *volume
}

type opened struct {
	asked string // as optionfile names it
	pl    place
}

func (f *viewFS) ReadFile(name string) ([]byte, fs.FileMode, error) {
	pl := f.view.at(name)
	if pl.n == nil || pl.n.dir != nil {
		f.noteHidden(name, pl)
		return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if f.r.unreadable(pl.n, f.out.start) {
		// What is mounted so is declared all the same, and the fault is told; a copy that
		// a script made so is not what anybody declared.
		named := slices.Contains(f.named, name)
		f.noteUnreadable(name, pl, named)
		if named || pl.n.via != "mount" {
			return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}
	}
	mode := pl.n.mode
	if f.readsWorldWritable(pl) {
		mode &^= 0o002
	}
	f.opened = append(f.opened, opened{name, pl})
	f.out.nodes[path.Clean(name)] = pl.n
	if pl.n.data.allUnknown() {
		return nil, mode, nil
	}
	return []byte(pl.n.data.String()), mode, nil
}

// noteUnreadable notes a file that the server's user may not open: it passes over
// it, unless its command line names it.
func (f *viewFS) noteUnreadable(name string, pl place, named bool) {
	src := firstSource(pl.n.data)
	if src == nil {
		src = &source{object: "generated"}
	}
	p := Problem{optionfile.Problem{File: name, Code: optionfile.CodeUnreadable, Severity: optionfile.Ignored,
		Message: fmt.Sprintf("only root may read it (mode %04o), and the server runs as another user: it passes over the file", pl.n.mode)},
		model.Origin{Hop: hopOf(src), Object: src.object, Path: pl.name}}
	if named {
		p.Severity = optionfile.Fatal
		p.Message = fmt.Sprintf("only root may read it (mode %04o), and the server runs as another user: it does not start without a file that its command line names", pl.n.mode)
	}
	p.Suggestion = "let others read it (defaultMode), or give it to the server's group (securityContext.fsGroup)"
	if !slices.Contains(f.out.problems, p) {
		f.out.problems = append(f.out.problems, p)
	}
}

// readsWorldWritable: newer MariaDB servers take a world-writable file from a
// read-only mount, as ConfigMap volumes are.
func (f *viewFS) readsWorldWritable(pl place) bool {
	return !optionfile.IgnoresWorldWritable(f.r.server, pl.mount != nil && pl.vol.readOnly)
}

func (f *viewFS) ReadDir(name string) ([]string, error) {
	names, _, exists := f.view.list(name)
	f.noteHidden(strings.TrimSuffix(name, "/")+"/", f.view.at(name))
	f.dirs = append(f.dirs, path.Clean(name))
	if !exists {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return names, nil
}

// noteHidden remembers a place where the server looks and of whose content not
// all is known: something unreadable may have written there, the object that is
// mounted is not there or may not be read, or a disk has what it has.
func (f *viewFS) noteHidden(name string, pl place) {
	switch {
	case pl.vol.opaque != "":
		f.hidden = append(f.hidden, hidden{name, pl.vol})
	case f.out.start.seen || pl.mount == nil:
	case len(pl.vol.missing) > 0:
		for _, m := range pl.vol.missing {
			f.miss("what is in " + name + ": " + m)
		}
		for _, a := range pl.vol.absent {
			if a.exists {
				f.out.unread = append(f.out.unread, strings.TrimSuffix(a.prefix, ":")+": "+a.why)
			}
		}
	case pl.vol.kind == "disk" && (!isDataMount(pl.mount.at) || path.Base(name) != ".my.cnf"):
		f.miss("what is in " + name + ": volume " + pl.vol.name + " is a disk, and what it holds can only be seen in the container")
	}
}

func (f *viewFS) miss(text string) {
	if !slices.Contains(f.out.missing, text) {
		f.out.missing = append(f.out.missing, text)
	}
}
