package blame

import (
	"fmt"
	"slices"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// weight is what the records about a change at run time come to.
type weight struct {
	act     *act // the one in force; nil: none is known
	lead    string
	named   bool
	proven  bool
	why     string // for people, if nobody is named
	against []string
}

// weigh finds the change that is in force, the newest, and whether two
// independent records tell of it, at least one of which names somebody. Anything
// newer that cannot be told apart leaves it open.
func weigh(f *Facts) weight {
	w := weight{}
	global, session := splitStatements(f)
	list := acts(global)
	r := rowOf(f, global, session)
	list = w.addPersisted(f, list)
	list = w.addRow(f, list, r)
	running := runningValue(f)
	for i := range list {
		if a := &list[i]; a.hasValue && !f.makes(a.value, running) {
			w.against = append(w.against, fmt.Sprintf("%s: %s set %s to %s at %s, which is not the present value", join(a.sources()), orSomebody(a.who), f.Variable, a.value, stamp(a.when)))
		}
	}
	w.judge(f, list, r)
	return w
}

// addPersisted adds what mysqld-auto.cnf holds: an act of its own unless a
// statement tells of it too.
func (w *weight) addPersisted(f *Facts, list []act) []act {
	p := persistedRecord(f)
	if p == nil || p.user == "" || !f.makes(p.value, runningValue(f)) || persistedOnly(f, p.when) {
		return list
	}
	if f.Server.nameless(p.host) {
		w.against = append(w.against, anyName("mysqld-auto.cnf", account(p.user, p.host), stamp(p.when)))
		return list
	}
	if storedProgram(p.host) {
		w.against = append(w.against, fmt.Sprintf("mysqld-auto.cnf names %s at %s, which is an account and no connection: a stored program or event ran in its name, called by somebody unknown", account(p.user, p.host), stamp(p.when)))
		return list
	}
	i := slices.IndexFunc(list, func(a act) bool {
		during := !p.when.Before(a.begun.Add(-sameMoment)) && !p.when.After(a.when.Add(sameMoment))
		return a.persisted && (a.user == "" && !a.program || a.user == p.user) && during
	})
	if i < 0 {
		list = append(list, act{when: p.when, begun: p.when, persisted: true})
		i = len(list) - 1
	}
	a := &list[i]
	a.value, a.hasValue = p.value, true
	a.name(p.user, account(p.user, p.host), p.source)
	slices.SortStableFunc(list, func(a, b act) int { return a.when.Compare(b.when) })
	return list
}

// persistedOnly: SET PERSIST moves the row as well, so that an entry that is younger
// than the row came by SET PERSIST_ONLY, which changes nothing that runs.
func persistedOnly(f *Facts, at time.Time) bool {
	row := f.Server.Variable
	return f.Server.HasSources && row.Source == model.SourceDynamic && !row.SetTime.IsZero() && at.After(row.SetTime.Add(sameMoment))
}

// addRow lays the row beside the acts: it names who did the one at its moment. A
// row that no act explains is one of its own.
func (w *weight) addRow(f *Facts, list []act, r *row) []act {
	switch {
	case r == nil:
		return list
	case r.void != "":
		w.against = append(w.against, r.void)
		if r.unknown {
			list = append(list, act{when: r.when, noting: []string{fromRow}})
			slices.SortStableFunc(list, func(a, b act) int { return a.when.Compare(b.when) })
		}
		return list
	}
	for i := range list {
		a := &list[i]
		if a.user != "" && a.user != r.user {
			continue
		}
		sure := a.user == r.user && near(a.when, r.when, closeEnough)
		for _, s := range a.records {
			_, exact := s.covers(r.when, f.Server.GlobalOnly)
			sure = sure || exact && !s.InProgram // of a stored program the row names the definer
		}
		if sure {
			a.name(r.user, r.who, fromRow)
			return list
		}
	}
	list = append(list, act{user: r.user, who: r.who, when: r.when, naming: []string{fromRow}})
	slices.SortStableFunc(list, func(a, b act) int { return a.when.Compare(b.when) })
	return list
}

// judge looks at the newest act, or at the one before it if the newest is only a
// row that SET SESSION may have written.
func (w *weight) judge(f *Facts, list []act, r *row) {
	if len(list) == 0 {
		w.why = "no record of a SET statement that is in force"
		if r != nil {
			w.why = "the records do not tell who set the present value"
		}
		return
	}
	last := len(list) - 1
	newest := &list[last]
	rowOnly := slices.Equal(newest.sources(), []string{fromRow}) && !newest.persisted
	if rowOnly && !f.Server.GlobalOnly && last > 0 && w.inForce(f, &list[last-1]) && (list[last-1].user != "" || !near(list[last-1].when, newest.when, sameMoment/10)) {
		w.act = &list[last-1]
		if newest.user != w.act.user {
			w.against = append(w.against, fmt.Sprintf("variables_info names %s at %s; a SET SESSION would explain that, and none was recorded", newest.who, stamp(newest.when)))
		}
	} else if w.inForce(f, newest) {
		w.act = newest
	}
	if w.act == nil {
		w.why = fmt.Sprintf("%s was last recorded to set another value, so that the present one came later and unseen", orSomebody(newest.who))
		w.lead = newest.who
		return
	}
	w.name(f, list, rowOnly)
}

// inForce: the act may have given the variable its present value.
func (w *weight) inForce(f *Facts, a *act) bool {
	return !a.hasValue || f.makes(a.value, runningValue(f))
}

func (w *weight) name(f *Facts, list []act, rowOnly bool) {
	a := w.act
	w.lead = a.who
	// An act whose value no record tells is in force for certain only if the row,
	// which every change moves, is of its moment.
	known := a.hasValue || slices.Contains(a.naming, fromRow) && len(a.noting)+len(a.naming) > 1
	switch {
	case a.user == "":
		w.why = fmt.Sprintf("%s %s %s at %s, but not by whom", join(a.sources()), plural(len(a.sources()), "shows", "show"), shown(f, a), stamp(a.when))
		for _, before := range list {
			if before.user != "" && before.hasValue && w.inForce(f, &before) {
				w.against = append(w.against, fmt.Sprintf("%s %s that %s set %s at %s, before that", join(before.sources()), plural(len(before.sources()), "tells", "tell"), before.who, before.value, stamp(before.when)))
			}
		}
		w.lead = ""
		if a.mayHaveFailed() {
			w.why += "; that run may have failed"
			for _, before := range list {
				if before.user != "" && w.inForce(f, &before) {
					w.lead = before.who
				}
			}
		}
	case a == &list[len(list)-1] && rowOnly && !f.Server.GlobalOnly:
		w.why = fmt.Sprintf("only variables_info names %s, and a SET SESSION writes there too", a.who)
	case families(a.sources()) < 2 && len(a.sources()) > 1:
		w.why = fmt.Sprintf("%s name %s, but they are one record read twice", join(a.sources()), a.who)
	case families(a.sources()) < 2:
		w.why = fmt.Sprintf("only %s names %s; one source is not enough to name anybody", join(a.sources()), a.who)
	case !known:
		w.why = fmt.Sprintf("%s name %s, but not the value", join(a.sources()), a.who)
	case families(a.naming) < 2 && a.unseen() > 0:
		w.why = fmt.Sprintf("%s name %s at %s, but the same statement ran %d %s before, by whom and with what value is not recorded: it may have been in force already",
			join(a.sources()), a.who, stamp(a.when), a.unseen(), plural(a.unseen(), "time", "times"))
	case f.Server.InitConnect != "" && !slices.ContainsFunc(a.sources(), pastInitConnect):
		w.why = fmt.Sprintf("%s %s %s, but %s", join(a.sources()), plural(len(a.sources()), "names", "name"), a.who, f.Server.InitConnect)
	case f.Server.InitFile != "" && !w.otherBefore(f, list):
		w.why = fmt.Sprintf("%s %s %s, but %s, and the value may have been in force before", join(a.sources()), plural(len(a.sources()), "names", "name"), a.who, f.Server.InitFile)
	case w.rival(f, list) != "":
		w.why = fmt.Sprintf("the records name %s as well as %s", a.who, w.rival(f, list))
	default:
		w.named = true
		w.proven = families(a.naming) > 1 && a.hasValue && a == &list[len(list)-1]
	}
}

// mayHaveFailed: no record tells of the act for certain.
func (a *act) mayHaveFailed() bool {
	return len(a.records) > 0 && !slices.ContainsFunc(a.records, func(s Statement) bool { return !s.MayHaveFailed })
}

// pastInitConnect: records that statements of init_connect do not leave. The
// server runs those in the name of whoever connects.
func pastInitConnect(source string) bool {
	return family(source) == family(fromDigest) || source == "parameter history"
}

// rival is somebody else who gave the variable the present value: within the same
// moment, or before, and nobody changed it in between.
func (w *weight) rival(f *Facts, list []act) string {
	at := slices.IndexFunc(list, func(a act) bool { return a.when.Equal(w.act.when) && a.user == w.act.user })
	for i := len(list) - 1; i >= 0; i-- {
		a := &list[i]
		if a.user == w.act.user || !a.hasValue {
			continue
		}
		if !w.inForce(f, a) {
			if i < at {
				return ""
			}
			continue
		}
		if i < at || near(a.when, w.act.when, closeEnough) {
			return fmt.Sprintf("%s, who set the same value at %s", orSomebody(a.who), stamp(a.when))
		}
	}
	return ""
}

// otherBefore: another value is recorded to have been set before the act in force.
func (w *weight) otherBefore(f *Facts, list []act) bool {
	return slices.ContainsFunc(list, func(a act) bool { return a.hasValue && !w.inForce(f, &a) && a.when.Before(w.act.when) })
}

func shown(f *Facts, a *act) string {
	if a.hasValue {
		return fmt.Sprintf("a SET GLOBAL to %s", a.value)
	}
	return "a SET GLOBAL of " + f.Variable
}

// verdict turns the weight into the report's form.
func (w weight) verdict() v1.Verdict {
	v := v1.Verdict{Confidence: NotProven, Against: w.against}
	if !w.named {
		v.LastToucher = w.lead
		return v
	}
	v.Culprit, v.CulpritKind, v.Sources, v.Confidence = w.act.who, Person, w.act.sources(), Likely
	if w.proven {
		v.Confidence = Proven
	}
	return v
}
