package blame

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Confidences of a verdict.
const (
	Proven    = "proven"
	Likely    = "likely"
	Possible  = "possible"
	NotProven = "not proven"
)

// hopOf is the hop at which a class of finding parts, unless the finding says.
var hopOf = map[v1.Class]model.Hop{
	v1.RuntimeOverride:   model.HopRuntime,
	v1.UndeclaredChange:  model.HopRuntime,
	v1.ReplicaDivergence: model.HopRuntime,
	v1.PersistedOverride: model.HopPersisted,
	v1.PendingPersist:    model.HopPersisted,
	v1.ArgumentOverride:  model.HopArgument,
	v1.PendingRestart:    model.HopStart,
	v1.NotApplied:        model.HopStart,
	v1.StaleMount:        model.HopFile,
	v1.UnsyncedObject:    model.HopConfigMap,
}

// Judge says at which hop the value parted, by whom and how surely. Pure.
func Judge(f *Facts) v1.Verdict {
	if f.Class == "" || !f.Drift {
		return judgeNothing(f)
	}
	var v v1.Verdict
	switch f.Class {
	case v1.RuntimeOverride, v1.UndeclaredChange, v1.ReplicaDivergence:
		v = judgeRuntime(f)
	case v1.PersistedOverride:
		v = judgePersisted(f)
	case v1.PendingPersist:
		v = judgePending(f)
	case v1.ArgumentOverride:
		v = judgeWorkload(f)
	case v1.PendingRestart, v1.NotApplied, v1.StaleMount:
		if v = orSet(f, judgeObject(f)); f.takenBack() {
			v = v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("%s has the value that mysqld-auto.cnf held when the server started. RESET PERSIST has taken it out since; who did that is not recorded. The next start brings what is declared.", f.Variable)}
		}
	case v1.UnsyncedObject:
		v = judgeUnsynced(f)
	default:
		v = v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("%s: no evidence is gathered for this class.", f.Class)}
	}
	v.Class = f.Class
	if v.Hop == "" {
		v.Hop = string(hopOrDefault(f))
	}
	return v
}

// takenBack: the server took the value from mysqld-auto.cnf at its start, which
// does not hold it any more.
func (f *Facts) takenBack() bool {
	return f.Server.HasPersisted && f.Server.Persisted == nil && f.Server.Variable.Source == model.SourcePersisted
}

// orSet names nobody where a SET may have parted the value before the edit. What
// runs being the value of before the commit says that it was the edit.
func orSet(f *Facts, v v1.Verdict) v1.Verdict {
	if !f.SetPossible || f.Running == nil {
		return v
	}
	for _, before := range f.beforeEdit() {
		if f.same(before, f.Running.Value) {
			return v
		}
	}
	return v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("%s was written after the server took its value; whether that edit or an earlier SET parted %s is not known, so that nobody is named.",
		objectName(f), f.Variable)}
}

// beforeEdit are the values that the declaration had before its last edit, as far as
// that is known: what the commit changed; for content that no commit has, what Git
// has; what was applied last, where the object holds something else since.
func (f *Facts) beforeEdit() []string {
	var values []string
	if g := f.Git; g != nil && g.Deployed != nil && g.Introduced != nil && g.Introduced.Before != "" {
		values = append(values, g.Introduced.Before)
	} else if g != nil && g.Deployed == nil && g.HasHeadValue {
		values = append(values, g.HeadValue)
	}
	if f.Object != nil {
		if value, known := auditedBefore(f); known {
			return []string{value}
		}
	}
	if o := f.Object; o != nil && o.HasLastApplied && o.LastApplied != o.Content && f.Values != nil {
		if value, _, ok := f.Values.Find([]byte(o.LastApplied), f.Variable); ok {
			values = append(values, value)
		}
	}
	return values
}

func hopOrDefault(f *Facts) model.Hop {
	if f.Hop != "" {
		return f.Hop
	}
	return hopOf[f.Class]
}

// judgeNothing: without drift there is no culprit, whatever the row says.
func judgeNothing(f *Facts) v1.Verdict {
	v := v1.Verdict{Class: f.Class, Confidence: Proven,
		Text: fmt.Sprintf("%s runs as declared: the value did not part anywhere.", f.Variable)}
	if why, ok := notDrift[f.Class]; ok {
		v.Text = fmt.Sprintf("%s: %s; nobody changed it.", f.Variable, why)
	} else if f.Class != "" {
		v.Confidence = NotProven
		v.Text = fmt.Sprintf("%s differs from what is declared, which is no drift here: replication sets it by the server's role, or a rule waives it.", f.Variable)
	} else if f.Declared == nil && f.Server.Variable.Source == model.SourcePersisted {
		v.Text = fmt.Sprintf("%s is declared nowhere; the server took its value from mysqld-auto.cnf at its start.", f.Variable)
	} else if f.Declared == nil && f.Server.Variable.Source == model.SourceDynamic {
		v.Text = fmt.Sprintf("%s is declared nowhere and runs with its default, though a SET of it is noted.", f.Variable)
	} else if f.Declared == nil {
		v.Text = fmt.Sprintf("%s is declared nowhere and was not changed at run time.", f.Variable)
	}
	if row := f.Server.Variable; row.Source == model.SourceDynamic && row.SetUser != "" {
		v.Text += fmt.Sprintf(" variables_info shows that %s touched it at %s; that is history, or a SET SESSION, which writes there too.",
			account(row.SetUser, row.SetHost), stamp(row.SetTime))
	}
	if r := imageRollout(f); r != nil && f.Declared == nil && f.Server.Variable.Source == model.SourceCompiled {
		v.Text += fmt.Sprintf(" The value is the server's default; the image became %s with %s at %s.", r.Image, r.Name, stamp(r.Created))
	}
	return v
}

var notDrift = map[v1.Class]string{
	v1.Adjusted:           "the server rounded or limited the declared value itself",
	v1.EnvironmentLimited: "the host limits the declared value",
	v1.NotObservable:      "the option has no variable to compare with",
	v1.Shadowed:           "the setting is overruled by a later one",
	v1.Invalid:            "the declared setting is not valid",
}

// judgeRuntime weighs who set the global value.
func judgeRuntime(f *Facts) v1.Verdict {
	if v, ok := serverItself(f); ok {
		return v
	}
	w := weigh(f)
	v := unchecked(f, w.verdict())
	if v.Culprit != "" {
		if v = changedSince(f, w.act.when, v); v.Text != "" {
			return v
		}
	}
	if v.Culprit == "" {
		why := w.why
		if w.act == nil && len(w.against) == 0 {
			why = whyNobody(f)
		}
		v.Text = fmt.Sprintf("%s was changed in the running server; by whom is not proven: %s.", f.Variable, why)
		return v
	}
	what := "SET GLOBAL"
	if w.act.persisted {
		what = "SET PERSIST"
	} else if f.Class == v1.PersistedOverride { // it would run without the entry as well
		v.Hop = string(model.HopRuntime)
	}
	v.Text = fmt.Sprintf("%s parted in the running server: %s by %s at %s (%s agree).", f.Variable, what, v.Culprit, stamp(w.act.when), join(v.Sources))
	return v
}

// serverItself: a DYNAMIC row without a person's account is the server's own
// doing, unless a statement by somebody is recorded at its moment.
func serverItself(f *Facts) (v1.Verdict, bool) {
	row := f.Server.Variable
	if f.Server.Server.Flavour == model.MariaDB || !f.Server.HasSources || row.Source != model.SourceDynamic || row.SetTime.IsZero() {
		return v1.Verdict{}, false
	}
	v := v1.Verdict{Culprit: "the server itself", CulpritKind: ServerItself, Confidence: Likely, Sources: []string{fromRow}}
	switch {
	case row.SetUser == initFile && row.SetHost == "":
		v.Culprit = "the server's init_file"
		v.Text = fmt.Sprintf("%s was changed by the server's init_file at its start, %s: variables_info names the user that runs it.", f.Variable, stamp(row.SetTime))
	case row.SetUser == "" && row.SetHost != "": // an anonymous account's session
		return v1.Verdict{}, false
	case row.SetUser == "":
		v.Text = fmt.Sprintf("%s was changed by the server itself at %s: variables_info names no user.", f.Variable, stamp(row.SetTime))
	case slices.Contains(systemUsers, row.SetUser):
		v.Text = fmt.Sprintf("%s was changed by the server itself at %s: variables_info names its own account %s.", f.Variable, stamp(row.SetTime), row.SetUser)
	default:
		return v1.Verdict{}, false
	}
	global, _ := splitStatements(f)
	for _, s := range global {
		maybe, _ := s.covers(row.SetTime, false)
		if maybe || s.When.After(row.SetTime) || s.User != "" && s.User != row.SetUser && near(s.When, row.SetTime, closeEnough) {
			return v1.Verdict{}, false
		}
	}
	return v, true
}

// judgePersisted: mysqld-auto.cnf beats the declaration.
func judgePersisted(f *Facts) v1.Verdict {
	v := judgeRuntime(f)
	if v.CulpritKind != ServerItself {
		v.Text += " It stands in mysqld-auto.cnf and comes back at every start."
	}
	return v
}

// judgePending: SET PERSIST_ONLY, or a SET PERSIST that was overruled since.
func judgePending(f *Facts) v1.Verdict {
	p := persistedRecord(f)
	if p == nil {
		return v1.Verdict{Confidence: NotProven, Text: "mysqld-auto.cnf holds a value that waits for a restart; who wrote it is not known."}
	}
	who := account(p.user, p.host)
	if p.user == "" {
		return v1.Verdict{Confidence: NotProven, Text: fmt.Sprintf("mysqld-auto.cnf holds %s = %s, to come at the next restart; %s.", f.Variable, p.value, whyNoAuto(f))}
	}
	v := v1.Verdict{Confidence: NotProven, LastToucher: who,
		Text: fmt.Sprintf("mysqld-auto.cnf holds %s = %s, to come at the next restart; it names %s at %s, and nothing else confirms that.", f.Variable, p.value, who, stamp(p.when))}
	if f.Server.nameless(p.host) {
		v.LastToucher, v.Text = "", fmt.Sprintf("mysqld-auto.cnf holds %s = %s, to come at the next restart; %s.", f.Variable, p.value, anyName("it", who, stamp(p.when)))
		return v
	}
	if storedProgram(p.host) {
		v.LastToucher = ""
		v.Text = fmt.Sprintf("mysqld-auto.cnf holds %s = %s, to come at the next restart; it names the account %s at %s, in whose name a stored program ran, called by somebody unknown.", f.Variable, p.value, who, stamp(p.when))
		return v
	}
	var naming, noting []string
	for _, s := range f.Server.Statements {
		if !strings.HasPrefix(s.Scope, "PERSIST") || s.HasValue && !f.same(s.Value, p.value) {
			continue
		}
		maybe, _ := s.covers(p.when, false)
		switch {
		case s.User == p.user && s.HasValue && (maybe || near(s.When, p.when, closeEnough)):
			naming = append(naming, s.Source)
		case s.User == "" && maybe && s.Took > 0:
			if !s.InProgram {
				noting = append(noting, s.Source)
			}
		}
	}
	if len(naming)+len(noting) == 0 {
		return v
	}
	v = v1.Verdict{Culprit: who, CulpritKind: Person, Confidence: Likely, Sources: slices.Concat([]string{p.source}, naming, noting)}
	if len(naming) > 0 {
		v.Confidence = Proven
	}
	v = unchecked(f, v)
	v.Text = fmt.Sprintf("%s wrote %s = %s into mysqld-auto.cnf at %s, to come at the next restart (%s agree).", who, f.Variable, p.value, stamp(p.when), join(v.Sources))
	return v
}

// whyNobody says what would have told who it was.
func whyNobody(f *Facts) string {
	switch {
	case f.Server.Server.Flavour == model.MariaDB:
		return "MariaDB does not record who sets a variable (its general log or audit plugin would)"
	case !f.Server.HasSources:
		return "variables_info was not read (it needs SELECT on performance_schema)"
	}
	return "no record of a SET statement that is in force"
}

func join(names []string) string {
	switch len(names) {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
