package textdiff

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// leaf is one scalar of a YAML text.
type leaf struct {
	value string
	at    Position
	block bool // a literal block: its text begins on the next line
}

// diffYAML compares scalars by path. Texts that are option files are compared as
// such, at their place in the file. A text that is no YAML is compared as lines.
func diffYAML(before, after []byte, equal Equal) []Edit {
	a, orderA, errA := leaves(before)
	b, orderB, errB := leaves(after)
	if errA != nil || errB != nil {
		return Lines(before, after)
	}
	var edits []Edit
	for _, path := range orderA {
		was := a[path]
		is, both := b[path]
		switch {
		case !both:
			edits = append(edits, Edit{Removed, path, was.value, "", was.at, Position{}})
		case was.value == is.value:
		case isOptionFile(was.value) && isOptionFile(is.value):
			edits = append(edits, nested(path, was, is, equal)...)
		default:
			edits = append(edits, Edit{Changed, path, was.value, is.value, was.at, is.at})
		}
	}
	for _, path := range orderB {
		if _, both := a[path]; !both {
			edits = append(edits, Edit{Added, path, "", b[path].value, Position{}, b[path].at})
		}
	}
	return edits
}

// nested compares two option files inside of YAML and moves the positions.
func nested(path string, was, is leaf, equal Equal) []Edit {
	edits := diffOptions([]byte(was.value), []byte(is.value), equal)
	for i := range edits {
		edits[i].Path = path + " " + edits[i].Path
		edits[i].Was, edits[i].Is = was.inside(edits[i].Was), is.inside(edits[i].Is)
	}
	return edits
}

func (l leaf) inside(p Position) Position {
	if p.Line == 0 {
		return p
	}
	if !l.block {
		return l.at
	}
	return Position{l.at.Line + p.Line, p.Column}
}

func isOptionFile(text string) bool {
	for _, group := range []string{"[mysqld", "[mariadb", "[server", "[client", "[mysql"} {
		if strings.Contains(text, group) {
			return true
		}
	}
	return false
}

// leaves lists the scalars of all documents by path.
func leaves(text []byte) (map[string]leaf, []string, error) {
	found, order := map[string]leaf{}, []string{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for document := 0; ; document++ {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return found, order, nil
		}
		if err != nil {
			return nil, nil, err
		}
		prefix := ""
		if document > 0 {
			prefix = fmt.Sprintf("document %d ", document+1)
		}
		gather(&node, prefix, func(path string, l leaf) {
			if _, twice := found[path]; !twice {
				order = append(order, path)
			}
			found[path] = l
		})
	}
}

func gather(n *yaml.Node, path string, keep func(string, leaf)) {
	join := func(next string) string {
		if path == "" || strings.HasSuffix(path, " ") {
			return path + next
		}
		return path + "." + next
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			gather(c, path, keep)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			gather(n.Content[i+1], join(n.Content[i].Value), keep)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			gather(c, fmt.Sprintf("%s[%d]", path, i), keep)
		}
	case yaml.AliasNode:
		gather(n.Alias, path, keep)
	case yaml.ScalarNode:
		keep(path, leaf{n.Value, Position{n.Line, n.Column}, n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0})
	}
}
