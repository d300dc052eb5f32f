package blame

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// EventFact is a Kubernetes Event about an object of the chain. It tells why
// something happened, a killed container say; it names no person.
type EventFact struct {
	Object   string // pod/mysql-0, kustomization/flux-system/shop
	Reason   string
	Text     string
	Reporter string
	Last     time.Time
	Count    int64
}

// atMostEvents of one hop are shown, the newest.
const atMostEvents = 5

// events reads what Kubernetes Events, kept for an hour as a rule, say of the pod
// and the objects above it. It comes after all that names those objects.
func (g *gatherer) events(ctx context.Context) {
	if g.in.Objects == nil {
		g.absent("events", "no cluster is read")
		return
	}
	namespace := g.in.Instance.Namespace
	read := map[string][]unstructured.Unstructured{}
	of := func(namespace, object string) {
		list, ok := read[namespace]
		if !ok {
			var err error
			if list, err = g.in.Objects.List(ctx, namespace, "", "Event"); err != nil {
				g.absent("events", "%s", whyNotRead(err))
			}
			read[namespace] = list
		}
		g.f.Events = append(g.f.Events, eventsOf(list, namespace, object, namespace == g.in.Instance.Namespace)...)
	}
	if p := g.f.Pod; p != nil {
		of(namespace, "pod/"+p.Pod)
		if p.Owner != "" {
			of(namespace, p.Owner)
		}
	}
	if o := g.f.Object; o != nil {
		of(namespace, o.Resource+"/"+o.Name)
	}
	for _, d := range g.f.Deliver {
		if kind, rest, ok := strings.Cut(d.Object, "/"); ok {
			if in, name, ok := strings.Cut(rest, "/"); ok {
				of(in, kind+"/"+name)
			}
		}
	}
}

// eventsOf are the events about one object, kind/name, oldest first. Within the
// instance's namespace they keep that name, elsewhere it gets the namespace.
func eventsOf(list []unstructured.Unstructured, namespace, object string, home bool) []EventFact {
	name := object
	if kind, rest, _ := strings.Cut(object, "/"); !home {
		name = kind + "/" + namespace + "/" + rest
	}
	var found []EventFact
	for i := range list {
		e := list[i].Object
		field := func(path ...string) string { s, _, _ := unstructured.NestedString(e, path...); return s }
		if strings.ToLower(field("involvedObject", "kind"))+"/"+field("involvedObject", "name") != object {
			continue
		}
		if everyday(field("reason"), field("message")) {
			continue
		}
		fact := EventFact{Object: name, Reason: field("reason"), Text: strings.TrimSpace(field("message")),
			Reporter: cmp.Or(field("source", "component"), field("reportingComponent"))}
		for _, at := range []string{field("series", "lastObservedTime"), field("lastTimestamp"), field("eventTime"), field("firstTimestamp")} {
			if t, err := time.Parse(time.RFC3339, at); err == nil {
				fact.Last = t.UTC()
				break
			}
		}
		fact.Count = max(1, number(e, "count"), number(e, "series", "count"))
		switch { // of a hook and a probe the kubelet tells the command, passwords and all
		case strings.HasSuffix(fact.Reason, "Hook"):
			fact.Text = ""
		case fact.Reason == "Unhealthy" || fact.Reason == "ProbeWarning":
			fact.Text, _, _ = strings.Cut(fact.Text, ":")
		}
		found = append(found, fact)
	}
	slices.SortStableFunc(found, func(a, b EventFact) int { return a.Last.Compare(b.Last) })
	return found[max(0, len(found)-atMostEvents):]
}

// everyday: events that each start of a pod leaves, or that are no cause of one.
func everyday(reason, message string) bool {
	switch reason {
	case "Scheduled", "Pulling", "Pulled", "Created", "Started", "SuccessfulAttachVolume", "SuccessfulCreate", "ScalingReplicaSet",
		"MissingClusterDNS", "DNSConfigForming":
		return true
	case "Unhealthy":
		return strings.HasPrefix(message, "Readiness probe")
	}
	return false
}

func number(object map[string]any, path ...string) int64 {
	n, _, _ := unstructured.NestedInt64(object, path...)
	return n
}

// eventEvidence is what events say of some objects.
func eventEvidence(f *Facts, objects ...string) []v1.Evidence {
	var list []v1.Evidence
	for _, e := range f.Events {
		if !slices.Contains(objects, e.Object) {
			continue
		}
		text := e.Reason
		if e.Text != "" {
			text += ": " + e.Text
		}
		if e.Count > 1 {
			text += fmt.Sprintf(" (%d times)", e.Count)
		}
		if e.Reporter != "" {
			text += ", says " + e.Reporter
		}
		list = append(list, v1.Evidence{Kind: "event", Text: text, Object: e.Object, Time: timeOrNil(e.Last), Confidence: Possible})
	}
	return list
}
