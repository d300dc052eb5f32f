package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// uses tells whether a pod's manifest names a ConfigMap or Secret: as a volume, or
// for the environment of a container.
func uses(pod *corev1.Pod, kind, name string) bool {
	secret := kind == "secret"
	for i := range pod.Spec.Volumes {
		if volumeUses(&pod.Spec.Volumes[i], secret, name) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool {
		return environmentUses(&c, secret, name)
	})
}

func volumeUses(v *corev1.Volume, secret bool, name string) bool {
	switch {
	case !secret && v.ConfigMap != nil:
		return v.ConfigMap.Name == name
	case secret && v.Secret != nil:
		return v.Secret.SecretName == name
	case v.Projected == nil:
		return false
	}
	return slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
		return !secret && s.ConfigMap != nil && s.ConfigMap.Name == name || secret && s.Secret != nil && s.Secret.Name == name
	})
}

func environmentUses(c *corev1.Container, secret bool, name string) bool {
	for _, from := range c.EnvFrom {
		if !secret && from.ConfigMapRef != nil && from.ConfigMapRef.Name == name || secret && from.SecretRef != nil && from.SecretRef.Name == name {
			return true
		}
	}
	return slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool {
		f := e.ValueFrom
		return f != nil && (!secret && f.ConfigMapKeyRef != nil && f.ConfigMapKeyRef.Name == name || secret && f.SecretKeyRef != nil && f.SecretKeyRef.Name == name)
	})
}
