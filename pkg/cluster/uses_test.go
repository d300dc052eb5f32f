package cluster

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A ConfigMap stands for the servers whose pods use it, by whichever way.
func TestUses(t *testing.T) {
	ref := corev1.LocalObjectReference{Name: "db"}
	for name, change := range map[string]func(*corev1.PodSpec){
		"volume": func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref}}}}
		},
		"projected": func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: ref}}}}}}}
		},
		"envFrom of an init container": func(s *corev1.PodSpec) {
			s.InitContainers = []corev1.Container{{EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: ref}}}}}
		},
		"env": func(s *corev1.PodSpec) {
			s.Containers[0].Env = []corev1.EnvVar{{ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: ref}}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			pod := mysqlPod("shop", "db-0", "")
			change(&pod.Spec)
			inst := &Instance{PodObject: pod}
			inst.Pod = pod.Name
			for selected, want := range map[string]bool{"configmap/db": true, "cm/db": true, "configmaps/db": true, "configmap/other": false, "secret/db": false} {
				if got := matches(context.Background(), nil, selected, inst); got != want {
					t.Errorf("%s: %v", selected, got)
				}
			}
		})
	}
}
