package blame

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// workload reads the pod's start and the objects above it.
func (g *gatherer) workload(ctx context.Context) {
	pod := g.in.Pod
	if pod == nil {
		g.absent("workload", "the pod is not known")
		return
	}
	w := &WorkloadFacts{Pod: pod.Name, PodCreated: pod.CreationTimestamp.Time}
	g.f.Pod = w
	for _, status := range pod.Status.ContainerStatuses {
		if status.Name == g.in.Instance.Container {
			w.Restarts = int(status.RestartCount)
			if status.State.Running != nil {
				w.ContainerStarted = status.State.Running.StartedAt.Time
			}
		}
	}
	if g.in.Objects == nil {
		return
	}
	owner := g.topOwner(ctx, pod)
	if owner == nil {
		return
	}
	w.Owner = strings.ToLower(owner.GetKind()) + "/" + owner.GetName()
	path := []string{"spec", "template", "spec", "containers", containerKey(g.in.Instance.Container)}
	for _, field := range []string{"args", "command", "env", "image"} {
		for _, o := range fieldmanager.Of(owner.GetManagedFields(), append(path, field)...) {
			w.Template = append(w.Template, TemplateOwner{field, o})
		}
	}
	slices.SortStableFunc(w.Template, func(a, b TemplateOwner) int { return b.Time.Compare(a.Time) })
	w.Revisions = g.rollouts(ctx, owner)
}

// containerKey is how FieldsV1 names a container in its list.
func containerKey(name string) string {
	key, _ := json.Marshal(map[string]string{"name": name})
	return string(key)
}

// topOwner follows controllers upwards: pod, ReplicaSet, Deployment.
func (g *gatherer) topOwner(ctx context.Context, pod *corev1.Pod) *unstructured.Unstructured {
	var top *unstructured.Unstructured
	refs := pod.OwnerReferences
	for range 3 {
		ref := metav1.GetControllerOfNoCopy(&metav1.ObjectMeta{OwnerReferences: refs})
		if ref == nil {
			return top
		}
		owner, err := g.in.Objects.Owner(ctx, pod.Namespace, *ref)
		if err != nil || owner == nil {
			if err != nil && top == nil {
				g.absent("workload", "%s/%s: %s", strings.ToLower(ref.Kind), ref.Name, whyNotRead(err))
			}
			return top
		}
		if _, hasTemplate, _ := unstructured.NestedMap(owner.Object, "spec", "template", "spec"); !hasTemplate {
			return top // an operator's resource: its template is its own matter
		}
		top, refs = owner, owner.GetOwnerReferences()
	}
	return top
}

// rollouts reads the revisions that a StatefulSet (ControllerRevisions) or a
// Deployment (ReplicaSets) keeps.
func (g *gatherer) rollouts(ctx context.Context, owner *unstructured.Unstructured) []Rollout {
	kind, template := "ControllerRevision", []string{"data", "spec", "template", "spec"}
	if owner.GetKind() == "Deployment" {
		kind, template = "ReplicaSet", []string{"spec", "template", "spec"}
	}
	list, err := g.in.Objects.List(ctx, owner.GetNamespace(), "apps", kind)
	if err != nil {
		g.absent("rollouts", "%s", whyNotRead(err))
		return nil
	}
	type revision struct {
		number    int64
		object    unstructured.Unstructured
		container *corev1.Container
	}
	var revisions []revision
	for _, object := range list {
		if !ownedBy(object.GetOwnerReferences(), owner.GetUID()) {
			continue
		}
		if c := templateContainer(object.Object, g.in.Instance.Container, template...); c != nil {
			number, ok, _ := unstructured.NestedInt64(object.Object, "revision")
			if !ok { // a ReplicaSet's
				number, _ = strconv.ParseInt(object.GetAnnotations()["deployment.kubernetes.io/revision"], 10, 64)
			}
			revisions = append(revisions, revision{number, object, c})
		}
	}
	slices.SortFunc(revisions, func(a, b revision) int {
		return cmp.Or(cmp.Compare(a.number, b.number), a.object.GetCreationTimestamp().Compare(b.object.GetCreationTimestamp().Time))
	})
	var rollouts []Rollout
	for i, r := range revisions {
		out := Rollout{Name: strings.ToLower(kind) + "/" + r.object.GetName(), Created: r.object.GetCreationTimestamp().Time,
			Image: r.container.Image, Args: slices.Concat(r.container.Command, r.container.Args)}
		out.Value, out.Has = argument(out.Args, g.f.Variable, g.f.Values)
		out.Value = expand(out.Value, r.container.Env)
		if i > 0 {
			before := revisions[i-1].object.GetCreationTimestamp()
			out.Changed, out.Again = changed(revisions[i-1].container, r.container), out.Created.Before(before.Time)
		}
		rollouts = append(rollouts, out)
	}
	return rollouts
}

// expand puts plain variables of the environment into an argument's $(NAME), as
// the kubelet does. Those that come from elsewhere stay as written: a change of
// theirs is no rollout.
func expand(value string, env []corev1.EnvVar) string {
	for range env { // a variable may refer to those before it
		before := value
		for _, e := range env {
			if e.ValueFrom == nil {
				value = strings.ReplaceAll(value, "$("+e.Name+")", e.Value)
			}
		}
		if value == before {
			break
		}
	}
	return value
}

func ownedBy(refs []metav1.OwnerReference, uid types.UID) bool {
	return slices.ContainsFunc(refs, func(r metav1.OwnerReference) bool { return r.UID == uid })
}

func templateContainer(object map[string]any, name string, path ...string) *corev1.Container {
	raw, ok, _ := unstructured.NestedMap(object, path...)
	if !ok {
		return nil
	}
	var spec corev1.PodSpec
	if runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &spec) != nil {
		return nil
	}
	return container(&spec, name)
}

// changed names the fields of a container that decide how the server starts.
func changed(before, now *corev1.Container) []string {
	var names []string
	if before.Image != now.Image {
		names = append(names, "image")
	}
	if !slices.Equal(before.Command, now.Command) {
		names = append(names, "command")
	}
	if !slices.Equal(before.Args, now.Args) {
		names = append(names, "args")
	}
	if !slices.EqualFunc(before.Env, now.Env, func(a, b corev1.EnvVar) bool { return a.Name == b.Name && a.Value == b.Value }) {
		names = append(names, "env")
	}
	return names
}

// argument is the variable's last setting among arguments.
func argument(args []string, variable string, values Values) (value string, ok bool) {
	for i, arg := range args {
		if !strings.HasPrefix(arg, "--") {
			continue
		}
		option, v, has := strings.Cut(arg[2:], "=")
		if values.Variable(option) != variable {
			continue
		}
		if !has && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			v = args[i+1]
		}
		value, ok = v, true
	}
	return value, ok
}
