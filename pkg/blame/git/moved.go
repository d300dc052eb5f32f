package git

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// A setting may have been moved several times, among so many files.
const (
	maxMoves    = 8
	maxNearFile = 200
)

// unmoved is the commit that gave the variable its value, where the one that
// brought it into this file only moved it: out of another file of the folder,
// another key of the manifest, or a file that it changed as well.
func (r *reader) unmoved(ctx context.Context, introduced v1Commit, q blame.GitQuery) (v1Commit, error) {
	for range maxMoves {
		if introduced.Before != "" || introduced.After == "" {
			return introduced, nil
		}
		origin, parent, err := r.movedFrom(ctx, introduced, q)
		if err != nil || origin == nil {
			return introduced, err
		}
		changes, _, err := r.walkFrom(ctx, parent, *origin)
		if err != nil {
			return introduced, err
		}
		versions, err := r.versions(ctx, changes, *origin, q)
		if err != nil {
			return introduced, err
		}
		at := len(versions) - 1
		for at >= 0 && !versions[at].changed() {
			at--
		}
		if at < 0 {
			return introduced, nil
		}
		introduced = versions[at].commit
	}
	return introduced, nil
}

// walkFrom is walk without what is kept of walks from the branch's head.
func (r *reader) walkFrom(ctx context.Context, from *object.Commit, src source) ([]change, string, error) {
	plain := *r
	plain.memo = memo{}
	return plain.walk(ctx, from, src)
}

// movedFrom is the place that held the setting before the commit and does not
// any more; nil if there is none.
func (r *reader) movedFrom(ctx context.Context, c v1Commit, q blame.GitQuery) (*source, *object.Commit, error) {
	commit, err := r.repo.CommitObject(plumbing.NewHash(c.Hash))
	if err != nil || commit.NumParents() == 0 {
		return nil, nil, err
	}
	parent, err := commit.Parent(0)
	if errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, object.ErrParentNotFound) {
		return nil, nil, nil // a shallow copy ends here
	}
	if err != nil {
		return nil, nil, err
	}
	names, err := nearFiles(ctx, commit, parent, c.Path)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		before, err := blobAt(parent, name)
		if err != nil || before.IsZero() {
			continue
		}
		if now, err := blobAt(commit, name); err != nil || now == before {
			continue // it still holds what it held
		}
		raw, err := fileAt(parent, name)
		if err != nil {
			return nil, nil, err
		}
		now, _ := fileAt(commit, name)
		for _, place := range placesIn(name, raw) {
			if holds(place, raw, c.After, q) && !holds(place, now, c.After, q) {
				return &place, parent, nil
			}
		}
	}
	return nil, nil, nil
}

// holds: the text at the place sets the variable to the value.
func holds(place source, raw []byte, value string, q blame.GitQuery) bool {
	content, ok := place.extract(raw)
	if !ok {
		return false
	}
	found, _, set := q.Values.Find([]byte(content), q.Variable)
	return set && q.Values.Equal(q.Variable, found, value)
}

// nearFiles are the file itself and what lay beside it, then what the commit
// changed elsewhere.
func nearFiles(ctx context.Context, commit, parent *object.Commit, at string) ([]string, error) {
	names := []string{at}
	before, err := parent.Tree()
	if err != nil {
		return nil, err
	}
	folder := before
	if dir := path.Dir(at); dir != "." {
		if folder, err = before.Tree(dir); err != nil {
			folder = &object.Tree{}
		}
	}
	for _, entry := range folder.Entries {
		if name := path.Join(path.Dir(at), entry.Name); entry.Mode.IsFile() && name != at {
			names = append(names, name)
		}
	}
	after, err := commit.Tree()
	if err != nil {
		return nil, err
	}
	changes, err := object.DiffTreeWithOptions(ctx, before, after, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.From.Name != "" && !slices.Contains(names, c.From.Name) {
			names = append(names, c.From.Name)
		}
	}
	return names[:min(len(names), maxNearFile)], nil
}

// placesIn are the texts of a file that may be option files: the whole of a plain
// one, each text of a YAML file's documents.
func placesIn(name string, raw []byte) []source {
	if len(raw) > maxFile {
		return nil
	}
	if !isYAML(name) {
		return []source{{path: name, how: "a move", extract: whole}}
	}
	var list []source
	for place := range textsOf(raw) {
		list = append(list, source{path: name, how: "a move", extract: func(raw []byte) (string, bool) {
			text, ok := textsOf(raw)[place]
			return text, ok
		}})
	}
	return list
}

// textsOf are the texts of several lines in a YAML file, by document and keys. A
// document of a kind is known by that and its name, for others are put before it.
func textsOf(raw []byte) map[string]string {
	texts := map[string]string{}
	for i, document := range separator.Split(string(raw), -1) {
		var tree map[string]any
		if yaml.Unmarshal([]byte(document), &tree) != nil {
			continue
		}
		name := strconv.Itoa(i)
		if metadata, ok := tree["metadata"].(map[string]any); ok && tree["kind"] != nil {
			name = fmt.Sprint(tree["kind"], "/", metadata["namespace"], "/", metadata["name"])
		}
		for _, keys := range textsAt(tree, func(s string) bool { return strings.Contains(s, "\n") }) {
			at, err := json.Marshal(append([]string{name}, keys...))
			if text, ok := textOf(keys)([]byte(document)); ok && err == nil {
				texts[string(at)] = text
			}
		}
	}
	return texts
}
