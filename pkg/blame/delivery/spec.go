package delivery

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// noteSpec notes who last wrote a part of the spec that decides what is delivered,
// and when at the latest. What was written when the object was created says nothing.
func noteSpec(u *unstructured.Unstructured, d *v1.Delivery, object string, parts ...string) {
	for _, part := range parts {
		for _, owner := range fieldmanager.Of(u.GetManagedFields(), "spec", part) {
			created := u.GetCreationTimestamp()
			if owner.Subresource != "" || owner.Time.IsZero() || owner.Time.Sub(created.Time).Abs() <= 2*time.Second {
				continue
			}
			if d.SpecAt == nil || owner.Time.After(d.SpecAt.Time) {
				d.SpecOf, d.SpecBy, d.SpecAt = object, owner.Manager, &metav1.Time{Time: owner.Time}
			}
		}
	}
}
