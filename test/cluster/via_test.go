//go:build lab

package cluster

import (
	"net/http"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/streaming/pkg/httpstream"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

func wantRead(t *testing.T, r v1.DriftReport, way cluster.Via) {
	t.Helper()
	if len(r.Errors) > 0 || r.Instance.Via != string(way) || r.Instance.Version == "" || r.StartedAt == nil {
		t.Errorf("%s: state %s, via %s, version %s, errors %+v, notes %q", r.Instance.Pod, r.State, r.Instance.Via, r.Instance.Version, r.Errors, r.Notes)
	}
	if r.Instance.Role != "standalone" {
		t.Errorf("%s: role %q", r.Instance.Pod, r.Instance.Role)
	}
}

func TestEveryWay(t *testing.T) {
	for way, want := range map[cluster.Via]cluster.Via{
		cluster.ViaPortForward: cluster.ViaPortForward, cluster.ViaExec: cluster.ViaExec,
		cluster.ViaDirect: cluster.ViaDirect, cluster.ViaAuto: cluster.ViaPortForward,
	} {
		t.Run(string(way), func(t *testing.T) {
			list := look(t, admin, []string{"mysql", "mariadb"}, via(way))
			if len(list.Items) != 2 {
				t.Fatalf("%d reports: %+v", len(list.Items), list.Summary)
			}
			for _, r := range list.Items {
				wantRead(t, r, want)
				confirmed := false
				for _, g := range r.GovernedBy {
					confirmed = confirmed || g.Source == "configmap/config:my.cnf" && g.Certainty == v1.Confirmed
				}
				if !confirmed {
					t.Errorf("%s: governed by %+v", r.Instance.Pod, r.GovernedBy)
				}
			}
		})
	}
}

// noWebSocket is what an old proxy does: it refuses to upgrade.
type noWebSocket struct{ http.RoundTripper }

func (n noWebSocket) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(r.Header["Sec-Websocket-Protocol"])+len(r.Header["Sec-WebSocket-Protocol"]) > 0 {
		return nil, &httpstream.UpgradeFailureError{Cause: http.ErrNotSupported}
	}
	return n.RoundTripper.RoundTrip(r)
}

func TestFallsBackToSPDY(t *testing.T) {
	config := rest.CopyConfig(admin)
	config.Wrap(func(rt http.RoundTripper) http.RoundTripper { return noWebSocket{rt} })
	for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
		wantRead(t, only(t, look(t, config, []string{"mysql"}, via(way))), way)
	}
}

// auto takes the way that the rights leave open.
func TestAutoFits(t *testing.T) {
	t.Run("no port-forward", func(t *testing.T) {
		wantRead(t, only(t, look(t, as(t, with(mayList, maySecrets, mayExec)...), []string{"mysql"})), cluster.ViaExec)
	})
	t.Run("no exec", func(t *testing.T) {
		r := only(t, look(t, as(t, with(mayList, maySecrets, mayForward)...), []string{"mysql"}))
		wantRead(t, r, cluster.ViaPortForward)
		if !strings.Contains(strings.Join(r.Notes, "\n"), "sources are derived from the manifests") {
			t.Errorf("notes %q", r.Notes)
		}
	})
	t.Run("no secrets", func(t *testing.T) {
		for _, pod := range []string{"mysql", "mariadb"} {
			wantRead(t, only(t, look(t, as(t, with(mayList, mayForward, mayExec)...), []string{pod})), cluster.ViaExec)
		}
	})
	t.Run("create only, by SPDY", func(t *testing.T) {
		wantRead(t, only(t, look(t, as(t, with(mayList, maySecrets, may("pods/portforward", "create"))...), []string{"mysql"})), cluster.ViaPortForward)
	})
}
