package git

import (
	"bufio"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
)

// auth is what the host of a repository is shown: the user's token or key if they
// trust the host with it, else what ~/.netrc holds for that host. nil leaves ssh to
// the agent, and http to anonymous reading.
func (s *Source) auth(repo string) (transport.AuthMethod, error) {
	if at, err := transport.NewEndpoint(repo); err == nil && at.Protocol == "ssh" {
		return s.sshAuth(at)
	}
	u, err := url.Parse(repo)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, nil
	}
	if s.opts.Token != "" && s.trusts(u) {
		name := s.opts.Username
		if name == "" {
			name = "git" // forges look at the token only, but want some name
		}
		return &http.BasicAuth{Username: name, Password: s.opts.Token}, nil
	}
	if login, password, ok := netrc(u.Hostname()); ok {
		return &http.BasicAuth{Username: login, Password: password}, nil
	}
	return nil, nil
}

// trusts tells whether the token may go to a host: over TLS, or to loopback.
func (s *Source) trusts(u *url.URL) bool {
	host := u.Hostname()
	if u.Scheme != "https" && host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return false
	}
	if slices.Contains(s.opts.TrustedHosts, u.Host) || slices.Contains(s.opts.TrustedHosts, host) {
		return true
	}
	own, err := url.Parse(s.opts.Repo)
	return err == nil && s.opts.Repo != "" && own.Host == u.Host
}

// netrc reads a machine's entry of $NETRC or ~/.netrc. Entries of `default` are
// not used: an annotation may name any host.
func netrc(host string) (login, password string, ok bool) {
	path := os.Getenv("NETRC")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", "", false
		}
		path = filepath.Join(home, ".netrc")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", "", false
	}
	defer file.Close()
	words := bufio.NewScanner(file)
	words.Split(bufio.ScanWords)
	here := false
	for words.Scan() {
		switch word := words.Text(); word {
		case "machine", "default":
			if ok {
				return login, password, true
			}
			here = false
			if word == "machine" && words.Scan() {
				here = strings.EqualFold(words.Text(), host)
			}
		case "login":
			if words.Scan() && here {
				login = words.Text()
			}
		case "password":
			if words.Scan() && here {
				password, ok = words.Text(), true
			}
		}
	}
	return login, password, ok
}
