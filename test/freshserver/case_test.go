//go:build lab

package freshserver

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// truth is what was done to a server, beside the dumps that tell what came of it.
type truth struct {
	Flavour, Version string
	Seed             int64
	Nofile           int
	Declared         []string // variables that the file sets
	Dropped          []string // lines that the server refused
	Changes          []change
	Restarted        bool
	Edited           bool
	// Direct are the variables of edited lines, Removed those of lines taken out.
	Direct, Removed []string
}

// record makes one case: a server started with a file (nil: a random one), changed, started
// again with what was persisted, and another one started with the edited file.
func (g *generator) record(ctx context.Context, t *testing.T, seed int64, dir string, written []line) error {
	r := pickSeed(seed, "")
	if written != nil {
		r = pickSeed(seed, filepath.Base(dir))
	}
	tr := truth{Flavour: string(g.server.Flavour), Version: flavourOf(g.kind), Seed: seed, Nofile: pick(r, 1024, 4096, 20000, 20000, 20000)}
	if written == nil {
		written = g.file(r)
	}
	lines, b, c, err := g.bring(ctx, t, r, written, tr.Nofile, "a", &tr)
	if err != nil {
		return err
	}
	defer b.remove()
	defer b.stop()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "my.cnf"), []byte(join(lines)), 0o644); err != nil {
		return err
	}
	if err := c.dump(ctx, g.kind, dir, "clean"); err != nil {
		return err
	}
	declared := map[string]bool{}
	for _, l := range lines {
		if l.variable != "" {
			declared[l.variable] = true
			tr.Declared = append(tr.Declared, l.variable)
		}
	}
	values, err := readValues(dir, "clean")
	if err != nil {
		return err
	}
	tr.Changes = g.changes(ctx, r, c, declared, values)
	if err := c.dump(ctx, g.kind, dir, "drifted"); err != nil {
		return err
	}
	c.close()
	b.stop()
	for _, ch := range tr.Changes {
		if strings.HasPrefix(ch.Intent, "persist") && ch.Error == "" {
			tr.Restarted = true
		}
	}
	if tr.Restarted {
		if c, err := b.start(ctx, join(lines)); err == nil {
			err = c.dump(ctx, g.kind, dir, "restarted")
			c.close()
			if err != nil {
				return err
			}
		} else {
			tr.Restarted = false
		}
		b.stop()
	}
	edited := g.edit(r, lines, &tr)
	if edited, b2, c, err := g.bring(ctx, t, r, edited, tr.Nofile, "b", &tr); err == nil {
		defer b2.remove()
		defer b2.stop()
		if err := os.WriteFile(filepath.Join(dir, "edited.cnf"), []byte(join(edited)), 0o644); err != nil {
			return err
		}
		tr.Edited = true
		err = c.dump(ctx, g.kind, dir, "edited")
		c.close()
		if err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(tr, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "truth.json"), text, 0o644)
}

// bring starts a server with the lines, leaving out those that it refuses.
func (g *generator) bring(ctx context.Context, t *testing.T, r *rand.Rand, lines []line, nofile int, name string, tr *truth) ([]line, *box, *client, error) {
	var b *box
	for range 40 {
		var c *client
		var err error
		if b == nil {
			b = g.box(t, name)
			b.nofile = nofile
			b.remove()
			b = g.box(t, name)
			b.nofile = nofile
			err = b.furnish(join(lines))
		}
		if err == nil {
			c, err = b.start(ctx, join(lines))
		}
		if err == nil {
			return lines, b, c, nil
		}
		refused, ok := isRefused(err)
		if !ok {
			return nil, nil, nil, err
		}
		mark := "#DROPPED# "
		dropped, named := g.drop(r, lines, refused.log)
		if !named {
			mark = "#LEFT OUT# "
		}
		for _, i := range dropped {
			tr.Dropped = append(tr.Dropped, lines[i].text)
			if name == "b" && lines[i].variable != "" { // it was edited, and is gone
				tr.Direct = append(tr.Direct, lines[i].variable)
				tr.Removed = append(tr.Removed, lines[i].variable)
			}
			lines[i] = line{text: mark + lines[i].text}
		}
		if unknownName.MatchString(refused.log) {
			g.leaveUnknown(lines) // there are more, and each takes a start
		} else { // it may have written something
			b.remove()
			b = nil
		}
	}
	if b != nil {
		b.remove()
	}
	return nil, nil, nil, fmt.Errorf("seed %d: no file that the server takes; dropped %q", tr.Seed, tr.Dropped)
}

// leaveUnknown takes out all lines whose options the catalogue does not know.
func (g *generator) leaveUnknown(lines []line) {
	c := sysvar.For(g.server)
	for i, l := range lines {
		name, _, _ := strings.Cut(l.text, "=")
		if name = strings.TrimSpace(name); l.written && name != "" && !strings.ContainsAny(name[:1], "#[;!") {
			if res := c.Resolve(name); res.Unknown && !res.Loose {
				lines[i] = line{text: "#LEFT OUT# " + l.text}
			}
		}
	}
}

// unknownName is what a server says of an option that it does not have, before
// it does anything.
var unknownName = regexp.MustCompile(`(?:unknown|ambiguous) (?:variable|option) '(?:--)?([\w.-]+)`)

// drop finds the lines that an error log complains of; if it names none, a
// third of the lines by chance.
func (g *generator) drop(r *rand.Rand, lines []line, log string) (dropped []int, named bool) {
	if m := unknownName.FindStringSubmatch(log); m != nil {
		for i, l := range lines {
			name, _, _ := strings.Cut(l.text, "=")
			if l.text != "" && l.text[0] != '#' && dashed(name) == dashed(m[1]) {
				dropped = append(dropped, i)
			}
		}
		if len(dropped) > 0 {
			return dropped, true
		}
	}
	var complaints strings.Builder
	for _, l := range strings.Split(log, "\n") {
		if strings.Contains(l, "ERROR") || strings.Contains(l, "unknown variable") || strings.Contains(l, "unknown option") || strings.Contains(l, "ambiguous option") || strings.Contains(l, "doesn't") || strings.Contains(l, "Error") {
			complaints.WriteString(strings.ReplaceAll(strings.ToLower(l), "-", "_") + "\n")
		}
	}
	text := complaints.String()
	var found, left []int
	for i, l := range lines {
		if l.text == "" || l.text[0] == '#' || l.text[0] == '[' {
			continue
		}
		name, _, _ := strings.Cut(l.text, "=")
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
		for _, p := range []string{"loose_", "skip_", "disable_", "enable_"} {
			name = strings.TrimPrefix(name, p)
		}
		left = append(left, i)
		if name != "" && strings.Contains(text, name) {
			found = append(found, i)
		}
	}
	if len(found) > 0 {
		return found, true
	}
	for _, i := range left {
		if chance(r, 33) {
			dropped = append(dropped, i)
		}
	}
	return dropped, false
}

// dashed is an option's name in one spelling.
func dashed(name string) string {
	return strings.ReplaceAll(strings.TrimSpace(name), "_", "-")
}

// edit changes, adds, takes out and rewrites lines.
func (g *generator) edit(r *rand.Rand, lines []line, tr *truth) []line {
	out := append([]line(nil), lines...)
	for range 1 + r.Intn(6) {
		i := r.Intn(len(out))
		for tries := 0; out[i].spec == nil && tries < 50; tries++ {
			i = r.Intn(len(out))
		}
		old := out[i]
		switch kind := r.Intn(10); {
		case kind < 4 && old.spec != nil && g.by[first(old.spec.Options)] != nil:
			l := g.assign(r, g.by[first(old.spec.Options)])
			if l.text == "" || never[first(l.spec.Options)] {
				continue
			}
			out[i] = l
			tr.Direct = append(tr.Direct, old.variable)
		case kind < 5 && old.spec != nil:
			name, value, has := strings.Cut(old.text, "=")
			if name = strings.ReplaceAll(name, "-", "_"); has {
				name += "="
			}
			out[i].text = name + value
			tr.Direct = append(tr.Direct, old.variable)
		case kind < 7 && old.spec != nil && old.variable != "":
			out[i] = line{text: "# taken out"}
			tr.Direct = append(tr.Direct, old.variable)
			tr.Removed = append(tr.Removed, old.variable)
		default:
			l := g.random(r)
			if l.variable == "datadir" {
				continue
			}
			out = append(out, line{text: "[mysqld]"}, l)
			if l.variable != "" {
				tr.Direct = append(tr.Direct, l.variable)
			}
		}
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
