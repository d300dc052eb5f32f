package configfile

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// owner is whose a file is: what a repository says counts for less.
type owner bool

const (
	userFile       owner = true
	repositoryFile owner = false
)

// parse reads one file; every fault is told with its line.
func parse(path string, data []byte, whose owner) (*Config, error) {
	root, err := document(path, data)
	if err != nil {
		return nil, err
	}
	c := &Config{Files: []string{path}}
	if root == nil {
		return c, nil // empty
	}
	t := &tree{file: path, lines: map[string]int{}}
	value, err := t.value(root, nil)
	if err != nil {
		return nil, err
	}
	if err := validate(t, value); err != nil {
		return nil, err
	}
	top, _ := value.(map[string]any)
	if err := c.decode(t, top); err != nil {
		return nil, err
	}
	if whose == repositoryFile {
		if err := c.confine(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// document is the file's only YAML document; nil if it is empty.
func document(path string, data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err == nil {
		if err = decoder.Decode(&second); err == nil {
			return nil, fmt.Errorf("%s:%d: a second document: one is read", path, second.Line)
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	return root, nil
}

// decode takes over what the schema has found to be in order.
func (c *Config) decode(t *tree, top map[string]any) error {
	c.Defaults = t.flags(top["defaults"], "defaults")
	if verbs, ok := top["verbs"].(map[string]any); ok {
		c.Verbs = map[string]map[string]Value{}
		for verb, flags := range verbs {
			c.Verbs[verb] = t.flags(flags, "verbs", verb)
		}
	}
	var known struct {
		Ignore     []policy.Ignore        `json:"ignore"`
		Severities map[string]v1.Severity `json:"severities"`
	}
	data, err := sigsyaml.Marshal(top)
	if err == nil {
		err = sigsyaml.Unmarshal(data, &known)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.file, err)
	}
	c.sections(t, top)
	if len(known.Severities) > 0 {
		c.Severities = policy.Severities{}
	}
	for name, s := range known.Severities {
		c.Severities[strings.ReplaceAll(strings.ToLower(name), "-", "_")] = s
	}
	for i, rule := range known.Ignore {
		place := t.place("ignore", fmt.Sprint(i))
		rule.Variable = strings.ReplaceAll(strings.ToLower(rule.Variable), "-", "_")
		rule.Workload = policy.WorkloadPattern(rule.Workload)
		if err := rule.Validate(); err != nil {
			return fmt.Errorf("%s: ignore rule: %w", place, err)
		}
		c.Ignore = append(c.Ignore, Rule{rule, place})
	}
	return nil
}

// sectionFlags are the flags that the sections jenkins and git stand for.
var sectionFlags = []struct{ section, field, flag string }{
	{"jenkins", "url", "jenkins-url"},
	{"git", "repo", "git-repo"}, {"git", "branch", "git-branch"}, {"git", "path", "git-path"}, {"git", "trustedHosts", "git-trusted-host"},
}

func (c *Config) sections(t *tree, top map[string]any) {
	if c.Defaults == nil {
		c.Defaults = map[string]Value{}
	}
	if names, ok := top["annotations"].(map[string]any); ok {
		v := Value{Place: t.place("annotations")}
		for _, key := range slices.Sorted(maps.Keys(names)) {
			v.Texts = append(v.Texts, fmt.Sprint(key, "=", names[key]))
		}
		c.Defaults["annotations"] = v
	}
	for _, e := range sectionFlags {
		section, _ := top[e.section].(map[string]any)
		value, ok := section[e.field]
		if !ok {
			continue
		}
		c.Defaults[e.flag] = Value{texts(value), t.place(e.section, e.field)}
	}
}

// flags reads a mapping of flags to values as texts.
func (t *tree) flags(value any, path ...string) map[string]Value {
	m, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	out := map[string]Value{}
	for name, v := range m {
		out[name] = Value{texts(v), t.place(append(path[:len(path):len(path)], name)...)}
	}
	return out
}

func texts(v any) []string {
	list, isList := v.([]any)
	if !isList {
		return []string{fmt.Sprint(v)}
	}
	var out []string
	for _, item := range list {
		out = append(out, fmt.Sprint(item))
	}
	return out
}
