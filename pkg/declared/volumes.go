package declared

import (
	"context"
	"io/fs"
	"path"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// layVolumes builds every volume of the pod as the kubelet fills it before any
// container runs.
func (r *resolver) layVolumes(ctx context.Context) {
	r.volumes = map[string]*volume{}
	for i := range r.pod.Spec.Volumes {
		v := &r.pod.Spec.Volumes[i]
		r.volumes[v.Name] = r.layVolume(ctx, v)
	}
}

func (r *resolver) layVolume(ctx context.Context, v *corev1.Volume) *volume {
	vol := &volume{name: v.Name, root: newDir(), readOnly: true}
	switch {
	case v.ConfigMap != nil:
		vol.kind = "configMap"
		r.addConfigMap(ctx, vol, v.ConfigMap.Name, v.ConfigMap.Items, r.groupReads(modeOf(v.ConfigMap.DefaultMode)), v.ConfigMap.Optional)
	case v.Secret != nil:
		vol.kind = "secret"
		r.addSecret(ctx, vol, v.Secret.SecretName, v.Secret.Items, r.groupReads(modeOf(v.Secret.DefaultMode)), v.Secret.Optional)
	case v.Projected != nil:
		vol.kind = "projected"
		mode := r.groupReads(modeOf(v.Projected.DefaultMode))
		for _, s := range v.Projected.Sources {
			switch {
			case s.ConfigMap != nil:
				r.addConfigMap(ctx, vol, s.ConfigMap.Name, s.ConfigMap.Items, mode, s.ConfigMap.Optional)
			case s.Secret != nil:
				r.addSecret(ctx, vol, s.Secret.Name, s.Secret.Items, mode, s.Secret.Optional)
			case s.DownwardAPI != nil:
				r.addDownward(vol, s.DownwardAPI.Items, mode)
			}
		}
	case v.DownwardAPI != nil:
		vol.kind = "downwardAPI"
		r.addDownward(vol, v.DownwardAPI.Items, modeOf(v.DownwardAPI.DefaultMode))
	case v.EmptyDir != nil || v.VolumeSource == (corev1.VolumeSource{}):
		vol.kind, vol.readOnly = "emptyDir", false
	default:
		vol.kind, vol.readOnly = "disk", false
		vol.root.open = true
	}
	return vol
}

func modeOf(mode *int32) fs.FileMode {
	if mode == nil {
		return 0o644
	}
	return fs.FileMode(*mode)
}

func (r *resolver) addConfigMap(ctx context.Context, vol *volume, name string, items []corev1.KeyToPath, mode fs.FileMode, optional *bool) {
	prefix := "configmap/" + name + ":"
	cm, err := r.objs.ConfigMap(ctx, r.pod.Namespace, name)
	if err != nil {
		vol.absentSource(prefix, items, mode, optional, err)
		if !apierrors.IsNotFound(err) && !ofCluster[name] {
			r.unread = append(r.unread, strings.TrimSuffix(prefix, ":")+": "+errorText(err, "configmap"))
		}
		return
	}
	keys := map[string]string{}
	for k, v := range cm.Data {
		keys[k] = v
	}
	for k, v := range cm.BinaryData {
		keys[k] = string(v)
	}
	vol.addKeys(prefix, keys, items, mode, optional, false)
}

func (r *resolver) addSecret(ctx context.Context, vol *volume, name string, items []corev1.KeyToPath, mode fs.FileMode, optional *bool) {
	prefix := "secret/" + name + ":"
	s, err := r.objs.Secret(ctx, r.pod.Namespace, name)
	if err != nil {
		vol.absentSource(prefix, items, mode, optional, err)
		return
	}
	keys := map[string]string{}
	for k, v := range s.Data {
		keys[k] = string(v)
	}
	vol.addKeys(prefix, keys, items, mode, optional, true)
}

// ofCluster are ConfigMaps that every pod gets: no option file lies in them.
var ofCluster = map[string]bool{"kube-root-ca.crt": true, "openshift-service-ca.crt": true}

// absentSource notes an object that is not there or may not be read. What its
// items name is known to be mounted, its text is not.
func (v *volume) absentSource(prefix string, items []corev1.KeyToPath, mode fs.FileMode, optional *bool, err error) {
	isOptional := optional != nil && *optional
	if isOptional && apierrors.IsNotFound(err) {
		return
	}
	kind, _, _ := strings.Cut(prefix, "/")
	absent := absentObject{prefix: prefix, why: errorText(err, kind), exists: !apierrors.IsNotFound(err), maybe: isOptional}
	v.missing = append(v.missing, strings.TrimSuffix(prefix, ":")+": "+absent.why)
	v.absent = append(v.absent, absent)
	for _, item := range items {
		v.put(item.Path, absent.file(item.Key, modeOr(item.Mode, mode)))
	}
	v.root.open = v.root.open || len(items) == 0
}

// absentObject is a ConfigMap or Secret of a volume that is not there or could
// not be read.
type absentObject struct {
	prefix string // configmap/NAME:
	why    string
	exists bool // it is there, as far as is known
	maybe  bool // it is optional, and nobody could see whether it is there
}

// file is a key of it: that it is mounted is known, what it holds is not.
func (a absentObject) file(key string, mode fs.FileMode) *node {
	src := &source{object: a.prefix + key, secret: strings.HasPrefix(a.prefix, "secret/")}
	if a.exists {
		src.unread, src.maybe = a.why, a.maybe
	}
	return &node{data: text{{s: unknown, src: src, line: 1}}, mode: mode, via: "mount"}
}

// errorText is an error for people; what an API server quotes stays out.
func errorText(err error, kind string) string {
	switch {
	case apierrors.IsNotFound(err):
		return "not found"
	case apierrors.IsForbidden(err):
		if kind == "secret" {
			return "reading it is forbidden, a Role must allow get on secrets"
		}
		return "reading it is forbidden, a Role must allow list on configmaps"
	}
	return "could not be read"
}

func modeOr(mode *int32, otherwise fs.FileMode) fs.FileMode {
	if mode != nil {
		return fs.FileMode(*mode)
	}
	return otherwise
}

// addKeys puts an object's keys, or those that its items name, into a volume. An item
// without its key is passed over where the object is optional; the kubelet mounts no
// volume with one otherwise.
func (v *volume) addKeys(prefix string, keys map[string]string, items []corev1.KeyToPath, mode fs.FileMode, optional *bool, secret bool) {
	if len(items) == 0 {
		for key := range keys {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
		sort.Slice(items, func(a, b int) bool { return items[a].Key < items[b].Key })
	}
	for _, item := range items {
		value, ok := keys[item.Key]
		switch {
		case !ok && optional != nil && *optional:
			continue
		case !ok:
			v.missing = append(v.missing, prefix+item.Key+": no such key")
			v.lacks = append(v.lacks, prefix+item.Key)
			continue
		}
		v.put(item.Path, &node{data: sourced(value, &source{object: prefix + item.Key, secret: secret}), mode: modeOr(item.Mode, mode), rootOnly: true, via: "mount"})
	}
}

func (v *volume) put(p string, n *node) {
	d := v.root
	parts := split(p)
	for _, name := range parts[:max(len(parts)-1, 0)] {
		next := d.child(name)
		if next == nil || next.dir == nil {
			next = newDir()
			d.dir[name] = next
		}
		d = next
	}
	if len(parts) > 0 {
		d.dir[parts[len(parts)-1]] = n
	}
}

func (r *resolver) addDownward(vol *volume, items []corev1.DownwardAPIVolumeFile, mode fs.FileMode) {
	for _, item := range items {
		if item.FieldRef == nil {
			continue
		}
		object := "pod-field/" + item.FieldRef.FieldPath
		if _, key, ok := strings.Cut(item.FieldRef.FieldPath, "metadata.annotations['"); ok {
			object = "pod-annotation/" + strings.TrimSuffix(key, "']")
		}
		vol.put(item.Path, &node{data: sourced(r.field(item.FieldRef.FieldPath), &source{object: object}), mode: modeOr(item.Mode, mode), via: "downwardAPI"})
	}
}

// viewOf is the file system of one container over a set of volumes.
func (r *resolver) viewOf(c *corev1.Container, image *volume, volumes map[string]*volume, env environment) *view {
	v := &view{image: image, cwd: "/"}
	if c.WorkingDir != "" {
		v.cwd = c.WorkingDir
	}
	for _, m := range c.VolumeMounts {
		vol := volumes[m.Name]
		if vol == nil {
			// A claim template's volume that the pod does not list, or a typing error.
			vol = &volume{name: m.Name, kind: "disk", root: newDir()}
			vol.root.open = true
			volumes[m.Name] = vol
		}
		sub := m.SubPath
		if m.SubPathExpr != "" {
			sub = expandRefs(m.SubPathExpr, env, nil).String()
		}
		at := path.Clean("/" + m.MountPath)
		v.mounts = append(v.mounts, mount{at: at, vol: vol, sub: sub, readOnly: m.ReadOnly})
		r.nameAbsentKey(vol, sub)
	}
	v.sortMounts()
	return v
}

// nameAbsentKey puts a subPath's key into a volume whose object is not there: the
// key is known by its name.
func (r *resolver) nameAbsentKey(vol *volume, sub string) {
	if sub == "" || len(vol.absent) != 1 || vol.root.child(split(sub)[0]) != nil {
		return
	}
	vol.put(sub, vol.absent[0].file(sub, 0o644))
}
