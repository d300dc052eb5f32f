package scan

import (
	"context"
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
	res := func(via string) *declared.Resolution {
		return &declared.Resolution{
			Governing: []v1.GoverningFile{{Path: "/etc/my.cnf", Via: via}},
			Stale:     []declared.StaleFile{{Path: "/etc/my.cnf", Source: "configmap/a:b", Differs: []declared.StaleSetting{{Option: "max-connections"}}}},
		}
	}
	for _, c := range []struct {
		name, option, via string
		class, want       v1.Class
	}{
		{"subPath", "max_connections", "subPath", v1.NotApplied, v1.StaleMount},
		{"copied by an init container", "max_connections", "initContainer-copy", v1.PendingRestart, v1.StaleMount},
		{"a volume is only late", "max_connections", "volume", v1.NotApplied, v1.NotApplied},
		{"another option", "sql_mode", "subPath", v1.NotApplied, v1.NotApplied},
		{"set at run time", "max_connections", "subPath", v1.RuntimeOverride, v1.RuntimeOverride},
	} {
		f := v1.Finding{Class: c.class, Declared: &v1.Declared{Option: c.option}}
		if lateFile(&f, res(c.via)); f.Class != c.want {
			t.Errorf("%s: %s, want %s", c.name, f.Class, c.want)
		}
	}
}
