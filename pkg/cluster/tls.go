package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// SSLMode is --ssl-mode as the mysql client has it.
type SSLMode string

const (
	SSLDisabled       SSLMode = "DISABLED"
	SSLPreferred      SSLMode = "PREFERRED" // the default: TLS if the server offers it
	SSLRequired       SSLMode = "REQUIRED"
	SSLVerifyCA       SSLMode = "VERIFY_CA"
	SSLVerifyIdentity SSLMode = "VERIFY_IDENTITY"
)

// SSLModes are all modes, weakest first.
var SSLModes = []SSLMode{SSLDisabled, SSLPreferred, SSLRequired, SSLVerifyCA, SSLVerifyIdentity}

// ParseSSLMode reads a mode in any case; empty is the default.
func ParseSSLMode(text string) (SSLMode, error) {
	if text == "" {
		return SSLPreferred, nil
	}
	for _, m := range SSLModes {
		if strings.EqualFold(text, string(m)) {
			return m, nil
		}
	}
	return "", fmt.Errorf("ssl mode %q: want one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY", text)
}

// TLSOptions are the options by which mysql asks for TLS. Paths are local files.
type TLSOptions struct {
	Mode SSLMode
	CA   string
	Cert string
	Key  string
}

// Config is what the driver needs: nil for no TLS, and whether plain text will
// do if the server offers none. VERIFY_IDENTITY accepts a certificate for any of
// names, under which the pod may be known.
func (o TLSOptions) Config(names []string) (config *tls.Config, plainWillDo bool, err error) {
	mode := o.Mode
	switch {
	case mode == "" && o.CA != "":
		mode = SSLVerifyCA // who names an authority wants it asked, as mysql has it
	case mode == "":
		mode = SSLPreferred
	}
	if mode == SSLDisabled {
		return nil, false, nil
	}
	// Below VERIFY_CA mysql checks no certificate; from there on check does.
	config = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	if (o.Cert == "") != (o.Key == "") {
		return nil, false, errors.New("--ssl-cert and --ssl-key go together")
	}
	if o.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, false, fmt.Errorf("client certificate %s: %w", o.Cert, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	verify := mode == SSLVerifyCA || mode == SSLVerifyIdentity
	if verify || o.CA != "" {
		roots, err := o.roots()
		if err != nil {
			return nil, false, err
		}
		if verify {
			config.VerifyConnection = func(state tls.ConnectionState) error {
				return check(state, roots, names, mode == SSLVerifyIdentity)
			}
		}
	}
	return config, mode == SSLPreferred, nil
}

func (o TLSOptions) roots() (*x509.CertPool, error) {
	if o.CA == "" {
		return nil, errors.New("--ssl-mode=VERIFY_CA and VERIFY_IDENTITY need --ssl-ca")
	}
	pem, err := os.ReadFile(o.CA)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificate authority %s: no certificate in PEM form", o.CA)
	}
	return roots, nil
}

// check verifies the chain, and the name if asked: any of the pod's will do.
func check(state tls.ConnectionState, roots *x509.CertPool, names []string, identity bool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("tls: the server sent no certificate")
	}
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, c := range state.PeerCertificates[1:] {
		opts.Intermediates.AddCert(c)
	}
	leaf := state.PeerCertificates[0]
	if _, err := leaf.Verify(opts); err != nil {
		return err
	}
	if !identity {
		return nil
	}
	var first error
	for _, name := range names {
		err := leaf.VerifyHostname(name)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}
