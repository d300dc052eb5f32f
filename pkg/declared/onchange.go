package declared

import (
	"context"
	"regexp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kustomizeHash ends the names that Kustomize's generators give: a change of the
// text gives another name, and the workload that refers to it another template.
// Source: encode in sigs.k8s.io/kustomize/api/hasher.
var kustomizeHash = regexp.MustCompile(`-[2456789bcdfghkmt]{10}$`)

// onChangeOf is what an edit of a ConfigMap or Secret does in a pod that no
// operator looks after.
func (r *resolver) onChangeOf(ctx context.Context, kind, name, via string) string {
	switch {
	case r.reloads(ctx, kind, name):
		return "Reloader, where it is installed, restarts the pods one by one (annotation reloader.stakater.com)"
	case kustomizeHash.MatchString(name):
		return "Kustomize gives a change another name, and the pods are replaced one by one; of an edit of this object itself: " + byVia(via)
	}
	return byVia(via)
}

const reloader = "reloader.stakater.com/"

// reloads says whether Stakater's Reloader restarts the workload's pods for an
// object: for those that are named, for all that they use but those that are taken
// out, or for those that ask.
// Source: docs/reference/annotations.md of github.com/stakater/Reloader.
func (r *resolver) reloads(ctx context.Context, kind, name string) bool {
	own := r.annotationsOf(ctx, kind, name)
	if own[reloader+"ignore"] == "true" {
		return false
	}
	for _, set := range r.workloadAnnotations(ctx) {
		switch {
		case set[reloader+"ignore"] == "true" || namesObject(set[kind+"s.exclude."+reloader+"reload"], name):
		case namesObject(set[kind+"."+reloader+"reload"], name),
			set[reloader+"auto"] == "true", set[kind+"."+reloader+"auto"] == "true",
			set[reloader+"search"] == "true" && own[reloader+"match"] == "true":
			return true
		}
	}
	return false
}

// namesObject says whether a list has a name; each of its words is an expression.
func namesObject(list, name string) bool {
	for _, word := range strings.Split(list, ",") {
		if re, err := regexp.Compile("^(?:" + strings.TrimSpace(word) + ")$"); err == nil && re.MatchString(name) {
			return true
		}
	}
	return false
}

// workloadAnnotations are the annotations of what owns the pod, and its own, which
// are its template's.
func (r *resolver) workloadAnnotations(ctx context.Context) []map[string]string {
	sets := []map[string]string{r.pod.Annotations}
	refs := r.pod.OwnerReferences
	for range 3 {
		ref := controllerOf(refs)
		if ref == nil {
			break
		}
		owner, err := r.objs.Owner(ctx, r.pod.Namespace, *ref)
		if err != nil || owner == nil {
			break
		}
		sets = append(sets, owner.GetAnnotations())
		refs = owner.GetOwnerReferences()
	}
	return sets
}

func (r *resolver) annotationsOf(ctx context.Context, kind, name string) map[string]string {
	var o metav1.Object
	var err error
	if kind == "secret" {
		o, err = r.objs.Secret(ctx, r.pod.Namespace, name)
	} else {
		o, err = r.objs.ConfigMap(ctx, r.pod.Namespace, name)
	}
	if err != nil {
		return nil
	}
	return o.GetAnnotations()
}
