package optionfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// directive takes a line that starts with '!'.
func (s *source) directive(text string, column int) bool {
	if s.depth >= maxDepth {
		s.problem(column, CodeIncludeDepth, Ignored, "includes are nested more than 10 deep: the server skips this one", "")
		return true
	}
	rest := text[skipSpace(text, 1):]
	for _, word := range []string{"includedir", "include"} {
		argument, ok := strings.CutPrefix(rest, word)
		if !ok || argument == "" || !isSpace(argument[0]) {
			continue
		}
		name := s.argument(argument, column)
		if name == "" {
			s.problem(column, CodeBadDirective, s.lostSeverity(), "!"+word+" without a name: "+s.lostText(), "")
			return false
		}
		return s.include(Include{Path: name, Dir: word == "includedir", File: s.path, Line: s.lineNo, Column: column})
	}
	s.problem(column, CodeBadDirective, Ignored, "this is neither !include NAME nor !includedir NAME: the server ignores the line", "")
	return true
}

// argument is the name after the word. The older parsers take a newline at the
// end for granted and drop the last character, whatever it is.
func (s *source) argument(text string, column int) string {
	text = text[skipSpace(text, 0):]
	if s.dialect.directiveComments {
		return trimEnd(cutComment(text))
	}
	if text == "" {
		return ""
	}
	if last := text[len(text)-1]; !isSpace(last) {
		s.problem(column, CodeTruncatedInclude, Ignored,
			"the file ends here without a newline: the server loses the last character of this name", "end the file with a newline")
	}
	return trimEnd(text[:len(text)-1])
}

// include follows a directive. It is false where the rest of the file is lost.
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
	if s.notFollowed(inc, err) {
		return true
	}
	if err != nil {
		s.problem(inc.Column, CodeMissingDir, s.lostSeverity(), "cannot read the folder "+inc.Path+": "+s.lostText(), s.nameHint(inc.Path))
		return false
	}
	names = append([]string(nil), names...)
	sort.Strings(names)
	first := len(s.file.Settings)
	for _, name := range names {
		if s.taken(name) {
			s.includeFile(at, path.Join(inc.Path, name))
		} else {
			s.lintSkipped(inc, name)
		}
	}
	if !s.includes.ordered[inc.Path] { // a folder's order is told once
		s.includes.ordered[inc.Path] = true
		s.lintOrder(inc, s.file.Settings[first:])
	}
	return true
}

// notFollowed tells of a name that is not looked up here.
func (s *source) notFollowed(inc Include, err error) bool {
	var why *NotFollowed
	if !errors.As(err, &why) {
		return false
	}
	s.problem(inc.Column, CodeNotFollowed, Warning, inc.Path+" is not followed: "+why.Why, "")
	return true
}

// taken reports whether a folder's entry is read: it must end in .cnf.
func (s *source) taken(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if s.dialect.firstDot {
		dot = strings.IndexByte(name, '.')
	}
	return dot >= 0 && name[dot:] == ".cnf"
}

// includeFile reads one file for the include at index at.
func (s *source) includeFile(at int, name string) {
	column := s.file.Includes[at].Column
	if len(name) >= maxPath {
		s.problem(column, CodeUnreadable, Ignored, "the path has more than 508 bytes: the server does not read it", "")
		return
	}
	if s.includes.full() {
		s.knot(column)
		return
	}
	inc := s.file.Includes[at]
	inc.Path = name
	file := s.includes.file(name)
	switch {
	case s.notFollowed(inc, file.err):
	case file.mode.IsDir():
		if !inc.Dir {
			s.problem(column, CodeUnreadable, Ignored, name+" is a folder: nothing is read", "use !includedir")
		}
	case errors.Is(file.err, fs.ErrNotExist):
		s.problem(column, CodeMissingInclude, Ignored, "there is no file "+name+": the server goes on without it", s.nameHint(name))
	case file.err != nil:
		s.problem(column, CodeUnreadable, Ignored, "cannot read "+name+": the server goes on without it if it cannot either", "")
	case file.mode&0o002 != 0:
		s.worldWritable(name)
	case !s.includes.count(len(file.text)):
		s.knot(column)
	default:
		s.file.Includes[at].Read = append(s.file.Includes[at].Read, name)
		s.read(name, file.text, s.depth+1)
	}
}

// knot ends a reading that a server would be at for hours. It is told once.
func (s *source) knot(column int) {
	if !s.includes.knotted {
		s.includes.knotted = true
		s.problem(column, CodeIncludeKnot, Warning,
			fmt.Sprintf("the includes come to more than %d files or %d MiB, as files do that include each other: reading ends here, and what the server makes of it is not known", maxFiles, maxBytes>>20),
			"let no file include a folder or file that includes it")
	}
}

// nameHint explains a name that cannot be found.
func (s *source) nameHint(name string) string {
	switch {
	case strings.ContainsAny(name, `"'`):
		return "the server takes quotes for a part of the name: remove them"
	case strings.Contains(name, "#"):
		return "this server knows no comment after a directive: put it on a line of its own"
	case !path.IsAbs(name):
		return "a relative name is looked for in the server's working directory, not beside this file: write the whole path"
	}
	return ""
}
