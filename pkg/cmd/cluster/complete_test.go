package cluster

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

func TestNamesAreCompletedAsTyped(t *testing.T) {
	pod := &corev1.Pod{Spec: corev1.PodSpec{Volumes: []corev1.Volume{{VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "mysql-conf"}}}}, {VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: rootCertificates}}}}}}}
	found := []cluster.Instance{
		{PodObject: pod, Instance: v1.Instance{Workload: "statefulset/mysql", Pod: "mysql-0"}},
		{Instance: v1.Instance{Workload: "statefulset/mysql", Pod: "mysql-1"}},
		{Instance: v1.Instance{Workload: "deployment/orders", Pod: "orders-x"}},
	}
	for typed, want := range map[string]string{
		"":              "statefulset/mysql pod/mysql-0 pod/mysql-1 deployment/orders pod/orders-x",
		"st":            "statefulset/mysql",
		"sts/":          "sts/mysql",
		"deploy/o":      "deploy/orders",
		"deploy/my":     "",
		"po/mysql-":     "po/mysql-0 po/mysql-1",
		"my":            "mysql mysql-0 mysql-1",
		"statefulset/m": "statefulset/mysql",
		"nothing":       "",
		"cm/":           "cm/mysql-conf",
		"configmap/m":   "configmap/mysql-conf",
		"cm/other":      "",
		"secret/":       "",
	} {
		if got := strings.Join(namesOf(found, typed), " "); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
