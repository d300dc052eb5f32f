package configfile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tree remembers where each value of a file stands.
type tree struct {
	file  string
	lines map[string]int // by path, joined
}

const joint = "\x00"

func (t *tree) place(path ...string) Place {
	for n := len(path); n >= 0; n-- {
		if line, ok := t.lines[strings.Join(path[:n], joint)]; ok {
			return Place{t.file, line}
		}
	}
	return Place{t.file, 1}
}

// split cuts a dotted path at the names that stand in the file: a name may hold
// dots itself.
func (t *tree) split(dotted string) []string {
	var path []string
	rest := strings.FieldsFunc(dotted, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	for len(rest) > 0 {
		n := len(rest)
		for ; n > 1; n-- {
			if _, ok := t.lines[strings.Join(append(path[:len(path):len(path)], strings.Join(rest[:n], ".")), joint)]; ok {
				break
			}
		}
		path, rest = append(path, strings.Join(rest[:n], ".")), rest[n:]
	}
	return path
}

// value turns YAML nodes into what JSON knows. A date stays the text that it is.
func (t *tree) value(n *yaml.Node, path []string) (any, error) {
	key := strings.Join(path, joint)
	if _, ok := t.lines[key]; !ok {
		t.lines[key] = n.Line
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return nil, fmt.Errorf("%s:%d: anchors and aliases are not read here", t.file, n.Line)
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			below := append(path[:len(path):len(path)], k.Value)
			name := strings.Join(below, joint)
			if first, twice := t.lines[name]; twice {
				return nil, fmt.Errorf("%s:%d: %q stands here a second time, first in line %d", t.file, k.Line, k.Value, first)
			}
			t.lines[name] = k.Line
			v, err := t.value(n.Content[i+1], below)
			if err != nil {
				return nil, err
			}
			m[k.Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range n.Content {
			v, err := t.value(item, append(path[:len(path):len(path)], fmt.Sprint(i)))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return scalar(n)
}

func scalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int":
		var i int64
		err := n.Decode(&i)
		return i, err
	case "!!float":
		var f float64
		err := n.Decode(&f)
		return f, err
	}
	return n.Value, nil
}
