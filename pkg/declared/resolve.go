package declared

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Options is how a resolution is to be done.
type Options struct {
	// PodFiles reads files in the container; nil without exec: then all is derived.
	PodFiles PodFiles
}

// Resolution is what governs one server container.
type Resolution struct {
	// Governing lists the sources in the order in which the server reads them.
	Governing   []v1.GoverningFile
	Declaration model.Declaration
	Problems    []Problem
	// Stale lists files in the pod that no longer equal their source.
	Stale []StaleFile
	// Written says when the files in the pod were written, by their paths.
	Written map[string]time.Time
	// Unread lists ConfigMaps of the pod's volumes, and Secrets with option files,
	// that exist and could not be read, and why: without the files in the pod, what
	// they declare is not known.
	Unread []string
	// Owner is the resource and field that a user edits, "" where no operator writes
	// the sources.
	Owner string
	// OnChange says what happens when the main source is edited.
	OnChange string
}

// StaleFile is a file in the pod that differs from the source it came from.
type StaleFile struct {
	Path   string
	Source string
	// Since is when the pod's file was written.
	Since time.Time
	// Differs lists the options whose values differ, as the file in the pod has them
	// and as the source has them. Values from Secrets are left out.
	Differs []StaleSetting
	Why     string
	// Lasting is set where nothing brings the file up to date while the pod lives.
	Lasting bool
}

// StaleSetting is one option in a stale file. A nil side has no such option.
type StaleSetting struct {
	Option         string
	InPod, Current *string
}

// Resolve tells what governs a server container. server is what is known of it:
// the image's tag, or better the running version. An error means that nothing
// could be told; what could not be read in part is in Declaration.Missing.
func Resolve(ctx context.Context, objs cluster.Objects, pod *corev1.Pod, container string, server model.Server, opts Options) (*Resolution, error) {
	r := &resolver{objs: objs, pod: pod, server: server, opts: opts}
	for _, c := range cluster.Running(pod) {
		if c.Name == container {
			r.container = c
		}
	}
	if r.container == nil {
		return nil, fmt.Errorf("resolve pod/%s: it has no container %q", pod.Name, container)
	}
	if server.Version.IsZero() {
		r.server.Version = cluster.ImageServer(r.container.Image).Version
	}
	if server.Flavour == "" {
		r.server.Flavour = cluster.ImageServer(r.container.Image).Flavour
	}
	r.profile = profileOfContainer(r.container, r.server)
	r.layVolumes(ctx)
	readings := r.explore(ctx)
	res := r.confirmed(ctx, readings)
	if res == nil {
		res = r.merge(readings)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("resolve pod/%s: %w", pod.Name, context.Cause(ctx))
	}
	r.describe(ctx, res)
	res.Unread = r.unreadBy(readings)
	return res, nil
}

// resolver holds what stays the same over all ways a pod's start can go.
type resolver struct {
	objs      cluster.Objects
	pod       *corev1.Pod
	container *corev1.Container
	server    model.Server
	opts      Options
	profile   profile

	volumes map[string]*volume // as the kubelet fills them
	envs    map[string]environment
	envOpen map[string]bool // containers whose environment could not be read whole
	// named are volumes for data, logs and temporary files in which the start names
	// option files.
	named   map[string]bool
	missing []string
	unread  []string // ConfigMaps of volumes
}

// miss notes what could not be read, unless it may be absent.
func (r *resolver) miss(optional *bool, format string, args ...any) {
	if optional == nil || !*optional {
		r.missing = append(r.missing, fmt.Sprintf(format, args...))
	}
}

// podName is the pod's name, or for a pod that was made up from a workload that
// does not number its pods, the part that is known.
func (r *resolver) podName() string {
	if r.invented() {
		return r.pod.GenerateName + unknown
	}
	return r.pod.Name
}

func (r *resolver) invented() bool {
	if r.pod.UID != "" {
		return false
	}
	if len(r.pod.OwnerReferences) == 0 && r.pod.GenerateName != "" && r.pod.Name == r.pod.GenerateName+"0" {
		return true
	}
	for _, ref := range r.pod.OwnerReferences {
		switch ref.Kind {
		case "Deployment", "ReplicaSet", "DaemonSet", "ReplicationController", "DeploymentConfig", "Rollout", "CloneSet":
			return true
		}
	}
	return false
}

// hostname is what the containers see.
func (r *resolver) hostname() string {
	if r.pod.Spec.Hostname != "" && !r.invented() {
		return r.pod.Spec.Hostname
	}
	return r.podName()
}
