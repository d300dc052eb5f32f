package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// lint is what is to be said of one declared option by itself: none of it is
// drift, but the next start may fail of it or do something else than meant.
func (c *comparison) lint(i int) []v1.Finding {
	a, s := c.fresh.Assigned[i], c.in.Declaration.Settings[i]
	if c.catalogue.Secret(s.Option) { // of a line that is no option, the value may stand behind the name
		a.Option, s.Option = optionfile.ShownName(a.Option), optionfile.ShownName(s.Option)
	}
	told := func(class v1.Class, name, message string) []v1.Finding {
		return []v1.Finding{{Variable: name, Class: class, Severity: v1.Info, Hop: string(s.Origin.Hop), Declared: c.declared(s, a, ""), Message: message}}
	}
	switch {
	case a.Unknown && a.Loose:
		return nil
	case a.Unknown:
		found := c.unknown(a, s.Option, told)
		found[0].Severity = v1.P1
		return found
	case a.Ceiling && a.Spec != nil && a.Spec.Scope == sysvar.ScopeGlobal:
		return told(v1.Invalid, a.Variable, fmt.Sprintf("%s is a ceiling for sessions, and %s has no session value: the next start fails", s.Option, a.Variable))
	case a.Ceiling, a.AutoSet:
		return nil
	case c.notLoaded(i):
		found := told(v1.Invalid, a.Variable, fmt.Sprintf("this server has no variable %s: what brings it (a plugin, a component, a build with it) is not there, and the next start fails; load it, or write loose-%s", a.Variable, s.Option))
		found[0].Severity = v1.P1
		return found
	case sysvar.OptionProblem(a) != "" && (a.Variable == "" || !a.Spec.Observable):
		found := told(v1.Invalid, a.Option, sysvar.OptionProblem(a))
		found[0].Severity, found[0].Remedy = v1.P0, refusedRemedy
		return found
	case a.Ignored:
		return told(v1.NotObservable, a.Option, fmt.Sprintf("the server accepts %s and does nothing with it", s.Option))
	case a.Variable == "" || a.Spec != nil && !a.Spec.Observable:
		return told(v1.NotObservable, a.Option, "no variable shows what this option did")
	}
	one := c.fresh.Alone(i)
	if one == nil {
		return nil
	}
	winner, ok := c.fresh.Winner(a.Variable)
	if one.Problem != "" && !(one.Unsure == sysvar.NotTaken && ok && winner.Index != i) {
		message := one.Problem
		if s.Secret || a.Spec.Sensitive {
			message = "a value that the server refuses or misreads"
		}
		return c.invalid(i, one, told(v1.Invalid, a.Variable, message))
	}
	if !ok || winner.Index == i || one.Partial {
		return nil
	}
	w := c.in.Declaration.Settings[winner.Index]
	text := cmp.Or(one.Text, a.Value) // a value that is refused has no other
	if other := c.fresh.Alone(winner.Index); other != nil && !c.catalogue.Equal(a.Variable, text, other.Text) {
		if overrules(w.Origin, s.Origin) && c.lastDeclared(i) {
			return c.overruled(i, winner, text)
		}
		return told(v1.Shadowed, a.Variable, fmt.Sprintf("%s at %s is overruled by %s at %s", s.Option, s.Origin, w.Option, w.Origin))
	}
	return nil
}

// notLoaded reports whether setting i is of a variable that the release has and
// this server does not: its option is then as unknown as any other. Where the
// declaration loads plugins, a start may bring it.
func (c *comparison) notLoaded(i int) bool {
	a := c.fresh.Assigned[i]
	if a.Loose || a.Variable == "" || a.Spec == nil || !a.Spec.Observable || a.Spec.Sensitive || a.Spec.Scope == sysvar.ScopeSessionOnly || !c.catalogue.KnowsDefaults(a.Variable) {
		return false
	}
	if _, whole := c.snap.Variables["wait_timeout"]; !whole || len(c.snap.Variables) < 300 {
		return false
	}
	if _, seen := c.running(c.fresh.Key(i), a.Variable); seen {
		return false
	}
	// A plugin that is built in and switched off still has its options.
	return !c.loadsPlugins() && !strings.HasPrefix(a.Variable, "mysqlx_")
}

const refusedRemedy = "correct the value, or the server does not come back from its next start"

// invalid is what is to be said of a value that the server refuses or misreads.
func (c *comparison) invalid(i int, value *sysvar.Value, found []v1.Finding) []v1.Finding {
	f, a := &found[0], c.fresh.Assigned[i]
	f.Severity = v1.P2
	if _, ok := c.fresh.Winner(a.Variable); value.Refused && ok {
		f.Severity = v1.P0
		f.Remedy = refusedRemedy
		if v, seen := c.running(c.fresh.Key(i), a.Variable); seen {
			f.Running = c.runningOf(v)
		}
	}
	return found
}

// overrules reports whether what an administrator declared in one place has no
// chance against another: a file against the command line, a ConfigMap against a
// file that the image brings. What the image's own files hold is a default.
func overrules(winner, declared model.Origin) bool {
	switch winner.Hop {
	case model.HopArgument:
		return declared.Hop != model.HopArgument && declared.Object != model.ObjectImage
	case model.HopFile:
		return declared.Hop == model.HopConfigMap && winner.Object == model.ObjectImage
	}
	return false
}

// loadsPlugins reports whether the declaration names plugins. It is asked once for
// each option that is not seen.
func (c *comparison) loadsPlugins() bool {
	if c.plugins == nil {
		loads := slices.ContainsFunc(c.fresh.Assigned, func(a sysvar.Assigned) bool {
			return strings.HasPrefix(a.Option, "plugin-load") || a.Option == "early-plugin-load"
		})
		c.plugins = &loads
	}
	return *c.plugins
}

// lastDeclared reports whether nothing sets setting i's variable again later but
// what overrules it.
func (c *comparison) lastDeclared(i int) bool {
	settings := c.in.Declaration.Settings
	for j := i + 1; j < len(c.fresh.Assigned); j++ {
		if c.fresh.Key(j) == c.fresh.Key(i) && !overrules(settings[j].Origin, settings[i].Origin) {
			return false
		}
	}
	return true
}

// overruled is a setting that the command line or a file of the image overrules.
// A value that is not the winner's either is told with the variable itself.
func (c *comparison) overruled(i int, winner sysvar.Assigned, effective string) []v1.Finding {
	a, s, w := c.fresh.Assigned[i], c.in.Declaration.Settings[i], c.in.Declaration.Settings[winner.Index]
	if a.Spec != nil && a.Spec.PerPod && w.Origin.Hop != model.HopArgument {
		return nil
	}
	v, seen := c.running(c.fresh.Key(i), a.Variable)
	value := c.fresh.Declared(a.Variable)
	if !seen || value == nil || value.Unsure != "" || !c.catalogue.Matches(a.Variable, value, v.Value) {
		return nil
	}
	f := v1.Finding{Variable: v.Name, Class: v1.ArgumentOverride, Drift: true, Severity: v1.Info, Hop: string(w.Origin.Hop),
		Declared: c.declared(s, a, effective), Running: c.runningOf(v), Remedy: "take it from the command line, or out of the option file"}
	f.Message = fmt.Sprintf("declared %s at %s, but --%s on the command line overrules it", f.Declared.Effective, s.Origin, winner.Option)
	if w.Origin.Hop != model.HopArgument {
		f.Message = fmt.Sprintf("declared %s at %s, but the image's own %s, which is read later, overrules it", f.Declared.Effective, s.Origin, w.Origin.Path)
		f.Remedy = "mount the option file where it is read after " + w.Origin.Path + ", or over it"
	}
	return []v1.Finding{f}
}

func (c *comparison) unknown(a sysvar.Assigned, option string, told func(v1.Class, string, string) []v1.Finding) []v1.Finding {
	switch {
	case a.Removed:
		text := fmt.Sprintf("%s does not exist any more in %s: the next start fails", option, c.snap.Server)
		if a.ReplacedBy != "" {
			text += "; use " + a.ReplacedBy
		}
		return told(v1.Invalid, a.Option, text)
	case len(a.Ambiguous) > 0:
		return told(v1.Invalid, a.Option, fmt.Sprintf("%s is the beginning of several options: %v", option, a.Ambiguous))
	}
	text := fmt.Sprintf("%s knows no option %s: the next start may fail", c.snap.Server, option)
	near := c.catalogue.Nearest(option)
	if near == "" {
		near = c.catalogue.Nearest(a.Option)
	}
	if near != "" && !a.Loose {
		text += "; was " + near + " meant?"
	}
	return told(v1.Invalid, a.Option, text)
}
