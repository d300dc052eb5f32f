package drift

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// undeclared finds variables that nothing declares and that are yet not as a
// fresh server has them: set at run time, persisted, or taken from a file whose
// line is gone. The source alone proves nothing (SET SESSION writes it too), so
// the value must differ from a default that is known.
func (c *comparison) undeclared() []v1.Finding {
	var out []v1.Finding
	if !c.snap.HasSources && len(c.snap.Persisted) == 0 {
		return nil
	}
	reported := map[string]bool{}
	dynamic, fromFile := c.touched(), c.fromFile()
	for name, v := range c.snap.Variables {
		group := c.catalogue.Group(name)
		if c.fresh.Declared(name) != nil || reported[group] || v.Truncated && v.Value == "" {
			continue
		}
		if name != group {
			if _, both := c.snap.Variables[group]; both {
				continue // told under the group's own name
			}
		}
		if dynamic[c.linked(group)] {
			v.Source = model.SourceDynamic
		} else if v.Source == model.SourceCompiled && fromFile[group] {
			v.Source = model.SourceFile
		}
		p, persisted := c.snap.Persisted[name]
		if !persisted && (v.Source == model.SourceCompiled || v.Source == model.SourceAuto || v.Source == model.SourceCommandLine || v.Source == model.SourceUnknown) {
			continue
		}
		spec, known := c.catalogue.Lookup(name)
		if !known || spec.Scope == sysvar.ScopeSessionOnly || neverCompared[name] && name != "auto_increment_offset" && name != "server_id" {
			continue
		}
		f := v1.Finding{Variable: name, Severity: v1.Info, Running: c.runningOf(v), Evidence: c.evidence(v)}
		found := c.pending(f, v)
		inForce := persisted && c.catalogue.Equal(name, p.Value, v.Value)
		if changed, value := c.changed(name, spec, v); changed && brought(v.Source, inForce) {
			f.Drift = true
			c.classifyUndeclared(&f, spec, v, inForce, value)
			found = []v1.Finding{f}
		} else if told := c.overHost(f, spec, v, inForce); len(found) == 0 && told != nil {
			found = told
		}
		if len(found) > 0 {
			reported[group] = true
			out = append(out, found...)
		}
	}
	return out
}

// brought reports whether somebody gave a variable its value. Where the server
// says that it chose it itself, a persisted value is still to come.
func brought(source model.Source, persistedInForce bool) bool {
	switch source {
	case model.SourceFile, model.SourcePersisted, model.SourceDynamic:
		return true
	case model.SourceUnknown:
		return persistedInForce
	}
	return false
}

// touched are the groups of variables of which one was set at run time: the
// server notes the source under the one name only that the statement used.
func (c *comparison) touched() map[string]bool {
	out := map[string]bool{}
	for name, v := range c.snap.Variables {
		if v.Source == model.SourceDynamic {
			out[c.linked(c.catalogue.Group(name))] = true
		}
	}
	return out
}

// fromFile are the groups of variables of which one came from an option file.
func (c *comparison) fromFile() map[string]bool {
	out := map[string]bool{}
	for name, v := range c.snap.Variables {
		if v.Source == model.SourceFile {
			out[c.catalogue.Group(name)] = true
		}
	}
	return out
}

// linked joins variables that a SET of one moves along with the other.
func (c *comparison) linked(group string) string {
	if set, ok := c.catalogue.BitSet(group); ok {
		return set
	}
	switch group {
	case "collation_server":
		return "character_set_server"
	case "expire_logs_days":
		return "binlog_expire_logs_seconds"
	case "innodb_max_dirty_pages_pct_lwm":
		return "innodb_max_dirty_pages_pct"
	case "innodb_io_capacity_max":
		return "innodb_io_capacity"
	case "sql_big_selects":
		return "max_join_size"
	}
	return group
}

// movedBy is the variable whose SET took another along, under another name of
// the same or as its partner, though the server notes it at the one alone. A
// partner that is as declared was at most set for a session, and moved nothing.
func (c *comparison) movedBy(v model.Variable) (set string, moved bool) {
	if v.Source == model.SourceDynamic || v.Source == model.SourcePersisted {
		return "", false
	}
	group := c.catalogue.Group(v.Name)
	for name, w := range c.snap.Variables {
		if w.Source != model.SourceDynamic || name == v.Name || moved && name > set {
			continue
		}
		other := c.catalogue.Group(name)
		if other == group || c.linked(other) == c.linked(group) && !c.asStarted(name, w.Value) {
			set, moved = name, true
		}
	}
	return set, moved
}

// asStarted reports whether a value is what a start would make.
func (c *comparison) asStarted(name, value string) bool {
	fresh, ok := c.fresh.Default(name)
	return !ok || c.catalogue.Matches(name, fresh, value)
}

// changed reports whether an undeclared variable differs from what a fresh
// server would have.
func (c *comparison) changed(name string, spec *sysvar.Spec, v model.Variable) (bool, string) {
	if spec.PerPod && !c.setServerID(v) || v.Source == model.SourceFile && !c.fileKnown(v) {
		return false, ""
	}
	value, ok := c.fresh.Default(name)
	if !ok || c.catalogue.Matches(name, value, v.Value) {
		return false, ""
	}
	return true, value.Text
}

func (c *comparison) classifyUndeclared(f *v1.Finding, spec *sysvar.Spec, v model.Variable, persisted bool, def string) {
	set := "SET GLOBAL " + v.Name + " = DEFAULT"
	if !c.catalogue.CompiledDefault(v.Name, def) {
		set = "SET GLOBAL " + v.Name + " = " + literal(def)
		if c.shown(v.Name, def) == redacted {
			set = "set " + v.Name + " to its default"
		}
	}
	def = c.shown(v.Name, def)
	switch {
	case persisted || v.Source == model.SourcePersisted && !c.takenBack(v):
		f.Class, f.Hop, f.Remedy = v1.PersistedOverride, string(model.HopPersisted), "RESET PERSIST IF EXISTS "+v.Name+"; or commit the value"
		f.Message = fmt.Sprintf("persisted as %s, declared nowhere (default %s)", quoted(f.Running.Value), quoted(def))
	case v.Source == model.SourceDynamic:
		f.Class, f.Hop, f.Remedy = v1.UndeclaredChange, string(model.HopRuntime), set+"; or commit the value"
		f.Message = fmt.Sprintf("changed to %s at run time, declared nowhere (default %s)", quoted(f.Running.Value), quoted(def))
	default:
		f.Class, f.Hop, f.Remedy = v1.PendingRestart, string(model.HopStart), "restart the server"
		if spec.Dynamic {
			f.Class, f.Remedy = v1.NotApplied, set+", or restart the server"
		}
		from := "an option file that does not hold it"
		if c.takenBack(v) {
			from = "mysqld-auto.cnf, which does not hold it"
		}
		f.Message = fmt.Sprintf("running %s from %s any more (default %s)", quoted(f.Running.Value), from, quoted(def))
	}
}

// setServerID: a server's number is its pod's own, and may be persisted; one
// that was only set is gone with the next start.
func (c *comparison) setServerID(v model.Variable) bool {
	_, persisted := c.snap.Persisted[v.Name]
	return v.Name == "server_id" && v.Source == model.SourceDynamic && !persisted
}

const redacted = "(redacted)"

// shown is a value for people: a secret's is not.
func (c *comparison) shown(variable, value string) string {
	if c.catalogue.Secret(variable) {
		return redacted
	}
	return value
}

func (c *comparison) declared(s model.Setting, a sysvar.Assigned, effective string) *v1.Declared {
	d := &v1.Declared{Option: s.Option, Value: s.Value, Effective: effective,
		Source: s.Origin.Object, Path: s.Origin.Path, Line: s.Origin.Line, Column: s.Origin.Column}
	if s.Secret || c.catalogue.Secret(s.Option) || a.Spec != nil && a.Spec.Sensitive {
		d.Value, d.Effective = redacted, redacted
	}
	return d
}

func (c *comparison) runningOf(v model.Variable) *v1.Running {
	r := &v1.Running{Value: c.shown(v.Name, v.Value), Source: string(v.Source), Path: v.Path, SetUser: v.SetUser, SetHost: v.SetHost}
	if !v.SetTime.IsZero() {
		r.SetTime = &metav1.Time{Time: v.SetTime.UTC()}
	}
	return r
}

// evidence is what the server itself says of a variable's last change.
func (c *comparison) evidence(v model.Variable) []v1.Evidence {
	var out []v1.Evidence
	if v.Source == model.SourceDynamic && v.SetUser != "" {
		e := v1.Evidence{Kind: "variables_info", Who: strings.TrimSuffix(v.SetUser+"@"+v.SetHost, "@"), Confidence: "possible",
			Text: "last SET of it, which may have been one of a session only"}
		if !v.SetTime.IsZero() {
			e.Time = &metav1.Time{Time: v.SetTime.UTC()}
		}
		out = append(out, e)
	}
	if _, ok := c.snap.Persisted[v.Name]; ok {
		out = append(out, v1.Evidence{Kind: "persisted_variables", Text: "SET PERSIST is in force for it"})
	}
	return out
}
