package drift

import (
	"fmt"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// lint is what is to be said of one declared option by itself: none of it is
// drift, but the next start may fail of it or do something else than meant.
func (c *comparison) lint(i int) []v1.Finding {
	a, s := c.fresh.Assigned[i], c.in.Declaration.Settings[i]
	told := func(class v1.Class, name, message string) []v1.Finding {
		return []v1.Finding{{Variable: name, Class: class, Severity: v1.Info, Hop: string(s.Origin.Hop), Declared: c.declared(s, a, ""), Message: message}}
	}
	switch {
	case a.Unknown && a.Loose || a.Ceiling:
		return nil
	case a.Unknown:
		return c.unknown(a, s.Option, told)
	case a.Variable == "" || a.Spec != nil && !a.Spec.Observable:
		return told(v1.NotObservable, a.Option, "no variable shows what this option did")
	}
	one := c.fresh.Alone(i)
	if one == nil {
		return nil
	}
	if one.Problem != "" {
		message := one.Problem
		if s.Secret || a.Spec.Sensitive {
			message = "a value that the server refuses or misreads"
		}
		return told(v1.Invalid, a.Variable, message)
	}
	winner, ok := c.fresh.Winner(a.Variable)
	if !ok || winner.Index == i || one.Partial {
		return nil
	}
	w := c.in.Declaration.Settings[winner.Index]
	if other := c.fresh.Alone(winner.Index); other != nil && !c.catalogue.Equal(a.Variable, one.Text, other.Text) {
		return told(v1.Shadowed, a.Variable, fmt.Sprintf("%s at %s is overruled by %s at %s", s.Option, s.Origin, w.Option, w.Origin))
	}
	return nil
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
	if a.Suggestion != "" {
		text += "; was " + a.Suggestion + " meant?"
	}
	return told(v1.Invalid, a.Option, text)
}
