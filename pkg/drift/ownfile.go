package drift

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// fileKnown reports whether all is known of the option file that a server took a
// value from, so that a line which is not declared is not there any more. Beside
// includes that were not followed those files still are that other declared
// settings run from: the server has its own names for them.
func (c *comparison) fileKnown(v model.Variable) bool {
	d := c.in.Declaration
	if d.Complete {
		return true
	}
	if len(d.Unread) == 0 || v.Path == "" || included(v.Path, d.Unread) {
		return false
	}
	if c.ownFiles == nil {
		c.ownFiles = map[string]bool{}
		for group := range c.fresh.Variables() {
			winner, ok := c.fresh.Winner(group)
			if !ok || c.in.Declaration.Settings[winner.Index].Origin.Hop != model.HopFile {
				continue
			}
			if own, seen := c.running(group, winner.Variable); seen && own.Source == model.SourceFile {
				c.ownFiles[own.Path] = true
			}
		}
	}
	return c.ownFiles[v.Path]
}

// included reports whether a file is one that an include names.
func included(file string, targets []string) bool {
	for _, target := range targets {
		if file == target || strings.HasSuffix(target, "/") && strings.HasPrefix(file, target) {
			return true
		}
	}
	return false
}
