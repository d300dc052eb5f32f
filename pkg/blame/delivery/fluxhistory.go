package delivery

import (
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// readHistory reads status.history (Flux 2.7 and newer): when the applied revision
// first came, and when the last try to apply was that did apply. Without it the
// condition tells the time of the last reconciliation, which says of an older
// revision only that it was applied before.
func readHistory(k *unstructured.Unstructured, d *v1.Delivery) {
	history, _, _ := unstructured.NestedSlice(k.Object, "status", "history")
	for _, item := range history {
		snapshot, ok := item.(map[string]any)
		if !ok {
			continue
		}
		get := func(key string) string { s, _ := snapshot[key].(string); return s }
		// Its objects were applied although the reconciliation failed at a later step.
		if s := get("lastReconciledStatus"); s != "ReconciliationSucceeded" && s != healthCheckFailed && s != "PruneFailed" {
			continue
		}
		metadata, _ := snapshot["metadata"].(map[string]any)
		last, first := parseTime(get("lastReconciled")), parseTime(get("firstReconciled"))
		if last != nil && (d.AppliedAt == nil || d.AppliedAt.Before(last)) {
			d.AppliedAt = last
		}
		if revision, _ := metadata["revision"].(string); last != nil {
			_, commit := Revision(revision)
			d.History = append(d.History, v1.Delivered{Commit: commit, At: last})
		}
		// A snapshot is kept by what was built: after a revert it is the one of before.
		if metadata["revision"] == d.Applied && first != nil && (d.HeadAt == nil || d.Head != d.Applied || !first.Before(d.HeadAt)) {
			d.FirstAppliedAt = earlier(d.FirstAppliedAt, first)
		}
	}
	slices.SortStableFunc(d.History, func(a, b v1.Delivered) int { return a.At.Compare(b.At.Time) })
}

func earlier(a, b *metav1.Time) *metav1.Time {
	if a == nil || b.Before(a) {
		return b
	}
	return a
}

// ignored tells whether a rule of spec.ignore leaves edits of the object's data
// alone. Selectors by label or annotation are taken to match.
func ignored(k *unstructured.Unstructured, m Marked) bool {
	rules, _, _ := unstructured.NestedSlice(k.Object, "spec", "ignore")
	for _, item := range rules {
		rule, ok := item.(map[string]any)
		if !ok {
			continue
		}
		paths, _, _ := unstructured.NestedStringSlice(rule, "paths")
		target, _, _ := unstructured.NestedStringMap(rule, "target")
		for _, p := range paths {
			if (p == "" || p == "/data" || strings.HasPrefix(p, "/data/")) && selects(target, m) {
				return true
			}
		}
	}
	return false
}

// selects: the fields of a target are expressions for the whole of each name.
func selects(target map[string]string, m Marked) bool {
	kind := map[string]string{"configmap": "ConfigMap", "secret": "Secret"}[m.Resource]
	for field, name := range map[string]string{"kind": kind, "name": m.Name, "namespace": m.Namespace} {
		if pattern := target[field]; pattern != "" {
			if ok, err := regexp.MatchString("^(?:"+pattern+")$", name); err == nil && !ok {
				return false
			}
		}
	}
	return true
}
