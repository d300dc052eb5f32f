package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// uses: a volume or an environment of the pod comes from the ConfigMap or Secret,
// which so may govern its server.
func uses(pod *corev1.Pod, kind, name string) bool { return slices.Contains(used(pod, kind), name) }

// Used are the ConfigMaps or Secrets, as a kind is typed, that an instance's pod
// uses; none for other kinds.
func (i *Instance) Used(kind string) []string {
	if k := kindOf(kind); i.PodObject != nil && (k == "configmap" || k == "secret") {
		return used(i.PodObject, k)
	}
	return nil
}

func used(pod *corev1.Pod, kind string) []string {
	secret := kind == "secret"
	var names []string
	add := func(isSecret bool, name string) {
		if isSecret == secret && name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range pod.Spec.Volumes {
		inVolume(&pod.Spec.Volumes[i], add)
	}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		inEnvironment(&c, add)
	}
	return names
}

func inVolume(v *corev1.Volume, add func(secret bool, name string)) {
	if v.ConfigMap != nil {
		add(false, v.ConfigMap.Name)
	}
	if v.Secret != nil {
		add(true, v.Secret.SecretName)
	}
	if v.Projected == nil {
		return
	}
	for _, s := range v.Projected.Sources {
		if s.ConfigMap != nil {
			add(false, s.ConfigMap.Name)
		}
		if s.Secret != nil {
			add(true, s.Secret.Name)
		}
	}
}

func inEnvironment(c *corev1.Container, add func(secret bool, name string)) {
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil {
			add(false, from.ConfigMapRef.Name)
		}
		if from.SecretRef != nil {
			add(true, from.SecretRef.Name)
		}
	}
	for _, e := range c.Env {
		if f := e.ValueFrom; f != nil && f.ConfigMapKeyRef != nil {
			add(false, f.ConfigMapKeyRef.Name)
		} else if f != nil && f.SecretKeyRef != nil {
			add(true, f.SecretKeyRef.Name)
		}
	}
}
