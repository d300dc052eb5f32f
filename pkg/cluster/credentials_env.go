package cluster

import (
	"context"
	"path"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
)

// accountVariables are the environment variables by which images are given an
// account: the password's, the user's, and the user where that is not set.
var accountVariables = []struct{ password, user, fallback string }{
	{"MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_USER", "root"},
	{"MARIADB_ROOT_PASSWORD", "MARIADB_ROOT_USER", "root"},
	{"MYSQL_MASTER_ROOT_PASSWORD", "MYSQL_MASTER_ROOT_USER", "root"},
	{"MARIADB_MASTER_ROOT_PASSWORD", "MARIADB_MASTER_ROOT_USER", "root"},
	{"MYSQL_DBADMIN_PASSWORD", "MYSQL_DBADMIN_USERNAME", "root"},
	{"MYSQL_PASSWORD", "MYSQL_USER", ""},
	{"MARIADB_PASSWORD", "MARIADB_USER", ""},
}

// emptyVariables, set to anything but "no", let root in without a password.
var emptyVariables = []string{"MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MARIADB_ALLOW_EMPTY_PASSWORD", "ALLOW_EMPTY_PASSWORD"}

// environmentCredentials are the accounts that the container's environment
// points at. A password that may not be read here is used inside the pod.
func environmentCredentials(ctx context.Context, objs Objects, inst *Instance) []Credential {
	env := &containerEnv{ctx: ctx, objs: objs, namespace: inst.Namespace, pod: inst.PodObject, container: inst.Container()}
	var found []Credential
	for _, v := range accountVariables {
		user, _ := env.plain(v.user)
		if user == "" {
			user = v.fallback
		}
		if user == "" {
			continue
		}
		env.unread = ""
		value, source, state := env.secret(v.password)
		switch state {
		case known:
			found = append(found, Credential{User: user, Password: NewPassword(value), Source: source})
			if plain := strings.TrimRight(value, "\r\n"); plain != value && plain != "" {
				found = append(found, Credential{User: user, Password: NewPassword(plain), Source: source + " without its last newline"})
			}
		case inPod:
			found = append(found, Credential{User: user, Source: source, InPod: true, Env: []string{v.password}, Unread: env.unread})
		}
	}
	for _, name := range emptyVariables {
		if value, ok := env.plain(name); ok && value != "" && !strings.EqualFold(value, "no") {
			return append(found, Credential{User: "root", Source: "env " + name})
		}
	}
	return found
}

// containerEnv reads single variables of a container as the kubelet sets them.
type containerEnv struct {
	ctx       context.Context
	objs      Objects
	namespace string
	pod       *corev1.Pod
	container *corev1.Container
	unread    string // the last Secret that may not be read
}

type envState int

const (
	unset envState = iota
	known
	inPod // set, but its value cannot be told from here
)

// reference is $(VAR) in a value, which the kubelet expands.
var reference = regexp.MustCompile(`\$\(\w+\)`)

// plain is a variable's value if it can be told.
func (e *containerEnv) plain(name string) (string, bool) {
	value, _, state := e.variable(name)
	return strings.TrimRight(value, "\r\n"), state == known
}

// secret is a variable's value, or the content of the file that NAME_FILE names.
func (e *containerEnv) secret(name string) (string, string, envState) {
	if value, source, state := e.variable(name); state != unset && (state == inPod || value != "") {
		return value, source, state
	}
	file, _, state := e.variable(name + "_FILE")
	if state == unset || (state == known && file == "") {
		return "", "", unset
	}
	if state == known {
		if value, source, ok := e.mounted(file); ok {
			return value, source + " (env " + name + "_FILE)", known
		}
	}
	return "", "env " + name + "_FILE, read in the pod", inPod
}

// variable looks a variable up: env beats envFrom, the last of a name wins. A newline
// at a Secret's end, as echo leaves it, is part of the value, as in the container.
func (e *containerEnv) variable(name string) (value, source string, state envState) {
	for i := len(e.container.Env) - 1; i >= 0; i-- {
		v := &e.container.Env[i]
		if v.Name != name {
			continue
		}
		if v.ValueFrom == nil {
			if reference.MatchString(v.Value) {
				return "", "env " + name + ", read in the pod", inPod
			}
			return v.Value, "env " + name, known
		}
		if ref := v.ValueFrom.SecretKeyRef; ref != nil {
			return e.secretKey(ref.Name, ref.Key, "env "+name)
		}
		if ref := v.ValueFrom.ConfigMapKeyRef; ref != nil {
			if cm, err := e.objs.ConfigMap(e.ctx, e.namespace, ref.Name); err == nil {
				if value, ok := cm.Data[ref.Key]; ok {
					return value, "configmap/" + ref.Name + ":" + ref.Key + " (env " + name + ")", known
				}
			}
		}
		return "", "env " + name + ", read in the pod", inPod
	}
	for i := len(e.container.EnvFrom) - 1; i >= 0; i-- {
		from := &e.container.EnvFrom[i]
		key, prefixed := strings.CutPrefix(name, from.Prefix)
		if !prefixed {
			continue
		}
		switch {
		case from.SecretRef != nil:
			secret, err := e.objs.Secret(e.ctx, e.namespace, from.SecretRef.Name)
			if err != nil {
				e.hint(from.SecretRef.Name, err)
				return "", "env " + name + ", read in the pod", inPod
			}
			if _, ok := secret.Data[key]; ok {
				return string(secret.Data[key]), "secret/" + secret.Name + ":" + key + " (envFrom)", known
			}
		case from.ConfigMapRef != nil:
			if cm, err := e.objs.ConfigMap(e.ctx, e.namespace, from.ConfigMapRef.Name); err == nil {
				if value, ok := cm.Data[key]; ok {
					return value, "configmap/" + cm.Name + ":" + key + " (envFrom)", known
				}
			}
		}
	}
	return "", "", unset
}

func (e *containerEnv) secretKey(name, key, by string) (string, string, envState) {
	secret, err := e.objs.Secret(e.ctx, e.namespace, name)
	if err != nil {
		e.hint(name, err)
		return "", by + ", read in the pod", inPod
	}
	if _, ok := secret.Data[key]; !ok {
		return "", by + ", read in the pod", inPod
	}
	return string(secret.Data[key]), "secret/" + name + ":" + key + " (" + by + ")", known
}

func (e *containerEnv) hint(secret string, err error) {
	if isForbidden(err) {
		e.unread = "secret/" + secret
	}
	klog.FromContext(e.ctx).V(1).Info("Secret cannot be read, the pod's own environment is used", "secret", e.namespace+"/"+secret, "reason", err.Error())
}

// mounted finds the Secret key that a volume puts at a path in the container.
func (e *containerEnv) mounted(file string) (value, source string, ok bool) {
	var mount *corev1.VolumeMount
	for i := range e.container.VolumeMounts {
		m := &e.container.VolumeMounts[i]
		if within(file, m.MountPath) && (mount == nil || len(m.MountPath) > len(mount.MountPath)) {
			mount = m
		}
	}
	if mount == nil {
		return "", "", false
	}
	relative := strings.Trim(path.Join(mount.SubPath, strings.TrimPrefix(path.Clean(file), path.Clean(mount.MountPath))), "/")
	for i := range e.pod.Spec.Volumes {
		v := &e.pod.Spec.Volumes[i]
		if v.Name != mount.Name {
			continue
		}
		if v.Secret != nil {
			return e.secretFile(v.Secret.SecretName, v.Secret.Items, relative)
		}
		if v.Projected != nil {
			for _, s := range v.Projected.Sources {
				if s.Secret == nil {
					continue
				}
				if value, source, ok := e.secretFile(s.Secret.Name, s.Secret.Items, relative); ok {
					return value, source, true
				}
			}
		}
	}
	return "", "", false
}

func (e *containerEnv) secretFile(name string, items []corev1.KeyToPath, relative string) (string, string, bool) {
	key := relative
	for _, item := range items {
		if item.Path == relative {
			key = item.Key
		}
	}
	secret, err := e.objs.Secret(e.ctx, e.namespace, name)
	if err != nil {
		e.hint(name, err)
		return "", "", false
	}
	if _, ok := secret.Data[key]; !ok {
		return "", "", false
	}
	return text(secret, key), "secret/" + name + ":" + key, true
}

func within(file, dir string) bool {
	file, dir = path.Clean(file), path.Clean(dir)
	return file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
}
