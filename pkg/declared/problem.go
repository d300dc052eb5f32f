package declared

import (
	"path"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// Problem is a fault in an option file's language, with the object and line that
// have to be edited.
type Problem struct {
	optionfile.Problem
	Origin model.Origin
}

// takeProblems gives each problem of a file the origin of its line. Of a line
// that is only known when the pod runs, nothing can be said; what is wrong with one
// that is read again and again is said once.
func (out *reading) takeProblems(problems []optionfile.Problem, used map[string]*use, v *view) {
	told := map[optionfile.Problem]bool{}
	for _, p := range problems {
		if told[p] {
			continue
		}
		told[p] = true
		u := used[path.Clean(p.File)]
		if p.Code == optionfile.CodeSkippedFile {
			u = unopened(v.at(p.File))
		}
		if u == nil || u.o.pl.n.maybe {
			continue
		}
		if p.Code == optionfile.CodeWorldWritable {
			u.ignored = true
		}
		src, line := firstSource(u.o.pl.n.data), p.Line
		if p.Line > 0 && p.Line <= len(u.lines) {
			text := u.lines[p.Line-1]
			from, at, _, doubt := text.origin()
			if doubt || !text.known() {
				continue
			}
			if src = from; src != nil && at > 0 {
				line = at
			}
		}
		o := model.Origin{Hop: model.HopFile, Object: "generated", Path: u.o.pl.name, Line: line, Column: p.Column}
		if src != nil {
			o.Object, o.Hop = src.object, hopOf(src)
		}
		if src == imageSource && !out.start.seen {
			o.Line, o.Column = 0, 0 // only its includes are known
		}
		out.problems = append(out.problems, Problem{p, o})
	}
}

// unopened is a file that the server passes over.
func unopened(pl place) *use {
	if pl.n == nil || pl.n.dir != nil {
		return nil
	}
	return &use{o: opened{pl.name, pl}}
}

// takeBareDefaults notes options about option files that stand without "=": MySQL
// and MariaDB do not know them then and do not start.
// Source: get_defaults_options in mysys/my_default.cc and my_default.c.
func (out *reading) takeBareDefaults(argv []text) {
	for _, a := range argv {
		switch name := a.String(); name {
		case "--defaults-file", "--defaults-extra-file", "--defaults-group-suffix":
			p := optionfile.Problem{Code: optionfile.CodeUnreadable, Severity: optionfile.Fatal,
				Message: name + " has its value as a word of its own, and the server knows it with = only: it does not start", Suggestion: "write " + name + "=VALUE"}
			out.problems = append(out.problems, Problem{p, model.Origin{Hop: model.HopArgument, Object: "arg", Path: CommandLine}})
		}
	}
}

// noDefaultsFile is the problem of a named option file that is certainly not there.
func noDefaultsFile(option, name string) Problem {
	return Problem{optionfile.Problem{File: name, Code: optionfile.CodeUnreadable, Severity: optionfile.Fatal,
		Message: option + " names a file that is not there: the server does not start"}, model.Origin{Hop: model.HopArgument, Object: "arg", Path: name}}
}

// commonProblems are those that a start has whichever way it goes.
func commonProblems(readings []*reading) []Problem {
	count := map[Problem]int{}
	for _, rd := range readings {
		seen := map[Problem]bool{}
		for _, p := range rd.problems {
			if !seen[p] {
				seen[p] = true
				count[p]++
			}
		}
	}
	var out []Problem
	for _, p := range readings[0].problems {
		if count[p] == len(readings) {
			out = append(out, p)
		}
	}
	return out
}
