package delivery

import (
	"fmt"
	"strings"
	"testing"
)

const argoRolledBack = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: mysql
  namespace: argocd
  creationTimestamp: "2026-06-01T08:00:00Z"
  managedFields:
  - {manager: kubectl-create, operation: Update, time: "2026-06-01T08:00:00Z", fieldsV1: {"f:spec": {"f:source": {"f:repoURL": {}, "f:path": {}}}}}
  - {manager: argocd-application-controller, operation: Update, time: "2026-07-01T09:00:00Z", fieldsV1: {"f:status": {}}}
spec: {source: {repoURL: "https://git.example/db/conf.git", path: prod, targetRevision: main}}
status:
  resources: [{kind: ConfigMap, name: mysql, namespace: shop}]
  sync: {status: OutOfSync, revision: ` + sha2 + `}
  history:
  - {id: 1, revision: ` + sha2 + `, deployedAt: "2026-06-01T09:00:00Z", initiatedBy: {automated: true}, source: {repoURL: "https://git.example/db/conf.git", path: staging}}
  - {id: 2, revision: ` + sha1 + `, deployedAt: "2026-07-01T09:00:00Z", initiatedBy: {username: ops@shop.example}, source: {repoURL: "https://git.example/db/conf.git", path: prod}}`

func TestArgoRemembers(t *testing.T) {
	mark := Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", ArgoTracking: "mysql:/ConfigMap:shop/mysql"}
	found, _ := Find(t.Context(), read(t, argoRolledBack), mark)
	if len(found) != 1 || len(found[0].History) != 2 {
		t.Fatalf("%+v", found)
	}
	h := found[0].History
	if h[0].Commit != sha2 || h[1].Commit != sha1 || h[1].Initiator != "ops@shop.example" || h[0].Initiator != "automated sync" || h[0].Origin == h[1].Origin {
		t.Errorf("history %+v", h)
	}
	if found[0].SpecBy != "" {
		t.Errorf("the spec is as it was created, and %s is said to have written it", found[0].SpecBy)
	}
}

const fluxRespecified = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: flux-system
  creationTimestamp: "2026-06-01T08:00:00Z"
  managedFields:
  - {manager: flux, operation: Apply, time: "2026-06-01T08:00:00Z", fieldsV1: {"f:spec": {"f:sourceRef": {"f:name": {}}}}}
  - {manager: kubectl-patch, operation: Update, time: "2026-07-01T08:59:00Z", fieldsV1: {"f:spec": {"f:path": {}}}}
  - {manager: kubectl-edit, operation: Update, time: "2026-07-02T08:59:00Z", fieldsV1: {"f:spec": {"f:suspend": {}}}}
spec:
  path: ./clusters/prod
  sourceRef: {kind: GitRepository, name: conf}
status:
  lastAppliedRevision: main@sha1:` + sha1 + `
  history:
  - {digest: "sha256:b", firstReconciled: "2026-07-01T09:00:00Z", lastReconciled: "2026-07-01T09:30:00Z", lastReconciledStatus: ReconciliationSucceeded, metadata: {revision: "main@sha1:` + sha1 + `"}}
  - {digest: "sha256:a", firstReconciled: "2026-06-01T09:00:00Z", lastReconciled: "2026-06-30T09:00:00Z", lastReconciledStatus: ReconciliationSucceeded, metadata: {revision: "main@sha1:` + sha2 + `"}}`

func TestFluxSpecWriter(t *testing.T) {
	mark := Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", FluxKustomization: "flux-system/shop"}
	found, _ := Find(t.Context(), read(t, fluxRespecified), mark)
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	d := found[0]
	if d.SpecBy != "kubectl-patch" || d.SpecOf != "kustomization/flux-system/shop" || d.SpecAt == nil || d.SpecAt.Day() != 1 {
		t.Errorf("spec of %s by %s at %v; who suspends it does not change what it delivers", d.SpecOf, d.SpecBy, d.SpecAt)
	}
	if len(d.History) != 2 || d.History[0].Commit != sha2 || d.History[1].Commit != sha1 {
		t.Errorf("history %+v", d.History)
	}
}

// No address of a source shows a login, also where a controller repeats it.
func TestNoAddressShowsALogin(t *testing.T) {
	for _, address := range []string{"https://t0ken@git.example/x.git", "https://bot:t0ken@git.example/x.git", "https://git.example/x.git?access_token=t0ken"} {
		argo := strings.ReplaceAll(argoRolledBack, "https://git.example/db/conf.git", address) + "\n  conditions: [{type: ComparisonError, message: \"failed to list refs of " + address + ": no\"}]"
		flux := strings.ReplaceAll(fluxGood, "https://bot:s3cret@git.example/db/conf.git", address)
		flux = strings.Replace(flux, `{type: Ready, status: "True"}]`, `{type: Ready, status: "False", reason: GitOperationFailed, message: "failed to clone `+address+`: no"}]`, 1)
		for _, documents := range []string{argo, flux} {
			found, notes := Find(t.Context(), read(t, documents), Marked{Resource: "configmap", Namespace: "shop", Name: "mysql", ArgoTracking: "mysql:/ConfigMap:shop/mysql", FluxKustomization: "flux-system/shop"})
			if said := fmt.Sprintf("%+v %v", found, notes); strings.Contains(said, "t0ken") || len(found) == 0 || found[0].Repo != "https://git.example/x.git" || found[0].State != Stuck {
				t.Errorf("%s: %s", address, said)
			}
		}
	}
}
