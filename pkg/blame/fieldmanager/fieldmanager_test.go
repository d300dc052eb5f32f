package fieldmanager

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func entry(manager, operation string, at time.Time, fields string) metav1.ManagedFieldsEntry {
	when := metav1.NewTime(at)
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationType(operation),
		Time: &when, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fields)}
}

var (
	nine = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	ten  = nine.Add(time.Hour)
)

func TestOwnersOfAField(t *testing.T) {
	entries := []metav1.ManagedFieldsEntry{
		entry("kubectl-client-side-apply", "Update", nine,
			`{"f:data":{".":{},"f:my.cnf":{},"f:other.cnf":{}},"f:metadata":{"f:annotations":{"f:ci.git/commit":{}}}}`),
		entry("kubectl-edit", "Update", ten, `{"f:data":{"f:my.cnf":{}}}`),
		entry("kubectl-annotate", "Update", ten, `{"f:metadata":{"f:annotations":{"f:note":{}}}}`),
		entry("statefulset-tool", "Apply", nine,
			`{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"mysql\"}":{".":{},"f:args":{}}}}}}}`),
	}
	tests := []struct {
		name string
		path []string
		want []string
	}{
		{"a key with a dot in its name, newest first", []string{"data", "my.cnf"}, []string{"kubectl-edit", "kubectl-client-side-apply"}},
		{"a key of one owner", []string{"data", "other.cnf"}, []string{"kubectl-client-side-apply"}},
		{"a key that nobody owns", []string{"data", "gone.cnf"}, nil},
		{"a prefix of a key's name is another key", []string{"data", "my"}, nil},
		{"an annotation with a slash", []string{"metadata", "annotations", "ci.git/commit"}, []string{"kubectl-client-side-apply"}},
		{"a container's arguments", []string{"spec", "template", "spec", "containers", `{"name":"mysql"}`, "args"}, []string{"statefulset-tool"}},
		{"another container's arguments", []string{"spec", "template", "spec", "containers", `{"name":"exporter"}`, "args"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, o := range Of(entries, tt.path...) {
				got = append(got, o.Manager)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A manager's time is the field's own only if it owns nothing else.
func TestSole(t *testing.T) {
	for fields, want := range map[string]bool{
		`{"f:data":{"f:my.cnf":{}}}`:                                               true,
		`{"f:data":{".":{},"f:my.cnf":{}}}`:                                        true,
		`{"f:data":{"f:my.cnf":{},"f:other.cnf":{}}}`:                              false,
		`{"f:data":{"f:my.cnf":{}},"f:metadata":{"f:labels":{".":{},"f:app":{}}}}`: false,
	} {
		if got := Of([]metav1.ManagedFieldsEntry{entry("kubectl-edit", "Update", ten, fields)}, "data", "my.cnf"); len(got) != 1 || got[0].Sole != want {
			t.Errorf("%s: %+v, want sole %v", fields, got, want)
		}
	}
}

func TestBrokenFieldsOwnNothing(t *testing.T) {
	entries := []metav1.ManagedFieldsEntry{{Manager: "x"}, entry("y", "Update", ten, `{"f:data":`), entry("z", "Update", ten, `[]`)}
	if got := Of(entries, "data", "my.cnf"); got != nil {
		t.Errorf("owners of a field in unreadable entries: %v", got)
	}
}

func TestDescribe(t *testing.T) {
	for manager, want := range map[string]Tool{
		"kubectl-edit":                    {"kubectl edit", Hand},
		"kubectl-client-side-apply":       {"kubectl apply", Client},
		"kustomize-controller":            {"Flux Kustomization", Controller},
		"percona-xtradb-cluster-operator": {"percona-xtradb-cluster-operator", Operator},
		"db-deploy-bot":                   {"db-deploy-bot", Client},
		"":                                {"an unnamed client", Client},
	} {
		if got := Describe(manager); got != want {
			t.Errorf("Describe(%q) = %v, want %v", manager, got, want)
		}
	}
}

func TestToolByOperation(t *testing.T) {
	for _, tt := range []struct{ manager, operation, want string }{
		{"kubectl", "Apply", "kubectl apply --server-side"},
		{"kubectl", "Update", "kubectl (rollout undo or another command, no apply)"},
		{"kubectl-edit", "Update", "kubectl edit"},
	} {
		if got := (Owner{Manager: tt.manager, Operation: tt.operation}).Tool().Name; got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.manager, tt.operation, got, tt.want)
		}
	}
}
