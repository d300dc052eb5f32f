package declared

import (
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// relevantInits are the init containers that may write where the server reads
// its configuration, in order.
func (r *resolver) relevantInits() []*corev1.Container {
	relevant := map[string]bool{}
	matters := func(mt *corev1.VolumeMount) bool {
		vol := r.volumes[mt.Name]
		return vol != nil && !vol.readOnly && r.holdsOptions(mt.Name, mt.MountPath)
	}
	r.noteNamed()
	for i := range r.container.VolumeMounts {
		if mt := &r.container.VolumeMounts[i]; matters(mt) {
			relevant[mt.Name] = true
		}
	}
	list := r.pod.Spec.InitContainers
	for i := range list {
		if &list[i] == r.container {
			list = list[:i] // the server is a sidecar: what comes after it, it does not wait for
			break
		}
	}
	keep := make([]bool, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		for _, mt := range list[i].VolumeMounts {
			keep[i] = keep[i] || relevant[mt.Name] && !mt.ReadOnly
		}
		if keep[i] {
			for j := range list[i].VolumeMounts {
				if mt := &list[i].VolumeMounts[j]; matters(mt) {
					relevant[mt.Name] = true
				}
			}
		}
	}
	var out []*corev1.Container
	for i := range list {
		if keep[i] {
			out = append(out, &list[i])
		}
	}
	return out
}

// holdsOptions says whether a volume mounted at a path may hold option files: data,
// logs and temporary files are none, unless the start names one there.
func (r *resolver) holdsOptions(volume, at string) bool {
	return !isDataMount(at) || r.named[volume]
}

func isDataMount(p string) bool {
	for _, dir := range []string{"/var/lib/mysql", "/var/log", "/var/run", "/run", "/tmp", "/bitnami/mysql/data", "/bitnami/mariadb/data", "/docker-entrypoint-initdb.d"} {
		if within(p, dir) {
			return true
		}
	}
	return false
}

// optionFilePath is a path that a command, a script or an option file names as an
// option file: as an option's value, in an include line, or by how it ends.
var optionFilePath = regexp.MustCompile(`(?:defaults(?:-extra)?-file[= ]\s*|!include(?:dir)?\s+)["']?(/[^\s"']+)|(/[^\s"'=:]+\.(?:cnf|ini|conf))\b`)

// noteNamed finds the volumes of the server's data, logs and temporary files in
// which an option file is looked for all the same.
func (r *resolver) noteNamed() {
	r.named = map[string]bool{}
	var mounts []*corev1.VolumeMount
	for i := range r.container.VolumeMounts {
		mt := &r.container.VolumeMounts[i]
		if vol := r.volumes[mt.Name]; vol != nil && !vol.readOnly && isDataMount(mt.MountPath) {
			mounts = append(mounts, mt)
		}
	}
	if len(mounts) == 0 {
		return
	}
	start := r.startText()
	for _, found := range optionFilePath.FindAllStringSubmatch(start, -1) {
		for _, mt := range mounts {
			r.named[mt.Name] = r.named[mt.Name] || within(found[1]+found[2], strings.TrimRight(mt.MountPath, "/"))
		}
	}
	home := r.envs[r.container.Name]["MYSQL_HOME"].String()
	for _, mt := range mounts {
		r.named[mt.Name] = r.named[mt.Name] || home != "" && within(home, strings.TrimRight(mt.MountPath, "/")) || r.homeIsWritten(mt.Name)
	}
}

// startText is the text by which the server is started, as far as the manifests
// have it: its command and environment, and the keys that it mounts.
func (r *resolver) startText() string {
	env := r.envs[r.container.Name]
	var b strings.Builder
	for _, w := range append(append([]string{}, r.container.Command...), r.container.Args...) {
		b.WriteString(expandRefs(w, env, nil).String() + "\n")
	}
	for _, name := range sortedKeys(env) {
		b.WriteString(env[name].String() + "\n")
	}
	for _, mt := range r.container.VolumeMounts {
		if vol := r.volumes[mt.Name]; vol != nil && vol.readOnly {
			eachFile(vol.root, "", func(_ string, n *node) { b.WriteString(n.data.String() + "\n") })
		}
	}
	return b.String()
}

// homeIsWritten says whether an init container with a volume names .my.cnf, which
// the server reads in its user's home directory, where its data are.
func (r *resolver) homeIsWritten(volume string) bool {
	for i := range r.pod.Spec.InitContainers {
		c := &r.pod.Spec.InitContainers[i]
		for _, mt := range c.VolumeMounts {
			if mt.Name == volume && strings.Contains(strings.Join(append(append([]string{}, c.Command...), c.Args...), "\n"), "/.my.cnf") {
				return true
			}
		}
	}
	return false
}
