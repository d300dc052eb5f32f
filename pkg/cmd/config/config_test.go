package config

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
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

// run gives what the verb prints for manifests.
func run(t *testing.T, manifests string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	root := options.NewRoot(genericiooptions.IOStreams{In: strings.NewReader(manifests), Out: &out, ErrOut: &errOut}, options.Build{})
	cmd := New(root)
	cmd.SetArgs(append([]string{"-f", "-"}, args...))
	if err := cmd.ExecuteContext(context.Background()); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out.String(), errOut.String()
}

// TestNothingFound: an empty list is a list, and resources that an operator makes
// servers of are named.
func TestNothingFound(t *testing.T) {
	out, errOut := run(t, "apiVersion: pxc.percona.com/v1\nkind: PerconaXtraDBCluster\nmetadata: {name: prod}\n", "-o", "json")
	if !strings.Contains(out, `"items": []`) || !strings.Contains(errOut, "perconaxtradbcluster/prod") {
		t.Errorf("stdout %q stderr %q", out, errOut)
	}
	if _, errOut := run(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prod}\n"); strings.Contains(errOut, "operator") {
		t.Errorf("stderr %q", errOut)
	}
}

// TestScaledToZero: a workload without pods is shown with a note, others without.
func TestScaledToZero(t *testing.T) {
	for _, replicas := range []string{"0", "1"} {
		out, _ := run(t, strings.Replace(manifest, "kind: StatefulSet\nmetadata: {name: db}\nspec:\n", "kind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: "+replicas+"\n", 1))
		if got := strings.Contains(out, "note: statefulset/db is scaled to no pods"); got != (replicas == "0") {
			t.Errorf("replicas %s:\n%s", replicas, out)
		}
	}
}

// What holds a password is never printed, wherever it is declared.
func TestSettingsHideSecrets(t *testing.T) {
	of := func(option, value string, secret bool) model.Setting {
		return model.Setting{Option: option, Value: value, HasValue: value != "", Secret: secret}
	}
	list := settings([]model.Setting{
		of("wsrep_sst_auth", "sst:geheim", false), of("init-connect", "SET @pw='geheim'", false), of("wsrep_sst_auth sst:geheim", "", false),
		of("max_connections", "geheim", true), of("back_log", "60", false),
	}, sysvar.For(model.Server{Flavour: model.MySQL}))
	for i, want := range []string{"--wsrep_sst_auth=***", "--init-connect=***", "--wsrep_sst_auth=***", "--max_connections=***", "--back_log=60"} {
		if got := line(list[i]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestFaultOfThePod: what is wrong with the pod itself is at no path.
func TestFaultOfThePod(t *testing.T) {
	broken := strings.Replace(manifest, "args: [--port=3307]", `command: [sh, -c, "false && exec mysqld"]`, 1)
	const want = "# fatal: pod/db-0: the command of container mysql ends with status 1: the server is never started\n"
	if out, _ := run(t, broken); !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
}
