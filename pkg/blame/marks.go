package blame

import (
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/address"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// MarkNames are the annotations in which a pipeline says what it delivered.
type MarkNames struct {
	Job, Build, Commit, Repo string
}

// DefaultMarkNames are the annotations that are looked for unless told otherwise.
var DefaultMarkNames = MarkNames{Job: "ci.jenkins/job", Build: "ci.jenkins/build", Commit: "ci.git/commit", Repo: "ci.git/repo"}

func (n MarkNames) orDefault() MarkNames {
	def := DefaultMarkNames
	for _, p := range []struct{ have, want *string }{{&n.Job, &def.Job}, {&n.Build, &def.Build}, {&n.Commit, &def.Commit}, {&n.Repo, &def.Repo}} {
		if *p.have == "" {
			*p.have = *p.want
		}
	}
	return n
}

// Marks are the traces that tools left in an object's metadata. All of them are
// texts that anybody who may write the object may write: claims, not proofs.
type Marks struct {
	Job, Build, Commit, Repo string
	// CommitOwners own the commit's annotation, newest first.
	CommitOwners []fieldmanager.Owner

	HelmRelease    string // namespace/name
	FluxKustomize  string // namespace/name
	FluxHelm       string // namespace/name
	FluxMode       string // the ssa annotation: Merge, IfNotPresent, Ignore; "disabled" by the reconcile annotation
	ArgoTracking   string // the tracking id
	ArgoInstance   string // the older label; an application only if no other tool sets it
	SpinnakerApp   string
	SkaffoldRun    string
	KustomizeFrom  string // path in the repository
	KustomizeRepo  string
	KustomizeRef   string
	LastAppliedRaw string
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// ReadMarks reads an object's labels and annotations.
func ReadMarks(meta metav1.ObjectMeta, names MarkNames) Marks {
	names = names.orDefault()
	a, l := meta.Annotations, meta.Labels
	m := Marks{
		Job: address.Clean(a[names.Job]), Build: address.Clean(a[names.Build]), Commit: strings.TrimSpace(a[names.Commit]), Repo: address.Clean(a[names.Repo]),
		CommitOwners:   fieldmanager.Of(meta.ManagedFields, "metadata", "annotations", names.Commit),
		HelmRelease:    pair(a["meta.helm.sh/release-namespace"], a["meta.helm.sh/release-name"]),
		FluxKustomize:  pair(l["kustomize.toolkit.fluxcd.io/namespace"], l["kustomize.toolkit.fluxcd.io/name"]),
		FluxHelm:       pair(l["helm.toolkit.fluxcd.io/namespace"], l["helm.toolkit.fluxcd.io/name"]),
		FluxMode:       fluxMode(meta),
		ArgoTracking:   a["argocd.argoproj.io/tracking-id"],
		SpinnakerApp:   a["moniker.spinnaker.io/application"],
		SkaffoldRun:    l["skaffold.dev/run-id"],
		LastAppliedRaw: a[lastApplied],
	}
	if l["app.kubernetes.io/managed-by"] == "" || l["app.kubernetes.io/managed-by"] == "argocd" {
		m.ArgoInstance = l["app.kubernetes.io/instance"]
	}
	m.readKustomizeOrigin(a["config.kubernetes.io/origin"])
	return m
}

// fluxMode is what annotations say of Flux and edits of the object. Flux goes by
// IfNotPresent in its own manifest only: set by others in the cluster it means nothing.
func fluxMode(meta metav1.ObjectMeta) string {
	const ssa = "kustomize.toolkit.fluxcd.io/ssa"
	if meta.Annotations["kustomize.toolkit.fluxcd.io/reconcile"] == "disabled" {
		return "disabled"
	}
	mode := meta.Annotations[ssa]
	owners := fieldmanager.Of(meta.ManagedFields, "metadata", "annotations", ssa)
	byFlux := slices.ContainsFunc(owners, func(o fieldmanager.Owner) bool { return o.Manager == "kustomize-controller" })
	if mode == "IfNotPresent" && len(owners) > 0 && !byFlux {
		return ""
	}
	return mode
}

// readKustomizeOrigin reads kustomize's origin annotation, a small flat YAML map.
func (m *Marks) readKustomizeOrigin(text string) {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		switch strings.TrimSpace(name) {
		case "path":
			m.KustomizeFrom = value
		case "configuredIn":
			if m.KustomizeFrom == "" {
				m.KustomizeFrom = value
			}
		case "repo":
			m.KustomizeRepo = address.Clean(value)
		case "ref":
			m.KustomizeRef = value
		}
	}
}

// Tool names the delivery tool that the marks speak of, "" if none does.
func (m Marks) Tool() string {
	switch {
	case m.FluxKustomize != "", m.FluxHelm != "":
		return "Flux"
	case m.ArgoTracking != "":
		return "Argo CD"
	case m.Job != "" || m.Build != "":
		return "Jenkins"
	case m.HelmRelease != "":
		return "Helm"
	case m.SpinnakerApp != "":
		return "Spinnaker"
	case m.SkaffoldRun != "":
		return "skaffold"
	}
	return ""
}

// lastAppliedKey is the key's content in the last-applied-configuration.
func (m Marks) lastAppliedKey(key string) (string, bool) {
	var object struct {
		Data map[string]string `json:"data"`
	}
	if m.LastAppliedRaw == "" || json.Unmarshal([]byte(m.LastAppliedRaw), &object) != nil {
		return "", false
	}
	content, ok := object.Data[key]
	return content, ok
}

func pair(namespace, name string) string {
	if name == "" {
		return ""
	}
	return namespace + "/" + name
}
