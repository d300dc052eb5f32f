package fix

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// fleeting says why the server's data ends with its pod, "" if it does not or is
// not known: a restart by a workload makes pods anew.
func fleeting(d *scan.Detail) string {
	if d.Snapshot == nil {
		return ""
	}
	dir := strings.TrimSuffix(d.Snapshot.Variables["datadir"].Value, "/")
	if dir == "" {
		return ""
	}
	spec := &d.Instance.PodObject.Spec
	for i := range spec.Containers {
		if c := &spec.Containers[i]; c.Name == d.Instance.Instance.Container {
			return fleetingAt(spec, c, dir)
		}
	}
	return ""
}

func fleetingAt(spec *corev1.PodSpec, c *corev1.Container, dir string) string {
	name, deepest := "", -1
	for _, m := range c.VolumeMounts {
		at := strings.TrimSuffix(m.MountPath, "/")
		if (dir == at || strings.HasPrefix(dir, at+"/")) && len(at) > deepest {
			name, deepest = m.Name, len(at)
		}
	}
	if deepest < 0 {
		return "on no volume"
	}
	for _, v := range spec.Volumes {
		switch {
		case v.Name != name:
		case v.EmptyDir != nil:
			return "in an emptyDir"
		case v.Ephemeral != nil:
			return "on an ephemeral volume"
		}
	}
	return ""
}
