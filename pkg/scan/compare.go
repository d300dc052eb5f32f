package scan

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// comparison holds one declaration against one snapshot.
type comparison struct {
	catalogue *sysvar.Catalogue
	fresh     *sysvar.Fresh
	res       *declared.Resolution
	snap      *model.Snapshot
	alone     bool            // certainly neither primary nor replica
	done      map[string]bool // variables that the declaration decides, with aliases
}

func newComparison(res *declared.Resolution, snap *model.Snapshot) *comparison {
	c := &comparison{catalogue: sysvar.For(snap.Server).WithLive(snap), res: res, snap: snap, done: map[string]bool{}}
	c.fresh = c.catalogue.Fresh(res.Declaration.Settings, func(name string) (string, bool) {
		v, ok := snap.Variables[name]
		return v.Value, ok
	})
	return c
}

func (c *comparison) findings() []v1.Finding {
	var out []v1.Finding
	for i := range c.fresh.Assigned {
		out = append(out, c.option(i)...)
	}
	for group, value := range c.fresh.Variables() {
		winner, ok := c.fresh.Winner(group)
		if !ok {
			continue
		}
		c.cover(winner)
		if v, seen := c.running(winner); seen {
			out = append(out, c.variable(winner, value, v)...)
		}
	}
	out = append(out, c.undeclared()...)
	slices.SortFunc(out, func(a, b v1.Finding) int {
		if a.Drift != b.Drift {
			if a.Drift {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Variable+string(a.Class), b.Variable+string(b.Class))
	})
	return out
}

// cover notes that a variable and its aliases are declared.
func (c *comparison) cover(a sysvar.Assigned) {
	c.done[a.Variable] = true
	if a.Spec != nil {
		c.done[a.Spec.Name] = true
		for _, alias := range a.Spec.Aliases {
			c.done[alias] = true
		}
	}
}

// running is the variable as seen, under whichever of its names the server has.
func (c *comparison) running(a sysvar.Assigned) (model.Variable, bool) {
	names := []string{a.Variable}
	if a.Spec != nil {
		names = append(append(names, a.Spec.Name), a.Spec.Aliases...)
	}
	for _, name := range names {
		if v, ok := c.snap.Variables[name]; ok {
			return v, true
		}
	}
	return model.Variable{}, false
}

// option is what is to be said of one declared option by itself.
func (c *comparison) option(i int) []v1.Finding {
	a, s := c.fresh.Assigned[i], c.res.Declaration.Settings[i]
	told := func(class v1.Class, name, message string) []v1.Finding {
		return []v1.Finding{{Variable: name, Class: class, Severity: v1.Info, Hop: string(s.Origin.Hop), Declared: c.declared(s, a, ""), Message: message}}
	}
	switch {
	case a.Unknown && a.Loose:
		return nil
	case a.Removed:
		text := fmt.Sprintf("%s does not exist any more in %s: the next start may fail", s.Option, c.snap.Server)
		if a.ReplacedBy != "" {
			text += "; use " + a.ReplacedBy
		}
		return told(v1.Invalid, a.Option, text)
	case a.Unknown && c.catalogue.Exact():
		text := fmt.Sprintf("%s knows no option %s: the next start may fail", c.snap.Server, s.Option)
		if a.Suggestion != "" {
			text += "; was " + a.Suggestion + " meant?"
		}
		return told(v1.Invalid, a.Option, text)
	case a.Unknown || a.Ceiling:
		return nil
	case a.Variable == "" || a.Spec != nil && !a.Spec.Observable:
		return told(v1.NotObservable, a.Option, "no variable shows what this option did")
	}
	if value := c.fresh.Alone(i); value != nil && value.Problem != "" {
		return told(v1.Invalid, a.Variable, value.Problem)
	}
	if winner, ok := c.fresh.Winner(a.Variable); ok && winner.Index != i && !s.Secret {
		w := c.res.Declaration.Settings[winner.Index]
		if one, other := c.fresh.Alone(i), c.fresh.Alone(winner.Index); one != nil && other != nil && !one.Partial &&
			!c.catalogue.Equal(a.Variable, one.Text, other.Text) {
			return told(v1.Shadowed, a.Variable, fmt.Sprintf("%s = %s at %s is overruled by %s at %s", s.Option, c.shown(a, s.Value, s.Secret), s.Origin, c.shown(winner, w.Value, w.Secret), w.Origin))
		}
	}
	return nil
}

// variable compares one declared variable with what runs.
func (c *comparison) variable(a sysvar.Assigned, value *sysvar.Value, v model.Variable) []v1.Finding {
	s := c.res.Declaration.Settings[a.Index]
	if value == nil || value.Unsure != "" || value.Refused || v.Truncated {
		return nil
	}
	f := v1.Finding{Variable: v.Name, Severity: v1.Info, Declared: c.declared(s, a, value.Text), Running: c.runningOf(a, v), Evidence: c.evidence(v)}
	if c.catalogue.Matches(a.Variable, value, v.Value) {
		return c.alike(a, value, v, f)
	}
	if a.Spec != nil && (a.Spec.PerPod || c.roleDecides(a.Spec)) || sameEnum(value.Text, v) {
		return nil
	}
	f.Drift = true
	c.classify(&f, a, v)
	f.Message = fmt.Sprintf("declared %s at %s, running %s", c.shown(a, value.Text, s.Secret), s.Origin, f.Running.Value)
	return []v1.Finding{f}
}

// roleDecides: what differs by nature between primary and replica is drift only
// on a server that is known to be neither.
func (c *comparison) roleDecides(spec *sysvar.Spec) bool {
	return spec.PerRole && !c.alone
}

// sameEnum compares by the server's own word on the type, where a table calls a
// string what the server reads as an enumeration.
func sameEnum(declared string, v model.Variable) bool {
	if v.Meta == nil || v.Meta.Type != "Enumeration" {
		return false
	}
	if index, ok := map[string]string{"0": "OFF", "1": "ON"}[declared]; ok && (v.Value == "ON" || v.Value == "OFF") {
		declared = index
	}
	return strings.EqualFold(declared, v.Value)
}

// alike tells what there is to tell of a variable that is as declared.
func (c *comparison) alike(a sysvar.Assigned, value *sysvar.Value, v model.Variable, f v1.Finding) []v1.Finding {
	var out []v1.Finding
	if p, ok := c.snap.Persisted[v.Name]; ok && !c.catalogue.Equal(v.Name, p.Value, v.Value) {
		f.Class, f.Hop = v1.PendingPersist, string(model.HopPersisted)
		f.Message = fmt.Sprintf("as declared now, but SET PERSIST makes it %s at the next start", c.shown(a, p.Value, false))
		f.Remedy = resetPersist(v.Name)
		return append(out, f)
	}
	switch {
	case value.Limited != "":
		f.Class, f.Hop, f.Message = v1.EnvironmentLimited, string(model.HopStart), value.Limited
		out = append(out, f)
	case value.Adjusted != "":
		f.Class, f.Hop, f.Message = v1.Adjusted, string(model.HopStart), value.Adjusted
		out = append(out, f)
	}
	return out
}

// classify finds the hop at which a value parted from its declaration.
func (c *comparison) classify(f *v1.Finding, a sysvar.Assigned, v model.Variable) {
	s := c.res.Declaration.Settings[a.Index]
	effective := f.Declared.Effective
	if p, ok := c.snap.Persisted[v.Name]; ok && c.catalogue.Equal(v.Name, p.Value, v.Value) {
		f.Class, f.Hop, f.Remedy = v1.PersistedOverride, string(model.HopPersisted), resetPersist(v.Name)+"; then restart, or SET GLOBAL; or commit the value"
		return
	}
	if v.Source == model.SourceDynamic {
		f.Class, f.Hop = v1.RuntimeOverride, string(model.HopRuntime)
		f.Remedy = fmt.Sprintf("SET GLOBAL %s = %s; or commit the running value", v.Name, effective)
		return
	}
	if v.Source == model.SourceCommandLine && s.Origin.Hop != model.HopArgument {
		f.Class, f.Hop, f.Remedy = v1.ArgumentOverride, string(model.HopArgument), "take it from the command line, or out of the option file"
		return
	}
	if stale := c.stale(s.Option); stale != nil {
		f.Class, f.Hop, f.Remedy = v1.StaleMount, string(model.HopFile), "delete the pod: its file is only written when it is made"
		f.Evidence = append(f.Evidence, v1.Evidence{Kind: "file", Text: fmt.Sprintf("%s in the pod differs from %s: %s", stale.Path, stale.Source, stale.Why)})
		return
	}
	f.Hop = string(model.HopStart)
	if a.Spec != nil && a.Spec.Dynamic {
		f.Class, f.Remedy = v1.NotApplied, fmt.Sprintf("SET GLOBAL %s = %s, or restart the pod", v.Name, effective)
		return
	}
	f.Class, f.Remedy = v1.PendingRestart, "restart the pod: the server reads it at its start only"
}

// stale is the file in the pod that still has an older value of an option. Files
// that the kubelet brings up to date by itself are only late, not stale.
func (c *comparison) stale(option string) *declared.StaleFile {
	same := func(a, b string) bool { return strings.ReplaceAll(a, "-", "_") == strings.ReplaceAll(b, "-", "_") }
	for i := range c.res.Stale {
		if c.updatesItself(c.res.Stale[i].Path) {
			continue
		}
		for _, d := range c.res.Stale[i].Differs {
			if same(d.Option, option) {
				return &c.res.Stale[i]
			}
		}
	}
	return nil
}

func (c *comparison) updatesItself(path string) bool {
	for _, g := range c.res.Governing {
		if g.Path == path {
			return g.Via == "volume" || g.Via == "projected"
		}
	}
	return false
}

func resetPersist(name string) string { return "RESET PERSIST IF EXISTS " + name }
