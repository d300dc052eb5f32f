package optionfile

import (
	"path"
	"strings"
)

// The problems of included folders.

// lintSkipped tells of a file that lies in an included folder and looks like
// an option file, but is not read for its name.
func (s *source) lintSkipped(inc Include, name string) {
	if strings.HasPrefix(name, "..") { // a volume's own entries
		return
	}
	lower := strings.ToLower(name)
	for _, end := range []string{".conf", ".cnf", ".ini", ".cfg", ".cnf.txt"} {
		if strings.HasSuffix(lower, end) {
			full := path.Join(inc.Path, name)
			s.report(Problem{File: full, Code: CodeSkippedFile, Severity: Ignored,
				Message: "the server does not read " + full + ": it takes only names that end in .cnf", Suggestion: "rename it to " + strings.SplitN(name, ".", 2)[0] + ".cnf"})
			return
		}
	}
}

// accumulating options may stand in many files: each adds to the others.
var accumulating = setOf(`plugin-load-add early-plugin-load binlog-do-db binlog-ignore-db ignore-db-dir ignore-db-dirs
	performance-schema-instrument optimizer-switch`)

// lintOrder tells of an option that two files of one folder set to different
// values: which of them wins hangs on the files' names.
func (s *source) lintOrder(inc Include, settings []Setting) {
	folder := path.Clean(inc.Path)
	seen := map[string]Setting{}
	for _, o := range settings {
		if !s.readGroups[foldGroup(o.Group)] || path.Dir(o.File) != folder {
			continue
		}
		name := strings.ReplaceAll(o.Option, "_", "-")
		name = strings.TrimPrefix(name, "loose-")
		if accumulating[name] || strings.HasPrefix(name, "replicate-") {
			continue
		}
		before, ok := seen[name]
		if ok && before.File != o.File && (before.Value != o.Value || before.HasValue != o.HasValue) {
			s.report(Problem{File: o.File, Line: o.Line, Column: o.Column, Code: CodeIncludeOrder, Severity: Warning,
				Message:    o.name() + " stands in " + path.Base(before.File) + " too, with another value: this one wins only because of the files' names",
				Suggestion: "keep it in one of the files"})
		}
		seen[name] = o
	}
}
