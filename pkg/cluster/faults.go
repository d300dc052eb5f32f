package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Reasons of a ReportError, one word each, the same in text and JSON.
const (
	ReasonForbidden       = "Forbidden"         // RBAC
	ReasonUnauthenticated = "Unauthenticated"   // the API server does not know the user
	ReasonAPIServer       = "APIServerGone"     // the API server does not answer
	ReasonNotFound        = "NotFound"          // no such object
	ReasonNoNamespace     = "NoNamespace"       // no such namespace
	ReasonBadSelector     = "BadSelector"       // no such field to select by
	ReasonNoServer        = "NoServer"          // an object that runs no server
	ReasonNotReady        = "NotReady"          // the container does not run yet
	ReasonRestarting      = "Restarting"        // the container restarts again and again
	ReasonPodGone         = "PodGone"           // the pod went away during the scan
	ReasonWrongPassword   = "WrongPassword"     // the server refused the account
	ReasonNoCredentials   = "NoCredentials"     // no account to try
	ReasonNoPrivilege     = "MissingPrivilege"  // the account may not do it
	ReasonTLS             = "TLSRefused"        // no agreement on TLS
	ReasonRefused         = "ConnectionRefused" // nobody listens
	ReasonLost            = "ConnectionLost"    // broke in the middle of an answer
	ReasonTimeout         = "Timeout"           // no answer in time
	ReasonCanceled        = "Canceled"          // Ctrl-C
	ReasonServer          = "ServerError"       // any other error of the server's
	ReasonExec            = "ExecFailed"        // the pod has no client or no shell
	ReasonOther           = "Failed"
)

// fault is an error that already knows its reason and what to do about it.
type fault struct {
	reason, hint string
	err          error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// ErrorReport says of an error what it means to a user: one reason, one plain
// sentence, one hint. The order matters: the narrowest meaning first.
func ErrorReport(object string, err error) v1.ReportError {
	e := v1.ReportError{Object: object, Reason: ReasonOther, Text: err.Error()}
	var connect *ConnectError
	if errors.As(err, &connect) {
		e = ErrorReport(object, connect.main())
		e.Tried = connect.Tried()
		if connect.Unread != "" && !slices.ContainsFunc(connect.Attempts, func(a Attempt) bool { return a.Via != ViaExec }) {
			e.Text += fmt.Sprintf("; by port-forward: the password is in %s, which this user may not get", connect.Unread)
		}
		for _, a := range connect.others() {
			e.Text += fmt.Sprintf("; by %s: %s", a.Via, ErrorReport(object, a.Err).Text)
		}
		return e
	}
	var known *fault
	var server *mysql.MySQLError
	switch {
	case errors.As(err, &known):
		e.Reason, e.Hint = known.reason, known.hint
	case errors.Is(err, context.Canceled):
		e.Reason, e.Text, e.Hint = ReasonCanceled, "interrupted before the answer came", "run it again"
	case errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), noTimeLeft):
		e.Reason, e.Text = ReasonTimeout, outOfTime.Replace(err.Error())
		e.Hint = "see whether the server hangs: kubectl exec into the pod and run SHOW PROCESSLIST; --timeout gives more time"
	case isForbidden(err):
		e.Reason, e.Text, e.Hint = forbidden(err)
	case errors.As(err, &server):
		serverFault(&e, server)
	case isTLS(err):
		e.Reason, e.Hint = ReasonTLS, "see --ssl-mode, --ssl-ca, --ssl-cert and --ssl-key; --ssl-mode=DISABLED does without TLS inside the tunnel"
	default:
		plumbingFault(&e, err)
	}
	return e
}

// serverFault reads the server's own error numbers.
func serverFault(e *v1.ReportError, err *mysql.MySQLError) {
	e.Reason = ReasonServer
	switch err.Number {
	case 1045, 1698, 1130, 1524, 1275, 1251:
		e.Reason, e.Hint = ReasonWrongPassword, "name a working account with --credentials-secret, or --user and --password-stdin"
	case 1820, 1862:
		e.Reason, e.Hint = ReasonWrongPassword, "the account's password has expired: set a new one, or name another account"
	case 3118, 4151:
		e.Reason, e.Hint = ReasonWrongPassword, "the account is locked: name another one with --user or --credentials-secret"
	case 3159:
		e.Reason, e.Hint = ReasonTLS, "the server takes TLS connections only: --ssl-mode=REQUIRED"
	case 1040, 1203, 1226:
		e.Hint = "the server has no connection left: wait, or raise max_connections"
	case 1129:
		e.Hint = "the server blocks this host after too many broken connections: FLUSH HOSTS on it"
	case 1142, 1143, 1227, 1044:
		e.Reason, e.Hint = ReasonNoPrivilege, "docs/grants.md lists the grants that suffice"
	case 1053, 1077, 1079, 2006, 2013, 2055:
		e.Reason, e.Hint = ReasonLost, "the server went away: see kubectl describe pod for restarts, then run it again"
	case 2002, 2003:
		e.Reason, e.Hint = ReasonRefused, "the server does not listen (yet): see its log by kubectl logs"
	case 2026:
		e.Reason, e.Hint = ReasonTLS, "see --ssl-mode, --ssl-ca, --ssl-cert and --ssl-key"
	}
}

// plumbingFault reads errors of the way to the server.
func plumbingFault(e *v1.ReportError, err error) {
	text := err.Error()
	var refused *RemoteError
	switch {
	case errors.As(err, &refused) && refused.isRefusal():
		e.Text = plainRefusal(refused.Text)
		e.Reason, e.Hint = ReasonRefused, "nothing listens on that port in the pod: the server may still start, use another port (--mysql-port), or skip-networking (then --via exec)"
	case apierrors.IsNotFound(err) || strings.Contains(text, `" not found`):
		e.Reason, e.Hint = ReasonPodGone, "the object went away during the scan: run it again"
	case apierrors.IsBadRequest(err) && strings.Contains(text, "field label not supported"):
		e.Reason, e.Hint = ReasonBadSelector, "pods can be selected by the fields that kubectl get pods --field-selector takes: metadata.name, spec.nodeName, status.phase, status.podIP, ..."
	case apierrors.IsUnauthorized(err):
		e.Reason, e.Hint = ReasonUnauthenticated, "log in to the cluster again: kubectl auth whoami"
	case errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) || refused != nil:
		e.Reason, e.Hint = ReasonLost, "the server or its pod went away in the middle of an answer: see kubectl describe pod for restarts, then run it again"
		e.Text = plainLoss(text)
	case apierrors.IsServiceUnavailable(err) || apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) || isNetwork(err):
		e.Reason, e.Hint = ReasonAPIServer, "see whether the API server answers: kubectl get --raw /readyz"
	}
}

func isNetwork(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) || errors.As(err, &dns) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET)
}

func isTLS(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.Is(err, mysql.ErrNoTLS) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) || strings.Contains(err.Error(), "tls: ")
}

func isForbidden(err error) bool {
	return apierrors.IsForbidden(err) || strings.Contains(err.Error(), "is forbidden: User ")
}

// denied is how the API server's RBAC authorizer words a refusal.
var denied = regexp.MustCompile(`User "([^"]*)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?`)

// forbidden names the verb and the resource that RBAC lacks, and how to ask.
func forbidden(err error) (reason, text, hint string) {
	all := denied.FindAllStringSubmatch(err.Error(), -1)
	if len(all) == 0 {
		return ReasonForbidden, err.Error(), "see the Role that is bound to this user"
	}
	m := all[0]
	verbs := m[2]
	for _, other := range all[1:] {
		if other[3] == m[3] && !strings.Contains(verbs, other[2]) {
			verbs += " and " + other[2]
		}
	}
	resource := m[3]
	if m[4] != "" {
		resource += "." + m[4]
	}
	where := "cluster-wide"
	if m[5] != "" {
		where = "in namespace " + m[5]
	}
	text = fmt.Sprintf("user %q may not %s %s %s", m[1], verbs, resource, where)
	verb, _, _ := strings.Cut(verbs, " ")
	kind, sub, hasSub := strings.Cut(resource, "/")
	ask := fmt.Sprintf("kubectl auth can-i %s %s", verb, kind)
	if hasSub {
		ask += " --subresource=" + sub
	}
	if m[5] != "" {
		ask += " -n " + m[5]
	}
	hint = fmt.Sprintf("a Role must allow %s on %s; ask with: %s", verbs, resource, ask)
	if sub == "portforward" || sub == "exec" {
		hint = fmt.Sprintf("a Role must allow get and create on %s; ask with: %s", resource, ask)
	}
	return ReasonForbidden, text, hint
}
