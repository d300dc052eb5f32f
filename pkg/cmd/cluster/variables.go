package cluster

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Variables are those that were named on the command line, held against the
// servers that were read: a mistyped name would look like no drift.
type Variables struct {
	names []string // as servers show them

	mu      sync.Mutex
	servers int
	known   map[string][]string // name → the variables it means
	nearest map[string]string
}

// NamedVariables takes names as options and variables are written.
func NamedVariables(args []string) *Variables {
	v := &Variables{known: map[string][]string{}, nearest: map[string]string{}}
	for _, a := range args {
		if name := strings.ReplaceAll(strings.ToLower(strings.TrimLeft(a, "-")), "-", "_"); name != "" {
			v.names = append(v.names, name)
		}
	}
	return v
}

// See learns which of the names a server has. A server without a version was not
// read well enough to deny one.
func (v *Variables) See(snap *model.Snapshot) {
	if len(v.names) == 0 || snap == nil || snap.Server.Version.IsZero() {
		return
	}
	catalogue := sysvar.For(snap.Server).WithLive(snap)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.servers++
	for _, name := range v.names {
		if _, ok := snap.Variables[name]; ok {
			v.known[name] = append(v.known[name], name)
			continue
		}
		r := catalogue.Resolve(name)
		if r.Spec != nil {
			v.known[name] = append(v.known[name], r.Spec.Name)
		} else if r.Suggestion != "" {
			v.nearest[name] = r.Suggestion
		}
	}
}

// Wanted are the names and the variables that they mean; nil if none was named.
func (v *Variables) Wanted() map[string]bool {
	if len(v.names) == 0 {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	wanted := map[string]bool{}
	for _, name := range v.names {
		wanted[name] = true
		for _, variable := range v.known[name] {
			wanted[variable] = true
		}
	}
	return wanted
}

// Check: a name that no server knows, and no finding is about, is wrong use. Call
// it when all were read.
func (v *Variables) Check(list *v1.DriftReportList) error {
	isNamed := func(name string) bool {
		return slices.ContainsFunc(list.Items, func(r v1.DriftReport) bool {
			return slices.ContainsFunc(r.Findings, func(f v1.Finding) bool { return f.Variable == name })
		})
	}
	for _, name := range v.names {
		if v.servers > 0 && len(v.known[name]) == 0 && !isNamed(name) {
			return options.Usagef("%s", v.unknown(name))
		}
	}
	return nil
}

func (v *Variables) unknown(name string) string {
	text := fmt.Sprintf("no server that was read has a variable or option %q", name)
	if nearest := v.nearest[name]; nearest != "" {
		text += fmt.Sprintf("; did you mean %s?", strings.ReplaceAll(nearest, "-", "_"))
	}
	return text + " (the first argument is a pod or workload, the others are variables; -l takes several pods, - all)"
}
