package declared

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// CodeFileNotRead is the problem of an option file that is mounted where this image's
// server does not look.
const CodeFileNotRead optionfile.Code = "FileNotRead"

// serverGroup begins a group that only servers read.
var serverGroup = regexp.MustCompile(`(?mi)^\s*\[(mysqld|mariadbd?|server|galera)(-[\d.]+)?\]`)

// takeNeverRead tells of files for servers that are mounted in a folder for option
// files and that nothing reads: the path is another image's, or one folder too deep.
func (r *resolver) takeNeverRead(out *reading, vfs *viewFS) {
	s := out.start
	if s.doubt != "" || r.profile.family == familyUnknown && !s.seen {
		return
	}
	for _, mt := range vfs.view.mounts {
		if !mt.vol.readOnly || mt.vol.opaque != "" {
			continue
		}
		mt.eachMounted(func(full string, n *node) {
			src := firstSource(n.data)
			if src == nil || src.kind != fileText || out.nodes[full] != nil || !r.looksConfigured(full, s) || slices.Contains(vfs.dirs, path.Dir(full)) ||
				slices.ContainsFunc(out.entries, func(e entry) bool { return e.Source == src.object }) || !serverGroup.MatchString(n.data.String()) {
				return
			}
			out.problems = append(out.problems, Problem{optionfile.Problem{File: full, Code: CodeFileNotRead, Severity: optionfile.Ignored,
				Message: "the server does not read it: nothing that it reads includes " + path.Dir(full)}, model.Origin{Hop: hopOf(src), Object: src.object, Path: full}})
		})
	}
}

// looksConfigured says whether a path is one at which some image has its option files,
// and this one certainly has none.
func (r *resolver) looksConfigured(p string, s start) bool {
	if path.Ext(p) != ".cnf" || !s.seen && slices.ContainsFunc(r.profile.doubtful, func(dir string) bool { return path.Dir(p) == dir }) {
		return false
	}
	return slices.ContainsFunc([]string{"/etc/my", "/etc/percona", "/opt/bitnami/mysql/conf/", "/opt/bitnami/mariadb/conf/"}, func(prefix string) bool {
		return strings.HasPrefix(p, prefix)
	})
}
