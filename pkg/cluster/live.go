package cluster

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// LiveOptions say how Live reads an API server.
type LiveOptions struct {
	// ChunkSize is the page size of lists, 0 for no pages.
	ChunkSize int64
	// Mapper gives resources of kinds that are not built in; it is asked only if
	// such a kind turns up, so that the usual scan needs no discovery. Nil: none.
	Mapper func() (meta.RESTMapper, error)
}

// Live is the form of Objects that reads an API server. It lists what it needs
// of a namespace once and keeps the answers: make a new one for each scan.
// The number of requests grows with namespaces, not with pods.
type Live struct {
	core    kubernetes.Interface
	dynamic dynamic.Interface
	opts    LiveOptions

	pods       memo[[]corev1.Pod]
	configMaps memo[[]corev1.ConfigMap]
	configMap  memo[*corev1.ConfigMap]
	secret     memo[*corev1.Secret]
	lists      memo[[]unstructured.Unstructured]
	object     memo[*unstructured.Unstructured]
}

var _ Objects = (*Live)(nil)

// NewLive reads the API server of config, in protobuf where it can.
func NewLive(config *rest.Config, opts LiveOptions) (*Live, error) {
	typed := clientConfig(config)
	typed.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	typed.ContentType = "application/vnd.kubernetes.protobuf"
	core, err := kubernetes.NewForConfig(typed)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	dyn, err := dynamic.NewForConfig(clientConfig(config))
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	return newLive(core, dyn, opts), nil
}

func newLive(core kubernetes.Interface, dyn dynamic.Interface, opts LiveOptions) *Live {
	return &Live{core: core, dynamic: dyn, opts: opts}
}

// clientConfig is a copy without client-go's default of five requests a second.
func clientConfig(config *rest.Config) *rest.Config {
	c := rest.CopyConfig(config)
	if c.QPS == 0 {
		c.QPS, c.Burst = 100, 200
	}
	return c
}

// Pods lists pods, of one namespace or of all in one go.
func (l *Live) Pods(ctx context.Context, namespace string, opts metav1.ListOptions) ([]corev1.Pod, error) {
	key := namespace + "|" + opts.LabelSelector + "|" + opts.FieldSelector
	return l.pods.do(quiet(ctx, quietBodies), key, func(ctx context.Context) ([]corev1.Pod, error) {
		return pages(l.opts.ChunkSize, opts, func(o metav1.ListOptions) ([]corev1.Pod, string, error) {
			list, err := l.core.CoreV1().Pods(namespace).List(ctx, o)
			if err != nil {
				return nil, "", fmt.Errorf("list pods%s: %w", ofNamespace(namespace), err)
			}
			return list.Items, list.Continue, nil
		})
	})
}

// Namespace asks whether a namespace is there: a list in one that is not is empty.
func (l *Live) Namespace(ctx context.Context, name string) error {
	if _, err := l.core.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{}); err != nil {
		return fmt.Errorf("get namespace %s: %w", name, err)
	}
	return nil
}

// ConfigMaps lists the ConfigMaps of a namespace.
func (l *Live) ConfigMaps(ctx context.Context, namespace string) ([]corev1.ConfigMap, error) {
	return l.configMaps.do(quiet(ctx, quietBodies), namespace, func(ctx context.Context) ([]corev1.ConfigMap, error) {
		return pages(l.opts.ChunkSize, metav1.ListOptions{}, func(o metav1.ListOptions) ([]corev1.ConfigMap, string, error) {
			list, err := l.core.CoreV1().ConfigMaps(namespace).List(ctx, o)
			if err != nil {
				return nil, "", fmt.Errorf("list configmaps%s: %w", ofNamespace(namespace), err)
			}
			return list.Items, list.Continue, nil
		})
	})
}

// ConfigMap takes a ConfigMap out of its namespace's list, or gets it by name
// where listing is not allowed.
func (l *Live) ConfigMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error) {
	all, err := l.ConfigMaps(ctx, namespace)
	if err == nil {
		for i := range all {
			if all[i].Name == name {
				return &all[i], nil
			}
		}
		return nil, apierrors.NewNotFound(corev1.Resource("configmaps"), name)
	}
	if !apierrors.IsForbidden(err) {
		return nil, err
	}
	return l.configMap.do(quiet(ctx, quietBodies), namespace+"/"+name, func(ctx context.Context) (*corev1.ConfigMap, error) {
		cm, err := l.core.CoreV1().ConfigMaps(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("get configmap %s/%s: %w", namespace, name, err)
		}
		return cm, nil
	})
}

// Secret gets one Secret by name. Secrets are never listed: a scan wants the
// right to read those that it uses, not all.
func (l *Live) Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error) {
	return l.secret.do(quiet(ctx, quietBodies), namespace+"/"+name, func(ctx context.Context) (*corev1.Secret, error) {
		s, err := l.core.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("get secret %s/%s: %w", namespace, name, err)
		}
		return s, nil
	})
}

// Owner finds the object that an owner reference names in its namespace's list,
// or gets it by name where listing is not allowed.
func (l *Live) Owner(ctx context.Context, namespace string, ref metav1.OwnerReference) (*unstructured.Unstructured, error) {
	gv, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("owner %s %s: %w", ref.Kind, ref.Name, err)
	}
	resource, namespaced, err := l.resource(gv.WithKind(ref.Kind).GroupKind())
	if err != nil {
		return nil, err
	}
	notFound := apierrors.NewNotFound(schema.GroupResource{Group: gv.Group, Resource: resource.Resource}, ref.Name)
	if resource.Empty() {
		notFound.ErrStatus.Message = fmt.Sprintf("owner %s %q: the API server does not serve this kind", ref.Kind, ref.Name)
		return nil, notFound
	}
	if namespaced {
		items, err := l.list(ctx, resource, namespace)
		if err == nil {
			for i := range items {
				if items[i].GetName() == ref.Name {
					return &items[i], nil
				}
			}
			return nil, notFound
		}
		if !apierrors.IsForbidden(err) {
			return nil, err
		}
	}
	return l.get(ctx, resource, namespace, ref.Name, namespaced)
}

// List lists the objects of a kind; nil where the API server does not serve it.
func (l *Live) List(ctx context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error) {
	resource, _, err := l.resource(schema.GroupKind{Group: group, Kind: kind})
	if err != nil || resource.Empty() {
		return nil, err
	}
	return l.list(ctx, resource, namespace)
}

func (l *Live) list(ctx context.Context, resource schema.GroupVersionResource, namespace string) ([]unstructured.Unstructured, error) {
	return l.lists.do(quiet(ctx, quietBodies), resource.String()+"|"+namespace, func(ctx context.Context) ([]unstructured.Unstructured, error) {
		return pages(l.opts.ChunkSize, metav1.ListOptions{}, func(o metav1.ListOptions) ([]unstructured.Unstructured, string, error) {
			list, err := l.dynamic.Resource(resource).Namespace(namespace).List(ctx, o)
			if err != nil {
				return nil, "", fmt.Errorf("list %s%s: %w", resource.GroupResource(), ofNamespace(namespace), err)
			}
			return list.Items, list.GetContinue(), nil
		})
	})
}

func (l *Live) get(ctx context.Context, resource schema.GroupVersionResource, namespace, name string, namespaced bool) (*unstructured.Unstructured, error) {
	return l.object.do(quiet(ctx, quietBodies), resource.String()+"|"+namespace+"/"+name, func(ctx context.Context) (*unstructured.Unstructured, error) {
		client := dynamic.ResourceInterface(l.dynamic.Resource(resource))
		if namespaced {
			client = l.dynamic.Resource(resource).Namespace(namespace)
		}
		obj, err := client.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("get %s %s: %w", resource.GroupResource(), name, err)
		}
		return obj, nil
	})
}

// wellKnown are the kinds that own pods everywhere; they need no discovery.
var wellKnown = map[schema.GroupKind]schema.GroupVersionResource{
	{Kind: "Event"}:                      {Version: "v1", Resource: "events"},
	{Group: "apps", Kind: "StatefulSet"}: {Group: "apps", Version: "v1", Resource: "statefulsets"},
	{Group: "apps", Kind: "ReplicaSet"}:  {Group: "apps", Version: "v1", Resource: "replicasets"},
	{Group: "apps", Kind: "Deployment"}:  {Group: "apps", Version: "v1", Resource: "deployments"},
	{Group: "apps", Kind: "DaemonSet"}:   {Group: "apps", Version: "v1", Resource: "daemonsets"},
	{Group: "batch", Kind: "Job"}:        {Group: "batch", Version: "v1", Resource: "jobs"},
	{Group: "batch", Kind: "CronJob"}:    {Group: "batch", Version: "v1", Resource: "cronjobs"},
}

// resource is empty where the API server does not serve the kind.
func (l *Live) resource(kind schema.GroupKind) (schema.GroupVersionResource, bool, error) {
	if r, ok := wellKnown[kind]; ok {
		return r, true, nil
	}
	if l.opts.Mapper == nil {
		return schema.GroupVersionResource{}, false, nil
	}
	mapper, err := l.opts.Mapper()
	if err != nil {
		return schema.GroupVersionResource{}, false, fmt.Errorf("discover the kinds of the API server: %w", err)
	}
	mapping, err := mapper.RESTMapping(kind)
	if meta.IsNoMatchError(err) {
		return schema.GroupVersionResource{}, false, nil
	}
	if err != nil {
		return schema.GroupVersionResource{}, false, fmt.Errorf("discover kind %s: %w", kind, err)
	}
	return mapping.Resource, mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// pages lists in chunks; a continue token that expired starts again, whole.
func pages[T any](chunk int64, opts metav1.ListOptions, page func(metav1.ListOptions) ([]T, string, error)) ([]T, error) {
	opts.Limit = chunk
	var all []T
	for {
		items, next, err := page(opts)
		if err != nil {
			if opts.Continue != "" && apierrors.IsResourceExpired(err) {
				all, opts.Continue, opts.Limit = nil, "", 0
				continue
			}
			return nil, err
		}
		all = append(all, items...)
		if next == "" {
			return all, nil
		}
		opts.Continue = next
	}
}

func ofNamespace(namespace string) string {
	if namespace == "" {
		return " in all namespaces"
	}
	return " in namespace " + namespace
}
