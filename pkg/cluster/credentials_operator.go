package cluster

import (
	"context"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Labels by which operators mark the pods of a cluster.
const (
	labelOracle    = "mysql.oracle.com/cluster"
	labelPresslabs = "mysql.presslabs.org/cluster"
	labelInstance  = "app.kubernetes.io/instance"
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelCreatedBy = "app.kubernetes.io/created-by"
	labelComponent = "apps.kubeblocks.io/component-name"
)

// operatorCredentials reads the Secrets that operators write for a cluster but
// put into no container's environment.
func operatorCredentials(ctx context.Context, objs Objects, inst *Instance) []Credential {
	labels := inst.PodObject.Labels
	cluster := labels[labelInstance]
	var found []Credential
	take := func(secret, userKey, user, passwordKey string) {
		if c, ok := operatorSecret(ctx, objs, inst.Namespace, secret, userKey, user, passwordKey); ok {
			found = append(found, c)
		}
	}
	switch {
	case labels[labelCreatedBy] == "moco" || labels[labelManagedBy] == "moco":
		take("moco-"+cluster, "", "moco-readonly", "READONLY_PASSWORD")
		take("moco-"+cluster, "", "moco-admin", "ADMIN_PASSWORD")
	case labels[labelPresslabs] != "":
		take(labels[labelPresslabs]+"-mysql-operated", "OPERATOR_USER", "", "OPERATOR_PASSWORD")
	case labels[labelManagedBy] == "mysql.presslabs.org":
		take(cluster+"-mysql-operated", "OPERATOR_USER", "", "OPERATOR_PASSWORD")
	case labels[labelManagedBy] == "mysql.radondb.com":
		take(cluster+"-secret", "operator-user", "root", "operator-password")
		take(cluster+"-secret", "", "root", "root-password")
	case labels[labelOracle] != "":
		if secret := innoDBClusterSecret(ctx, objs, inst); secret != "" {
			take(secret, "rootUser", "root", "rootPassword")
		}
	case labels[labelComponent] != "":
		take(cluster+"-"+labels[labelComponent]+"-account-root", "username", "root", "password")
	}
	// Percona's operators mount the users' Secret.
	for i := range inst.PodObject.Spec.Volumes {
		v := &inst.PodObject.Spec.Volumes[i]
		if v.Secret != nil && strings.HasPrefix(v.Secret.SecretName, "internal-") {
			take(v.Secret.SecretName, "", "root", "root")
		}
	}
	return found
}

func operatorSecret(ctx context.Context, objs Objects, namespace, name, userKey, user, passwordKey string) (Credential, bool) {
	secret, err := objs.Secret(ctx, namespace, name)
	if err != nil {
		return Credential{}, false
	}
	if v := text(secret, userKey); userKey != "" && v != "" {
		user = v
	}
	if _, ok := secret.Data[passwordKey]; !ok || user == "" {
		return Credential{}, false
	}
	return Credential{User: user, Password: NewPassword(text(secret, passwordKey)), Source: "secret/" + name + ":" + passwordKey}, true
}

// innoDBClusterSecret is spec.secretName of the InnoDBCluster that owns the pod.
func innoDBClusterSecret(ctx context.Context, objs Objects, inst *Instance) string {
	owner, err := objs.Owner(ctx, inst.Namespace, metav1.OwnerReference{
		APIVersion: "mysql.oracle.com/v2", Kind: "InnoDBCluster", Name: inst.PodObject.Labels[labelOracle],
	})
	if err != nil {
		return ""
	}
	name, _, _ := unstructured.NestedString(owner.Object, "spec", "secretName")
	return name
}
