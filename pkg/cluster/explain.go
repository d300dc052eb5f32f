package cluster

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Explain looks at the pod as it is now, if the fault is one that its state may
// explain: that it was deleted, or that its container restarts, says more than
// that a connection broke. It costs a request for a broken instance only.
func (c *Connector) Explain(ctx context.Context, inst *Instance, e v1.ReportError) v1.ReportError {
	switch e.Reason {
	case ReasonLost, ReasonRefused, ReasonPodGone, ReasonTimeout, ReasonExec, ReasonOther:
	default:
		return e
	}
	pod := &corev1.Pod{}
	err := c.rest.Get().Resource("pods").Namespace(inst.Namespace).Name(inst.Pod).
		VersionedParams(&metav1.GetOptions{}, scheme.ParameterCodec).Do(quiet(ctx, quietBodies)).Into(pod)
	return explainBy(inst, e, pod, err, time.Now())
}

func explainBy(inst *Instance, e v1.ReportError, pod *corev1.Pod, err error, now time.Time) v1.ReportError {
	switch {
	case apierrors.IsNotFound(err):
		e.Reason, e.Text = ReasonPodGone, "the pod was deleted during the scan"
		e.Hint = "run it again"
		return e
	case err != nil:
		return e
	case pod.UID != inst.PodObject.UID:
		e.Reason, e.Text = ReasonPodGone, "the pod was deleted and made anew during the scan"
		e.Hint = "run it again"
		return e
	case pod.DeletionTimestamp != nil:
		e.Reason, e.Text = ReasonPodGone, "the pod is being deleted: "+e.Text
		e.Hint = "run it again"
		return e
	}
	present := *inst
	present.PodObject = pod
	if down := present.NotRunning(now); down != nil {
		// What the streams said is only how that looked from outside.
		e.Reason, e.Text, e.Hint = down.Reason, down.Text, down.Hint
		return e
	}
	before, after := containerStatus(inst.PodObject, inst.Recognition.Container), containerStatus(pod, inst.Recognition.Container)
	if before == nil || after == nil || after.LastTerminationState.Terminated == nil {
		return e
	}
	switch last := ended(after.LastTerminationState.Terminated, now); {
	case after.RestartCount > before.RestartCount:
		e.Reason = ReasonRestarting
		e.Text += "; its container was restarted during the scan; last end: " + last
		e.Hint = "run it again when it is ready"
	case after.RestartCount > 0 && !after.Ready:
		e.Reason = ReasonRestarting
		e.Text += fmt.Sprintf("; its container is not ready and was restarted before (%d restarts); last end: %s", after.RestartCount, last)
	}
	return e
}
