package optionfile

import (
	"errors"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// directive takes a line that starts with '!'.
func (s *source) directive(text string, column int) bool {
	if s.depth >= maxDepth {
		s.problem(column, CodeIncludeDepth, Ignored, "includes nested too deep: skipped", "")
		return true
	}
	rest := text[skipSpace(text, 1):]
	for _, word := range []string{"includedir", "include"} {
		argument, ok := strings.CutPrefix(rest, word)
		if !ok || argument == "" || !isSpace(argument[0]) {
			continue
		}
		name := directiveArgument(argument)
		if name == "" {
			s.problem(column, CodeBadDirective, s.lostSeverity(), "!"+word+" without a name: the rest of the file is not read", "")
			return false
		}
		return s.include(Include{Path: name, Dir: word == "includedir", File: s.path, Line: s.lineNo, Column: column})
	}
	s.problem(column, CodeBadDirective, Ignored, "unknown directive: the line is ignored", "")
	return true
}

// directiveArgument is the name after the word. The servers take a newline at
// the end for granted: without one the last character is lost.
func directiveArgument(s string) string {
	s = s[skipSpace(s, 0):]
	if s == "" {
		return ""
	}
	return trimEnd(s[:len(s)-1])
}

func (s *source) include(inc Include) bool {
	at := len(s.file.Includes)
	s.file.Includes = append(s.file.Includes, inc)
	if s.opts.FS == nil {
		return true
	}
	if !inc.Dir {
		s.includeFile(at, inc.Path)
		return true
	}
	names, err := s.opts.FS.ReadDir(inc.Path)
	if err != nil {
		s.problem(inc.Column, CodeMissingDir, s.lostSeverity(), "cannot read the folder "+inc.Path+": the rest of the file is not read", "")
		return false
	}
	sort.Strings(names)
	for _, name := range names {
		if path.Ext(name) == ".cnf" {
			s.includeFile(at, path.Join(inc.Path, name))
		}
	}
	return true
}

// includeFile reads one file for the include at index at.
func (s *source) includeFile(at int, name string) {
	data, mode, err := s.opts.FS.ReadFile(name)
	column := s.file.Includes[at].Column
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.problem(column, CodeMissingInclude, Ignored, "no such file: "+name, "")
	case err != nil:
		s.problem(column, CodeUnreadable, Ignored, "cannot read "+name, "")
	case mode&0o002 != 0:
		s.file.Problems = append(s.file.Problems, Problem{File: name, Code: CodeWorldWritable, Severity: Ignored,
			Message: "anybody may write this file, so the server ignores it", Suggestion: "chmod o-w"})
	default:
		s.file.Includes[at].Read = append(s.file.Includes[at].Read, name)
		s.read(name, data, s.depth+1)
	}
}
