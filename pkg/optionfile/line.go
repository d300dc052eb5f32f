package optionfile

import "strings"

// isSpace is my_isspace of the servers' Latin-1: the byte 0xA0 counts too.
func isSpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r' || c == 0xA0
}

func skipSpace(s string, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

func trimEnd(s string) string {
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// cutComment removes what follows a # outside quotes. A backslash protects a
// quote only within quotes.
func cutComment(s string) string {
	kept, _ := scanQuotes(s)
	return kept
}

// scanQuotes is a line up to its comment, and the quote that is open at its end.
func scanQuotes(s string) (kept string, open byte) {
	escaped := false
	for i := range len(s) {
		c := s[i]
		if (c == '\'' || c == '"') && !escaped {
			switch open {
			case 0:
				open = c
			case c:
				open = 0
			}
		}
		if open == 0 && c == '#' {
			return s[:i], 0
		}
		escaped = open != 0 && c == '\\' && !escaped
	}
	return s, open
}

// unquote removes one pair of equal quotes around the value.
func unquote(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// unescape resolves the eight known escapes; any other backslash stays.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i == len(s)-1 {
			out = append(out, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 's':
			out = append(out, ' ')
		case '"', '\'', '\\':
			out = append(out, s[i])
		default:
			out = append(out, '\\', s[i])
		}
	}
	return string(out)
}
