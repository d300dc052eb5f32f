package output

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes untrusted text safe for a terminal and for one table cell:
// control characters (C0, DEL, C1: ESC, CSI, OSC, …), bytes that are no UTF-8
// and the characters that reorder text are shown as escapes. Printable text, in
// any language, stays as it is.
func Escape(s string) string { return escape(s, false) }

func escape(s string, lines bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unsafe(r, lines) }) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !unsafe(r, lines):
			b.WriteString(s[i : i+size])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == 0x1b:
			b.WriteString(`^[`) // as kubectl shows it
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

// unsafe reports characters that may steer a terminal or disguise text.
// lines allows newlines and tabs, which whole documents contain.
func unsafe(r rune, lines bool) bool {
	if lines && (r == '\n' || r == '\t') {
		return false
	}
	return unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) ||
		r == '\u2028' || r == '\u2029'
}

// EscapeWriter neutralises terminal escapes in a document that is written
// through it; newlines and tabs pass. Each Write is taken as whole characters,
// which holds for printers that write a document at once.
func EscapeWriter(w io.Writer) io.Writer { return &escapeWriter{w} }

type escapeWriter struct{ w io.Writer }

func (e *escapeWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.w, escape(string(p), true)); err != nil {
		return 0, err
	}
	return len(p), nil
}
