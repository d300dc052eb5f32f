package delivery

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// cluster is objects as their controllers write them, in YAML documents.
type cluster []unstructured.Unstructured

func read(t *testing.T, documents string) cluster {
	t.Helper()
	var c cluster
	for _, d := range strings.Split(documents, "\n---\n") {
		var u unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(d), &u.Object); err != nil {
			t.Fatal(err)
		}
		c = append(c, u)
	}
	return c
}

func (c cluster) List(_ context.Context, namespace, group, kind string) ([]unstructured.Unstructured, error) {
	var found []unstructured.Unstructured
	for _, u := range c {
		if u.GetKind() == kind && strings.HasPrefix(u.GetAPIVersion(), group+"/") && (namespace == "" || u.GetNamespace() == namespace) {
			found = append(found, u)
		}
	}
	return found, nil
}

const (
	sha1 = "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1"
	sha2 = "ab11111111111111111111111111111111111111"
)

func TestRevision(t *testing.T) {
	for in, want := range map[string][2]string{
		"main@sha1:" + sha1:                 {"main", sha1},
		"v1.2@sha1:" + sha1:                 {"v1.2", sha1},
		"refs/heads/feature/x@sha1:" + sha1: {"feature/x", sha1},
		"sha1:" + sha1:                      {"", sha1},
		"main/" + sha1:                      {"main", sha1},
		"HEAD/" + sha1:                      {"HEAD", sha1},
		"feature/x/" + sha1:                 {"feature/x", sha1},
		sha1:                                {"", sha1},
		"latest@sha256:" + strings.Repeat("ab", 32): {"latest", ""},
		"sha256:" + strings.Repeat("ab", 32):        {"", ""},
		"1.4.2":                                     {"", ""},
		"":                                          {"", ""},
		"user@host@sha1:" + sha1:                    {"user@host", sha1},
	} {
		branch, commit := Revision(in)
		if branch != want[0] || commit != want[1] {
			t.Errorf("%q: %q %q, want %q", in, branch, commit, want)
		}
	}
}

const fluxGood = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./clusters/prod
  sourceRef: {kind: GitRepository, name: conf}
status:
  lastAppliedRevision: main@sha1:` + sha1 + `
  lastAttemptedRevision: main@sha1:` + sha1 + `
  inventory: {entries: [{id: shop_mysql__ConfigMap, v: v1}]}
  conditions: [{type: Ready, status: "True", reason: ReconciliationSucceeded, lastTransitionTime: "2026-07-01T09:00:00Z"}]
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: conf, namespace: flux-system}
spec: {url: "https://bot:s3cret@git.example/db/conf.git", ref: {branch: main}}
status:
  artifact: {revision: "main@sha1:` + sha1 + `"}
  conditions: [{type: Ready, status: "True"}]`

var fluxMark = Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", FluxKustomization: "flux-system/shop"}

func TestFluxKustomization(t *testing.T) {
	tests := []struct {
		name          string
		edit          func(s string) string
		state         string
		message       string
		notListed     bool
		correctionOff bool
	}{
		{name: "in step", state: Synced},
		{name: "the source is ahead", edit: func(s string) string {
			return strings.Replace(s, `{revision: "main@sha1:`+sha1, `{revision: "main@sha1:`+sha2, 1)
		}, state: Behind, message: sha2},
		{name: "suspended", edit: func(s string) string { return strings.Replace(s, "spec:\n", "spec:\n  suspend: true\n", 1) }, state: Suspended, correctionOff: true},
		{name: "the source is suspended", edit: func(s string) string { return strings.Replace(s, "spec: {url", "spec: {suspend: true, url", 1) }, state: Suspended, message: "gitrepository/flux-system/conf"},
		{name: "failing", edit: func(s string) string {
			return strings.Replace(s, `status: "True", reason: ReconciliationSucceeded`, `status: "False", reason: HealthCheckFailed, message: "timeout waiting for mysql"`, 1)
		}, state: Stuck, message: "HealthCheckFailed: timeout"},
		{name: "failing, but the source has what was not tried yet", edit: func(s string) string {
			s = strings.Replace(s, `status: "True", reason: ReconciliationSucceeded`, `status: "False", reason: HealthCheckFailed, message: "timeout waiting for mysql"`, 1)
			return strings.Replace(s, `{revision: "main@sha1:`+sha1, `{revision: "main@sha1:`+sha2, 1)
		}, state: Behind, message: "the try before it failed: HealthCheckFailed"},
		{name: "the source cannot be fetched", edit: func(s string) string {
			return strings.Replace(s, `[{type: Ready, status: "True"}]`, `[{type: Ready, status: "False", reason: GitOperationFailed, message: auth}]`, 1)
		}, state: Stuck, message: "GitOperationFailed"},
		{name: "another object in the inventory", edit: func(s string) string { return strings.Replace(s, "shop_mysql__ConfigMap", "shop_other__ConfigMap", 1) }, state: Synced, notListed: true},
		{name: "never reconciled", edit: func(s string) string {
			return strings.Replace(s, "type: Ready, status: \"True\", reason", "type: Other, status: \"True\", reason", 1)
		}, state: Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			documents := fluxGood
			if tt.edit != nil {
				documents = tt.edit(documents)
				if documents == fluxGood {
					t.Fatal("the case changes nothing")
				}
			}
			found, notes := Find(t.Context(), read(t, documents), fluxMark)
			if len(found) != 1 || len(notes) != 0 {
				t.Fatalf("%+v, %v", found, notes)
			}
			d := found[0]
			if d.State != tt.state || !strings.Contains(d.Message, tt.message) || d.Listed == tt.notListed || d.NoCorrection != tt.correctionOff {
				t.Errorf("%+v", d)
			}
			if d.Commit != sha1 || d.Branch != "main" || d.Path != "clusters/prod" || d.Repo != "https://git.example/db/conf.git" {
				t.Errorf("%+v", d)
			}
		})
	}
}

// Substitutions and patches make other text of Git's; how the source looks, and how
// often, is told.
func TestFluxRendersAndLooks(t *testing.T) {
	for edit, renders := range map[string]bool{"": false, "postBuild: {substitute: {connections: \"2000\"}}": true, "patches: [{patch: x}]": true} {
		documents := strings.Replace(fluxGood, "spec:\n", "spec:\n  "+edit+"\n", 1)
		documents = strings.Replace(documents, "spec: {url", "spec: {interval: 1m, url", 1)
		documents = strings.Replace(documents, "artifact: {", `artifact: {lastUpdateTime: "2026-07-01T08:59:00Z", `, 1)
		found, _ := Find(t.Context(), read(t, documents), fluxMark)
		if len(found) != 1 || found[0].Renders != renders || found[0].Interval != "1m" || found[0].HeadAt == nil || found[0].HeadAt.Minute() != 59 {
			t.Errorf("%q: %+v", edit, found)
		}
	}
}

func TestFluxThatIsGone(t *testing.T) {
	found, notes := Find(t.Context(), cluster{}, fluxMark)
	if len(found) != 0 || !strings.Contains(notes["Flux"], "does not exist") {
		t.Errorf("%+v %v", found, notes)
	}
}

func TestFluxHelmRelease(t *testing.T) {
	c := read(t, `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: mysql, namespace: shop}
spec: {interval: 5m}
status:
  helmChart: flux-system/shop-mysql
  lastAttemptedRevision: 1.4.2+`+sha1[:12]+`
  history: [{chartVersion: 1.4.2+`+sha1[:12]+`, status: deployed, lastDeployed: "2026-07-01T08:00:00Z"}]
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-07-01T09:00:00Z"}]
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: {name: shop-mysql, namespace: flux-system}
spec: {chart: ./charts/mysql, sourceRef: {kind: GitRepository, name: conf}}
status: {observedSourceArtifactRevision: "main@sha1:`+sha1+`"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: conf, namespace: flux-system}
spec: {url: "https://git.example/db/conf.git", ref: {branch: main}}
status: {artifact: {revision: "main@sha1:`+sha1+`"}}`)
	found, notes := Find(t.Context(), c, Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", FluxHelmRelease: "shop/mysql"})
	if len(found) != 1 {
		t.Fatalf("%+v %v", found, notes)
	}
	if d := found[0]; d.Commit != sha1 || d.State != Synced || !d.NoCorrection || d.Path != "charts/mysql" || d.AppliedAt.Hour() != 8 {
		t.Errorf("%+v", d)
	}
}

const argoGood = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: mysql, namespace: argocd}
spec:
  source: {repoURL: "https://git.example/db/conf.git", path: prod, targetRevision: main}
  syncPolicy: {automated: {selfHeal: true}}
status:
  resources: [{kind: ConfigMap, name: mysql, namespace: shop}]
  sync: {status: Synced, revision: ` + sha1 + `}
  history: [{id: 3, revision: ` + sha2 + `, deployedAt: "2026-06-01T09:00:00Z"}, {id: 4, revision: ` + sha1 + `, deployedAt: "2026-07-01T09:00:00Z", initiatedBy: {username: mpark}}]
  operationState: {phase: Succeeded, finishedAt: "2026-07-01T09:00:00Z"}`

func TestArgoApplication(t *testing.T) {
	mark := Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", ArgoTracking: "mysql:/ConfigMap:shop/mysql"}
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	tests := []struct {
		name      string
		edit      func(s string) string
		mark      func(m *Marked)
		state     string
		message   string
		commit    string
		who       string
		notListed bool
		none      bool
	}{
		{name: "in step", state: Synced, commit: sha1, who: "mpark"},
		{name: "edited in the cluster", edit: replace("status: Synced", "status: OutOfSync"), state: Edited, commit: sha1, who: "mpark"},
		{name: "Git is ahead", edit: replace("{status: Synced, revision: "+sha1, "{status: OutOfSync, revision: "+sha2), state: Behind, commit: sha1, who: "mpark"},
		{name: "Git is ahead, by hand only", edit: func(s string) string {
			return replace("syncPolicy: {automated: {selfHeal: true}}", "syncPolicy: {}")(replace("{status: Synced, revision: "+sha1, "{status: OutOfSync, revision: "+sha2)(s))
		}, state: Behind, message: "automated sync is off", commit: sha1, who: "mpark"},
		{name: "the sync failed", edit: func(s string) string {
			return replace("phase: Succeeded", "phase: Failed, message: denied")(replace("status: Synced", "status: OutOfSync")(s))
		}, state: Stuck, message: "denied", commit: sha1, who: "mpark"},
		{name: "the manifests cannot be made", edit: replace("status:\n", "status:\n  conditions: [{type: ComparisonError, message: no such path}]\n"), state: Stuck, message: "no such path", commit: sha1, who: "mpark"},
		{name: "automated sync is there, and turned off", edit: func(s string) string {
			return replace("{automated: {selfHeal: true}}", "{automated: {enabled: false, selfHeal: true}}")(replace("{status: Synced, revision: "+sha1, "{status: OutOfSync, revision: "+sha2)(s))
		}, state: Behind, message: "automated sync is off", commit: sha1, who: "mpark"},
		{name: "a self-healing sync after the history", edit: replace(`finishedAt: "2026-07-01T09:00:00Z"`, `finishedAt: "2026-07-02T09:00:00Z", operation: {initiatedBy: {automated: true}}, syncResult: {revision: `+sha2+`}`), state: Synced, commit: sha2, who: "automated sync"},
		{name: "a copy of the object with the id of the original", mark: func(m *Marked) { m.Name = "mysql-copy" }, state: Synced, commit: sha1, who: "mpark", notListed: true},
		{name: "an application of another namespace", mark: func(m *Marked) { m.ArgoTracking = "argocd_mysql:/ConfigMap:shop/mysql" }, state: Synced, commit: sha1, who: "mpark"},
		{name: "everybody's instance label is no application", mark: func(m *Marked) { m.ArgoTracking, m.ArgoInstance = "", "redis" }, none: true},
		{name: "the instance label of an application that lists the object", mark: func(m *Marked) { m.ArgoTracking, m.ArgoInstance = "", "mysql" }, state: Synced, commit: sha1, who: "mpark"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			documents, m := argoGood, mark
			if tt.edit != nil {
				if documents = tt.edit(documents); documents == argoGood {
					t.Fatal("the case changes nothing")
				}
			}
			if tt.mark != nil {
				tt.mark(&m)
			}
			found, notes := Find(t.Context(), read(t, documents), m)
			if tt.none {
				if len(found) != 0 || len(notes) != 0 {
					t.Errorf("%+v %v", found, notes)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%+v %v", found, notes)
			}
			d := found[0]
			if d.State != tt.state || !strings.Contains(d.Message, tt.message) || d.Commit != tt.commit || d.Initiator != tt.who || d.Listed == tt.notListed {
				t.Errorf("%+v", d)
			}
		})
	}
}
