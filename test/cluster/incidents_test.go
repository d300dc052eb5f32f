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
)

// drifts lists the findings that are drift or pending: "class variable declared→running".
func drifts(r v1.DriftReport) string {
	var out []string
	for _, f := range r.Findings {
		if !f.Drift {
			continue
		}
		declared := ""
		if f.Declared != nil {
			declared = f.Declared.Value
		}
		out = append(out, fmt.Sprintf("%s %s %s→%s", f.Class, f.Variable, declared, f.Running.Value))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// Each incident is found as what it is, and nothing else is.
func TestIncidents(t *testing.T) {
	pod := mysqlPod("incident")
	ctx := context.Background()
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "incident"}, Data: map[string]string{"my.cnf": "[mysqld]\nmax_connections = 200\ninnodb_buffer_pool_size = 16M\nlong_query_time = 2\ninnodb_read_io_threads = 2\n"}}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, config, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod.Spec.Volumes[0].ConfigMap.Name = "incident"
	ownPod(t, pod)
	steps := []struct {
		name, sql, config string
		want              string
		state             v1.State
	}{
		{"clean", "", "", "", v1.StateInSync},
		{"SET SESSION is nothing", "SET SESSION sort_buffer_size = 1048576; SET SESSION long_query_time = 7", "", "", v1.StateInSync},
		{"SET GLOBAL", "SET GLOBAL max_connections = 50", "", "RuntimeOverride max_connections 200→50", v1.StateDrifted},
		{"set back", "SET GLOBAL max_connections = 200", "", "", v1.StateInSync},
		{"SET PERSIST", "SET PERSIST long_query_time = 5", "", "PersistedOverride long_query_time 2→5.000000", v1.StateDrifted},
		{"RESET PERSIST", "RESET PERSIST; SET GLOBAL long_query_time = 2", "", "", v1.StateInSync},
		{"SET PERSIST_ONLY", "SET PERSIST_ONLY innodb_read_io_threads = 6", "", "PendingPersist innodb_read_io_threads 2→2", v1.StatePending},
		{"declared nowhere", "RESET PERSIST; SET GLOBAL sort_buffer_size = 1048576", "", "UndeclaredChange sort_buffer_size →1048576", v1.StateDrifted},
		{"static, edited", "SET GLOBAL sort_buffer_size = DEFAULT", "innodb_read_io_threads = 8", "PendingRestart innodb_read_io_threads 8→2", v1.StatePendingRestart},
		{"dynamic, edited", "", "max_allowed_packet = 32M", "NotApplied max_allowed_packet 32M→67108864; PendingRestart innodb_read_io_threads 8→2", v1.StateDrifted},
	}
	for _, s := range steps {
		if s.sql != "" {
			if err := sqlIn(ctx, "incident", s.sql); err != nil {
				t.Fatal(err)
			}
		}
		if s.config != "" {
			cm, err := client.CoreV1().ConfigMaps(namespace).Get(ctx, "incident", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			cm.Data["my.cnf"] += s.config + "\n"
			if _, err := client.CoreV1().ConfigMaps(namespace).Update(ctx, cm, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		r := arrived(t, "incident")
		if got := drifts(r); got != s.want || r.State != s.state {
			t.Errorf("%s: %s, %q; want %s, %q (errors %+v, notes %q)", s.name, r.State, got, s.state, s.want, r.Errors, r.Notes)
		}
	}
}

// arrived looks at a pod until the kubelet has brought its ConfigMap into it;
// before that each changed option is a StaleMount.
func arrived(t *testing.T, pod string) v1.DriftReport {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); ; {
		r := only(t, look(t, admin, []string{pod}))
		if !strings.Contains(drifts(r), string(v1.StaleMount)) || time.Now().After(end) {
			return r
		}
	}
}
