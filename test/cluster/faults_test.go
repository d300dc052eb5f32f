//go:build lab

package cluster

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

func timeout(d time.Duration) func(*scan.Config) {
	return func(c *scan.Config) { c.Timeout = d }
}

func account(user, password string) func(*scan.Config) {
	return func(c *scan.Config) {
		p := cluster.NewPassword(password)
		c.Credentials = cluster.CredentialOptions{User: user, Password: &p}
	}
}

func ssl(mode cluster.SSLMode) func(*scan.Config) {
	return func(c *scan.Config) { c.Connect.TLS.Mode = mode }
}

func TestWrongPassword(t *testing.T) {
	for _, way := range []cluster.Via{cluster.ViaAuto, cluster.ViaPortForward, cluster.ViaExec, cluster.ViaDirect} {
		for _, pod := range []string{"mysql", "mariadb"} {
			r := only(t, look(t, admin, []string{pod}, via(way), account("root", "not it")))
			wantFault(t, r, v1.StateUnauthorized, cluster.ReasonWrongPassword, "Access denied for user 'root'", "--credentials-secret")
		}
	}
}

func TestMissingRights(t *testing.T) {
	t.Run("neither way", func(t *testing.T) {
		r := only(t, look(t, as(t, with(mayList, maySecrets)...), []string{"mysql"}))
		wantFault(t, r, v1.StateUnauthorized, cluster.ReasonForbidden, "may not", "pods/portforward in namespace "+namespace, "pods/exec in namespace "+namespace, "kubectl auth can-i")
	})
	t.Run("port-forward", func(t *testing.T) {
		r := only(t, look(t, as(t, with(mayList, maySecrets, mayExec)...), []string{"mysql"}, via(cluster.ViaPortForward)))
		wantFault(t, r, v1.StateUnauthorized, cluster.ReasonForbidden, "create and get pods/portforward", "--subresource=portforward")
	})
	t.Run("exec", func(t *testing.T) {
		r := only(t, look(t, as(t, with(mayList, maySecrets, mayForward)...), []string{"mysql"}, via(cluster.ViaExec)))
		wantFault(t, r, v1.StateUnauthorized, cluster.ReasonForbidden, "pods/exec", "--subresource=exec")
	})
	t.Run("list", func(t *testing.T) {
		list := look(t, as(t, maySecrets), []string{"mysql"})
		if len(list.Summary.Errors) != 1 || list.Summary.Errors[0].Reason != cluster.ReasonForbidden ||
			!strings.Contains(list.Summary.Errors[0].Text, "may not list pods in namespace "+namespace) || !list.Summary.Incomplete {
			t.Errorf("summary %+v", list.Summary)
		}
	})
	t.Run("a secret that was named", func(t *testing.T) {
		r := only(t, look(t, as(t, with(mayList, mayForward)...), []string{"mysql"}, func(c *scan.Config) { c.Credentials.Secret = "root" }))
		wantFault(t, r, v1.StateUnauthorized, cluster.ReasonForbidden, "secrets", "kubectl auth can-i get secrets")
	})
}

func TestTLS(t *testing.T) {
	plain := mysqlPod("no-tls")
	plain.Spec.Containers[0].Args = []string{"mysqld", "--tls-version="}
	strict := mysqlPod("tls-only")
	strict.Spec.Containers[0].Args = []string{"mysqld", "--require-secure-transport=ON"}
	ownPod(t, plain)
	ownPod(t, strict)
	forward := via(cluster.ViaPortForward)
	wantFault(t, only(t, look(t, admin, []string{"no-tls"}, forward, ssl(cluster.SSLRequired))), v1.StateUnreachable, cluster.ReasonTLS, "TLS", "--ssl-mode")
	wantFault(t, only(t, look(t, admin, []string{"tls-only"}, forward, ssl(cluster.SSLDisabled))), v1.StateUnreachable, cluster.ReasonTLS, "insecure transport", "--ssl-mode=REQUIRED")
	wantRead(t, only(t, look(t, admin, []string{"no-tls"}, forward)), cluster.ViaPortForward)
	wantRead(t, only(t, look(t, admin, []string{"tls-only"}, forward)), cluster.ViaPortForward)
	wantRead(t, only(t, look(t, admin, []string{"mysql"}, forward, ssl(cluster.SSLRequired))), cluster.ViaPortForward)
}

func TestNotRunning(t *testing.T) {
	pending := mysqlPod("pending")
	pending.Spec.NodeSelector = map[string]string{"no": "such-node"}
	crash := mysqlPod("crash")
	crash.Spec.Containers[0].Args = []string{"mysqld", "--no-such-variable=1"}
	for _, p := range []*corev1.Pod{pending, crash} {
		if err := start(context.Background(), p); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "crash", func(p *corev1.Pod) bool {
		return len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].RestartCount > 0 && p.Status.ContainerStatuses[0].State.Waiting != nil
	})
	waitFor(t, "pending", func(p *corev1.Pod) bool { return len(p.Status.Conditions) > 0 })
	wantFault(t, only(t, look(t, admin, []string{"pending"})), v1.StateNotReady, cluster.ReasonNotReady, "has not been created: pod is Pending", "Unschedulable", "kubectl describe pod")
	wantFault(t, only(t, look(t, admin, []string{"crash"})), v1.StateNotReady, cluster.ReasonRestarting, "CrashLoopBackOff", "last end: Error, exit code", "kubectl logs", "--previous")
}

func waitFor(t *testing.T, name string, done func(*corev1.Pod) bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		pod, err := client.CoreV1().Pods(namespace).Get(context.Background(), name, metav1.GetOptions{})
		if err == nil && done(pod) {
			return
		}
	}
	t.Fatalf("pod %s did not come to the state that the test needs", name)
}

// A pod that runs but is not ready is read all the same, and that is said.
func TestNotReadyIsTried(t *testing.T) {
	pod := mysqlPod("unready")
	pod.Spec.Containers[0].ReadinessProbe.ProbeHandler = corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"false"}}}
	if err := start(context.Background(), pod); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "unready", func(p *corev1.Pod) bool {
		return p.Status.Phase == corev1.PodRunning && only(t, look(t, admin, []string{"unready"})).Instance.Version != ""
	})
	r := only(t, look(t, admin, []string{"unready"}))
	wantRead(t, r, cluster.ViaPortForward)
	if !strings.Contains(strings.Join(r.Notes, "\n"), "runs, but is not ready") {
		t.Errorf("notes %q", r.Notes)
	}
}

// A server that hangs is told as such in time, and the other's row comes first.
func TestHang(t *testing.T) {
	ownPod(t, mysqlPod("hung"))
	signal(t, "hung", "STOP")
	for _, way := range []cluster.Via{cluster.ViaAuto, cluster.ViaPortForward, cluster.ViaExec, cluster.ViaDirect} {
		t.Run(string(way), func(t *testing.T) {
			var mu sync.Mutex
			var rows []string
			begin := time.Now()
			list := look(t, admin, []string{"hung", "mysql"}, via(way), timeout(6*time.Second), func(c *scan.Config) {
				c.Progress = func(_, _ int, r *v1.DriftReport) {
					mu.Lock()
					defer mu.Unlock()
					rows = append(rows, r.Instance.Pod)
				}
			})
			if took := time.Since(begin); took > 7*time.Second {
				t.Errorf("took %s of 6s", took)
			}
			if strings.Join(rows, " ") != "mysql hung" {
				t.Errorf("rows came as %v", rows)
			}
			wantFault(t, list.Items[0], v1.StateUnreachable, cluster.ReasonTimeout, "no answer within 2s", "--timeout")
			if len(list.Items[1].Errors) > 0 || !list.Summary.Incomplete {
				t.Errorf("the other: %+v; summary %+v", list.Items[1].Errors, list.Summary)
			}
		})
	}
}

// A server that dies in the middle of an answer.
func TestKilledInTheMiddle(t *testing.T) {
	for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
		t.Run(string(way), func(t *testing.T) {
			name := "killed-" + string(way)
			ownPod(t, mysqlPod(name))
			breakDuring(t, name, way, func() {
				signal(t, name, "KILL")
			}, cluster.ReasonLost, cluster.ReasonRestarting, cluster.ReasonNotReady, cluster.ReasonPodGone)
		})
	}
}

// A pod that is deleted while it is read.
func TestDeletedInTheMiddle(t *testing.T) {
	for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
		t.Run(string(way), func(t *testing.T) {
			name := "deleted-" + string(way)
			ownPod(t, mysqlPod(name))
			breakDuring(t, name, way, func() {
				now := int64(0)
				if err := client.CoreV1().Pods(namespace).Delete(context.Background(), name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
					t.Fatal(err)
				}
			}, cluster.ReasonPodGone)
		})
	}
}

// breakDuring breaks a pod while a statement runs on it: the scan ends with one
// of the reasons, long before its time is over.
func breakDuring(t *testing.T, name string, way cluster.Via, breakIt func(), reasons ...string) {
	t.Helper()
	cfg := scanConfig(t, admin, []string{name}, via(way))
	instances, errs := cluster.Discover(context.Background(), cfg.Objects, cfg.Selection)
	if len(instances) != 1 {
		t.Fatalf("found %v, %v", instances, errs)
	}
	inst := &instances[0]
	accounts, err := cfg.Credentials.Credentials(context.Background(), cfg.Objects, inst)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	conn, _, closeConn, err := cfg.Connector.Connect(ctx, inst, accounts, cfg.Connect)
	if err != nil {
		t.Fatal(err)
	}
	defer closeConn()
	// Of this answer the first row comes at once, the second never.
	failed := make(chan error, 1)
	go func() {
		_, _, err := conn.Query(ctx, "SELECT 1 UNION ALL SELECT SLEEP(50)")
		failed <- err
	}()
	for !strings.Contains(inPod(t, "mysql", "echo ready")+running(t, name), "SLEEP") {
		time.Sleep(50 * time.Millisecond)
	}
	breakIt()
	select {
	case err = <-failed:
	case <-time.After(20 * time.Second):
		t.Fatal("the statement still waits, 20 s after its server is gone")
	}
	if err == nil {
		t.Fatal("a broken answer without an error")
	}
	e := cfg.Connector.Explain(ctx, inst, cluster.ErrorReport(inst.Object(), err))
	for _, r := range reasons {
		if e.Reason == r {
			t.Logf("%s: %s", e.Reason, e.Text)
			return
		}
	}
	t.Errorf("%+v, want one of %v (error %v)", e, reasons, err)
}

// running lists the statements that a server runs.
func running(t *testing.T, pod string) string {
	t.Helper()
	return inPod(t, pod, `MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --no-defaults -uroot -e "SELECT info FROM performance_schema.processlist WHERE id <> CONNECTION_ID()"`)
}

// proxy stands between the tests and the API server, and can be shut.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
}

func newProxy(t *testing.T) (*proxy, *rest.Config) {
	t.Helper()
	target, err := url.Parse(admin.Host)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener}
	t.Cleanup(p.shut)
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target.Host)
			if err != nil {
				near.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, near, far)
			p.mu.Unlock()
			go func() { io.Copy(far, near); far.Close() }()
			go func() { io.Copy(near, far); near.Close() }()
		}
	}()
	config := rest.CopyConfig(admin)
	config.Host = fmt.Sprintf("https://%s", listener.Addr())
	config.TLSClientConfig.ServerName = target.Hostname()
	return p, config
}

func (p *proxy) shut() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
}

// The API server goes away between finding the pods and reading them.
func TestAPIServerGone(t *testing.T) {
	p, config := newProxy(t)
	cfg := scanConfig(t, config, []string{"mysql"})
	if _, errs := cluster.Discover(context.Background(), cfg.Objects, cfg.Selection); len(errs) > 0 {
		t.Fatal(errs)
	}
	p.shut()
	begin := time.Now()
	r := only(t, scan.Run(context.Background(), cfg))
	if len(r.Errors) == 0 || time.Since(begin) > 20*time.Second {
		t.Fatalf("after %s: %+v", time.Since(begin), r)
	}
	found := false
	for _, e := range r.Errors {
		found = found || e.Reason == cluster.ReasonAPIServer && strings.Contains(e.Hint, "readyz")
	}
	if !found {
		t.Errorf("errors %+v", r.Errors)
	}
	list := look(t, config, []string{"mysql"})
	if len(list.Summary.Errors) != 1 || list.Summary.Errors[0].Reason != cluster.ReasonAPIServer {
		t.Errorf("a scan without an API server: %+v", list.Summary)
	}
}

func TestInterrupted(t *testing.T) {
	ownPod(t, mysqlPod("interrupted"))
	signal(t, "interrupted", "STOP")
	ctx, cancel := context.WithCancel(context.Background())
	cfg := scanConfig(t, admin, []string{"interrupted", "mysql"})
	cfg.Progress = func(_, _ int, r *v1.DriftReport) {
		if r.Instance.Pod == "mysql" { // the hung one is under way
			cancel()
		}
	}
	begin := time.Now()
	list := scan.Run(ctx, cfg)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %s to stop", took)
	}
	wantFault(t, list.Items[0], v1.StateIncomplete, cluster.ReasonCanceled, "interrupted")
	if len(list.Items[1].Errors) > 0 {
		t.Errorf("the one that was read: %+v", list.Items[1].Errors)
	}
}
