package scan

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// judge compares what was declared with what was seen. Without a declaration
// nothing can be called in sync.
func judge(ctx context.Context, cfg Config, d *Detail) {
	if d.Resolution == nil {
		d.Report.State = v1.StateIncomplete
		if len(d.Report.Errors) == 0 {
			d.Report.Errors = append(d.Report.Errors, v1.ReportError{Object: d.Instance.Object(), Reason: cluster.ReasonOther,
				Text: "what governs it could not be found, so nothing was compared"})
		}
		return
	}
	findings := drift.Compare(drift.Input{Declaration: d.Resolution.Declaration, Snapshot: d.Snapshot})
	if d.Snapshot.Role != model.RoleAlone || !alone(ctx, cfg.Objects, d.Instance.PodObject) {
		d.opened = drift.FollowRole(findings, d.Snapshot)
	}
	editedAfter(ctx, cfg.Objects, d, findings)
	for i := range findings {
		lateFile(&findings[i], d.Resolution)
	}
	d.Report.Findings = append(d.Report.Findings, findings...)
	d.Report.State = stateOf(d.Report)
}

// fileFindings are the faults of the option files themselves. What is odd about
// the image's own and costs nothing is nobody's here to mend.
func fileFindings(res *declared.Resolution) []v1.Finding {
	if res == nil {
		return nil
	}
	var out []v1.Finding
	for _, p := range res.Problems {
		f := drift.OfFile(p.Problem, p.Origin)
		if p.Origin.Object == model.ObjectImage && f.Severity == v1.Info {
			continue
		}
		out = append(out, f)
	}
	return out
}

// lateFile names the hop where a value was not taken over because the file in
// the pod still is an older one.
func lateFile(f *v1.Finding, res *declared.Resolution) {
	if f.Class != v1.NotApplied && f.Class != v1.PendingRestart {
		return
	}
	option := f.Variable // of a line that was taken out
	if f.Declared != nil {
		option = f.Declared.Option
	}
	for _, stale := range res.Stale {
		for _, d := range stale.Differs {
			if plainOption(d.Option) != plainOption(option) {
				continue
			}
			f.Class, f.Hop = v1.StaleMount, string(model.HopFile)
			if stale.Lasting {
				f.Remedy = "delete the pod: its file is only written when it is made"
			} else {
				f.Remedy = "wait for the file, a minute or so: the kubelet brings it up to date; then " + f.Remedy
			}
			if !stale.Since.IsZero() {
				f.Message += "; the file in the pod is of " + stale.Since.UTC().Format(time.RFC3339)
			}
			f.Evidence = append(f.Evidence, v1.Evidence{Kind: "file", Time: moment(stale.Since),
				Text: fmt.Sprintf("%s in the pod differs from %s: %s", stale.Path, stale.Source, stale.Why)})
			return
		}
	}
}

// role is an instance's place in replication: what the server says, else what
// the pod's labels claim. A server without a source stands alone only where the
// workload can hold no replica of it; otherwise it may be a primary, and which
// pods were asked for must not decide what it is called.
func role(ctx context.Context, objs cluster.Objects, d *Detail) model.Role {
	claimed := model.Role(cluster.LabelledRole(d.Instance.PodObject.Labels))
	switch said := d.Snapshot.Role; {
	case said == model.RoleUnknown:
		return claimed
	case said != model.RoleAlone || alone(ctx, objs, d.Instance.PodObject):
		return said
	case claimed == model.RolePrimary:
		return claimed
	}
	return model.RoleUnknown
}

// alone reports whether a pod is certainly no primary of others: MySQL does not
// tell who replicates from it, so a workload of several pods, one of an
// operator's or one whose labels speak of a role may have replicas.
func alone(ctx context.Context, objs cluster.Objects, pod *corev1.Pod) bool {
	if cluster.LabelledRole(pod.Labels) != "" {
		return false
	}
	ref := metav1.GetControllerOf(pod)
	if ref == nil {
		return len(pod.OwnerReferences) == 0
	}
	owner, err := objs.Owner(ctx, pod.Namespace, *ref)
	if err != nil {
		return false
	}
	if up := owner.GetOwnerReferences(); len(up) > 0 && up[0].Kind != "Deployment" {
		return false
	}
	replicas, found, err := unstructured.NestedInt64(owner.Object, "spec", "replicas")
	return err == nil && found && replicas == 1
}

// stateOf is an instance's condition: that of its findings, unless nothing
// governs it or it was read in part.
func stateOf(r *v1.DriftReport) v1.State {
	state := drift.State(r.Findings)
	governed := slices.ContainsFunc(r.GovernedBy, func(g v1.GoverningFile) bool { return g.Source != "image" && g.Source != "generated" })
	switch {
	case state == v1.StateDrifted || state == v1.StatePendingRestart:
		return state
	case len(r.Errors) > 0:
		return v1.StateIncomplete
	case state == v1.StateInSync && !governed:
		return v1.StateUngoverned
	}
	return state
}
