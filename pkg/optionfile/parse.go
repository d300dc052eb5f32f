package optionfile

import (
	"bytes"
	"io/fs"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Options is how a file is to be read.
type Options struct {
	// FS is where includes are read from; with nil they are recorded, not followed.
	FS FS
	// Server decides where flavours and versions differ, and which groups count.
	Server model.Server
	// GroupSuffix is the value of --defaults-group-suffix.
	GroupSuffix string
	// Mode is the main file's mode where it is known: one that anybody may write
	// is ignored altogether.
	Mode fs.FileMode
}

// Parse reads an option file, and its includes if opts.FS is set. It never
// fails: what the server would not take is in Problems, and Fatal says whether
// the server would start at all.
func Parse(path string, data []byte, opts Options) *File {
	r := &reader{opts: opts, dialect: dialectOf(opts.Server), file: &File{Path: path}, readGroups: map[string]bool{}, includes: newIncludes(opts.FS)}
	for _, g := range Groups(opts.Server, opts.GroupSuffix) {
		r.readGroups[foldGroup(g)] = true
	}
	if opts.Mode&0o002 != 0 {
		r.worldWritable(path)
		return r.file
	}
	r.file.Settings = make([]Setting, 0, bytes.Count(data, []byte{'\n'})+1)
	r.file.Fatal = !r.read(path, string(data), 0)
	r.lintGroups()
	return r.file
}

// reader walks over a file and its includes.
type reader struct {
	opts       Options
	dialect    dialect
	file       *File
	readGroups map[string]bool
	includes   includes
}

// read takes one file. It is false when the rest of the file was lost to an
// error, which is fatal for the server only in a main file (depth 0).
func (r *reader) read(path, text string, depth int) bool {
	s := &source{reader: r, path: path, depth: depth, text: text, lineNo: 1}
	s.lintLineEnds()
	for {
		line, ok := s.nextLine()
		if !ok {
			return true
		}
		if !s.line(line) {
			return false
		}
	}
}

func (r *reader) worldWritable(path string) {
	r.report(Problem{File: path, Code: CodeWorldWritable, Severity: Ignored,
		Message:    "anybody may write this file, so the server ignores all of it",
		Suggestion: "take the right to write away from others; for a ConfigMap or Secret volume set defaultMode to 0644"})
}

// source is the file being read.
type source struct {
	*reader
	path  string
	depth int
	text  string
	pos   int // of the next unread byte

	counted   int // newlines before this byte are in lineNo
	lineStart int // where the line of the file begins that pos is in
	lineNo    int // of the line being looked at
	column    int // where it begins, 1-based; over 1 for the rest of a long line
	group     string
	inGroup   bool
	groupRead bool // by this server
	groupAt   int  // its header's index in file.groups
}

// line takes what the server sees as one line, its newline included.
func (s *source) line(text string) bool {
	start := skipSpace(text, 0)
	rest := text[start:]
	if rest == "" {
		return true
	}
	column := s.column + start
	switch rest[0] {
	case '#', ';':
		return true
	case '!':
		return s.directive(rest, column)
	case '[':
		return s.header(rest, column)
	}
	if !s.inGroup {
		s.noGroup(rest, column)
		return false
	}
	s.option(text, start, column)
	return true
}

// header takes a line that starts with '['.
func (s *source) header(text string, column int) bool {
	name, after, closed := strings.Cut(text[1:], "]")
	if !closed {
		s.problem(column, CodeBadGroup, s.lostSeverity(),
			"this group line has no ]: "+s.lostText(), "close the group's name with ]")
		return false
	}
	s.group, s.inGroup = trimEnd(name), true
	s.groupRead = s.readGroups[foldGroup(s.group)]
	s.file.groups = append(s.file.groups, groupLine{name: s.group, file: s.path, line: s.lineNo, column: column})
	s.groupAt = len(s.file.groups) - 1
	s.lintHeader(after, column)
	return true
}

// option takes an option line, which begins at start in text.
func (s *source) option(text string, start, column int) {
	line := cutComment(text[start:])
	name, value, hasValue := strings.Cut(line, "=")
	setting := Setting{Group: s.group, Option: trimEnd(name), HasValue: hasValue,
		File: s.path, Line: s.lineNo, Column: column}
	if name == "" && start > 0 {
		// A name of length -1: the servers copy up to the end of the line.
		setting.Option = line
	}
	if hasValue {
		setting.Value = unescape(unquote(trimEnd(value[skipSpace(value, 0):])))
	}
	s.file.Settings = append(s.file.Settings, setting)
	if s.groupRead {
		s.lintOption(text[start:], line, setting)
	} else {
		s.file.groups[s.groupAt].add(setting.Option)
	}
}

func (s *source) noGroup(text string, column int) {
	message, suggestion := "an option stands before any group: ", "put [mysqld] on a line before it"
	switch {
	case strings.HasPrefix(text, "\xef\xbb\xbf"):
		message, suggestion = "the file begins with a byte order mark, which the server takes for an option before any group: ", "save it as UTF-8 without a byte order mark"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		message, suggestion = "the file is UTF-16, which the server cannot read: ", "save it as UTF-8 without a byte order mark"
	}
	s.problem(column, CodeNoGroup, s.lostSeverity(), message+s.lostText(), suggestion)
}

// lostSeverity is what an error costs that ends the reading of this file.
func (s *source) lostSeverity() Severity {
	if s.depth == 0 {
		return Fatal
	}
	return Ignored
}

func (s *source) lostText() string {
	if s.depth == 0 {
		return "the server does not start"
	}
	return "the server starts without the rest of this file"
}

func (s *source) problem(column int, code Code, severity Severity, message, suggestion string) {
	s.report(Problem{File: s.path, Line: s.lineNo, Column: column,
		Code: code, Severity: severity, Message: message, Suggestion: suggestion})
}

// report keeps a problem. A file that is no option file has one in each line:
// past maxProblems only those count that end the reading.
func (r *reader) report(p Problem) {
	switch p.Code {
	case CodeBadGroup, CodeNoGroup, CodeMissingDir, CodeBadDirective, CodeIncludeKnot:
	default:
		if len(r.file.Problems) >= maxProblems {
			return
		}
	}
	r.file.Problems = append(r.file.Problems, p)
}
