//go:build lab

package fix

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// team is an operator's resource, as small as the API server takes it.
const team = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: mariadbs.k8s.mariadb.com}
spec:
  group: k8s.mariadb.com
  scope: Namespaced
  names: {plural: mariadbs, singular: mariadb, kind: MariaDB}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// A Deployment that Flux delivers: an edit in the cluster would not last, so none
// is made; a restart is the Deployment's.
func TestDeploymentThatFluxDelivers(t *testing.T) {
	pod := deployment(t, "orders", map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"})
	sql(t, pod(), "SET GLOBAL max_connections = 222")
	plugin(t, nil, "fix", "deploy/orders", "max_connections", "--prefer", "running", "--apply", "--yes").want(t, 1,
		"Flux puts the object back: commit the change to Git instead", "1 finding is left")
	if cm := configMap(t, "orders"); !strings.Contains(cm.Data["my.cnf"], "max_connections = 123") {
		t.Errorf("the ConfigMap was changed:\n%s", cm.Data["my.cnf"])
	}
	plugin(t, nil, "fix", "deploy/orders", "max_connections", "--apply", "--yes").want(t, 0, "done: max_connections is 123")

	declare(t, flavour{name: "orders"}, "back_log = 60", "back_log = 70")
	before := pod()
	plugin(t, nil, "fix", "deploy/orders", "back_log", "--apply", "--yes").want(t, 0, "Restart deployment/orders", "nothing is left to fix")
	if after := pod(); after == before || sql(t, after, "SELECT @@global.back_log") != "70" {
		t.Errorf("pod %s, then %s", before, after)
	}
}

// Helm only writes when somebody runs it: the edit is made, with a word of warning.
func TestDeploymentThatHelmDelivers(t *testing.T) {
	pod := deployment(t, "ledger", map[string]string{"app.kubernetes.io/managed-by": "Helm"})
	sql(t, pod(), "SET GLOBAL max_connections = 222")
	plugin(t, nil, "fix", "deploy/ledger", "max_connections", "--prefer", "running", "--apply", "--yes").want(t, 0,
		"the next delivery by Helm puts it back", "nothing is left to fix")
	if cm := configMap(t, "ledger"); !strings.Contains(cm.Data["my.cnf"], "max_connections = 222") {
		t.Errorf("the ConfigMap holds\n%s", cm.Data["my.cnf"])
	}
}

// What an operator made is changed and restarted through its resource, by a person.
func TestOperatorsPods(t *testing.T) {
	if out, err := lab.Kubectl(team, "apply", "-f", "-"); err != nil {
		t.Fatal(err, out)
	}
	if out, err := lab.Kubectl("", "wait", "crd/mariadbs.k8s.mariadb.com", "--for=condition=Established", "--timeout=30s"); err != nil {
		t.Fatal(err, out)
	}
	resource := "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: {name: team, namespace: " + namespace + "}\nspec: {myCnf: '[mariadb]'}\n"
	uid := ""
	eventually(t, func() bool {
		if out, err := lab.Kubectl(resource, "apply", "-f", "-"); err != nil {
			t.Log(out)
			return false
		}
		out, err := lab.Kubectl("", "get", "mariadbs.k8s.mariadb.com/team", "-n", namespace, "-o", "jsonpath={.metadata.uid}")
		uid = strings.TrimSpace(out)
		return err == nil && uid != ""
	})
	pod := deployment(t, "team", nil)
	yes := true
	owner, err := json.Marshal(map[string]any{"metadata": map[string]any{"ownerReferences": []metav1.OwnerReference{{
		APIVersion: "k8s.mariadb.com/v1alpha1", Kind: "MariaDB", Name: "team", UID: types.UID(uid), Controller: &yes}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AppsV1().Deployments(namespace).Patch(t.Context(), "team", types.MergePatchType, owner, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	declare(t, flavour{name: "team"}, "back_log = 60", "back_log = 70")
	before := pod()
	plugin(t, nil, "fix", "deploy/team", "back_log", "--apply", "--yes").want(t, 1,
		"An operator looks after the pods: restart them through mariadb/team", "1 finding is left")
	if after := pod(); after != before {
		t.Errorf("pod %s was restarted: %s", before, after)
	}
}

// deployment runs a MariaDB; the answer names its pod of the moment.
func deployment(t *testing.T, name string, labels map[string]string) func() string {
	t.Helper()
	f := flavour{name: name, image: labtest.MariaDBImage, password: "MARIADB_ROOT_PASSWORD"}
	cm := f.config()
	cm.Labels = labels
	if labels["app.kubernetes.io/managed-by"] == "Helm" {
		cm.Annotations = map[string]string{"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace}
	}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(t.Context(), cm, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	set := f.set().Spec
	template := set.Template
	template.Spec.Containers[0].Args = nil
	deploy := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.DeploymentSpec{
		Replicas: set.Replicas, Selector: set.Selector, Template: template, Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}}}
	if _, err := client.AppsV1().Deployments(namespace).Create(t.Context(), deploy, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	running := func() string {
		pods, err := client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=" + name})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pods.Items {
			if p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning {
				return p.Name
			}
		}
		return ""
	}
	eventually(t, func() bool { return running() != "" })
	if err := lab.Ready(t.Context(), running()); err != nil {
		t.Fatal(err)
	}
	sql(t, running(), "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'")
	t.Cleanup(func() {
		_, _ = lab.Kubectl("", "delete", "-n", namespace, "deployment/"+name, "configmap/"+name, "--wait=false")
	})
	return running
}

func configMap(t *testing.T, name string) *corev1.ConfigMap {
	t.Helper()
	cm, err := client.CoreV1().ConfigMaps(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return cm
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 90 s")
		}
	}
}
