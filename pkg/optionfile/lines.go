package optionfile

import "strings"

// nextLine returns what the server takes for the next line, its newline
// included, and moves lineNo and column to its begin. It is false at the end.
//
// A server reads with fgets into a buffer of fixed size and takes the result
// for a C string: a long line comes in pieces, and a NUL hides the rest of its
// piece. Newer MySQL puts pieces together until one ends in a newline, so that
// there a NUL also swallows the line break.
func (s *source) nextLine() (string, bool) {
	if s.pos >= len(s.text) {
		return "", false
	}
	if s.dialect.joinsPieces {
		return s.joinedLine()
	}
	s.begin()
	piece := s.piece(shortPiece)
	if s.pos < len(s.text) && !strings.HasSuffix(s.text[:s.pos], "\n") {
		s.longLine()
	}
	return s.untilNUL(piece), true
}

// joinedLine is the way of MySQL since 8.0.27.
func (s *source) joinedLine() (string, bool) {
	s.begin()
	rest := s.text[s.pos:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	if strings.IndexByte(rest, 0) < 0 {
		s.pos += len(rest)
		return rest, true
	}
	var line strings.Builder
	for s.pos < len(s.text) {
		piece := s.piece(longPiece)
		visible := s.untilNUL(piece)
		if visible == "" {
			if line.Len() == 0 && s.pos < len(s.text) {
				s.problem(s.column, CodeNUL, Ignored, "a NUL byte begins this line: the server takes it for the end of the file", "remove the NUL byte")
			}
			return line.String(), line.Len() > 0
		}
		line.WriteString(visible)
		if strings.HasSuffix(visible, "\n") {
			break
		}
	}
	return line.String(), true
}

// begin sets lineNo and column for the line that begins at pos.
func (s *source) begin() {
	if s.pos > 0 && s.text[s.pos-1] == '\n' {
		s.lineStart = s.pos
	}
	s.column = s.pos - s.lineStart + 1
	s.lineNo += strings.Count(s.text[s.counted:s.pos], "\n")
	s.counted = s.pos
}

// piece reads up to limit bytes, or to the end of the line.
func (s *source) piece(limit int) string {
	rest := s.text[s.pos:]
	if len(rest) > limit {
		rest = rest[:limit]
	}
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	s.pos += len(rest)
	return rest
}

func (s *source) untilNUL(piece string) string {
	visible, hidden, found := strings.Cut(piece, "\x00")
	if found && visible != "" && s.groupRead {
		consequence := "the server does not read the rest of the line"
		if s.dialect.joinsPieces && strings.HasSuffix(hidden, "\n") {
			consequence = "the server joins this line with the next"
		}
		s.problem(s.column+len(visible), CodeNUL, Ignored, "there is a NUL byte in this line: "+consequence, "remove the NUL byte")
	}
	return visible
}

// longLine warns where a line goes on after the piece that the server reads.
func (s *source) longLine() {
	if s.column > 1 || s.inGroup && !s.groupRead {
		return
	}
	s.problem(s.column, CodeLongLine, Warning,
		"this line is longer than 4094 bytes: the server takes what is beyond for a line of its own, even if it was a comment",
		"shorten the line, or repeat the option")
}
