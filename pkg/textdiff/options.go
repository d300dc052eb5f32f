package textdiff

import (
	"bytes"
	"hash/maphash"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

var seed = maphash.MakeSeed()

// line is one line of an option file, as far as the line pass looks at it.
type line struct {
	start, end int // in the text
	group      uint64
	hash       uint64 // of group and trimmed text
	name       uint64 // of group and option name; 0 for what is no setting
}

// diffOptions narrows by lines, then compares what is left by structure.
func diffOptions(before, after []byte, equal Equal) []Edit {
	before, after, edits := marks(before, after)
	a, b := scan(before), scan(after)
	names := differing(a, b)
	if len(names) == 0 {
		return edits
	}
	return append(edits, compare(residue(before, a, names), residue(after, b, names), equal)...)
}

// marks takes off byte order marks. One that only one text has is an edit: servers
// refuse the file for it.
func marks(before, after []byte) (a, b []byte, edits []Edit) {
	const mark = "\xef\xbb\xbf"
	const name = "(byte order mark)"
	a, was := bytes.CutPrefix(before, []byte(mark))
	b, is := bytes.CutPrefix(after, []byte(mark))
	switch {
	case was && !is:
		edits = []Edit{{Op: Removed, Path: name, Before: "U+FEFF", Was: Position{1, 1}}}
	case is && !was:
		edits = []Edit{{Op: Added, Path: name, After: "U+FEFF", Is: Position{1, 1}}}
	}
	return a, b, edits
}

// structureOnly is the structure pass on whole texts, to measure against.
func structureOnly(before, after []byte, equal Equal) []Edit {
	before, after, edits := marks(before, after)
	return append(edits, compare(settingsOf(before, nil), settingsOf(after, nil), equal)...)
}

// scan splits a text into lines with the hashes of the line pass.
func scan(text []byte) []line {
	lines := make([]line, 0, len(text)/24)
	var group uint64
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && text[end] != '\n' {
			end++
		}
		t := trim(text[start:end])
		l := line{start: start, end: end}
		switch {
		case len(t) == 0 || t[0] == '#' || t[0] == ';':
		case t[0] == '[':
			group = maphash.Bytes(seed, lower(headerName(t)))
		default:
			l.group = group
			l.hash = maphash.Bytes(seed, t) ^ group*31
			l.name = maphash.Bytes(seed, nameOf(t)) ^ group*17 | 1
		}
		lines = append(lines, l)
		start = end + 1
	}
	return lines
}

// differing are the names of settings that may differ: those of lines that one
// text has more often, and those that are set twice, whose order may differ.
func differing(a, b []line) map[uint64]bool {
	counts := make(map[uint64]int, len(a))
	seen := make(map[uint64]bool, len(a))
	names := map[uint64]bool{}
	for _, l := range a {
		if l.name == 0 {
			continue
		}
		counts[l.hash]++
		if seen[l.name] {
			names[l.name] = true
		}
		seen[l.name] = true
	}
	for _, l := range b {
		if l.name == 0 {
			continue
		}
		if counts[l.hash]--; counts[l.hash] < 0 {
			names[l.name] = true
		}
	}
	for _, l := range a {
		if l.name != 0 && counts[l.hash] > 0 {
			names[l.name] = true
		}
	}
	return names
}

// residue parses the lines of the names given, with their group headers.
func residue(text []byte, lines []line, names map[uint64]bool) []setting {
	var kept []byte
	var numbers []int // of each kept line, its number in the text
	header := -1
	for i, l := range lines {
		if t := trim(text[l.start:l.end]); l.name == 0 && len(t) > 0 && t[0] == '[' {
			header = i
			continue
		}
		if l.name == 0 || !names[l.name] {
			continue
		}
		if header >= 0 {
			kept = append(append(kept, text[lines[header].start:lines[header].end]...), '\n')
			numbers = append(numbers, header+1)
			header = -1
		}
		kept = append(append(kept, text[l.start:l.end]...), '\n')
		numbers = append(numbers, i+1)
	}
	return settingsOf(kept, numbers)
}

// setting is one option with all its values in reading order.
type setting struct {
	group, name string
	value       string
	has         bool
	at          Position
	include     bool
}

func (s setting) path() string { return "[" + s.group + "] " + s.name }

func (s setting) text() string {
	if !s.has {
		return "(no value)"
	}
	return s.value
}

func settingsOf(text []byte, numbers []int) []setting {
	file := optionfile.Parse("", text, optionfile.Options{})
	at := func(line, column int) Position {
		if numbers != nil && line >= 1 && line <= len(numbers) {
			line = numbers[line-1]
		}
		return Position{line, column}
	}
	list := make([]setting, 0, len(file.Settings))
	for _, s := range file.Settings {
		list = append(list, setting{group: s.Group, name: strings.ReplaceAll(s.Option, "-", "_"), value: s.Value, has: s.HasValue, at: at(s.Line, s.Column)})
	}
	for _, i := range file.Includes {
		list = append(list, setting{group: "!include", name: i.Path, include: true, at: at(i.Line, i.Column)})
	}
	return list
}

// key is what makes two settings the same option: of those of which each counts,
// with the value.
type key struct{ group, name, value string }

// compare finds the settings that count (the last of each option) and matches
// them; what only one side has may be a rename.
func compare(before, after []setting, equal Equal) []Edit {
	a, orderA := effective(before)
	b, orderB := effective(after)
	var edits []Edit
	var gone, come []setting
	for _, k := range orderA {
		was := a[k]
		is, both := b[k]
		switch {
		case !both:
			gone = append(gone, was)
		case was.has != is.has && flag(k.name, was, is, equal):
		case was.has != is.has || was.value != is.value && !equal(k.name, was.value, is.value):
			edits = append(edits, Edit{Changed, is.path(), was.text(), is.text(), was.at, is.at})
		}
	}
	for _, k := range orderB {
		if _, both := a[k]; !both {
			come = append(come, b[k])
		}
	}
	return append(edits, renames(gone, come, equal)...)
}

// flag: a name alone means ON, where ON and OFF, as the option is compared, are 1
// and 0. The option log-bin takes a file's name, although its variable is a flag.
func flag(name string, a, b setting, equal Equal) bool {
	value := a.value
	if b.has {
		value = b.value
	}
	if name == "log_bin" || value == "" || !equal(name, "ON", "1") || !equal(name, "OFF", "0") {
		return false
	}
	return equal(name, value, "ON")
}

func effective(list []setting) (map[key]setting, []key) {
	last := make(map[key]setting, len(list))
	var order []key
	sequence := map[key]string{}
	for _, s := range list {
		k := key{group: strings.ToLower(s.group), name: s.name}
		switch adds, ordered := optionfile.Accumulates(s.name); {
		case ordered: // all of them are one value
			if before, known := sequence[k]; known && s.has {
				s.value = before + "; " + s.value
			}
			sequence[k] = s.value
		case adds:
			k.value = s.value
		}
		if _, known := last[k]; !known {
			order = append(order, k)
		}
		last[k] = s
	}
	return last, order
}

func trim(t []byte) []byte {
	for len(t) > 0 && (t[0] == ' ' || t[0] == '\t' || t[0] == '\r') {
		t = t[1:]
	}
	for len(t) > 0 && (t[len(t)-1] == ' ' || t[len(t)-1] == '\t' || t[len(t)-1] == '\r') {
		t = t[:len(t)-1]
	}
	return t
}

func headerName(t []byte) []byte {
	for i, c := range t {
		if c == ']' {
			return trim(t[1:i])
		}
	}
	return t
}

// lower and nameOf work in place of allocation: lines are many.
func lower(t []byte) []byte {
	out := make([]byte, len(t))
	for i, c := range t {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

func nameOf(t []byte) []byte {
	end := len(t)
	dashes := false
	for i, c := range t {
		if c == '=' || c == '#' {
			end = i
			break
		}
		dashes = dashes || c == '-'
	}
	name := trim(t[:end])
	if !dashes {
		return name
	}
	out := make([]byte, len(name))
	for i, c := range name {
		if c == '-' {
			c = '_'
		}
		out[i] = c
	}
	return out
}
