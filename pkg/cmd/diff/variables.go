package diff

import (
	"context"
	"fmt"
	"strings"
	"sync"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// variables are those that were named on the command line, held against the
// servers that were read: a mistyped name would look like no drift.
type variables struct {
	names []string // as servers show them

	mu      sync.Mutex
	servers int
	known   map[string][]string // name → the variables it means
	nearest map[string]string
	found   map[string]bool // variables of findings
}

func named(args []string) *variables {
	v := &variables{known: map[string][]string{}, nearest: map[string]string{}, found: map[string]bool{}}
	for _, a := range args {
		if name := strings.ReplaceAll(strings.ToLower(strings.TrimLeft(a, "-")), "-", "_"); name != "" {
			v.names = append(v.names, name)
		}
	}
	return v
}

func (v *variables) take(_ context.Context, d *scan.Detail) { v.see(d.Snapshot) }

// see learns which of the names a server has. A server without a version was not
// read well enough to deny one.
func (v *variables) see(snap *model.Snapshot) {
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

// only keeps the findings of the variables, all if none are named.
func (v *variables) only(list *v1.DriftReportList) {
	if len(v.names) == 0 {
		return
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
	for i := range list.Items {
		r := &list.Items[i]
		kept := r.Findings[:0]
		for _, f := range r.Findings {
			if wanted[f.Variable] {
				v.found[f.Variable] = true
				kept = append(kept, f)
			}
		}
		r.Findings = kept
		restate(r)
	}
}

// check: a name that no server knows is wrong use. Call it when all were read.
func (v *variables) check() error {
	for _, name := range v.names {
		if v.servers > 0 && len(v.known[name]) == 0 && !v.found[name] {
			return options.Usagef("%s", v.unknown(name))
		}
	}
	return nil
}

func (v *variables) unknown(name string) string {
	text := fmt.Sprintf("no server that was read has a variable or option %q", name)
	if nearest := v.nearest[name]; nearest != "" {
		text += fmt.Sprintf("; did you mean %s?", strings.ReplaceAll(nearest, "-", "_"))
	}
	return text + " (the first argument is a pod or workload, the others are variables; -l takes several pods, - all)"
}

// restate makes the state fit what is left of the findings.
func restate(r *v1.DriftReport) {
	switch r.State {
	case v1.StateInSync, v1.StateDrifted, v1.StatePendingRestart, v1.StatePending:
		r.State = drift.State(r.Findings)
	}
}
