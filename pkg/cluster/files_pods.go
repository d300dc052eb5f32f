package cluster

import (
	"fmt"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// notServers are kinds with a pod template whose pods run to an end.
var notServers = map[string]bool{"Job": true, "CronJob": true}

// inventPods collects the manifests' own pods and makes up those of every
// workload that has none among them.
func (f *Files) inventPods() error {
	owned := map[string]bool{}
	for i := range f.objects {
		o := &f.objects[i]
		if o.GetKind() != "Pod" || o.GetAPIVersion() != "v1" || !f.current(i) {
			continue
		}
		pod, err := decode[corev1.Pod](o)
		if err != nil {
			return err
		}
		f.pods = append(f.pods, *pod)
		for _, ref := range pod.OwnerReferences {
			owned[ownerID(pod.Namespace, ref.Kind, ref.Name)] = true
		}
	}
	// A ReplicaSet's pods are its Deployment's too, and one that a Deployment
	// owns adds no pods to it.
	byOther := map[int]bool{}
	for i := range f.objects {
		o := &f.objects[i]
		for _, ref := range o.GetOwnerReferences() {
			if ref.Controller == nil || !*ref.Controller || f.find(ref.Kind, "*", o.GetNamespace(), ref.Name) < 0 {
				continue
			}
			if kind := o.GetKind(); kind == "ReplicaSet" || kind == "ReplicationController" {
				byOther[i] = true
				if owned[ownerID(o.GetNamespace(), kind, o.GetName())] {
					owned[ownerID(o.GetNamespace(), ref.Kind, ref.Name)] = true
				}
			}
		}
	}
	for i := range f.objects {
		o := &f.objects[i]
		if byOther[i] || !f.current(i) || notServers[o.GetKind()] || owned[ownerID(o.GetNamespace(), o.GetKind(), o.GetName())] {
			continue
		}
		pods, err := podsOf(o)
		if err != nil {
			return err
		}
		f.pods = append(f.pods, pods...)
	}
	return nil
}

func ownerID(namespace, kind, name string) string {
	return namespace + "/" + kind + "/" + name
}

// current says whether no later object replaced this one.
func (f *Files) current(i int) bool {
	o := &f.objects[i]
	for _, j := range f.byName[objectKey{o.GetKind(), o.GetName()}] {
		if j == i {
			return true
		}
	}
	return false
}

// podsOf makes up a workload's pods: NAME-ORDINAL for a StatefulSet and what
// numbers its pods the same way, NAME-0 for anything else with a pod template.
func podsOf(o *unstructured.Unstructured) ([]corev1.Pod, error) {
	raw, found, err := unstructured.NestedMap(o.Object, "spec", "template")
	if err != nil || !found {
		return nil, nil
	}
	if containers, _, _ := unstructured.NestedSlice(raw, "spec", "containers"); len(containers) == 0 {
		return nil, nil
	}
	stringify(raw)
	var template corev1.PodTemplateSpec
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &template); err != nil {
		return nil, fmt.Errorf("%s/%s: its pod template is not valid", strings.ToLower(o.GetKind()), o.GetName())
	}
	first, count := ordinals(o)
	var pods []corev1.Pod
	for n := first; n < first+count; n++ {
		pod := corev1.Pod{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: *template.ObjectMeta.DeepCopy(),
			Spec:       *template.Spec.DeepCopy(),
		}
		pod.Name = fmt.Sprintf("%s-%d", o.GetName(), n)
		pod.GenerateName = o.GetName() + "-"
		pod.Namespace = o.GetNamespace()
		yes := true
		pod.OwnerReferences = []metav1.OwnerReference{{
			APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), UID: o.GetUID(), Controller: &yes,
		}}
		if numbered(o.GetKind()) {
			pod.Spec.Hostname = pod.Name
			pod.Labels = maps.Clone(pod.Labels)
			if pod.Labels == nil {
				pod.Labels = map[string]string{}
			}
			pod.Labels["statefulset.kubernetes.io/pod-name"] = pod.Name
			pod.Labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(n)
			if service, _, _ := unstructured.NestedString(o.Object, "spec", "serviceName"); service != "" {
				pod.Spec.Subdomain = service
			}
		}
		addClaims(&pod, o)
		pods = append(pods, pod)
	}
	return pods, nil
}

func numbered(kind string) bool { return kind == "StatefulSet" || kind == "InstanceSet" }

// ordinals is the first pod's number and how many there are. What is scaled to
// zero or names no number is shown with the pod that it would start first.
func ordinals(o *unstructured.Unstructured) (first, count int64) {
	if !numbered(o.GetKind()) {
		return 0, 1
	}
	first, _, _ = unstructured.NestedInt64(o.Object, "spec", "ordinals", "start")
	count = 1
	switch n, _, _ := unstructured.NestedFieldNoCopy(o.Object, "spec", "replicas"); n := n.(type) {
	case int64:
		count = n
	case float64:
		count = int64(n)
	}
	// No real workload has so many; a typing error must not fill the memory.
	return first, min(max(count, 1), 1000)
}

// addClaims gives a made-up pod the volumes of its workload's claim templates.
func addClaims(pod *corev1.Pod, o *unstructured.Unstructured) {
	templates, _, _ := unstructured.NestedSlice(o.Object, "spec", "volumeClaimTemplates")
	for _, t := range templates {
		m, ok := t.(map[string]any)
		if !ok {
			continue
		}
		name, _, _ := unstructured.NestedString(m, "metadata", "name")
		if name == "" {
			continue
		}
		claim := corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name + "-" + pod.Name},
		}}
		replaced := false
		for i := range pod.Spec.Volumes {
			if pod.Spec.Volumes[i].Name == name {
				pod.Spec.Volumes[i], replaced = claim, true
			}
		}
		if !replaced {
			pod.Spec.Volumes = append(pod.Spec.Volumes, claim)
		}
	}
}
