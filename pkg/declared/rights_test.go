package declared

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// noSecrets are objects of which the Secrets may not be read.
type noSecrets struct{ cluster.Objects }

func (noSecrets) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewForbidden(corev1.Resource("secrets"), name, nil)
}

const secretManifest = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers:
      - name: mysql
        image: IMAGE
        command: COMMAND
        volumeMounts: [{name: options, mountPath: MOUNT}]
      volumes: [{name: options, VOLUME}]
---
apiVersion: v1
kind: Secret
metadata: {name: hidden}
stringData:
  db.cnf: |
    [mysqld]
    max_connections=7
`

// TestSecretNotReadable: a Secret that may not be read is named with the right
// that is missing, and where it may be absent it is not taken for there.
func TestSecretNotReadable(t *testing.T) {
	const forbidden = "reading it is forbidden, a Role must allow get on secrets"
	for _, tc := range []struct {
		name, image, command, mount, volume string
		want, unread                        []string
	}{
		{"by item", "mysql:8.4", "[mysqld]", "/etc/mysql/conf.d", "secret: {secretName: hidden, items: [{key: db.cnf, path: db.cnf}]}",
			[]string{"/etc/mysql/conf.d/db.cnf secret/hidden:db.cnf derived"}, []string{"secret/hidden: " + forbidden}},
		{"whole", "mysql:8.4", "[mysqld]", "/etc/mysql/conf.d", "secret: {secretName: hidden}",
			nil, []string{"secret/hidden: " + forbidden}},
		{"may be absent", "mysql:8.4", "[mysqld]", "/etc/mysql/conf.d", "secret: {secretName: hidden, optional: true, items: [{key: db.cnf, path: db.cnf}]}",
			[]string{"/etc/mysql/conf.d/db.cnf secret/hidden:db.cnf ambiguous"}, []string{"secret/hidden: " + forbidden}},
		{"may be absent, added by an entry point", "percona/percona-server:8.0", "[/opt/percona/ps-entrypoint.sh, mysqld]", "/etc/mysql/config",
			"projected: {sources: [{secret: {name: hidden, optional: true, items: [{key: db.cnf, path: my-secret.cnf}]}}]}",
			[]string{"/etc/my.cnf.d/node.cnf secret/hidden:db.cnf ambiguous"}, []string{"secret/hidden:db.cnf: " + forbidden}},
		{"where no server looks", "mysql:8.4", "[mysqld]", "/etc/tls", "secret: {secretName: hidden}", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.NewReplacer("IMAGE", tc.image, "COMMAND", tc.command, "MOUNT", tc.mount, "VOLUME", tc.volume).Replace(secretManifest)
			files, err := cluster.NewFiles([]string{"-"}, strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			pods, err := files.Pods(context.Background(), "", metav1.ListOptions{})
			if err != nil || len(pods) != 1 {
				t.Fatalf("pods: %v, %v", pods, err)
			}
			resolve := func(objs cluster.Objects) (sources []string, res *Resolution) {
				res, err := Resolve(context.Background(), objs, &pods[0], "mysql", cluster.ImageServer(tc.image), Options{})
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range res.Governing {
					if strings.HasPrefix(g.Source, "secret/") {
						sources = append(sources, g.Path+" "+g.Source+" "+string(g.Certainty))
					}
				}
				return sources, res
			}
			got, res := resolve(noSecrets{files})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("sources: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tc.unread, res.Unread); diff != "" {
				t.Errorf("unread: -want +got\n%s", diff)
			}
			if strings.Contains(strings.Join(res.Declaration.Missing, "\n"), "max_connections") {
				t.Errorf("it knows what it could not read: %q", res.Declaration.Missing)
			}
			// With the right to read it, nothing of this is said.
			if _, res := resolve(files); len(res.Unread) > 0 || strings.Contains(strings.Join(res.Declaration.Missing, "\n"), "secret/") {
				t.Errorf("readable, and yet: %q, %q", res.Unread, res.Declaration.Missing)
			}
		})
	}
}
