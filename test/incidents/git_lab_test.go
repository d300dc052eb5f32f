//go:build lab

package incidents

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// repository is a real Git repository, served over HTTP by Git's own server.
type repository struct {
	t         *testing.T
	work, url string
	password  atomic.Pointer[string] // nil: anybody may read
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	dir := t.TempDir()
	r := &repository{t: t, work: filepath.Join(dir, "work")}
	r.git("", "init", "-q", "--bare", "-b", "main", filepath.Join(dir, "conf.git"))
	r.git("", "init", "-q", "-b", "main", r.work)
	r.git("", "-C", r.work, "remote", "add", "origin", filepath.Join(dir, "conf.git"))
	programs := strings.TrimSpace(r.git("", "--exec-path"))
	backend := &cgi.Handler{Path: filepath.Join(programs, "git-http-backend"), Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1"}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if want := r.password.Load(); want != nil {
			if user, password, _ := request.BasicAuth(); user != "bot" || password != *want {
				w.Header().Set("WWW-Authenticate", `Basic realm="conf"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
		backend.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL + "/conf.git"
	return r
}

func (r *repository) git(author string, args ...string) string {
	r.t.Helper()
	name, rest, _ := strings.Cut(author, " <")
	email := strings.TrimSuffix(rest, ">")
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+email, "GIT_COMMITTER_NAME="+name, "GIT_COMMITTER_EMAIL="+email, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// commit writes files and pushes one commit of an author; it returns its hash.
func (r *repository) commit(author, subject string, files map[string]string) string {
	r.t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(r.work, name)), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.work, name), []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	r.git("", "-C", r.work, "add", "-A")
	r.git(author, "-C", r.work, "commit", "-q", "-m", subject)
	r.git("", "-C", r.work, "push", "-q", "origin", "main")
	return strings.TrimSpace(r.git("", "-C", r.work, "rev-parse", "HEAD"))
}

// revert is `git revert` of a commit.
func (r *repository) revert(author, hash string) string {
	r.t.Helper()
	r.git(author, "-C", r.work, "revert", "--no-edit", hash)
	r.git("", "-C", r.work, "push", "-q", "origin", "main")
	return strings.TrimSpace(r.git("", "-C", r.work, "rev-parse", "HEAD"))
}
