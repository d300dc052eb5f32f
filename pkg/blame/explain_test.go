package blame

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// fakeObjects is a namespace in memory.
type fakeObjects struct {
	configMaps map[string]*corev1.ConfigMap
	err        error
	lists      map[string][]unstructured.Unstructured // by kind
}

func (o fakeObjects) ConfigMap(_ context.Context, _, name string) (*corev1.ConfigMap, error) {
	if o.err != nil {
		return nil, o.err
	}
	if cm, ok := o.configMaps[name]; ok {
		return cm, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, name)
}

func (o fakeObjects) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
}

func (o fakeObjects) Owner(_ context.Context, _ string, ref metav1.OwnerReference) (*unstructured.Unstructured, error) {
	for _, list := range o.lists {
		for i := range list {
			if list[i].GetName() == ref.Name && list[i].GetKind() == ref.Kind {
				return &list[i], nil
			}
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: strings.ToLower(ref.Kind)}, ref.Name)
}

func (o fakeObjects) List(_ context.Context, _, _, kind string) ([]unstructured.Unstructured, error) {
	return o.lists[kind], nil
}

type fakeFiles map[string]PodFile

func (f fakeFiles) Files(context.Context, []string) (map[string]PodFile, error) { return f, nil }

type fakeStatements struct {
	list []Statement
	err  error
}

func (s fakeStatements) Statements(context.Context, string) ([]Statement, error) {
	return s.list, s.err
}

const myCnf = "[mysqld]\nmax_connections = 2000\n"

func managed(manager, operation string, at time.Time, fields string) metav1.ManagedFieldsEntry {
	when := metav1.NewTime(at)
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationType(operation), Time: &when, FieldsV1: metav1.NewFieldsV1(fields)}
}

func pendingInput() Input {
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mysql",
		Annotations: map[string]string{"ci.jenkins/job": "db/conf/main", "ci.git/commit": "9f1c0aa9f1c0aa9f1c0aa9f1c0aa9f1c0aa9f1c0", "ci.git/repo": "https://bot:s3cret@git.example/db/conf.git"},
		ManagedFields: []metav1.ManagedFieldsEntry{
			managed("kubectl-client-side-apply", "Update", started.Add(-time.Hour), `{"f:data":{"f:my.cnf":{}},"f:metadata":{"f:annotations":{"f:ci.git/commit":{}}}}`),
			managed("kubectl-edit", "Update", later, `{"f:data":{"f:my.cnf":{}}}`),
		}}, Data: map[string]string{"my.cnf": myCnf}}
	return Input{
		Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: "mysql-0", Container: "mysql"},
		Variable: "max_connections",
		Finding: &v1.Finding{Variable: "max_connections", Class: v1.NotApplied, Drift: true, Hop: "Start",
			Declared: &v1.Declared{Option: "max_connections", Value: "2000", Source: "configmap/mysql:my.cnf", Path: "/etc/mysql/conf.d/my.cnf", Line: 2},
			Running:  &v1.Running{Value: "1000"}},
		Governing: []v1.GoverningFile{{Path: "/etc/mysql/conf.d/my.cnf", Source: "configmap/mysql:my.cnf", Via: "mount"}},
		Snapshot: &model.Snapshot{Server: mysql97, TakenAt: started.Add(3 * time.Hour), Uptime: 3 * time.Hour, HasSources: true, HasPersisted: true,
			Variables: map[string]model.Variable{"max_connections": {Name: "max_connections", Value: "1000", Source: model.SourceFile, Path: "/etc/mysql/conf.d/my.cnf"}}},
		Objects: fakeObjects{configMaps: map[string]*corev1.ConfigMap{"mysql": cm}},
		Sources: Sources{Files: fakeFiles{"/etc/mysql/conf.d/my.cnf": {Data: []byte(myCnf), ModTime: later}}},
	}
}

func hop(t *testing.T, r v1.BlameReport, name string) v1.BlameHop {
	t.Helper()
	for _, h := range r.Hops {
		if h.Hop == name {
			return h
		}
	}
	t.Fatalf("no hop %s in %+v", name, r.Hops)
	return v1.BlameHop{}
}

func TestExplainConfigMapEditedByHand(t *testing.T) {
	r := Explain(t.Context(), pendingInput())
	if r.Verdict.Culprit != "" || r.Verdict.LastToucher != "kubectl edit" || r.Verdict.Confidence != NotProven {
		t.Errorf("verdict %+v", r.Verdict)
	}
	if r.Verdict.Hop != "Start" || !hop(t, r, "Start").Broken {
		t.Errorf("the hop is not marked: %+v", r.Verdict)
	}
	cm := hop(t, r, "ConfigMap")
	if cm.Who != "kubectl-edit" || cm.Value != "2000" || !cm.When.Equal(&metav1.Time{Time: later}) {
		t.Errorf("ConfigMap hop %+v", cm)
	}
	if file := hop(t, r, "File"); file.Value != "2000" || file.When == nil {
		t.Errorf("File hop %+v", file)
	}
	if start := hop(t, r, "Start"); start.Value != "1000" || !start.When.Equal(&metav1.Time{Time: started}) {
		t.Errorf("Start hop %+v", start)
	}
	if len(r.Findings) != 1 || r.Findings[0].Class != v1.Untraceable {
		t.Errorf("an annotation of another owner than the content is not told: %+v", r.Findings)
	}
	for _, h := range r.Hops {
		for _, e := range h.Evidence {
			if strings.Contains(e.Text, "s3cret") {
				t.Errorf("a password of an annotation is printed: %s", e.Text)
			}
		}
	}
}

func TestExplainConsistentMarksAreTraceable(t *testing.T) {
	in := pendingInput()
	cm := in.Objects.(fakeObjects).configMaps["mysql"]
	cm.ManagedFields = cm.ManagedFields[:1]
	if r := Explain(t.Context(), in); len(r.Findings) != 0 {
		t.Errorf("false alarm: %+v", r.Findings)
	}
}

func TestExplainWithoutMarksIsUntraceable(t *testing.T) {
	in := pendingInput()
	cm := in.Objects.(fakeObjects).configMaps["mysql"]
	cm.Annotations, cm.ManagedFields = nil, nil
	r := Explain(t.Context(), in)
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, "no mark") {
		t.Errorf("findings %+v", r.Findings)
	}
	if r.Verdict.Culprit != "" || r.Verdict.LastToucher != "" {
		t.Errorf("somebody is named without any trace: %+v", r.Verdict)
	}
}

func TestExplainSaysWhatIsNotAvailable(t *testing.T) {
	in := pendingInput()
	in.Objects = fakeObjects{err: apierrors.NewForbidden(schema.GroupResource{Resource: "configmaps"}, "mysql", errors.New("no list"))}
	in.Sources = Sources{Statements: fakeStatements{err: errors.New("SELECT on performance_schema is denied")}, Why: map[string]string{"audit log": "not available because the file is empty"}}
	r := Explain(t.Context(), in)
	for name, want := range map[string]string{"ConfigMap": "may not be read", "Delivery": "may not be read", "Git": "not available because", "File": "not available because"} {
		if h := hop(t, r, name); !strings.Contains(h.NotAvailable, want) {
			t.Errorf("%s: %q does not say %q", name, h.NotAvailable, want)
		}
	}
	if r.Verdict.Culprit != "" {
		t.Errorf("verdict %+v", r.Verdict)
	}
}

func TestExplainWithNothingAtAll(t *testing.T) {
	r := Explain(t.Context(), Input{Variable: "sort_buffer_size"})
	if r.Verdict.Culprit != "" || len(r.Hops) == 0 {
		t.Errorf("%+v", r)
	}
}

func TestExplainAuditNamesThePerson(t *testing.T) {
	in := pendingInput()
	in.Sources.Audit = fakeAudit{{Verb: "patch", User: "zoe", UserAgent: "kubectl/v1.36.3", Manager: "kubectl-edit", SourceIPs: []string{"10.1.1.9"}, When: later.Add(400 * time.Millisecond)}}
	r := Explain(t.Context(), in)
	if r.Verdict.Culprit != "zoe" || r.Verdict.CulpritKind != Person || r.Verdict.Confidence != Likely {
		t.Errorf("verdict %+v", r.Verdict)
	}
	// The same event a minute off is another write: a lead only.
	in.Sources.Audit = fakeAudit{{Verb: "patch", User: "zoe", Manager: "kubectl-edit", When: later.Add(-time.Minute)}}
	if r := Explain(t.Context(), in); r.Verdict.Culprit != "" || r.Verdict.LastToucher != "zoe" {
		t.Errorf("verdict %+v", r.Verdict)
	}
}

type fakeAudit []AuditEvent

func (a fakeAudit) Writes(context.Context, string, string, string) ([]AuditEvent, error) {
	return a, nil
}

func TestAuditedWriteIsTheOneThatBroughtTheContent(t *testing.T) {
	body := func(text string) map[string]string { return map[string]string{"my.cnf": text} }
	at := func(seconds int) time.Time { return later.Add(time.Duration(seconds) * time.Second) }
	zoe := AuditEvent{Verb: "patch", User: "zoe", Manager: "kubectl-edit", When: later, Data: body(myCnf)}
	bare := func(user string, when time.Time) AuditEvent { return AuditEvent{Verb: "patch", User: user, When: when} }
	tests := []struct {
		name          string
		events        []AuditEvent
		ownerAt       time.Time
		culprit, lead string
	}{
		{"a label by another, later", []AuditEvent{zoe, {Verb: "patch", User: "bob", When: at(60), Data: map[string]string{}}}, later, "zoe", ""},
		{"the whole object sent again by another, unchanged", []AuditEvent{zoe, {Verb: "update", User: "bob", When: at(60), Data: body(myCnf)}}, later, "zoe", ""},
		{"the same manager labelled it later, so that its time moved", []AuditEvent{zoe, {Verb: "patch", User: "bob", Manager: "kubectl-edit", When: at(60), Data: map[string]string{}}}, at(60), "zoe", ""},
		{"changed by another and back", []AuditEvent{{Verb: "patch", User: "ann", When: at(-60), Data: body(myCnf)}, {Verb: "patch", User: "bob", When: at(-30), Data: body("[mysqld]")}, zoe}, later, "zoe", ""},
		{"a later write with other content, and the live object is not it", []AuditEvent{zoe, {Verb: "patch", User: "bob", Manager: "x", When: at(60), Data: body("[mysqld]")}}, later, "", "bob"},
		{"two people in the same second, the log without bodies", []AuditEvent{bare("zoe", later), bare("bob", at(1))}, later, "", "kubectl edit"},
		{"a log without bodies: the one at the owner's moment", []AuditEvent{bare("zoe", later), bare("bob", at(60))}, later, "zoe", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := pendingInput()
			cm := in.Objects.(fakeObjects).configMaps["mysql"]
			cm.ManagedFields[1].Time.Time = tt.ownerAt
			in.Sources.Audit = fakeAudit(tt.events)
			v := Explain(t.Context(), in).Verdict
			if v.Culprit != tt.culprit || v.LastToucher != tt.lead {
				t.Errorf("culprit %q lead %q, want %q %q: %s", v.Culprit, v.LastToucher, tt.culprit, tt.lead, v.Text)
			}
		})
	}
}

// A note about a line that is overruled does not say what is declared.
func TestDeclaredIsInForce(t *testing.T) {
	in := pendingInput()
	setting := func(value string, line int) model.Setting {
		return model.Setting{Option: "max_connections", Value: value, HasValue: true, Origin: model.Origin{Object: "configmap/mysql:my.cnf", Path: "/etc/mysql/conf.d/my.cnf", Line: line}}
	}
	in.Declaration = model.Declaration{Complete: true, Settings: []model.Setting{setting("10", 2), setting("1000", 3)}}
	in.Finding.Drift, in.Finding.Declared.Value = false, "10"
	for _, class := range []v1.Class{v1.Shadowed, v1.Invalid} {
		in.Finding.Class = class
		if f := baseFacts(in); f.Declared.Value != "1000" || f.Declared.Line != 3 {
			t.Errorf("%s: declared %+v", class, f.Declared)
		}
	}
	in.Finding.Class = v1.NotApplied
	if f := baseFacts(in); f.Declared.Value != "10" {
		t.Errorf("drift: declared %+v", f.Declared)
	}
}

// A commit's content that a person sent by hand is still the commit's; that is told.
func TestCommitSentByAPerson(t *testing.T) {
	at := setAt
	c := v1.Commit{Hash: strings.Repeat("a", 40), Author: "Ann", Before: "1000", After: "2000", Committed: &metav1.Time{Time: at.Add(-time.Minute)}}
	f := override(func(f *Facts) {
		f.Class, f.Running.Value = v1.NotApplied, "1000"
		f.Git = &GitHistory{Head: c, Deployed: &c, Introduced: &c, Claims: map[string]CommitClaim{c.Hash: {Known: true, OnBranch: true, Matches: true}}}
		f.Object = &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Content: "x", Owners: []fieldmanager.Owner{{Manager: "kubectl-client-side-apply", Time: at}},
			Audit: []AuditEvent{{Verb: "create", User: "zoe", Manager: "kubectl-client-side-apply", When: at, Data: map[string]string{"my.cnf": "x"}}}}
		f.Object.Marks.Commit, f.Object.Marks.CommitOwners = c.Hash, f.Object.Owners
	})
	v := Judge(f)
	if v.Culprit != "Ann" || v.Confidence != Likely || !strings.Contains(strings.Join(v.Against, ";"), "zoe sent it") {
		t.Errorf("%+v", v)
	}
}
