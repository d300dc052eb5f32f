package declared

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// confirmed compares what the manifests give with the files in the container. It
// picks the way of the start that fits them best, takes from the pod what no
// manifest tells (the image's own files, what programs made up), and says which
// sources the files equal. Nil if the files cannot be read.
func (r *resolver) confirmed(ctx context.Context, readings []*reading) *Resolution {
	if r.opts.PodFiles == nil || len(readings) == 0 {
		return nil
	}
	files, err := r.opts.PodFiles.ReadFiles(ctx, filesToRead(readings))
	if err != nil || len(files) == 0 {
		return nil
	}
	best := readings[0]
	for _, rd := range readings[1:] {
		if rd.fit(files) > best.fit(files) {
			best = rd
		}
	}
	// What the image includes can be more than is known: look where the real files
	// point to, until nothing new turns up.
	c := &confirmation{r: r, best: best, files: files, asked: map[string]bool{}}
	for _, name := range filesToRead(readings) {
		c.asked[name] = true
	}
	var rd *reading
	for range 4 {
		rd = r.read(c.start(ctx))
		if !c.readMore(ctx, rd) {
			break
		}
	}
	return c.result(rd)
}

// filesToRead are the files that the server may read: those that were found, the
// defaults, and all of each folder.
func filesToRead(readings []*reading) []string {
	var list []string
	add := func(name string) {
		if !strings.Contains(name, unknown) && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for _, rd := range readings {
		for _, name := range rd.asked {
			add(name)
		}
		for _, name := range sortedKeys(rd.nodes) {
			add(name)
		}
		for _, dir := range rd.dirs {
			add(dir + "/")
		}
		for _, e := range rd.entries {
			if e.Certainty == v1.Ambiguous && e.Path != CommandLine {
				add(e.Path)
				if dir := path.Dir(e.Path); strings.HasPrefix(dir, "/etc/") {
					add(dir + "/")
				}
			}
		}
	}
	return list
}

// fit counts how many of the reading's files the pod's files equal.
func (rd *reading) fit(files map[string]PodFile) int {
	n := 0
	for name, node := range rd.nodes {
		file, ok := files[name]
		switch {
		case !ok:
			n--
		case isImage(node.data):
		case same(node.data, string(file.Data)):
			n += 4
		}
	}
	for name := range files {
		if rd.nodes[name] == nil && strings.HasSuffix(name, ".cnf") {
			n--
		}
	}
	return n
}

// same says whether a file is what the manifests give. A file that is a source as
// it stands must equal it; of one that scripts or programs edit, every line that
// is still the source's must be there.
func same(t text, file string) bool {
	if strings.TrimRight(t.String(), "\n") == strings.TrimRight(file, "\n") {
		return true
	}
	if !edited(t) && !anyDoubt(t) {
		return false
	}
	have := optionLines(file)
	for _, line := range t.lines() {
		s := strings.TrimSpace(line.String())
		src, _, _, doubt := line.origin()
		if src == nil || s == "" || s[0] == '#' || s[0] == ';' {
			continue
		}
		if !slices.ContainsFunc(have, func(h string) bool {
			return couldEqual(s, h) != 1 || doubt && optionName(h) == optionName(s)
		}) {
			return false
		}
	}
	return true
}

func anyDoubt(t text) bool { return slices.ContainsFunc(t, func(r run) bool { return r.doubt }) }

// optionLines are a file's lines without blanks and comments.
func optionLines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && line[0] != ';' {
			out = append(out, line)
		}
	}
	return out
}

// optionName is the option of a line, spelled one way.
func optionName(line string) string {
	name, _, _ := strings.Cut(line, "=")
	name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
	return strings.TrimPrefix(name, "loose_")
}

type confirmation struct {
	r     *resolver
	best  *reading
	files map[string]PodFile
	asked map[string]bool
	// lateArgs is set where the process has arguments from before a change.
	lateArgs bool
	// verdicts say how a file compares with its source, by the name asked for.
	verdicts map[string]verdict
}

type verdict struct {
	confirmed bool
	stale     *StaleFile
	found     string // the source found by content, where the manifests name none
	ambiguous []string
}

// view is the container's file system with the pod's files in it. A file whose
// source is known keeps the source's text: that is what is declared. Lines that
// only the pod knows are taken from there.
func (c *confirmation) view(ctx context.Context) *view {
	copies := map[*volume]*volume{}
	for _, mt := range c.best.start.view.mounts {
		if copies[mt.vol] == nil {
			copies[mt.vol] = mt.vol.clone()
			copies[mt.vol].opaque = ""
		}
	}
	v := c.best.start.view.clone(copies)
	c.verdicts = map[string]verdict{}
	for _, name := range sortedKeys(c.files) {
		file := c.files[name]
		pl := c.best.start.view.at(name)
		n := &node{mode: file.Mode, via: "image"}
		switch {
		case pl.n == nil || pl.n.dir != nil:
			n.data, n.via = c.byContent(ctx, name, pl, file)
		case isImage(pl.n.data) || textSource(pl.n.data) == nil:
			n.data, n.via = text{{s: string(file.Data), src: c.sourceOf(pl)}}, pl.n.via
			c.verdicts[name] = verdict{confirmed: true}
		default:
			*n = *pl.n
			n.mode, n.maybe = file.Mode, false
			n.data = c.compare(name, pl.n, file)
		}
		_ = v.force(name, n)
	}
	c.dropAbsent(v)
	return v
}

func (c *confirmation) sourceOf(pl place) *source {
	if pl.n == nil && pl.vol.kind == "image" || pl.n != nil && isImage(pl.n.data) {
		return imageSource
	}
	return nil // made up in the pod, also where the image has the folder
}

// dropAbsent takes out what the manifests give, but the pod does not have.
func (c *confirmation) dropAbsent(v *view) {
	for name, n := range c.best.nodes {
		if _, ok := c.files[name]; ok || !c.wasAsked(name) {
			continue
		}
		switch {
		case isImage(n.data) || n.maybe:
			v.remove(name)
		case strings.HasPrefix(n.via, "initContainer") && textSource(n.data) != nil && c.sawNextTo(name):
			// The key came after the copy was made.
			c.verdicts[name] = verdict{stale: c.stale(name, n, PodFile{})}
		}
	}
}

// sawNextTo says whether another file of the same folder could be read: then one
// that could not is not there.
func (c *confirmation) sawNextTo(name string) bool {
	for other := range c.files {
		if path.Dir(other) == path.Dir(name) {
			return true
		}
	}
	return false
}

func (c *confirmation) wasAsked(name string) bool {
	return c.asked[name] || c.asked[path.Dir(name)+"/"]
}

// readMore reads files that the real files include and nobody asked for yet.
func (c *confirmation) readMore(ctx context.Context, rd *reading) bool {
	var more []string
	for _, name := range filesToRead([]*reading{rd}) {
		if !c.wasAsked(name) && !c.asked[name] {
			more = append(more, name)
		}
	}
	if len(more) == 0 {
		return false
	}
	files, err := c.r.opts.PodFiles.ReadFiles(ctx, more)
	for _, name := range more {
		c.asked[name] = true
	}
	if err != nil {
		return false
	}
	for name, file := range files {
		c.files[name] = file
	}
	return len(files) > 0
}

// result is the resolution with each file's verdict.
func (c *confirmation) result(rd *reading) *Resolution {
	res := c.r.merge([]*reading{rd})
	var missing []string
	for _, m := range res.Declaration.Missing {
		if !strings.HasPrefix(m, "the image's own ") {
			missing = append(missing, m)
		}
	}
	res.Declaration.Missing = missing
	res.Declaration.Complete = len(missing) == 0
	byPlace := map[string]verdict{}
	for name, v := range c.verdicts {
		byPlace[c.best.start.view.at(name).name] = v
	}
	for i := range res.Governing {
		g := &res.Governing[i]
		v, ok := byPlace[g.Path]
		switch {
		case g.Path == CommandLine && c.lateArgs:
			g.Why = strings.TrimPrefix(g.Why+"; the container was started with values from before a change", "; ")
		case g.Path == CommandLine && g.Source != model.ObjectImage && len(c.commandLine()) > 0:
			g.Certainty = v1.Confirmed
		case g.Path == CommandLine || !ok:
		case len(v.ambiguous) > 0:
			g.Certainty, g.Candidates = v1.Ambiguous, v.ambiguous
			g.Why = "the file in the pod equals each of them"
		case v.confirmed:
			g.Certainty, g.Candidates = v1.Confirmed, nil
			if v.found != "" {
				g.Why = "found by its content"
			}
		case v.stale != nil:
			g.Certainty = v1.Derived
			g.Why = "the file in the pod differs from it: " + v.stale.Why
		}
	}
	res.Written = map[string]time.Time{}
	for name, file := range c.files {
		res.Written[c.best.start.view.at(name).name] = file.ModTime
	}
	for _, name := range sortedKeys(c.verdicts) {
		if st := c.verdicts[name].stale; st != nil && rd.nodes[name] != nil {
			late := *st
			late.Path = c.best.start.view.at(name).name // as Governing has it
			res.Stale = append(res.Stale, late)
		}
	}
	return res
}
