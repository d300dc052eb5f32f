package delivery

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/address"
)

const (
	fluxKustomize = "kustomize.toolkit.fluxcd.io"
	fluxSource    = "source.toolkit.fluxcd.io"
	fluxHelm      = "helm.toolkit.fluxcd.io"
)

// kustomization reads the Kustomization that the object's labels name.
func kustomization(ctx context.Context, objects Lister, m Marked) (*v1.Delivery, error) {
	namespace, name, _ := strings.Cut(m.FluxKustomization, "/")
	k, err := one(ctx, objects, namespace, name, fluxKustomize, "Kustomization")
	if err != nil {
		return nil, err
	}
	object := "kustomization/" + m.FluxKustomization
	if k == nil {
		return nil, fmt.Errorf("%s, which the labels name, does not exist", object)
	}
	d := &v1.Delivery{Tool: "Flux", Object: object, Path: strings.TrimPrefix(text(k, "spec", "path"), "./"), Listed: inInventory(k, m),
		Applied: text(k, "status", "lastAppliedRevision")}
	d.Branch, d.Commit = Revision(d.Applied)
	if origin := text(k, "status", "lastAppliedOriginRevision"); d.Commit == "" && origin != "" {
		_, d.Commit = Revision(origin)
	}
	src, err := source(ctx, objects, k, d, "spec", "sourceRef")
	if err != nil {
		d.Message = err.Error()
	}
	_, substitutes, _ := unstructured.NestedMap(k.Object, "spec", "postBuild")
	patches, _, _ := unstructured.NestedSlice(k.Object, "spec", "patches")
	d.Renders = substitutes || len(patches) > 0
	switch m.FluxMode {
	case "IfNotPresent", "Ignore", "disabled":
		d.NoCorrection = true
	}
	d.NoCorrection = d.NoCorrection || flag(k, "spec", "suspend") || ignored(k, m)
	fluxState(d, k, src)
	readHistory(k, d)
	noteSpec(k, d, object, "path", "sourceRef", "postBuild", "patches", "components", "images", "targetNamespace")
	if src != nil {
		noteSpec(src, d, d.Source, "url", "ref")
	}
	return d, nil
}

// inInventory tells whether the Kustomization lists the object; without an
// inventory (an old one) it is believed.
func inInventory(k *unstructured.Unstructured, m Marked) bool {
	entries, ok, _ := unstructured.NestedSlice(k.Object, "status", "inventory", "entries")
	if !ok {
		return true
	}
	kind := "ConfigMap"
	if m.Resource == "secret" {
		kind = "Secret"
	}
	want := fmt.Sprintf("%s_%s__%s", m.Namespace, m.Name, kind)
	for _, e := range entries {
		if entry, ok := e.(map[string]any); ok && entry["id"] == want {
			return true
		}
	}
	return false
}

// source reads the source that a reference names, and what it last fetched.
func source(ctx context.Context, objects Lister, user *unstructured.Unstructured, d *v1.Delivery, path ...string) (*unstructured.Unstructured, error) {
	kind, name, namespace := text(user, append(path, "kind")...), text(user, append(path, "name")...), text(user, append(path, "namespace")...)
	if namespace == "" {
		namespace = user.GetNamespace()
	}
	d.Source = strings.ToLower(kind) + "/" + namespace + "/" + name
	s, err := one(ctx, objects, namespace, name, fluxSource, kind)
	if err != nil || s == nil {
		if s == nil && err == nil {
			err = fmt.Errorf("%s does not exist", d.Source)
		}
		return nil, err
	}
	d.Head = text(s, "status", "artifact", "revision")
	d.HeadAt, d.Interval = parseTime(text(s, "status", "artifact", "lastUpdateTime")), text(s, "spec", "interval")
	if kind == "GitRepository" {
		d.Repo = address.Clean(text(s, "spec", "url"))
		if branch := text(s, "spec", "ref", "branch"); branch != "" {
			d.Branch = branch
		}
		return s, nil
	}
	// OCI artifacts say which commit they were built from.
	metadata, _, _ := unstructured.NestedStringMap(s.Object, "status", "artifact", "metadata")
	d.Repo = address.Clean(metadata["org.opencontainers.image.source"])
	if d.Commit == "" && d.Head == d.Applied {
		_, d.Commit = Revision(metadata["org.opencontainers.image.revision"])
	}
	return s, nil
}

// fluxState says where the delivery stands, and why it does not go on.
func fluxState(d *v1.Delivery, k, src *unstructured.Unstructured) {
	ready, reason, message, at, known := condition(k, "Ready")
	if ready == "True" {
		d.AppliedAt = at
	}
	if attempted := text(k, "status", "lastAttemptedRevision"); reason == healthCheckFailed && k.GetKind() == "Kustomization" && attempted != "" {
		// The objects are applied; what they came to be is not well.
		d.Applied = attempted
		d.Branch, d.Commit = Revision(attempted)
	}
	d.State = Synced
	switch {
	case flag(k, "spec", "suspend"):
		d.State, d.Message = Suspended, "spec.suspend is set"
	case !known:
		d.State, d.Message = Unknown, "it has not been reconciled yet"
	case ready == "False" && untried(k, d, at):
		d.State, d.Message = Behind, "the source has "+d.Head+"; the try before it failed: "+join(reason, message)
	case ready == "False":
		d.State, d.Message = Stuck, join(reason, message)
	case src != nil && sourceFails(src, d):
	case src != nil && flag(src, "spec", "suspend"):
		d.State, d.Message = Suspended, "its source "+d.Source+" is suspended"
	case d.Head != "" && d.Applied != "" && d.Head != d.Applied:
		d.State, d.Message = Behind, "the source has "+d.Head
		if _, _, doing, _, busy := condition(k, "Reconciling"); busy {
			doing, _, _ = strings.Cut(doing, " for revision ")
			d.Message += ": " + strings.ToLower(doing[:min(1, len(doing))]) + doing[min(1, len(doing)):]
		}
	}
}

const healthCheckFailed = "HealthCheckFailed"

// untried: the source has a revision that the controller has not tried yet, so
// that an older failure says nothing of it. A try that ends before anything is
// built, as for want of the path, leaves lastAttemptedRevision as it was; but each
// try sets the condition anew.
func untried(k *unstructured.Unstructured, d *v1.Delivery, failed *metav1.Time) bool {
	attempted := text(k, "status", "lastAttemptedRevision")
	if failed != nil && d.HeadAt != nil && !failed.Before(d.HeadAt) {
		return false
	}
	return k.GetKind() == "Kustomization" && d.Head != "" && attempted != "" && attempted != d.Head
}

// sourceFails: the source cannot be fetched, so that newer commits stay unknown.
func sourceFails(src *unstructured.Unstructured, d *v1.Delivery) bool {
	ready, reason, message, _, _ := condition(src, "Ready")
	if ready != "False" {
		return false
	}
	d.State, d.Message = Stuck, d.Source+": "+join(reason, message)
	return true
}

// join keeps logins out of what a controller repeats of its source's address.
func join(reason, message string) string {
	message = address.Scrub(message)
	if message == "" {
		return reason
	}
	return reason + ": " + message
}

// helmRelease reads the HelmRelease that the object's labels name.
func helmRelease(ctx context.Context, objects Lister, m Marked) (*v1.Delivery, error) {
	namespace, name, _ := strings.Cut(m.FluxHelmRelease, "/")
	r, err := one(ctx, objects, namespace, name, fluxHelm, "HelmRelease")
	if err != nil {
		return nil, err
	}
	object := "helmrelease/" + m.FluxHelmRelease
	if r == nil {
		return nil, fmt.Errorf("%s, which the labels name, does not exist", object)
	}
	d := &v1.Delivery{Tool: "Flux", Object: object, Listed: true, Renders: true, NoCorrection: text(r, "spec", "driftDetection", "mode") != "enabled"}
	history, _, _ := unstructured.NestedSlice(r.Object, "status", "history")
	if len(history) > 0 {
		if newest, ok := history[0].(map[string]any); ok {
			d.Applied, _ = newest["chartVersion"].(string)
			deployed, _ := newest["lastDeployed"].(string)
			d.AppliedAt = parseTime(deployed)
		}
	}
	d.Head = text(r, "status", "lastAttemptedRevision")
	if err := chart(ctx, objects, r, d); err != nil {
		d.Message = err.Error()
	}
	when := d.AppliedAt
	fluxState(d, r, nil)
	if when != nil {
		d.AppliedAt = when
	}
	return d, nil
}

// chart finds, through the HelmChart, the Git commit that the chart was packed of.
func chart(ctx context.Context, objects Lister, r *unstructured.Unstructured, d *v1.Delivery) error {
	name := text(r, "status", "helmChart") // namespace/name
	namespace, name, ok := strings.Cut(name, "/")
	if !ok {
		return nil
	}
	c, err := one(ctx, objects, namespace, name, fluxSource, "HelmChart")
	if err != nil || c == nil {
		return err
	}
	_, d.Commit = Revision(text(c, "status", "observedSourceArtifactRevision"))
	d.Path = strings.TrimPrefix(text(c, "spec", "chart"), "./")
	if text(c, "spec", "sourceRef", "kind") != "GitRepository" {
		d.Path = ""
		return nil
	}
	head := d.Head
	_, err = source(ctx, objects, c, d, "spec", "sourceRef")
	d.Head = head
	return err
}
