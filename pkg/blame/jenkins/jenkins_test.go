package jenkins

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

const (
	sha   = "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1"
	other = "1111111111111111111111111111111111111111"
)

// strict is a Jenkins that answers only what the real one would: GET, the
// escaped path of a job that exists, a tree query, a good login.
func strict(t *testing.T, answers map[string]string) (*httptest.Server, *[]string) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Jenkins", "2.504")
		asked = append(asked, r.URL.EscapedPath())
		user, token, _ := r.BasicAuth()
		switch {
		case r.Method != http.MethodGet:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case user != "" && (user != "drift" || token != "t0ken"):
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Query().Get("tree") == "":
			t.Errorf("%s asks for everything", r.URL)
		default:
			if answer, ok := answers[r.URL.EscapedPath()]; ok {
				fmt.Fprint(w, answer)
				return
			}
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func client(t *testing.T, opts Options) *Client {
	t.Helper()
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func record(sha, repo string) string {
	return fmt.Sprintf(`{"_class":"hudson.plugins.git.util.BuildData","remoteUrls":[%q],"lastBuiltRevision":{"SHA1":%q,"branch":[{"name":"refs/remotes/origin/main"}]}}`, repo, sha)
}

func TestBuildByNumberInFoldersAndMultibranch(t *testing.T) {
	s, asked := strict(t, map[string]string{
		"/job/db/job/conf/job/feature%252Fx/412/api/json": `{"_class":"org.jenkinsci.plugins.workflow.job.WorkflowRun","number":412,"url":"https://jenkins.example/job/db/412/","result":"SUCCESS","timestamp":1795400112345,"duration":61500,"actions":[{},
			{"_class":"hudson.model.CauseAction","causes":[{"_class":"hudson.model.Cause$UserIdCause","shortDescription":"Started by user Mina Park","userId":"mpark","userName":"Mina Park"}]},
			{"_class":"hudson.model.ParametersAction","parameters":[{"name":"ENV","value":"prod"},{"name":"DRY","value":false},{"name":"DB_PASSWORD","value":"s3cret"}]},` +
			record(other, "https://git.example/lib.git") + `,` + record(sha, "git@git.example:db/conf.git") + `]}`})
	c := client(t, Options{URL: s.URL + "/", User: "drift", Token: "t0ken"})
	got, err := c.Build(t.Context(), blame.BuildQuery{Job: "db/conf/feature%2Fx", Number: 412, Repo: "https://bot@git.example/db/conf"})
	if err != nil {
		t.Fatalf("%v (asked %v)", err, *asked)
	}
	started := time.UnixMilli(1795400112345).UTC()
	if !got.Started.Time.Equal(started) {
		t.Errorf("started %s", got.Started)
	}
	got.Started = nil
	want := &v1.Build{Job: "db/conf/feature%2Fx", Number: 412, URL: "https://jenkins.example/job/db/412/", Result: "SUCCESS", Seconds: 61.5, Revision: sha, Branch: "origin/main",
		Causes:     []v1.BuildCause{{Kind: "user", Who: "mpark", Text: "Started by user Mina Park"}},
		Parameters: []v1.Parameter{{Name: "ENV", Value: "prod"}, {Name: "DRY", Value: "false"}, {Name: "DB_PASSWORD", Value: "***"}}}
	want.Branch = "main"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuildByURL(t *testing.T) {
	s, _ := strict(t, map[string]string{"/ci/job/conf/7/api/json": `{"number":7,"result":"SUCCESS","actions":[]}`})
	c := client(t, Options{URL: s.URL + "/ci"})
	if b, err := c.Build(t.Context(), blame.BuildQuery{URL: s.URL + "/ci/job/conf/7/console"}); err != nil || b.Number != 7 || b.Job != "conf" {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := c.Build(t.Context(), blame.BuildQuery{URL: "https://evil.example/job/conf/7/"}); err == nil {
		t.Error("a URL of another server was followed")
	}
}

func TestBuildByCommit(t *testing.T) {
	ms := func(minute int) int64 { return time.Date(2026, 7, 1, 9, minute, 0, 0, time.UTC).UnixMilli() }
	entry := func(n int, result string, minute int, sha string) string {
		return fmt.Sprintf(`{"number":%d,"result":%q,"timestamp":%d,"actions":[{},%s]}`, n, result, ms(minute), record(sha, "https://git.example/db/conf.git"))
	}
	s, _ := strict(t, map[string]string{
		"/job/conf/api/json":   `{"allBuilds":[` + strings.Join([]string{entry(9, "SUCCESS", 50, sha), entry(8, "FAILURE", 20, sha), entry(7, "SUCCESS", 10, sha), entry(6, "SUCCESS", 5, other)}, ",") + `]}`,
		"/job/conf/7/api/json": `{"number":7,"result":"SUCCESS","actions":[` + record(sha, "https://git.example/db/conf.git") + `]}`,
	})
	c := client(t, Options{URL: s.URL})
	q := blame.BuildQuery{Job: "conf", Commit: sha[:10], Repo: "ssh://git@git.example:22/db/conf.git", Before: time.Date(2026, 7, 1, 9, 30, 0, 0, time.UTC)}
	if b, err := c.Build(t.Context(), q); err != nil || b.Number != 7 || b.Revision != sha {
		t.Errorf("the newest good build before the write is #7: %+v, %v", b, err)
	}
	q.Commit = "abcdef1234567"
	if _, err := c.Build(t.Context(), q); !errors.Is(err, ErrNoBuild) {
		t.Errorf("a commit that was never built: %v", err)
	}
	q.Commit, q.Repo = sha, "https://git.example/another.git"
	if _, err := c.Build(t.Context(), q); !errors.Is(err, ErrNoBuild) {
		t.Errorf("the same commit of another repository: %v", err)
	}
}

func TestFaultsInWords(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		opts    Options
		is      error
		says    string
	}{
		{"401", status(401, ""), Options{User: "drift", Token: "t0psecret"}, ErrLogin, `"drift"`},
		{"403 anonymous", status(403, "<html>Authentication required</html>"), Options{}, ErrRight, "anonymously"},
		{"403 with a login", status(403, "<html>"), Options{User: "drift", Token: "t0psecret"}, ErrRight, "Job/Read"},
		{"404 of Jenkins", status(404, ""), Options{}, ErrNotFound, "hides it (404)"},
		{"404 of a proxy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, Options{}, ErrNotFound, "proxy"},
		{"429 for ever", status(429, ""), Options{Retries: 1}, nil, "busy (429)"},
		{"500", status(500, "boom t0psecret"), Options{}, nil, "500"},
		{"cut off", status(200, `{"number":7,"actions":[{"caus`), Options{}, nil, "breaks off"},
		{"empty", status(200, ""), Options{}, nil, "breaks off"},
		{"a login page", status(200, "<html><form>"), Options{}, nil, "not what Jenkins"},
		{"redirect elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://sso.example/login", http.StatusFound)
		}, Options{User: "drift", Token: "t0psecret"}, nil, "redirects to another server, sso.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.handler)
			defer s.Close()
			tt.opts.URL = s.URL
			_, err := client(t, tt.opts).Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7})
			if err == nil || !strings.Contains(err.Error(), tt.says) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %v, want %q (%v)", err, tt.says, tt.is)
			}
			if err != nil && strings.Contains(err.Error(), "t0psecret") {
				t.Errorf("the token is printed: %v", err)
			}
		})
	}
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Jenkins", "2.504")
		if code == 429 {
			w.Header().Set("Retry-After", "0")
		}
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}
}

func TestWaitsWhenAskedTo(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			status(429, "")(w, r)
			return
		}
		status(200, `{"number":7,"result":"SUCCESS","actions":[]}`)(w, r)
	}))
	defer s.Close()
	if b, err := client(t, Options{URL: s.URL, Retries: 2}).Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7}); err != nil || b.Number != 7 || n != 2 {
		t.Errorf("%+v, %v after %d requests", b, err, n)
	}
}

// A server that wants a long wait is told of, and not waited for.
func TestBusyForLong(t *testing.T) {
	for _, after := range []string{"30", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)} {
		n := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n++
			w.Header().Set("Retry-After", after)
			w.WriteHeader(429)
		}))
		_, err := client(t, Options{URL: s.URL, Retries: 3}).Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7})
		if err == nil || n != 1 || !strings.Contains(err.Error(), "is busy (429): it asks to try again ") {
			t.Errorf("%s: %v after %d requests", after, err, n)
		}
		s.Close()
	}
}

func TestNoAddressPrintsALogin(t *testing.T) {
	for _, code := range []int{401, 403, 404, 500} {
		s := httptest.NewServer(status(code, "t0ken"))
		for _, form := range []string{"http://t0ken@HOST", "http://bot:t0ken@HOST", "http://HOST/?token=t0ken"} {
			c := client(t, Options{URL: strings.Replace(form, "HOST", strings.TrimPrefix(s.URL, "http://"), 1)})
			if _, err := c.Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7}); err == nil || strings.Contains(err.Error(), "t0ken") {
				t.Errorf("%s, %d: %v", form, code, err)
			}
		}
		s.Close()
	}
	if _, err := New(Options{URL: "ftp://t0ken@jenkins.example/?t0ken"}); err == nil || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("%v", err)
	}
	s, _ := strict(t, map[string]string{"/job/conf/7/api/json": `{"number":7,"url":"http://bot:t0ken@jenkins.example/job/conf/7/?token=t0ken","result":"SUCCESS"}`})
	if b, err := client(t, Options{URL: s.URL}).Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7}); err != nil || b.URL != "http://jenkins.example/job/conf/7/" {
		t.Errorf("%+v, %v", b, err)
	}
}

// A job's name may be anybody's: the login goes to no other path by it.
func TestJobsNameStaysBelowJob(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		status(200, `{"number":7,"result":"SUCCESS","actions":[]}`)(w, r)
	}))
	defer s.Close()
	c := client(t, Options{URL: s.URL, User: "bot", Token: "t0ken"})
	for _, job := range []string{"../../user/me", "a/../b", "..", "a/%2e%2e/b", "a/%252e%252e/b", "a/..;x/b", "a/..%2f../b", "./a", `a/..\b`} {
		if _, err := c.Build(t.Context(), blame.BuildQuery{Job: job, Number: 7}); err == nil || n != 0 {
			t.Errorf("%s was asked for: %v", job, err)
		}
	}
	if _, err := c.Build(t.Context(), blame.BuildQuery{URL: s.URL + "/job/a/job/%2e%2e/7/"}); err == nil || n != 0 {
		t.Errorf("a build's URL led out: %v", err)
	}
	for _, job := range []string{"db/conf/main", "db/feature%2Fx", "a..b/c.d", "conf...x"} {
		n = 0
		if _, err := c.Build(t.Context(), blame.BuildQuery{Job: job, Number: 7}); err != nil || n != 1 {
			t.Errorf("%s: %v", job, err)
		}
	}
}

func TestSlowServerEndsWithTheContext(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client(t, Options{URL: s.URL}).Build(ctx, blame.BuildQuery{Job: "conf", Number: 7}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestReplayIsToldApart(t *testing.T) {
	s, _ := strict(t, map[string]string{"/job/conf/7/api/json": `{"number":7,"result":"SUCCESS","actions":[{"causes":[{"_class":"org.jenkinsci.plugins.workflow.cps.replay.ReplayCause","shortDescription":"Replayed #6"}]}]}`})
	if b, err := client(t, Options{URL: s.URL}).Build(t.Context(), blame.BuildQuery{Job: "conf", Number: 7}); err != nil || !b.Replayed {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestSameRepo(t *testing.T) {
	for _, same := range []string{"git@git.example:db/conf.git", "https://git.example/db/conf", "ssh://git@git.example:2222/db/conf.git", "https://u:p@GIT.example/db/conf/"} {
		if !sameRepo(same, "https://git.example/db/conf.git") {
			t.Errorf("%s is the same", same)
		}
	}
	for _, differs := range []string{"git@git.example:db/conf2.git", "https://git.example.org/db/conf", ""} {
		if sameRepo(differs, "https://git.example/db/conf.git") {
			t.Errorf("%s is another", differs)
		}
	}
}
