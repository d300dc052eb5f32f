package git

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// scratch is a repository on disk that a test writes commits to.
type scratch struct {
	t    *testing.T
	dir  string
	repo *gogit.Repository
	now  time.Time
}

func newScratch(t *testing.T) *scratch {
	t.Helper()
	dir := t.TempDir()
	repo, err := gogit.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return &scratch{t, dir, repo, time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
}

// commit writes files ("" deletes one) and commits them in an author's name.
func (s *scratch) commit(author, message string, files map[string]string, parents ...plumbing.Hash) string {
	s.t.Helper()
	tree, err := s.repo.Worktree()
	if err != nil {
		s.t.Fatal(err)
	}
	for name, text := range files {
		full := filepath.Join(s.dir, name)
		if text == "" {
			_, err = tree.Remove(name)
		} else if err = os.MkdirAll(filepath.Dir(full), 0o755); err == nil {
			if err = os.WriteFile(full, []byte(text), 0o644); err == nil {
				_, err = tree.Add(name)
			}
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	s.now = s.now.Add(time.Hour)
	who := &object.Signature{Name: author, Email: strings.ToLower(author) + "@shop.example", When: s.now}
	hash, err := tree.Commit(message, &gogit.CommitOptions{Author: who, Committer: who, AllowEmptyCommits: true, Parents: parents})
	if err != nil {
		s.t.Fatal(err)
	}
	return hash.String()
}

func (s *scratch) history(q blame.GitQuery) *blame.GitHistory {
	s.t.Helper()
	h, err := New(Options{Repo: s.dir}).History(s.t.Context(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

func cnf(max string) string {
	return "[mysqld]\n# how many\nmax_connections = " + max + "\nsort_buffer_size = 1M\n"
}

func query(content string, commits ...string) blame.GitQuery {
	return blame.GitQuery{Namespace: "shop", Name: "mysql", Key: "my.cnf", Content: content, Variable: "max_connections", Commits: commits}
}

func manifestOf(content string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mysql\n  namespace: shop\ndata:\n  my.cnf: |\n    " +
		strings.ReplaceAll(strings.TrimRight(content, "\n"), "\n", "\n    ") + "\n"
}

// bare is a manifest that leaves the namespace to whoever applies it.
func bare(content string) string {
	return strings.Replace(manifestOf(content), "  namespace: shop\n", "", 1)
}

func TestFindsTheFile(t *testing.T) {
	tests := []struct {
		name   string
		files  func(content string) map[string]string
		live   string // "" = the committed content
		query  func(q *blame.GitQuery)
		path   string
		how    string
		line   int
		refuse string
	}{
		{name: "by content, under another name", files: func(c string) map[string]string { return map[string]string{"db/prod.cnf": c, "README": "x"} }, path: "db/prod.cnf", how: "its content", line: 3},
		{name: "a manifest among documents", files: func(c string) map[string]string {
			return map[string]string{"k8s/all.yaml": "kind: Service\nmetadata:\n  name: mysql\n---\n" + manifestOf(c)}
		}, path: "k8s/all.yaml", how: "its manifest", line: 14},
		{name: "a configMapGenerator with a renamed key and a hash suffix", files: func(c string) map[string]string {
			return map[string]string{"prod/kustomization.yaml": "configMapGenerator:\n- name: mysql\n  files:\n  - my.cnf=conf/prod.cnf\n", "prod/conf/prod.cnf": c, "dev/conf/prod.cnf": c}
		}, query: func(q *blame.GitQuery) { q.Name = "mysql-8m9d2khf7g" }, path: "prod/conf/prod.cnf", how: "a configMapGenerator", line: 3},
		{name: "the kustomization that an origin mark names: its generator's file", files: func(c string) map[string]string {
			return map[string]string{"prod/kustomization.yaml": "configMapGenerator:\n- name: mysql\n  files:\n  - my.cnf=conf/prod.cnf\n", "prod/conf/prod.cnf": c,
				"dev/kustomization.yaml": "configMapGenerator:\n- name: mysql\n  files:\n  - my.cnf=dev.cnf\n", "dev/dev.cnf": c}
		}, query: func(q *blame.GitQuery) { q.Path = "prod/kustomization.yaml" }, path: "prod/conf/prod.cnf", how: "a configMapGenerator", line: 3},
		{name: "Helm values", files: func(c string) map[string]string {
			return map[string]string{"chart/values.yaml": "image: mysql\nprimary:\n  configuration: |-\n    " + strings.ReplaceAll(strings.TrimSpace(c), "\n", "\n    ") + "\n"}
		}, path: "chart/values.yaml", how: "Helm values", line: 6},
		{name: "edited since: by its name", files: func(c string) map[string]string { return map[string]string{"conf/my.cnf": c} }, live: cnf("9"), path: "conf/my.cnf", how: "its name", line: 3},
		{name: "edited since, two of the name: not guessed", files: func(c string) map[string]string { return map[string]string{"a/my.cnf": c, "b/my.cnf": c} }, live: cnf("9"), refuse: "may both be it"},
		{name: "the folder that the controller applies decides", files: func(c string) map[string]string { return map[string]string{"a/my.cnf": c, "b/my.cnf": c} }, live: cnf("9"),
			query: func(q *blame.GitQuery) { q.Path = "./b" }, path: "b/my.cnf", how: "its name", line: 3},
		{name: "two environments' manifests without a namespace: the one with the live content", files: func(c string) map[string]string {
			return map[string]string{"a.yaml": bare(cnf("7")), "b.yaml": bare(c)}
		}, path: "b.yaml", how: "its manifest", line: 9},
		{name: "two environments' manifests, both alike: not guessed", files: func(c string) map[string]string { return map[string]string{"a.yaml": bare(c), "b.yaml": bare(c)} }, refuse: "a.yaml and b.yaml may both be it"},
		{name: "two environments' manifests, edited since: not guessed", files: func(c string) map[string]string {
			return map[string]string{"a.yaml": bare(cnf("7")), "b.yaml": bare(c)}
		}, live: cnf("9"), refuse: "a.yaml and b.yaml may both be it"},
		{name: "the manifest that names the namespace", files: func(c string) map[string]string { return map[string]string{"a.yaml": bare(c), "b.yaml": manifestOf(c)} }, live: cnf("9"), path: "b.yaml", how: "its manifest", line: 10},
		{name: "two files of the content: not guessed", files: func(c string) map[string]string { return map[string]string{"a.cnf": c, "b.cnf": c} }, refuse: "a.cnf and b.cnf may both be it"},
		{name: "the name and Helm values, neither the content: not guessed", files: func(c string) map[string]string {
			return map[string]string{"conf/my.cnf": c, "chart/values.yaml": "mysql:\n  conf: |\n    [mysqld]\n    port = 1\n"}
		}, live: cnf("9"), refuse: "chart/values.yaml and conf/my.cnf may both be it"},
		{name: "Helm values with option files of several servers: not guessed", files: func(c string) map[string]string {
			return map[string]string{"chart/values.yaml": "a:\n  conf: |\n    [mysqld]\n    port = 1\nb:\n  conf: |\n    [mysqld]\n    port = 2\n"}
		}, live: cnf("9"), refuse: "may both be it"},
		{name: "Helm values with option files of several servers, one under the key's name", files: func(c string) map[string]string {
			return map[string]string{"chart/values.yaml": "a:\n  other: |\n    [mysqld]\n    port = 1\nb:\n  my.cnf: |\n    " + strings.ReplaceAll(strings.TrimSpace(c), "\n", "\n    ") + "\n"}
		}, live: cnf("9"), path: "chart/values.yaml", how: "Helm values", line: 9},
		{name: "a named path", files: func(c string) map[string]string { return map[string]string{"a/my.cnf": c, "b/my.cnf": c} }, query: func(q *blame.GitQuery) { q.Path = "a/my.cnf" }, path: "a/my.cnf", how: "its path", line: 3},
		{name: "nowhere", files: func(c string) map[string]string { return map[string]string{"main.go": "package main"} }, refuse: "no file has its content"},
		{name: "another ConfigMap's manifest", files: func(c string) map[string]string {
			return map[string]string{"x.yaml": strings.Replace(manifestOf(c), "name: mysql", "name: other", 1)}
		}, refuse: "no file has its content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScratch(t)
			s.commit("Ann", "first", tt.files(cnf("2000")))
			live := cnf("2000")
			if tt.live != "" {
				live = tt.live
			}
			q := query(live)
			if tt.query != nil {
				tt.query(&q)
			}
			h, err := New(Options{Repo: s.dir}).History(t.Context(), q)
			if tt.refuse != "" {
				if err == nil || !strings.Contains(err.Error(), tt.refuse) {
					t.Fatalf("got %+v, %v; want an error with %q", h, err, tt.refuse)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Path != tt.path || h.Found != tt.how || h.HeadValue != "2000" || h.Head.Line != tt.line {
				t.Errorf("found %s by %s, value %q, line %d", h.Path, h.Found, h.HeadValue, h.Head.Line)
			}
			if (h.Deployed != nil) != (tt.live == "") {
				t.Errorf("deployed %+v", h.Deployed)
			}
		})
	}
}

func TestHistoryOfAValue(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start with 1000", map[string]string{"my.cnf": cnf("1000")})
	raise := s.commit("Bob", "Raise to 2000 (#12)", map[string]string{"my.cnf": cnf("2000")})
	comment := s.commit("Cid", "Say why", map[string]string{"my.cnf": "# prod\n" + cnf("2000")})
	s.commit("Dan", "Other file", map[string]string{"README": "x"})
	lower := s.commit("Eve", "Lower again", map[string]string{"my.cnf": "# prod\n" + cnf("500")})
	h := s.history(query("# prod\n"+cnf("2000"), raise, comment, strings.Repeat("a", 40)))

	if h.Deployed == nil || h.Deployed.Hash != comment {
		t.Errorf("deployed %+v, want %s", h.Deployed, comment)
	}
	if i := h.Introduced; i == nil || i.Hash != raise || i.Author != "Bob <bob@shop.example>" || i.Before != "1000" || i.After != "2000" || i.Line != 3 ||
		i.Text != "max_connections = 2000" || len(i.Reviews) != 1 || i.Reviews[0] != "#12" {
		t.Errorf("introduced %+v", i)
	}
	if len(h.Waiting) != 1 || h.Waiting[0].Hash != lower || h.HeadValue != "500" {
		t.Errorf("waiting %+v, head %s", h.Waiting, h.HeadValue)
	}
	if len(h.Changes) != 3 {
		t.Errorf("changes %+v", h.Changes)
	}
	want := map[string]blame.CommitClaim{raise: {Known: true, OnBranch: true, Value: "2000", HasValue: true}, comment: {Known: true, OnBranch: true, Matches: true, Value: "2000", HasValue: true}, strings.Repeat("a", 40): {}}
	for hash, claim := range want {
		got := h.Claims[hash]
		if got.When.IsZero() == claim.Known {
			t.Errorf("claim %s was committed at %s", hash, got.When)
		}
		if got.When = claim.When; got != claim {
			t.Errorf("claim %s: %+v, want %+v", hash, got, claim)
		}
	}
}

// What was delivered before tells whether the live value had been there, and been
// overtaken.
func TestDeliveredEarlier(t *testing.T) {
	s := newScratch(t)
	before := s.commit("Ann", "Start with 1000", map[string]string{"my.cnf": cnf("1000")})
	raise := s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	lower := s.commit("Eve", "Lower", map[string]string{"my.cnf": cnf("500")})
	q := query(cnf("2000"), raise)
	q.Earlier = []string{before, raise, lower}
	h := s.history(q)
	if c := h.Claims[before]; c.Includes || c.Value != "1000" {
		t.Errorf("%+v: it is older than the live value", c)
	}
	if c := h.Claims[lower]; !c.Includes || c.Value != "500" {
		t.Errorf("%+v: the live value was there before it", c)
	}
	if h.Introduced == nil || h.Introduced.Hash != raise {
		t.Errorf("introduced %+v", h.Introduced)
	}
}

// A commit may be given any date; where a walk ends early, nothing is known.
func TestOnBranchWhateverTheDates(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	raise := s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	now := s.now
	s.now = now.AddDate(-17, 0, 0)
	s.commit("Cid", "Of another day", map[string]string{"README": "x"})
	s.now = now
	s.commit("Dan", "After it", map[string]string{"README": "y"})
	if c := s.history(query(cnf("2000"), raise)).Claims[raise]; !c.OnBranch || c.BranchUnknown {
		t.Errorf("%+v: it is on the branch", c)
	}
	h, err := New(Options{Repo: s.dir, Limit: -1}).History(t.Context(), query(cnf("2000"), raise))
	if err != nil {
		t.Fatal(err)
	}
	if c := h.Claims[raise]; c.OnBranch || !c.BranchUnknown {
		t.Errorf("%+v: the walk ended at its limit", c)
	}
}

func TestRevertIsTheCommitThatBroughtTheValue(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	s.commit("Bob", "Raise", map[string]string{"my.cnf": cnf("2000")})
	revert := s.commit("Zoe", "Revert \"Raise\"", map[string]string{"my.cnf": cnf("1000")})
	if h := s.history(query(cnf("1000"))); h.Introduced == nil || h.Introduced.Hash != revert || h.Deployed.Hash != revert {
		t.Errorf("introduced %+v", h.Introduced)
	}
}

// The head of the branch need not have touched the file.
func TestLastIsWhoTouchedTheFile(t *testing.T) {
	s := newScratch(t)
	ann := s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	s.commit("Bob", "Another file", map[string]string{"README": "x"})
	if h := s.history(query(cnf("9"))); h.Deployed != nil || h.Last == nil || h.Last.Hash != ann {
		t.Errorf("last %+v, want Ann's", h.Last)
	}
}

func TestFollowsRenames(t *testing.T) {
	s := newScratch(t)
	first := s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	s.commit("Bob", "Move", map[string]string{"my.cnf": "", "db/my.cnf": cnf("1000")})
	if h := s.history(query(cnf("1000"))); h.Introduced == nil || h.Introduced.Hash != first {
		t.Errorf("introduced %+v, want the commit before the move", h.Introduced)
	}
}

// Who moves a setting to another file or key has not set it.
func TestFollowsASettingThatWasMoved(t *testing.T) {
	two := func(a, b string) string {
		indent := func(s string) string { return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ") }
		return "kind: ConfigMap\nmetadata:\n  name: mysql\n  namespace: shop\ndata:\n  my.cnf: |\n    " + indent(a) + "\n  old.cnf: |\n    " + indent(b) + "\n"
	}
	const without = "[mysqld]\nsort_buffer_size = 1M\n# no more\n"
	tests := []struct {
		name          string
		before, after map[string]string // Bob's, and Cara's over it
		live          string
		mover         bool // Cara set it
	}{
		{"out of a file beside it", map[string]string{"old.cnf": cnf("600"), "my.cnf": without}, map[string]string{"old.cnf": without, "my.cnf": "# moved\n" + cnf("600")}, "# moved\n" + cnf("600"), false},
		{"out of a file of another folder", map[string]string{"a/old.cnf": cnf("600"), "b/my.cnf": without}, map[string]string{"a/old.cnf": "", "b/my.cnf": "# moved\n" + cnf("600")}, "# moved\n" + cnf("600"), false},
		{"out of another key of the manifest", map[string]string{"cm.yaml": two(without, cnf("600"))}, map[string]string{"cm.yaml": two(cnf("600"), without)}, cnf("600"), false},
		{"moved and changed", map[string]string{"old.cnf": cnf("600"), "my.cnf": without}, map[string]string{"old.cnf": without, "my.cnf": "# moved\n" + cnf("700")}, "# moved\n" + cnf("700"), true},
		{"another file has the same, and keeps it", map[string]string{"old.cnf": cnf("600"), "my.cnf": without}, map[string]string{"old.cnf": cnf("600") + "# kept\n", "my.cnf": "# new\n" + cnf("600")}, "# new\n" + cnf("600"), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScratch(t)
			s.commit("Ann", "Start", map[string]string{"README": "x"})
			bob := s.commit("Bob", "Set", tt.before)
			cara := s.commit("Cara", "Move", tt.after)
			want := bob
			if tt.mover {
				want = cara
			}
			h := s.history(query(tt.live))
			if h.Introduced == nil || h.Introduced.Hash != want {
				t.Errorf("introduced %+v, want %.12s", h.Introduced, want)
			}
			if h.Deployed == nil || h.Deployed.Hash != cara {
				t.Errorf("deployed %+v", h.Deployed)
			}
		})
	}
}

func TestFollowsTheSideOfAMerge(t *testing.T) {
	s := newScratch(t)
	base := plumbing.NewHash(s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")}))
	side := plumbing.NewHash(s.commit("Bob", "On a branch", map[string]string{"my.cnf": cnf("2000")}, base))
	main := plumbing.NewHash(s.commit("Cid", "On main", map[string]string{"my.cnf": cnf("1000"), "README": "x"}, base))
	s.commit("Merger", "Merge pull request #7 from bob", map[string]string{"my.cnf": cnf("2000")}, main, side)
	if h := s.history(query(cnf("2000"))); h.Introduced == nil || h.Introduced.Hash != side.String() || strings.Join(h.Introduced.Reviews, " ") != "#7" {
		t.Errorf("introduced %+v, want Bob's of #7, not the merge", h.Introduced)
	}
}

// A commit that was there before the branch was is of no merge.
func TestAMergeReviewsWhatItBrought(t *testing.T) {
	s := newScratch(t)
	base := plumbing.NewHash(s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")}))
	side := plumbing.NewHash(s.commit("Bob", "On a branch", map[string]string{"my.cnf": "# why\n" + cnf("1000")}, base))
	main := plumbing.NewHash(s.commit("Cid", "On main", map[string]string{"my.cnf": cnf("1000"), "README": "x"}, base))
	s.commit("Merger", "Merge pull request #7 from bob", map[string]string{"my.cnf": "# why\n" + cnf("1000")}, main, side)
	if h := s.history(query("# why\n" + cnf("1000"))); h.Introduced == nil || h.Introduced.Hash != base.String() || len(h.Introduced.Reviews) > 0 {
		t.Errorf("introduced %+v, want Ann's, without a review", h.Introduced)
	}
}

func TestPathsOfThisMachineAreTheUsersToName(t *testing.T) {
	s := newScratch(t)
	s.commit("Ann", "Start", map[string]string{"my.cnf": cnf("1000")})
	for _, repo := range []string{s.dir, "file://" + s.dir} {
		q := query(cnf("1000"))
		q.Repo = repo
		if _, err := New(Options{}).History(t.Context(), q); err == nil {
			t.Errorf("an annotation made us read %s", repo)
		}
	}
}

func TestTokenGoesToTrustedHostsOnly(t *testing.T) {
	t.Setenv("NETRC", filepath.Join(t.TempDir(), "none"))
	for repo, want := range map[string]bool{
		"https://git.example/db/conf.git":        true,
		"https://git.example.evil/db/conf.git":   false,
		"https://other.example/git.example":      false,
		"http://git.example/db/conf.git":         false,
		"https://git.example@evil.example/x.git": false,
	} {
		auth, err := New(Options{Token: "t0ken", TrustedHosts: []string{"git.example"}}).auth(repo)
		if err != nil || (auth != nil) != want {
			t.Errorf("%s: token given %v, want %v (%v)", repo, auth != nil, want, err)
		}
	}
}

func TestNetrc(t *testing.T) {
	file := filepath.Join(t.TempDir(), "netrc")
	text := "default login anybody password nope\nmachine git.example login bot password s3cret\nmachine other login x password y\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NETRC", file)
	if login, password, ok := netrc("git.example"); !ok || login != "bot" || password != "s3cret" {
		t.Errorf("%s %s %v", login, password, ok)
	}
	if _, _, ok := netrc("evil.example"); ok {
		t.Error("an unknown host was given a login")
	}
}

func TestLocalPath(t *testing.T) {
	for repo, want := range map[string]bool{"/srv/conf": true, "./conf": true, "file:///srv/conf": true, "git@git.example:db/conf.git": false, "https://git.example/x": false, "ssh://git@h/x": false} {
		if _, got := localPath(repo); got != want {
			t.Errorf("%s: %v", repo, got)
		}
	}
}

// After a revert the same content stands in Git twice.
func TestWhichOfEqualContents(t *testing.T) {
	s := newScratch(t)
	ann := s.commit("Ann", "raise", map[string]string{"my.cnf": cnf("2000")})
	annAt := s.now
	bob := s.commit("Bob", "lower", map[string]string{"my.cnf": cnf("500")})
	zoe := s.commit("Zoe", "Revert lower", map[string]string{"my.cnf": cnf("2000")})
	written := func(at time.Time, commits ...string) blame.GitQuery {
		q := query(cnf("2000"), commits...)
		q.Written = at
		return q
	}
	for _, tt := range []struct {
		name       string
		q          blame.GitQuery
		want, twin string
	}{
		{"nothing tells: the newest", query(cnf("2000")), zoe, ""},
		{"a mark names the first", query(cnf("2000"), ann), ann, zoe},
		{"a mark names the first, and the write was before the revert", written(annAt.Add(time.Minute), ann), ann, ""},
		{"a controller's comes before a mark's", query(cnf("2000"), zoe, ann), zoe, ""},
		{"a mark with other content decides nothing", query(cnf("2000"), bob), zoe, ""},
		{"written before the revert", written(annAt.Add(time.Minute)), ann, ""},
		{"written before all of them: somebody's clock is wrong", written(annAt.Add(-time.Hour)), zoe, ""},
	} {
		h := s.history(tt.q)
		twin := ""
		if h.Twin != nil {
			twin = h.Twin.Hash
		}
		if h.Deployed == nil || h.Deployed.Hash != tt.want || h.Introduced.Hash != tt.want || twin != tt.twin {
			t.Errorf("%s: deployed %v introduced %v twin %q, want %s %q", tt.name, h.Deployed, h.Introduced, twin, tt.want, tt.twin)
		}
	}
}

func TestBegins(t *testing.T) {
	content := "[mysqld]\n\nmax_connections = 1000\n"
	for name, tt := range map[string]struct {
		raw          string
		line, column int
	}{
		"plain":          {content, 1, 1},
		"block scalar":   {"kind: ConfigMap\ndata:\n  my.cnf: |\n    [mysqld]\n\n    max_connections = 1000\n", 4, 5},
		"second of two":  {"a: |\n  [mysqld]\n  back_log = 1\nb: |\n   [mysqld]\n\n   max_connections = 1000\n", 5, 4},
		"carriage":       {"[mysqld]\r\n\r\nmax_connections = 1000\r\n", 1, 1},
		"quoted":         {`my.cnf: "[mysqld]\n\nmax_connections = 1000\n"`, 0, 0},
		"another indent": {"x: |\n  [mysqld]\n\n   max_connections = 1000\n", 0, 0},
	} {
		if line, column := begins([]byte(tt.raw), content); line != tt.line || column != tt.column {
			t.Errorf("%s: %d:%d", name, line, column)
		}
	}
}
