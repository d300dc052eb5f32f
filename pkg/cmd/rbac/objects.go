package rbac

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
)

// subject is who gets the rights, and the ServiceAccount to be made for it.
func (f *flags) subject(namespace string) (rbacv1.Subject, *corev1.ServiceAccount, error) {
	given := 0
	for _, s := range []string{f.serviceAccount, f.kubeUser, f.group} {
		if s != "" {
			given++
		}
	}
	if given > 1 {
		return rbacv1.Subject{}, nil, options.Usagef("--serviceaccount, --kube-user and --group exclude each other")
	}
	switch {
	case f.kubeUser != "":
		return rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: f.kubeUser}, nil, nil
	case f.group != "":
		return rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: f.group}, nil, nil
	}
	name := f.serviceAccount
	if name == "" {
		name = "mysqldrift"
	}
	if ns, bare, ok := strings.Cut(name, ":"); ok {
		namespace, name = ns, bare
	}
	if len(validation.IsDNS1123Subdomain(name)) > 0 || len(validation.IsDNS1123Label(namespace)) > 0 {
		return rbacv1.Subject{}, nil, options.Usagef("--serviceaccount %q: want [NAMESPACE:]NAME", f.serviceAccount)
	}
	account := &corev1.ServiceAccount{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"}, ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}}
	return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: name, Namespace: namespace}, account, nil
}

// objects are all that is to be applied.
func objects(name string, sets []rights.Set, subject rbacv1.Subject, made *corev1.ServiceAccount) *metav1.List {
	list := &metav1.List{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}}
	add := func(objects ...runtime.Object) {
		for _, o := range objects {
			list.Items = append(list.Items, runtime.RawExtension{Object: o})
		}
	}
	if made != nil {
		add(made)
	}
	for _, set := range sets {
		meta := metav1.ObjectMeta{Name: name, Namespace: set.Namespace}
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind(set), Name: name}
		roleType, bindingType := typeOf(kind(set)), typeOf(kind(set)+"Binding")
		if set.Namespace == "" {
			add(&rbacv1.ClusterRole{TypeMeta: roleType, ObjectMeta: meta, Rules: policy(set.Rules)},
				&rbacv1.ClusterRoleBinding{TypeMeta: bindingType, ObjectMeta: meta, RoleRef: ref, Subjects: []rbacv1.Subject{subject}})
			continue
		}
		add(&rbacv1.Role{TypeMeta: roleType, ObjectMeta: meta, Rules: policy(set.Rules)},
			&rbacv1.RoleBinding{TypeMeta: bindingType, ObjectMeta: meta, RoleRef: ref, Subjects: []rbacv1.Subject{subject}})
	}
	return list
}

func typeOf(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind}
}

func kind(set rights.Set) string {
	if set.Namespace == "" {
		return "ClusterRole"
	}
	return "Role"
}

func policy(rules []rights.Rule) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, r := range rules {
		out = append(out, rbacv1.PolicyRule{APIGroups: []string{r.Group}, Resources: []string{r.Resource}, Verbs: r.Verbs, ResourceNames: r.Names})
	}
	return out
}

// writeYAML writes the same objects for people: a rule a line, with what it is for.
func writeYAML(w io.Writer, name string, sets []rights.Set, subject rbacv1.Subject, made *corev1.ServiceAccount) error {
	var b strings.Builder
	if made != nil {
		fmt.Fprintf(&b, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: %s, namespace: %s}\n---\n", scalar(made.Name), scalar(made.Namespace))
	}
	for i, set := range sets {
		if i > 0 {
			b.WriteString("---\n")
		}
		meta := "{name: " + scalar(name)
		if set.Namespace != "" {
			meta += ", namespace: " + scalar(set.Namespace)
		}
		meta += "}"
		fmt.Fprintf(&b, "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: %s\nrules:\n", kind(set), meta)
		for _, r := range set.Rules {
			b.WriteString(ruleLine(r))
		}
		fmt.Fprintf(&b, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: %sBinding\nmetadata: %s\n", kind(set), meta)
		fmt.Fprintf(&b, "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s}\n", kind(set), scalar(name))
		fmt.Fprintf(&b, "subjects:\n- %s\n", subjectLine(subject))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func ruleLine(r rights.Rule) string {
	text := fmt.Sprintf("- {apiGroups: [%s], resources: [%s], verbs: [%s]", scalar(r.Group), scalar(r.Resource), strings.Join(r.Verbs, ", "))
	if len(r.Names) > 0 {
		names := make([]string, len(r.Names))
		for i, n := range r.Names {
			names[i] = scalar(n)
		}
		text += ", resourceNames: [" + strings.Join(names, ", ") + "]"
	}
	return text + "}  # " + r.For + "\n"
}

func subjectLine(s rbacv1.Subject) string {
	if s.Kind == rbacv1.ServiceAccountKind {
		return fmt.Sprintf("{kind: ServiceAccount, name: %s, namespace: %s}", scalar(s.Name), scalar(s.Namespace))
	}
	return fmt.Sprintf("{apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s}", s.Kind, scalar(s.Name))
}

// scalar is a text as a YAML scalar, quoted where need be: JSON is YAML. Plain
// only what no flow mapping can misread.
func scalar(text string) string {
	data, err := yaml.Marshal(text)
	if plain := strings.TrimSuffix(string(data), "\n"); err == nil && plain == text && !strings.ContainsAny(text, ",[]{}:#&*!|>'\"%@`?") {
		return plain
	}
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
