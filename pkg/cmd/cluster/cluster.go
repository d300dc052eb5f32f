// Package cluster turns the flags of the verbs that read a cluster into a
// scan's configuration, and shows a scan's progress. How a scan works is in
// package scan.
package cluster

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/rest"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Flags are those of every verb that scans.
type Flags struct {
	Root    *options.Root
	Select  options.Select
	Connect options.Connect

	contexts  []string
	password  *cluster.Password
	toldRules bool
}

// AddFlags binds them to a verb.
func (f *Flags) AddFlags(flags *pflag.FlagSet) {
	f.Select.AddFlags(flags)
	f.Connect.AddFlags(flags)
}

// Target is a cluster that is reached, ready for scans.
type Target struct {
	config    *rest.Config
	connector *cluster.Connector
	flags     *Flags
	namespace string
	context   string
}

// Target reaches for the cluster that the kubeconfig and the flags name.
func (f *Flags) Target(showContext bool) (*Target, error) {
	if err := f.Connect.Validate(); err != nil {
		return nil, err
	}
	if err := f.Select.Validate(); err != nil {
		return nil, err
	}
	config, err := f.Root.Config.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	// A scan asks little but at once; client-go's 5 requests a second would wait.
	config.QPS, config.Burst = 100, 200
	config.UserAgent = "kubectl-mysqldrift/" + f.Root.Build.Version
	connector, err := cluster.NewConnector(config)
	if err != nil {
		return nil, err
	}
	namespace, err := f.Root.Namespace()
	if err != nil {
		return nil, err
	}
	if f.password == nil {
		if f.password, err = f.readPassword(); err != nil {
			return nil, err
		}
	}
	t := &Target{config: config, connector: connector, flags: f, namespace: namespace}
	if showContext {
		t.context = *f.Root.Config.Context
	}
	return t, nil
}

// readPassword takes it from standard input or the environment: an argument
// list is for everybody to read.
func (f *Flags) readPassword() (*cluster.Password, error) {
	if f.Connect.PasswordStdin {
		secret, err := ReadPassword(f.Root.Streams.In)
		if err != nil {
			return nil, err
		}
		p := cluster.NewPassword(secret)
		return &p, nil
	}
	// Empty it is a password only of an account that is named.
	if secret, ok := os.LookupEnv(options.PasswordEnv); ok && (secret != "" || f.Connect.User != "") {
		p := cluster.NewPassword(secret)
		return &p, nil
	}
	return nil, nil
}

// ReadPassword reads one line.
func ReadPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from standard input: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", options.Usagef("--password-stdin: standard input holds no password")
	}
	return line, nil
}

// Objects reads the API server anew: it keeps answers for one scan.
func (t *Target) Objects() (*cluster.Live, error) {
	return cluster.NewLive(t.config, cluster.LiveOptions{
		ChunkSize: t.flags.Select.ChunkSize,
		Mapper:    func() (meta.RESTMapper, error) { return t.flags.Root.Config.ToRESTMapper() },
	})
}

// Access asks the API server about itself and about the user.
func (t *Target) Access() (*cluster.Access, error) { return cluster.NewAccess(t.config) }

// REST is how the API server is reached, for what reads nothing.
func (t *Target) REST() *rest.Config { return t.config }

// Connector opens streams to pods.
func (t *Target) Connector() *cluster.Connector { return t.connector }

// Namespace is the one that flags or the kubeconfig name.
func (t *Target) Namespace() string { return t.namespace }

// Config is a scan of the servers that names mean ("sts/mysql", "mysql-0", …).
func (t *Target) Config(names []string, rules policy.Rules) (scan.Config, error) {
	objects, err := t.Objects()
	if err != nil {
		return scan.Config{}, err
	}
	f := t.flags
	via, err := cluster.ParseVia(f.Connect.Via)
	if err != nil {
		return scan.Config{}, &options.ExitError{Code: options.ExitFailure, Err: err}
	}
	tls := cluster.TLSOptions{CA: f.Connect.SSLCA, Cert: f.Connect.SSLCert, Key: f.Connect.SSLKey}
	if f.Connect.SSLMode != "" {
		if tls.Mode, err = cluster.ParseSSLMode(f.Connect.SSLMode); err != nil {
			return scan.Config{}, &options.ExitError{Code: options.ExitFailure, Err: err}
		}
	}
	if _, _, err := tls.Config(nil); err != nil { // before a server is asked, which exec would do without TLS
		return scan.Config{}, options.Usagef("%w", err)
	}
	return scan.Config{
		Objects:   objects,
		Connector: t.connector,
		Selection: cluster.Selection{
			Namespaces:    []string{t.namespace},
			AllNamespaces: f.Select.AllNamespaces,
			LabelSelector: f.Select.LabelSelector,
			FieldSelector: f.Select.FieldSelector,
			Names:         names,
		},
		Credentials: cluster.CredentialOptions{User: f.Connect.User, Password: f.password, Secret: f.Connect.CredentialsSecret},
		Connect:     cluster.ConnectOptions{Via: via, Port: f.Connect.Port, TLS: tls},
		Context:     t.context,
		Timeout:     f.timeout(),
		Parallel:    f.Connect.Parallel,
		Rules:       rules,
	}, nil
}

// noTimeout stands for --timeout 0: a scan needs a bound for its parts.
const noTimeout = 24 * time.Hour

func (f *Flags) timeout() time.Duration {
	if f.Root.Timeout == 0 {
		return noTimeout
	}
	return f.Root.Timeout
}

// Account is who asks a server that a DSN names.
func (f *Flags) Account() (offline.Account, error) {
	account := offline.Account{User: f.Connect.User, Password: os.Getenv(options.PasswordEnv)}
	if !f.Connect.PasswordStdin {
		return account, nil
	}
	var err error
	account.Password, err = ReadPassword(f.Root.Streams.In)
	return account, err
}

// Policy is what reports are judged by: the user's rules on top of the built-in
// ones. Rules that expired, stand twice or are about no variable are told, once.
func (f *Flags) Policy() policy.Rules {
	now := time.Now()
	if !f.toldRules {
		file := f.Root.File
		for _, text := range slices.Concat(file.Expired(now), file.Repeated(now), unknownVariables(file)) {
			f.Root.Warn("%s", output.Escape(text))
		}
	}
	f.toldRules = true
	return f.Root.File.Rules(now)
}

// unknownVariables are the names in a configuration file that no release has.
func unknownVariables(file *configfile.Config) []string {
	var said []string
	for name, place := range file.Variables() {
		if place == "severities" && strings.ContainsAny(name, "*?[") {
			said = append(said, fmt.Sprintf("severities: %s is taken for a name, not for a pattern: name each variable", name))
		} else if !sysvar.Known(name) {
			said = append(said, place+": "+NoSuchVariable(name))
		}
	}
	slices.Sort(said)
	return said
}

// NoSuchVariable says that no release has a variable: it is mistyped, or a plugin's.
func NoSuchVariable(name string) string {
	return fmt.Sprintf("no MySQL or MariaDB release that is known has a variable %s; kubectl mysqldrift explain %[1]s finds the nearest name", name)
}
