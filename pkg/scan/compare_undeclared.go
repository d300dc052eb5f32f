package scan

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// undeclared finds what was changed at run time although nothing declares it.
// MySQL writes DYNAMIC for SET SESSION too, so that the value decides: it must
// differ from the default, and the declaration must be known to the end.
func (c *comparison) undeclared() []v1.Finding {
	var out []v1.Finding
	for name, v := range c.snap.Variables {
		spec, known := c.catalogue.Lookup(name)
		if c.done[name] || !known || spec.PerPod || c.roleDecides(spec) || spec.Scope == sysvar.ScopeSessionOnly || v.Truncated {
			continue
		}
		a := sysvar.Assigned{Resolution: sysvar.Resolution{Variable: name, Spec: spec}}
		f := v1.Finding{Variable: name, Severity: v1.Info, Running: c.runningOf(a, v), Evidence: c.evidence(v)}
		persisted, isPersisted := c.snap.Persisted[name]
		changed := spec.HasDefault && !spec.HostDependent && !c.catalogue.Equal(name, spec.Default, v.Value)
		switch {
		case isPersisted && !c.catalogue.Equal(name, persisted.Value, v.Value):
			f.Class, f.Hop, f.Remedy = v1.PendingPersist, string(model.HopPersisted), resetPersist(name)
			f.Message = fmt.Sprintf("SET PERSIST makes it %s at the next start; nothing declares it", c.shown(a, persisted.Value, false))
		case isPersisted && spec.HasDefault && c.catalogue.Equal(name, spec.Default, v.Value):
			continue // persisted as what it would be anyway
		case isPersisted:
			f.Class, f.Drift, f.Hop, f.Remedy = v1.PersistedOverride, true, string(model.HopPersisted), resetPersist(name)+", or commit the value"
			f.Message = fmt.Sprintf("persisted as %s, declared nowhere", f.Running.Value)
		case v.Source == model.SourceDynamic && changed && c.res.Declaration.Complete:
			f.Class, f.Drift, f.Hop = v1.UndeclaredChange, true, string(model.HopRuntime)
			f.Remedy = fmt.Sprintf("SET GLOBAL %s = DEFAULT, or commit the value", name)
			f.Message = fmt.Sprintf("changed to %s at run time, declared nowhere (default %s)", f.Running.Value, c.shown(a, spec.Default, false))
		default:
			continue
		}
		if slices.ContainsFunc(spec.Aliases, func(alias string) bool {
			_, both := c.snap.Variables[alias]
			return both && alias < name // once under the first of its names
		}) {
			continue
		}
		out = append(out, f)
	}
	return out
}

const hidden = "(hidden)"

// shown is a value for people: a secret's is not.
func (c *comparison) shown(a sysvar.Assigned, value string, secret bool) string {
	if secret || a.Spec != nil && a.Spec.Sensitive {
		return hidden
	}
	return value
}

func (c *comparison) declared(s model.Setting, a sysvar.Assigned, effective string) *v1.Declared {
	d := &v1.Declared{
		Option: s.Option, Value: c.shown(a, s.Value, s.Secret),
		Source: s.Origin.Object, Path: s.Origin.Path, Line: s.Origin.Line, Column: s.Origin.Column,
	}
	if effective != "" {
		d.Effective = c.shown(a, effective, s.Secret)
	}
	return d
}

func (c *comparison) runningOf(a sysvar.Assigned, v model.Variable) *v1.Running {
	r := &v1.Running{Value: c.shown(a, v.Value, false), Source: string(v.Source), Path: v.Path, SetUser: v.SetUser, SetHost: v.SetHost}
	if !v.SetTime.IsZero() {
		r.SetTime = &metav1.Time{Time: v.SetTime.UTC()}
	}
	return r
}

// evidence is what the server itself says of a variable's last change.
func (c *comparison) evidence(v model.Variable) []v1.Evidence {
	var out []v1.Evidence
	if v.Source == model.SourceDynamic && v.SetUser != "" {
		e := v1.Evidence{Kind: "variables_info", Who: v.SetUser + "@" + v.SetHost, Confidence: "possible",
			Text: "last SET of it, which may have been one of a session only"}
		if !v.SetTime.IsZero() {
			e.Time = &metav1.Time{Time: v.SetTime.UTC()}
		}
		out = append(out, e)
	}
	if p, ok := c.snap.Persisted[v.Name]; ok {
		e := v1.Evidence{Kind: "persisted_variables", Text: "SET PERSIST is in force for it"}
		if p.SetUser != "" {
			e.Who = p.SetUser + "@" + p.SetHost
		}
		if !p.SetTime.IsZero() {
			e.Time = &metav1.Time{Time: p.SetTime.UTC()}
		}
		out = append(out, e)
	}
	return out
}
