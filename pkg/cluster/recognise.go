package cluster

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Annotations by which a pod's owner corrects the recognition.
const (
	AnnotationIgnore = "mysqldrift.io/ignore" // "true": no server in this pod
	AnnotationServer = "mysqldrift.io/server" // the server's container
)

// Recognition is a container taken for a MySQL or MariaDB server.
type Recognition struct {
	Container string
	Flavour   model.Flavour
	Why       string
	Score     int
}

// enough is the score from which a container is a server: an image named like
// one with nothing against it, or an unknown image with port and data directory.
const enough = 5

// Servers finds the containers of a pod that run a server, the likeliest first.
// Init containers run none: those of a server's image initialise it, unless the
// kubelet keeps them running.
func Servers(pod *corev1.Pod) []Recognition {
	if pod.Annotations[AnnotationIgnore] == "true" {
		return nil
	}
	if name := pod.Annotations[AnnotationServer]; name != "" {
		for _, c := range Running(pod) {
			if c.Name == name {
				return []Recognition{{name, flavourOf(c), "annotation " + AnnotationServer, 100}}
			}
		}
	}
	var found []Recognition
	for _, c := range Running(pod) {
		if score, why := rate(c); score >= enough {
			found = append(found, Recognition{c.Name, flavourOf(c), strings.Join(why, ", "), score})
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].Score > found[b].Score })
	// A helper with the server's image and mounts scores too, but less: only
	// containers that are about as good as the best stay.
	for i := range found {
		if found[0].Score-found[i].Score >= 3 {
			return found[:i]
		}
	}
	return found
}

// MisnamedServer says that the annotation for the server's container names none of
// the pod's, "" if all is well.
func MisnamedServer(pod *corev1.Pod) string {
	name := pod.Annotations[AnnotationServer]
	if name == "" || slices.ContainsFunc(Running(pod), func(c *corev1.Container) bool { return c.Name == name }) {
		return ""
	}
	return fmt.Sprintf("its annotation %s names %q, which is no container of the pod", AnnotationServer, name)
}

// Running are the containers that run as long as a pod does: init containers that
// always restart are such (sidecars, Kubernetes 1.28).
func Running(pod *corev1.Pod) []*corev1.Container {
	var list []*corev1.Container
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; IsSidecar(c) {
			list = append(list, c)
		}
	}
	for i := range pod.Spec.Containers {
		list = append(list, &pod.Spec.Containers[i])
	}
	return list
}

// IsSidecar says whether the kubelet starts an init container and goes on.
func IsSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// rate adds up what speaks for and against a container being a server.
func rate(c *corev1.Container) (int, []string) {
	img := ParseImage(c.Image)
	score, reason := serverImage(img)
	var why []string
	note := func(points int, text string) {
		score += points
		why = append(why, text)
	}
	if reason != "" {
		why = append(why, reason)
	}
	isServerImage := score >= 4
	switch classify(c) {
	case commandServer:
		// Beats any name: operators run servers from images called after themselves.
		score = max(score, 0)
		note(6, "its command starts a server")
	case commandNone:
		if isServerImage {
			note(3, "the image's own command")
		}
	case commandOptions:
		if isServerImage {
			note(3, "arguments for the image's entry point")
		}
	case commandScript:
		if isServerImage {
			note(1, "a start script")
		}
	case commandOther:
		note(-10, "its command starts something else")
	}
	if hasServerPort(c) {
		note(2, "port 3306")
	}
	if path := dataMount(c); path != "" {
		note(2, "data at "+path)
	}
	if path := configMount(c); path != "" {
		note(2, "option files at "+path)
	}
	if hasRootPassword(c) {
		note(1, "a root password variable")
	}
	if name := strings.ToLower(c.Name); serverName.MatchString(name) || name == "database" || name == "db" {
		note(1, "its name")
	}
	if isServerImage && !plainlyServer(img) && !secondSign(c) {
		score = min(score, enough-1)
	}
	return score, why
}

// secondSign is what a server's container has beside its image's name: many an
// application is called after the server that it works with.
func secondSign(c *corev1.Container) bool {
	kind := classify(c)
	return kind == commandServer || kind == commandOptions || hasServerPort(c) || hasRootPassword(c) || dataMount(c) != "" || configMount(c) != ""
}

func hasServerPort(c *corev1.Container) bool {
	for _, p := range c.Ports {
		if p.ContainerPort == 3306 || p.Name == "mysql" || p.Name == "mariadb" {
			return true
		}
	}
	return false
}

// dataMount is where a volume holds a data directory, or "".
func dataMount(c *corev1.Container) string {
	for _, m := range c.VolumeMounts {
		path := strings.TrimRight(m.MountPath, "/")
		for _, known := range []string{"/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb", "/data/mysql", "/var/lib/pgsql/mysql", "/vt/vtdataroot"} {
			if path == known || strings.HasPrefix(path, known+"/data") {
				return path
			}
		}
	}
	return ""
}

// configMount is where a volume holds what servers, and hardly anything else,
// read as their option files, or "".
func configMount(c *corev1.Container) string {
	for _, m := range c.VolumeMounts {
		path := strings.TrimRight(m.MountPath, "/")
		for _, dir := range []string{"/etc/my.cnf", "/etc/my.cnf.d", "/etc/mysql", "/etc/percona-server.conf.d", "/etc/percona-xtradb-cluster.conf.d"} {
			if path == dir || strings.HasPrefix(path, dir+"/") {
				return path
			}
		}
	}
	return ""
}

func hasRootPassword(c *corev1.Container) bool {
	for _, e := range c.Env {
		if strings.HasPrefix(e.Name, "MYSQL_ROOT_PASSWORD") || strings.HasPrefix(e.Name, "MARIADB_ROOT_PASSWORD") ||
			e.Name == "MYSQL_ALLOW_EMPTY_PASSWORD" || e.Name == "MYSQL_RANDOM_ROOT_PASSWORD" || e.Name == "MARIADB_RANDOM_ROOT_PASSWORD" {
			return true
		}
	}
	return false
}

func flavourOf(c *corev1.Container) model.Flavour {
	server := ImageServer(c.Image)
	if server.Flavour == model.MariaDB {
		return model.MariaDB
	}
	for _, a := range append(append([]string{}, c.Command...), c.Args...) {
		if strings.Contains(a, "mariadbd") {
			return model.MariaDB
		}
	}
	return server.Flavour
}
