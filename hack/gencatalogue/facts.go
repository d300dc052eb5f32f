package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// facts are what no server says of itself, written by hand from vendor
// documentation, each line with its source.
type facts struct {
	options   []optionFact
	traits    []traitFact
	lifecycle map[string]lifecycleFact // "flavour name"
	deltas    map[string]delta         // by release: "mysql-8.4"
	ignored   map[string][]ignoredFact // by release
	docs      map[string]string        // by name: a paragraph in our own words
}

// An optionFact says which variable an option of another name sets.
type optionFact struct{ flavour, option, variable string }

// A traitFact adds flags to all variables whose name matches (path.Match).
type traitFact struct{ flavour, pattern, flags string }

// An ignoredFact is an option that is accepted and does nothing.
type ignoredFact struct{ option, source string }

type lifecycleFact struct{ introduced, deprecated, removed, replacedBy, source string }

// A delta makes one release from another.
type delta struct {
	base, source string
	edits        []edit
}

// An edit adds ('+'), removes ('-') or changes ('~') one entry.
type edit struct {
	op     byte
	key    string
	fields map[string]string
	where  string // file:line, for errors
}

func readFacts(dir string) (*facts, error) {
	f := &facts{lifecycle: map[string]lifecycleFact{}, deltas: map[string]delta{}, ignored: map[string][]ignoredFact{}, docs: map[string]string{}}
	err := firstError(
		readTSV(filepath.Join(dir, "options.tsv"), 3, func(c []string, _ string) error {
			f.options = append(f.options, optionFact{c[0], c[1], c[2]})
			return nil
		}),
		readTSV(filepath.Join(dir, "traits.tsv"), 3, func(c []string, _ string) error {
			f.traits = append(f.traits, traitFact{c[0], c[1], c[2]})
			return nil
		}),
		readTSV(filepath.Join(dir, "lifecycle.tsv"), 7, func(c []string, where string) error {
			key := c[0] + " " + c[1]
			if _, ok := f.lifecycle[key]; ok {
				return fmt.Errorf("%s: %s is there twice", where, key)
			}
			f.lifecycle[key] = lifecycleFact{c[2], c[3], c[4], c[5], c[6]}
			return nil
		}),
		readTSV(filepath.Join(dir, "ignored.tsv"), 3, func(c []string, _ string) error {
			f.ignored[c[0]] = append(f.ignored[c[0]], ignoredFact{c[1], c[2]})
			return nil
		}),
		readTSV(filepath.Join(dir, "docs.tsv"), 2, func(c []string, _ string) error {
			f.docs[c[0]] = c[1]
			return nil
		}),
	)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "delta-*.tsv"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		release := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "delta-"), ".tsv")
		if f.deltas[release], err = readDelta(file); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// readTSV calls each for every line that is no comment, with at least columns
// columns (missing ones are empty).
func readTSV(file string, columns int, each func(c []string, where string) error) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for n, line := range strings.Split(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		where := fmt.Sprintf("%s:%d", file, n+1)
		if columns > 0 && len(c) > columns {
			return fmt.Errorf("%s: %d columns, want %d", where, len(c), columns)
		}
		for len(c) < columns {
			c = append(c, "")
		}
		if err := each(c, where); err != nil {
			return err
		}
	}
	return nil
}

// readDelta reads lines "base NAME", "source TEXT", "- NAME", "+ NAME
// column=value …" and "~ NAME column=value …", separated by tabs.
func readDelta(file string) (delta, error) {
	var d delta
	err := readTSV(file, 0, func(c []string, where string) error {
		if len(c) < 2 {
			return fmt.Errorf("%s: want an operation and a name", where)
		}
		switch c[0] {
		case "base":
			d.base = c[1]
		case "source":
			d.source = c[1]
		case "+", "-", "~":
			e := edit{op: c[0][0], key: c[1], fields: map[string]string{}, where: where}
			for _, f := range c[2:] {
				column, value, ok := strings.Cut(f, "=")
				if !ok {
					return fmt.Errorf("%s: %q is not column=value", where, f)
				}
				e.fields[column] = value
			}
			d.edits = append(d.edits, e)
		default:
			return fmt.Errorf("%s: unknown operation %q", where, c[0])
		}
		return nil
	})
	return d, err
}

// apply changes one column of an entry.
func (e edit) apply(s *sysvar.Spec) error {
	for column, value := range e.fields {
		switch column {
		case "options":
			s.Options = strings.FieldsFunc(value, isComma)
		case "aliases":
			s.Aliases = strings.FieldsFunc(value, isComma)
		case "type":
			s.Type = sysvar.Type(value)
		case "arg":
			s.Arg = sysvar.Arg(value)
		case "default":
			s.Default, s.HasDefault = value, value != "?"
			if value == "?" {
				s.Default = ""
			}
		case "min":
			s.Min = value
		case "max":
			s.Max = value
		case "block":
			s.Block = value
		case "members":
			s.Members = strings.Split(value, "|")
		case "scope":
			s.Scope = sysvar.Scope(value)
		case "dynamic":
			s.Dynamic = value == "yes"
		case "ignored":
			s.Ignored = value == "yes"
		case "deprecated":
			s.Deprecated = value
		case "replacedby":
			s.ReplacedBy = value
		case "source":
			s.Source = value
		default:
			return fmt.Errorf("%s: unknown column %q", e.where, column)
		}
	}
	return nil
}

func isComma(r rune) bool { return r == ',' }
