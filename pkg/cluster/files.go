package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Files is Objects from manifests: what those would give if they were applied.
// Pods are made up from workloads unless the manifests hold the pods themselves.
//
// A manifest without a namespace would be applied to the user's current one, so
// a lookup that finds nothing in its own namespace takes the object without a
// namespace, and a pod without one takes the only object of that name.
type Files struct {
	objects []unstructured.Unstructured
	byName  map[objectKey][]int // kind and name → indices into objects

	configMaps map[int]*corev1.ConfigMap
	secrets    map[int]*corev1.Secret
	pods       []corev1.Pod
}

type objectKey struct{ kind, name string }

var _ Objects = (*Files)(nil)

// index decodes what is asked for often and makes up the pods. Later objects
// replace earlier ones of the same kind, namespace and name, as `kubectl apply`
// would have it.
func (f *Files) index() error {
	f.byName = map[objectKey][]int{}
	f.configMaps = map[int]*corev1.ConfigMap{}
	f.secrets = map[int]*corev1.Secret{}
	for i := range f.objects {
		o := &f.objects[i]
		key := objectKey{o.GetKind(), o.GetName()}
		f.byName[key] = slices.DeleteFunc(f.byName[key], func(j int) bool {
			p := &f.objects[j]
			return p.GetNamespace() == o.GetNamespace() && p.GroupVersionKind().Group == o.GroupVersionKind().Group
		})
		f.byName[key] = append(f.byName[key], i)
		switch {
		case o.GetKind() == "ConfigMap" && o.GetAPIVersion() == "v1":
			cm, err := decode[corev1.ConfigMap](o)
			if err != nil {
				return err
			}
			f.configMaps[i] = cm
		case o.GetKind() == "Secret" && o.GetAPIVersion() == "v1":
			secret, err := decode[corev1.Secret](o)
			if err != nil {
				return err
			}
			foldStringData(secret)
			f.secrets[i] = secret
		}
	}
	return f.inventPods()
}

// decode turns an object into its type. Its errors hold no values: a Secret may
// be among them.
func decode[T any](o *unstructured.Unstructured) (*T, error) {
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, typed); err == nil {
		return typed, nil
	}
	// Hand-written manifests have numbers where the API wants strings.
	loose := o.DeepCopy()
	stringify(loose.Object)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(loose.Object, typed); err != nil {
		return nil, fmt.Errorf("%s/%s is no valid %s", strings.ToLower(o.GetKind()), o.GetName(), o.GetKind())
	}
	return typed, nil
}

// stringify makes text of what must be text: data, labels, annotations and the
// values of environment variables.
func stringify(v any) {
	switch x := v.(type) {
	case map[string]any:
		for key, child := range x {
			switch key {
			case "data", "stringData", "labels", "annotations", "matchLabels":
				if m, ok := child.(map[string]any); ok {
					for k, e := range m {
						m[k] = textOf(e)
					}
					continue
				}
			case "value":
				x[key] = textOf(child)
				continue
			case "command", "args":
				if list, ok := child.([]any); ok {
					for i := range list {
						list[i] = textOf(list[i])
					}
					continue
				}
			}
			stringify(child)
		}
	case []any:
		for _, child := range x {
			stringify(child)
		}
	}
}

func textOf(v any) any {
	switch v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return v
	}
	return string(text)
}

// foldStringData does what the API server does with stringData.
func foldStringData(s *corev1.Secret) {
	if s.Data == nil {
		s.Data = map[string][]byte{}
	}
	for key, text := range s.StringData {
		s.Data[key] = []byte(text)
	}
	s.StringData = nil
}

// find is the index of the object of that kind and name that a pod in namespace
// would get, or -1.
func (f *Files) find(kind, group, namespace, name string) int {
	var bare, others []int
	for _, i := range f.byName[objectKey{kind, name}] {
		o := &f.objects[i]
		if group != "*" && o.GroupVersionKind().Group != group {
			continue
		}
		switch o.GetNamespace() {
		case namespace:
			return i
		case "":
			bare = append(bare, i)
		default:
			others = append(others, i)
		}
	}
	if len(bare) == 1 {
		return bare[0]
	}
	if namespace == "" && len(others) == 1 {
		return others[0]
	}
	return -1
}

// ConfigMap implements Objects.
func (f *Files) ConfigMap(_ context.Context, namespace, name string) (*corev1.ConfigMap, error) {
	if i := f.find("ConfigMap", "", namespace, name); i >= 0 {
		return f.configMaps[i], nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, name)
}

// Secret implements Objects.
func (f *Files) Secret(_ context.Context, namespace, name string) (*corev1.Secret, error) {
	if i := f.find("Secret", "", namespace, name); i >= 0 {
		return f.secrets[i], nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
}

// ConfigMaps implements Objects.
func (f *Files) ConfigMaps(_ context.Context, namespace string) ([]corev1.ConfigMap, error) {
	var list []corev1.ConfigMap
	for i := range f.objects {
		if cm := f.configMaps[i]; cm != nil && inNamespace(cm.Namespace, namespace) {
			list = append(list, *cm)
		}
	}
	return list, nil
}

// Owner implements Objects.
func (f *Files) Owner(_ context.Context, namespace string, ref metav1.OwnerReference) (*unstructured.Unstructured, error) {
	gv, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("owner %s/%s: %w", ref.Kind, ref.Name, err)
	}
	if i := f.find(ref.Kind, gv.Group, namespace, ref.Name); i >= 0 {
		return f.objects[i].DeepCopy(), nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Group: gv.Group, Resource: strings.ToLower(ref.Kind)}, ref.Name)
}

// List implements Objects.
func (f *Files) List(_ context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error) {
	var list []unstructured.Unstructured
	for i := range f.objects {
		o := &f.objects[i]
		if o.GetKind() == kind && o.GroupVersionKind().Group == group && inNamespace(o.GetNamespace(), namespace) {
			list = append(list, *o.DeepCopy())
		}
	}
	return list, nil
}

// Namespace implements Objects: manifests are applied to the namespace that a user names.
func (f *Files) Namespace(context.Context, string) error { return nil }

// Pods implements Objects.
func (f *Files) Pods(_ context.Context, namespace string, opts metav1.ListOptions) ([]corev1.Pod, error) {
	byLabel, err := labels.Parse(opts.LabelSelector)
	if err != nil {
		return nil, fmt.Errorf("label selector %q: %w", opts.LabelSelector, err)
	}
	byField, err := fields.ParseSelector(opts.FieldSelector)
	if err != nil {
		return nil, fmt.Errorf("field selector %q: %w", opts.FieldSelector, err)
	}
	var list []corev1.Pod
	for i := range f.pods {
		p := &f.pods[i]
		set := fields.Set{
			"metadata.name": p.Name, "metadata.namespace": p.Namespace,
			"spec.nodeName": p.Spec.NodeName, "status.phase": string(p.Status.Phase),
		}
		if inNamespace(p.Namespace, namespace) && byLabel.Matches(labels.Set(p.Labels)) && byField.Matches(set) {
			list = append(list, *p.DeepCopy())
		}
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].Namespace < list[b].Namespace })
	return list, nil
}

// inNamespace says whether an object would be in namespace: one that names none
// is applied to any.
func inNamespace(object, namespace string) bool {
	return namespace == "" || object == "" || object == namespace
}
