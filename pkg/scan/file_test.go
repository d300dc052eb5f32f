package scan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func invalid(r v1.DriftReport) string {
	var out []string
	for _, f := range r.Findings {
		if f.Class == v1.Invalid {
			out = append(out, fmt.Sprintf("%s %s %s:%d:%d", f.Severity, f.Variable, f.Declared.Source, f.Declared.Line, f.Declared.Column))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// What is wrong with a mounted file is told by a scan, with the key and the line,
// also where the server does not come up because of it.
func TestRunTellsOfBrokenFiles(t *testing.T) {
	o := shop("mysql-0", "mysql-1")
	o.configMaps[0].Data["my.cnf"] = "[mysqld]\nmax_connections = 2000\n  [mysqld\nback_log = 7\n"
	o.pods[1].Status.ContainerStatuses[0] = corev1.ContainerStatus{Name: "mysql",
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}}
	list, _ := scan(t, o, allWell)
	for _, r := range list.Items {
		if got, want := invalid(r), "P1 BadGroupLine configmap/mysql:my.cnf:3:3"; got != want {
			t.Errorf("%s: %q, want %q", r.Instance.Pod, got, want)
		}
	}
	if a, b := list.Items[0].State, list.Items[1].State; a != v1.StateInSync || b != v1.StateNotReady {
		t.Errorf("states %s and %s: a broken line is no drift", a, b)
	}
	// Negative control.
	list, _ = scan(t, shop("mysql-0"), allWell)
	if got := invalid(list.Items[0]); got != "" {
		t.Errorf("a sound file: %s", got)
	}
}
