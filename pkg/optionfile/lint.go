package optionfile

import (
	"strings"
	"unicode/utf8"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The problems of one option line, in groups that the server reads. Messages
// name options and never quote values: a value may be a secret.

// lintOption looks at an option line: text is all of it, line what is left
// without its comment.
func (s *source) lintOption(text, line string, o Setting) {
	s.lintName(line, o)
	if o.HasValue {
		s.lintQuotes(text, line, o)
		s.lintHash(text, line, o)
		s.lintValue(line, o, len(line) == len(text))
	}
}

// refused reports a line that names no option that any server has.
func (s *source) refused(o Setting, code Code, message, suggestion string) {
	severity, end := Fatal, ": the server does not start"
	prefix := o.Option[:min(len(o.Option), len("loose-"))]
	if s.opts.Server.Flavour == model.MariaDB { // which does not mind the case
		prefix = strings.ToLower(prefix)
	}
	if prefix == "loose-" || prefix == "loose_" {
		severity, end = Ignored, ": the server warns and goes on without it"
	}
	s.problem(o.Column, code, severity, message+end, suggestion)
}

func (s *source) lintName(line string, o Setting) {
	word := o.Option[:nameLength(o.Option)]
	rest := strings.TrimLeft(o.Option[len(word):], " \t")
	switch {
	case strings.HasPrefix(line, "="):
		s.refused(o, CodeNoName, "no option's name stands before the =", "")
	case strings.HasPrefix(word, "-"):
		s.refused(o, CodeLeadingDashes, "dashes before an option belong on a command line, not in a file", "remove the dashes")
	case rest == "":
	case strings.HasPrefix(rest, ":") && word != "":
		s.refused(o, CodeColon, "a colon does not part a name from its value", "write "+word+" = VALUE")
	case rest != o.Option[len(word):] && nameLength(rest) == len(rest) && o.HasValue:
		s.refused(o, CodeSpaceSeparator, "an option's name has no blanks", "write - or _ between its words")
	case rest != o.Option[len(word):]:
		s.refused(o, CodeSpaceSeparator, "a blank does not part a name from its value", "write "+word+" = VALUE")
	default:
		s.refused(o, CodeBadCharacter, "there is a character in this option's name that no name has", badCharacterHint(rest))
	}
}

// ShownName is the part of an option's name that a message may show: behind a
// blank or a colon there may be a secret.
func ShownName(option string) string { return option[:nameLength(option)] }

func (s Setting) name() string { return ShownName(s.Option) }

// nameLength is the length of the run of characters that names are made of.
func nameLength(s string) int {
	for i := range len(s) {
		c := s[i]
		if c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return i
		}
	}
	return len(s)
}

func badCharacterHint(rest string) string {
	r, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case ',':
		return "a value cannot go on in the next line: write the list on one line"
	case '\u00a0', '\u3000', '\u2003', '\u200b':
		return "replace the special blank by an ordinary one"
	case '\ufeff':
		return "remove the byte order mark"
	case '\uff1d':
		return "replace the full-width equals sign by ="
	case '\u2013', '\u2014', '\u2212':
		return "replace the long dash by -"
	}
	return ""
}

// lintQuotes finds quotes that stay in the value, and those that hide a comment.
func (s *source) lintQuotes(text, line string, o Setting) {
	_, value, _ := strings.Cut(line, "=")
	value = trimEnd(value[skipSpace(value, 0):])
	if value == "" {
		return
	}
	_, open := scanQuotes(text)
	first, last := value[0], value[len(value)-1]
	switch {
	case open != 0 && len(line) == len(text) && strings.Contains(text[strings.LastIndexByte(text, open):], "#"):
		s.problem(o.Column, CodeUnclosedQuote, Warning, "the value of "+o.name()+" has a quote that is not closed: what looks like a comment is part of the value", "close the quote, or put a backslash before each inner one")
	case first != '"' && first != '\'':
	case open != 0 && last != first:
		s.problem(o.Column, CodeUnclosedQuote, Warning, "the value of "+o.name()+" begins with a quote that is not closed: the quote is part of the value", "close the quote")
	case last != first:
		s.problem(o.Column, CodeUnclosedQuote, Warning, "text follows the closing quote in the value of "+o.name()+": the quotes are part of the value", "put the quotes around the whole value, and a # before a comment")
	}
}

// lintHash finds a # that was hardly meant as a comment: one inside a word.
func (s *source) lintHash(text, line string, o Setting) {
	cut := len(line)
	if cut >= len(text)-1 || isSpace(text[cut-1]) || isSpace(text[cut+1]) {
		return
	}
	if o.Value != "" && plainValue(o.Value) {
		return
	}
	s.problem(o.Column, CodeHashInValue, Warning, "a # cuts the value of "+o.name()+": the server takes the rest for a comment", "put the value in quotes if the # belongs to it")
}

// plainValue is a number, a size or a switch: nobody goes on with a # in those.
func plainValue(v string) bool {
	switch strings.ToLower(v) {
	case "on", "off", "true", "false", "yes", "no":
		return true
	}
	digits := strings.TrimRight(v, "kKmMgGtTbB")
	return digits != "" && strings.Trim(digits, "0123456789.+-") == ""
}

func (s *source) lintValue(line string, o Setting, whole bool) {
	_, raw, _ := strings.Cut(line, "=")
	raw = trimEnd(raw[skipSpace(raw, 0):])
	backslashes := len(raw) - len(strings.TrimRight(raw, `\`))
	switch {
	case whole && backslashes%2 == 1 && !drivePath(raw):
		s.problem(o.Column, CodeContinuation, Warning, "the backslash at the end belongs to the value of "+o.name()+": a line cannot be continued", "write the value on one line")
	case drivePath(raw) && strings.ContainsAny(o.Value, "\n\t\r\b"):
		s.problem(o.Column, CodeEscape, Warning, "a backslash in the path of "+o.name()+" makes a control character", "write / or \\\\ in paths")
	case !utf8.ValidString(o.Value) && utf8.ValidString(line):
		s.problem(o.Column, CodeBadCharacter, Warning, "a no-break space beside the value of "+o.name()+" is cut in half: the other half is part of the value", "replace it by an ordinary blank")
	case innerComment(o, raw):
		s.problem(o.Column, CodeInnerComment, Warning, "what looks like a comment is part of the value of "+o.name(), "begin a comment with #")
	}
}

func drivePath(raw string) bool {
	raw = strings.TrimLeft(raw, `"'`)
	return len(raw) > 2 && raw[1] == ':' && raw[2] == '\\' && raw[0]|0x20 >= 'a' && raw[0]|0x20 <= 'z'
}

// innerComment reports a single word followed by a blank and ; or // or --. A
// list or a statement may well hold these.
func innerComment(o Setting, raw string) bool {
	word, rest, found := strings.Cut(raw, " ")
	if tabWord, tabRest, ok := strings.Cut(raw, "\t"); ok && (!found || len(tabWord) < len(word)) {
		word, rest, found = tabWord, tabRest, true
	}
	if !found || word == "" || strings.ContainsAny(word, "=;") {
		return false
	}
	if quoted := word[0] == '"' || word[0] == '\''; quoted && (len(word) < 2 || word[len(word)-1] != word[0]) {
		return false
	}
	name := strings.ReplaceAll(o.Option, "_", "-")
	if strings.HasPrefix(name, "init-") || strings.Contains(name, "plugin") || strings.Contains(name, "options") {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	return strings.HasPrefix(rest, ";") || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "-- ")
}
