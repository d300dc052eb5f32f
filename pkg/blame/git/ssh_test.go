package git

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func newKey(t *testing.T, passphrase string) (ssh.Signer, string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

// serveSSH serves a folder of repositories over ssh, by git's own upload-pack, to
// whoever has the key. It returns its address and its line for known_hosts.
func serveSSH(t *testing.T, root string, allowed ssh.PublicKey) (address, known string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git for its upload-pack: ", err)
	}
	host, _ := newKey(t, "")
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if string(key.Marshal()) != string(allowed.Marshal()) {
			return nil, fmt.Errorf("unknown key")
		}
		return nil, nil
	}}
	config.AddHostKey(host)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serveOne(connection, config, root)
		}
	}()
	return listener.Addr().String(), knownhosts.Line([]string{listener.Addr().String()}, host.PublicKey())
}

func serveOne(connection net.Conn, config *ssh.ServerConfig, root string) {
	defer connection.Close()
	server, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		for request := range requests {
			if request.Type != "exec" {
				_ = request.Reply(false, nil)
				continue
			}
			var what struct{ Command string }
			_ = ssh.Unmarshal(request.Payload, &what)
			_ = request.Reply(true, nil)
			_, path, _ := strings.Cut(what.Command, " ")
			cmd := exec.Command("git", "upload-pack", filepath.Join(root, strings.Trim(path, "'")))
			in, err := cmd.StdinPipe()
			if err != nil {
				return
			}
			cmd.Stdout, cmd.Stderr = channel, channel.Stderr()
			go func() { _, _ = io.Copy(in, channel); in.Close() }()
			code := struct{ Status uint32 }{}
			if cmd.Run() != nil {
				code.Status = 1
			}
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(&code))
			channel.Close()
		}
	}
}

func TestKeyForSSH(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	signer, key := newKey(t, "")
	closedSigner, closed := newKey(t, "open sesame")
	address, known := serveSSH(t, filepath.Dir(s.dir), signer.PublicKey())
	closedAddress, closedKnown := serveSSH(t, filepath.Dir(s.dir), closedSigner.PublicKey())
	_, other := newKey(t, "")
	path := "/" + filepath.Base(s.dir)
	t.Setenv("SSH_AUTH_SOCK", "") // no agent helps
	for name, tt := range map[string]struct {
		address string
		opts    Options
		says    string // "" = it is read
	}{
		"the key of a Secret":          {address, Options{Repo: "here", Key: Key{PEM: key, KnownHosts: known}}, ""},
		"a host that is trusted":       {address, Options{TrustedHosts: []string{"127.0.0.1"}, Key: Key{PEM: key, KnownHosts: known}}, ""},
		"a key with a passphrase":      {closedAddress, Options{Repo: "here", Key: Key{PEM: closed, Passphrase: "open sesame", KnownHosts: closedKnown}}, ""},
		"a wrong passphrase":           {closedAddress, Options{Repo: "here", Key: Key{PEM: closed, Passphrase: "open", KnownHosts: closedKnown}}, "cannot be used"},
		"another key":                  {address, Options{Repo: "here", Key: Key{PEM: other, KnownHosts: known}}, "unable to authenticate"},
		"another host's known_hosts":   {address, Options{Repo: "here", Key: Key{PEM: key, KnownHosts: closedKnown}}, "key is unknown"},
		"a host that nobody trusts":    {address, Options{Key: Key{PEM: key, KnownHosts: known}}, "SSH agent"},
		"a text that is no key at all": {address, Options{Repo: "here", Key: Key{PEM: "x", KnownHosts: known}}, "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			q := query(cnf("1000"))
			q.Repo = "ssh://git@" + tt.address + path
			tt.opts.CacheDir = t.TempDir()
			if tt.opts.Repo != "" {
				tt.opts.Repo = q.Repo
			}
			h, err := New(tt.opts).History(t.Context(), q)
			if tt.says == "" && (err != nil || h.Deployed == nil) || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("%+v %v", h, err)
			}
			if text := fmt.Sprintf("%v %+v %#v %v", tt.opts, tt.opts, tt.opts, err); strings.Contains(text, "PRIVATE KEY") || strings.Contains(text, "open sesame") {
				t.Errorf("a key prints itself: %s", text)
			}
		})
	}
}
