// Package check tries whether everything that the plugin needs is there:
// rights in Kubernetes, ways to the servers, privileges in them, and the
// services that are configured. It knows what to try and what helps; it must
// not know flags or how results are printed, and it changes nothing.
package check

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// Sections, in the order in which they are tried: each needs those before it.
const (
	Versions = "Versions"
	Rights   = "Rights"
	Servers  = "Servers"
	Grants   = "Grants"
	Sources  = "Sources"
)

// Asker answers for the API server; *cluster.Access is one.
type Asker interface {
	Version(ctx context.Context) (string, error)
	User(ctx context.Context) string
	Allowed(ctx context.Context, namespace, group, resource, verb, name string) (bool, error)
}

var _ Asker = (*cluster.Access)(nil)

// Config is everything that a run needs.
type Config struct {
	Asker Asker
	// Client says which client asks: "kubectl-mysqldrift v1.2.3, client-go v0.37.2".
	Client string
	// Namespaces that rights are asked for in, "" for all.
	Namespaces []string
	Want       rights.Want
	// Scan makes the scan that tries one way to the servers.
	Scan func(via cluster.Via) (scan.Config, error)
	// Sources are services beside the cluster.
	Sources []Source
}

// Source is a service that is to be reached: a Git repository, Jenkins.
type Source struct {
	Name  string
	Reach func(ctx context.Context) (found string, err error)
	Fix   string
}

type run struct {
	cfg    Config
	report *v1.CheckReport
	user   string               // as the API server knows the one who asks
	ways   map[cluster.Via]bool // false: the right is missing
	blind  bool                 // pods may not be listed
}

// Run tries everything, one section after the other. What cannot be tried is
// told as such: nothing is taken for granted.
func Run(ctx context.Context, cfg Config) *v1.CheckReport {
	r := &run{cfg: cfg, ways: map[cluster.Via]bool{}, report: &v1.CheckReport{
		TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "CheckReport"}, Items: []v1.CheckItem{}}}
	if r.versions(ctx) {
		r.rights(ctx)
		r.servers(ctx)
	}
	for _, s := range cfg.Sources {
		r.source(ctx, s)
	}
	r.report.Summary = summarise(r.report.Items)
	return r.report
}

func (r *run) add(item v1.CheckItem) { r.report.Items = append(r.report.Items, item) }

// versions reports whether the API server answers.
func (r *run) versions(ctx context.Context) bool {
	r.add(v1.CheckItem{Section: Versions, Check: "client", Status: v1.CheckPassed, Text: r.cfg.Client})
	version, err := r.cfg.Asker.Version(ctx)
	if err != nil {
		e := cluster.ErrorReport("API server", err)
		r.add(v1.CheckItem{Section: Versions, Object: "API server", Check: "API server", Status: v1.CheckUnknown, Text: e.Text, Fix: e.Hint})
		return false
	}
	text := "Kubernetes " + version
	if r.user = r.cfg.Asker.User(ctx); r.user != "" {
		text += fmt.Sprintf(", which knows you as %q", r.user)
	}
	r.add(v1.CheckItem{Section: Versions, Object: "API server", Check: "API server", Status: v1.CheckPassed, Text: text})
	return true
}

func (r *run) source(ctx context.Context, s Source) {
	item := v1.CheckItem{Section: Sources, Object: s.Name, Check: s.Name, Status: v1.CheckPassed, Verbs: []string{rights.Blame, rights.Trace}}
	found, err := s.Reach(ctx)
	if item.Text = found; err != nil {
		item.Status, item.Text, item.Fix = v1.CheckFailed, err.Error(), s.Fix
		if ctx.Err() != nil {
			item.Status = v1.CheckUnknown
		}
	}
	r.add(item)
}

func summarise(items []v1.CheckItem) v1.CheckSummary {
	s := v1.CheckSummary{Checks: len(items)}
	for _, i := range items {
		switch i.Status {
		case v1.CheckPassed:
			s.Passed++
		case v1.CheckLimited:
			s.Limited++
		case v1.CheckFailed:
			s.Failed++
		case v1.CheckSkipped:
			s.Skipped++
		default:
			s.Unknown++
		}
	}
	return s
}
