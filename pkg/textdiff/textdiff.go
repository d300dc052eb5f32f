// Package textdiff compares configuration texts by what they mean: option files,
// ConfigMap YAML and SQL, blind to comments, spacing, quoting, the order of
// settings, '-' and '_', and the spelling of units.
//
// Two modes work together. A line pass takes out the lines that both texts have,
// in whatever order; a structure pass parses only what is left, and whatever
// shares an option's name with it, as the last setting of an option counts. What
// was renamed or mistyped is matched by Levenshtein distance.
//
// It knows texts only: which options exist is for package sysvar to say.
package textdiff

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Language is how a text is to be read.
type Language int

const (
	OptionFile Language = iota
	YAML
	SQL
)

// Detect guesses the language by a file's name, and by content where that does
// not tell.
func Detect(name string, text []byte) Language {
	switch {
	case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"), strings.HasSuffix(name, ".json"):
		return YAML
	case strings.HasSuffix(name, ".sql"):
		return SQL
	case strings.HasPrefix(string(text), "apiVersion:"), strings.HasPrefix(string(text), "kind:"):
		return YAML
	}
	return OptionFile
}

// Op is the kind of an edit.
type Op string

const (
	Added   Op = "add"
	Removed Op = "remove"
	Changed Op = "change"
	Renamed Op = "rename" // the same value under a name that is nearly the same
)

// Position is 1-based; zero where there is none.
type Position struct{ Line, Column int }

// Edit is one step from the text before to the text after.
type Edit struct {
	Op Op
	// Path names what changes: "[mysqld] max_connections", "data.my.cnf [mysqld] x",
	// "metadata.labels.app", "statement 3".
	Path          string
	Before, After string
	Was, Is       Position
}

// Equal compares two values of an option; nil compares texts and units.
type Equal func(option, a, b string) bool

// Diff lists the edits in the order of the text after.
func Diff(before, after []byte, language Language, equal Equal) []Edit {
	if string(before) == string(after) {
		return nil
	}
	if equal == nil {
		equal = sameValue
	}
	var edits []Edit
	switch language {
	case YAML:
		edits = diffYAML(before, after, equal)
	case SQL:
		edits = diffSQL(before, after)
	default:
		edits = diffOptions(before, after, equal)
	}
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Path, b.Path))
	})
	return edits
}

func place(e Edit) int {
	if e.Is.Line > 0 {
		return e.Is.Line
	}
	return e.Was.Line
}

// Script writes edits for people, with positions: "~ 12:1 [mysqld] x: 1 → 2".
func Script(w io.Writer, edits []Edit) error {
	for _, e := range edits {
		var err error
		switch e.Op {
		case Added:
			_, err = fmt.Fprintf(w, "+ %s %s: %s\n", e.Is, e.Path, e.After)
		case Removed:
			_, err = fmt.Fprintf(w, "- %s %s: %s\n", e.Was, e.Path, e.Before)
		case Renamed:
			_, err = fmt.Fprintf(w, "> %s %s: %s renamed to %s\n", e.Is, e.Path, e.Before, e.After)
		default:
			_, err = fmt.Fprintf(w, "~ %s %s: %s → %s\n", e.Is, e.Path, e.Before, e.After)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }
