package drift

import (
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Gives reports whether a start with this declaration certainly makes a variable
// what runs. It compares with what else may have been declared at a start: an
// older file, or the one that a pod still has.
func Gives(in Input, variable string) bool {
	c := newComparison(in)
	v, seen := c.snap.Variables[variable]
	value := c.fresh.Declared(variable)
	if value == nil {
		value, _ = c.fresh.Default(variable)
	}
	return seen && value != nil && value.Unsure == "" && !value.Refused && c.catalogue.Matches(v.Name, value, v.Value)
}

// NotTaken turns a finding of what was set at run time into one of a declaration
// that changed after the server took its own.
func NotTaken(f *v1.Finding) {
	f.Class, f.Hop = v1.NotApplied, string(model.HopStart)
	if set, cut := strings.CutSuffix(f.Remedy, "; or commit the running value"); cut {
		f.Remedy = set + ", or restart the server"
	}
}
