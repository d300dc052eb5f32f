package fix

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// Only a volume that outlives the pod keeps the data; the deepest mount decides.
func TestFleeting(t *testing.T) {
	volume := func(name string, source corev1.VolumeSource) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: source}
	}
	spec := &corev1.PodSpec{Volumes: []corev1.Volume{
		volume("empty", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}),
		volume("own", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}),
		volume("claim", corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}),
	}}
	for _, c := range []struct {
		mounts map[string]string // path to volume
		want   string
	}{
		{map[string]string{"/var/lib/mysql": "claim"}, ""},
		{map[string]string{"/var/lib/mysql/": "empty"}, "in an emptyDir"},
		{map[string]string{"/var/lib": "own"}, "on an ephemeral volume"},
		{map[string]string{"/var/lib/mysql": "claim", "/var/lib": "empty"}, ""},
		{map[string]string{"/var/lib/mysql": "empty", "/var": "claim"}, "in an emptyDir"},
		{map[string]string{"/var/lib/mysql-files": "claim"}, "on no volume"},
		{map[string]string{"/": "claim"}, ""},
		{map[string]string{"/var/lib/mysql": "template"}, ""}, // a volume that the pod does not tell of
		{nil, "on no volume"},
	} {
		container := &corev1.Container{}
		for path, name := range c.mounts {
			container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: path})
		}
		if got := fleetingAt(spec, container, "/var/lib/mysql"); got != c.want {
			t.Errorf("%v: %q, want %q", c.mounts, got, c.want)
		}
	}
}
