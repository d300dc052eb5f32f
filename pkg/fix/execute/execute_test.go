package execute

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// server is one that a test thinks up: SET GLOBAL max_connections = N sets it,
// to at most 100000.
type server struct {
	value     string
	persisted string
	refuse    error
	sent      []string
}

func (s *server) Query(_ context.Context, statement string) ([][]*string, []string, error) {
	switch {
	case strings.HasPrefix(statement, "SELECT @@global.`max_connections`"):
		return [][]*string{{&s.value}}, []string{"x"}, nil
	case strings.Contains(statement, "persisted_variables") && s.persisted != "":
		return [][]*string{{&s.persisted}}, []string{"x"}, nil
	case strings.Contains(statement, "persisted_variables"):
		return nil, []string{"x"}, nil
	}
	return nil, nil, errors.New("not expected: " + statement)
}

func (s *server) Change(_ context.Context, statement string) ([]string, error) {
	s.sent = append(s.sent, statement)
	if s.refuse != nil {
		return nil, s.refuse
	}
	switch value, isSet := strings.CutPrefix(statement, "SET GLOBAL max_connections = "); {
	case isSet && value == "999999":
		s.value = "100000"
		return []string{"Warning 1292 Truncated"}, nil
	case isSet:
		s.value = value
	case strings.HasPrefix(statement, "RESET PERSIST"):
		s.persisted = ""
	}
	return nil, nil
}

func setStep(from, to string) v1.FixStep {
	return v1.FixStep{Number: 1, Kind: v1.FixSetGlobal, Automatic: true, Namespace: "shop", Object: "pod/mysql-0", Pod: "mysql-0", Variables: []string{"max_connections"},
		From: from, To: to, Statement: "SET GLOBAL max_connections = " + to}
}

func options(s *server, audit *bytes.Buffer) Options {
	return Options{
		Open: func(context.Context, *v1.FixStep) (cluster.Changer, Login, func(), error) {
			return s, Login{"dba", "exec"}, func() {}, nil
		},
		Same:  func(_ *v1.FixStep, a, b string) bool { return a == b },
		Audit: NewAudit(audit),
	}
}

func run(t *testing.T, o Options, steps ...v1.FixStep) []v1.FixStep {
	t.Helper()
	plan := &v1.FixPlan{Steps: steps}
	if err := Run(t.Context(), plan, o); err != nil {
		t.Fatal(err)
	}
	return plan.Steps
}

func TestStatements(t *testing.T) {
	denied := &mysql.MySQLError{Number: 1227, Message: "Access denied; you need (at least one of) the SUPER privilege(s)"}
	for _, tc := range []struct {
		name   string
		server server
		step   v1.FixStep
		want   v1.FixOutcome
		value  string
		sent   int
	}{
		{"set", server{value: "500"}, setStep("500", "2000"), v1.FixApplied, "2000", 1},
		{"changed meanwhile", server{value: "700"}, setStep("500", "2000"), v1.FixStale, "700", 0},
		{"adjusted by the server", server{value: "500"}, setStep("500", "999999"), v1.FixDiffers, "100000", 1},
		{"refused", server{value: "500", refuse: denied}, setStep("500", "2000"), v1.FixFailed, "", 1},
		{"reset", server{persisted: "500"}, v1.FixStep{Kind: v1.FixResetPersist, Automatic: true, Variables: []string{"max_connections"}, From: "500", Statement: "RESET PERSIST IF EXISTS max_connections"}, v1.FixApplied, "", 1},
		{"reset by somebody else", server{}, v1.FixStep{Kind: v1.FixResetPersist, Automatic: true, Variables: []string{"max_connections"}, From: "500", Statement: "RESET PERSIST IF EXISTS max_connections"}, v1.FixStale, "", 0},
		{"not automatic", server{value: "500"}, v1.FixStep{Kind: v1.FixManual, Variables: []string{"max_connections"}}, v1.FixLeft, "", 0},
	} {
		var audit bytes.Buffer
		s := tc.server
		got := run(t, options(&s, &audit), tc.step)[0].Result
		if got.Outcome != tc.want || got.Value != tc.value || len(s.sent) != tc.sent {
			t.Errorf("%s: %+v, sent %q", tc.name, got, s.sent)
		}
		if lines := strings.Count(audit.String(), "\n"); lines != 2*tc.sent {
			t.Errorf("%s: %d lines of audit for %d statements:\n%s", tc.name, lines, tc.sent, audit.String())
		}
	}
}

func TestConfirm(t *testing.T) {
	for name, tc := range map[string]struct {
		answer bool
		err    error
		want   v1.FixOutcome
	}{"yes": {true, nil, v1.FixApplied}, "no": {false, nil, v1.FixDeclined}, "no terminal": {false, errors.New("no answer"), v1.FixDeclined}} {
		var audit bytes.Buffer
		s := &server{value: "500"}
		o := options(s, &audit)
		o.Confirm = func(step *v1.FixStep) (bool, error) { return tc.answer, tc.err }
		plan := &v1.FixPlan{Steps: []v1.FixStep{setStep("500", "2000")}}
		err := Run(t.Context(), plan, o)
		if plan.Steps[0].Result.Outcome != tc.want || !errors.Is(err, tc.err) || (len(s.sent) == 1) != tc.answer {
			t.Errorf("%s: %+v, %v, %q", name, plan.Steps[0].Result, err, s.sent)
		}
	}
}

// What cannot be recorded is not done.
func TestNoAuditNoChange(t *testing.T) {
	s := &server{value: "500"}
	o := options(s, nil)
	o.Audit = NewAudit(full{})
	plan := &v1.FixPlan{Steps: []v1.FixStep{setStep("500", "2000")}}
	if err := Run(t.Context(), plan, o); err == nil || len(s.sent) > 0 {
		t.Errorf("%v, sent %q", err, s.sent)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAuditLines(t *testing.T) {
	var audit bytes.Buffer
	o := options(&server{value: "500"}, &audit)
	o.Audit.Who, o.Audit.KubeUser = "ann", "system:admin"
	o.Audit.now = func() time.Time { return time.Date(2026, 11, 27, 5, 0, 0, 0, time.UTC) }
	run(t, o, setStep("500", "2000"))
	var lines []Entry
	for line := range strings.Lines(audit.String()) {
		var e Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e)
	}
	if len(lines) != 2 || lines[0].Event != "begin" || lines[1].Event != "end" || lines[0].ID != lines[1].ID || lines[0].ID == "" {
		t.Fatalf("%+v", lines)
	}
	want := lines[0]
	want.Event, want.Outcome, want.Value = "end", v1.FixApplied, "2000"
	if d := cmp.Diff(want, lines[1]); d != "" {
		t.Error(d)
	}
	if e := lines[0]; e.Who != "ann" || e.Account != "dba" || e.Statement != "SET GLOBAL max_connections = 2000" || e.From != "500" {
		t.Errorf("%+v", e)
	}
}

func TestAuditFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	_, path, closeFile, err := OpenAudit("")
	if err != nil {
		t.Fatal(err)
	}
	defer closeFile()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || path != filepath.Join(dir, "mysqldrift", "audit.jsonl") {
		t.Errorf("%s %v %v", path, info, err)
	}
}

func patchStep() v1.FixStep {
	return v1.FixStep{Number: 1, Kind: v1.FixPatchConfigMap, Automatic: true, Namespace: "shop", Object: "configmap/mysql", Key: "my.cnf", Text: "new\n", ResourceVersion: "7", Variables: []string{"max_connections"}}
}

func TestConfigMap(t *testing.T) {
	for _, dry := range []bool{false, true} {
		client := fake.NewClientset(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "mysql", Namespace: "shop"}, Data: map[string]string{"my.cnf": "old\n", "b": "stays"}})
		var audit bytes.Buffer
		o := options(nil, &audit)
		o.Objects, o.DryRun = &Objects{client, time.Now}, dry
		want := v1.FixApplied
		if dry {
			want, o.Audit = v1.FixAccepted, nil
		}
		if got := run(t, o, patchStep())[0].Result; got.Outcome != want {
			t.Errorf("%+v", got)
		}
		sent := client.Actions()[0].(clienttesting.PatchActionImpl)
		if !strings.Contains(string(sent.Patch), `"resourceVersion":"7"`) || (len(sent.PatchOptions.DryRun) > 0) != dry || sent.PatchOptions.FieldManager != Manager {
			t.Errorf("%s %+v", sent.Patch, sent.PatchOptions)
		}
	}
}

// Two keys of one ConfigMap: the second is for the version that the first made.
func TestTwoKeysOfOneConfigMap(t *testing.T) {
	client := fake.NewClientset(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "mysql", Namespace: "shop"}})
	var versions []string
	client.PrependReactor("patch", "configmaps", func(a clienttesting.Action) (bool, runtime.Object, error) {
		var sent corev1.ConfigMap
		if err := json.Unmarshal(a.(clienttesting.PatchAction).GetPatch(), &sent); err != nil {
			return true, nil, err
		}
		versions = append(versions, sent.ResourceVersion)
		sent.ResourceVersion = "8"
		return true, &sent, nil
	})
	o := options(nil, &bytes.Buffer{})
	o.Objects = &Objects{client, time.Now}
	second := patchStep()
	second.Key = "b.cnf"
	got := run(t, o, patchStep(), second)
	if d := cmp.Diff([]string{"7", "8"}, versions); d != "" || got[1].Result.Outcome != v1.FixApplied || got[0].Result.Value != "" {
		t.Errorf("%s %+v", d, got[1].Result)
	}
}

func TestConfigMapThatWasChanged(t *testing.T) {
	client := fake.NewClientset()
	client.PrependReactor("patch", "configmaps", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewConflict(corev1.Resource("configmaps"), "mysql", errors.New("changed"))
	})
	o := options(nil, &bytes.Buffer{})
	o.Objects = &Objects{client, time.Now}
	if got := run(t, o, patchStep())[0].Result; got.Outcome != v1.FixStale {
		t.Errorf("%+v", got)
	}
}

func TestRestart(t *testing.T) {
	three := int32(3)
	status := appsv1.StatefulSetStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 3, ReadyReplicas: 3}
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "mysql", Namespace: "shop", Generation: 2}, Spec: appsv1.StatefulSetSpec{Replicas: &three}, Status: status}
	client := fake.NewClientset(set)
	o := options(nil, &bytes.Buffer{})
	o.Objects = &Objects{client, time.Now}
	step := v1.FixStep{Number: 2, Kind: v1.FixRolloutRestart, Automatic: true, Namespace: "shop", Object: "statefulset/mysql", Variables: []string{"back_log"}}
	if got := run(t, o, step)[0].Result; got.Outcome != v1.FixApplied {
		t.Errorf("%+v", got)
	}
	now, err := client.AppsV1().StatefulSets("shop").Get(t.Context(), "mysql", metav1.GetOptions{})
	if err != nil || now.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] == "" {
		t.Errorf("%+v %v", now, err)
	}
	// One that does not come back is told as such.
	set.Status.ReadyReplicas = 2
	o.Objects = &Objects{fake.NewClientset(set), time.Now}
	o.Wait = 50 * time.Millisecond
	if got := run(t, o, step)[0].Result; got.Outcome != v1.FixDiffers || !strings.Contains(got.Text, "2 ready") {
		t.Errorf("%+v", got)
	}
	// Without what it needs it brings nothing.
	first := v1.FixStep{Number: 1, Kind: v1.FixResetPersist, Automatic: true, Namespace: "shop", Variables: []string{"back_log"}, From: "200", Statement: "RESET PERSIST IF EXISTS back_log"}
	s := &server{persisted: "300"}
	o.Open = options(s, nil).Open
	if got := run(t, o, first, step); got[0].Result.Outcome != v1.FixStale || got[1].Result.Outcome != v1.FixLeft || !strings.Contains(got[1].Result.Text, "step 1") {
		t.Errorf("%+v %+v", got[0].Result, got[1].Result)
	}
}

func TestDone(t *testing.T) {
	two := int32(2)
	for _, tc := range []struct {
		status appsv1.StatefulSetStatus
		want   bool
	}{
		{appsv1.StatefulSetStatus{ObservedGeneration: 1, UpdatedReplicas: 2, ReadyReplicas: 2}, false}, // of before the change
		{appsv1.StatefulSetStatus{ObservedGeneration: 2, UpdatedReplicas: 1, ReadyReplicas: 2}, false},
		{appsv1.StatefulSetStatus{ObservedGeneration: 2, UpdatedReplicas: 2, ReadyReplicas: 1}, false},
		{appsv1.StatefulSetStatus{ObservedGeneration: 2, UpdatedReplicas: 2, ReadyReplicas: 2}, true},
	} {
		s := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Generation: 2}, Spec: appsv1.StatefulSetSpec{Replicas: &two}, Status: tc.status}
		if got, text := statefulSetDone(s); got != tc.want {
			t.Errorf("%+v: %t %s", tc.status, got, text)
		}
	}
	d := &appsv1.Deployment{Status: appsv1.DeploymentStatus{UpdatedReplicas: 1, Replicas: 2, ReadyReplicas: 1}}
	if got, _ := deploymentDone(d); got {
		t.Error("an old pod is still there")
	}
}

func TestDryRunSendsNoStatement(t *testing.T) {
	s := &server{value: "500"}
	o := options(s, &bytes.Buffer{})
	o.DryRun, o.Audit = true, nil
	if got := run(t, o, setStep("500", "2000"))[0].Result; got.Outcome != v1.FixLeft || len(s.sent) > 0 {
		t.Errorf("%+v %q", got, s.sent)
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{"validate_password.length": "`validate_password`.`length`", "a`b": "`a``b`"} {
		if got := quoteName(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Nothing was recorded as long as no step was begun.
func TestRecorded(t *testing.T) {
	a := NewAudit(io.Discard)
	if a.Recorded() {
		t.Error("recorded before anything was written")
	}
	if err := a.begin(Entry{}); err != nil || !a.Recorded() {
		t.Errorf("not recorded: %v", err)
	}
}

// A restart that nobody waits for is told as what ended the waiting.
func TestAwait(t *testing.T) {
	unfinished := func(context.Context) (bool, string, error) { return false, "1 of 3 pods made anew", nil }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := (&Objects{}).await(ctx, unfinished); r.Outcome != v1.FixDiffers || !strings.Contains(r.Text, "you interrupted") {
		t.Errorf("interrupted: %+v", r)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if r := (&Objects{}).await(ctx, unfinished); r.Outcome != v1.FixDiffers || !strings.Contains(r.Text, "not through in time: 1 of 3") {
		t.Errorf("late: %+v", r)
	}
}
