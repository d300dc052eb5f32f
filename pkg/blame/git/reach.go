package git

import (
	"context"
	"fmt"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"
)

// Reach asks the repository that the user named for its branch, and copies
// nothing. found names repository, branch and commit.
func (s *Source) Reach(ctx context.Context) (found string, err error) {
	name := clean(s.opts.Repo)
	if path, ok := localPath(s.opts.Repo); ok {
		l, err := openPath(path)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		defer l.close()
		head, branch, err := l.head(s.opts.Branch)
		if err != nil {
			return "", fmt.Errorf("read branch %q of %s: %w", s.opts.Branch, name, err)
		}
		return reached(name, branch, head.Hash), nil
	}
	auth, err := s.auth(s.opts.Repo)
	if err != nil {
		return "", err
	}
	remote := gogit.NewRemote(memory.NewStorage(), &config.RemoteConfig{Name: "origin", URLs: []string{s.opts.Repo}})
	refs, err := remote.ListContext(ctx, &gogit.ListOptions{Auth: auth})
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, s.inWords(err, auth))
	}
	want := plumbing.HEAD
	if s.opts.Branch != "" {
		want = plumbing.NewBranchReferenceName(s.opts.Branch)
	}
	hashes := map[plumbing.ReferenceName]plumbing.Hash{}
	targets := map[plumbing.ReferenceName]plumbing.ReferenceName{}
	for _, ref := range refs {
		hashes[ref.Name()], targets[ref.Name()] = ref.Hash(), ref.Target()
	}
	if target := targets[want]; target != "" {
		want = target
	}
	hash, ok := hashes[want]
	if !ok {
		return "", fmt.Errorf("%s has no branch %q", name, want.Short())
	}
	return reached(name, want.Short(), hash), nil
}

func reached(repo, branch string, hash plumbing.Hash) string {
	return fmt.Sprintf("%s, branch %s at %s", repo, branch, hash.String()[:12])
}
