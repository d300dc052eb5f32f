package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// A controller is added to a cluster that runs: its certificate is of the same
// authority, and names its service account.
func TestIdentity(t *testing.T) {
	p := place.Paths{Cache: t.TempDir(), State: t.TempDir(), Run: t.TempDir()}
	if _, err := newAuthority(p.PKI("")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there
		if err := identity(p, fluxNamespace, "source-controller"); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(p.PKI("source-controller.crt"), p.PKI("source-controller.key"))
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(p.PKI("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
	if name := pair.Leaf.Subject.CommonName; name != "system:serviceaccount:flux-system:source-controller" {
		t.Errorf("it is called %s", name)
	}
}

// Every daemon can be found again without its process file: something that it was
// given names a file of the lab's state.
func TestDaemonsNameTheirState(t *testing.T) {
	p := place.Paths{Cache: "/cache", State: "/state", Run: "/run/lab"}
	for _, d := range append(components(p), toolDaemons(p)...) {
		given := strings.Join(append(d.args, d.env...), " ")
		if !strings.Contains(given, p.State+string(filepath.Separator)) {
			t.Errorf("%s: %s", d.name, given)
		}
	}
}
