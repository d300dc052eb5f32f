// Package labtest is what the tests in a real cluster share: the cluster that
// MYSQLDRIFT_LAB_KUBECONFIG names, a namespace of their own, the built plugin,
// kubectl, and SQL as a server's root.
package labtest

import (
	"bytes"
	"context"
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

// Kubeconfig names the cluster; tests are skipped where it is empty.
var Kubeconfig = os.Getenv("MYSQLDRIFT_LAB_KUBECONFIG")

// NoCluster is why they are skipped.
const NoCluster = "MYSQLDRIFT_LAB_KUBECONFIG names no cluster; see test/lab"

// root is the repository, seen from a package of tests below test/.
const root = "../.."

// Lab is the cluster as its administrator sees it, and what one package of tests
// has there. All of it goes when the tests end.
type Lab struct {
	Admin     *rest.Config
	Client    kubernetes.Interface
	Namespace string // of the package's own, once MakeNamespace was called
	Bin       string // folder with the built plugin
	Path      string // PATH with the plugin and the lab's kubectl
}

// Main is a TestMain: setUp gets three minutes.
func Main(m *testing.M, setUp func(context.Context, *Lab) error) {
	if Kubeconfig == "" {
		fmt.Println("skipped: " + NoCluster)
		os.Exit(0)
	}
	os.Exit(run(m, setUp))
}

func run(m *testing.M, setUp func(context.Context, *Lab) error) int {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	l := &Lab{}
	defer l.close()
	if err := l.open(); err != nil {
		fmt.Println("set up:", err)
		return 1
	}
	if err := setUp(ctx, l); err != nil {
		fmt.Println("set up:", err)
		return 1
	}
	return m.Run()
}

func (l *Lab) open() (err error) {
	if l.Admin, err = clientcmd.BuildConfigFromFlags("", Kubeconfig); err != nil {
		return err
	}
	l.Admin.QPS, l.Admin.Burst = 100, 200
	if l.Client, err = kubernetes.NewForConfig(l.Admin); err != nil {
		return err
	}
	if l.Bin, err = os.MkdirTemp("", "mysqldrift-bin-"); err != nil {
		return err
	}
	l.Path, err = Build(l.Bin)
	return err
}

func (l *Lab) close() {
	if l.Namespace != "" {
		_ = l.Client.CoreV1().Namespaces().Delete(context.Background(), l.Namespace, metav1.DeleteOptions{})
	}
	if l.Bin != "" {
		os.RemoveAll(l.Bin)
	}
}

// Build builds the plugin into a folder and returns a PATH that has it, the lab's
// kubectl where the lab was built, and what there was.
func Build(dir string) (path string, err error) {
	if out, err := exec.Command("go", "build", "-o", dir+"/kubectl-mysqldrift", root+"/cmd/kubectl-mysqldrift").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	path = dir + ":" + os.Getenv("PATH")
	if tools, err := exec.Command(filepath.Join(root, "bin", "lab"), "bin").Output(); err == nil {
		path = dir + ":" + strings.TrimSpace(string(tools)) + ":" + os.Getenv("PATH")
	}
	return path, nil
}

// MakeNamespace makes the tests' own namespace, called PREFIX-….
func (l *Lab) MakeNamespace(ctx context.Context, prefix string) error {
	ns, err := l.Client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix + "-"}}, metav1.CreateOptions{})
	if err == nil {
		l.Namespace = ns.Name
	}
	return err
}

// Command is a program on the lab's PATH with a kubeconfig and a home of its own.
func (l *Lab) Command(ctx context.Context, kubeconfig, home, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	for _, dir := range filepath.SplitList(l.Path) { // exec looks on the test's own PATH
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			cmd.Path, cmd.Err = filepath.Join(dir, name), nil
			break
		}
	}
	cmd.Env = []string{"PATH=" + l.Path, "HOME=" + home, "XDG_STATE_HOME=" + home, "KUBECONFIG=" + kubeconfig}
	return cmd
}

// Kubectl runs kubectl as the administrator and gives its output.
func (l *Lab) Kubectl(input string, args ...string) (string, error) {
	cmd := l.Command(context.Background(), Kubeconfig, os.Getenv("HOME"), "kubectl", args...)
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problem
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problem.String()))
	}
	return out.String(), nil
}

// Ready waits until a pod of the namespace is ready.
func (l *Lab) Ready(ctx context.Context, name string) error {
	for {
		pod, err := l.Client.CoreV1().Pods(l.Namespace).Get(ctx, name, metav1.GetOptions{})
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

// SQL runs statements as root in the container "db" of a pod, by its own client,
// and returns the rows as lines.
func (l *Lab) SQL(ctx context.Context, pod, statements string) (string, error) {
	connector, err := cluster.NewConnector(l.Admin)
	if err != nil {
		return "", err
	}
	command := `export MYSQL_PWD="${MYSQL_ROOT_PASSWORD:-$MARIADB_ROOT_PASSWORD}"; exec $(command -v mariadb || command -v mysql) --no-defaults -uroot -N -r`
	out, errs, err := connector.Exec(ctx, l.Namespace, pod, "db", []string{"sh", "-c", command}, strings.NewReader(statements))
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", statements, err, errs)
	}
	return strings.TrimSpace(string(out)), nil
}
