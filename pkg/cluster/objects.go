package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Objects is the read side of Kubernetes that discovery and resolution need. It
// has two forms: Live reads an API server (lists a namespace once and keeps the
// answer for the length of a scan), Files reads manifests from disk. Objects
// that do not exist answer with a NotFound API error (apierrors.IsNotFound),
// those that may not be read with Forbidden.
type Objects interface {
	// Pods lists the pods of a namespace ("" = all). Files makes them up from
	// workloads: NAME-ORDINAL for a StatefulSet, NAME-0 for anything else.
	Pods(ctx context.Context, namespace string, opts metav1.ListOptions) ([]corev1.Pod, error)
	ConfigMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error)
	ConfigMaps(ctx context.Context, namespace string) ([]corev1.ConfigMap, error)
	Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error)
	// Owner reads the object that an owner reference names (StatefulSet,
	// ReplicaSet, PerconaXtraDBCluster, …) by discovery, whatever its kind.
	Owner(ctx context.Context, namespace string, ref metav1.OwnerReference) (*unstructured.Unstructured, error)
	// List lists the objects of a kind in a namespace; nil without an error where
	// the kind is not served.
	List(ctx context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error)
	// Namespace answers nil where there is a namespace of that name. Files has every one.
	Namespace(ctx context.Context, name string) error
}
