package fix

import (
	"fmt"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// putDeclared makes the server run as declared.
func (p *planner) putDeclared(t *target) {
	switch t.finding.Class {
	case v1.RuntimeOverride, v1.UndeclaredChange:
		p.setDeclared(t)
	case v1.NotApplied:
		p.setDeclared(t)
	case v1.PersistedOverride:
		p.resetPersist(t)
		if t.spec.Dynamic && !t.hostDecides() {
			p.setDeclared(t)
		} else {
			p.restart(t)
		}
	case v1.PendingPersist:
		p.resetPersist(t)
	case v1.StaleMount:
		if t.late() && t.spec.Dynamic {
			p.setDeclared(t)
		} else {
			p.restart(t)
		}
	case v1.PendingRestart:
		p.restart(t)
	case v1.ArgumentOverride:
		p.manual(t, p.argumentText(t)+" of "+t.template()+", so that the option file decides")
	case v1.UnsyncedObject:
		p.leave(t, "the object differs from Git: let the delivery run again (see blame), or --prefer running")
	default:
		p.leave(t, "which of the pods is right only a person can tell: name the pod that is to change, without --replicas")
	}
}

// late: the file is on its way into the pod, so that no pod has to be made anew.
func (t *target) late() bool {
	option := t.finding.Variable
	if d := t.finding.Declared; d != nil {
		option = d.Option
	}
	return t.Late[strings.ReplaceAll(option, "-", "_")]
}

// setDeclared sets what the server would have after a start; the default where
// nothing is declared.
func (p *planner) setDeclared(t *target) {
	if t.finding.Variable == "gtid_mode" {
		p.manual(t, "gtid_mode goes one step at a time, on every server of the topology before the next step: OFF, OFF_PERMISSIVE, ON_PERMISSIVE, ON; to be: "+t.declared())
		return
	}
	s := t.step(v1.FixSetGlobal)
	s.To = t.declared()
	value := "DEFAULT"
	if t.finding.Declared != nil || s.To != "" && !t.catalogue.CompiledDefault(t.finding.Variable, s.To) {
		var err error
		if value, err = literal(t.spec, s.To); err != nil {
			p.leave(t, fmt.Sprintf("what the server makes of the declared value is not certain (%v): restart it, or set it by hand", err))
			return
		}
	}
	s.Statement = setStatement("GLOBAL", t.finding.Variable, value)
	s.Warnings = append(t.setWarnings(s.To), p.othersDiffer(t)...)
	p.add(s)
}

// declared is what the server should run with.
func (t *target) declared() string {
	if d := t.finding.Declared; d != nil {
		from := t.Snapshot.Variables[t.finding.Variable].Source
		if t.spec.Type == sysvar.TypeFlagSet && (from == model.SourceDynamic || from == model.SourcePersisted) {
			return t.catalogue.WithFlagsBack(t.finding.Variable, &sysvar.Value{Text: d.Effective, Partial: true}, t.running())
		}
		return d.Effective
	}
	if v, ok := t.fresh(t.Declaration.Settings).Default(t.finding.Variable); ok {
		return v.Text
	}
	return ""
}

// hostDecides: nothing is declared, and only a start tells what the host gives.
func (t *target) hostDecides() bool {
	fresh := t.fresh(t.Declaration.Settings)
	_, known := fresh.Default(t.finding.Variable)
	return t.finding.Declared == nil && (!known || fresh.SizedByHost(t.finding.Variable))
}

func (p *planner) resetPersist(t *target) {
	s := t.step(v1.FixResetPersist)
	s.Statement = resetStatement(t.finding.Variable)
	s.From, s.To = t.Snapshot.Persisted[t.finding.Variable].Value, ""
	s.Warnings = []string{"changes the next start only: the running value stays until it is set"}
	p.add(s)
}

// argumentText says what stands in the way on the command line.
func (p *planner) argumentText(t *target) string {
	option := t.finding.Variable
	if a := t.argument(); a != "" {
		option = a
	}
	return "take --" + option + " out of the arguments"
}

// argument is the option on the command line that sets the variable.
func (t *target) argument() string {
	fresh := t.fresh(t.Declaration.Settings)
	if w, ok := fresh.Winner(t.finding.Variable); ok && t.Declaration.Settings[w.Index].Origin.Hop == "Argument" {
		return t.Declaration.Settings[w.Index].Option
	}
	return ""
}

// template is what a change of arguments has to be made in.
func (t *target) template() string {
	if t.Workload.Operator != "" {
		return t.Workload.Operator
	}
	return t.Report.Instance.Workload
}
