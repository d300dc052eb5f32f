package declared

import (
	"io/fs"
	"path"
	"strings"
)

// programs are those that read or write files, or print what can be told.
var programs map[string]program

func init() {
	programs = map[string]program{
		"cp": copyFiles, "mv": copyFiles, "install": copyFiles, "rsync": copyFiles,
		"cat": cat, "tee": tee, "dd": copyBlocks, "ln": link, "rm": remove, "mkdir": mkdir, "touch": touch, "chmod": chmod, "chown": chown,
		"sed": sed, "grep": grep, "egrep": grep, "fgrep": grep, "envsubst": envsubst, "hostname": hostname,
		"basename": baseName, "dirname": dirName, "tr": translate, "cut": cut, "head": head, "tail": head, "awk": awk, "gawk": awk,
		"seq": seq, "rev": reverse, "expr": exprProgram, "sort": sortLines, "uniq": passLines, "xargs": xargs, "find": find, "ls": listFiles, "base64": base64Program,
		"perl": editor, "python": editor, "python3": editor, "ed": editor, "gomplate": editor, "crudini": editor, "yq": editor, "jq": editor,
		"exec": wrapper, "sudo": wrapper, "gosu": userWrapper, "su-exec": userWrapper, "tini": wrapper, "dumb-init": wrapper, "env": envProgram,
		"nice": wrapper, "ionice": wrapper, "nohup": wrapper, "time": wrapper, "timeout": wrapper, "setpriv": wrapper, "runuser": wrapper,
		"syncer": wrapper, "numactl": wrapper, "stdbuf": wrapper, "catatonit": wrapper, "busybox": wrapper, "su": wrapper,
	}
}

// flagsOf takes leading options off; those in withValue have a word of their own.
func flagsOf(argv []text, withValue string) (flags string, args []text) {
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		if a == "--" {
			return flags, append(args, argv[i+1:]...)
		}
		if len(a) > 1 && a[0] == '-' {
			flags += " " + a
			if len(a) == 2 && strings.Contains(withValue, a[1:]) {
				i++
			}
			continue
		}
		args = append(args, argv[i])
	}
	return flags, args
}

// copyFiles is cp, mv, install and rsync.
func copyFiles(m *machine, argv []text) {
	base := path.Base(argv[0].String())
	withValue := ""
	if base == "install" {
		withValue = "mog"
	}
	flags, args := flagsOf(argv, withValue)
	m.status = 0
	if base == "install" && strings.Contains(flags, "d") {
		mkdir(m, append([]text{plain("mkdir")}, args...))
		return
	}
	target := ""
	if i := strings.Index(flags, "--target-directory="); i >= 0 {
		target = strings.Fields(flags[i+len("--target-directory="):])[0]
	} else {
		for i := 1; i < len(argv)-1; i++ {
			if argv[i].String() == "-t" && base == "cp" {
				target = argv[i+1].String()
				args = without(args, target)
			}
		}
	}
	if target == "" {
		if len(args) < 2 {
			m.status = 1
			return
		}
		target = args[len(args)-1].String()
		args = args[:len(args)-1]
	}
	how := copying{noClobber: strings.Contains(flags, "-n") || strings.Contains(flags, "--no-clobber")}
	for _, f := range strings.Fields(flags) {
		short := !strings.HasPrefix(f, "--")
		how.keepMode = how.keepMode || short && base != "install" && strings.ContainsAny(f, "pa") || strings.HasPrefix(f, "--preserve") || f == "--archive"
		how.update = how.update || base != "install" && (short && strings.Contains(f, "u") || f == "--update" || f == "--update=older")
	}
	how.keepMode = how.keepMode || base == "mv"
	how.links = keepsLinks(base, flags)
	if base == "install" {
		how.mode = installMode(argv)
	}
	intoDir := m.view.isDir(target) || strings.HasSuffix(target, "/") || len(args) > 1
	if base == "rsync" && len(args) == 1 && strings.HasSuffix(args[0].String(), "/") {
		args[0] = plain(args[0].String() + ".")
	}
	for _, a := range args {
		from := a.String()
		to := target
		if intoDir && path.Base(from) != "." {
			to = path.Join(target, path.Base(from))
		}
		if !m.copyBy(from, to, how, a.known()) {
			m.status = 1
		}
		if base == "mv" {
			if m.view.at(from).vol.readOnly {
				m.status = 1 // it is copied, and cannot be taken away
			}
			m.view.remove(from)
		}
	}
}

// copyBlocks is dd with the files that if= and of= name.
func copyBlocks(m *machine, argv []text) {
	m.status = 0
	in, out := "", ""
	for _, a := range argv[1:] {
		name, value, _ := strings.Cut(a.String(), "=")
		switch name {
		case "if":
			in = value
		case "of":
			out = value
		case "bs", "status", "ibs", "obs":
		default:
			m.foreign("dd", argv) // a part of it, or something else made of it
			return
		}
	}
	data := m.in
	known := m.inKnown
	if in != "" {
		data, known = m.readFile(in)
	}
	if !known {
		data = unfollowed(data)
	}
	if out == "" {
		m.out = append(m.out, data...)
		return
	}
	m.writeFile(out, data, false)
}

func without(list []text, s string) []text {
	var out []text
	for _, t := range list {
		if t.String() != s {
			out = append(out, t)
		}
	}
	return out
}

// copying is how files are copied.
type copying struct {
	noClobber bool
	update    bool        // only over what is older
	keepMode  bool        // with mode and owner
	links     bool        // links as they are
	mode      fs.FileMode // of the new files; 0 for the source's
}

// installMode is the mode that install gives: 0755 unless -m says another.
func installMode(argv []text) fs.FileMode {
	mode := fs.FileMode(0o755)
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		value, has := strings.CutPrefix(a, "--mode=")
		switch {
		case has:
		case a == "-m" && i+1 < len(argv):
			value = argv[i+1].String()
		case strings.HasPrefix(a, "-m"):
			value = a[2:]
		default:
			continue
		}
		if set, ok := changeMode(0, value, false, 0); ok {
			mode = set
		}
	}
	return mode
}

// copyOne copies a file or a tree; false if the source is known not to exist.
func (m *machine) copyOne(from, to string, noClobber, known bool) bool {
	return m.copyBy(from, to, copying{noClobber: noClobber}, known)
}

func (m *machine) copyBy(from, to string, how copying, known bool) bool {
	if !known || strings.Contains(from, unknown) || strings.Contains(to, unknown) {
		m.taint("a script that copies files whose names are not known", []string{strings.Split(to, unknown)[0]})
		return true
	}
	if how.links && m.view.kubeletLink(from) {
		return m.copyLink(from, to)
	}
	if names, open, isDir := m.view.list(from); isDir {
		m.mkdirAll(to)
		if open && m.mounted(to) && m.configPlace(to) {
			if n := m.view.at(to).n; n != nil {
				n.open = true
			}
		}
		for _, name := range names {
			// With a folder of keys comes what its links lead to.
			below := how
			below.links = how.links && !m.view.kubeletLink(path.Join(from, name))
			m.copyBy(path.Join(from, name), path.Join(to, name), below, true)
		}
		return true
	}
	pl := m.view.at(from)
	if pl.n == nil {
		if m.mayExist(from) {
			// From an image or a disk: its text is not known, its origin is.
			if m.mounted(to) || m.configPlace(to) {
				src := &source{object: "image"}
				_ = m.view.write(to, &node{data: text{{s: unknown, src: src}}, mode: 0o644, via: m.via + "-copy"})
			}
			return true
		}
		return strings.Contains(from, "*") && false
	}
	old := m.view.at(to).n
	if old != nil && (how.noClobber || how.update && (strings.HasPrefix(old.via, "initContainer") || strings.HasPrefix(old.via, "entrypoint"))) {
		return true // what a script of this pod wrote is newer than what was mounted before
	}
	n := *pl.n
	switch {
	case how.mode != 0:
		n.mode, n.rootOnly = how.mode, m.asRoot
	case how.keepMode:
	case old != nil && old.dir == nil && old.via != "image":
		n.mode, n.rootOnly = old.mode, old.rootOnly
	default:
		n.mode, n.rootOnly = pl.n.mode&^m.umask&0o777, m.asRoot
	}
	n.via = m.via + "-copy"
	if strings.Contains(pl.n.via, "+") {
		n.via = pl.n.via
	}
	if m.script != nil && strings.HasPrefix(m.script.object, "configmap/") {
		n.script = m.script.object
	}
	return m.view.write(to, &n) == nil
}

// configPlace says whether a path is where servers look for option files.
func (m *machine) configPlace(p string) bool {
	p = m.view.abs(p)
	return strings.HasPrefix(p, "/etc/my") || strings.HasPrefix(p, "/opt/bitnami") || strings.HasSuffix(p, ".cnf")
}

func (m *machine) mkdirAll(p string) {
	if m.view.isDir(p) {
		return
	}
	d := newDir()
	d.open = m.mayExist(p)
	_ = m.view.write(p, d)
}

func mkdir(m *machine, argv []text) {
	_, args := flagsOf(argv, "m")
	m.status = 0
	for _, a := range args {
		if a.known() {
			m.mkdirAll(a.String())
		}
	}
}

func touch(m *machine, argv []text) {
	_, args := flagsOf(argv, "drt")
	m.status = 0
	for _, a := range args {
		if a.known() && m.view.at(a.String()).n == nil && !m.view.isDir(a.String()) {
			_ = m.view.write(a.String(), &node{mode: m.created(), rootOnly: m.asRoot, via: m.via + "-generate"})
		}
	}
}

func remove(m *machine, argv []text) {
	_, args := flagsOf(argv, "")
	m.status = 0
	for _, a := range args {
		if a.known() {
			m.view.remove(a.String())
		}
	}
}

func link(m *machine, argv []text) {
	_, args := flagsOf(argv, "")
	m.status = 0
	if len(args) != 2 || !args[0].known() || !args[1].known() {
		return
	}
	at := args[1].String()
	if m.view.isDir(at) {
		at = path.Join(at, path.Base(args[0].String()))
	}
	_ = m.view.write(at, &node{link: args[0].String(), mode: 0o777, via: m.via + "-link"})
}

// inputs is what a filter reads: its files, or the input.
func (m *machine) inputs(files []text) (t text, known bool) {
	if len(files) == 0 {
		if !m.inKnown {
			return plain(unknown), false
		}
		return m.in, m.in.known()
	}
	known = true
	for _, f := range files {
		if f.String() == "-" {
			t = append(t, m.in...)
			continue
		}
		data, isKnown := m.readFile(f.String())
		if m.view.at(f.String()).n == nil && isKnown && f.String() != "/dev/null" && f.String() != "/etc/hostname" {
			m.status = 1
		}
		known = known && isKnown
		if len(t) > 0 && len(data) > 0 && !strings.HasSuffix(t.String(), "\n") {
			// cat puts no newline between; the lines run together as they would.
			t = append(t, data...)
			continue
		}
		t = append(t, data...)
	}
	return t, known
}

func cat(m *machine, argv []text) {
	m.status = 0
	_, files := flagsOf(argv, "")
	t, _ := m.inputs(files)
	m.out = append(m.out, t...)
}

func tee(m *machine, argv []text) {
	m.status = 0
	flags, files := flagsOf(argv, "")
	t := m.in
	if !m.inKnown {
		t = plain(unknown)
	}
	for _, f := range files {
		m.writeFile(f.String(), t, strings.Contains(flags, "a"))
	}
	m.out = append(m.out, t...)
}

// editor is a program that edits text in ways that are not followed: perl,
// python, yq. The lines keep their origin, their values are in doubt.
func editor(m *machine, argv []text) {
	m.status = 0
	flags, args := flagsOf(argv, "")
	base := path.Base(argv[0].String())
	if strings.HasPrefix(base, "python") && len(args) > 0 {
		if f := m.emulated(args[0].String(), args); f != nil {
			f()
			return
		}
	}
	inPlace := strings.Contains(flags, "-i") || strings.Contains(flags, "i.") || base == "ed" || base == "crudini"
	var paths []string
	for _, a := range args {
		pl := m.view.at(a.String())
		if pl.n != nil && pl.n.dir == nil && !pl.vol.readOnly && inPlace {
			pl.n.data = pl.n.data.doubted()
			pl.n.via += "+edit"
		} else if strings.HasPrefix(a.String(), "/") && m.mounted(a.String()) {
			paths = append(paths, a.String())
		}
	}
	if !inPlace {
		m.foreignWrites(argv[0].String(), argv, paths)
	}
	if m.depth == 0 && !inPlace {
		m.unread("the program "+base, argv)
		return
	}
	if m.inKnown {
		m.out = append(m.out, unfollowed(m.in)...)
	} else {
		m.out = append(m.out, m.guess(argv)...)
	}
}

// unfollowed is what a program makes of its input in a way that is not followed:
// of a file's lines the origin stays, everything else is unknown.
func unfollowed(in text) text {
	if textSource(in) == nil {
		return plain(unknown)
	}
	return in.doubted()
}

// wrapper runs the command that follows its own options.
func wrapper(m *machine, argv []text) {
	for i := 1; i < len(argv); i++ {
		if argv[i].String() == "--" {
			m.rest(argv[i+1:])
			return
		}
	}
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		if strings.HasPrefix(a, "-") {
			if a == "-c" && path.Base(argv[0].String()) == "su" && i+1 < len(argv) {
				m.runText(argv[i+1], m.script, nil, shellOptions{}, true)
				return
			}
			if len(a) == 2 && (a == "-u" || a == "-g" || a == "-n" || a == "-s") && i+1 < len(argv) {
				i++
			}
			continue
		}
		if _, isNumber := number(strings.TrimRight(a, "smhd")); isNumber {
			continue
		}
		if path.Base(argv[0].String()) == "su" {
			continue
		}
		m.rest(argv[i:])
		return
	}
	m.status = 0
}

// userWrapper is gosu and su-exec: a user, then the command.
func userWrapper(m *machine, argv []text) {
	m.rest(argv[min(2, len(argv)):])
}

func envProgram(m *machine, argv []text) {
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		name, value, has := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(a, "-"):
		case has:
			m.set(name, remade(argv[i], value))
		default:
			m.exec(argv[i:])
			return
		}
	}
	m.status = 0
}
