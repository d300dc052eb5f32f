package evidence

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// rollout tells how many pods the pod's workload wants, 0 if that is not known,
// and whether a rollout is about to replace this one.
func rollout(ctx context.Context, objects cluster.Objects, pod *corev1.Pod) (want int, replaced bool) {
	if pod.DeletionTimestamp != nil {
		return 0, true
	}
	var top *unstructured.Unstructured
	refs := pod.OwnerReferences
	for range 2 { // ReplicaSet, Deployment; or StatefulSet
		ref := metav1.GetControllerOfNoCopy(&metav1.ObjectMeta{OwnerReferences: refs})
		if ref == nil {
			break
		}
		owner, err := objects.Owner(ctx, pod.Namespace, *ref)
		if err != nil || owner == nil {
			return 0, false
		}
		if _, has, _ := unstructured.NestedMap(owner.Object, "spec", "template"); !has {
			break // an operator's resource
		}
		top, refs = owner, owner.GetOwnerReferences()
	}
	if top == nil {
		return 0, false
	}
	n, found, _ := unstructured.NestedInt64(top.Object, "spec", "replicas")
	if !found {
		n = 1
	}
	return int(n), replacing(top, pod)
}

// replacing: the workload's controller replaces the pod, for its template changed.
func replacing(owner *unstructured.Unstructured, pod *corev1.Pod) bool {
	observed, _, _ := unstructured.NestedInt64(owner.Object, "status", "observedGeneration")
	behind := observed != 0 && observed < owner.GetGeneration()
	switch owner.GetKind() {
	case "StatefulSet":
		strategy, _, _ := unstructured.NestedString(owner.Object, "spec", "updateStrategy", "type")
		partition, _, _ := unstructured.NestedInt64(owner.Object, "spec", "updateStrategy", "rollingUpdate", "partition")
		update, _, _ := unstructured.NestedString(owner.Object, "status", "updateRevision")
		return strategy != "OnDelete" && partition == 0 && (behind || update != "" && update != pod.Labels["controller-revision-hash"])
	case "Deployment":
		conditions, _, _ := unstructured.NestedSlice(owner.Object, "status", "conditions")
		for _, item := range conditions {
			c, ok := item.(map[string]any)
			if ok && c["type"] == "Progressing" && (c["reason"] == "ReplicaSetUpdated" || c["reason"] == "NewReplicaSetCreated" || c["reason"] == "FoundNewReplicaSet") {
				behind = true
			}
		}
		// Which of its pods are old, only their ReplicaSets tell: none counts until
		// all are new.
		updated, _, _ := unstructured.NestedInt64(owner.Object, "status", "updatedReplicas")
		all, _, _ := unstructured.NestedInt64(owner.Object, "status", "replicas")
		return behind && (all == 0 || updated != all)
	}
	return false
}
