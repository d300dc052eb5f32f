//go:build lab

package incidents

import (
	"strconv"
	"testing"
	"time"
)

const (
	gitRepository = "gitrepository.source.toolkit.fluxcd.io/conf"
	kustomization = "kustomization.kustomize.toolkit.fluxcd.io/"
)

// reconcile tells a controller to look, and waits until it has.
func (l *deliveredLab) reconcile(object string) {
	l.t.Helper()
	at := strconv.FormatInt(time.Now().UnixNano(), 10)
	l.kubectl("", "annotate", "--overwrite", object, "reconcile.fluxcd.io/requestedAt="+at)
	l.kubectl("", "wait", object, "--for=jsonpath={.status.lastHandledReconcileAt}="+at, "--timeout=100s")
}

// delivered lets Flux fetch the head and apply it.
func (l *deliveredLab) delivered(name, hash string) {
	l.t.Helper()
	l.reconcile(gitRepository)
	l.kubectl("", "wait", kustomization+name, "--for=jsonpath={.status.lastAppliedRevision}=main@sha1:"+hash, "--timeout=100s")
}

// openFlux is a namespace that Flux's own controllers deliver to.
func openFlux(t *testing.T) *deliveredLab {
	t.Helper()
	l := openDelivered(t, "Flux", "flux", "source-controller", "kustomize-controller")
	l.objects = []string{gitRepository, kustomization + "shop"}
	t.Cleanup(func() { // while the controllers can still finish them
		l.kubectl("", "delete", "kustomizations.kustomize.toolkit.fluxcd.io,gitrepositories.source.toolkit.fluxcd.io", "--all", "--timeout=60s")
	})
	return l
}
