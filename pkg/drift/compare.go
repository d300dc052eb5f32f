package drift

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Input is one declaration and what its server was seen running with.
type Input struct {
	Declaration model.Declaration
	Snapshot    *model.Snapshot
	// Own says that the declaration is this server's file as it stands, in which
	// nothing is filled in for each pod.
	Own bool
}

// Compare judges every variable: is it what was declared, and if not, at which
// hop did it part. Drift comes first, then what is only told; each by name.
func Compare(in Input) []v1.Finding {
	c := newComparison(in)
	out := []v1.Finding{} // nothing found is an empty list in JSON too
	out = append(out, c.lintAll()...)
	out = append(out, c.together()...)
	for group, value := range c.fresh.Variables() {
		winner, ok := c.fresh.Winner(group)
		v, seen := c.running(group, winner.Variable)
		if !ok || !seen {
			continue
		}
		out = append(out, c.declaredVariable(winner, value, v)...)
	}
	out = append(out, c.undeclared()...)
	slices.SortFunc(out, func(a, b v1.Finding) int {
		if a.Drift != b.Drift {
			if a.Drift {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Variable+" "+string(a.Class), b.Variable+" "+string(b.Class))
	})
	return out
}

type comparison struct {
	in        Input
	catalogue *sysvar.Catalogue
	fresh     *sysvar.Fresh
	snap      *model.Snapshot
	ownFiles  map[string]bool // see fileKnown
	plugins   *bool           // whether the declaration loads any, once it was asked
}

func newComparison(in Input) *comparison {
	c := &comparison{in: in, snap: in.Snapshot, catalogue: sysvar.For(in.Snapshot.Server).WithLive(in.Snapshot)}
	c.fresh = c.catalogue.Fresh(in.Declaration.Settings, func(name string) (string, bool) {
		v, ok := in.Snapshot.Variables[name]
		return v.Value, ok
	})
	return c
}

// running is the variable as seen, under the name of its group if the server
// has that, else under the name declared.
func (c *comparison) running(group, variable string) (model.Variable, bool) {
	for _, name := range [...]string{group, variable} {
		if v, ok := c.snap.Variables[name]; ok {
			return v, true
		}
	}
	if s, ok := c.catalogue.Lookup(variable); ok {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if v, ok := c.snap.Variables[name]; ok {
				return v, true
			}
		}
	}
	return model.Variable{}, false
}

// declaredVariable compares one declared variable with what runs.
func (c *comparison) declaredVariable(a sysvar.Assigned, value *sysvar.Value, v model.Variable) []v1.Finding {
	s := c.in.Declaration.Settings[a.Index]
	if v.Truncated && (v.Value == "" || strings.HasPrefix(value.Text, v.Value)) {
		return nil // as far as it was seen
	}
	f := v1.Finding{Variable: v.Name, Severity: v1.Info, Declared: c.declared(s, a, value.Text), Running: c.runningOf(v), Evidence: c.evidence(v)}
	out := c.pending(f, v)
	if value.Refused && value.Unsure == sysvar.NotANumber {
		return append(out, c.neverStarted(f, s, a))
	}
	if value.Unsure != "" || value.Refused {
		return out
	}
	flags := c.changedFlags(value, v)
	if len(flags) == 0 && c.catalogue.Matches(a.Variable, value, v.Value) {
		return append(out, c.asDeclared(f, value)...)
	}
	if v.Source != model.SourceDynamic && slices.Contains(value.Host, v.Value) {
		forced := *value
		if forced.Limited = value.HostWhy; forced.Limited == "" {
			forced.Limited = "the host"
		}
		f.Declared = c.declared(s, a, v.Value)
		return append(out, c.asDeclared(f, &forced)...)
	}
	if a.Spec != nil && a.Spec.PerPod && v.Name != "server_id" && v.Name != "gtid_domain_id" && !c.ownDiffers(v) {
		return out
	}
	if v.Source == model.SourceCommandLine && s.Origin.Object == model.ObjectImage && s.Origin.Hop != model.HopArgument {
		return out // a default of the image, and somebody's argument beats it
	}
	f.Drift = true
	set, moved := c.movedBy(v)
	if moved {
		v.Source = model.SourceDynamic
	}
	c.classify(&f, a, v)
	f.Message = fmt.Sprintf("declared %s at %s, running %s", quoted(f.Declared.Effective), s.Origin, quoted(f.Running.Value))
	if c.takenBack(v) {
		f.Message += ", which was persisted when the server started and is not any more: the next start brings what is declared"
	}
	if value.Doubt != "" && (f.Hop == string(model.HopStart) || v.Source == model.SourceUnknown) {
		f.Message += "; " + value.Doubt
	}
	if moved {
		f.Message += ", set as " + set + " at run time"
	}
	if len(flags) > 0 {
		set := "SET GLOBAL " + v.Name + " = "
		f.Remedy = strings.Replace(f.Remedy, set+literal(f.Declared.Effective), set+literal(c.catalogue.WithFlagsBack(v.Name, value, v.Value)), 1)
		f.Message += "; changed and not declared: " + strings.Join(flags, ",")
	}
	if len(out) > 0 {
		f.Evidence = append(f.Evidence, v1.Evidence{Kind: "persisted_variables", Text: out[0].Message})
	}
	return []v1.Finding{f}
}

// neverStarted: a value that the server refuses cannot be the one that it started
// with, so what runs is something else. Of refusals other than that of what is no
// number servers have exceptions: MariaDB takes some negative ones.
func (c *comparison) neverStarted(f v1.Finding, s model.Setting, a sysvar.Assigned) v1.Finding {
	f.Drift, f.Class, f.Hop, f.Remedy = true, v1.PendingRestart, string(model.HopStart), refusedRemedy
	if a.Spec != nil && a.Spec.Dynamic {
		f.Class = v1.NotApplied
	}
	f.Declared = c.declared(s, a, s.Value)
	f.Message = fmt.Sprintf("declared %s at %s, with which no server starts, running %s", quoted(f.Declared.Effective), s.Origin, quoted(f.Running.Value))
	return f
}

// ownDiffers reports whether a variable that is each pod's own differs from its
// declaration by somebody's doing. Where an entrypoint or an argument fills in the
// pod's name, the server says that a file or its command line gave the value; what
// was set or persisted, no such thing did. The files given to the offline mode are
// the server's very own.
func (c *comparison) ownDiffers(v model.Variable) bool {
	_, persisted := c.snap.Persisted[v.Name]
	return persisted || v.Source == model.SourceDynamic || v.Source == model.SourcePersisted || c.in.Own
}

// takenBack: a value that the server took from mysqld-auto.cnf at its start, and
// RESET PERSIST has taken out of there since.
func (c *comparison) takenBack(v model.Variable) bool {
	_, still := c.snap.Persisted[v.Name]
	return v.Source == model.SourcePersisted && c.snap.HasPersisted && !still
}

// changedFlags are the flags of a declared list that a SET changed, or a line
// that is gone, although the declaration does not name them. Defaults differ
// between builds: so the server must have said that there was a SET, or be of
// the release that the defaults were taken from.
func (c *comparison) changedFlags(value *sysvar.Value, v model.Variable) []string {
	switch {
	case !value.Partial:
		return nil
	case v.Source == model.SourceDynamic || v.Source == model.SourcePersisted:
	case v.Source == model.SourceFile && c.fileKnown(v) && c.catalogue.KnowsDefaults(v.Name):
	default:
		return nil
	}
	flags, _ := c.catalogue.UndeclaredFlags(v.Name, value, v.Value)
	return flags
}

// asDeclared tells what the server made of a value that is in force.
func (c *comparison) asDeclared(f v1.Finding, value *sysvar.Value) []v1.Finding {
	f.Hop = string(model.HopStart)
	switch {
	case value.Limited != "":
		f.Class, f.Message = v1.EnvironmentLimited, "limited by "+value.Limited
	case value.Adjusted != "":
		f.Class, f.Message = v1.Adjusted, value.Adjusted
	default:
		return nil
	}
	return []v1.Finding{f}
}

// pending tells of a persisted value that the next start brings.
func (c *comparison) pending(f v1.Finding, v model.Variable) []v1.Finding {
	p, ok := c.snap.Persisted[v.Name]
	if !ok || c.catalogue.Equal(v.Name, p.Value, v.Value) || c.snap.Variables["persisted_globals_load"].Value == "OFF" {
		return nil // in force already, or never read at a start
	}
	if (v.Source == model.SourcePersisted || !c.snap.HasSources) && c.madeOf(v, p.Value) {
		return nil // the server corrects it to what runs already
	}
	f.Class, f.Hop, f.Drift = v1.PendingPersist, string(model.HopPersisted), true
	f.Message = fmt.Sprintf("running %s; the next start makes it %s, from mysqld-auto.cnf", quoted(f.Running.Value), quoted(c.shown(v.Name, p.Value)))
	if c.settled(v.Name, p.Value) {
		f.Message = fmt.Sprintf("running %s; mysqld-auto.cnf holds %s, of which the next start makes a value that the server settles", quoted(f.Running.Value), quoted(c.shown(v.Name, p.Value)))
	}
	if c.refusedAtStart(v.Name, p.Value) {
		if !c.setSinceStart() {
			return nil // the start has been, and did not take it
		}
		f.Message = fmt.Sprintf("running %s; mysqld-auto.cnf holds %s, which a start does not take for a boolean: it must be ON or OFF", f.Running.Value, p.Value)
	}
	next := *f.Running
	next.Next = c.shown(v.Name, p.Value)
	f.Running = &next
	f.Remedy = "RESET PERSIST IF EXISTS " + v.Name + "; or commit the value"
	return []v1.Finding{f}
}

// refusedAtStart: MySQL writes SET PERSIST_ONLY of a boolean as it was typed, and
// a start takes ON and OFF only; 0 and 1 are left out with a warning. Seen on 9.7.
func (c *comparison) refusedAtStart(variable, value string) bool {
	s, ok := c.catalogue.Lookup(variable)
	return ok && s.Type == sysvar.TypeBool && (value == "0" || value == "1")
}

// settled reports whether a start makes something else of a persisted value, by
// what other variables and the host are then: no figure can be promised.
func (c *comparison) settled(variable, value string) bool {
	settings := slices.Clone(c.in.Declaration.Settings)
	for _, p := range c.snap.Persisted {
		settings = append(settings, model.Setting{Option: p.Name, Value: p.Value, HasValue: true})
	}
	made := c.catalogue.Fresh(settings, func(name string) (string, bool) {
		w, ok := c.snap.Variables[name]
		return w.Value, ok
	}).Declared(variable)
	if made == nil {
		return false
	}
	return made.Unsure != "" || made.Limited != "" || len(made.Also) > 0 || !c.catalogue.Equal(variable, made.Text, value)
}

// setSinceStart reports whether an account set anything since the server started.
// A start itself leaves Dynamic rows too, without a user.
func (c *comparison) setSinceStart() bool {
	for _, v := range c.snap.Variables {
		if v.Source == model.SourceDynamic && v.SetUser != "" {
			return true
		}
	}
	return false
}

// madeOf reports whether a running value is what the server makes of another.
func (c *comparison) madeOf(v model.Variable, value string) bool {
	settings := append(slices.Clone(c.in.Declaration.Settings), model.Setting{Option: v.Name, Value: value, HasValue: true})
	made := c.catalogue.Fresh(settings, func(name string) (string, bool) {
		w, ok := c.snap.Variables[name]
		return w.Value, ok
	}).Declared(v.Name)
	return made != nil && made.Unsure == "" && c.catalogue.Matches(v.Name, made, v.Value)
}

// classify finds the hop at which a value parted from its declaration. The
// server's own word for the source is a lead only: that the value differs was
// found without it.
func (c *comparison) classify(f *v1.Finding, a sysvar.Assigned, v model.Variable) {
	s := c.in.Declaration.Settings[a.Index]
	dynamic := a.Spec != nil && a.Spec.Dynamic
	set := fmt.Sprintf("SET GLOBAL %s = %s", v.Name, literal(f.Declared.Effective))
	if f.Declared.Effective == redacted {
		set = "set " + v.Name + " to what is declared" // not to the word in its place
	}
	p, persisted := c.snap.Persisted[v.Name]
	switch {
	case persisted && c.catalogue.Equal(v.Name, p.Value, v.Value), v.Source == model.SourcePersisted && !c.takenBack(v):
		f.Class, f.Hop = v1.PersistedOverride, string(model.HopPersisted)
		f.Remedy = "RESET PERSIST IF EXISTS " + v.Name
		if dynamic {
			f.Remedy += "; " + set
		} else {
			f.Remedy += " and restart"
		}
		f.Remedy += "; or commit the value"
	case v.Source == model.SourceCommandLine && s.Origin.Hop != model.HopArgument:
		f.Class, f.Hop, f.Remedy = v1.ArgumentOverride, string(model.HopArgument), "take it from the command line, or out of the option file"
	case dynamic && (v.Source == model.SourceDynamic || v.Source == model.SourceUnknown):
		f.Class, f.Hop, f.Remedy = v1.RuntimeOverride, string(model.HopRuntime), set+"; or commit the running value"
	case dynamic:
		f.Class, f.Hop, f.Remedy = v1.NotApplied, string(model.HopStart), set+", or restart the server"
	default:
		f.Class, f.Hop, f.Remedy = v1.PendingRestart, string(model.HopStart), "restart the server: it reads the option at its start only"
	}
}

// literal is a value as SET GLOBAL takes it: numbers and ON or OFF bare, all
// else quoted.
func literal(text string) string {
	if text == "ON" || text == "OFF" || text != "" && strings.Trim(text, "0123456789.-") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// quoted is a value in a sentence: an empty one would not be seen.
func quoted(value string) string {
	if value == "" {
		return "''"
	}
	return value
}
