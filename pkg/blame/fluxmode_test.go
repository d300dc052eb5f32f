package blame

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestFluxMode(t *testing.T) {
	const ssa, reconcile = "kustomize.toolkit.fluxcd.io/ssa", "kustomize.toolkit.fluxcd.io/reconcile"
	owned := func(manager string) []metav1.ManagedFieldsEntry {
		return []metav1.ManagedFieldsEntry{{Manager: manager, Operation: "Apply", FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{"f:annotations":{"f:` + ssa + `":{}}}}`)}}
	}
	for _, tt := range []struct {
		name        string
		annotations map[string]string
		fields      []metav1.ManagedFieldsEntry
		want        string
	}{
		{"none", nil, nil, ""},
		{"Merge", map[string]string{ssa: "Merge"}, nil, "Merge"},
		{"Ignore, set by hand", map[string]string{ssa: "Ignore"}, owned("kubectl-annotate"), "Ignore"},
		{"IfNotPresent out of Git", map[string]string{ssa: "IfNotPresent"}, owned("kustomize-controller"), "IfNotPresent"},
		{"IfNotPresent, set by hand", map[string]string{ssa: "IfNotPresent"}, owned("kubectl-annotate"), ""},
		{"IfNotPresent, by whom is not known", map[string]string{ssa: "IfNotPresent"}, nil, "IfNotPresent"},
		{"disabled", map[string]string{reconcile: "disabled", ssa: "Merge"}, nil, "disabled"},
		{"enabled", map[string]string{reconcile: "enabled"}, nil, ""},
	} {
		if got := ReadMarks(metav1.ObjectMeta{Annotations: tt.annotations, ManagedFields: tt.fields}, MarkNames{}).FluxMode; got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
