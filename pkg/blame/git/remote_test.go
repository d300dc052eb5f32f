package git

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// serve serves a folder of repositories over HTTP as a real Git server does.
func serve(t testing.TB, root string) string {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("needs git for its http-backend: ", err)
	}
	server := httptest.NewServer(&cgi.Handler{Path: git, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"}, InheritEnv: []string{"PATH"}})
	t.Cleanup(server.Close)
	return server.URL
}

func TestClonesOnceAndFetches(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	url := serve(t, filepath.Dir(s.dir)) + "/" + filepath.Base(s.dir) + "/.git"
	opts := Options{CacheDir: t.TempDir()}
	ask := func(content string) *blame.GitHistory {
		t.Helper()
		q := query(content)
		q.Repo = url
		h, err := New(opts).History(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if h := ask(cnf("1000")); h.Deployed == nil || h.HeadValue != "1000" || h.Branch != "master" {
		t.Fatalf("first: %+v", h)
	}
	bob := s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	h := ask(cnf("1000"))
	if h.HeadValue != "2000" || len(h.Waiting) != 1 || h.Waiting[0].Hash != bob || len(h.Changes) != 2 {
		t.Fatalf("after a push: %+v", h)
	}
	opts.Offline = true
	if h := ask(cnf("2000")); h.Deployed == nil || h.Deployed.Hash != bob {
		t.Fatalf("offline: %+v", h)
	}
}

// A login in an address goes to the server, and into no file of the copy.
func TestCopyKeepsNoLogin(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	url := strings.Replace(serve(t, filepath.Dir(s.dir)), "http://", "http://bot:glpat-s3cret@", 1) + "/" + filepath.Base(s.dir) + "/.git"
	cache := t.TempDir()
	ask := func() {
		t.Helper()
		q := query(cnf("1000"))
		q.Repo = url
		if _, err := New(Options{CacheDir: cache}).History(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		if err := filepath.WalkDir(cache, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if strings.Contains(string(data), "s3cret") {
				t.Errorf("%s holds the login", path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	configs, err := filepath.Glob(cache + "/*/config")
	if err != nil || len(configs) != 1 {
		t.Fatalf("copies: %v (%v)", configs, err)
	}
	// One that an older version left.
	old := fmt.Sprintf("[core]\n\tbare = true\n[remote \"origin\"]\n\turl = %s\n\tfetch = +refs/heads/master:refs/remotes/origin/master\n", url)
	if err := os.WriteFile(configs[0], []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	ask()
}

func TestLoginOfAnAddressIsShown(t *testing.T) {
	for address, want := range map[string]string{
		"https://bot:s3cret@git.example/x.git": "https://git.example/x.git bot s3cret",
		"https://token@git.example/x.git":      "https://git.example/x.git token ",
		"https://git.example/x.git":            "https://git.example/x.git",
		"ssh://git@git.example/x.git":          "ssh://git@git.example/x.git",
	} {
		at, auth := shown(address, nil)
		if basic, ok := auth.(*githttp.BasicAuth); ok {
			at += " " + basic.Username + " " + basic.Password
		}
		if at != want {
			t.Errorf("%s: %q, want %q", address, at, want)
		}
	}
}

// Pods that share a ConfigMap ask at once: one clone, one answer.
func TestAsksOnceInARun(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	var requests atomic.Int32
	backend := serve(t, filepath.Dir(s.dir))
	counted := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		target, _ := neturl.Parse(backend)
		httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
	}))
	t.Cleanup(counted.Close)
	source := New(Options{CacheDir: t.TempDir()})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			q := query(cnf("1000"))
			q.Repo = counted.URL + "/" + filepath.Base(s.dir) + "/.git"
			q.Name = fmt.Sprint("mysql-", i%2)
			if h, err := source.History(t.Context(), q); err != nil || h.Deployed == nil {
				t.Errorf("%+v %v", h, err)
			}
		})
	}
	group.Wait()
	if n := requests.Load(); n != 2 { // the list of references, one pack
		t.Errorf("%d requests", n)
	}
}

func TestShallowHistoryIsSaidToBeIncomplete(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	s.commit("Cid", "Other", map[string]string{"README": "x"})
	url := serve(t, filepath.Dir(s.dir)) + "/" + filepath.Base(s.dir) + "/.git"
	dir := filepath.Join(t.TempDir(), "shallow")
	if out, err := exec.Command("git", "clone", "--quiet", "--depth=1", url, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h, err := New(Options{Repo: dir}).History(t.Context(), query(cnf("1000")))
	if err != nil {
		t.Fatal(err)
	}
	if h.Incomplete == "" || h.Deployed != nil || h.Introduced != nil {
		t.Errorf("%+v", h)
	}
}

// manyCommits writes a repository of n commits in 300 files, a hundredth of them
// in the file that matters.
func manyCommits(b *testing.B, n int) string {
	b.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("needs git to write a large repository: ", err)
	}
	dir := filepath.Join(b.TempDir(), "big.git")
	run := func(stdin string, args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Stdin = strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("", "init", "--quiet", "--bare", dir)
	var w strings.Builder
	for i := range n {
		name, text := fmt.Sprintf("apps/team%d/svc%d/config.yaml", i%10, i%300), fmt.Sprintf("revision: %d\n", i)
		if i%100 == 0 {
			name, text = "apps/shop/mysql/my.cnf", cnf(fmt.Sprint(1000+i))
		}
		fmt.Fprintf(&w, "commit refs/heads/master\ncommitter Ann <ann@shop.example> %d +0000\ndata 5\nstep\n\nM 100644 inline %s\ndata %d\n%s\n", 1700000000+i*60, name, len(text), text)
	}
	run(w.String(), "-C", dir, "fast-import", "--quiet")
	run("", "-C", dir, "repack", "-adq")
	return dir
}

func BenchmarkHistory20000Commits(b *testing.B) {
	dir := manyCommits(b, 20000)
	url := serve(b, filepath.Dir(dir)) + "/" + filepath.Base(dir)
	cache := b.TempDir()
	q := query(cnf("20900"))
	q.Repo = url
	ask := func(source *Source) {
		h, err := source.History(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		if h.Deployed == nil || len(h.Waiting) != 0 && h.HeadValue == "" || len(h.Changes) != 200 {
			b.Fatalf("deployed %+v, %d changes", h.Deployed, len(h.Changes))
		}
	}
	b.Run("cold", func(b *testing.B) {
		for i := range b.N {
			ask(New(Options{CacheDir: filepath.Join(cache, fmt.Sprint(i))}))
		}
	})
	b.Run("warm", func(b *testing.B) {
		for range b.N {
			ask(New(Options{CacheDir: filepath.Join(cache, "0")}))
		}
	})
	b.Run("local", func(b *testing.B) {
		for range b.N {
			ask(New(Options{Repo: dir}))
		}
	})
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("process: %d MiB from the system, peak resident %s", m.Sys>>20, peak())
}

// peak is the process's highest resident memory.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "unknown"
}
