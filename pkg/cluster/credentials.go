package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
)

// AnnotationCredentials on a pod names the Secret of an account for mysqldrift:
// NAME, or NAME:KEY of the password.
const AnnotationCredentials = "mysqldrift.io/credentials-secret"

// CredentialOptions are what the user said of the account to use.
type CredentialOptions struct {
	User string
	// Password from --password-stdin or MYSQLDRIFT_PASSWORD; nil if neither.
	Password *Password
	// Secret is --credentials-secret: [NAMESPACE/]NAME[:KEY]. Without a namespace
	// it is looked for in each pod's own.
	Secret string
}

// Credentials are the accounts to try on an instance, in order: what the user
// named, what the pod's annotation names, what the container's environment and
// its operator's Secrets hold, the pod's socket.
func (o CredentialOptions) Credentials(ctx context.Context, objs Objects, inst *Instance) ([]Credential, error) {
	if o.User != "" || o.Password != nil && o.Secret == "" {
		c := Credential{User: o.User, Source: "--user", Given: true}
		if c.User == "" {
			c.User, c.Source = "root", "the given password"
		}
		if o.Password != nil {
			c.Password = *o.Password
		}
		return []Credential{c}, nil
	}
	if o.Secret != "" {
		return named(ctx, objs, inst, o.Secret, "--credentials-secret")
	}
	if name := inst.PodObject.Annotations[AnnotationCredentials]; name != "" {
		// A pod's annotation must not reach into another namespace.
		return named(ctx, objs, inst, name[strings.LastIndexByte(name, '/')+1:], "annotation "+AnnotationCredentials)
	}
	found := environmentCredentials(ctx, objs, inst)
	found = append(found, operatorCredentials(ctx, objs, inst)...)
	found = append(found, Credential{InPod: true, Source: "the socket"})
	if inst.PodObject.Labels[labelOracle] != "" {
		found = append(found, Credential{User: "localroot", InPod: true, Source: "the socket"})
	}
	for _, c := range found {
		klog.FromContext(ctx).V(2).Info("Account to try", "pod", klog.KObj(inst.PodObject), "account", c.String())
	}
	return found, nil
}

// named reads the one Secret that somebody named: it works or it is an error.
func named(ctx context.Context, objs Objects, inst *Instance, text, by string) ([]Credential, error) {
	namespace := inst.Namespace
	ref, key, _ := strings.Cut(text, ":")
	if ns, name, ok := strings.Cut(ref, "/"); ok {
		namespace, ref = ns, name
	}
	secret, err := objs.Secret(ctx, namespace, ref)
	if err != nil {
		reason, hint := ReasonNoCredentials, "see "+by
		if isForbidden(err) {
			reason, _, hint = forbidden(err)
		}
		return nil, &fault{reason, hint, fmt.Errorf("%s: %w", by, err)}
	}
	c, err := credentialIn(secret, key)
	if err != nil {
		return nil, &fault{ReasonNoCredentials, "name the password's key: " + ref + ":KEY", fmt.Errorf("%s: %w", by, err)}
	}
	c.Source = fmt.Sprintf("secret/%s (%s)", ref, by)
	c.Given = true
	return []Credential{c}, nil
}

// Keys under which Secrets of charts and operators hold an account, likeliest
// first. A key with root in its name needs no user.
var (
	userKeys     = []string{"username", "user", "rootUser", "MYSQL_USER", "MARIADB_USER", "mysql-user", "OPERATOR_USER"}
	passwordKeys = []string{"password", "PASSWORD", "rootPassword", "mysql-password", "mariadb-password", "MYSQL_PASSWORD", "MARIADB_PASSWORD", "OPERATOR_PASSWORD"}
	rootKeys     = []string{"mysql-root-password", "mariadb-root-password", "root-password", "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD", "ROOT_PASSWORD", "rootPassword", "root", "mariadb-pass", "password"}
)

// credentialIn takes an account out of a Secret, by the key of its password or
// by the names that such keys have.
func credentialIn(secret *corev1.Secret, key string) (Credential, error) {
	user := ""
	for _, k := range userKeys {
		if v := text(secret, k); v != "" {
			user = v
			break
		}
	}
	if key != "" {
		if _, ok := secret.Data[key]; !ok {
			return Credential{}, fmt.Errorf("secret %s/%s has no key %q", secret.Namespace, secret.Name, key)
		}
		if user == "" || slices.Contains(rootKeys[:len(rootKeys)-1], key) {
			user = "root"
		}
		return Credential{User: user, Password: NewPassword(text(secret, key))}, nil
	}
	if user != "" {
		for _, k := range passwordKeys {
			if _, ok := secret.Data[k]; ok {
				return Credential{User: user, Password: NewPassword(text(secret, k))}, nil
			}
		}
	}
	for _, k := range rootKeys {
		if _, ok := secret.Data[k]; ok {
			return Credential{User: "root", Password: NewPassword(text(secret, k))}, nil
		}
	}
	keys := make([]string, 0, len(secret.Data))
	for k := range secret.Data {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return Credential{}, fmt.Errorf("secret %s/%s has no key that is known to hold a password (keys: %s)", secret.Namespace, secret.Name, strings.Join(keys, ", "))
}

// text is a key's value without the newline that an editor or echo left.
func text(secret *corev1.Secret, key string) string {
	return strings.TrimRight(string(secret.Data[key]), "\r\n")
}
