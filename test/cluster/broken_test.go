//go:build lab

package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// withFiles is a pod with option files of its own, in mode.
func withFiles(t *testing.T, pod *corev1.Pod, mode int32, files map[string]string) {
	t.Helper()
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, Data: files}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(context.Background(), config, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod.Spec.Volumes[0].ConfigMap.Name = pod.Name
	pod.Spec.Volumes[0].ConfigMap.DefaultMode = &mode
	ownPod(t, pod)
}

// faults are the findings about the files themselves, and what runs of them.
func faults(r v1.DriftReport) string {
	var out []string
	for _, f := range r.Findings {
		if f.Class == v1.Invalid {
			out = append(out, fmt.Sprintf("%s %s %s:%d", f.Severity, f.Variable, f.Declared.Source, f.Declared.Line))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// Real servers with broken files: what they lose is what is told, with the key and
// the line; nothing of it is called drift.
func TestBrokenOptionFiles(t *testing.T) {
	files := map[string]string{
		"a.cnf": "\xef\xbb\xbf[mysqld]\nmax_connections = 77\n",
		"b.cnf": "[mysqld]\ntable_open_cache = 64\n[mysqld\nmax_connections = 78\n",
		"c.cnf": "[mysqld]\ntmp_table_size = 2M\n",
	}
	mysql, writable, mariadb := mysqlPod("broken"), mysqlPod("writable"), mariadbPod("readable")
	withFiles(t, mysql, 0o644, files)
	withFiles(t, writable, 0o666, map[string]string{"a.cnf": "[mysqld]\nmax_connections = 77\n"})
	withFiles(t, mariadb, 0o666, map[string]string{"a.cnf": "[mysqld]\nmax_connections = 77\n"})
	for pod, want := range map[string]string{
		"broken":   "P1 BadGroupLine configmap/broken:b.cnf:3; P1 OptionBeforeGroup configmap/broken:a.cnf:1",
		"writable": "P1 WorldWritable configmap/writable:a.cnf:0",
		"readable": "",
	} {
		r := only(t, look(t, admin, []string{pod}))
		wantRead(t, r, cluster.ViaPortForward)
		if got := faults(r); got != want {
			t.Errorf("%s: %q, want %q", pod, got, want)
		}
		for _, f := range r.Findings {
			if f.Drift {
				t.Errorf("%s: %s is called drift: %s", pod, f.Variable, f.Message)
			}
		}
	}
}

// A server that cannot start for its file: the file is what is told.
func TestFatalOptionFile(t *testing.T) {
	pod := mysqlPod("fatal")
	pod.Spec.Containers[0].Args = []string{"--defaults-file=/etc/mysql/conf.d/my.cnf"}
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "fatal"}, Data: map[string]string{"my.cnf": "max_connections = 77\n[mysqld]\n"}}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(context.Background(), config, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod.Spec.Volumes[0].ConfigMap.Name = "fatal"
	if err := start(context.Background(), pod); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "fatal", func(p *corev1.Pod) bool {
		return len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].RestartCount > 0
	})
	time.Sleep(time.Second)
	r := only(t, look(t, admin, []string{"fatal"}))
	if got, want := faults(r), "P0 OptionBeforeGroup configmap/fatal:my.cnf:1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
