package git

import (
	"context"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// deployed is the newest version with the live content, -1 if none has it. After
// a revert two versions have the same content, by different people, and it is not
// always the later one that is live: it cannot be younger than the write to the
// object, and the commit that a controller or a mark names must contain it. latest
// is the newest that the time of the write allows, whatever is named.
func (r *reader) deployed(ctx context.Context, versions []version, claims map[string]blame.CommitClaim, q blame.GitQuery) (deployed, latest int) {
	newest := func(may func(version) bool) int {
		for i := len(versions) - 1; i >= 0; i-- {
			if v := versions[i]; v.has && sameText(v.content, q.Content) && may(v) {
				return i
			}
		}
		return -1
	}
	const clocks = time.Minute // between who commits and the API server
	latest = newest(func(v version) bool { return q.Written.IsZero() || !v.commit.Committed.After(q.Written.Add(clocks)) })
	if latest < 0 { // somebody's clock is wrong
		latest = newest(func(version) bool { return true })
	}
	for _, claimed := range q.Commits {
		if !claims[claimed].Matches {
			continue
		}
		if i := newest(func(v version) bool { return r.contains(ctx, claimed, v.commit.Hash) }); i >= 0 {
			return i, latest
		}
	}
	return latest, latest
}

// contains tells whether a commit, as somebody names it, has another in its history.
func (r *reader) contains(ctx context.Context, tip, hash string) bool {
	at, err := r.repo.ResolveRevision(plumbing.Revision(tip))
	if err != nil {
		return false
	}
	newer, err := r.repo.CommitObject(*at)
	if err != nil {
		return false
	}
	older, err := r.repo.CommitObject(plumbing.NewHash(hash))
	if err != nil {
		return false
	}
	reached, _ := r.reaches(ctx, newer, older)
	return reached
}
