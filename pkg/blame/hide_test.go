package blame

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// secretFacts is override with a variable that holds a secret, known everywhere.
func secretFacts(running, set string) (*Facts, model.Declaration) {
	const declaredValue = "SET @pw='geheim1'"
	f := override(func(f *Facts) {
		f.Variable, f.Values = "init_connect", PlainValues{}
		f.Server.Variable.Name, f.Server.Variable.Value = f.Variable, running
		f.Running = &v1.Running{Value: "(redacted)"} // as the finding has it
		f.Declared = &v1.Declared{Option: f.Variable, Value: "(redacted)", Effective: "(redacted)", Source: "configmap/mysql:my.cnf", Line: 3}
		f.Server.Statements = []Statement{digest("PERSIST", set, setAt.Add(time.Millisecond), time.Millisecond)}
		f.Server.Statements[0].Text = "SET GLOBAL init_connect = " + set
		persist(f, "mpark", "10.0.0.5", running, setAt, true)
		f.Object = &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Value: declaredValue, HasValue: true, Content: "[mysqld]\ninit_connect=" + declaredValue}
		f.File = &FileFacts{Path: "/etc/my.cnf", Read: true, Value: declaredValue, HasValue: true}
		c := v1.Commit{Hash: "0123456789abcdef", Author: "Ann", Subject: "init_connect is " + declaredValue, Before: "SET @pw='geheim0'", After: declaredValue, Text: "init_connect=" + declaredValue}
		f.Git = &GitHistory{Repo: "r", Head: c, Deployed: &c, Introduced: &c, Waiting: []v1.Commit{c}, HeadValue: declaredValue, HasHeadValue: true}
		f.Pod = &WorkloadFacts{Pod: "mysql-0", Revisions: []Rollout{{Name: "a", Value: running, Has: true, Args: []string{"--init-connect=" + running}}}}
	})
	declared := model.Declaration{Settings: []model.Setting{{Option: f.Variable, Value: declaredValue, HasValue: true, Origin: model.Origin{Object: "configmap/mysql:my.cnf", Line: 3}}}}
	return f, declared
}

func TestHiddenValues(t *testing.T) {
	const running = "SET @pw='geheim3'"
	for _, tt := range []struct {
		name, set, culprit, against string
	}{
		{"the statement that set the value is known", running, "mpark@10.0.0.5", ""},
		{"the statement set another value", "SET @pw='geheim4'", "", "set init_connect to (redacted #"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, declared := secretFacts(running, tt.set)
			if tt.culprit == "" {
				f.Server.Persisted, f.Server.Auto = nil, nil
			}
			commit := f.Git.Introduced
			hide(f, declared)
			r := Report(v1.Instance{Pod: "mysql-0"}, f)
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "geheim") {
				t.Errorf("a value is shown: %s", text)
			}
			if r.Verdict.Culprit != tt.culprit {
				t.Errorf("culprit %q, want %q: %s", r.Verdict.Culprit, tt.culprit, r.Verdict.Text)
			}
			if got := strings.Join(r.Verdict.Against, "; "); !strings.Contains(got, tt.against) || strings.Contains(got, "set another value") {
				t.Errorf("against it: %q", got)
			}
			if r.Running.Value != redacted || r.Declared.Value == redacted || !strings.HasPrefix(r.Declared.Value, "(redacted #") {
				t.Errorf("running %q, declared %q: two values have two names", r.Running.Value, r.Declared.Value)
			}
			for _, h := range r.Hops {
				if h.Hop == string(model.HopConfigMap) && h.Value != r.Declared.Value {
					t.Errorf("the ConfigMap has %q, declared is %q: the same value has one name", h.Value, r.Declared.Value)
				}
			}
			if !strings.Contains(commit.After, "geheim") {
				t.Error("the history is shared with others, and was changed")
			}
		})
	}
}

// Stars tell nothing of the value, so that nobody is denied by them.
func TestHiddenValuesMaskedByTheServer(t *testing.T) {
	f, declared := secretFacts("********", "sst:geheim")
	hide(f, declared)
	r := Report(v1.Instance{Pod: "mysql-0"}, f)
	if r.Running.Value != masked || strings.Contains(strings.Join(r.Verdict.Against, " "), "not the present value") {
		t.Errorf("running %q, against %q", r.Running.Value, r.Verdict.Against)
	}
}

// Values of any other variable are shown.
func TestHideLeavesOthers(t *testing.T) {
	f := override(func(f *Facts) { f.Values = PlainValues{} })
	hide(f, model.Declaration{})
	if r := Report(v1.Instance{}, f); r.Running.Value != "500" || r.Declared.Value != "2000" {
		t.Errorf("running %q, declared %q", r.Running.Value, r.Declared.Value)
	}
}

func TestHiddenEdits(t *testing.T) {
	for _, tt := range []struct {
		edit v1.Edit
		hide bool
	}{
		{v1.Edit{Op: "change", Path: "[mysqld] init_connect", Before: "a", After: "b"}, true},
		{v1.Edit{Op: "add", Path: "[client] password", After: "b"}, true},
		{v1.Edit{Op: "change", Path: "data.my.cnf [mysqld] wsrep_sst_auth", Before: "a", After: "b"}, true},
		{v1.Edit{Op: "change", Path: "data.password", Before: "a", After: "b"}, true},
		{v1.Edit{Op: "change", Path: "statement 3", Before: "SET GLOBAL INIT_CONNECT='a'", After: "SELECT 1"}, true},
		{v1.Edit{Op: "change", Path: "[mysqld] max_connections", Before: "1", After: "2"}, false},
		{v1.Edit{Op: "rename", Path: "[mysqld] init_connect", Before: "init_conect", After: "init_connect"}, false},
	} {
		e := tt.edit
		hideEdit(&e, PlainValues{})
		if (e != tt.edit) != tt.hide || tt.hide && e.After != redacted {
			t.Errorf("%+v became %+v", tt.edit, e)
		}
	}
}
