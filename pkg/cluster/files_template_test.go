package cluster

import (
	"context"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const templateManifest = `
apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: mysql}
parameters:
- {name: NAME, value: shop}
- {name: REPLICAS, value: "2"}
- {name: PORT, value: 3307}
- {name: PASSWORD, generate: expression, from: "[a-z]{8}"}
objects:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: "${NAME}-options"}
  data: {db.cnf: "[mysqld]\nport=${PORT}\nreport_host=${OTHER}\n"}
- apiVersion: apps/v1
  kind: StatefulSet
  metadata: {name: "${NAME}"}
  spec:
    replicas: ${{REPLICAS}}
    template:
      spec:
        containers:
        - name: mysql
          image: mysql:8.4
          env: [{name: MYSQL_ROOT_PASSWORD, value: "${PASSWORD}"}]
`

// TestTemplate: an OpenShift Template is the objects that it makes with the values
// that its parameters have; what is made up later stays as it is written.
func TestTemplate(t *testing.T) {
	files, err := NewFiles([]string{"-"}, strings.NewReader(templateManifest))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	cm, err := files.ConfigMap(ctx, "", "shop-options")
	if err != nil || cm.Data["db.cnf"] != "[mysqld]\nport=3307\nreport_host=${OTHER}\n" {
		t.Errorf("configmap: %v, %v", cm, err)
	}
	pods, err := files.Pods(ctx, "", metav1.ListOptions{})
	if err != nil || len(pods) != 2 || pods[1].Name != "shop-1" || pods[1].Spec.Containers[0].Env[0].Value != "${PASSWORD}" {
		t.Errorf("pods: %+v, %v", pods, err)
	}
}
