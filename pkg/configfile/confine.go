package configfile

import (
	"fmt"
	"slices"
)

// harmless are the flags that a repository's file may set: what is looked at and
// how it is shown. All others say whom the program talks to, as whom, what it
// writes or changes.
var harmless = []string{
	"all-namespaces", "annotations", "chunk-size", "color", "field-selector", "git-branch", "git-offline", "git-path", "interval", "namespace", "no-git",
	"no-headers", "output", "parallel", "replicas", "request-timeout", "selector", "server-version", "show-labels", "show-notes", "sort-by",
	"timeout",
}

// confine refuses what a repository must not decide.
func (c *Config) confine() error {
	for _, flags := range append([]map[string]Value{c.Defaults}, values(c.Verbs)...) {
		for name, v := range flags {
			if !slices.Contains(harmless, name) {
				return fmt.Errorf("%s: --%s belongs into your own file: a repository's may only set what is looked at and how it is shown", v.Place, name)
			}
		}
	}
	return nil
}

func values(m map[string]map[string]Value) []map[string]Value {
	var out []map[string]Value
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
