package git

import (
	"errors"
	"fmt"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// inWords says what a remote's refusal means and what to do. The server's own text is
// left out: it may repeat what it was sent, and libraries print URLs with tokens.
func (s *Source) inWords(err error, auth transport.AuthMethod) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, transport.ErrAuthenticationRequired) && auth == nil:
		return fmt.Errorf("it wants a login (401), and none was shown: give one by --git-secret, MYSQLDRIFT_GIT_TOKEN or ~/.netrc, and name the host by --git-repo or --git-trusted-host: %w", transport.ErrAuthenticationRequired)
	case errors.Is(err, transport.ErrAuthenticationRequired):
		return fmt.Errorf("it refuses the login (401): %w", transport.ErrAuthenticationRequired)
	case errors.Is(err, transport.ErrAuthorizationFailed):
		return fmt.Errorf("the login may not read it (403): %w", transport.ErrAuthorizationFailed)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fmt.Errorf("there is no such repository, or it is hidden from this login (404): %w", transport.ErrRepositoryNotFound)
	}
	return withoutSecrets(err, s.opts.Token, s.opts.Repo)
}

// noSuchRef: the remote has no reference of that name.
func noSuchRef(err error) bool {
	return errors.Is(err, plumbing.ErrReferenceNotFound) || errors.Is(err, gogit.NoMatchingRefSpecError{})
}

// references are what a name may mean, likeliest first: controllers follow
// branches, and tags as well.
func references(name string) []plumbing.ReferenceName {
	if name == "" {
		return []plumbing.ReferenceName{""}
	}
	return []plumbing.ReferenceName{plumbing.NewBranchReferenceName(name), plumbing.NewTagReferenceName(name)}
}
