package optionfile

import (
	"bytes"

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
}

const (
	// pieceLength is what the servers read at once: a longer line is read as
	// several lines (fgets into a buffer of 4096 bytes, less two).
	pieceLength = 4094
	// maxDepth is how deep includes may nest below the main file.
	maxDepth = 10
)

// Parse reads an option file, and its includes if opts.FS is set. It never
// fails: what the server would not take is in Problems, and Fatal says whether
// the server would start at all.
func Parse(path string, data []byte, opts Options) *File {
	r := &reader{opts: opts, file: &File{Path: path}}
	r.file.Fatal = !r.read(path, data, 0)
	return r.file
}

// reader walks over a file and its includes.
type reader struct {
	opts Options
	file *File
}

// read takes one file. It is false when the rest of the file was lost to an
// error, which is fatal for the server only in a main file (depth 0).
func (r *reader) read(path string, data []byte, depth int) bool {
	s := &source{reader: r, path: path, depth: depth}
	for line := 1; len(data) > 0; line++ {
		text := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			text = data[:i+1]
		}
		data = data[len(text):]
		if !s.line(text, line) {
			return false
		}
	}
	return true
}

// source is the file being read.
type source struct {
	*reader
	path    string
	depth   int
	group   string
	inGroup bool
	lineNo  int
	offset  int // of the piece in its line
}

// line takes one line, in pieces where it is longer than the servers' buffer.
func (s *source) line(text []byte, number int) bool {
	s.lineNo = number
	for s.offset = 0; s.offset < len(text); s.offset += pieceLength {
		piece := text[s.offset:min(len(text), s.offset+pieceLength)]
		if i := bytes.IndexByte(piece, 0); i >= 0 {
			piece = piece[:i]
		}
		if !s.piece(string(piece)) {
			return false
		}
	}
	return true
}

// piece takes what the server sees as one line, its newline included.
func (s *source) piece(text string) bool {
	start := skipSpace(text, 0)
	rest := text[start:]
	if rest == "" {
		return true
	}
	column := s.offset + start + 1
	switch rest[0] {
	case '#', ';':
		return true
	case '!':
		return s.directive(rest, column)
	case '[':
		return s.header(rest, column)
	}
	if !s.inGroup {
		s.problem(column, CodeNoGroup, s.lostSeverity(), "option before any group", "put [mysqld] before it")
		return false
	}
	s.option(rest, column)
	return true
}

func (s *source) lostSeverity() Severity {
	if s.depth == 0 {
		return Fatal
	}
	return Ignored
}

func (s *source) problem(column int, code Code, severity Severity, message, suggestion string) {
	s.file.Problems = append(s.file.Problems, Problem{File: s.path, Line: s.lineNo, Column: column,
		Code: code, Severity: severity, Message: message, Suggestion: suggestion})
}
