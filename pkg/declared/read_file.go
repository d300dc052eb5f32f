package declared

import (
	"fmt"
	"path"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// use is a file that was read, and what came of it.
type use struct {
	o       opened
	lines   []text
	objects []*source
	open    map[int]bool // lines that may be of another group
	made    bool         // holds settings from nowhere
	ignored bool         // by the server: anybody may write it
}

// take turns a parsed file into settings, problems and governing entries.
func (r *resolver) take(out *reading, vfs *viewFS, file *optionfile.File, groups []string) {
	var uses []*use
	byName := map[string]*use{}
	for _, o := range vfs.opened {
		name := path.Clean(o.asked)
		if byName[name] != nil {
			continue // included once more
		}
		u := &use{o: o, lines: o.pl.n.data.lines()}
		u.open = openGroups(u.lines)
		uses = append(uses, u)
		byName[name] = u
	}
	vfs.opened = nil
	out.takeProblems(file.Problems, byName, vfs.view)
	for _, p := range file.Unread() {
		vfs.miss(fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message))
	}
	for _, s := range file.For(groups) {
		u := byName[path.Clean(s.File)]
		if u == nil || s.Line < 1 || s.Line > len(u.lines) {
			continue
		}
		src, line, _, doubt := u.lines[s.Line-1].origin()
		setting := model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Group: s.Group}
		setting.Origin = model.Origin{Hop: model.HopConfigMap, Path: u.o.pl.name, Line: line, Column: s.Column, Object: "generated"}
		if src == nil {
			u.made = true
			setting.Origin.Hop, setting.Origin.Line = model.HopFile, s.Line
		} else {
			setting.Origin.Object, setting.Secret = src.object, src.secret
			setting.Origin.Hop = hopOf(src)
			if !slices.ContainsFunc(u.objects, func(o *source) bool { return o.object == src.object }) {
				u.objects = append(u.objects, src)
			}
		}
		for _, run := range u.lines[s.Line-1] {
			setting.Secret = setting.Secret || run.src != nil && run.src.secret
		}
		setting.Secret = setting.Secret || r.holdsSecret(s.Value)
		if doubt || u.o.pl.n.maybe || u.open[s.Line] || strings.Contains(s.Value+s.Option, unknown) {
			out.takeUnknownValue(s.Option, "the value of "+clean(s.Option)+" in "+u.o.pl.name)
			continue
		}
		out.settings = append(out.settings, setting)
	}
	for _, u := range uses {
		if u.ignored {
			delete(out.nodes, path.Clean(u.o.asked))
			continue
		}
		content := u.o.pl.n.data
		if len(u.objects) == 0 && !u.made {
			u.takeGroup(append(file.GroupLines(u.o.asked, groups), fatalLines(file, u.o.asked)...))
		}
		if content.allUnknown() {
			r.takeUnknown(out, u.o, &u.objects)
		} else {
			for _, run := range content {
				if run.src != nil && run.src.unread != "" {
					out.noteUnread(run.src)
				}
			}
		}
		for _, src := range u.objects {
			out.entries = append(out.entries, r.fileEntry(u.o, src, len(u.objects) > 1 || u.made))
		}
		switch {
		case len(u.objects) == 0 && isImage(content):
			out.entries = append(out.entries, r.fileEntry(u.o, imageSource, false))
			if u.o.pl.n.via == "image" {
				out.missing = append(out.missing, "the image's own "+u.o.pl.name+" was not read")
			}
		case len(u.objects) == 0 && u.made:
			out.entries = append(out.entries, r.fileEntry(u.o, &source{object: "generated"}, true))
		}
	}
}

// fatalLines are the lines of a file with which no server starts.
func fatalLines(file *optionfile.File, name string) []int {
	var lines []int
	for _, p := range file.Problems {
		if p.File == name && p.Severity == optionfile.Fatal {
			lines = append(lines, p.Line)
		}
	}
	return lines
}

// takeGroup takes a file that sets nothing for one of its source, by a line at which a
// group begins that the server reads, as options belong there, or at which it stops.
func (u *use) takeGroup(lines []int) {
	for _, line := range lines {
		if line < 1 || line > len(u.lines) {
			continue
		}
		if src, _, _, doubt := u.lines[line-1].origin(); src != nil && src != imageSource && !doubt {
			u.objects = append(u.objects, src)
			return
		}
	}
}

// noteUnread notes a source that the server reads and nobody here could.
func (out *reading) noteUnread(src *source) {
	note := src.object + ": " + src.unread
	out.missing = append(out.missing, note)
	out.unread = append(out.unread, note)
}

// takeUnknown notes a file of which not a line is known: that of an object that
// may not be read, or what a program made of others.
func (r *resolver) takeUnknown(out *reading, o opened, objects *[]*source) {
	var guesses []string
	for _, run := range o.pl.n.data {
		switch {
		case run.src == nil:
		case run.src.kind == fileText:
			// Its text could not be read, but that it is read is known.
			*objects = append(*objects, run.src)
			if run.src.unread == "" {
				out.missing = append(out.missing, run.src.object+" could not be read")
				return
			}
			out.noteUnread(run.src)
			return
		case run.src.kind == guessText && !slices.Contains(guesses, run.src.object):
			guesses = append(guesses, run.src.object)
		}
	}
	why := "a program makes this file, and what it writes can only be seen in the container"
	out.missing = append(out.missing, "what is in "+o.pl.name+": "+why)
	for _, object := range guesses {
		out.entries = append(out.entries, entry{fromWritable: true, GoverningFile: v1.GoverningFile{
			Path: o.pl.name, Source: object, Certainty: v1.Ambiguous, Via: o.pl.n.via, Why: why, Candidates: guesses,
		}})
	}
}

// hopOf is the hop at which a line of a file is declared: what is no Kubernetes
// object's own is declared by the file itself.
func hopOf(src *source) model.Hop {
	switch src.object {
	case "image", "env", "arg", "generated":
		return model.HopFile
	}
	return model.HopConfigMap
}

// holdsSecret says whether a value holds one that the pod has from a Secret: a
// file that a program made may have it, and it is never shown.
func (r *resolver) holdsSecret(value string) bool {
	if len(value) < 6 {
		return false
	}
	for _, env := range r.envs {
		for _, t := range env {
			for _, run := range t {
				if run.src != nil && run.src.secret && len(run.s) >= 6 && strings.Contains(value, strings.TrimSpace(run.s)) {
					return true
				}
			}
		}
	}
	return false
}

func isImage(t text) bool { return len(t) > 0 && t[0].src == imageSource }

// clean is a text for people: what is unknown shows as an ellipsis.
func clean(s string) string { return strings.ReplaceAll(s, unknown, "…") }

func (r *resolver) fileEntry(o opened, src *source, mixed bool) entry {
	n := o.pl.n
	e := entry{GoverningFile: v1.GoverningFile{
		Path: o.pl.name, Source: src.object, Certainty: v1.Derived, Via: n.via, Verbatim: src != imageSource && src.object != "generated" && !mixed,
	}}
	if strings.Contains(n.via, "+") || edited(n.data) {
		e.Verbatim = false
	}
	if n.via == "mount" && o.pl.mount != nil {
		switch {
		case o.pl.mount.sub != "":
			e.Via = "subPath"
		case o.pl.vol.kind == "projected":
			e.Via = "projected"
		default:
			e.Via = "volume"
		}
	}
	if n.script != "" {
		e.Why = "by the script in " + n.script
	}
	e.fromWritable = !o.pl.vol.readOnly
	switch {
	case o.pl.vol.opaque != "":
		e.Certainty, e.Why, e.Candidates = v1.Ambiguous, o.pl.vol.opaque, o.pl.vol.candidates
	case src.maybe:
		e.Certainty, e.Why = v1.Ambiguous, "it may be absent, and could not be read: "+src.unread
	case n.maybe:
		e.Certainty, e.Why = v1.Ambiguous, "written only where something holds that the manifests do not tell"
	}
	return e
}

func firstSource(t text) *source {
	for _, r := range t {
		if r.src != nil {
			return r.src
		}
	}
	return nil
}
