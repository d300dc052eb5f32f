package execute

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Manager is the field manager under which objects are changed.
const Manager = "kubectl-mysqldrift"

// Objects changes Kubernetes objects.
type Objects struct {
	client kubernetes.Interface
	now    func() time.Time
}

// NewObjects changes objects through the API server of config.
func NewObjects(config *rest.Config) (*Objects, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	return &Objects{client, time.Now}, nil
}

// object changes a step's object.
func (o Options) object(ctx context.Context, step *v1.FixStep) (*v1.FixResult, error) {
	if o.DryRun {
		return o.send(ctx, step), nil
	}
	entry := newEntry(step)
	if err := o.Audit.begin(entry); err != nil {
		return left("it cannot be recorded"), err
	}
	result := o.send(ctx, step)
	return result, o.Audit.end(entry, result)
}

func (o Options) send(ctx context.Context, step *v1.FixStep) *v1.FixResult {
	options := metav1.PatchOptions{FieldManager: Manager}
	if o.DryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	switch step.Kind {
	case v1.FixPatchConfigMap:
		return o.Objects.patchConfigMap(ctx, step, options)
	case v1.FixRolloutRestart:
		return o.Objects.restart(ctx, step, options)
	}
	return left("nothing is known that does it")
}

// patchConfigMap sends the key's new text, for the version of the object that
// the plan was made for: another's change in between is no conflict to be won.
func (c *Objects) patchConfigMap(ctx context.Context, step *v1.FixStep, options metav1.PatchOptions) *v1.FixResult {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"resourceVersion": step.ResourceVersion}, "data": map[string]any{step.Key: step.Text}})
	if err != nil {
		return failed(step, err)
	}
	_, name, _ := strings.Cut(step.Object, "/")
	now, err := c.client.CoreV1().ConfigMaps(step.Namespace).Patch(ctx, name, types.MergePatchType, patch, options)
	switch {
	case apierrors.IsConflict(err):
		return &v1.FixResult{Outcome: v1.FixStale, Text: "the ConfigMap was changed since the plan was made"}
	case err != nil:
		return failed(step, err)
	case now.Data[step.Key] != step.Text:
		return &v1.FixResult{Outcome: v1.FixDiffers, Text: "the API server made another text of it"}
	}
	result := done(options)
	result.Value = now.ResourceVersion
	return result
}

func done(options metav1.PatchOptions) *v1.FixResult {
	if len(options.DryRun) > 0 {
		return &v1.FixResult{Outcome: v1.FixAccepted, Text: "the API server would take it"}
	}
	return &v1.FixResult{Outcome: v1.FixApplied}
}

// restart marks the template as `kubectl rollout restart` does, and waits until
// all pods are made anew and ready.
func (c *Objects) restart(ctx context.Context, step *v1.FixStep, options metav1.PatchOptions) *v1.FixResult {
	patch := fmt.Appendf(nil, `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`, c.now().Format(time.RFC3339))
	kind, name, _ := strings.Cut(step.Object, "/")
	apps := c.client.AppsV1()
	var err error
	var finished func(ctx context.Context) (bool, string, error)
	switch kind {
	case "statefulset":
		_, err = apps.StatefulSets(step.Namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, options)
		finished = func(ctx context.Context) (bool, string, error) {
			set, err := apps.StatefulSets(step.Namespace).Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return false, "", err
			}
			ok, text := statefulSetDone(set)
			return ok, text, nil
		}
	case "deployment":
		_, err = apps.Deployments(step.Namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, options)
		finished = func(ctx context.Context) (bool, string, error) {
			d, err := apps.Deployments(step.Namespace).Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return false, "", err
			}
			ok, text := deploymentDone(d)
			return ok, text, nil
		}
	default:
		return left("only StatefulSets and Deployments are restarted")
	}
	if err != nil {
		return failed(step, err)
	}
	if len(options.DryRun) > 0 {
		return done(options)
	}
	return c.await(ctx, finished)
}

// await asks once a second until the restart is through or the time is over.
func (c *Objects) await(ctx context.Context, finished func(context.Context) (bool, string, error)) *v1.FixResult {
	text := ""
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(ctx context.Context) (bool, error) {
		ok, now, err := finished(ctx)
		if err == nil {
			text = now
		}
		return ok, nil // an answer that fails once is asked for again
	})
	if err != nil {
		why := "was not through in time"
		if errors.Is(ctx.Err(), context.Canceled) {
			why = "was not waited for, as you interrupted"
		}
		return &v1.FixResult{Outcome: v1.FixDiffers, Text: "the restart is under way, and " + why + ": " + text}
	}
	return &v1.FixResult{Outcome: v1.FixApplied, Value: text}
}

func statefulSetDone(s *appsv1.StatefulSet) (bool, string) {
	want := int32(1)
	if s.Spec.Replicas != nil {
		want = *s.Spec.Replicas
	}
	st := s.Status
	text := fmt.Sprintf("%d of %d pods made anew, %d ready", st.UpdatedReplicas, want, st.ReadyReplicas)
	partition := int32(0)
	if u := s.Spec.UpdateStrategy.RollingUpdate; u != nil && u.Partition != nil {
		partition = *u.Partition
	}
	return st.ObservedGeneration >= s.Generation && st.UpdatedReplicas >= want-partition && st.ReadyReplicas == want, text
}

func deploymentDone(d *appsv1.Deployment) (bool, string) {
	want := int32(1)
	if d.Spec.Replicas != nil {
		want = *d.Spec.Replicas
	}
	st := d.Status
	text := fmt.Sprintf("%d of %d pods made anew, %d ready", st.UpdatedReplicas, want, st.ReadyReplicas)
	return st.ObservedGeneration >= d.Generation && st.UpdatedReplicas == want && st.Replicas == want && st.ReadyReplicas == want, text
}
