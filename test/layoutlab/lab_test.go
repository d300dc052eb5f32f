//go:build lab

package layoutlab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

const root = "../.."

var (
	kubeconfig = os.Getenv("MYSQLDRIFT_LAB_KUBECONFIG")
	plugin     string // the built program
	namespace  = fmt.Sprintf("layoutlab-%d", os.Getpid())
)

func TestMain(m *testing.M) {
	if kubeconfig == "" {
		fmt.Println("skipped: MYSQLDRIFT_LAB_KUBECONFIG names no cluster; see test/lab")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	bin, err := os.MkdirTemp("", "mysqldrift-bin-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(bin)
	defer kubectl("", "delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
	if err := setUp(bin); err != nil {
		fmt.Println("set up:", err)
		return 1
	}
	return m.Run()
}

// used are the scenario's files of which there is a test.
var used = []string{"00-namespace", "10-subpath", "20-projected", "30-extra-file", "40-args", "50-bitnami", "60-secret", "70-kustomize", "90-tutorial"}

func setUp(bin string) error {
	plugin = filepath.Join(bin, "kubectl-mysqldrift")
	if out, err := exec.Command("go", "build", "-o", plugin, root+"/cmd/kubectl-mysqldrift").CombinedOutput(); err != nil {
		return fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	var files []string
	for _, name := range used {
		files = append(files, root+"/test/lab/scenarios/layouts/"+name+".yaml")
	}
	files = append(files, "testdata/image-wins.yaml")
	var manifests []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		manifests = append(manifests, string(text))
	}
	fill := strings.NewReplacer("namespace: layouts", "namespace: "+namespace, "name: layouts\n", "name: "+namespace+"\n", "@PULL@", "IfNotPresent",
		"@MYSQL_IMAGE@", image("MYSQLDRIFT_LAB_MYSQL_IMAGE", "docker.io/library/mysql:9.7"),
		"@BITNAMI_IMAGE@", image("MYSQLDRIFT_LAB_BITNAMI_IMAGE", "docker.io/bitnami/mysql:9.7"),
		"@MARIADB_IMAGE@", image("MYSQLDRIFT_LAB_MARIADB_IMAGE", "docker.io/library/mariadb:10.11"))
	text := fill.Replace(strings.Join(manifests, "\n---\n"))
	// As Kustomize's generator makes them where it is told to; the kubelet reads
	// such an object once.
	text = strings.ReplaceAll(text, "  labels: {app: kustomized}\ndata:", "  labels: {app: kustomized}\nimmutable: true\ndata:")
	if _, err := kubectl(text, "apply", "-f", "-"); err != nil {
		return err
	}
	for _, name := range []string{"subpath", "projected", "extra-file", "args", "bitnami-mysql", "secret-config", "kustomized", "tutorial", "image-wins"} {
		if _, err := kubectl("", "-n", namespace, "rollout", "status", "sts/"+name, "--timeout=120s"); err != nil {
			return err
		}
	}
	return nil
}

func image(variable, fallback string) string {
	if s := os.Getenv(variable); s != "" {
		return s
	}
	return fallback
}

// kubectl runs the lab's kubectl and gives its output.
func kubectl(input string, args ...string) (string, error) {
	return output(exec.Command("kubectl", append([]string{"--kubeconfig=" + kubeconfig}, args...)...), input)
}

func output(cmd *exec.Cmd, input string) (string, error) {
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problem
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(problem.String()))
	}
	return out.String(), nil
}

// mysqldrift runs the plugin in the tests' namespace, with a kubeconfig, and
// decodes what it prints. It gives its exit code and all that it printed.
func mysqldrift(t *testing.T, kubeconfig string, into any, args ...string) (code int, printed string) {
	t.Helper()
	cmd := exec.Command(plugin, append(args, "-n", namespace, "--kubeconfig="+kubeconfig)...)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatalf("%v: %v\n%s%s", args, err, out.String(), problem.String())
		}
	}
	return code, out.String() + problem.String()
}

// diff is the report of one pod.
func diff(t *testing.T, pod string) (report v1.DriftReport, code int, printed string) {
	t.Helper()
	var list v1.DriftReportList
	code, printed = mysqldrift(t, kubeconfig, &list, "diff", "pod/"+pod, "-o", "json")
	if len(list.Items) != 1 {
		t.Fatalf("%s: %d reports\n%s", pod, len(list.Items), printed)
	}
	return list.Items[0], code, printed
}

// config is what is declared for one pod, as a user with a kubeconfig sees it.
func config(t *testing.T, kubeconfig, pod string) v1.ConfigReport {
	t.Helper()
	var list v1.ConfigReportList
	_, printed := mysqldrift(t, kubeconfig, &list, "config", "pod/"+pod, "-o", "json")
	if len(list.Items) != 1 {
		t.Fatalf("%s: %d reports\n%s", pod, len(list.Items), printed)
	}
	return list.Items[0]
}

// waitForFile waits until the kubelet has brought a new text into a pod.
func waitForFile(t *testing.T, pod, file, text string) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(300 * time.Millisecond) {
		got, err := kubectl("", "-n", namespace, "exec", pod, "--", "cat", file)
		if err == nil && strings.Contains(got, text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s in %s does not get %q: %v\n%s", file, pod, text, err, got)
		}
	}
}
