package cluster

import (
	"context"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Each fault has its reason and words of its own, however deep it is wrapped.
func TestErrorReport(t *testing.T) {
	const refusedGet = `pods "mysql-0" is forbidden: User "jane" cannot get resource "pods/portforward" in API group "" in the namespace "shop"`
	const refusedCreate = `unable to upgrade connection: pods "mysql-0" is forbidden: User "jane" cannot create resource "pods/portforward" in API group "" in the namespace "shop"`
	const kubelet = `error forwarding port 3306 to pod 1c3e585c45e7, uid : failed to execute portforward in network namespace "/run/netns/cni-cc": `
	server := func(n uint16, text string) error { return &mysql.MySQLError{Number: n, Message: text} }
	cases := []struct {
		name   string
		err    error
		reason string
		text   string
		hint   string
	}{
		{"wrong password", server(1045, "Access denied for user 'root'@'localhost' (using password: YES)"), ReasonWrongPassword, "Access denied for user 'root'", "--credentials-secret"},
		{"locked account", server(3118, "Account is locked"), ReasonWrongPassword, "locked", "locked"},
		{"missing grant", server(1227, "Access denied; you need SUPER"), ReasonNoPrivilege, "SUPER", "docs/grants.md"},
		{"too many connections", server(1040, "Too many connections"), ReasonServer, "Too many connections", "max_connections"},
		{"TLS wanted", server(3159, "Connections using insecure transport are prohibited"), ReasonTLS, "insecure transport", "--ssl-mode=REQUIRED"},
		{"TLS not offered", mysql.ErrNoTLS, ReasonTLS, "TLS", "--ssl-mode"},
		{"unknown authority", x509.UnknownAuthorityError{}, ReasonTLS, "unknown authority", "--ssl-ca"},
		{"one verb missing", errors.New(refusedCreate), ReasonForbidden, `user "jane" may not create pods/portforward in namespace shop`, "kubectl auth can-i create pods --subresource=portforward -n shop"},
		{"both verbs missing", fmt.Errorf("%w; %w", errors.New(refusedCreate), errors.New(refusedGet)), ReasonForbidden, "may not create and get pods/portforward", "get and create on pods/portforward"},
		{"list missing", apierrors.NewForbidden(corev1.Resource("pods"), "", errors.New(`User "jane" cannot list resource "pods" in API group "" at the cluster scope`)), ReasonForbidden, `user "jane" may not list pods cluster-wide`, "can-i list pods"},
		{"group named", errors.New(`x is forbidden: User "j" cannot get resource "statefulsets" in API group "apps" in the namespace "s"`), ReasonForbidden, "get statefulsets.apps in namespace s", ""},
		{"nobody listens", &RemoteError{"failed to connect to localhost:3306 inside namespace: connection refused"}, ReasonRefused, "connection refused", "--via exec"},
		{"nobody listens, in a kubelet's words", &RemoteError{kubelet + `failed to connect to localhost:3306 inside namespace "1c", IPv4: dial tcp4 127.0.0.1:3306: connect: connection refused`}, ReasonRefused, "connection refused on port 3306 of the pod", "--via exec"},
		{"reset, in a kubelet's words", &RemoteError{kubelet + "read tcp4 127.0.0.1:1->127.0.0.1:3306: read: connection reset by peer"}, ReasonLost, "read tcp4", ""},
		{"no shell", execFault(errors.New(`Internal error occurred: error executing command in container: failed to start exec "23dc": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown`)), ReasonExec, `exec: "sh": executable file not found in $PATH`, "no shell"},
		{"broken in the middle", driver.ErrBadConn, ReasonLost, "in the middle of an answer", "kubectl describe pod"},
		{"pod lost", &RemoteError{"lost the connection to the pod"}, ReasonLost, "lost the connection to the pod", ""},
		{"cut answer", io.ErrUnexpectedEOF, ReasonLost, "in the middle", ""},
		{"killed", server(2013, "Lost connection to server during query"), ReasonLost, "Lost connection", ""},
		{"pod gone", apierrors.NewNotFound(corev1.Resource("pods"), "mysql-0"), ReasonPodGone, `pods "mysql-0" not found`, ""},
		{"hang", context.DeadlineExceeded, ReasonTimeout, "no answer in time", "--timeout"},
		{"no time to ask", errors.New("list pods: client rate limiter Wait returned an error: rate: Wait(n=1) would exceed context deadline"), ReasonTimeout, "no time is left", "--timeout"},
		{"Ctrl-C", fmt.Errorf("x: %w", context.Canceled), ReasonCanceled, "interrupted", ""},
		{"API server gone", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, ReasonAPIServer, "refused", "readyz"},
		{"no such field", apierrors.NewBadRequest("field label not supported: bogus.field"), ReasonBadSelector, "field label not supported", "status.phase"},
		{"another bad request", apierrors.NewBadRequest("pod mysql-0 does not have a host assigned"), ReasonOther, "does not have a host assigned", ""},
		{"not logged in", apierrors.NewUnauthorized("Unauthorized"), ReasonUnauthenticated, "Unauthorized", "whoami"},
		{"anything else", errors.New("odd"), ReasonOther, "odd", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, err := range []error{c.err, fmt.Errorf("port-forward: %w", c.err), &ConnectError{Attempts: []Attempt{{Via: ViaPortForward, Account: "root", Err: c.err}}}} {
				e := ErrorReport("pod/mysql-0", err)
				if strings.Contains(e.Text, "network namespace") || strings.Contains(e.Text, "OCI runtime") {
					t.Errorf("text %q", e.Text)
				}
				if e.Object != "pod/mysql-0" || e.Reason != c.reason || !strings.Contains(e.Text, c.text) || !strings.Contains(e.Hint, c.hint) {
					t.Errorf("got %+v,\nwant reason %s, text %q, hint %q", e, c.reason, c.text, c.hint)
				}
			}
		})
	}
}

// Of several tries the tunnel's error leads, and all are named.
func TestConnectErrorNamesItsTries(t *testing.T) {
	err := &ConnectError{Attempts: []Attempt{
		{Via: ViaPortForward, Account: "root from secret/x:y", Err: &mysql.MySQLError{Number: 1045, Message: "denied"}},
		{Via: ViaExec, Account: "the container's own user from the socket", Err: &mysql.MySQLError{Number: 1698, Message: "no"}, Makeshift: true},
	}}
	e := ErrorReport("pod/x", err)
	if e.Text != "Error 1045: denied" || e.Tried != "port-forward as root from secret/x:y; exec as the container's own user from the socket" {
		t.Errorf("got %+v", e)
	}
}

// Where two ways are blocked, both are told: either would do.
func TestConnectErrorTellsBothWays(t *testing.T) {
	refuse := func(sub string) error {
		return fmt.Errorf(`pods "x" is forbidden: User "j" cannot create resource "pods/%s" in API group "" in the namespace "s"`, sub)
	}
	e := ErrorReport("pod/x", &ConnectError{Attempts: []Attempt{
		{Via: ViaExec, Account: "nobody", Err: errors.New("hoped for"), Makeshift: true},
		{Via: ViaPortForward, Account: "root", Err: refuse("portforward")}, {Via: ViaExec, Account: "root", Err: refuse("exec")},
	}})
	want := `user "j" may not create pods/portforward in namespace s; by exec: user "j" may not create pods/exec in namespace s`
	if e.Text != want || e.Reason != ReasonForbidden {
		t.Errorf("got %+v, want %s", e, want)
	}
}

// Exec alone was tried for want of the password, which says what else would do.
func TestConnectErrorTellsOfTheSecret(t *testing.T) {
	denied := errors.New(`pods "x" is forbidden: User "j" cannot create resource "pods/exec" in API group "" in the namespace "s"`)
	e := ErrorReport("pod/x", &ConnectError{Attempts: []Attempt{{Via: ViaExec, Account: "root", Err: denied}}, Unread: "secret/root"})
	if want := `user "j" may not create pods/exec in namespace s; by port-forward: the password is in secret/root, which this user may not get`; e.Text != want {
		t.Errorf("got %q, want %q", e.Text, want)
	}
	e = ErrorReport("pod/x", &ConnectError{Attempts: []Attempt{{Via: ViaPortForward, Account: "app", Err: denied}}, Unread: "secret/root"})
	if strings.Contains(e.Text, "secret") {
		t.Errorf("got %q", e.Text)
	}
}

func TestNotRunning(t *testing.T) {
	now := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	crash := corev1.ContainerStatus{Name: "mysql", RestartCount: 7,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			Reason: "Error", ExitCode: 1, FinishedAt: metav1.NewTime(now.Add(-90 * time.Second)), Message: "a\nunknown variable 'x=1'\n"}},
	}
	cases := []struct {
		name   string
		change func(*corev1.Pod)
		reason string
		text   string
	}{
		{"running", func(*corev1.Pod) {}, "", ""},
		{"running, not ready", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].Ready = false }, "", ""},
		{"crash loop", func(p *corev1.Pod) { p.Status.ContainerStatuses[0] = crash }, ReasonRestarting,
			"container mysql is restarting (CrashLoopBackOff, 7 restarts); last end: Error, exit code 1, 1m30s ago: unknown variable 'x=1'"},
		{"image", func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"}}
		}, ReasonNotReady, "container mysql is not running (ImagePullBackOff): no such image"},
		{"no node", func(p *corev1.Pod) {
			p.Status = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/1 nodes"}}}
		}, ReasonNotReady, "has not been created: pod is Pending (Unschedulable: 0/1 nodes)"},
		{"init container", func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}}
			p.Status.InitContainerStatuses = []corev1.ContainerStatus{{Name: "init", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
		}, ReasonNotReady, "it waits for init container init"},
		{"ended", func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}}
			p.Spec.RestartPolicy = corev1.RestartPolicyNever
		}, ReasonNotReady, "container mysql has ended: OOMKilled, exit code 137"},
		{"between two starts", func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].RestartCount = 3
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 1}}
		}, ReasonRestarting, "container mysql is restarting (3 restarts); last end: Error, exit code 1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pod := mysqlPod("shop", "mysql-0", "")
			c.change(pod)
			inst := Instance{PodObject: pod, Recognition: Recognition{Container: "mysql"}}
			inst.Pod = pod.Name
			got := inst.NotRunning(now)
			if (got == nil) != (c.reason == "") || (got != nil && (got.Reason != c.reason || !strings.Contains(got.Text, c.text))) {
				t.Errorf("got %+v, want %s %q", got, c.reason, c.text)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	now := time.Now()
	before := mysqlPod("shop", "mysql-0", "")
	inst := &Instance{PodObject: before, Recognition: Recognition{Container: "mysql"}}
	lost := ErrorReport("pod/mysql-0", driver.ErrBadConn)
	change := func(f func(*corev1.Pod)) *corev1.Pod {
		p := before.DeepCopy()
		f(p)
		return p
	}
	cases := []struct {
		name         string
		pod          *corev1.Pod
		err          error
		reason, text string
	}{
		{"unchanged", before, nil, ReasonLost, "middle of an answer"},
		{"deleted", nil, apierrors.NewNotFound(corev1.Resource("pods"), "mysql-0"), ReasonPodGone, "the pod was deleted during the scan"},
		{"made anew", change(func(p *corev1.Pod) { p.UID = "other" }), nil, ReasonPodGone, "deleted and made anew"},
		{"being deleted", change(func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{Time: now} }), nil, ReasonPodGone, "being deleted"},
		{"restarted", change(func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].RestartCount = 1
			p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}
		}), nil, ReasonRestarting, "restarted during the scan; last end: OOMKilled"},
		{"may not be asked", nil, errors.New("forbidden"), ReasonLost, "middle of an answer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := explainBy(inst, lost, c.pod, c.err, now)
			if got.Reason != c.reason || !strings.Contains(got.Text, c.text) {
				t.Errorf("got %+v, want %s %q", got, c.reason, c.text)
			}
		})
	}
}

// A server that dies as often as it is started is caught running now and then.
func TestExplainCaughtBetweenTwoCrashes(t *testing.T) {
	pod := mysqlPod("shop", "mysql-0", "")
	status := &pod.Status.ContainerStatuses[0]
	status.RestartCount, status.Ready = 4, false
	status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 1}
	inst := &Instance{PodObject: pod, Recognition: Recognition{Container: "mysql"}}
	got := explainBy(inst, ErrorReport("pod/mysql-0", driver.ErrBadConn), pod, nil, time.Now())
	if got.Reason != ReasonRestarting || !strings.Contains(got.Text, "was restarted before (4 restarts); last end: Error, exit code 1") {
		t.Errorf("got %+v", got)
	}
}

// A pod's IP that nobody answers on is not an API server that is gone.
func TestDialDirect(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = dialDirect(context.Background(), address)
	if e := ErrorReport("pod/x", err); e.Reason != ReasonRefused || !strings.Contains(e.Hint, "--via port-forward") {
		t.Errorf("refused: %+v", e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = dialDirect(ctx, address)
	if e := ErrorReport("pod/x", err); e.Reason != ReasonCanceled {
		t.Errorf("cancelled: %+v", e)
	}
}
