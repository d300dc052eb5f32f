// Package git finds the file in a repository that became a ConfigMap's key, and
// that option's history in it: which commit is deployed, which wait, which one
// brought the value.
//
// It reads repositories by go-git only, from a bare copy in the user's cache
// folder or straight from a local path, and never writes to a remote. It knows
// nothing of clusters or servers. The names of repositories often come from
// annotations that anybody may write: credentials go to hosts that the user has
// trusted and nowhere else, and local paths are taken from the user only.
package git

import (
	"context"
	"errors"
	"fmt"
	"slices"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// Options are how repositories are reached.
type Options struct {
	// Repo overrides what annotations and controllers name: a URL, or the path of a
	// local repository.
	Repo string
	// Branch overrides the branch.
	Branch string
	// Path names the file in the repository, where nothing else finds it.
	Path string
	// CacheDir holds bare copies; "" = the user's cache folder.
	CacheDir string
	// Offline reads the copies as they are and fetches nothing.
	Offline bool

	// Username and Token go to TrustedHosts and to Repo's host only.
	Username, Token string
	TrustedHosts    []string
	// Key is for ssh, and goes where the token may go.
	Key Key
	// Limit is the number of commits searched, 0 = 50,000.
	Limit int
}

// Source is a blame.Git over go-git. It lives for one run: a branch is fetched once.
type Source struct {
	opts Options
	once once
}

// New is a source with the given options.
func New(opts Options) *Source {
	if opts.Limit == 0 {
		opts.Limit = 50000
	}
	return &Source{opts: opts}
}

// History implements blame.Git.
func (s *Source) History(ctx context.Context, q blame.GitQuery) (*blame.GitHistory, error) {
	if s.opts.Repo != "" {
		q.Repo = s.opts.Repo
	}
	if s.opts.Branch != "" {
		q.Branch = s.opts.Branch
	}
	if s.opts.Path != "" {
		q.Path = s.opts.Path
	}
	if q.Repo == "" {
		return nil, blame.ErrNoRepository
	}
	a := s.once.answer(q)
	a.ready.Do(func() { a.history, a.err = s.readCleanly(ctx, q) })
	if a.err != nil && ctx.Err() == nil && errors.Is(a.err, context.Canceled) {
		return s.readCleanly(ctx, q) // the one who asked first gave up
	}
	return a.history, a.err
}

// readCleanly keeps logins out of whatever goes wrong.
func (s *Source) readCleanly(ctx context.Context, q blame.GitQuery) (*blame.GitHistory, error) {
	h, err := s.read(ctx, q)
	if err != nil {
		err = withoutSecrets(err, s.opts.Token, q.Repo)
	}
	return h, err
}

func (s *Source) read(ctx context.Context, q blame.GitQuery) (*blame.GitHistory, error) {
	copyOf, err := s.open(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", clean(q.Repo), err)
	}
	defer copyOf.close()
	head, branch, err := copyOf.head(q.Branch)
	if err != nil {
		return nil, fmt.Errorf("read branch %q of %s: %w", q.Branch, clean(q.Repo), err)
	}
	r := reader{repo: copyOf.repo, limit: s.opts.Limit, memo: copyOf.memo(), shallow: copyOf.shallow()}
	return r.history(ctx, q, clean(q.Repo), branch, head)
}

// reader reads one repository for one question.
type reader struct {
	repo    *gogit.Repository
	limit   int
	memo    memo
	shallow bool
}

func (r *reader) history(ctx context.Context, q blame.GitQuery, name, branch string, head *object.Commit) (*blame.GitHistory, error) {
	h := &blame.GitHistory{Repo: name, Branch: branch, Claims: map[string]blame.CommitClaim{}}
	src, err := r.locate(ctx, q, head)
	if err != nil {
		return nil, fmt.Errorf("find the file that became %s:%s in %s: %w", q.Name, q.Key, name, err)
	}
	h.Path, h.Found = src.path, src.how
	if q.Values == nil {
		q.Values = blame.PlainValues{}
	}
	changes, incomplete, err := r.walk(ctx, head, src)
	if err != nil {
		return nil, fmt.Errorf("walk the history of %s: %w", src.path, err)
	}
	h.Incomplete = incomplete
	versions, err := r.versions(ctx, changes, src, q)
	if err != nil {
		return nil, err
	}
	r.describeHead(h, head, src, q)
	for _, claimed := range q.Commits {
		h.Claims[claimed] = r.claim(ctx, claimed, head, src, q)
	}
	for _, before := range q.Earlier {
		if _, known := h.Claims[before]; !known {
			h.Claims[before] = r.claim(ctx, before, head, src, q)
		}
	}
	deployed, latest := r.deployed(ctx, versions, h.Claims, q)
	fillHistory(h, versions, deployed)
	if latest > deployed {
		h.Twin = &versions[latest].commit
	}
	if h.Introduced != nil {
		r.reviewedBy(ctx, h.Introduced, versions)
		origin, err := r.unmoved(ctx, *h.Introduced, q)
		if err != nil {
			return nil, fmt.Errorf("look where commit %s took %s from: %w", h.Introduced.Hash, q.Variable, err)
		}
		h.Introduced = &origin
	}
	r.include(ctx, h, q)
	label(h, name, branch)
	return h, nil
}

// describeHead tells the state of the branch's head.
func (r *reader) describeHead(h *blame.GitHistory, head *object.Commit, src source, q blame.GitQuery) {
	h.Head = describe(head)
	raw, err := fileAt(head, src.path)
	if err != nil {
		return
	}
	content, ok := src.extract(raw)
	if !ok {
		return
	}
	h.HeadContent, h.HeadFile = content, string(raw)
	h.HeadLine, h.HeadColumn = begins(raw, content)
	var line int
	h.HeadValue, line, h.HasHeadValue = q.Values.Find([]byte(content), q.Variable)
	h.Head.Path = src.path
	h.Head.Line, h.Head.Text = rawLine(raw, content, line)
}

// fillHistory reads deployed, waiting and introducing commits off the versions,
// which are oldest first; deployed is the index of that version, -1 if none is.
func fillHistory(h *blame.GitHistory, versions []version, deployed int) {
	for _, v := range versions {
		if v.changed() {
			h.Changes = append(h.Changes, v.commit)
		}
	}
	last := len(versions) - 1
	if last >= 0 {
		c := versions[last].commit
		h.Last = &c
	}
	if deployed >= 0 {
		c := versions[deployed].commit
		h.Deployed, last = &c, deployed
		for _, v := range versions[deployed+1:] {
			h.Waiting = append(h.Waiting, v.commit)
		}
	}
	for i := last; i >= 0; i-- {
		if versions[i].changed() {
			c := versions[i].commit
			h.Introduced = &c
			return
		}
	}
}

// reviewedBy adds the pull or merge request of the merge that brought a commit, where
// its own message names none. The merge brought it if the side that it was merged
// into did not have it.
func (r *reader) reviewedBy(ctx context.Context, c *v1Commit, versions []version) {
	i := slices.IndexFunc(versions, func(v version) bool { return v.commit.Hash == c.Hash })
	if len(c.Reviews) > 0 || i < 0 || versions[i].merge.IsZero() {
		return
	}
	merge, err := r.repo.CommitObject(versions[i].merge)
	if err != nil {
		return
	}
	found := reviews(merge.Message)
	if len(found) == 0 {
		return
	}
	into, err := merge.Parent(0)
	if err != nil {
		return
	}
	commit, err := r.repo.CommitObject(plumbing.NewHash(c.Hash))
	if err != nil {
		return
	}
	if had, known := r.reaches(ctx, into, commit); known && !had {
		c.Reviews = found
	}
}

// claim checks a commit that somebody says is deployed.
func (r *reader) claim(ctx context.Context, claimed string, head *object.Commit, src source, q blame.GitQuery) blame.CommitClaim {
	hash, err := r.repo.ResolveRevision(plumbing.Revision(claimed))
	if err != nil {
		return blame.CommitClaim{}
	}
	commit, err := r.repo.CommitObject(*hash)
	if err != nil {
		return blame.CommitClaim{}
	}
	c := blame.CommitClaim{Known: true, When: commit.Committer.When.UTC()}
	reached, known := r.reaches(ctx, head, commit)
	c.OnBranch, c.BranchUnknown = reached, !known
	for _, path := range src.paths() {
		raw, err := fileAt(commit, path)
		if err != nil {
			continue
		}
		content, ok := src.extract(raw)
		if !ok {
			continue
		}
		c.Matches = c.Matches || sameText(content, q.Content)
		if !c.HasValue {
			c.Value, _, c.HasValue = q.Values.Find([]byte(content), q.Variable)
		}
	}
	return c
}

// include tells of the commits delivered before whether they had the commit that
// introduced the live value. That is asked where they have another value only: the
// answer may be a walk through the whole history.
func (r *reader) include(ctx context.Context, h *blame.GitHistory, q blame.GitQuery) {
	if h.Deployed == nil || h.Introduced == nil {
		return
	}
	for _, before := range q.Earlier {
		c := h.Claims[before]
		if c.Known && !(c.HasValue && q.Values.Equal(q.Variable, c.Value, h.Introduced.After)) {
			c.Includes = r.contains(ctx, before, h.Introduced.Hash)
			h.Claims[before] = c
		}
	}
}

// label fills what all commits of one history share.
func label(h *blame.GitHistory, repo, branch string) {
	h.Head.Repo, h.Head.Branch = repo, branch
	for _, list := range [][]v1Commit{h.Waiting, h.Changes} {
		for i := range list {
			list[i].Repo, list[i].Branch = repo, branch
		}
	}
	for _, c := range []*v1Commit{h.Deployed, h.Introduced, h.Twin, h.Last} {
		if c != nil {
			c.Repo, c.Branch = repo, branch
		}
	}
}
