//go:build lab

package layoutlab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

const root = "../.."

// Of the lab, for short.
var (
	lab       *labtest.Lab
	namespace string
)

func TestMain(m *testing.M) { labtest.Main(m, setUp) }

// used are the scenario's files of which there is a test.
var used = []string{"00-namespace", "10-subpath", "20-projected", "30-extra-file", "40-args", "50-bitnami", "60-secret", "70-kustomize", "90-tutorial"}

func setUp(ctx context.Context, l *labtest.Lab) error {
	if err := l.MakeNamespace(ctx, "layoutlab"); err != nil {
		return err
	}
	lab, namespace = l, l.Namespace
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
		"@MYSQL_IMAGE@", labtest.MySQLImage,
		"@BITNAMI_IMAGE@", labtest.BitnamiImage,
		"@MARIADB_IMAGE@", labtest.MariaDBImage)
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

// kubectl runs kubectl as the administrator and gives its output.
func kubectl(input string, args ...string) (string, error) { return lab.Kubectl(input, args...) }

// mysqldrift runs the plugin in the tests' namespace, with a kubeconfig, and
// decodes what it prints. It gives its exit code and all that it printed.
func mysqldrift(t *testing.T, kubeconfig string, into any, args ...string) (code int, printed string) {
	t.Helper()
	cmd := lab.Command(t.Context(), kubeconfig, t.TempDir(), "kubectl-mysqldrift", append(args, "-n", namespace)...)
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
	code, printed = mysqldrift(t, labtest.Kubeconfig, &list, "diff", "pod/"+pod, "-o", "json")
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
