package optionfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNotEditable says that a text cannot be changed in one place so that a
// server reads it as wanted and all else as before.
var ErrNotEditable = errors.New("the option file cannot be edited safely")

// SetValue gives the option on a line another value, and leaves everything else
// of the text as it is: the name's spelling, the space around =, a comment. The
// result is read back: it differs in this one setting, or it is an error.
func SetValue(text string, line int, option, value string, opts Options) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	if line < 1 || line > len(lines) {
		return "", fmt.Errorf("%w: it has no line %d", ErrNotEditable, line)
	}
	before := parseAlone(text, opts)
	at := slices.IndexFunc(before.Settings, func(s Setting) bool { return s.Line == line })
	if at < 0 {
		return "", fmt.Errorf("%w: line %d holds no option", ErrNotEditable, line)
	}
	quoted, err := Quote(value)
	if err != nil {
		return "", err
	}
	lines[line-1] = replaceValue(lines[line-1], before.Settings[at], option, quoted)
	after := strings.Join(lines, "")
	want := slices.Clone(before.Settings)
	want[at].Option, want[at].Value, want[at].HasValue = option, value, true
	return after, readBack(after, want, opts)
}

// replaceValue writes the line anew around its value.
func replaceValue(line string, old Setting, option, quoted string) string {
	body, end := line, ""
	for _, newline := range []string{"\r\n", "\n"} {
		if b, ok := strings.CutSuffix(line, newline); ok {
			body, end = b, newline
			break
		}
	}
	kept := cutComment(body)
	comment := body[len(kept):]
	if comment != "" {
		comment = kept[len(trimEnd(kept)):] + comment
	}
	indent := body[:len(body)-len(strings.TrimLeft(body, " \t"))]
	name, rest, hasValue := strings.Cut(kept, "=")
	if option != old.Option || !hasValue {
		return indent + option + " = " + quoted + comment + end
	}
	space := rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
	return name + "=" + space + quoted + comment + end
}

// AddOption adds an option at the end of the last section of a group that the
// server reads, or in a new one at the end of the text.
func AddOption(text, group, option, value string, opts Options) (string, error) {
	quoted, err := Quote(value)
	if err != nil {
		return "", err
	}
	newline := "\n"
	if strings.Contains(text, "\r\n") {
		newline = "\r\n"
	}
	before := parseAlone(text, opts)
	if before.Fatal {
		return "", fmt.Errorf("%w: the server does not start with it", ErrNotEditable)
	}
	lines := strings.SplitAfter(text, "\n")
	added := option + " = " + quoted + newline
	place, written := endOfGroup(lines, group)
	if place >= 0 {
		group = written
	} else {
		added = "[" + group + "]" + newline + added
		if text != "" {
			added = newline + added
		}
		place = len(lines)
	}
	if place > 0 && lines[place-1] != "" && !strings.HasSuffix(lines[place-1], "\n") {
		lines[place-1] += newline
	}
	lines = slices.Insert(lines, place, added)
	after := strings.Join(lines, "")
	var want []Setting
	done := false
	for _, s := range before.Settings {
		if s.Line > place && !done {
			want, done = append(want, Setting{Group: group, Option: option, Value: value, HasValue: true}), true
		}
		want = append(want, s)
	}
	if !done {
		want = append(want, Setting{Group: group, Option: option, Value: value, HasValue: true})
	}
	return after, readBack(after, want, opts)
}

// endOfGroup is the index of the line after the last option (or the header) of
// the last section of a group, and the group's name as written; -1 if none.
func endOfGroup(lines []string, group string) (int, string) {
	place, name, in := -1, "", false
	for i, line := range lines {
		body := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(body, "["):
			written, _, closed := strings.Cut(body[1:], "]")
			if in = closed && foldGroup(trimEnd(written)) == foldGroup(group); in {
				place, name = i+1, trimEnd(written)
			}
		case in && body != "" && body[0] != '#' && body[0] != ';' && body[0] != '!':
			place = i + 1
		}
	}
	return place, name
}

// Quote writes a value so that the servers read it as it is, plain where that will do.
func Quote(value string) (string, error) {
	if strings.ContainsAny(value, "\x00\x0b\x0c") {
		return "", fmt.Errorf("%w: no option file can hold the value", ErrNotEditable)
	}
	if plain := cutComment(value); plain == value && value == strings.TrimFunc(value, func(r rune) bool { return r < 256 && isSpace(byte(r)) }) &&
		unescape(unquote(value)) == value && !strings.ContainsAny(value, "\n\r'\"") {
		return value, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`).Replace(value) + `"`, nil
}

// parseAlone reads one text, without what it includes.
func parseAlone(text string, opts Options) *File {
	opts.FS, opts.Mode = nil, 0
	return Parse("", []byte(text), opts)
}

// readBack checks that a text means what it should.
func readBack(text string, want []Setting, opts Options) error {
	got := parseAlone(text, opts)
	if len(got.Settings) != len(want) {
		return fmt.Errorf("%w: it would hold %d options, not %d", ErrNotEditable, len(got.Settings), len(want))
	}
	for i, s := range got.Settings {
		w := want[i]
		if s.Group != w.Group || s.Option != w.Option || s.Value != w.Value || s.HasValue != w.HasValue {
			return fmt.Errorf("%w: %s would be read as %q", ErrNotEditable, w.Option, s)
		}
	}
	return nil
}
