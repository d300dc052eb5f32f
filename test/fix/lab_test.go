//go:build lab

package fix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

const root = "../.."

var (
	kubeconfig = os.Getenv("MYSQLDRIFT_LAB_KUBECONFIG")
	admin      *rest.Config
	client     kubernetes.Interface
	namespace  string
	bin        string // folder with the built plugin
	kubectl    string
)

func TestMain(m *testing.M) {
	if kubeconfig == "" {
		fmt.Println("skipped: MYSQLDRIFT_LAB_KUBECONFIG names no cluster; see test/lab")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	fail := func(err error) int { fmt.Println("set up:", err); return 1 }
	var err error
	if admin, err = clientcmd.BuildConfigFromFlags("", kubeconfig); err != nil {
		return fail(err)
	}
	admin.QPS, admin.Burst = 100, 200
	client = kubernetes.NewForConfigOrDie(admin)
	ns, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "fix-"}}, metav1.CreateOptions{})
	if err != nil {
		return fail(err)
	}
	namespace = ns.Name
	defer client.CoreV1().Namespaces().Delete(context.Background(), namespace, metav1.DeleteOptions{})
	if err := startServers(ctx); err != nil {
		return fail(err)
	}
	if bin, err = os.MkdirTemp("", "mysqldrift-bin-"); err != nil {
		return fail(err)
	}
	defer os.RemoveAll(bin)
	if out, err := exec.Command("go", "build", "-o", bin+"/kubectl-mysqldrift", root+"/cmd/kubectl-mysqldrift").CombinedOutput(); err != nil {
		return fail(fmt.Errorf("build the plugin: %w\n%s", err, out))
	}
	if kubectl, err = findKubectl(); err != nil {
		return fail(err)
	}
	for _, f := range flavours {
		if err := ready(ctx, f.pod()); err != nil {
			return fail(err)
		}
	}
	// Debian's MariaDB leaves accounts that shadow root@'%' for the tunnel.
	if _, err := sqlIn(ctx, "mariadb-0", "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'"); err != nil {
		return fail(err)
	}
	return m.Run()
}

func findKubectl() (string, error) {
	if dir, err := exec.Command(root+"/bin/lab", "bin").Output(); err == nil {
		return filepath.Join(strings.TrimSpace(string(dir)), "kubectl"), nil
	}
	return exec.LookPath("kubectl")
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

func ready(ctx context.Context, name string) error {
	for {
		pod, err := client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			for _, c := range pod.Status.Conditions {
				if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
					return nil
				}
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pod %s is not ready: %v %+v", name, err, pod.Status.ContainerStatuses)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// sqlIn runs SQL as root in a pod, by its own client.
func sqlIn(ctx context.Context, pod, statements string) (string, error) {
	connector, err := cluster.NewConnector(admin)
	if err != nil {
		return "", err
	}
	command := `export MYSQL_PWD="${MYSQL_ROOT_PASSWORD:-$MARIADB_ROOT_PASSWORD}"; exec $(command -v mariadb || command -v mysql) --no-defaults -uroot -N -r`
	out, errs, err := connector.Exec(ctx, namespace, pod, "db", []string{"sh", "-c", command}, strings.NewReader(statements))
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", statements, err, errs)
	}
	return strings.TrimSpace(string(out)), nil
}

func sql(t *testing.T, pod, statements string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := sqlIn(ctx, pod, statements)
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
	cmd := exec.CommandContext(t.Context(), bin+"/kubectl-mysqldrift", append([]string{"-n", namespace}, args...)...)
	home := t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "KUBECONFIG=" + kubeconfig}, env...)
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
