package scan

import (
	"context"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// Run scans. Every instance of the selection has a report, in the order of
// discovery; what failed stands in the report's errors, or in the summary's if
// it belongs to no instance. The time-out and a cancelled context end the scan
// with the reports that are done and an error in each that is not.
func Run(ctx context.Context, cfg Config) *v1.DriftReportList {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	askAhead(ctx, cfg)
	instances, errs := cluster.Discover(ctx, cfg.Objects, cfg.Selection)
	list := &v1.DriftReportList{Items: make([]v1.DriftReport, len(instances))}
	peers := make([]peer, len(instances))
	list.TypeMeta = metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "DriftReportList"}
	p := newProgress(cfg, len(instances))
	whole := p.watch(func(ended []bool) { cfg.Stalled(soFar(instances, list.Items, peers, ended, cfg.Rules)) })

	Each(instances, cfg.Parallel, func(i int, inst *cluster.Instance) {
		inst.Context = cfg.Context
		p.begin(inst.Instance)
		report := newReport(inst)
		if err := ctx.Err(); err != nil {
			fail(report, notReached(inst, err))
		} else {
			peers[i] = read(ctx, cfg, inst, report)
		}
		list.Items[i] = *report
		p.done(i, &list.Items[i])
	})
	whole()
	byPeers(list.Items, peers, cfg.Rules)
	list.Summary = policy.Summarise(list.Items, errs)
	return list
}

// Each works on instances side by side, at most so many at once, and returns when
// all are done.
func Each(instances []cluster.Instance, atOnce int, work func(i int, inst *cluster.Instance)) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range instances {
		group.Go(func() error {
			work(i, &instances[i])
			return nil
		})
	}
	_ = group.Wait() // workers report, they do not fail
}

// askAhead asks for the ConfigMaps of the namespaces that the user named while
// their pods are listed: every resolution wants them. Objects keeps the answer,
// a fault of it too, for who asks next.
func askAhead(ctx context.Context, cfg Config) {
	if cfg.Selection.AllNamespaces {
		return // most of a cluster's namespaces hold no server
	}
	for _, namespace := range cfg.Selection.Namespaces {
		go func() { _, _ = cfg.Objects.ConfigMaps(ctx, namespace) }()
	}
}

func newReport(inst *cluster.Instance) *v1.DriftReport {
	return &v1.DriftReport{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "DriftReport"},
		Instance:   inst.Instance,
		State:      v1.StateIncomplete,
		GovernedBy: []v1.GoverningFile{},
		Findings:   []v1.Finding{},
		Errors:     []v1.ReportError{},
	}
}

func notReached(inst *cluster.Instance, err error) v1.ReportError {
	e := cluster.ErrorReport(inst.Object(), err)
	if e.Reason == cluster.ReasonTimeout {
		e.Text = "not reached before the time for the whole scan was over"
		e.Hint = "give it more with --timeout, or more at once with --parallel"
	}
	return e
}

// fail notes an error and the state that it means.
func fail(report *v1.DriftReport, e v1.ReportError) {
	report.Errors = append(report.Errors, e)
	switch e.Reason {
	case cluster.ReasonNotReady, cluster.ReasonRestarting:
		report.State = v1.StateNotReady
	case cluster.ReasonWrongPassword, cluster.ReasonForbidden, cluster.ReasonNoCredentials, cluster.ReasonUnauthenticated, cluster.ReasonNoPrivilege:
		report.State = v1.StateUnauthorized
	case cluster.ReasonCanceled:
		report.State = v1.StateIncomplete
	default:
		report.State = v1.StateUnreachable
	}
}
