package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, file}
}

func (a authority) leaf(t *testing.T, names ...string) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestTLSModes(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	names := []string{"mysql-0", "mysql-0.mysql.shop.svc"}
	good, other := ours.leaf(t, "mysql-0.mysql.shop.svc"), ours.leaf(t, "else")
	cases := []struct {
		mode  SSLMode
		ca    string
		leaf  *x509.Certificate
		plain bool
		error string
	}{
		{SSLPreferred, "", theirs.leaf(t), true, ""},
		{"", "", theirs.leaf(t), true, ""},
		{SSLRequired, "", theirs.leaf(t), false, ""},
		{SSLVerifyCA, ours.file, other, false, ""},
		{SSLVerifyCA, theirs.file, good, false, "unknown authority"},
		{SSLVerifyIdentity, ours.file, good, false, ""},
		{SSLVerifyIdentity, ours.file, other, false, "certificate is valid for else"},
	}
	for _, c := range cases {
		t.Run(string(c.mode)+" "+c.error, func(t *testing.T) {
			config, plain, err := TLSOptions{Mode: c.mode, CA: c.ca}.Config(names)
			if err != nil || plain != c.plain {
				t.Fatalf("plain text will do: %t, error %v", plain, err)
			}
			err = nil
			if config.VerifyConnection != nil {
				err = config.VerifyConnection(tls.ConnectionState{PeerCertificates: []*x509.Certificate{c.leaf}})
			}
			if (err == nil) != (c.error == "") || (err != nil && !strings.Contains(err.Error(), c.error)) {
				t.Errorf("error %v, want %q", err, c.error)
			}
			if err != nil {
				if e := ErrorReport("pod/x", err); e.Reason != ReasonTLS {
					t.Errorf("reason %s", e.Reason)
				}
			}
		})
	}
	if config, plain, err := (TLSOptions{Mode: SSLDisabled}).Config(nil); config != nil || plain || err != nil {
		t.Errorf("DISABLED: %v %t %v", config, plain, err)
	}
	for _, bad := range []TLSOptions{{Mode: SSLVerifyCA}, {Mode: SSLVerifyCA, CA: "/none"}, {Mode: SSLRequired, Cert: "x"}, {Mode: SSLRequired, Cert: "/none", Key: "/none"}} {
		if _, _, err := bad.Config(nil); err == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
}

// As mysql has it: an authority that is named is asked, and its file is read in
// every mode that may speak TLS.
func TestAuthorityNamed(t *testing.T) {
	ours := newAuthority(t)
	config, plain, err := TLSOptions{CA: ours.file}.Config(nil)
	if err != nil || plain || config.VerifyConnection == nil {
		t.Errorf("--ssl-ca alone: plain %t, %v", plain, err)
	}
	config, plain, err = TLSOptions{CA: ours.file, Mode: SSLPreferred}.Config(nil)
	if err != nil || !plain || config.VerifyConnection != nil {
		t.Errorf("--ssl-mode=PREFERRED: plain %t, %v", plain, err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	if err := os.WriteFile(garbage, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []SSLMode{"", SSLPreferred, SSLRequired, SSLVerifyCA} {
		for _, file := range []string{garbage, garbage + ".gone"} {
			if _, _, err := (TLSOptions{CA: file, Mode: mode}).Config(nil); err == nil {
				t.Errorf("mode %q takes %s", mode, file)
			}
		}
	}
}
