package git

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// change is a commit at which the file's blob became another.
type change struct {
	Commit plumbing.Hash `json:"commit"`
	Blob   plumbing.Hash `json:"blob"` // zero: the file was deleted
	Path   string        `json:"path"`
	// Merge is the merge through whose other side the walk came to the commit last;
	// the commit may be older than that side.
	Merge plumbing.Hash `json:"merge,omitzero"`
}

// walk lists the commits that changed the file, newest first. Like `git log` it
// follows, at a merge, the parent that has the same file, so that the commit
// that wrote the content is found and not the merge. What is not whole is said.
func (r *reader) walk(ctx context.Context, head *object.Commit, src source) (changes []change, incomplete string, err error) {
	known := r.memo.load(src.path)
	commit, at := head, src.path
	blob, err := blobAt(commit, at)
	if err != nil {
		return nil, "", err
	}
	var merge plumbing.Hash
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		if known != nil && known.Head == commit.Hash && at == src.path {
			changes = append(changes, known.Changes...)
			break
		}
		if n >= r.limit {
			incomplete = "the search stopped at its limit"
			break
		}
		next, same, err := r.step(commit, at, blob)
		if errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, object.ErrParentNotFound) {
			incomplete = "the copy is shallow: older commits are not there"
			break
		}
		if err != nil {
			return nil, "", err
		}
		if !same {
			if !blob.IsZero() || next != nil {
				changes = append(changes, change{commit.Hash, blob, at, merge})
			}
			if next == nil {
				break
			}
			if at, blob, err = follow(ctx, commit, next, at, blob); err != nil {
				return nil, "", err
			}
		}
		if next == nil {
			break
		}
		if len(commit.ParentHashes) > 1 && next.Hash != commit.ParentHashes[0] {
			merge = commit.Hash
		}
		commit = next
	}
	if incomplete == "" {
		r.memo.save(src.path, walked{Head: head.Hash, Changes: changes})
	}
	return changes, incomplete, nil
}

// step finds the parent to go on with: one that has the same file, else the first.
func (r *reader) step(commit *object.Commit, at string, blob plumbing.Hash) (next *object.Commit, same bool, err error) {
	for i := range commit.ParentHashes {
		parent, err := r.repo.CommitObject(commit.ParentHashes[i])
		if err != nil {
			return nil, false, err
		}
		if next == nil {
			next = parent
		}
		b := blob
		if parent.TreeHash != commit.TreeHash {
			if b, err = blobAt(parent, at); err != nil {
				return nil, false, err
			}
		}
		if b == blob {
			return parent, true, nil
		}
	}
	return next, false, nil
}

// follow is the file's place and blob in the parent, across a rename.
func follow(ctx context.Context, commit, parent *object.Commit, at string, blob plumbing.Hash) (string, plumbing.Hash, error) {
	before, err := blobAt(parent, at)
	if err != nil || !before.IsZero() || blob.IsZero() {
		return at, before, err
	}
	old, err := renamedFrom(ctx, commit, parent, at)
	if err != nil || old == "" {
		return at, plumbing.ZeroHash, err
	}
	before, err = blobAt(parent, old)
	return old, before, err
}

// renamedFrom is the path that a commit renamed to the given one, "" if it is new.
func renamedFrom(ctx context.Context, commit, parent *object.Commit, to string) (string, error) {
	a, err := parent.Tree()
	if err != nil {
		return "", err
	}
	b, err := commit.Tree()
	if err != nil {
		return "", err
	}
	changes, err := object.DiffTreeWithOptions(ctx, a, b, &object.DiffTreeOptions{DetectRenames: true, RenameScore: 60, RenameLimit: 200})
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if c.To.Name == to && c.From.Name != "" && c.From.Name != to {
			return c.From.Name, nil
		}
	}
	return "", nil
}

// blobAt is the blob of a path in a commit, zero if there is no such file.
func blobAt(commit *object.Commit, at string) (plumbing.Hash, error) {
	tree, err := commit.Tree()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	entry, err := tree.FindEntry(at)
	if errors.Is(err, object.ErrEntryNotFound) || errors.Is(err, object.ErrDirectoryNotFound) {
		return plumbing.ZeroHash, nil
	}
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return entry.Hash, nil
}

// fileAt is the content of a path in a commit.
func fileAt(commit *object.Commit, at string) ([]byte, error) {
	file, err := commit.File(at)
	if err != nil {
		return nil, err
	}
	text, err := file.Contents()
	return []byte(text), err
}

// reaches tells whether a branch's tip has a commit in its history. Dates do not
// bound the walk: a commit may be given any, by its author or a wrong clock. known
// is false where the walk ended early: at the limit, the end of a shallow copy, or
// with the question given up.
func (r *reader) reaches(ctx context.Context, tip, commit *object.Commit) (reached, known bool) {
	if tip.Hash == commit.Hash {
		return true, true
	}
	seen := map[plumbing.Hash]bool{tip.Hash: true}
	queue, whole := []*object.Commit{tip}, true
	for n := 0; len(queue) > 0; n++ {
		if n >= 4*r.limit || ctx.Err() != nil {
			return false, false
		}
		c := queue[0]
		queue = queue[1:]
		for _, hash := range c.ParentHashes {
			if hash == commit.Hash {
				return true, true
			}
			if seen[hash] {
				continue
			}
			seen[hash] = true
			parent, err := r.repo.CommitObject(hash)
			if err != nil {
				whole = false
				continue
			}
			queue = append(queue, parent)
		}
	}
	return false, whole
}

// memo keeps finished walks on disk: a later one ends where an earlier began.
type memo struct{ dir string }

type walked struct {
	Head    plumbing.Hash `json:"head"`
	Changes []change      `json:"changes"`
}

func (m memo) file(at string) string {
	return filepath.Join(m.dir, strings.ReplaceAll(path.Clean(at), "/", "%")+".json")
}

func (m memo) load(at string) *walked {
	if m.dir == "" {
		return nil
	}
	data, err := os.ReadFile(m.file(at))
	var w walked
	if err != nil || json.Unmarshal(data, &w) != nil {
		return nil
	}
	return &w
}

// save is best effort: without it the next walk is only slower.
func (m memo) save(at string, w walked) {
	if m.dir == "" || os.MkdirAll(m.dir, 0o700) != nil {
		return
	}
	data, err := json.Marshal(w)
	if err != nil {
		return
	}
	half, err := os.CreateTemp(m.dir, "half-")
	if err != nil {
		return
	}
	_, werr := half.Write(data)
	if cerr := half.Close(); werr != nil || cerr != nil || os.Rename(half.Name(), m.file(at)) != nil {
		_ = os.Remove(half.Name())
	}
}
