package blame

import (
	"context"
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// listed answers List only, by namespace.
type listed struct {
	Objects
	events map[string][]unstructured.Unstructured
	err    error
}

func (l listed) List(_ context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error) {
	if group != "" || kind != "Event" {
		return nil, errors.New("unexpected kind")
	}
	return l.events[namespace], l.err
}

func event(kind, name, reason, message string, rest map[string]any) unstructured.Unstructured {
	object := map[string]any{"apiVersion": "v1", "kind": "Event", "reason": reason, "message": message,
		"involvedObject": map[string]any{"kind": kind, "name": name}, "source": map[string]any{"component": "kubelet"}}
	for k, v := range rest {
		object[k] = v
	}
	return unstructured.Unstructured{Object: object}
}

func TestEvents(t *testing.T) {
	objects := listed{events: map[string][]unstructured.Unstructured{
		"shop": {
			event("Pod", "mysql-0", "Killing", "Container mysql failed liveness probe, will be restarted", map[string]any{"lastTimestamp": "2026-11-25T03:00:00Z", "count": int64(3)}),
			event("Pod", "mysql-0", "FailedPostStartHook", "Exec lifecycle hook ([mysql -pHUNTER2]) failed", map[string]any{"lastTimestamp": "2026-11-25T02:00:00Z"}),
			event("Pod", "mysql-0", "Started", "Container started", nil),
			event("Pod", "mysql-0", "Unhealthy", "Readiness probe failed: refused", nil),
			event("Pod", "mysql-0", "Unhealthy", `Liveness probe failed: command timed out: "mysqladmin -pHUNTER2 ping"`, map[string]any{"lastTimestamp": "2026-11-25T02:30:00Z"}),
			event("Pod", "mysql-1", "Killing", "another pod's", nil),
			event("StatefulSet", "mysql-0", "SuccessfulCreate", "another kind of the same name", nil),
		},
		"flux-system": {event("Kustomization", "shop", "ReconciliationSucceeded", "Reconciliation finished", map[string]any{"eventTime": "2026-11-25T01:00:00.000001Z", "source": map[string]any{}, "reportingComponent": "kustomize-controller"})},
	}}
	f := &Facts{Absent: map[string]string{}, Pod: &WorkloadFacts{Pod: "mysql-0"}, Deliver: []v1.Delivery{{Object: "kustomization/flux-system/shop"}}}
	g := gatherer{in: Input{Instance: v1.Instance{Namespace: "shop"}, Objects: objects}, f: f}
	g.events(context.Background())

	pod := eventEvidence(f, "pod/mysql-0")
	if len(pod) != 3 || pod[1].Text != "Unhealthy: Liveness probe failed, says kubelet" || pod[0].Text != "FailedPostStartHook, says kubelet" ||
		pod[2].Text != "Killing: Container mysql failed liveness probe, will be restarted (3 times), says kubelet" || pod[2].Time == nil {
		t.Errorf("of the pod: %+v", pod)
	}
	flux := eventEvidence(f, "kustomization/flux-system/shop")
	if len(flux) != 1 || !strings.HasSuffix(flux[0].Text, "says kustomize-controller") || flux[0].Time == nil {
		t.Errorf("of Flux: %+v", flux)
	}
	for _, e := range append(pod, flux...) {
		if e.Who != "" {
			t.Errorf("an event names nobody: %+v", e)
		}
	}
}

func TestEventsMayNotBeRead(t *testing.T) {
	f := &Facts{Absent: map[string]string{}, Pod: &WorkloadFacts{Pod: "mysql-0"}}
	g := gatherer{in: Input{Instance: v1.Instance{Namespace: "shop"}, Objects: listed{err: errors.New("list events: no")}}, f: f}
	g.events(context.Background())
	hop := startHop(f)
	if last := hop.Evidence[len(hop.Evidence)-1]; last.Kind != "event" || !strings.Contains(last.Text, "not available because list events") {
		t.Errorf("got %+v", hop.Evidence)
	}
}
