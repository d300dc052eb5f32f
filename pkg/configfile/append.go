package configfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// AlreadyError says that a file holds the very rule.
type AlreadyError struct{ Place Place }

func (e *AlreadyError) Error() string { return e.Place.String() + ": the rule is there already" }

// Append adds a rule to the text of a file; all else, comments too, stays byte
// for byte. repository says which kind of file it is.
func Append(path string, old []byte, rule policy.Ignore, repository bool) ([]byte, error) {
	if err := rule.Validate(); err != nil {
		return nil, err
	}
	whose := owner(!repository)
	before, err := parse(path, old, whose)
	if err != nil {
		return nil, err
	}
	rule.Workload = policy.WorkloadPattern(rule.Workload)
	if i := slices.IndexFunc(before.Ignore, func(r Rule) bool { return r.Ignore == rule }); i >= 0 {
		return nil, &AlreadyError{before.Ignore[i].Place}
	}
	text, err := insert(path, old, rule)
	if err != nil {
		return nil, err
	}
	// The text was put in by its lines; that it means what was meant is seen by reading it.
	after, err := parse(path, text, whose)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot add a rule to this form of the file: %w", path, err)
	}
	var rules []policy.Ignore
	for _, r := range append(slices.Clone(before.Ignore), Rule{Ignore: rule}) {
		rules = append(rules, r.Ignore)
	}
	if !slices.EqualFunc(rules, after.Ignore, func(a policy.Ignore, b Rule) bool { return a == b.Ignore }) {
		return nil, fmt.Errorf("%s: cannot add a rule to this form of the file: write the list below 'ignore:' with a dash for each rule", path)
	}
	return text, nil
}

// insert finds the end of the list of rules, or makes one at the file's end.
func insert(path string, old []byte, rule policy.Ignore) ([]byte, error) {
	root, err := document(path, old)
	if err != nil {
		return nil, err
	}
	if root == nil && len(strings.TrimSpace(string(old))) == 0 {
		head := "# yaml-language-server: $schema=" + SchemaURL + "\n"
		return []byte(head + "ignore:\n" + item(rule, "  ", "  ")), nil
	}
	lines := strings.SplitAfter(string(old), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	} else {
		lines[last] += "\n"
	}
	key, list, end := section(root, "ignore", len(lines)+1)
	switch {
	case key == nil:
		return []byte(strings.Join(lines, "") + "ignore:\n" + item(rule, "  ", "  ")), nil
	case list.Kind == yaml.SequenceNode && len(list.Content) == 0, list.Tag == "!!null":
		// `ignore: []` or a bare `ignore:` with perhaps a comment behind.
		line := lines[key.Line-1]
		lines[key.Line-1] = strings.Replace(strings.Replace(line, " []", "", 1), " null", "", 1)
		return []byte(strings.Join(slices.Insert(lines, key.Line, item(rule, "  ", "  ")), "")), nil
	}
	for end > list.Line && blank(lines[end-2]) {
		end-- // what stands before the next section belongs to that
	}
	dash := strings.Repeat(" ", list.Column-1)
	gap := strings.Repeat(" ", max(list.Content[0].Column-list.Column, 2))
	return []byte(strings.Join(slices.Insert(lines, end-1, item(rule, dash, gap)), "")), nil
}

// section is a top-level key, its value, and the line of the next key (or one
// after the last line).
func section(root *yaml.Node, name string, last int) (key, value *yaml.Node, end int) {
	if root == nil {
		return nil, nil, last
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		switch {
		case root.Content[i].Value == name:
			key, value, end = root.Content[i], root.Content[i+1], last
		case key != nil:
			return key, value, root.Content[i].Line
		}
	}
	return key, value, end
}

func blank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// item writes a rule as YAML; quoting is the library's.
func item(rule policy.Ignore, dash, gap string) string {
	var b strings.Builder
	lead := dash + "-" + gap[1:]
	for _, field := range []struct{ name, value string }{
		{"variable", rule.Variable}, {"workload", rule.Workload}, {"namespace", rule.Namespace},
		{"reason", rule.Reason}, {"owner", rule.Owner}, {"expires", rule.Expires},
	} {
		if field.value == "" {
			continue
		}
		fmt.Fprintf(&b, "%s%s: %s\n", lead, field.name, quoted(field.value))
		lead = dash + gap
	}
	return b.String()
}

// quoted is a text as a YAML scalar in one line. A date needs no quotes here: a
// reader takes it as the text that it is.
func quoted(s string) string {
	node := yaml.Node{Kind: yaml.ScalarNode, Value: s}
	if !policy.IsDate(s) {
		node.SetString(s)
	}
	if strings.ContainsAny(s, "\n\r") {
		node.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&node)
	if line := strings.TrimSuffix(string(text), "\n"); err == nil && !strings.Contains(line, "\n") {
		return line
	}
	return fmt.Sprintf("%q", s)
}
