// Package options holds what every verb shares: streams, Kubernetes
// configuration, flags for selecting, connecting and printing, and the exit
// codes. It turns flags into plain values; it does not know how a scan works,
// nor what drift is.
package options

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/features"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
)

// Build says which build this is. The release stamps it at link time.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
}

// Root is what main makes once and every verb's New receives.
type Root struct {
	Streams genericiooptions.IOStreams
	Build   Build

	// Config is kubectl's own: kubeconfig, context, namespace, impersonation.
	Config *genericclioptions.ConfigFlags

	// Timeout bounds the whole command; --request-timeout bounds one request.
	Timeout time.Duration
	// Verbosity is -v: 1 says what was tried, 4 how, 6 the requests sent.
	Verbosity int
	// Color is auto, always or never.
	Color string

	// ConfigFile is --config-file; File is what the configuration files say.
	ConfigFile string
	File       *configfile.Config
	fromFile   map[string]bool // flags that File has set

	warnings *warnings
}

// DefaultTimeout bounds a command whose user gave no --timeout.
const DefaultTimeout = 30 * time.Second

// maxKlog caps client-go's own logging. From level 7 on it logs the bytes that
// cross a port-forward stream, from 8 the bodies of Secrets: no -v may show them.
const maxKlog = 6

// NewRoot makes the shared options.
func NewRoot(streams genericiooptions.IOStreams, build Build) *Root {
	r := &Root{Streams: streams, Build: build, Timeout: DefaultTimeout, Color: ColorAuto}
	r.warnings = &warnings{w: streams.ErrOut, seen: map[string]bool{}}
	r.Config = r.newConfig()
	return r
}

func (r *Root) newConfig() *genericclioptions.ConfigFlags {
	return genericclioptions.NewConfigFlags(true).WithDiscoveryBurst(300).WithDiscoveryQPS(50).WithWrapConfigFn(func(c *rest.Config) *rest.Config {
		c.WarningHandler = r.warnings
		return c
	})
}

// ConfigOf is the configuration for another context, with the same flags else.
func (r *Root) ConfigOf(context string) *genericclioptions.ConfigFlags {
	c, from := r.newConfig(), r.Config
	c.CacheDir, c.KubeConfig, c.ClusterName, c.AuthInfoName, c.Namespace = from.CacheDir, from.KubeConfig, from.ClusterName, from.AuthInfoName, from.Namespace
	c.APIServer, c.TLSServerName, c.Insecure, c.CertFile, c.KeyFile, c.CAFile = from.APIServer, from.TLSServerName, from.Insecure, from.CertFile, from.KeyFile, from.CAFile
	c.BearerToken, c.Impersonate, c.ImpersonateUID, c.ImpersonateGroup, c.ImpersonateUserExtra = from.BearerToken, from.Impersonate, from.ImpersonateUID, from.ImpersonateGroup, from.ImpersonateUserExtra
	c.Timeout, c.DisableCompression, c.ProxyURL = from.Timeout, from.DisableCompression, from.ProxyURL
	c.Context = &context
	return c
}

// AddFlags binds the flags that every verb has.
func (r *Root) AddFlags(flags *pflag.FlagSet) {
	// kubectl's --user names a kubeconfig user; here --user is the MySQL account,
	// as in the mysql client. The kubeconfig user is --kubeconfig-user.
	kubeUser := r.Config.AuthInfoName
	r.Config.AuthInfoName = nil
	r.Config.AddFlags(flags)
	r.Config.AuthInfoName = kubeUser
	flags.StringVar(kubeUser, "kubeconfig-user", "", "The name of the kubeconfig user to use (kubectl's --user)")

	flags.DurationVar(&r.Timeout, "timeout", r.Timeout, "The time that the whole command may take; what was not read by then is reported as missing. 0 means no limit")
	flags.StringVar(&r.Color, "color", r.Color, "Colour the output: auto, always or never. auto honours NO_COLOR and dumb terminals")
	flags.StringVar(&r.ConfigFile, "config-file", "", "Configuration file instead of ~/.config/mysqldrift/config.yaml; none reads no file, not the repository's "+configfile.RepositoryFile+" either")
	flags.IntVarP(&r.Verbosity, "v", "v", 0, "Say on stderr what is being done: 1 what was tried, 4 how, 6 with the API requests. Passwords and Secrets are shown at no level")
}

// Prepare reads the configuration files, checks the shared flags and sets up
// logging. It runs before any verb.
func (r *Root) Prepare(cmd *cobra.Command) error {
	if err := r.readFiles(cmd); err != nil {
		return err
	}
	switch r.Color {
	case ColorAuto, ColorAlways, ColorNever:
	default:
		return Usagef("--color %q: want auto, always or never", r.Color)
	}
	if r.Timeout < 0 {
		return Usagef("--timeout %s: want a time above zero, or 0 for no limit", r.Timeout)
	}
	if r.Verbosity == 0 {
		return nil // klog's defaults log nothing at level 0 that a user needs
	}
	var set flag.FlagSet
	klog.InitFlags(&set)
	if r.Verbosity < 4 {
		// client-go tells of each feature gate at level 1 when the first is asked for.
		_ = features.FeatureGates().Enabled(features.WatchListClient)
	}
	if err := set.Set("v", strconv.Itoa(min(r.Verbosity, maxKlog))); err != nil {
		return fmt.Errorf("set log level: %w", err)
	}
	klog.SetOutput(r.Streams.ErrOut)
	return set.Set("logtostderr", "true")
}

// Context is the command's context bounded by --timeout.
func (r *Root) Context(parent context.Context) (context.Context, context.CancelFunc) {
	if r.Timeout == 0 {
		return context.WithCancel(parent)
	}
	return context.WithTimeoutCause(parent, r.Timeout, fmt.Errorf("--timeout %s is over", r.Timeout))
}

// Logf writes a line to stderr if -v is at least level.
func (r *Root) Logf(level int, format string, args ...any) {
	if r.Verbosity >= level {
		fmt.Fprintf(r.Streams.ErrOut, format+"\n", args...)
	}
}

// Namespace is the namespace that -n or the kubeconfig's context names.
func (r *Root) Namespace() (string, error) {
	ns, _, err := r.Config.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return "", fmt.Errorf("read the namespace from the kubeconfig: %w", err)
	}
	return ns, nil
}
