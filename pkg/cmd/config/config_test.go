package config

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

const manifest = `
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {x.cnf: "[mysqld]\nwsrep_sst_auth=root:hunter22\n"}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers:
      - {name: mysql, image: "mysql:8.4", args: [--port=3307], volumeMounts: [{name: v, mountPath: /etc/mysql/conf.d}]}
      volumes: [{name: v, secret: {secretName: s}}]
`

// TestSecretsStayInside: no format shows a Secret's value, all name its source.
func TestSecretsStayInside(t *testing.T) {
	for _, args := range [][]string{nil, {"-o", "wide"}, {"-o", "json"}, {"-o", "yaml"}, {"--tree"}} {
		var out, errOut bytes.Buffer
		root := options.NewRoot(genericiooptions.IOStreams{In: strings.NewReader(manifest), Out: &out, ErrOut: &errOut}, options.Build{})
		cmd := New(root)
		cmd.SetArgs(append([]string{"-f", "-"}, args...))
		if err := cmd.ExecuteContext(context.Background()); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		text := out.String() + errOut.String()
		if strings.Contains(text, "hunter22") {
			t.Errorf("%v shows the value", args)
		}
		if !strings.Contains(text, "secret/s:x.cnf") {
			t.Errorf("%v does not name the source:\n%s", args, text)
		}
	}
}
