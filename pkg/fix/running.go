package fix

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// keepRunning makes the declaration say what the server runs with.
func (p *planner) keepRunning(t *target) {
	switch {
	case t.finding.Class == v1.PendingPersist:
		p.resetPersist(t) // so that the next start does not end what runs
		return
	case t.finding.Class == v1.ReplicaDivergence:
		p.leave(t, "which of the pods is right only a person can tell: name the pod that is to be followed, without --replicas")
		return
	case p.in.Persist:
		p.persist(t)
		return
	}
	c, why := p.change(t)
	switch {
	case why == "":
		p.propose(t, c)
	case t.finding.Declared == nil && len(t.Report.GovernedBy) == 0 && t.mayPersist() == "":
		p.persist(t)
	default:
		p.manual(t, why)
	}
}

// persist keeps the running value over restarts, in mysqld-auto.cnf.
func (p *planner) persist(t *target) {
	if why := t.mayPersist(); why != "" {
		p.leave(t, why)
		return
	}
	if kept, ok := t.Snapshot.Persisted[t.finding.Variable]; ok && t.catalogue.Equal(t.finding.Variable, kept.Value, t.running()) {
		p.leave(t, "SET PERSIST keeps it already: it stays a finding until the declaration says the same")
		return
	}
	s := t.step(v1.FixSetPersist)
	value, err := literal(t.spec, s.From)
	if err != nil {
		p.leave(t, err.Error())
		return
	}
	s.To, s.Statement = s.From, setStatement("PERSIST", t.finding.Variable, value)
	if t.finding.Declared != nil {
		s.Warnings = append(s.Warnings, "the declaration still says otherwise: it stays a finding, of class PersistedOverride")
	}
	p.add(s)
}

// mayPersist says why SET PERSIST is of no use on this server.
func (t *target) mayPersist() string {
	switch server := t.Snapshot.Server; {
	case server.Flavour == model.MariaDB:
		return "MariaDB has no SET PERSIST: declare the value in an option file"
	case !server.Version.AtLeast(8, 0, 0):
		return "SET PERSIST came with MySQL 8.0: declare the value in an option file"
	case t.Snapshot.Variables["persisted_globals_load"].Value == "OFF":
		return "persisted_globals_load is OFF: a start does not read what SET PERSIST keeps"
	case !t.spec.Dynamic:
		return "it is read at a start only: declare the value in an option file"
	}
	return ""
}

// change is one option of one text as it should be.
type change struct {
	id     string // of the text
	line   int    // 0: the option is to be added
	group  string
	option string
	value  string
	target *target
}

// change finds where the running value is to be declared, or says who has to.
func (p *planner) change(t *target) (*change, string) {
	value := t.declarable()
	c := &change{value: value, target: t}
	source := ""
	if d := t.finding.Declared; d != nil {
		source, c.line, c.option = d.Source, d.Line, d.Option
		if !positive(t, d) {
			c.option = optionOf(t.spec)
		}
	} else {
		source, c.group = t.mainSource()
		c.option = optionOf(t.spec)
	}
	if c.option == "" {
		return nil, "no option sets it: it cannot be declared"
	}
	file := t.governing(source)
	c.id = TextID(t.Report.Instance.Namespace, source)
	text, known := p.in.Texts[c.id]
	declare := fmt.Sprintf("declare %s = %s", c.option, value)
	switch {
	case file != nil && file.Owner != "":
		return nil, declare + " in " + file.Owner + ": its operator writes " + source
	case t.Workload.Operator != "" && !known:
		return nil, declare + " in " + t.Workload.Operator
	case !known:
		return nil, fmt.Sprintf("%s; it stands in %s, which is no ConfigMap's key that can be edited", declare, orElse(source, "nothing that is known"))
	case text.Immutable:
		return nil, fmt.Sprintf("%s; configmap/%s is immutable: make a new one", declare, text.Name)
	case file == nil || !file.Verbatim:
		return nil, fmt.Sprintf("%s in %s by hand: the file is not the key's text as it is", declare, source)
	}
	if why := t.proves(c, source); why != "" {
		return nil, declare + " by hand: " + why
	}
	return c, ""
}

// positive reports whether the option as written takes a value that is the variable's.
func positive(t *target, d *v1.Declared) bool {
	r := t.catalogue.Resolve(d.Option)
	return r.Variable != "" && !r.Negated && !r.Enabled && !r.Ceiling
}

// optionOf is the name by which a variable is declared.
func optionOf(spec *sysvar.Spec) string {
	for _, o := range spec.Options {
		if strings.ReplaceAll(o, "-", "_") == spec.Name {
			return spec.Name
		}
	}
	if len(spec.Options) == 0 {
		return ""
	}
	return spec.Options[0]
}

// declarable is the running value as an option file has it: of a list of flags
// only those that are declared.
func (t *target) declarable() string {
	value := t.running()
	switch t.spec.Type {
	case sysvar.TypeDouble:
		return trimZeros(value)
	case sysvar.TypeFlagSet:
		if d := t.finding.Declared; d != nil {
			return sameFlags(d.Value, value)
		}
	}
	return value
}

// sameFlags are the running states of the flags that a declared list names.
func sameFlags(declared, running string) string {
	states := map[string]string{}
	for _, flag := range strings.Split(running, ",") {
		name, state, _ := strings.Cut(flag, "=")
		states[strings.TrimSpace(name)] = strings.TrimSpace(state)
	}
	var out []string
	for _, flag := range strings.Split(declared, ",") {
		name, state, _ := strings.Cut(flag, "=")
		if now := states[strings.TrimSpace(name)]; now != "" {
			state = now
		}
		out = append(out, strings.TrimSpace(name)+"="+strings.TrimSpace(state))
	}
	return strings.Join(out, ",")
}

// mainSource is the ConfigMap key that most options come from, and their group.
func (t *target) mainSource() (source, group string) {
	counts, groups := map[string]int{}, map[string]string{}
	for _, s := range t.Declaration.Settings {
		counts[s.Origin.Object]++
		groups[s.Origin.Object] = s.Group
	}
	for _, g := range t.Report.GovernedBy {
		if strings.HasPrefix(g.Source, "configmap/") && (source == "" || counts[g.Source] >= counts[source]) {
			source = g.Source
		}
	}
	return source, orElse(groups[source], "mysqld")
}

func (t *target) governing(source string) *v1.GoverningFile {
	for i := range t.Report.GovernedBy {
		if t.Report.GovernedBy[i].Source == source {
			return &t.Report.GovernedBy[i]
		}
	}
	return nil
}

// proves computes what a start would make of the changed declaration: the change
// is worth nothing if a later file or an argument overrules it, or if the server
// does not take the text for the value.
func (t *target) proves(c *change, source string) string {
	settings := slices.Clone(t.Declaration.Settings)
	at := -1
	for i, s := range settings {
		if s.Origin.Object == source && (c.line == 0 || s.Origin.Line == c.line) {
			at = i
		}
	}
	changed := model.Setting{Option: c.option, Value: c.value, HasValue: true, Group: c.group, Origin: model.Origin{Hop: model.HopConfigMap, Object: source}}
	switch {
	case c.line == 0:
		settings = slices.Insert(settings, at+1, changed)
	case at < 0:
		return "its place in " + source + " was not found"
	default:
		changed.Group, changed.Origin = settings[at].Group, settings[at].Origin
		settings[at] = changed
		c.group = changed.Group
	}
	if t.finding.Class == v1.ArgumentOverride {
		return "" // the argument goes on deciding, and says the same
	}
	value := t.fresh(settings).Declared(t.finding.Variable)
	switch {
	case value == nil || value.Unsure != "" || value.Refused:
		return "what the server makes of it is not certain"
	case !t.catalogue.Matches(t.finding.Variable, value, t.running()):
		return fmt.Sprintf("a start would make it %s: something else decides too", value.Text)
	}
	return ""
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
