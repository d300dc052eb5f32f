package cluster

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// Via is a way to a server.
type Via string

const (
	ViaAuto        Via = "auto"
	ViaPortForward Via = "port-forward"
	ViaExec        Via = "exec"
	ViaDirect      Via = "direct"
)

// Vias are all ways that --via takes.
var Vias = []Via{ViaAuto, ViaPortForward, ViaExec, ViaDirect}

// ParseVia reads --via; empty is auto.
func ParseVia(text string) (Via, error) {
	if text == "" {
		return ViaAuto, nil
	}
	for _, v := range Vias {
		if text == string(v) {
			return v, nil
		}
	}
	return "", fmt.Errorf("--via %q: want auto, port-forward, exec or direct", text)
}

// ConnectOptions say how to reach servers.
type ConnectOptions struct {
	Via Via
	// Port of the server in its pod; 0 takes the container's.
	Port int
	TLS  TLSOptions
}

// Attempt is one try to connect.
type Attempt struct {
	Via     Via
	Account string
	Err     error
	// Makeshift is a login that was only hoped for: by the socket, as whoever runs
	// the container.
	Makeshift bool
}

// ConnectError is every try that failed.
type ConnectError struct {
	Attempts []Attempt
	// Unread is the Secret for want of which no other way than exec was tried.
	Unread string
}

func (e *ConnectError) Error() string { return e.main().Error() }

// Unwrap gives the causes of all tries.
func (e *ConnectError) Unwrap() []error {
	errs := make([]error, len(e.Attempts))
	for i, a := range e.Attempts {
		errs[i] = a.Err
	}
	return errs
}

// main is the error that explains most: what stands in the way of the tunnel
// explains more than that a login that was only hoped for failed too.
func (e *ConnectError) main() error {
	for _, a := range e.Attempts {
		if !a.Makeshift {
			return a.Err
		}
	}
	return e.Attempts[0].Err
}

// others are the errors of the other ways, where they say something else.
func (e *ConnectError) others() []Attempt {
	var out []Attempt
	seen := map[string]bool{e.main().Error(): true}
	for _, a := range e.Attempts {
		if text := a.Err.Error(); !a.Makeshift && !seen[text] && !isAccountRefused(a.Err) {
			seen[text] = true
			out = append(out, a)
		}
	}
	return out
}

// Tried lists the ways and accounts that were tried.
func (e *ConnectError) Tried() string {
	var parts []string
	for _, a := range e.Attempts {
		parts = append(parts, fmt.Sprintf("%s as %s", a.Via, a.Account))
	}
	return strings.Join(parts, "; ")
}

// Connect opens a connection to an instance with the first account that it
// lets in. It says at -v=1 by which way and as whom, at -v=2 what did not work.
// The error is a *ConnectError. close must be called.
func (c *Connector) Connect(ctx context.Context, inst *Instance, accounts []Credential, opts ConnectOptions) (conn observed.Conn, via Via, close func(), err error) {
	log := klog.FromContext(ctx)
	failed := &ConnectError{}
	skip := map[Via]bool{}
	for _, a := range accounts {
		if opts.Via != ViaExec && failed.Unread == "" {
			failed.Unread = a.Unread
		}
	}
	for _, step := range plan(accounts, opts.Via) {
		if skip[step.via] {
			continue
		}
		conn, close, err := c.try(ctx, inst, step.account, step.via, opts)
		if err == nil {
			log.V(1).Info("Connected", "pod", klog.KObj(inst.PodObject), "via", step.via, "account", step.account.String())
			return conn, step.via, close, nil
		}
		log.V(2).Info("Could not connect", "pod", klog.KObj(inst.PodObject), "via", step.via, "account", step.account.String(), "reason", err.Error())
		failed.Attempts = append(failed.Attempts, Attempt{step.via, step.account.String(), err, step.account.InPod && len(step.account.Env) == 0})
		if ctx.Err() != nil {
			break
		}
		// Another account helps only against a refused one; the way is blocked for all.
		skip[step.via] = !isAccountRefused(err)
	}
	if len(failed.Attempts) == 0 {
		why := fmt.Errorf("no account is known for %s, and --via %s cannot do without", inst.Object(), opts.Via)
		if failed.Unread != "" {
			why = fmt.Errorf("%w; %s, which holds a password, may not be read", why, failed.Unread)
		}
		err := &fault{ReasonNoCredentials, "name an account with --credentials-secret, or --user and --password-stdin; or use --via exec", why}
		return nil, opts.Via, nil, err
	}
	return nil, failed.Attempts[0].Via, nil, failed
}

type step struct {
	via     Via
	account Credential
}

// plan lists what to try, in order. In auto the tunnel comes first, for its
// speed, then the pod's own client, which also knows passwords that are not
// known here and sockets that need none.
func plan(accounts []Credential, via Via) []step {
	var steps []step
	tunnel := via
	if via == ViaAuto || via == "" {
		tunnel = ViaPortForward
	}
	if tunnel != ViaExec {
		for _, a := range accounts {
			if !a.InPod {
				steps = append(steps, step{tunnel, a})
			}
		}
	}
	if via == ViaExec || via == ViaAuto || via == "" {
		for _, a := range accounts {
			steps = append(steps, step{ViaExec, a})
		}
	}
	return steps
}

// isAccountRefused tells a refused account from a blocked way.
func isAccountRefused(err error) bool {
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return false
	}
	switch server.Number {
	case 1045, 1698, 1130, 1524, 1275, 1251, 1044, 3118, 4151, 1820, 1862:
		return true
	}
	return false
}

func (c *Connector) try(ctx context.Context, inst *Instance, account Credential, via Via, opts ConnectOptions) (observed.Conn, func(), error) {
	port := opts.Port
	if port == 0 {
		port = serverPort(inst.Container())
	}
	if via == ViaExec {
		return c.connectExec(ctx, inst, account, port)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return c.Dial(ctx, inst.Namespace, inst.Pod, port)
	}
	if via == ViaDirect {
		address := net.JoinHostPort(inst.PodObject.Status.PodIP, strconv.Itoa(port))
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialDirect(ctx, address)
		}
	}
	return connectDriver(ctx, dial, account, opts.TLS, hostNames(inst.PodObject))
}

// dialDirect connects to a pod's IP, which works inside the cluster's network only.
func dialDirect(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("connect to %s: %w", address, context.Cause(ctx))
	}
	return nil, &fault{ReasonRefused, "a pod's IP can be reached inside the cluster's network only: use --via port-forward", err}
}

// connectDriver logs in over whatever dial opens. ctx bounds the login only.
func connectDriver(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), account Credential, ssl TLSOptions, names []string) (observed.Conn, func(), error) {
	config := mysql.NewConfig()
	config.User, config.Passwd = account.User, account.Password.secret
	config.Net, config.Addr = "tcp", "pod"
	var seen atomic.Pointer[witness]
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		w := &witness{Conn: conn}
		seen.Store(w)
		return w, nil
	}
	config.Logger = &mysql.NopLogger{} // it would print to stderr
	config.ConnectionAttributes = "program_name:kubectl-mysqldrift"
	var err error
	if config.TLS, config.AllowFallbackToPlaintext, err = ssl.Config(names); err != nil {
		return nil, nil, &fault{ReasonTLS, "see --ssl-mode, --ssl-ca, --ssl-cert and --ssl-key", err}
	}
	// With TLS the password may go as it is, for accounts of LDAP or PAM.
	config.AllowCleartextPasswords = ssl.Mode == SSLRequired || ssl.Mode == SSLVerifyCA || ssl.Mode == SSLVerifyIdentity
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, nil, fmt.Errorf("configure the driver: %w", err)
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		if seen.Load() != nil && ctx.Err() != nil {
			err = fmt.Errorf("the port is open, but the server does not complete the login: %w", context.Cause(ctx))
		}
		return nil, nil, seen.Load().explain(err)
	}
	return witnessed{observed.NewSQLConn(conn), seen.Load()}, func() { conn.Close(); db.Close() }, nil
}

// connectExec logs in with the pod's own client; that it can is seen by its
// first answer, which costs no statement of the server's.
func (c *Connector) connectExec(ctx context.Context, inst *Instance, account Credential, port int) (observed.Conn, func(), error) {
	run := func(ctx context.Context, cmd []string, stdin io.Reader, stdout, stderr io.Writer) error {
		return c.stream(ctx, inst.Namespace, inst.Pod, inst.Recognition.Container, cmd, stdin, stdout, stderr)
	}
	client := newPodClient(run, account, port)
	if err := client.login(ctx); err != nil {
		client.Close()
		return nil, nil, err
	}
	return client, client.Close, nil
}

var portOption = regexp.MustCompile(`^--port[= ](\d+)$`)

// serverPort is where the server listens, by the container's arguments,
// environment and ports; 3306 if nothing says so.
func serverPort(c *corev1.Container) int {
	for _, arg := range append(append([]string(nil), c.Command...), c.Args...) {
		if m := portOption.FindStringSubmatch(arg); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				return n
			}
		}
	}
	for _, e := range c.Env {
		switch e.Name {
		case "MYSQL_TCP_PORT", "MYSQL_PORT_NUMBER", "MARIADB_PORT_NUMBER":
			if n, err := strconv.Atoi(e.Value); err == nil && n > 0 {
				return n
			}
		}
	}
	for _, p := range c.Ports {
		if p.ContainerPort == 3306 {
			return 3306
		}
	}
	for _, p := range c.Ports {
		if p.Name == "mysql" || p.Name == "mariadb" || p.Name == "db" {
			return int(p.ContainerPort)
		}
	}
	return 3306
}

// hostNames are the names under which a certificate may know a pod.
func hostNames(pod *corev1.Pod) []string {
	names := []string{pod.Name}
	if host, sub := pod.Spec.Hostname, pod.Spec.Subdomain; sub != "" {
		if host == "" {
			host = pod.Name
		}
		base := host + "." + sub
		names = append(names, base, base+"."+pod.Namespace, base+"."+pod.Namespace+".svc", base+"."+pod.Namespace+".svc.cluster.local",
			sub, sub+"."+pod.Namespace, sub+"."+pod.Namespace+".svc", sub+"."+pod.Namespace+".svc.cluster.local")
	}
	return append(names, pod.Status.PodIP, "localhost", "127.0.0.1")
}
