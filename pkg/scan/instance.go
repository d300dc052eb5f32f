package scan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

const (
	rolePrimary = string(model.RolePrimary)
	roleReplica = string(model.RoleReplica)
)

// read reads one instance into its report. Resolving what governs it and asking
// the server go on at once: both wait for the network.
func read(ctx context.Context, cfg Config, inst *cluster.Instance, report *v1.DriftReport) peer {
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout*2/3)
	defer cancel()
	d := &Detail{Instance: *inst, Report: report}
	defer func() { report.LastChange = lastChange(whole, cfg.Objects, inst.Namespace, report) }()
	if down := inst.NotRunning(cfg.Now()); down != nil {
		fail(report, *down)
		d.Resolution, _ = resolve(ctx, cfg, d, nil, imageServer(inst))
		describe(report, d.Resolution)
		return peer{}
	}
	if wrong := cluster.MisnamedServer(inst.PodObject); wrong != "" {
		report.Notes = append(report.Notes, wrong+": the server was found without it")
	}
	if text := inst.NotReady(); text != "" {
		report.Notes = append(report.Notes, text)
	}
	if cfg.Connector != nil && !cfg.DerivedOnly {
		if d.Files = cfg.Connector.Files(inst); d.Files != nil {
			d.Files.Begin(ctx)
		}
	}

	if owner := metav1.GetControllerOf(inst.PodObject); owner != nil { // wanted at the end, for the role
		go func() { _, _ = cfg.Objects.Owner(ctx, inst.Namespace, *owner) }()
	}
	resolved := make(chan error, 1)
	go func() {
		var err error
		d.Resolution, err = resolve(ctx, cfg, d, d.Files, imageServer(inst))
		resolved <- err
	}()
	closeConn, readErr := observe(ctx, cfg, d)
	defer closeConn()
	if d.Snapshot != nil {
		sysvar.For(d.Snapshot.Server) // read while the files are awaited, as it is kept
	}
	resolveErr := await(ctx, cfg, d, resolved)

	if d.Snapshot != nil {
		seen(report, d.Snapshot)
		report.Instance.Role = string(role(ctx, cfg.Objects, d))
	}
	describe(report, d.Resolution)
	filesNote(report, d)
	if !cfg.DerivedOnly {
		unreadNote(report, d)
	}
	if resolveErr != nil {
		e := cluster.ErrorReport(inst.Object(), resolveErr)
		e.Tried = "find what governs it"
		report.Errors = append(report.Errors, e)
	}
	if readErr != nil {
		fail(report, explain(whole, cfg, inst, readErr))
		return peer{}
	}
	judge(ctx, cfg, d)
	if cfg.Each != nil {
		cfg.Each(ctx, d)
	}
	policy.ApplyReport(report, cfg.Rules)
	return peer{d.Snapshot.Role, d.opened}
}

// resolve finds what governs the instance; files nil means by the manifests only.
func resolve(ctx context.Context, cfg Config, d *Detail, files *cluster.PodFiles, server model.Server) (*declared.Resolution, error) {
	opts := declared.Options{}
	if files != nil {
		opts.PodFiles = PodFiles{files, cfg.Timeout / 3}
	}
	return declared.Resolve(ctx, cfg.Objects, d.Instance.PodObject, d.Instance.Recognition.Container, server, opts)
}

// await waits for the resolution and does it again where the running server is
// another than the image's tag says: groups and defaults differ by version. The
// second time costs no request, all is kept.
func await(ctx context.Context, cfg Config, d *Detail, resolved <-chan error) error {
	err := <-resolved // bounded by ctx, as all that it waits for is
	if d.Snapshot == nil {
		return err
	}
	guess, running := imageServer(&d.Instance), d.Snapshot.Server
	same := guess.Flavour == running.Flavour && guess.Version.Major == running.Version.Major && guess.Version.Minor == running.Version.Minor
	if same && err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	again, errAgain := resolve(ctx, cfg, d, d.Files, running)
	if errAgain != nil {
		return errAgain
	}
	d.Resolution = again
	return nil
}

// observe connects and reads the server into the detail. close must be called.
func observe(ctx context.Context, cfg Config, d *Detail) (close func(), err error) {
	nothing := func() {}
	if cfg.Connector == nil {
		return nothing, errors.New("no connection to the cluster")
	}
	accounts, err := cfg.Credentials.Credentials(ctx, cfg.Objects, &d.Instance)
	if err != nil {
		return nothing, err
	}
	dialCtx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout/3, connectTimeout{cfg.Timeout / 3})
	defer cancel()
	conn, via, closeConn, err := cfg.Connector.Connect(dialCtx, &d.Instance, accounts, cfg.Connect)
	if err != nil {
		return nothing, err
	}
	d.Conn = conn
	d.Report.Instance.Via = string(via)
	start := time.Now()
	snap, err := observed.Observe(ctx, conn, observed.Options{StatementTimeout: cfg.Timeout / 3})
	if err != nil {
		d.Conn = nil
		return closeConn, err
	}
	klog.FromContext(ctx).V(2).Info("Read", "pod", klog.KObj(d.Instance.PodObject), "variables", len(snap.Variables), "took", time.Since(start).Round(time.Millisecond))
	d.Snapshot = snap
	return closeConn, nil
}

// connectTimeout is the cause of a time-out while connecting.
type connectTimeout struct{ after time.Duration }

func (e connectTimeout) Error() string {
	return fmt.Sprintf("no answer within %s", e.after.Round(100*time.Millisecond))
}
func (connectTimeout) Is(target error) bool { return target == context.DeadlineExceeded }

// explain makes a report of a fault, with a look at the pod as it is now.
func explain(ctx context.Context, cfg Config, inst *cluster.Instance, err error) v1.ReportError {
	e := cluster.ErrorReport(inst.Object(), err)
	if e.Tried == "" {
		e.Tried = "read the server"
	}
	if ctx.Err() != nil {
		return e
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return cfg.Connector.Explain(ctx, inst, e)
}

// seen fills in what the server itself says of the instance.
func seen(report *v1.DriftReport, snap *model.Snapshot) {
	in := &report.Instance
	in.Server = model.Server{Flavour: snap.Server.Flavour}.String()
	in.Version = snap.Server.Version.String()
	report.Notes = append(report.Notes, snap.Notes...)
	report.ObservedAt = moment(snap.TakenAt)
	report.StartedAt = moment(snap.StartedAt())
}

// describe fills in what governs the instance.
func describe(report *v1.DriftReport, r *declared.Resolution) {
	if r == nil {
		return
	}
	if r.Governing != nil {
		report.GovernedBy = r.Governing
	}
	report.Instance.Owner = r.Owner
	report.Notes = append(report.Notes, r.Declaration.Missing...)
	report.Findings = append(report.Findings, fileFindings(r)...)
}

// unreadNote makes an error of ConfigMaps and Secrets that could not be read, where the files
// in the pod do not tell what they declare: to find nothing then proves nothing.
func unreadNote(report *v1.DriftReport, d *Detail) {
	if d.Resolution == nil || len(d.Resolution.Unread) == 0 || d.Files != nil && d.Files.Err() == nil {
		return
	}
	report.Errors = append(report.Errors, v1.ReportError{Object: d.Instance.Object(), Tried: "read what is declared", Reason: cluster.ReasonForbidden,
		Text: strings.Join(d.Resolution.Unread, "; "), Hint: "kubectl mysqldrift check tells what else is missing"})
}

// filesNote says that the files in the pod are not known, and why.
func filesNote(report *v1.DriftReport, d *Detail) {
	if d.Files == nil {
		return
	}
	if err := d.Files.Err(); err != nil {
		e := cluster.ErrorReport(d.Instance.Object(), err)
		report.Notes = append(report.Notes, "files in the pod could not be read, sources are derived from the manifests: "+e.Text)
	}
}

func imageServer(inst *cluster.Instance) model.Server {
	server := cluster.ImageServer(inst.Image)
	if inst.Recognition.Flavour != "" {
		server.Flavour = inst.Recognition.Flavour
	}
	return server
}

func moment(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return &metav1.Time{Time: t.UTC().Truncate(time.Second)}
}
