//go:build lab

package fix

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// Of the lab, for short.
var (
	lab       *labtest.Lab
	client    kubernetes.Interface
	namespace string
)

func TestMain(m *testing.M) { labtest.Main(m, setUp) }

func setUp(ctx context.Context, l *labtest.Lab) error {
	if err := l.MakeNamespace(ctx, "fix"); err != nil {
		return err
	}
	lab, client, namespace = l, l.Client, l.Namespace
	if err := startServers(ctx); err != nil {
		return err
	}
	for _, f := range flavours {
		if err := lab.Ready(ctx, f.pod()); err != nil {
			return err
		}
	}
	// Debian's MariaDB leaves accounts that shadow root@'%' for the tunnel.
	_, err := lab.SQL(ctx, "mariadb-0", "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'")
	return err
}

func startServers(ctx context.Context) error {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "root"}, StringData: map[string]string{"password": rootPassword}}
	if _, err := client.CoreV1().Secrets(namespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, f := range flavours {
		if _, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, f.config(), metav1.CreateOptions{}); err != nil {
			return err
		}
		if _, err := client.AppsV1().StatefulSets(namespace).Create(ctx, f.set(), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func sql(t *testing.T, pod, statements string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := lab.SQL(ctx, pod, statements)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// result is what a run of the plugin printed, and its exit code.
type result struct {
	out, err string
	code     int
}

// plugin runs the built plugin in the tests' namespace.
func plugin(t *testing.T, env []string, args ...string) result {
	t.Helper()
	cmd := lab.Command(t.Context(), labtest.Kubeconfig, t.TempDir(), "kubectl-mysqldrift", append([]string{"-n", namespace}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	return run(t, cmd)
}

// onTerminal runs the plugin on a terminal where somebody types the answer.
func onTerminal(t *testing.T, answer string, args ...string) result {
	t.Helper()
	line := "kubectl-mysqldrift '-n' '" + strings.Join(append([]string{namespace}, args...), "' '") + "'"
	cmd := lab.Command(t.Context(), labtest.Kubeconfig, t.TempDir(), "script", "-qec", line, "/dev/null")
	cmd.Env = append(cmd.Env, "TERM=dumb")
	cmd.Stdin = strings.NewReader(answer)
	return run(t, cmd)
}

func run(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// want checks exit code and words of a result.
func (r result) want(t *testing.T, code int, words ...string) result {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\n%s\n%s", r.code, code, r.out, r.err)
	}
	for _, w := range words {
		if !strings.Contains(r.out, w) && !strings.Contains(r.err, w) {
			t.Errorf("no %q in:\n%s\n%s", w, r.out, r.err)
		}
	}
	return r
}

// declare replaces a text in a server's option file.
func declare(t *testing.T, f flavour, old, value string) {
	t.Helper()
	maps := client.CoreV1().ConfigMaps(namespace)
	cm, err := maps.Get(t.Context(), f.name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(cm.Data["my.cnf"], old) {
		t.Fatalf("%q does not stand in\n%s", old, cm.Data["my.cnf"])
	}
	cm.Data["my.cnf"] = strings.ReplaceAll(cm.Data["my.cnf"], old, value)
	if _, err := maps.Update(t.Context(), cm, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func declared(t *testing.T, f flavour) string {
	t.Helper()
	cm, err := client.CoreV1().ConfigMaps(namespace).Get(t.Context(), f.name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return cm.Data["my.cnf"]
}
