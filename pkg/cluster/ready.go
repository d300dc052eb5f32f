package cluster

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// NotRunning says why an instance's container cannot be asked, nil if it runs.
// A container that runs but is not ready is worth a try.
func (i *Instance) NotRunning(now time.Time) *v1.ReportError {
	e := &v1.ReportError{Object: i.Object(), Reason: ReasonNotReady}
	pod := i.PodObject
	logs := fmt.Sprintf("kubectl logs -n %s %s -c %s --previous", pod.Namespace, pod.Name, i.Recognition.Container)
	describe := fmt.Sprintf("kubectl describe pod -n %s %s", pod.Namespace, pod.Name)
	status := containerStatus(pod, i.Recognition.Container)
	if status == nil {
		e.Text = fmt.Sprintf("container %s has not been created: pod is %s%s", i.Recognition.Container, phase(pod), scheduling(pod))
		e.Hint = describe
		return e
	}
	switch {
	case status.State.Running != nil:
		return nil
	case status.State.Terminated != nil:
		e.Text = fmt.Sprintf("container %s has ended: %s", status.Name, ended(status.State.Terminated, now))
		e.Hint = logs
		if pod.Spec.RestartPolicy == corev1.RestartPolicyAlways || pod.Spec.RestartPolicy == "" {
			// The kubelet has seen the end and has not said yet that it waits.
			e.Reason = ReasonRestarting
			e.Text = fmt.Sprintf("container %s is restarting (%d restarts); last end: %s", status.Name, status.RestartCount, ended(status.State.Terminated, now))
		}
		if pod.Status.Phase == corev1.PodFailed && pod.Status.Reason != "" {
			e.Text += fmt.Sprintf("; the pod failed: %s", pod.Status.Reason)
		}
	case status.State.Waiting != nil:
		w := status.State.Waiting
		e.Text = fmt.Sprintf("container %s is not running (%s)%s", status.Name, w.Reason, waitingFor(pod))
		e.Hint = describe
		if status.RestartCount > 0 || w.Reason == "CrashLoopBackOff" {
			e.Reason = ReasonRestarting
			e.Text = fmt.Sprintf("container %s is restarting (%s, %d restarts)", status.Name, w.Reason, status.RestartCount)
			if last := status.LastTerminationState.Terminated; last != nil {
				e.Text += "; last end: " + ended(last, now)
			}
			e.Hint = "see why it ends: " + logs
		} else if w.Message != "" {
			e.Text += ": " + w.Message
		}
	default:
		e.Text = fmt.Sprintf("container %s is not running yet: pod is %s%s", status.Name, phase(pod), scheduling(pod))
		e.Hint = describe
	}
	return e
}

// NotReady says in half a sentence that a running container is not ready, or "".
func (i *Instance) NotReady() string {
	status := containerStatus(i.PodObject, i.Recognition.Container)
	if status == nil || status.Ready {
		return ""
	}
	if i.PodObject.DeletionTimestamp != nil {
		return "the pod is being deleted"
	}
	return "the container runs, but is not ready"
}

func containerStatus(pod *corev1.Pod, name string) *corev1.ContainerStatus {
	// A server may run as a sidecar, an init container that stays.
	for _, list := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

func phase(pod *corev1.Pod) string {
	if pod.Status.Phase == "" {
		return "Pending"
	}
	return string(pod.Status.Phase)
}

// scheduling adds why a pod has no node.
func scheduling(pod *corev1.Pod) string {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return fmt.Sprintf(" (%s: %s)", c.Reason, c.Message)
		}
	}
	return waitingFor(pod)
}

// waitingFor names the init containers that have not ended yet.
func waitingFor(pod *corev1.Pod) string {
	var names []string
	for _, s := range pod.Status.InitContainerStatuses {
		if s.State.Terminated == nil || s.State.Terminated.ExitCode != 0 {
			if s.State.Running == nil || s.Started == nil || !*s.Started { // else a sidecar
				names = append(names, s.Name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; it waits for init container " + strings.Join(names, ", ")
}

func ended(t *corev1.ContainerStateTerminated, now time.Time) string {
	text := fmt.Sprintf("%s, exit code %d", t.Reason, t.ExitCode)
	if t.Reason == "" {
		text = fmt.Sprintf("exit code %d", t.ExitCode)
	}
	if !t.FinishedAt.IsZero() {
		text += fmt.Sprintf(", %s ago", now.Sub(t.FinishedAt.Time).Round(time.Second))
	}
	if message := lastLine(t.Message); message != "" {
		text += ": " + message
	}
	return text
}
