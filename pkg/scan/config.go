package scan

import (
	"context"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// Connector opens what a scan needs of an instance; *cluster.Connector is one.
type Connector interface {
	Connect(ctx context.Context, inst *cluster.Instance, accounts []cluster.Credential, opts cluster.ConnectOptions) (conn observed.Conn, via cluster.Via, close func(), err error)
	// Files reads files in the instance's container; nil if they are not to be read.
	Files(inst *cluster.Instance) *cluster.PodFiles
	// Explain adds to a fault what the pod's present state says of it.
	Explain(ctx context.Context, inst *cluster.Instance, e v1.ReportError) v1.ReportError
}

var _ Connector = (*cluster.Connector)(nil)

// Config is everything that a scan needs. Zero values have the defaults named.
type Config struct {
	Objects     cluster.Objects
	Connector   Connector
	Selection   cluster.Selection
	Credentials cluster.CredentialOptions
	Connect     cluster.ConnectOptions
	// Context is the kube context's name, for the reports.
	Context string
	// Timeout bounds the whole scan; 30 s. One instance gets two thirds of it, and
	// a third for connecting, so that a hung one is told as such.
	Timeout time.Duration
	// Parallel is how many instances are read at once; 16.
	Parallel int
	// DerivedOnly leaves the files in the pods unread: no exec.
	DerivedOnly bool
	Rules       policy.Rules
	// Now is the clock; time.Now.
	Now func() time.Time

	// Started is told of each instance when its reading begins, in its worker, and
	// of how many there are.
	Started func(in v1.Instance, total int)
	// Progress is told of each report as soon as it is done, one at a time.
	Progress func(done, total int, report *v1.DriftReport)
	// Stalled is told once, if at all, of the reports that are done while only servers
	// that do not answer are awaited.
	Stalled func(done []v1.DriftReport, awaited []v1.Instance)
	// Each is called in the worker of each instance that was read, while its
	// connection is open: for evidence beyond what a report holds. It may add to
	// the report. It must not keep Detail.Conn.
	Each func(ctx context.Context, d *Detail)
}

// Detail is what a scan knows of one instance beyond its report.
type Detail struct {
	Instance   cluster.Instance
	Resolution *declared.Resolution // nil if nothing could be resolved
	Snapshot   *model.Snapshot      // nil if the server could not be read
	Conn       observed.Conn        // nil if the server could not be reached
	Files      *cluster.PodFiles    // nil without exec
	Report     *v1.DriftReport

	opened []v1.Finding // what is no drift on a primary only
}

// Namespace is the one that is looked at, "" for several.
func (c Config) Namespace() string {
	if c.Selection.AllNamespaces || len(c.Selection.Namespaces) != 1 {
		return ""
	}
	return c.Selection.Namespaces[0]
}

func (c Config) withDefaults() Config {
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Parallel <= 0 {
		c.Parallel = 16
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
