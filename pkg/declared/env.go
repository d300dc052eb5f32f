package declared

import (
	"context"
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
)

// environment is a container's variables as the kubelet sets them.
type environment map[string]text

func (r *resolver) environment(ctx context.Context, c *corev1.Container) environment {
	env := environment{}
	for _, from := range c.EnvFrom {
		switch {
		case from.ConfigMapRef != nil:
			cm, err := r.objs.ConfigMap(ctx, r.pod.Namespace, from.ConfigMapRef.Name)
			if err != nil {
				r.miss(from.ConfigMapRef.Optional, "configmap/%s (environment of container %s): %v", from.ConfigMapRef.Name, c.Name, err)
				r.openEnv(c, from.ConfigMapRef.Optional, err)
				continue
			}
			for _, key := range sortedKeys(cm.Data) {
				env[from.Prefix+key] = sourced(cm.Data[key], &source{object: "configmap/" + cm.Name + ":" + key, kind: valueText})
			}
		case from.SecretRef != nil:
			s, err := r.objs.Secret(ctx, r.pod.Namespace, from.SecretRef.Name)
			if err != nil {
				// Mostly passwords: not reading them leaves no setting unknown.
				r.openEnv(c, from.SecretRef.Optional, err)
				continue
			}
			for _, key := range sortedKeys(s.Data) {
				env[from.Prefix+key] = sourced(string(s.Data[key]), &source{object: "secret/" + s.Name + ":" + key, secret: true, kind: valueText})
			}
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			env[e.Name] = expandRefs(e.Value, env, &source{object: "env", kind: valueText})
			continue
		}
		if value, ok := r.valueFrom(ctx, c, e.ValueFrom); ok {
			env[e.Name] = value
		}
	}
	return env
}

// openEnv notes that a container has variables from an object that could not be
// read. What may be absent and is not there gives none.
func (r *resolver) openEnv(c *corev1.Container, optional *bool, err error) {
	if apierrors.IsNotFound(err) && optional != nil && *optional {
		return
	}
	r.envOpen[c.Name] = true
}

func (r *resolver) valueFrom(ctx context.Context, c *corev1.Container, from *corev1.EnvVarSource) (text, bool) {
	switch {
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		cm, err := r.objs.ConfigMap(ctx, r.pod.Namespace, ref.Name)
		if err == nil {
			if value, ok := cm.Data[ref.Key]; ok {
				return sourced(value, &source{object: "configmap/" + ref.Name + ":" + ref.Key, kind: valueText}), true
			}
		}
		if ref.Optional != nil && *ref.Optional {
			return nil, false
		}
		return sourced(unknown, &source{object: "configmap/" + ref.Name + ":" + ref.Key, kind: valueText}), true
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		src := &source{object: "secret/" + ref.Name + ":" + ref.Key, secret: true, kind: valueText}
		s, err := r.objs.Secret(ctx, r.pod.Namespace, ref.Name)
		if err == nil {
			if value, ok := s.Data[ref.Key]; ok {
				return sourced(string(value), src), true
			}
		}
		if ref.Optional != nil && *ref.Optional {
			return nil, false
		}
		return sourced(unknown, src), true
	case from.FieldRef != nil:
		return plain(r.field(from.FieldRef.FieldPath)), true
	case from.ResourceFieldRef != nil:
		return plain(resourceField(c, from.ResourceFieldRef)), true
	}
	return plain(unknown), true
}

// field is what the downward API gives; what only a running pod has is unknown.
func (r *resolver) field(p string) string {
	name, key, hasKey := strings.Cut(p, "['")
	key = strings.TrimSuffix(key, "']")
	or := func(s string) string {
		if s == "" {
			return unknown
		}
		return s
	}
	switch {
	case hasKey && name == "metadata.labels":
		return r.pod.Labels[key]
	case hasKey && name == "metadata.annotations":
		return r.pod.Annotations[key]
	}
	switch p {
	case "metadata.name":
		return r.podName()
	case "metadata.namespace":
		return or(r.pod.Namespace)
	case "metadata.uid":
		return or(string(r.pod.UID))
	case "spec.nodeName":
		return or(r.pod.Spec.NodeName)
	case "spec.serviceAccountName":
		return or(r.pod.Spec.ServiceAccountName)
	case "status.podIP", "status.podIPs":
		return or(r.pod.Status.PodIP)
	case "status.hostIP", "status.hostIPs":
		return or(r.pod.Status.HostIP)
	}
	return unknown
}

func resourceField(c *corev1.Container, ref *corev1.ResourceFieldSelector) string {
	kind, name, _ := strings.Cut(ref.Resource, ".")
	list := c.Resources.Limits
	if kind == "requests" {
		list = c.Resources.Requests
	}
	q, ok := list[corev1.ResourceName(name)]
	if !ok {
		return unknown
	}
	divisor := ref.Divisor
	if divisor.IsZero() {
		divisor = resource.MustParse("1")
	}
	value := q.MilliValue()
	if name != "cpu" {
		return fmt.Sprint((q.Value() + divisor.Value() - 1) / divisor.Value())
	}
	return fmt.Sprint((value + divisor.MilliValue() - 1) / divisor.MilliValue())
}

// expandRefs replaces $(VAR) as the kubelet does: $$ is a dollar, and what names
// no variable stays as it is. Text of its own is from self.
func expandRefs(s string, env environment, self *source) text {
	var out text
	var own strings.Builder
	flush := func() {
		if own.Len() > 0 {
			out = append(out, run{s: own.String(), src: self})
			own.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			own.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '$':
			own.WriteByte('$')
			i++
		case '(':
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				own.WriteByte('$')
				continue
			}
			name := s[i+2 : i+end]
			if value, ok := env[name]; ok {
				flush()
				out = append(out, value...)
			} else {
				own.WriteString(s[i : i+end+1])
			}
			i += end
		default:
			own.WriteByte('$')
		}
	}
	flush()
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
