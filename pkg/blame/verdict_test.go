package blame

import (
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

var (
	started = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	setAt   = started.Add(time.Hour)
	later   = setAt.Add(10 * time.Minute)
	mysql97 = model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 1}}
	maria   = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
)

// override is max_connections declared 2000 and running 500, changed at run time.
func override(edit func(f *Facts)) *Facts {
	f := &Facts{Variable: "max_connections", Class: v1.RuntimeOverride, Drift: true, Absent: map[string]string{},
		Declared: &v1.Declared{Option: "max_connections", Value: "2000", Source: "configmap/mysql:my.cnf"},
		Running:  &v1.Running{Value: "500"},
		Server: ServerFacts{Server: mysql97, StartedAt: started, HasSources: true, HasPersisted: true,
			Variable: model.Variable{Name: "max_connections", Value: "500", Source: model.SourceDynamic, SetTime: setAt, SetUser: "mpark", SetHost: "10.0.0.5"}}}
	if edit != nil {
		edit(f)
	}
	return f
}

// digest is the record of a SET GLOBAL that names nobody.
func digest(scope, value string, end time.Time, took time.Duration) Statement {
	s := set(scope, "", value, end)
	s.Source, s.Host, s.Took = "digest", "", took
	s.HasValue = value != ""
	return s
}

// persist is a value in mysqld-auto.cnf, and the file as it was read.
func persist(f *Facts, user, host, value string, when time.Time, untouched bool) {
	f.Server.Persisted = &model.Persisted{Name: "max_connections", Value: value}
	f.Server.Auto = &AutoEntry{Value: value, User: user, Host: host, When: when, Untouched: untouched}
}

func set(scope, user, value string, when time.Time) Statement {
	return Statement{Source: "statement history", Scope: scope, Text: "SET " + scope + " max_connections = " + value, Value: value, HasValue: true, When: when, Took: time.Millisecond, User: user, Host: "10.0.0.5:4711"}
}

func TestJudgeRuntime(t *testing.T) {
	tests := []struct {
		name       string
		facts      *Facts
		culprit    string
		lead       string
		confidence string
	}{
		{"no drift, only a touched row: nobody", override(func(f *Facts) {
			f.Class, f.Drift, f.Running.Value, f.Server.Variable.Value = "", false, "2000", "2000"
		}), "", "", Proven},
		{"only the row: a lead", override(nil), "", "mpark@10.0.0.5", NotProven},
		{"only the row, of a variable without session value: still one source", override(func(f *Facts) {
			f.Server.GlobalOnly = true
		}), "", "mpark@10.0.0.5", NotProven},
		{"row and mysqld-auto.cnf: one record read twice", override(func(f *Facts) {
			persist(f, "mpark", "10.0.0.5", "500", setAt, true)
		}), "", "mpark@10.0.0.5", NotProven},
		{"the same, and the file was written since by something else", override(func(f *Facts) {
			persist(f, "mpark", "10.0.0.5", "500", setAt, false)
		}), "", "mpark@10.0.0.5", NotProven},
		{"row and mysqld-auto.cnf, and the statement's digest", override(func(f *Facts) {
			persist(f, "mpark", "10.0.0.5", "500", setAt, false)
			f.Server.Statements = []Statement{digest("PERSIST", "500", setAt.Add(time.Millisecond), time.Millisecond)}
		}), "mpark@10.0.0.5", "", Likely},
		{"mysqld-auto.cnf holds a definer's name: who called is not known", override(func(f *Facts) {
			f.Server.Variable.SetHost = "%"
			persist(f, "mpark", "%", "500", setAt, true)
		}), "", "", NotProven},
		{"mysqld-auto.cnf holds another value: no support", override(func(f *Facts) {
			f.Server.Persisted = &model.Persisted{Name: "max_connections", Value: "900", SetTime: setAt.Add(-time.Minute), SetUser: "mpark"}
		}), "", "mpark@10.0.0.5", NotProven},
		{"mysqld-auto.cnf names another user, who set the same value: no culprit", override(func(f *Facts) {
			f.Server.GlobalOnly = true
			persist(f, "ann", "10.0.0.6", "500", setAt.Add(-time.Minute), true)
		}), "", "mpark@10.0.0.5", NotProven},
		{"row and statement agree", override(func(f *Facts) {
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt.Add(300*time.Millisecond))}
		}), "mpark@10.0.0.5", "", Proven},
		{"SET SESSION noise over a person's SET GLOBAL: never the app", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "app", later
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt)}
		}), "", "mpark@10.0.0.5", NotProven},
		{"the same, and two records of the SET GLOBAL", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "app", later
			log := set("GLOBAL", "mpark", "500", setAt)
			log.Source = "general log"
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt), log}
		}), "mpark@10.0.0.5", "", Likely},
		{"a SET SESSION seen at the row's moment voids the row", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "app", later
			f.Server.Statements = []Statement{set("SESSION", "app", "77", later)}
		}), "", "", NotProven},
		{"a statement with another value proves nothing", override(func(f *Facts) {
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "600", setAt)}
		}), "", "mpark@10.0.0.5", NotProven},
		{"overwritten since: the first to set the value is not who set it last", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "zoe", later
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt), set("GLOBAL", "ann", "900", setAt.Add(time.Minute))}
		}), "", "zoe@10.0.0.5", NotProven},
		{"a digest of the row's very statement confirms it", override(func(f *Facts) {
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(15*time.Millisecond), 15036*time.Microsecond)}
		}), "mpark@10.0.0.5", "", Likely},
		{"its last run set what no sample shows: it did what is in force", override(func(f *Facts) {
			d := digest("GLOBAL", "", setAt.Add(2*time.Millisecond), 3*time.Millisecond)
			d.TookAtMost = true
			f.Server.Statements = []Statement{d}
		}), "mpark@10.0.0.5", "", Likely},
		{"a digest that ended before the row's moment was another's statement", override(func(f *Facts) {
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(-2*time.Millisecond), time.Millisecond)}
		}), "", "mpark@10.0.0.5", NotProven},
		{"a digest that began long before the row: somebody else wrote the row meanwhile", override(func(f *Facts) {
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(10*time.Millisecond), time.Second)}
		}), "", "", NotProven},
		{"a digest later than the row, by nobody knows whom", override(func(f *Facts) {
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(time.Minute), time.Millisecond)}
		}), "", "", NotProven},
		{"two records of one person, then a statement by nobody knows whom, of a value unknown", override(func(f *Facts) {
			log := set("GLOBAL", "mpark", "500", setAt)
			log.Source, log.Took = "general log", 0
			f.Server.Statements = []Statement{log, digest("GLOBAL", "", setAt.Add(time.Minute), time.Millisecond)}
		}), "", "", NotProven},
		{"two records of one person, then an expression by another", override(func(f *Facts) {
			log, other := set("GLOBAL", "mpark", "500", setAt), set("GLOBAL", "zoe", "", later)
			log.Source, log.Took, other.HasValue = "general log", 0, false
			f.Server.Statements = []Statement{log, other}
		}), "", "zoe@10.0.0.5", NotProven},
		{"a procedure with its definer's rights: the definer did not call it", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetHost = "ann", "%"
			f.Server.Statements = []Statement{set("GLOBAL", "app", "500", setAt)}
		}), "", "app@10.0.0.5", NotProven},
		{"an event in its definer's name", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetHost, f.Server.GlobalOnly = "ann", "%", true
			log := set("GLOBAL", "mpark", "500", setAt.Add(-time.Hour/2))
			log.Source, log.Took = "general log", 0
			f.Server.Statements = []Statement{log, set("GLOBAL", "mpark", "500", setAt.Add(-time.Hour/2))}
		}), "", "", NotProven},
		{"the init_file at the start", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetHost, f.Server.Variable.SetTime = "boot", "", started
		}), "the server's init_file", "", Likely},
		{"no user in the row, but a statement at its moment", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetHost = "", ""
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(time.Millisecond), time.Millisecond)}
		}), "", "", NotProven},
		{"a SET_VAR hint writes the row as well", override(func(f *Facts) {
			f.Server.Statements = []Statement{digest("GLOBAL", "500", setAt.Add(-time.Hour/2), time.Millisecond), digest("SESSION", "", setAt.Add(time.Millisecond), time.Millisecond)}
		}), "", "", NotProven},
		{"two people, the same value, one after the other: both are told", override(func(f *Facts) {
			log := set("GLOBAL", "ann", "500", setAt.Add(-time.Hour/2))
			log.Source, log.Took = "general log", 0
			f.Server.Statements = []Statement{log, set("GLOBAL", "mpark", "500", setAt)}
		}), "", "mpark@10.0.0.5", NotProven},
		{"two people in turn, the last one's value is in force", override(func(f *Facts) {
			f.Server.Statements = []Statement{set("GLOBAL", "ann", "500", setAt.Add(-2*time.Minute)), set("GLOBAL", "zoe", "900", setAt.Add(-time.Minute)), set("GLOBAL", "mpark", "500", setAt)}
		}), "mpark@10.0.0.5", "", Proven},
		{"statement history and digest are one instrument", override(func(f *Facts) {
			f.Server.HasSources = false
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt),
				{Source: "digest", Scope: "GLOBAL", Text: "SET GLOBAL max_connections = 500", Value: "500", HasValue: true, When: setAt}}
		}), "", "mpark@10.0.0.5", NotProven},
		{"the server itself", override(func(f *Facts) { f.Server.Variable.SetUser, f.Server.Variable.SetHost = "", "" }), "the server itself", "", Likely},
		{"a plugin of the server", override(func(f *Facts) { f.Server.Variable.SetUser = "mysql.session" }), "the server itself", "", Likely},
		{"MariaDB names nobody", override(func(f *Facts) {
			f.Server.Server = maria
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "", time.Time{}
		}), "", "", NotProven},
		{"a row from before the start is not the change in force", override(func(f *Facts) { f.Server.Variable.SetTime = started.Add(-time.Hour) }), "", "", NotProven},
		{"a statement from before the start died with it", override(func(f *Facts) {
			f.Server.Variable.SetUser, f.Server.Variable.SetTime = "zoe", later
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", started.Add(-time.Hour))}
		}), "", "zoe@10.0.0.5", NotProven},
		{"persisted before a restart", override(func(f *Facts) {
			f.Class = v1.PersistedOverride
			f.Server.Variable.Source, f.Server.Variable.SetTime = model.SourcePersisted, started.Add(-time.Hour)
			persist(f, "mpark", "10.0.0.5", "500", started.Add(-time.Hour), true)
		}), "", "mpark@10.0.0.5", NotProven},
		{"persisted before a restart, the file not read: the row is a copy of it", override(func(f *Facts) {
			f.Class = v1.PersistedOverride
			f.Server.Variable.Source, f.Server.Variable.SetTime = model.SourcePersisted, started.Add(-time.Hour)
			f.Server.Persisted = &model.Persisted{Name: "max_connections", Value: "500", SetTime: started.Add(-time.Hour), SetUser: "mpark", SetHost: "10.0.0.5"}
		}), "", "mpark@10.0.0.5", NotProven},
		{"persisted before a restart, the file edited by hand since", override(func(f *Facts) {
			f.Class = v1.PersistedOverride
			f.Server.Variable.Source, f.Server.Variable.SetTime = model.SourcePersisted, started.Add(-time.Hour)
			persist(f, "mpark", "10.0.0.5", "500", started.Add(-time.Hour), false)
		}), "", "mpark@10.0.0.5", NotProven},
		{"persisted only, from a dump without sources", override(func(f *Facts) {
			f.Class = v1.PersistedOverride
			f.Server.HasSources, f.Server.Variable.SetUser = false, ""
			f.Server.Persisted = &model.Persisted{Name: "max_connections", Value: "500", SetTime: started.Add(-time.Hour), SetUser: "mpark"}
		}), "", "mpark", NotProven},
		{"persist only, one record", override(func(f *Facts) {
			f.Class, f.Drift, f.Running.Value = v1.PendingPersist, true, "2000"
			f.Server.Persisted = &model.Persisted{Name: "max_connections", Value: "500", SetTime: setAt, SetUser: "mpark"}
		}), "", "mpark", NotProven},
		{"persist only, with its statement", override(func(f *Facts) {
			f.Class, f.Drift, f.Running.Value = v1.PendingPersist, true, "2000"
			persist(f, "mpark", "", "500", setAt, false)
			f.Server.Statements = []Statement{set("PERSIST_ONLY", "mpark", "500", setAt)}
		}), "mpark", "", Proven},
		{"adjusted by the server: nobody", override(func(f *Facts) { f.Class, f.Drift = v1.Adjusted, false }), "", "", Proven},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Judge(tt.facts)
			if got.Culprit != tt.culprit || got.LastToucher != tt.lead || got.Confidence != tt.confidence {
				t.Errorf("culprit %q lead %q %s, want %q %q %s\n%+v", got.Culprit, got.LastToucher, got.Confidence, tt.culprit, tt.lead, tt.confidence, got)
			}
			if got.Culprit != "" && got.CulpritKind == Person && len(got.Sources) < 2 {
				t.Errorf("a person is named on %v", got.Sources)
			}
			if got.Text == "" || strings.Contains(got.Text, "  ") || strings.Contains(got.Text, "%!") {
				t.Errorf("text %q", got.Text)
			}
		})
	}
}

// What a file of the image sets, nobody set; least of all who changed the arguments.
func TestImageFileBlamesNobody(t *testing.T) {
	f := override(func(f *Facts) {
		f.Class, f.Hop = v1.ArgumentOverride, model.HopFile
		f.Server.Variable.Source = model.SourceFile
		f.Pod = &WorkloadFacts{Pod: "mysql-0", Owner: "statefulset/mysql", Revisions: []Rollout{
			{Name: "mysql-1", Created: started.Add(-time.Hour)},
			{Name: "mysql-2", Created: started, Changed: []string{"image", "args"}, Image: "mariadb:11.8", Has: true, Value: "500"}}}
	})
	v := Judge(f)
	if v.Culprit != "" || v.LastToucher != "" || v.Hop != string(model.HopFile) || !strings.Contains(v.Text, "mariadb:11.8") {
		t.Errorf("%+v", v)
	}
	for _, h := range Chain(f, v) {
		if h.Hop == string(model.HopArgument) {
			t.Errorf("the command line is no hop of it: %+v", h)
		}
	}
}

// What a SET before the edit may have done is nobody's, unless the value of before
// the commit says that it was the edit.
func TestEditOrSet(t *testing.T) {
	edited := func(edit func(f *Facts)) *Facts {
		return override(func(f *Facts) {
			f.Class, f.Hop = v1.NotApplied, model.HopStart
			f.Git = &GitHistory{Deployed: &v1.Commit{Hash: "abcdef1234567"}, Introduced: &v1.Commit{Hash: "abcdef1234567", Author: "jane", Before: "500", After: "2000"}}
			f.Object = &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf"}
			f.Deliver = []v1.Delivery{{Tool: "Flux", Commit: "abcdef1234567", Listed: true}}
			if edit != nil {
				edit(f)
			}
		})
	}
	if v := Judge(edited(nil)); v.Culprit != "jane" {
		t.Errorf("without a SET: %+v", v)
	}
	if v := Judge(edited(func(f *Facts) { f.SetPossible = true })); v.Culprit != "jane" {
		t.Errorf("what runs is what the commit changed: %+v", v)
	}
	v := Judge(edited(func(f *Facts) {
		f.SetPossible, f.Git.Deployed, f.Git.Introduced, f.Git.HeadValue, f.Git.HasHeadValue = true, nil, nil, "500", true
	}))
	if strings.Contains(v.Text, "an earlier SET") {
		t.Errorf("edited in the cluster, and what runs is what Git has: %+v", v)
	}
	v = Judge(edited(func(f *Facts) { f.SetPossible, f.Git.Introduced.Before = true, "300" }))
	if v.Culprit != "" || v.LastToucher != "" || v.Commit != "" || !strings.Contains(v.Text, "an earlier SET") {
		t.Errorf("what runs is something else: %+v", v)
	}
}

// RESET PERSIST leaves the source in the row until the next start.
func TestPersistedTakenBack(t *testing.T) {
	facts := override(func(f *Facts) {
		f.Class, f.Hop = v1.NotApplied, model.HopStart
		f.Server.Variable.Source = model.SourcePersisted
	})
	text := func(f *Facts) string {
		v := Judge(f)
		out := v.Text
		for _, h := range Chain(f, v) {
			out += "\n" + h.NotAvailable
		}
		return out
	}
	if got := text(facts); !strings.Contains(got, "RESET PERSIST") || strings.Contains(got, "persisted_variables was not read") {
		t.Error(got)
	}
	facts.Class, facts.Hop, facts.Server.HasPersisted = v1.PersistedOverride, model.HopPersisted, false
	if got := text(facts); strings.Contains(got, "RESET PERSIST") || !strings.Contains(got, "persisted_variables was not read") {
		t.Error(got)
	}
}

// A SET that was taken back was a change all the same.
func TestSetAndBack(t *testing.T) {
	for source, want := range map[model.Source]string{model.SourceDynamic: "runs with its default", model.SourceCompiled: "was not changed at run time"} {
		v := Judge(override(func(f *Facts) {
			f.Class, f.Drift, f.Declared, f.Server.Variable.Source = "", false, nil, source
		}))
		if !strings.Contains(v.Text, want) || v.Culprit != "" {
			t.Errorf("%s: %+v", source, v)
		}
	}
}
