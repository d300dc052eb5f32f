package scan

import (
	"context"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// lastChange is the newest moment at which evidence says that something
// changed: a variable that drifted, or a key that governs the instance.
func lastChange(ctx context.Context, objs cluster.Objects, namespace string, report *v1.DriftReport) *metav1.Time {
	var newest *metav1.Time
	take := func(t *metav1.Time) {
		if t != nil && !t.IsZero() && (newest == nil || newest.Before(t)) {
			newest = t
		}
	}
	for _, f := range report.Findings {
		if f.Running != nil && strings.EqualFold(f.Running.Source, string(model.SourceDynamic)) {
			take(f.Running.SetTime)
		}
		for _, e := range f.Evidence {
			take(e.Time)
		}
	}
	for _, g := range report.GovernedBy {
		take(moment(keyWritten(ctx, objs, namespace, g.Source)))
	}
	return newest
}

// keyWritten is when a key of a ConfigMap or Secret was last written, at the
// latest; zero if nothing says so. The resolution has asked for the object
// before, so that this costs no request.
func keyWritten(ctx context.Context, objs cluster.Objects, namespace, source string) time.Time {
	kind, rest, _ := strings.Cut(source, "/")
	name, key, ok := strings.Cut(rest, ":")
	if !ok {
		return time.Time{}
	}
	var entries []metav1.ManagedFieldsEntry
	switch kind {
	case "configmap":
		cm, err := objs.ConfigMap(ctx, namespace, name)
		if err != nil {
			return time.Time{}
		}
		entries = cm.ManagedFields
	case "secret":
		secret, err := objs.Secret(ctx, namespace, name)
		if err != nil {
			return time.Time{}
		}
		entries = secret.ManagedFields
	}
	owners := append(fieldmanager.Of(entries, "data", key), fieldmanager.Of(entries, "binaryData", key)...)
	if len(owners) == 0 {
		return time.Time{}
	}
	return owners[0].Time
}
