package cluster

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const filesManifest = `
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: cfg}
  data: {max: 100}
- apiVersion: v1
  kind: Secret
  metadata: {name: s}
  data: {a: YQ==}
  stringData: {b: plain}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: mysql, image: mysql, env: [{name: PORT, value: 3306}]}]
  volumeClaimTemplates: [{metadata: {name: data}}]
---
apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
metadata: {name: dc}
spec: {replicas: 3, template: {spec: {containers: [{name: mysql, image: mysql}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: dump}
spec: {template: {spec: {containers: [{name: mysql, image: mysql}]}}}
---
apiVersion: workloads.kubeblocks.io/v1
kind: InstanceSet
metadata: {name: kb}
spec: {replicas: 2, template: {spec: {containers: [{name: mysql, image: mysql}]}}}
---
apiVersion: v1
kind: Pod
metadata:
  name: kb-0
  ownerReferences: [{apiVersion: workloads.kubeblocks.io/v1, kind: InstanceSet, name: kb, controller: true}]
spec: {containers: [{name: mysql, image: mysql}]}
---
this: is no object
`

func TestFilesPods(t *testing.T) {
	files, err := NewFiles([]string{"-"}, strings.NewReader(filesManifest))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	pods, err := files.Pods(ctx, "", metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range pods {
		names = append(names, p.Namespace+"/"+p.Name)
	}
	// A Job has no server; the pod that is there stands for its InstanceSet.
	if got, want := strings.Join(names, " "), "/kb-0 /dc-0 shop/db-0 shop/db-1"; got != want {
		t.Errorf("pods %s, want %s", got, want)
	}
	db := pods[2]
	if db.Spec.Hostname != "db-0" || len(db.Spec.Volumes) != 1 || db.Spec.Volumes[0].PersistentVolumeClaim == nil || db.Spec.Containers[0].Env[0].Value != "3306" {
		t.Errorf("made-up pod: %+v", db.Spec)
	}
	only, err := files.Pods(ctx, "shop", metav1.ListOptions{LabelSelector: "app=db", FieldSelector: "metadata.name=db-1"})
	if err != nil || len(only) != 1 {
		t.Errorf("selected %v, %v; want db-1", only, err)
	}
}

func TestFilesLookup(t *testing.T) {
	files, err := NewFiles([]string{"-"}, strings.NewReader(filesManifest))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	// Manifests without a namespace go where they are applied.
	cm, err := files.ConfigMap(ctx, "shop", "cfg")
	if err != nil || cm.Data["max"] != "100" {
		t.Errorf("configmap: %v, %v", cm, err)
	}
	secret, err := files.Secret(ctx, "shop", "s")
	if err != nil || string(secret.Data["a"]) != "a" || string(secret.Data["b"]) != "plain" {
		t.Errorf("secret: %v, %v", secret, err)
	}
	if _, err := files.ConfigMap(ctx, "shop", "none"); !apierrors.IsNotFound(err) {
		t.Errorf("a ConfigMap that is not there: %v, want NotFound", err)
	}
	owner, err := files.Owner(ctx, "shop", metav1.OwnerReference{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "db"})
	if err != nil || owner.GetName() != "db" {
		t.Errorf("owner: %v, %v", owner, err)
	}
	if _, err := files.Owner(ctx, "shop", metav1.OwnerReference{APIVersion: "other/v1", Kind: "StatefulSet", Name: "db"}); !apierrors.IsNotFound(err) {
		t.Errorf("an owner of another group: %v, want NotFound", err)
	}
}

// TestFilesErrors: a broken document is named, its text is not shown.
func TestFilesErrors(t *testing.T) {
	_, err := NewFiles([]string{"-"}, strings.NewReader("a: b\n---\nkind: Secret\ndata: {x: hunter2\n"))
	if err == nil || !strings.Contains(err.Error(), "document 2") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
	if _, err := NewFiles([]string{"/does/not/exist.yaml"}, nil); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestNamelessPod: a Pod whose name the API server makes up is one all the same.
func TestNamelessPod(t *testing.T) {
	f, err := NewFiles([]string{"-"}, strings.NewReader("apiVersion: v1\nkind: Pod\nmetadata: {generateName: my-}\nspec: {containers: [{name: m, image: mysql}]}\n---\n"+
		"apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {containers: [{name: m, image: mysql}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	pods, _ := f.Pods(context.Background(), "", metav1.ListOptions{})
	if len(pods) != 1 || pods[0].Name != "my-0" {
		t.Errorf("pods %v", pods)
	}
}

// TestRecursive: folders within folders are read only when asked for.
func TestRecursive(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: m, image: mysql}]}\n"
	if err := os.WriteFile(filepath.Join(dir, "a", "b", "p.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, options := range [][]FilesOption{nil, {Recursive}} {
		f, err := NewFiles([]string{dir}, nil, options...)
		if err != nil {
			t.Fatal(err)
		}
		if pods, _ := f.Pods(context.Background(), "", metav1.ListOptions{}); len(pods) != want {
			t.Errorf("options %v: %d pods", options, len(pods))
		}
	}
}
