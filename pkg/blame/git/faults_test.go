package git

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// front stands before a real Git server; each request goes through handle.
func front(t *testing.T, s *scratch, handle func(w http.ResponseWriter, r *http.Request, pass http.Handler)) string {
	t.Helper()
	target, err := neturl.Parse(serve(t, filepath.Dir(s.dir)))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handle(w, r, proxy) }))
	t.Cleanup(server.Close)
	return server.URL + "/" + filepath.Base(s.dir) + "/.git"
}

const token = "t0psecret"

func login(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	if _, password, _ := r.BasicAuth(); password != token {
		w.Header().Set("WWW-Authenticate", "Basic")
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	pass.ServeHTTP(w, r)
}

func refuse(code int) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { http.Error(w, "no "+token, code) }
}

// cutting passes half of what a pack holds and breaks the connection.
func cutting(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	if !strings.HasSuffix(r.URL.Path, "git-upload-pack") {
		pass.ServeHTTP(w, r)
		return
	}
	whole := httptest.NewRecorder()
	pass.ServeHTTP(whole, r)
	w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	panic(http.ErrAbortHandler)
}

func TestFaultsOfARemote(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	for _, tt := range []struct {
		name   string
		handle func(http.ResponseWriter, *http.Request, http.Handler)
		opts   Options
		says   string // "": it works
	}{
		{"a private one with the token", login, Options{Token: token}, ""},
		{"a private one without", login, Options{}, "wants a login (401)"},
		{"a private one with another token", login, Options{Token: "other"}, "refuses the login (401)"},
		{"no right", refuse(http.StatusForbidden), Options{Token: token}, "may not read it (403)"},
		{"none or hidden", refuse(http.StatusNotFound), Options{Token: token}, "hidden from this login (404)"},
		{"broken", refuse(http.StatusInternalServerError), Options{Token: token}, "500"},
		{"no Git server", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			_, _ = w.Write([]byte("<html>log in</html>"))
		}, Options{}, "read "},
		{"cut off", cutting, Options{}, "read "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("NETRC", filepath.Join(t.TempDir(), "none"))
			tt.opts.CacheDir = t.TempDir()
			tt.opts.Repo = front(t, s, tt.handle)
			h, err := New(tt.opts).History(t.Context(), query(cnf("1000")))
			if tt.says == "" {
				if err != nil || h.Deployed == nil {
					t.Fatalf("%+v %v", h, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), token) {
				t.Errorf("%v, want %q", err, tt.says)
			}
			if left, _ := os.ReadDir(tt.opts.CacheDir); len(left) != 0 {
				t.Errorf("half a copy is left: %v", left)
			}
		})
	}
}

func TestNetrcLogsIn(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	file := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(file, []byte("machine 127.0.0.1 login bot password "+token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NETRC", file)
	if h, err := New(Options{CacheDir: t.TempDir(), Repo: front(t, s, login)}).History(t.Context(), query(cnf("1000"))); err != nil || h.Deployed == nil {
		t.Errorf("%+v %v", h, err)
	}
}

// A server that hangs costs no more than the time there is, and what was fetched
// before still answers offline. A fetch that is cut off breaks no copy.
func TestAFetchThatFailsLeavesTheCopy(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	type handler = func(w http.ResponseWriter, r *http.Request, pass http.Handler)
	whole := handler(func(w http.ResponseWriter, r *http.Request, pass http.Handler) { pass.ServeHTTP(w, r) })
	var handle atomic.Value // a request that was given up may still be served
	handle.Store(whole)
	release := make(chan struct{})
	defer close(release)
	url := front(t, s, func(w http.ResponseWriter, r *http.Request, pass http.Handler) { handle.Load().(handler)(w, r, pass) })
	opts := Options{CacheDir: t.TempDir(), Repo: url}
	ask := func(ctx context.Context, opts Options) (*blame.GitHistory, error) {
		return New(opts).History(ctx, query(cnf("1000")))
	}
	if h, err := ask(t.Context(), opts); err != nil || h.Deployed == nil {
		t.Fatalf("%+v %v", h, err)
	}
	bob := s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000"), "other": strings.Repeat("a text\n", 1000)})

	handle.Store(handler(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := ask(ctx, opts); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that hangs: %v", err)
	}
	handle.Store(handler(cutting))
	if _, err := ask(t.Context(), opts); err == nil {
		t.Error("a pack that is cut off: no error")
	}
	offline := opts
	offline.Offline = true
	if h, err := ask(t.Context(), offline); err != nil || h.HeadValue != "1000" {
		t.Errorf("offline: %+v %v", h, err)
	}
	handle.Store(whole)
	if h, err := ask(t.Context(), opts); err != nil || len(h.Waiting) != 1 || h.Waiting[0].Hash != bob {
		t.Errorf("afterwards: %+v %v", h, err)
	}
}

// Controllers follow tags as well as branches.
func TestFollowsATag(t *testing.T) {
	s := newScratch(t)
	ann := s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	if _, err := s.repo.CreateTag("v1.0", plumbing.NewHash(ann), nil); err != nil {
		t.Fatal(err)
	}
	s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	opts := Options{CacheDir: t.TempDir(), Repo: serve(t, filepath.Dir(s.dir)) + "/" + filepath.Base(s.dir) + "/.git", Branch: "v1.0"}
	for range 2 { // cloned, then fetched
		h, err := New(opts).History(t.Context(), query(cnf("1000")))
		if err != nil || h.Head.Hash != ann || h.HeadValue != "1000" || len(h.Waiting) != 0 {
			t.Fatalf("%+v %v", h, err)
		}
	}
	opts.Branch = "nowhere"
	if _, err := New(opts).History(t.Context(), query(cnf("1000"))); err == nil || !noSuchRef(err) && !errors.Is(err, gogit.NoMatchingRefSpecError{}) {
		t.Errorf("a branch that is not there: %v", err)
	}
}

// Whatever goes wrong, nothing that is printed holds a login out of an address.
func TestNoAddressPrintsALogin(t *testing.T) {
	t.Setenv("NETRC", filepath.Join(t.TempDir(), "none"))
	refused := httptest.NewServer(http.NotFoundHandler())
	where := strings.TrimPrefix(refused.URL, "http://")
	refused.Close()
	answers := map[string]http.HandlerFunc{
		"401": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) },
		"404": http.NotFound,
		"500": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(500)
			_, _ = w.Write([]byte("no " + r.URL.String()))
		},
		"no Git": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) },
		"loop":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) },
	}
	hosts := map[string]string{"refused": where, "unknown": "nowhere.invalid"}
	for name, answer := range answers {
		s := httptest.NewServer(answer)
		defer s.Close()
		hosts[name] = strings.TrimPrefix(s.URL, "http://")
	}
	for name, host := range hosts {
		for _, form := range []string{"http://t0ps3cret@HOST/x.git", "http://bot:t0ps3cret@HOST/x.git", "http://HOST/x.git?access_token=t0ps3cret", "http://t0ps3cret:x-oauth-basic@HOST/x.git", "http://bot:t0p%zzs3cret@HOST/x.git"} {
			repo := strings.Replace(form, "HOST", host, 1)
			source := New(Options{Repo: repo, CacheDir: t.TempDir()})
			h, err := source.History(t.Context(), query(cnf("1")))
			_, reach := source.Reach(t.Context())
			q := query(cnf("1"))
			q.Repo = repo
			marked, unasked := New(Options{CacheDir: t.TempDir()}).History(t.Context(), q)
			if said := fmt.Sprintf("%+v %v %v %+v %v", h, err, reach, marked, unasked); strings.Contains(said, "s3cret") || err == nil || reach == nil || unasked == nil {
				t.Errorf("%s, %s: %s", name, form, said)
			}
		}
	}
}
