package declared

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// CommandLine stands for a path where arguments are meant.
const CommandLine = "(command line)"

// start is one start of the server: its arguments, environment and files.
type start struct {
	argv []text // without the program
	env  environment
	view *view
	// doubt says why it is not known whether this is all of it.
	doubt string
	// seen is set where the files are the pod's own.
	seen bool
	// passing is set where it may be one that a script fills and stops again.
	passing bool
	// dropsRoot is set where an entry point of the library's started the server.
	dropsRoot bool
}

// reading is what a server gets out of one start.
type reading struct {
	entries  []entry
	settings []model.Setting
	problems []Problem
	missing  []string
	unread   []string         // objects that are there, whose text the server reads and nobody could
	nodes    map[string]*node // the files that were read, by the name asked for

	// failed says why no server starts this way, if none does.
	failed failure

	start start
	dirs  []string // folders that were listed
	asked []string // every file that was looked for
}

// entry is one governing source with what the merge needs to know.
type entry struct {
	v1.GoverningFile
	fromWritable bool
}

// read reads what the server reads at this start.
func (r *resolver) read(s start) *reading {
	out := &reading{nodes: map[string]*node{}, start: s}
	args := joinValues(s.argv)
	// Of --defaults-file as a word of its own nothing is made: it wants "=".
	begin, _ := optionfile.SplitArgs(plainWords(s.argv))
	out.takeBareDefaults(s.argv)
	suffix := begin.GroupSuffix
	if suffix == "" {
		suffix = s.env["MYSQL_GROUP_SUFFIX"].String()
	}
	groups := optionfile.Groups(r.server, suffix)
	vfs := &viewFS{r: r, view: s.view, out: out, named: []string{begin.DefaultsFile, begin.DefaultsExtraFile}}
	out.asked = r.fileList(begin, s.env)
	homes, sure := r.homes(s)
	if begin.NoDefaults || begin.DefaultsFile != "" || r.profile.family == familyBitnami {
		homes = nil
	}
	if sure {
		out.asked = append(out.asked, homeFiles(homes)...)
		homes = nil
	}
	for _, name := range out.asked {
		if strings.Contains(name, unknown) {
			out.missing = append(out.missing, "an option file whose name is only known when the pod runs")
			continue
		}
		data, mode, err := vfs.ReadFile(name)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && (name == begin.DefaultsFile || name == begin.DefaultsExtraFile) && !vfs.view.mayExist(name) {
				option := "--defaults-file"
				if name == begin.DefaultsExtraFile {
					option = "--defaults-extra-file"
				}
				out.problems = append(out.problems, noDefaultsFile(option, name))
			}
			continue
		}
		r.take(out, vfs, optionfile.Parse(name, data, optionfile.Options{FS: included{vfs}, Server: r.server, GroupSuffix: suffix, Mode: mode}), groups)
	}
	out.dirs = vfs.dirs
	for _, name := range homeFiles(homes) {
		r.takeMaybe(out, vfs, name, groups, "whether this is the home directory of the server's user can only be seen in the container")
	}
	if !s.seen {
		r.takeDoubtful(out, vfs, groups, begin)
	}
	r.takeHidden(out, vfs)
	r.takeNeverRead(out, vfs)
	if s.doubt != "" {
		r.takeUnread(out, vfs, groups, s.doubt)
	}
	r.takeArgs(out, args)
	return out
}

// fileList is the option files that a server looks for, in order.
func (r *resolver) fileList(begin optionfile.StartOptions, env environment) []string {
	switch {
	case begin.NoDefaults:
		return nil
	case begin.DefaultsFile != "":
		return []string{begin.DefaultsFile}
	}
	list := slices.Clone(r.profile.defaults)
	if home := env["MYSQL_HOME"].String(); home != "" {
		list = append(list, path.Join(home, "my.cnf"))
	}
	if home := env["MARIADB_HOME"].String(); home != "" && r.server.Flavour == model.MariaDB {
		list = append(list, path.Join(home, "my.cnf"))
	}
	if begin.DefaultsExtraFile != "" {
		list = append(list, begin.DefaultsExtraFile)
	}
	var once []string
	for _, name := range list {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}
