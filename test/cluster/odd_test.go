//go:build lab

package cluster

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// A password that ends in a newline, as echo leaves one in a Secret, is the password
// that the server was given.
func TestPasswordWithNewline(t *testing.T) {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "newline"}, StringData: map[string]string{"password": "new-Line-1\n"}}
	if _, err := client.CoreV1().Secrets(namespace).Create(context.Background(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod := mysqlPod("newline")
	pod.Spec.Containers[0].Env[0].ValueFrom.SecretKeyRef.Name = secret.Name
	ownPod(t, pod)
	wantRead(t, only(t, look(t, admin, []string{"newline"})), cluster.ViaPortForward)
	wantRead(t, only(t, look(t, as(t, with(mayList, mayExec)...), []string{"newline"})), cluster.ViaExec)
}

// Two servers in one pod whose containers see each other's processes.
func TestTwoServersShareProcesses(t *testing.T) {
	pod, other := mysqlPod("pair"), mariadbPod("pair").Spec.Containers[0]
	other.Name, other.Args, other.VolumeMounts = "other", []string{"mariadbd", "--port=3307"}, nil
	other.Ports, other.ReadinessProbe.TCPSocket.Port.IntVal = []corev1.ContainerPort{{ContainerPort: 3307}}, 3307
	pod.Spec.Containers = append(pod.Spec.Containers, other)
	ownPod(t, pod)
	list := look(t, admin, []string{"pair"})
	if len(list.Items) != 2 {
		t.Fatalf("%d servers: %+v", len(list.Items), list.Summary)
	}
	for i, want := range []string{"configmap/config:my.cnf", "arg"} {
		r := list.Items[i]
		wantRead(t, r, cluster.ViaPortForward)
		found := false
		for _, g := range r.GovernedBy {
			found = found || g.Source == want
			if g.Source != want && g.Source != "image" {
				t.Errorf("%s is governed by %s", r.Instance.Container, g.Source)
			}
		}
		if !found {
			t.Errorf("%s: %+v, want %s", r.Instance.Container, r.GovernedBy, want)
		}
	}
}
