package scan

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
)

// owners answers with one object for any owner.
type owners struct {
	objects
	object map[string]any
}

func (o owners) Owner(context.Context, string, metav1.OwnerReference) (*unstructured.Unstructured, error) {
	return &unstructured.Unstructured{Object: o.object}, nil
}

func TestAlone(t *testing.T) {
	set := func(replicas int64, owner ...string) map[string]any {
		u := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"replicas": replicas}}}
		if len(owner) > 0 {
			u.SetOwnerReferences([]metav1.OwnerReference{{Kind: owner[0], Name: "x"}})
		}
		return u.Object
	}
	owned := pod("mysql-0")
	bare := pod("mysql-0")
	bare.OwnerReferences = nil
	labelled := pod("mysql-0")
	labelled.Labels = map[string]string{"app.kubernetes.io/component": "primary"}
	for _, c := range []struct {
		name  string
		pod   corev1.Pod
		owner map[string]any
		want  bool
	}{
		{"bare pod", bare, nil, true},
		{"one replica", owned, set(1), true},
		{"ReplicaSet of a Deployment", owned, set(1, "Deployment"), true},
		{"several replicas", owned, set(3), false},
		{"an operator's", owned, set(1, "PerconaServerMySQL"), false},
		{"its labels speak of a role", labelled, set(1), false},
		{"size not known", owned, map[string]any{}, false},
	} {
		if got := alone(context.Background(), owners{object: c.owner}, &c.pod); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

func TestStateOf(t *testing.T) {
	finding := func(class v1.Class, drift bool) v1.Finding { return v1.Finding{Class: class, Drift: drift} }
	governed := []v1.GoverningFile{{Source: "image"}, {Source: "configmap/a:b"}}
	cases := []struct {
		name string
		r    v1.DriftReport
		want v1.State
	}{
		{"nothing", v1.DriftReport{GovernedBy: governed}, v1.StateInSync},
		{"notes only", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.Adjusted, false)}}, v1.StateInSync},
		{"no declaration", v1.DriftReport{GovernedBy: governed[:1]}, v1.StateUngoverned},
		{"drift", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.RuntimeOverride, true)}}, v1.StateDrifted},
		{"a restart ends it", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.PendingRestart, true)}}, v1.StatePendingRestart},
		{"a restart ends only part", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.PendingRestart, true), finding(v1.NotApplied, true)}}, v1.StateDrifted},
		{"persisted only", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.PendingPersist, true)}}, v1.StatePending},
		{"read in part", v1.DriftReport{GovernedBy: governed, Errors: []v1.ReportError{{}}}, v1.StateIncomplete},
		{"drift, read in part", v1.DriftReport{GovernedBy: governed, Findings: []v1.Finding{finding(v1.StaleMount, true)}, Errors: []v1.ReportError{{}}}, v1.StateDrifted},
	}
	for _, c := range cases {
		if got := stateOf(&c.r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestLateFile(t *testing.T) {
	for _, c := range []struct {
		name, option string
		lasting      bool
		class, want  v1.Class
		remedy       string
	}{
		{"subPath", "max_connections", true, v1.NotApplied, v1.StaleMount, "delete the pod"},
		{"copied by an init container", "max_connections", true, v1.PendingRestart, v1.StaleMount, "delete the pod"},
		{"a volume is only late", "max_connections", false, v1.NotApplied, v1.StaleMount, "then restart it"},
		{"another option", "sql_mode", true, v1.NotApplied, v1.NotApplied, "restart it"},
		{"set at run time", "max_connections", true, v1.RuntimeOverride, v1.RuntimeOverride, "restart it"},
		{"a line taken out", "", true, v1.NotApplied, v1.StaleMount, "delete the pod"},
	} {
		res := &declared.Resolution{Stale: []declared.StaleFile{
			{Path: "/etc/my.cnf", Source: "configmap/a:b", Differs: []declared.StaleSetting{{Option: "max-connections"}}, Lasting: c.lasting}}}
		f := v1.Finding{Variable: "max_connections", Class: c.class, Declared: &v1.Declared{Option: c.option}, Remedy: "restart it"}
		if c.option == "" {
			f.Declared = nil
		}
		if lateFile(&f, res); f.Class != c.want || !strings.Contains(f.Remedy, c.remedy) {
			t.Errorf("%s: %s, %s; want %s, %s", c.name, f.Class, f.Remedy, c.want, c.remedy)
		}
	}
}
