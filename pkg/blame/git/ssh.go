package git

import (
	"fmt"
	"os"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/ssh"
)

// Key is a key for ssh. It cannot print itself.
type Key struct {
	PEM, Passphrase string
	// KnownHosts is the text of a known_hosts file; "" = the user's own.
	KnownHosts string
}

func (Key) String() string   { return "(key)" }
func (Key) GoString() string { return "(key)" }

// sshAuth logs in by the key that the user gave for the host; nil leaves the host to
// the agent.
func (s *Source) sshAuth(at *transport.Endpoint) (transport.AuthMethod, error) {
	if s.opts.Key.PEM == "" || !s.trustsSSH(at.Host) {
		return nil, nil
	}
	user := at.User
	if user == "" {
		user = "git"
	}
	auth, err := ssh.NewPublicKeys(user, []byte(s.opts.Key.PEM), s.opts.Key.Passphrase)
	if err != nil {
		return nil, fmt.Errorf("the key for ssh cannot be used: %w", err)
	}
	if s.opts.Key.KnownHosts == "" {
		return auth, nil
	}
	// The library takes files only.
	file, err := os.CreateTemp("", "known_hosts-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.WriteString(s.opts.Key.KnownHosts); err != nil {
		return nil, err
	}
	if auth.HostKeyCallback, err = ssh.NewKnownHostsCallback(file.Name()); err != nil {
		return nil, fmt.Errorf("known_hosts cannot be used: %w", err)
	}
	return auth, nil
}

// trustsSSH: the user named the host.
func (s *Source) trustsSSH(host string) bool {
	if slices.Contains(s.opts.TrustedHosts, host) {
		return true
	}
	own, err := transport.NewEndpoint(s.opts.Repo)
	return err == nil && s.opts.Repo != "" && own.Host == host
}
