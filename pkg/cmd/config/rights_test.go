package config

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

type noSecrets struct{ cluster.Objects }

func (noSecrets) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewForbidden(corev1.Resource("secrets"), name, nil)
}

// TestUnreadableSecretIsAnError: a configuration of which a part may not be read is
// not given as whole. What is only not among the manifests is no error.
func TestUnreadableSecretIsAnError(t *testing.T) {
	const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers:
  - name: mysql
    image: mysql:8.4
    volumeMounts: [{name: options, mountPath: /etc/mysql/conf.d/db.cnf, subPath: db.cnf}]
  volumes: [{name: options, secret: {secretName: hidden}}]
`
	files, err := cluster.NewFiles([]string{"-"}, strings.NewReader(manifest))
	if err != nil {
		t.Fatal(err)
	}
	item := collect(context.Background(), noSecrets{files}, nil, cluster.Selection{}).Items[0]
	if len(item.Errors) != 1 || !strings.Contains(item.Errors[0].Text, "secret/hidden:db.cnf: reading it is forbidden, a Role must allow get on secrets") {
		t.Errorf("forbidden: %+v", item.Errors)
	}
	item = collect(context.Background(), files, nil, cluster.Selection{}).Items[0]
	if len(item.Errors) != 0 || !strings.Contains(strings.Join(item.Missing, "\n"), "secret/hidden:db.cnf") {
		t.Errorf("not among the manifests: %+v, missing %q", item.Errors, item.Missing)
	}
}
