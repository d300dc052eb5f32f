package options

import (
	"regexp"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// Select is which instances a verb looks at.
type Select struct {
	AllNamespaces bool
	LabelSelector string
	FieldSelector string
	ChunkSize     int64
}

// AddFlags binds the flags with the names and letters that kubectl get has.
func (s *Select) AddFlags(flags *pflag.FlagSet) {
	if s.ChunkSize == 0 {
		s.ChunkSize = 500
	}
	flags.BoolVarP(&s.AllNamespaces, "all-namespaces", "A", false, "Look in all namespaces")
	flags.StringVarP(&s.LabelSelector, "selector", "l", "", "Selector (label query) to filter pods on, supports '=', '==', '!=', 'in', 'notin'")
	flags.StringVar(&s.FieldSelector, "field-selector", "", "Selector (field query) to filter pods on, such as spec.nodeName=node-1")
	flags.Int64Var(&s.ChunkSize, "chunk-size", s.ChunkSize, "Return large lists in chunks rather than all at once. 0 disables")
}

// Validate checks the selectors before a cluster is asked: what is mistyped is
// wrong use, and no cluster that cannot be read.
func (s *Select) Validate() error {
	if _, err := labels.Parse(s.LabelSelector); err != nil {
		return Usagef("--selector %q: %w", s.LabelSelector, err)
	}
	if _, err := fields.ParseSelector(s.FieldSelector); err != nil {
		return Usagef("--field-selector %q: %w", s.FieldSelector, err)
	}
	if s.ChunkSize < 0 {
		return Usagef("--chunk-size %d: want a number of objects, or 0 for all at once", s.ChunkSize)
	}
	return nil
}

// Connect is how to reach a server and as whom.
type Connect struct {
	Via               string
	User              string
	PasswordStdin     bool
	CredentialsSecret string
	Port              int
	Parallel          int

	SSLMode string
	SSLCA   string
	SSLCert string
	SSLKey  string
}

// Ways to reach a server.
const (
	ViaAuto        = "auto"
	ViaPortForward = "port-forward"
	ViaExec        = "exec"
	ViaDirect      = "direct"
)

// PasswordEnv is the environment variable that a password is read from.
const PasswordEnv = "MYSQLDRIFT_PASSWORD"

// AddFlags binds the connection flags; the TLS ones are named as mysql's.
func (c *Connect) AddFlags(flags *pflag.FlagSet) {
	if c.Parallel == 0 {
		c.Parallel = 16
	}
	flags.StringVar(&c.Via, "via", ViaAuto, "How to reach a server: auto, port-forward (through the API server), exec (the pod's own client) or direct (the pod's IP)")
	flags.StringVar(&c.User, "user", "", "MySQL account to read with; its password comes from --password-stdin or "+PasswordEnv)
	flags.BoolVar(&c.PasswordStdin, "password-stdin", false, "Read the MySQL password from standard input")
	flags.StringVar(&c.CredentialsSecret, "credentials-secret", "", "Secret with the account to read with, [NAMESPACE/]NAME: keys username and password")
	flags.IntVar(&c.Port, "mysql-port", 0, "Port of the server in the pod (default: the container's own, else 3306)")
	flags.IntVar(&c.Parallel, "parallel", c.Parallel, "How many servers to read at once")
	flags.StringVar(&c.SSLMode, "ssl-mode", "", "TLS to the server: DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY (default PREFERRED, with --ssl-ca VERIFY_CA)")
	flags.StringVar(&c.SSLCA, "ssl-ca", "", "File with the certificate authority that signed the server's certificate")
	flags.StringVar(&c.SSLCert, "ssl-cert", "", "File with the client certificate for TLS to the server")
	flags.StringVar(&c.SSLKey, "ssl-key", "", "File with the client key for TLS to the server")
}

var secretName = regexp.MustCompile(`^([^/:\s]+/)?[^/:\s]+(:[^/:\s]+)?$`)

// Validate checks what can be checked without a cluster.
func (c *Connect) Validate() error {
	switch c.Via {
	case ViaAuto, ViaPortForward, ViaExec, ViaDirect:
	default:
		return Usagef("--via %q: want auto, port-forward, exec or direct", c.Via)
	}
	switch strings.ToUpper(c.SSLMode) { // in any case, as mysql takes it
	case "", "DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY":
	default:
		return Usagef("--ssl-mode %q: want DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY", c.SSLMode)
	}
	if (c.SSLCert == "") != (c.SSLKey == "") {
		return Usagef("--ssl-cert and --ssl-key go together")
	}
	if c.PasswordStdin && c.User == "" {
		return Usagef("--password-stdin needs --user")
	}
	if c.User != "" && c.CredentialsSecret != "" {
		return Usagef("--user and --credentials-secret exclude each other")
	}
	if c.Port < 0 || c.Port > 65535 {
		return Usagef("--mysql-port %d: want 1 to 65535", c.Port)
	}
	if c.CredentialsSecret != "" && !secretName.MatchString(c.CredentialsSecret) {
		return Usagef("--credentials-secret %q: want [NAMESPACE/]NAME[:KEY]", c.CredentialsSecret)
	}
	if c.Parallel < 1 {
		return Usagef("--parallel %d: want at least 1", c.Parallel)
	}
	return nil
}
