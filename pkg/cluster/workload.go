package cluster

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// objectName is a kind in lower case and a name: {statefulset mysql}.
type objectName struct{ kind, name string }

func (o objectName) String() string { return o.kind + "/" + o.name }

// shortNames are what kubectl users type for a kind, in lower case.
var shortNames = map[string]string{
	"po": "pod", "cm": "configmap", "sts": "statefulset", "deploy": "deployment", "rs": "replicaset", "ds": "daemonset",
	"pxc": "perconaxtradbcluster", "ps": "perconaservermysql", "ic": "innodbcluster", "mycluster": "mysqlcluster",
}

// kindOf makes a typed kind comparable: short names, plurals and API groups go.
func kindOf(text string) string {
	kind := strings.ToLower(text)
	kind, _, _ = strings.Cut(kind, ".")
	if long, ok := shortNames[kind]; ok {
		return long
	}
	if strings.HasSuffix(kind, "s") && !strings.HasSuffix(kind, "ss") {
		return kind[:len(kind)-1]
	}
	return kind
}

// isKind: the word is a kind of what runs servers, as kubectl users type it.
func isKind(text string) bool {
	switch kindOf(text) {
	case "pod", "statefulset", "deployment", "replicaset", "daemonset", "configmap":
		return true
	}
	return false
}

// SameKind compares a typed kind with one from an object. Some kinds end in s
// themselves.
func SameKind(typed, real string) bool {
	real = strings.ToLower(real)
	return kindOf(typed) == real || strings.ToLower(typed) == real || kindOf(typed) == kindOf(real)
}

// workloadOf names what owns a pod as a user knows it: the Deployment instead of
// its ReplicaSet, the pod itself if nothing owns it.
func workloadOf(ctx context.Context, objs Objects, pod *corev1.Pod) objectName {
	ref := metav1.GetControllerOf(pod)
	if ref == nil && len(pod.OwnerReferences) > 0 {
		ref = &pod.OwnerReferences[0]
	}
	switch {
	case ref == nil || ref.Kind == "Node": // a static pod belongs to its kubelet
		return objectName{"pod", pod.Name}
	case ref.Kind != "ReplicaSet":
		return objectName{strings.ToLower(ref.Kind), ref.Name}
	}
	set, err := objs.Owner(ctx, pod.Namespace, *ref)
	if err == nil {
		if up := metav1.GetControllerOf(set); up != nil {
			return objectName{strings.ToLower(up.Kind), up.Name}
		}
		return objectName{"replicaset", ref.Name}
	}
	// ReplicaSets may not be read: a Deployment's is called NAME-HASH.
	if hash := pod.Labels["pod-template-hash"]; hash != "" && strings.HasSuffix(ref.Name, "-"+hash) {
		return objectName{"deployment", strings.TrimSuffix(ref.Name, "-"+hash)}
	}
	return objectName{"replicaset", ref.Name}
}

// ownersOf is the chain of what owns a pod, nearest first, as far as it may be
// read: ReplicaSet, Deployment; StatefulSet, PerconaXtraDBCluster.
func ownersOf(ctx context.Context, objs Objects, pod *corev1.Pod) []objectName {
	var chain []objectName
	refs := pod.OwnerReferences
	for range 6 { // no chain is this long: a cycle would be a defect of the cluster's
		i := slices.IndexFunc(refs, func(r metav1.OwnerReference) bool { return r.Controller != nil && *r.Controller })
		if i < 0 {
			if len(refs) == 0 {
				return chain
			}
			i = 0
		}
		chain = append(chain, objectName{strings.ToLower(refs[i].Kind), refs[i].Name})
		owner, err := objs.Owner(ctx, pod.Namespace, refs[i])
		if err != nil {
			return chain
		}
		refs = owner.GetOwnerReferences()
	}
	return chain
}

// roleLabels are where charts and operators write a pod's role.
var roleLabels = []string{
	"mysql.oracle.com/cluster-role", "moco.cybozu.com/role", "k8s.mariadb.com/role", "kubeblocks.io/role",
	"mysql.percona.com/primary", "app.kubernetes.io/component", "role",
}

// LabelledRole is the role that a pod's labels claim: "primary", "replica" or
// "". It is a hint only: the server itself knows better.
func LabelledRole(labels map[string]string) string {
	for _, key := range roleLabels {
		switch value := strings.ToLower(labels[key]); {
		case value == "":
		case key == "mysql.percona.com/primary":
			if value == "true" {
				return "primary"
			}
			return "replica"
		case value == "primary" || value == "master" || value == "leader":
			return "primary"
		case value == "secondary" || value == "replica" || value == "slave" || value == "follower":
			return "replica"
		}
	}
	return ""
}

// ScaledToZero says whether a pod was made up for a workload that wants none.
func ScaledToZero(ctx context.Context, objs Objects, pod *corev1.Pod) bool {
	if pod.UID != "" || len(pod.OwnerReferences) != 1 {
		return false
	}
	owner, err := objs.Owner(ctx, pod.Namespace, pod.OwnerReferences[0])
	if err != nil || owner == nil {
		return false
	}
	n, found, err := unstructured.NestedInt64(owner.Object, "spec", "replicas")
	return err == nil && found && n == 0
}
