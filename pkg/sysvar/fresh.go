package sysvar

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Fresh is what a server would have if it started now with a declaration.
type Fresh struct {
	// Assigned says, for each declared setting in the order given, what it means.
	Assigned []Assigned
	keys     []string // of the settings
	st       *state
	alone    map[line]*Value // by what the line says
	limits   *limits
	ceilings map[string]Assigned // maximum-x, by variable
}

// Fresh computes what a server makes of the settings, which must be in reading
// order. seen gives the running values (nil if nothing was observed): they tell
// what the declaration does not, such as the data directory and the number of
// files that the host lets the server open.
func (c *Catalogue) Fresh(settings []model.Setting, seen func(variable string) (string, bool)) *Fresh {
	f := &Fresh{
		Assigned: make([]Assigned, len(settings)), keys: make([]string, len(settings)), ceilings: map[string]Assigned{}, alone: map[line]*Value{},
		st: &state{c: c, declared: map[string]*Value{}, last: map[string]Assigned{}, seen: seen},
	}
	type named struct {
		Resolution
		key string
	}
	resolved := map[string]*named{} // files repeat options
	for i, s := range settings {
		r := resolved[s.Option]
		if r == nil {
			r = &named{Resolution: c.resolve(s.Option)}
			r.key = f.key(Assigned{Resolution: r.Resolution})
			resolved[s.Option] = r
		}
		a := Assigned{Resolution: r.Resolution, Value: s.Value, HasValue: s.HasValue, Index: i}
		f.Assigned[i] = a
		key := r.key
		f.keys[i] = key
		if a.Ceiling {
			f.ceilings[key] = a
			continue
		}
		if key == "" {
			continue
		}
		if old, again := f.st.last[key]; again {
			switch {
			case accumulates(a):
				a = accumulate(old, a)
			case passedOver(a):
				continue
			}
		}
		f.st.last[key] = a
	}
	for key, a := range f.st.last {
		if a.Variable != "" {
			f.st.declared[key] = f.st.evaluate(a)
		}
	}
	f.underCeilings()
	f.couple()
	f.showBinlogBase()
	f.limits = newLimits(f.st)
	f.limits.apply()
	perfSchema{f}.apply()
	return f
}

// underCeilings: to MySQL maximum-x cuts the value that x has when the option is
// read; what stands later is free of it.
func (f *Fresh) underCeilings() {
	for key, a := range f.ceilings {
		v, winner := f.st.declared[key], f.st.last[key]
		if v != nil && v.Unsure == "" && winner.Index < a.Index {
			*v = *f.under(a, v)
		}
	}
}

// under is a value below a ceiling.
func (f *Fresh) under(ceiling Assigned, v *Value) *Value {
	limit := f.st.evaluateType(ceiling)
	a, ok1 := bound(v.Text)
	b, ok2 := bound(limit.Text)
	if f.st.c.isMaria() || limit.Unsure != "" || !ok1 || !ok2 || a.Cmp(b) <= 0 {
		return v
	}
	cut := *v
	cut.Text, cut.Adjusted = limit.Text, "cut to what maximum-"+ceiling.Option+" allows"
	return &cut
}

// key is the name under which settings of one variable meet: the group of its
// aliases, or the option itself where there is no variable.
func (f *Fresh) key(a Assigned) string {
	switch {
	case a.Unknown:
		return ""
	case a.Variable == "":
		return "--" + a.Option
	}
	return f.st.c.Group(a.Variable)
}

// Key is the name under which all declarations of setting i's variable are
// known to Declared and Winner; empty for an unknown option.
func (f *Fresh) Key(i int) string {
	if f.Assigned[i].Ceiling {
		return ""
	}
	return f.keys[i]
}

// Declared is what a fresh server has for a declared variable; nil if the
// declaration does not set it.
func (f *Fresh) Declared(variable string) *Value { return f.st.declared[f.st.c.Group(variable)] }

// Variables are the groups of variables that the declaration sets.
func (f *Fresh) Variables() map[string]*Value { return f.st.declared }

// Winner is the setting that decides a variable.
func (f *Fresh) Winner(variable string) (Assigned, bool) {
	a, ok := f.st.last[f.st.c.Group(variable)]
	return a, ok
}

// Alone computes what a server makes of one setting by itself. The result must not
// be modified.
func (f *Fresh) Alone(i int) *Value {
	a := f.Assigned[i]
	if a.Unknown || a.Variable == "" {
		return nil
	}
	key := line{a.Option, a.Value, a.HasValue, a.Negated, a.Enabled, a.Loose}
	v, again := f.alone[key]
	if !again {
		v = f.st.evaluate(a)
		f.alone[key] = v
	}
	return v
}

// line is what an option line says, for those that stand more than once.
type line struct {
	option, value                     string
	hasValue, negated, enabled, loose bool
}

// accumulates: repeats of these options add up instead of replacing each other.
func accumulates(a Assigned) bool {
	if a.Spec != nil && a.Spec.Type == TypeFlagSet {
		return true
	}
	switch name := underscored(a.Option); name {
	case "optimizer_switch", "ignore_db_dir", "ignore_db_dirs", "binlog_do_db", "binlog_ignore_db", "plugin_load_add":
		return true
	default:
		return strings.HasPrefix(name, "replicate_do_") || strings.HasPrefix(name, "replicate_ignore_") ||
			strings.HasPrefix(name, "replicate_wild_") || name == "replicate_rewrite_db"
	}
}

// passedOver: the parser of options without an argument warns of a value that is
// no boolean, and leaves what an earlier line set. Seen on 9.7.4 and 10.11.19.
func passedOver(a Assigned) bool {
	_, known := parseBool(a.text())
	return !known && a.Spec != nil && withoutArgument[a.Spec.Name]
}

func accumulate(old, a Assigned) Assigned {
	if old.HasValue && old.Value != "" && a.Value == "" {
		a.Value = old.Value
	} else if old.HasValue && old.Value != "" {
		a.Value = old.Value + "," + a.Value
	}
	return a
}
