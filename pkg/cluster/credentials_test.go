package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	k8stesting "k8s.io/client-go/testing"
)

func secret(name string, data ...string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Data: map[string][]byte{}}
	for i := 0; i < len(data); i += 2 {
		s.Data[data[i]] = []byte(data[i+1])
	}
	return s
}

func fromSecretKey(name, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key}}}
}

// show prints a credential with its password, as no product code can.
func show(cs []Credential) string {
	var parts []string
	for _, c := range cs {
		text := c.User + ":" + c.Password.secret
		if c.InPod {
			text = c.User + "@pod"
			if len(c.Env) > 0 {
				text += "$" + strings.Join(c.Env, "$")
			}
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestCredentials(t *testing.T) {
	given := NewPassword("given")
	cases := []struct {
		name    string
		opts    CredentialOptions
		objects []runtime.Object
		change  func(*corev1.Pod)
		want    string
		error   string
		unread  string
	}{
		{name: "nothing known", want: "@pod"},
		{name: "given", opts: CredentialOptions{User: "ro", Password: &given}, want: "ro:given"},
		{name: "password without user", opts: CredentialOptions{Password: &given}, want: "root:given"},
		{name: "named secret before a password without user", opts: CredentialOptions{Password: &given, Secret: "acc"}, objects: []runtime.Object{secret("acc", "username", "mon", "password", "pw")}, want: "mon:pw"},
		{name: "named secret", opts: CredentialOptions{Secret: "acc"}, objects: []runtime.Object{secret("acc", "username", "mon", "password", "pw\n")}, want: "mon:pw"},
		{name: "named secret and key", opts: CredentialOptions{Secret: "acc:mysql-root-password"},
			objects: []runtime.Object{secret("acc", "mysql-root-password", "r", "username", "app", "password", "a")}, want: "root:r"},
		{name: "named secret, root key by name", opts: CredentialOptions{Secret: "acc"}, objects: []runtime.Object{secret("acc", "mariadb-root-password", "r")}, want: "root:r"},
		{name: "named secret without a password", opts: CredentialOptions{Secret: "acc"}, objects: []runtime.Object{secret("acc", "tls.crt", "x")}, error: "no key that is known to hold a password (keys: tls.crt)"},
		{name: "named secret that is not there", opts: CredentialOptions{Secret: "acc"}, error: "not found"},
		{name: "annotation", change: func(p *corev1.Pod) { p.Annotations = map[string]string{AnnotationCredentials: "acc"} },
			objects: []runtime.Object{secret("acc", "user", "mon", "password", "pw")}, want: "mon:pw"},
		{name: "annotation does not leave the namespace", change: func(p *corev1.Pod) { p.Annotations = map[string]string{AnnotationCredentials: "kube-system/acc"} },
			objects: []runtime.Object{secret("acc", "user", "mon", "password", "pw")}, want: "mon:pw"},
		{name: "env by secretKeyRef", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{fromSecretKey("MYSQL_ROOT_PASSWORD", "s", "password")}
		}, objects: []runtime.Object{secret("s", "password", "pw")}, want: "root:pw @pod"},
		{name: "env by secretKeyRef with a newline", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MYSQL_USER", Value: "app\n"}, fromSecretKey("MYSQL_PASSWORD", "s", "password")}
		}, objects: []runtime.Object{secret("s", "password", "pw\n")}, want: "app:pw\n app:pw @pod"},
		{name: "env whose secret may not be read", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{fromSecretKey("MYSQL_ROOT_PASSWORD", "denied", "password")}
		}, want: "root@pod$MYSQL_ROOT_PASSWORD @pod", unread: "secret/denied"},
		{name: "literal env, root before the application's user", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MARIADB_USER", Value: "app"}, {Name: "MARIADB_PASSWORD", Value: "a"}, {Name: "MARIADB_ROOT_PASSWORD", Value: "r"}}
		}, want: "root:r app:a @pod"},
		{name: "an application's password without a user", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MYSQL_PASSWORD", Value: "a"}}
		}, want: "@pod"},
		{name: "expansion stays in the pod", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MYSQL_ROOT_PASSWORD", Value: "$(PW)"}}
		}, want: "root@pod$MYSQL_ROOT_PASSWORD @pod"},
		{name: "the last of a name wins", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MYSQL_ROOT_PASSWORD", Value: "old"}, {Name: "MYSQL_ROOT_PASSWORD", Value: "new"}}
		}, want: "root:new @pod"},
		{name: "envFrom with a prefix", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{Prefix: "MYSQL_", SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "s"}}}}
		}, objects: []runtime.Object{secret("s", "ROOT_PASSWORD", "pw")}, want: "root:pw @pod"},
		{name: "_FILE from a mounted secret", change: func(p *corev1.Pod) {
			p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s", Items: []corev1.KeyToPath{{Key: "k", Path: "sub/pw"}}}}}}
			p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "other", MountPath: "/run"}, {Name: "v", MountPath: "/run/secrets"}}
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MARIADB_ROOT_PASSWORD_FILE", Value: "/run/secrets/sub/pw"}}
		}, objects: []runtime.Object{secret("s", "k", "pw", "sub", "wrong")}, want: "root:pw @pod"},
		{name: "_FILE from elsewhere", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MARIADB_ROOT_PASSWORD_FILE", Value: "/vault/pw"}}
		}, want: "root@pod$MARIADB_ROOT_PASSWORD @pod"},
		{name: "empty password allowed", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MYSQL_ALLOW_EMPTY_PASSWORD", Value: "yes"}}
		}, want: "root: @pod"},
		{name: "empty password refused", change: func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "ALLOW_EMPTY_PASSWORD", Value: "no"}}
		}, want: "@pod"},
		{name: "percona", change: func(p *corev1.Pod) {
			p.Spec.Volumes = []corev1.Volume{{Name: "u", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "internal-c"}}}}
		}, objects: []runtime.Object{secret("internal-c", "root", "pw")}, want: "root:pw @pod"},
		{name: "moco reads with its read-only account first", change: func(p *corev1.Pod) {
			p.Labels = map[string]string{labelCreatedBy: "moco", labelInstance: "c"}
		}, objects: []runtime.Object{secret("moco-c", "READONLY_PASSWORD", "r", "ADMIN_PASSWORD", "a")}, want: "moco-readonly:r moco-admin:a @pod"},
		{name: "oracle's local account", change: func(p *corev1.Pod) { p.Labels = map[string]string{labelOracle: "c"} }, want: "@pod localroot@pod"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pod := mysqlPod("shop", "mysql-0", "")
			if c.change != nil {
				c.change(pod)
			}
			live, core, _ := fakeLive(t, c.objects...)
			core.PrependReactor("get", "secrets", func(a k8stesting.Action) (bool, runtime.Object, error) {
				if name := a.(k8stesting.GetAction).GetName(); name == "denied" {
					return true, nil, apierrors.NewForbidden(corev1.Resource("secrets"), name, fmt.Errorf(`User "x" cannot get resource "secrets"`))
				}
				return false, nil, nil
			})
			inst := instancesOf(context.Background(), live, pod)[0]
			got, err := c.opts.Credentials(context.Background(), live, &inst)
			if (err == nil) != (c.error == "") || (err != nil && !strings.Contains(err.Error(), c.error)) {
				t.Fatalf("error %v, want %q", err, c.error)
			}
			if len(got) > 0 && got[0].Unread != c.unread {
				t.Errorf("unread %q, want %q", got[0].Unread, c.unread)
			}
			if s := show(got); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

// A password does not show in any way of printing that Go has.
func TestPasswordIsHidden(t *testing.T) {
	c := Credential{User: "root", Password: NewPassword("geheim"), Source: "x"}
	opts := CredentialOptions{Password: &c.Password}
	asJSON, err := json.Marshal([]any{c, &c, opts, c.Password, map[string]Password{"p": c.Password}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		string(asJSON), c.String(), fmt.Sprint(c.Password, &c.Password),
		fmt.Sprintf("%v %+v %#v %s %q %x %d %T", c.Password, c.Password, c.Password, c.Password, c.Password, c.Password, c.Password, c.Password),
		fmt.Sprintf("%v %+v %#v", c, c, c), fmt.Sprintf("%+v %#v", &c, opts),
		fmt.Sprintf("%x", c), fmt.Sprintf("%X", []Credential{c}),
	} {
		if strings.Contains(text, "geheim") || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "geheim")) {
			t.Errorf("shows the password: %s", text)
		}
	}
}
