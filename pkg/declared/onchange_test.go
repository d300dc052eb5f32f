package declared

import (
	"context"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// TestOnChange: who restarts the pods when a ConfigMap is edited.
func TestOnChange(t *testing.T) {
	const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: NAME, annotations: {OWN}}
data: {my.cnf: "[mysqld]\nport=1\n"}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, annotations: {WORKLOAD}}
spec:
  template:
    spec:
      containers: [{name: mysql, image: "mysql:8.0", volumeMounts: [{name: v, mountPath: /etc/mysql/conf.d}]}]
      volumes: [{name: v, configMap: {name: NAME}}]
`
	const match = `reloader.stakater.com/match: "true"`
	for _, test := range []struct{ name, own, workload, want string }{
		{"cfg", "", "", "the file changes"},
		{"cfg", "", `reloader.stakater.com/auto: "true"`, "Reloader"},
		{"cfg", "", `reloader.stakater.com/auto: "false"`, "the file changes"},
		{"cfg", "", `configmap.reloader.stakater.com/reload: "other, cfg"`, "Reloader"},
		{"cfg", "", `configmap.reloader.stakater.com/reload: "other"`, "the file changes"},
		{"cfg", "", `secret.reloader.stakater.com/reload: "cfg"`, "the file changes"},
		{"cfg", "", `configmap.reloader.stakater.com/reload: "cf.*"`, "Reloader"},
		{"cfg", "", `configmap.reloader.stakater.com/reload: "cf"`, "the file changes"},
		{"cfg", "", `reloader.stakater.com/auto: "true", configmaps.exclude.reloader.stakater.com/reload: "cfg"`, "the file changes"},
		{"cfg", `reloader.stakater.com/ignore: "true"`, `reloader.stakater.com/auto: "true"`, "the file changes"},
		{"cfg", match, `reloader.stakater.com/search: "true"`, "Reloader"},
		{"cfg", "", `reloader.stakater.com/search: "true"`, "the file changes"},
		{"cfg-5t8hm9k2fd", "", "", "Kustomize"},
		{"cfg-production", "", "", "the file changes"},
	} {
		text := strings.NewReplacer("NAME", test.name, "OWN", test.own, "WORKLOAD", test.workload).Replace(manifest)
		files, err := cluster.NewFiles([]string{"-"}, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		pods, _ := files.Pods(context.Background(), "", metav1.ListOptions{})
		found := cluster.Servers(&pods[0])[0]
		res, err := Resolve(context.Background(), files, &pods[0], found.Container, serverOf(&pods[0], found), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(res.OnChange, test.want) {
			t.Errorf("%+v: %s", test, res.OnChange)
		}
	}
}
