package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
)

// source is the file that became the key, and how the key's content is read
// from it.
type source struct {
	path    string
	how     string
	extract func(raw []byte) (string, bool)
}

func (s source) paths() []string { return []string{s.path} }

// Files larger than this are no configuration; more than this many manifests are
// not opened.
const (
	maxFile      = 1 << 20
	maxManifests = 5000
)

func whole(raw []byte) (string, bool) { return string(raw), true }

// candidate is a file of the head's tree that may be it, best first by rank.
type candidate struct {
	source
	rank int
}

// locate finds the file: by a path that names a file, by content, as a ConfigMap
// manifest, through a configMapGenerator, as a text in Helm values, by its name.
func (r *reader) locate(ctx context.Context, q blame.GitQuery, head *object.Commit) (source, error) {
	tree, err := head.Tree()
	if err != nil {
		return source{}, err
	}
	hint := strings.Trim(path.Clean("/"+q.Path), "/")
	if hint != "" {
		file, err := tree.File(hint)
		switch {
		case err != nil:
		case isKustomization(hint): // it makes the object, and is not its content
			hint = strings.TrimPrefix(path.Dir(hint), ".")
		default:
			return namedFile(file, q)
		}
	}
	l := locator{q: q, hint: hint, blob: blobHash(q.Content).String()}
	if err := l.scan(ctx, tree); err != nil {
		return source{}, err
	}
	if len(l.found) == 0 {
		return source{}, errors.New("no file has its content, no manifest or configMapGenerator makes it (--git-path names one)")
	}
	slices.SortStableFunc(l.found, func(a, b candidate) int { return a.rank - b.rank })
	return l.best(head)
}

// best is the candidate of the best rank; of several the one that holds the live
// content. Where that leaves two, as overlays of a staging and a production have
// them, or an option file and a chart's values of which neither is the content, the
// history of none is taken for the key's.
func (l *locator) best(head *object.Commit) (source, error) {
	var first, same []candidate
	for _, c := range l.found {
		if c.rank != l.found[0].rank {
			break
		}
		first = append(first, c)
		raw, err := fileAt(head, c.path)
		if err != nil {
			return source{}, err
		}
		if content, ok := c.extract(raw); ok && sameText(content, l.q.Content) {
			same = append(same, c)
		}
	}
	if len(same) > 0 {
		first = same
	}
	if len(first) > 1 {
		var names []string
		for _, c := range first[:min(len(first), mostNamed)] {
			names = append(names, c.path)
		}
		if more := len(first) - len(names); more > 0 {
			return source{}, fmt.Errorf("%s and %d more may each be it (--git-path names one)", strings.Join(names, ", "), more)
		}
		last := len(names) - 1
		return source{}, fmt.Errorf("%s and %s may %s be it (--git-path names one)", strings.Join(names[:last], ", "), names[last], map[bool]string{true: "both", false: "each"}[last == 1])
	}
	return first[0].source, nil
}

// namedFile is the file that the user or a mark names: plain or a manifest.
func namedFile(file *object.File, q blame.GitQuery) (source, error) {
	text, err := file.Contents()
	if err != nil {
		return source{}, err
	}
	how, extract := "its path", whole
	if isYAML(file.Name) {
		if e := manifest(q); has(e, text) {
			extract = e
		} else if e, same, texts := values(q, []byte(text)); same || texts == 1 {
			extract = e
		} else if texts > 1 {
			return source{}, fmt.Errorf("%s holds %d option files, and none has the key's content", file.Name, texts)
		}
	}
	return source{path: file.Name, how: how, extract: extract}, nil
}

// mostNamed files are named of those that may be it.
const mostNamed = 4

// Ranks of candidates. Those inside the folder that a controller applies come
// before the others.
const (
	rankNamespaced = iota * 2 // a manifest that names the namespace
	rankManifest
	rankGenerator
	rankContent // the whole file, or a text in Helm values
	rankGuess   // of its name, or Helm values that hold an option file
	outside     = 1
)

type locator struct {
	q      blame.GitQuery
	hint   string
	blob   string
	found  []candidate
	opened int
}

func (l *locator) add(rank int, s source) {
	if l.hint != "" && !strings.HasPrefix(s.path, l.hint+"/") {
		rank += outside
	}
	l.found = append(l.found, candidate{s, rank})
}

func (l *locator) scan(ctx context.Context, tree *object.Tree) error {
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if entry.Mode != filemode.Regular && entry.Mode != filemode.Executable {
			continue
		}
		switch {
		case entry.Hash.String() == l.blob:
			l.add(rankContent, source{name, "its content", whole})
		case path.Base(name) == l.q.Key:
			l.add(rankGuess, source{name, "its name", whole})
		case isYAML(name) && l.opened < maxManifests:
			l.opened++
			if err := l.open(tree, name); err != nil {
				return err
			}
		}
	}
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func isKustomization(name string) bool {
	base := path.Base(name)
	return base == "kustomization.yaml" || base == "kustomization.yml"
}

// open looks into a YAML file for the object, a generator of it, or its text.
func (l *locator) open(tree *object.Tree, name string) error {
	file, err := tree.File(name)
	if err != nil || file.Size > maxFile {
		return nil
	}
	text, err := file.Contents()
	if err != nil {
		return err
	}
	base := path.Base(name)
	switch {
	case isKustomization(name):
		l.generator(tree, path.Dir(name), text)
	case strings.Contains(text, "ConfigMap") && has(manifest(l.q), text):
		rank := rankManifest
		if namespaced(l.q, text) {
			rank = rankNamespaced
		}
		l.add(rank, source{name, "its manifest", manifest(l.q)})
	case strings.HasPrefix(base, "values"):
		l.helm(name, []byte(text))
	}
	return nil
}

// helm looks for the key's text in Helm values. One that is not the content is a
// guess, and where the file holds several option files, none.
func (l *locator) helm(name string, raw []byte) {
	e, same, texts := values(l.q, raw)
	switch {
	case same:
		l.add(rankContent, source{name, "Helm values", e})
	case texts == 1:
		l.add(rankGuess, source{name, "Helm values", e})
	case texts > 1: // two candidates in one file
		l.add(rankGuess, source{name, "Helm values", e})
		l.add(rankGuess, source{name, "Helm values", e})
	}
}

// hashed is the suffix that kustomize gives a generated name.
var hashed = regexp.MustCompile(`-[2456789bcdfghkmt]{10}$`)

// generator follows a configMapGenerator to the file of the key.
func (l *locator) generator(tree *object.Tree, dir, text string) {
	var k struct {
		NamePrefix, NameSuffix string
		ConfigMapGenerator     []struct {
			Name  string
			Files []string
		}
	}
	if yaml.Unmarshal([]byte(text), &k) != nil {
		return
	}
	for _, g := range k.ConfigMapGenerator {
		name := k.NamePrefix + g.Name + k.NameSuffix
		if name != l.q.Name && name != hashed.ReplaceAllString(l.q.Name, "") {
			continue
		}
		for _, f := range g.Files {
			key, file, renamed := strings.Cut(f, "=")
			if !renamed {
				key, file = path.Base(f), f
			}
			at := path.Join(dir, file)
			if _, err := tree.File(at); key == l.q.Key && err == nil {
				l.add(rankGenerator, source{at, "a configMapGenerator", whole})
			}
		}
	}
}

func has(extract func([]byte) (string, bool), text string) bool {
	_, ok := extract([]byte(text))
	return ok
}

var separator = regexp.MustCompile(`(?m)^---.*$`)

// manifest reads the key from the object's manifest in a file of documents.
func manifest(q blame.GitQuery) func([]byte) (string, bool) {
	return func(raw []byte) (string, bool) {
		for _, document := range separator.Split(string(raw), -1) {
			if !strings.Contains(document, "ConfigMap") || !strings.Contains(document, q.Name) {
				continue
			}
			var object struct {
				Kind     string
				Metadata struct{ Name, Namespace string }
				Data     map[string]string
			}
			if yaml.Unmarshal([]byte(document), &object) != nil || object.Kind != "ConfigMap" || object.Metadata.Name != q.Name {
				continue
			}
			if ns := object.Metadata.Namespace; ns != "" && q.Namespace != "" && ns != q.Namespace {
				continue
			}
			if content, ok := object.Data[q.Key]; ok {
				return content, true
			}
		}
		return "", false
	}
}

// namespaced: the manifest names the object's namespace, so that it is no other
// environment's.
func namespaced(q blame.GitQuery, text string) bool {
	for _, document := range separator.Split(text, -1) {
		var object struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
		}
		if yaml.Unmarshal([]byte(document), &object) == nil && object.Kind == "ConfigMap" && object.Metadata.Name == q.Name && object.Metadata.Namespace == q.Namespace && q.Namespace != "" {
			return true
		}
	}
	return false
}

// values finds a text in Helm values: by the path at which the live content is
// (same), or else at which an option file is, and how many of those there are. A
// text under the key's own name comes before others.
func values(q blame.GitQuery, raw []byte) (extract func([]byte) (string, bool), same bool, texts int) {
	var tree map[string]any
	if yaml.Unmarshal(raw, &tree) != nil {
		return nil, false, 0
	}
	places := textsAt(tree, func(s string) bool { return sameText(strings.TrimSpace(s), strings.TrimSpace(q.Content)) })
	if len(places) > 0 {
		return textOf(places[0]), true, len(places)
	}
	places = textsAt(tree, func(s string) bool { return strings.Contains(s, "[mysqld]") || strings.Contains(s, "[mariadb]") })
	named := slices.DeleteFunc(slices.Clone(places), func(place []string) bool { return place[len(place)-1] != q.Key })
	if len(named) == 1 {
		places = named
	}
	if len(places) == 0 {
		return nil, false, 0
	}
	return textOf(places[0]), false, len(places)
}

// textOf reads the text at a path of keys.
func textOf(place []string) func([]byte) (string, bool) {
	return func(raw []byte) (string, bool) {
		if !bytes.Contains(raw, []byte(place[len(place)-1])) {
			return "", false
		}
		var node any
		if yaml.Unmarshal(raw, &node) != nil {
			return "", false
		}
		for _, key := range place {
			m, ok := node.(map[string]any)
			if !ok {
				return "", false
			}
			node = m[key]
		}
		text, ok := node.(string)
		return text, ok
	}
}

// textsAt are the paths to the texts that fit, by keys in order.
func textsAt(node map[string]any, fits func(string) bool) [][]string {
	keys := make([]string, 0, len(node))
	for key := range node {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var found [][]string
	for _, key := range keys {
		switch v := node[key].(type) {
		case string:
			if fits(v) {
				found = append(found, []string{key})
			}
		case map[string]any:
			for _, rest := range textsAt(v, fits) {
				found = append(found, append([]string{key}, rest...))
			}
		}
	}
	return found
}
