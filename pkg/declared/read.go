package declared

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
)

// CommandLine stands for a path where arguments are meant.
const CommandLine = "(command line)"

// start is one start of the server: its arguments, environment and files.
type start struct {
	argv []text // without the program
	env  environment
	view *view
	// doubt says why it is not known whether this is all of it.
	doubt string
	// seen is set where the files are the pod's own.
	seen bool
	// dropsRoot is set where an entry point of the library's started the server.
	dropsRoot bool
}

// reading is what a server gets out of one start.
type reading struct {
	entries  []entry
	settings []model.Setting
	problems []optionfile.Problem
	missing  []string
	nodes    map[string]*node // the files that were read, by the name asked for

	start start
	dirs  []string // folders that were listed
	asked []string // every file that was looked for
}

// entry is one governing source with what the merge needs to know.
type entry struct {
	v1.GoverningFile
	fromWritable bool
}

// read reads what the server reads at this start.
func (r *resolver) read(s start) *reading {
	out := &reading{nodes: map[string]*node{}, start: s}
	args := joinValues(s.argv)
	plainArgs := make([]string, len(args))
	for i, a := range args {
		plainArgs[i] = a.String()
	}
	begin, _ := optionfile.SplitArgs(plainArgs)
	suffix := begin.GroupSuffix
	if suffix == "" {
		suffix = s.env["MYSQL_GROUP_SUFFIX"].String()
	}
	groups := optionfile.Groups(r.server, suffix)
	vfs := &viewFS{r: r, view: s.view, out: out}
	out.asked = r.fileList(begin, s.env)
	homes, sure := r.homes(s)
	if begin.NoDefaults || begin.DefaultsFile != "" || r.profile.family == familyBitnami {
		homes = nil
	}
	if sure {
		out.asked = append(out.asked, homeFiles(homes)...)
		homes = nil
	}
	for _, name := range out.asked {
		if strings.Contains(name, unknown) {
			out.missing = append(out.missing, "an option file whose name is only known when the pod runs")
			continue
		}
		data, mode, err := vfs.ReadFile(name)
		if err != nil || mode&0o002 != 0 {
			if mode&0o002 != 0 {
				out.problems = append(out.problems, optionfile.Problem{File: name, Code: optionfile.CodeWorldWritable, Severity: optionfile.Ignored, Message: "anybody may write this file, so the server ignores it", Suggestion: "chmod o-w"})
				delete(out.nodes, path.Clean(name))
			} else if name == begin.DefaultsFile {
				out.problems = append(out.problems, optionfile.Problem{File: name, Code: optionfile.CodeUnreadable, Severity: optionfile.Fatal, Message: "--defaults-file names a file that is not there"})
			}
			continue
		}
		file := optionfile.Parse(name, data, optionfile.Options{FS: vfs, Server: r.server, GroupSuffix: suffix})
		out.problems = append(out.problems, file.Problems...)
		r.take(out, vfs, file, groups)
	}
	out.dirs = vfs.dirs
	for _, name := range homeFiles(homes) {
		r.takeMaybe(out, vfs, name, groups, "whether this is the home directory of the server's user can only be seen in the container")
	}
	if !s.seen {
		r.takeDoubtful(out, vfs, groups, begin)
	}
	r.takeHidden(out, vfs)
	if s.doubt != "" {
		r.takeUnread(out, vfs, groups, s.doubt)
	}
	r.takeArgs(out, args)
	return out
}

// fileList is the option files that a server looks for, in order.
func (r *resolver) fileList(begin optionfile.StartOptions, env environment) []string {
	switch {
	case begin.NoDefaults:
		return nil
	case begin.DefaultsFile != "":
		return []string{begin.DefaultsFile}
	}
	list := slices.Clone(r.profile.defaults)
	if home := env["MYSQL_HOME"].String(); home != "" {
		list = append(list, path.Join(home, "my.cnf"))
	}
	if home := env["MARIADB_HOME"].String(); home != "" && r.server.Flavour == model.MariaDB {
		list = append(list, path.Join(home, "my.cnf"))
	}
	if begin.DefaultsExtraFile != "" {
		list = append(list, begin.DefaultsExtraFile)
	}
	var once []string
	for _, name := range list {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}

// viewFS lets optionfile read a container's files, and notes which it read.
type viewFS struct {
	r      *resolver
	view   *view
	out    *reading
	opened []opened
	dirs   []string // folders that were listed
	hidden []hidden
}

type hidden struct {
	name string // a folder ends in "/"
	vol  *volume
}

type opened struct {
	asked string // as optionfile names it
	pl    place
}

func (f *viewFS) ReadFile(name string) ([]byte, fs.FileMode, error) {
	pl := f.view.at(name)
	if pl.n == nil || pl.n.dir != nil {
		f.noteHidden(name, pl.vol)
		return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	mode := pl.n.mode
	if f.readsWorldWritable(pl) {
		mode &^= 0o002
	}
	f.opened = append(f.opened, opened{name, pl})
	f.out.nodes[path.Clean(name)] = pl.n
	if pl.n.data.allUnknown() {
		return nil, mode, nil
	}
	return []byte(pl.n.data.String()), mode, nil
}

// readsWorldWritable: newer MariaDB servers take a world-writable file from a
// read-only mount, as ConfigMap volumes are.
func (f *viewFS) readsWorldWritable(pl place) bool {
	v := f.r.server.Version
	return f.r.server.Flavour == model.MariaDB && pl.mount != nil && pl.vol.readOnly && (v.IsZero() || v.AtLeast(10, 6, 0))
}

func (f *viewFS) ReadDir(name string) ([]string, error) {
	names, _, exists := f.view.list(name)
	f.noteHidden(strings.TrimSuffix(name, "/")+"/", f.view.at(name).vol)
	f.dirs = append(f.dirs, path.Clean(name))
	if !exists {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return names, nil
}

// noteHidden remembers a place where the server looks and something unreadable
// may have written.
func (f *viewFS) noteHidden(name string, vol *volume) {
	if vol.opaque != "" {
		f.hidden = append(f.hidden, hidden{name, vol})
	}
}

// take turns a parsed file into settings and governing entries.
func (r *resolver) take(out *reading, vfs *viewFS, file *optionfile.File, groups []string) {
	type use struct {
		o       opened
		lines   []text
		objects []*source
		made    bool // holds settings from nowhere
	}
	var uses []*use
	byName := map[string]*use{}
	for _, o := range vfs.opened {
		u := &use{o: o, lines: o.pl.n.data.lines()}
		uses = append(uses, u)
		byName[path.Clean(o.asked)] = u
	}
	vfs.opened = nil
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
		if doubt || u.o.pl.n.maybe || strings.Contains(s.Value+s.Option, unknown) {
			out.missing = append(out.missing, "the value of "+clean(s.Option)+" in "+u.o.pl.name+" is only known when the pod runs")
			continue
		}
		out.settings = append(out.settings, setting)
	}
	for _, u := range uses {
		content := u.o.pl.n.data
		if content.allUnknown() {
			r.takeUnknown(out, u.o, &u.objects)
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
			out.missing = append(out.missing, run.src.object+" could not be read")
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
	case n.maybe:
		e.Certainty, e.Why = v1.Ambiguous, "written only where something holds that the manifests do not tell"
	}
	return e
}

// joinValues puts an option and the value that follows it as a word of its own
// together.
func joinValues(argv []text) []text {
	var out []text
	for i := 0; i < len(argv); i++ {
		a := argv[i].String()
		if strings.HasPrefix(a, "--") && len(a) > 2 && !strings.Contains(a, "=") && i+1 < len(argv) {
			if next := argv[i+1].String(); next != "" && !strings.HasPrefix(next, "-") {
				out = append(out, join(argv[i], text{{s: "=", src: firstSource(argv[i])}}, argv[i+1]))
				i++
				continue
			}
		}
		out = append(out, argv[i])
	}
	return out
}

func firstSource(t text) *source {
	for _, r := range t {
		if r.src != nil {
			return r.src
		}
	}
	return nil
}

// takeArgs turns the command line into settings and entries, one entry for each
// place that its options come from.
func (r *resolver) takeArgs(out *reading, args []text) {
	var plainArgs []string
	for _, a := range args {
		plainArgs = append(plainArgs, a.String())
	}
	settings, _ := optionfile.ParseArgs(plainArgs)
	for _, s := range settings {
		src := firstSource(args[s.Line-1])
		setting := model.Setting{Option: s.Option, Value: s.Value, HasValue: s.HasValue, Origin: model.Origin{Hop: model.HopArgument, Object: argObject(src)}}
		for _, run := range args[s.Line-1] {
			setting.Secret = setting.Secret || run.src != nil && run.src.secret
		}
		if strings.Contains(s.Option+s.Value, unknown) {
			out.missing = append(out.missing, "the value of --"+clean(s.Option)+" is only known when the pod runs")
			continue
		}
		out.settings = append(out.settings, setting)
	}
	index := map[string]int{}
	for _, a := range args {
		if !strings.HasPrefix(a.String(), "-") {
			continue
		}
		object := argObject(firstSource(a))
		i, seen := index[object]
		if !seen {
			i = len(out.entries)
			index[object] = i
			out.entries = append(out.entries, entry{GoverningFile: v1.GoverningFile{Path: CommandLine, Source: object, Certainty: v1.Derived, Via: "command", Verbatim: a.known()}})
		}
		for _, run := range a {
			if run.src != nil && run.src.object != object && (strings.HasPrefix(run.src.object, "configmap/") || strings.HasPrefix(run.src.object, "secret/")) {
				name, _, _ := strings.Cut(a.String(), "=")
				note := name + " takes its value from " + run.src.object
				if !strings.Contains(out.entries[i].Why, note) {
					out.entries[i].Why = strings.TrimPrefix(out.entries[i].Why+"; "+note, "; ")
				}
			}
		}
	}
}

func argObject(src *source) string {
	if src == nil {
		return "arg"
	}
	switch {
	case src.kind == valueText && src.object != "arg" && src.object != "image":
		return "env"
	case src.kind == guessText:
		return "arg"
	}
	return src.object
}

// takeDoubtful adds what stands in folders that some images of the name include
// and others do not.
func (r *resolver) takeDoubtful(out *reading, vfs *viewFS, groups []string, begin optionfile.StartOptions) {
	if begin.NoDefaults || begin.DefaultsFile != "" {
		return
	}
	for _, dir := range r.profile.doubtful {
		names, _, _ := vfs.view.list(dir)
		for _, name := range names {
			full := path.Join(dir, name)
			if path.Ext(name) == ".cnf" && out.nodes[full] == nil {
				r.takeMaybe(out, vfs, full, groups, "whether the image's my.cnf includes "+dir+" can only be seen in the container")
			}
		}
	}
}

// takeHidden adds, as candidates, what an unreadable program may have copied to
// where the server looks.
func (r *resolver) takeHidden(out *reading, vfs *viewFS) {
	known := map[string]bool{}
	for _, e := range out.entries {
		known[e.Source] = true
	}
	for _, h := range vfs.hidden {
		out.missing = append(out.missing, "what is in "+h.name+": "+h.vol.opaque)
		for _, candidate := range h.vol.candidates {
			if known[candidate] {
				continue
			}
			known[candidate] = true
			name := h.name
			if strings.HasSuffix(name, "/") {
				_, _, key, _ := splitSource(candidate)
				name += key
			}
			out.entries = append(out.entries, entry{fromWritable: true, GoverningFile: v1.GoverningFile{
				Path: name, Source: candidate, Certainty: v1.Ambiguous, Via: "initContainer", Why: h.vol.opaque, Candidates: h.vol.candidates,
			}})
		}
	}
}

// takeUnread adds what is mounted where the server does not look: a start that
// could not be followed may copy it.
func (r *resolver) takeUnread(out *reading, vfs *viewFS, groups []string, doubt string) {
	known := map[string]bool{}
	for _, e := range out.entries {
		known[e.Source] = true
	}
	for _, mt := range vfs.view.mounts {
		switch mt.vol.kind {
		case "configMap", "secret", "projected":
		default:
			continue
		}
		mt.eachMounted(func(full string, n *node) {
			src := firstSource(n.data)
			if slices.Contains(vfs.dirs, path.Dir(full)) {
				return // the server looked there and passed it over
			}
			if out.nodes[full] == nil && src != nil && !known[src.object] && likelyOptions(full, n) {
				known[src.object] = true
				r.takeMaybe(out, vfs, full, groups, doubt+", and may copy this file")
			}
		})
	}
}

// takeMaybe adds a file that the server may read as ambiguous.
func (r *resolver) takeMaybe(out *reading, vfs *viewFS, name string, groups []string, why string) {
	if vfs.view.at(name).n == nil {
		return // that something unreadable may write it is no reason to expect it
	}
	data, _, err := vfs.ReadFile(name)
	if err != nil {
		return
	}
	scratch := &reading{nodes: map[string]*node{}}
	r.take(scratch, vfs, optionfile.Parse(name, data, optionfile.Options{Server: r.server}), groups)
	for _, e := range scratch.entries {
		if e.Source == "image" {
			continue
		}
		e.Certainty, e.Why = v1.Ambiguous, why
		out.entries = append(out.entries, e)
		out.missing = append(out.missing, e.Source+" at "+e.Path+": "+why)
	}
}
