//go:build lab

package cluster

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// signal sends a signal to the server in a pod.
func signal(t *testing.T, pod, name string) {
	t.Helper()
	inPod(t, pod, `for d in /proc/[0-9]*; do read -r c <$d/comm && [ "$c" = mysqld ] && kill -`+name+` ${d#/proc/}; done; :`)
}

// What a user gets of a scan that breaks while it waits for one server: the other's
// row, words that say what happened, and exit code 3.
func TestBrokenScanAsRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		breakIt func(t *testing.T, pod string, scan *exec.Cmd, api *proxy)
		stderr  string
	}{
		{"killed", func(t *testing.T, pod string, _ *exec.Cmd, _ *proxy) { signal(t, pod, "KILL") },
			`lost the connection in the middle of an answer|container db (is restarting|is not running)|container was restarted`},
		{"deleted", func(t *testing.T, pod string, _ *exec.Cmd, _ *proxy) {
			now := int64(0)
			if err := client.CoreV1().Pods(namespace).Delete(context.Background(), pod, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
				t.Fatal(err)
			}
		}, `the pod (was deleted during the scan|is being deleted)`},
		{"interrupted", func(t *testing.T, _ string, scan *exec.Cmd, _ *proxy) {
			if err := scan.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}, `interrupted before the answer came \(Canceled\)\n +run it again`},
		{"api-server-gone", func(_ *testing.T, _ string, _ *exec.Cmd, api *proxy) { api.shut() },
			`lost the connection to the pod|\(APIServerGone\)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := "read-" + c.name
			ownPod(t, mysqlPod(pod))
			signal(t, pod, "STOP")
			api, config := newProxy(t)
			server, err := url.Parse(admin.Host)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			var stdout, stderr bytes.Buffer
			scan := lab.Command(ctx, labtest.Kubeconfig, t.TempDir(), "kubectl", "mysqldrift", "status", "-n", namespace, "pod/"+pod, "pod/mysql",
				"--server", config.Host, "--tls-server-name", server.Hostname(), "--timeout", "45s")
			scan.Stdout, scan.Stderr = &stdout, &stderr
			begin := time.Now()
			if err := scan.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Second) // it waits for the one and has read the other
			c.breakIt(t, pod, scan, api)
			err = scan.Wait()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 3 {
				t.Errorf("ended with %v, want exit code 3", err)
			}
			if took := time.Since(begin); took > 14*time.Second { // a third of the time is when a hang is told
				t.Errorf("took %s", took)
			}
			if out := stdout.String(); !regexp.MustCompile(`(?m)^\S+ +pod/mysql +mysql +standalone +MySQL 9\S* .* 0/0/0 `).MatchString(out) || !strings.Contains(out, "The result is incomplete.") {
				t.Errorf("stdout\n%s", out)
			}
			if text := stderr.String(); !regexp.MustCompile(`(?m)^error: `+namespace+`/pod/`+pod+`: .*(`+c.stderr+`)`).MatchString(text) || strings.Contains(text, "pod/mysql:") {
				t.Errorf("stderr\n%s", text)
			}
		})
	}
}
