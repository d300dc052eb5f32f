// Package delivery reads what the delivery tools in a cluster say of an object:
// Flux's Kustomizations, HelmReleases and sources, and Argo CD's Applications.
//
// It knows the shapes of their objects, as unstructured ones, and nothing of
// variables, Git or people. It reads through a small interface and is otherwise
// pure. Its tests hold objects in the form in which the controllers write them;
// Flux's source-controller and kustomize-controller and Argo CD's application
// controller themselves run in test/incidents, helm-controller in none.
package delivery

import (
	"context"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Lister lists objects of a kind; nil without an error where it is not served.
type Lister interface {
	List(ctx context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error)
}

// Marked is an object with the marks that tools left on it.
type Marked struct {
	Resource, Namespace, Name string

	FluxKustomization string // namespace/name
	FluxHelmRelease   string // namespace/name
	FluxMode          string // Merge, IfNotPresent, Ignore, disabled
	ArgoTracking      string // app:group/kind:namespace/name
	ArgoInstance      string // app
	HelmRelease       string // namespace/name
}

// States of a delivery.
const (
	Synced    = "Synced"
	Behind    = "Behind"
	Edited    = "Edited"
	Stuck     = "Stuck"
	Suspended = "Suspended"
	Unknown   = "Unknown"
)

// Find reads the tools that the marks name. Notes say, by tool, why one that is
// named could not be read.
func Find(ctx context.Context, objects Lister, m Marked) (found []v1.Delivery, notes map[string]string) {
	notes = map[string]string{}
	keep := func(tool string, d *v1.Delivery, err error) {
		switch {
		case err != nil:
			notes[tool] = err.Error()
		case d != nil:
			found = append(found, *d)
		}
	}
	if m.FluxKustomization != "" {
		d, err := kustomization(ctx, objects, m)
		keep("Flux", d, err)
	}
	if m.FluxHelmRelease != "" {
		d, err := helmRelease(ctx, objects, m)
		keep("Flux", d, err)
	}
	if m.ArgoTracking != "" || m.ArgoInstance != "" {
		d, err := application(ctx, objects, m)
		keep("Argo CD", d, err)
	}
	return found, notes
}

// one finds an object by namespace and name; nil if there is none.
func one(ctx context.Context, objects Lister, namespace, name, group, kind string) (*unstructured.Unstructured, error) {
	list, err := objects.List(ctx, namespace, group, kind)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	for i := range list {
		if list[i].GetName() == name && (namespace == "" || list[i].GetNamespace() == namespace) {
			return &list[i], nil
		}
	}
	return nil, nil
}

func text(u *unstructured.Unstructured, path ...string) string {
	s, _, _ := unstructured.NestedString(u.Object, path...)
	return s
}

func flag(u *unstructured.Unstructured, path ...string) bool {
	b, _, _ := unstructured.NestedBool(u.Object, path...)
	return b
}

// condition is one of status.conditions; ok is false if there is none of the type.
func condition(u *unstructured.Unstructured, kind string) (status, reason, message string, at *metav1.Time, ok bool) {
	list, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, item := range list {
		c, isMap := item.(map[string]any)
		if !isMap || c["type"] != kind {
			continue
		}
		get := func(key string) string { s, _ := c[key].(string); return s }
		return get("status"), get("reason"), get("message"), parseTime(get("lastTransitionTime")), true
	}
	return "", "", "", nil, false
}

func parseTime(s string) *metav1.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return nil
	}
	return &metav1.Time{Time: t.UTC()}
}

// Revision reads a Flux revision: "main@sha1:…", "v1.2@sha1:…", "sha1:…", and
// the older "main/SHA". commit is empty for what is no Git commit (sha256: OCI,
// buckets).
func Revision(s string) (branch, commit string) {
	at := strings.LastIndexByte(s, '@')
	digest := s[at+1:]
	if at >= 0 {
		branch = s[:at]
	}
	if sha, ok := strings.CutPrefix(digest, "sha1:"); ok && isHash(sha) {
		return strings.TrimPrefix(branch, "refs/heads/"), sha
	}
	if strings.HasPrefix(digest, "sha256:") {
		// Git knows SHA-256 repositories too, but a digest of an artifact is far
		// likelier: it is not claimed to be a commit.
		return branch, ""
	}
	if i := strings.LastIndexByte(s, '/'); at < 0 && i >= 0 && isHash(s[i+1:]) {
		return s[:i], s[i+1:]
	}
	if at < 0 && isHash(s) {
		return "", s
	}
	return branch, ""
}

func isHash(s string) bool {
	if len(s) != 40 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}
