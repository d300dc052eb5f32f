package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

type v1Commit = v1.Commit

// version is the key's content as of one commit that changed the file.
type version struct {
	commit        v1.Commit
	content       string
	has           bool // the file is there and holds the key
	value, before string
	set, was      bool
	merge         plumbing.Hash // see change
}

// changed: the commit changed the variable, and not only the file.
func (v version) changed() bool { return v.set != v.was || v.value != v.before }

// versions reads the content at each change, oldest first.
func (r *reader) versions(ctx context.Context, changes []change, src source, q blame.GitQuery) ([]version, error) {
	var versions []version
	for _, c := range slices.Backward(changes) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		commit, err := r.repo.CommitObject(c.Commit)
		if err != nil {
			return nil, fmt.Errorf("commit %s: %w", c.Commit, err)
		}
		v := version{commit: describe(commit), merge: c.Merge}
		v.commit.Path = c.Path
		raw, err := fileAt(commit, c.Path)
		if err != nil && !errors.Is(err, object.ErrFileNotFound) {
			return nil, fmt.Errorf("%s at %s: %w", c.Path, c.Commit, err)
		}
		if err == nil {
			v.content, v.has = src.extract(raw)
		}
		line := 0
		if v.has {
			v.value, line, v.set = q.Values.Find([]byte(v.content), q.Variable)
		}
		v.commit.Line, v.commit.Text = rawLine(raw, v.content, line)
		if n := len(versions); n > 0 {
			v.before, v.was = versions[n-1].value, versions[n-1].set
			if v.set && v.was && q.Values.Equal(q.Variable, v.value, v.before) {
				v.before = v.value // another spelling of the same
			}
		}
		v.commit.Before, v.commit.After = v.before, v.value
		versions = append(versions, v)
	}
	return versions, nil
}

func describe(c *object.Commit) v1.Commit {
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	return v1.Commit{Hash: c.Hash.String(), Author: person(c.Author), Authored: &metav1.Time{Time: c.Author.When.UTC()},
		Committer: person(c.Committer), Committed: &metav1.Time{Time: c.Committer.When.UTC()}, Subject: subject, Reviews: reviews(c.Message)}
}

func person(s object.Signature) string {
	if s.Email == "" {
		return s.Name
	}
	return s.Name + " <" + s.Email + ">"
}

var reviewForms = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^[^\n]*\((#\d+)\)\s*$`),                         // GitHub squash
	regexp.MustCompile(`Merge pull request (#\d+)`),                         // GitHub, Bitbucket
	regexp.MustCompile(`See merge request (\S+!\d+)`),                       // GitLab
	regexp.MustCompile(`(?mi)^(?:Reviewed-on|PR-URL|Pull-Request): *(\S+)`), // trailers
}

// reviews are the pull and merge requests that a message names.
func reviews(message string) []string {
	var found []string
	for _, form := range reviewForms {
		for _, m := range form.FindAllStringSubmatch(message, -1) {
			if !slices.Contains(found, m[1]) {
				found = append(found, m[1])
			}
		}
	}
	return found
}

// rawLine finds a line of the key's content in the file that holds it: the same
// line of a plain file, the indented one of a manifest.
func rawLine(raw []byte, content string, line int) (int, string) {
	lines := strings.Split(content, "\n")
	if line < 1 || line > len(lines) {
		return 0, ""
	}
	text := strings.TrimSpace(lines[line-1])
	// The n-th line of that text in the content is the n-th such line in the file.
	nth := 0
	for _, l := range lines[:line] {
		if strings.TrimSpace(l) == text {
			nth++
		}
	}
	for i, l := range bytes.Split(raw, []byte("\n")) {
		if string(bytes.TrimSpace(l)) != text {
			continue
		}
		if nth--; nth == 0 {
			return i + 1, text
		}
	}
	return 0, text
}

// begins is where a content begins in the file that holds it: at its first line
// in a plain file, below the key and indented in a manifest. Zero where the file
// does not hold the content line by line.
func begins(raw []byte, content string) (line, column int) {
	lines := strings.Split(strings.TrimRight(content, "\n"), "\n")
	all := strings.Split(string(raw), "\n")
	for at := 0; at+len(lines) <= len(all); at++ {
		indent := strings.Index(all[at], lines[0])
		if indent < 0 || strings.TrimLeft(all[at][:indent], " ") != "" {
			continue
		}
		if slices.EqualFunc(lines, all[at:at+len(lines)], func(want, have string) bool {
			return strings.TrimRight(have, " \r") == strings.TrimRight(strings.Repeat(" ", indent)+want, " \r")
		}) {
			return at + 1, indent + 1
		}
	}
	return 0, 0
}

// sameText compares contents but for a last line feed, which YAML block scalars
// and editors add or drop.
func sameText(a, b string) bool { return blame.SameContent(a, b) }

// blobHash is the hash that Git gives a content.
func blobHash(content string) plumbing.Hash {
	return plumbing.ComputeHash(plumbing.BlobObject, []byte(content))
}
