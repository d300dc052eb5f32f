package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/address"
)

// application reads the Argo CD Application that tracks the object.
func application(ctx context.Context, objects Lister, m Marked) (*v1.Delivery, error) {
	namespace, name, tracked := tracking(m)
	list, err := objects.List(ctx, namespace, "argoproj.io", "Application")
	if err != nil {
		return nil, fmt.Errorf("list Application: %w", err)
	}
	var apps []*unstructured.Unstructured
	for i := range list {
		if list[i].GetName() == name {
			apps = append(apps, &list[i])
		}
	}
	switch {
	case len(apps) == 0 && m.ArgoTracking == "":
		return nil, nil // app.kubernetes.io/instance is everybody's label
	case len(apps) == 0:
		return nil, fmt.Errorf("application %s, which the tracking annotation names, does not exist or may not be read", name)
	case len(apps) > 1:
		return nil, fmt.Errorf("%d applications are named %s", len(apps), name)
	}
	app := apps[0]
	listed := inResources(app, m)
	if m.ArgoTracking == "" && !listed {
		return nil, nil
	}
	d := &v1.Delivery{Tool: "Argo CD", Object: "application/" + app.GetNamespace() + "/" + name, Listed: listed && tracked}
	argoSource(app, d)
	argoApplied(app, d)
	argoHistory(app, d)
	noteSpec(app, d, d.Object, "source", "sources")
	argoState(app, d)
	return d, nil
}

// tracking reads the tracking id, app:group/kind:namespace/name; the app of
// another namespace is written namespace_app. tracked is false if the id names
// another object: then the object is a copy.
func tracking(m Marked) (namespace, app string, tracked bool) {
	if m.ArgoTracking == "" {
		return "", m.ArgoInstance, true
	}
	parts := strings.SplitN(m.ArgoTracking, ":", 3)
	app = parts[0]
	if ns, name, ok := strings.Cut(app, "_"); ok {
		namespace, app = ns, name
	}
	if len(parts) < 3 {
		return namespace, app, false
	}
	kind := parts[1][strings.LastIndexByte(parts[1], '/')+1:]
	return namespace, app, parts[2] == m.Namespace+"/"+m.Name && strings.EqualFold(kind, m.Resource)
}

// inResources tells whether the Application lists the object; one without a list
// is believed.
func inResources(app *unstructured.Unstructured, m Marked) bool {
	resources, ok, _ := unstructured.NestedSlice(app.Object, "status", "resources")
	if !ok {
		return true
	}
	for _, item := range resources {
		r, isMap := item.(map[string]any)
		if !isMap {
			continue
		}
		kind, _ := r["kind"].(string)
		if strings.EqualFold(kind, m.Resource) && r["name"] == m.Name && (r["namespace"] == m.Namespace || r["namespace"] == nil) {
			return true
		}
	}
	return false
}

// argoSource reads repository, path and branch: of the one source, or the first
// of several that has a path.
func argoSource(app *unstructured.Unstructured, d *v1.Delivery) {
	sources := []any{}
	if one, ok, _ := unstructured.NestedMap(app.Object, "spec", "source"); ok {
		sources = append(sources, one)
	}
	more, _, _ := unstructured.NestedSlice(app.Object, "spec", "sources")
	for _, item := range append(sources, more...) {
		s, ok := item.(map[string]any)
		if !ok {
			continue
		}
		get := func(key string) string { v, _ := s[key].(string); return v }
		if get("path") == "" && len(sources)+len(more) > 1 {
			continue
		}
		d.Repo, d.Path, d.Branch = address.Clean(get("repoURL")), strings.TrimPrefix(get("path"), "./"), get("targetRevision")
		d.Source = d.Repo
		if d.Branch == "HEAD" {
			d.Branch = ""
		}
		return
	}
}

// revisionOf is the revision of a history entry or status, of the same source
// that argoSource took.
func revisionOf(app *unstructured.Unstructured, entry map[string]any) string {
	if r, _ := entry["revision"].(string); r != "" {
		return r
	}
	revisions, _ := entry["revisions"].([]any)
	sources, _, _ := unstructured.NestedSlice(app.Object, "spec", "sources")
	for i, r := range revisions {
		s, _ := r.(string)
		if i < len(sources) {
			if m, ok := sources[i].(map[string]any); ok && m["path"] != nil {
				return s
			}
		}
	}
	return ""
}

// argoApplied is the newest deployment: of the history, or of the last operation,
// as partial and self-healing syncs leave no history.
func argoApplied(app *unstructured.Unstructured, d *v1.Delivery) {
	history, _, _ := unstructured.NestedSlice(app.Object, "status", "history")
	if len(history) > 0 {
		if last, ok := history[len(history)-1].(map[string]any); ok {
			at, _ := last["deployedAt"].(string)
			d.Applied, d.AppliedAt = revisionOf(app, last), parseTime(at)
			d.Initiator = initiator(last["initiatedBy"])
		}
	}
	if text(app, "status", "operationState", "phase") == "Succeeded" {
		finished := parseTime(text(app, "status", "operationState", "finishedAt"))
		result, _, _ := unstructured.NestedMap(app.Object, "status", "operationState", "syncResult")
		if r := revisionOf(app, result); r != "" && finished != nil && (d.AppliedAt == nil || d.AppliedAt.Before(finished)) {
			by, _, _ := unstructured.NestedMap(app.Object, "status", "operationState", "operation", "initiatedBy")
			d.Applied, d.AppliedAt, d.Initiator = r, finished, initiator(by)
		}
	}
	if isHash(d.Applied) {
		d.Commit = d.Applied
	}
	sync, _, _ := unstructured.NestedMap(app.Object, "status", "sync")
	d.Head = revisionOf(app, sync)
}

// argoHistory reads every deployment that Argo CD remembers, each with its source.
func argoHistory(app *unstructured.Unstructured, d *v1.Delivery) {
	history, _, _ := unstructured.NestedSlice(app.Object, "status", "history")
	for _, item := range history {
		entry, ok := item.(map[string]any)
		if !ok {
			continue
		}
		at, _ := entry["deployedAt"].(string)
		one := v1.Delivered{At: parseTime(at), Initiator: initiator(entry["initiatedBy"]), Origin: origin(entry)}
		if r := revisionOf(app, entry); isHash(r) {
			one.Commit = r
		}
		d.History = append(d.History, one)
	}
}

// origin is a short name of an entry's source, which may hold credentials.
func origin(entry map[string]any) string {
	source := []any{entry["source"], entry["sources"]}
	if source[0] == nil && source[1] == nil {
		return ""
	}
	text, err := json.Marshal(source)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// initiator is who started a sync, as the API server of Argo CD recorded it.
func initiator(v any) string {
	by, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	if name, _ := by["username"].(string); name != "" {
		return name
	}
	if automated, _ := by["automated"].(bool); automated {
		return "automated sync"
	}
	return ""
}

func argoState(app *unstructured.Unstructured, d *v1.Delivery) {
	policy, automated, _ := unstructured.NestedMap(app.Object, "spec", "syncPolicy", "automated")
	if enabled, ok := policy["enabled"].(bool); ok && !enabled { // since Argo CD 3.1
		automated = false
	}
	d.NoCorrection = !automated || !flag(app, "spec", "syncPolicy", "automated", "selfHeal")
	phase, message := text(app, "status", "operationState", "phase"), text(app, "status", "operationState", "message")
	status := text(app, "status", "sync", "status")
	problem := ""
	conditions, _, _ := unstructured.NestedSlice(app.Object, "status", "conditions")
	for _, item := range conditions {
		if c, ok := item.(map[string]any); ok {
			if kind, _ := c["type"].(string); strings.HasSuffix(kind, "Error") {
				text, _ := c["message"].(string)
				problem = join(kind, text)
			}
		}
	}
	switch {
	case problem != "":
		d.State, d.Message = Stuck, problem
	case status == "Synced":
		d.State = Synced
	case status != "OutOfSync":
		d.State, d.Message = Unknown, "the sync status is "+status
	case phase == "Failed" || phase == "Error":
		d.State, d.Message = Stuck, join(phase, message)
	case d.Head != d.Applied && !automated:
		d.State, d.Manual, d.Message = Behind, true, "automated sync is off"
	case d.Head != d.Applied:
		d.State = Behind
	default:
		d.State, d.Message = Edited, "the cluster differs from the revision that was applied"
	}
}
