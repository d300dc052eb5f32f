package declared

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// exec runs a program: a function, a builtin, a script that is in a volume, what
// is known of an image, or something that cannot be seen into.
func (m *machine) exec(argv []text) {
	m.steps++
	if m.steps > maxSteps || m.flow != flowNone {
		return
	}
	name := argv[0].String()
	if f := m.funcs[name]; f != nil {
		m.callFunc(f, argv)
		return
	}
	base := path.Base(name)
	if m.lacks(name) {
		m.notFound()
		return
	}
	if f := builtins[name]; f != nil {
		f(m, argv)
		return
	}
	if f := m.emulated(name, argv); f != nil {
		f()
		return
	}
	if f := programs[base]; f != nil && !m.isOwnFile(name) {
		f(m, argv)
		return
	}
	switch {
	case strings.Contains(name, unknown) && len(argv) > 1 && isServer(path.Base(argv[1].String())):
		m.exec(argv[1:]) // an entry point, whichever of the image's it is
	case isShell(base):
		m.runShell(argv)
	case isServer(base):
		m.startServer(argv)
	case m.isOwnFile(name):
		m.runOwn(name, argv)
	case harmlessPrograms[base]:
		m.harmlessProgram(argv)
	default:
		m.foreign(name, argv)
	}
}

func (m *machine) callFunc(body *syntax.Stmt, argv []text) {
	if m.depth > 30 {
		m.doubt = "functions call each other without end"
		return
	}
	m.depth++
	saved := m.params
	m.params = append([]text{saved0(saved)}, argv[1:]...)
	m.stmt(body)
	m.params = saved
	m.depth--
	if m.flow == flowReturn {
		m.flow = flowNone
	}
}

func saved0(params []text) text {
	if len(params) > 0 {
		return params[0]
	}
	return nil
}

// isOwnFile says whether a name is a file that is known in the container.
func (m *machine) isOwnFile(name string) bool {
	if !strings.Contains(name, "/") {
		return false
	}
	pl := m.view.at(name)
	return pl.n != nil && pl.n.dir == nil && pl.n.via != "image"
}

// runOwn runs a file from a volume: a shell script is followed.
func (m *machine) runOwn(name string, argv []text) {
	pl := m.view.at(name)
	if pl.notExecutable() {
		m.refused = fmt.Sprintf(": %s may not be executed (mode %04o)", name, pl.n.mode)
		m.status = 126
		return
	}
	head, _, _ := strings.Cut(pl.n.data.String(), "\n")
	if strings.HasPrefix(head, "#!") && !strings.Contains(head, "sh") {
		m.unread(name, argv)
		return
	}
	saved := m.dialect
	m.dialect = dialectOf(shebang(head), m.imageName)
	defer func() { m.dialect = saved }()
	m.runFile(name, append([]text{plain(name)}, argv[1:]...), shebangOptions(head), true)
}

func isServer(base string) bool {
	switch base {
	case "mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe", "mysqld-debug", "mysqld_multi":
		return true
	}
	return false
}

func plainWords(list []text) []string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.String()
	}
	return words
}

// serves says whether a server was started that is more than a passing one.
func (m *machine) serves() bool {
	return slices.ContainsFunc(m.starts, func(s start) bool { return !s.passing })
}

// lastStart is the server that the container goes on with.
func (m *machine) lastStart() start {
	for i := len(m.starts) - 1; i >= 0; i-- {
		if !m.starts[i].passing {
			return m.starts[i]
		}
	}
	return m.starts[len(m.starts)-1]
}

// startServer records a start. What only initialises or prints is none.
func (m *machine) startServer(argv []text) {
	for _, a := range argv[1:] {
		if cluster.RunsOnce(a.String()) {
			m.status = 0
			if strings.Contains(a.String(), "help") || strings.Contains(a.String(), "wsrep") || strings.Contains(a.String(), "version") {
				m.out = append(m.out, plain(unknown)...)
			}
			return
		}
	}
	m.starts = append(m.starts, start{argv: argv[1:], env: m.env(), view: m.view, doubt: m.doubt, dropsRoot: m.dropsRoot, passing: cluster.WithoutNetwork(plainWords(argv[1:]))})
	m.status = unknownStatus
}

// harmlessProgram runs what changes nothing; what it prints is not known.
func (m *machine) harmlessProgram(argv []text) {
	m.out = append(m.out, plain(unknown)...)
	m.status = unknownStatus
	if m.inCond == 0 {
		m.status = 0
	}
}

// foreign runs a program that is not known. In the middle of a script it is
// taken for what touches only the files that it is given, and for what a program
// text given to it names.
func (m *machine) foreign(name string, argv []text) {
	m.out = append(m.out, m.guess(argv)...)
	m.status = unknownStatus
	if m.inCond == 0 {
		m.status = 0
	}
	if m.depth == 0 {
		// A container's whole program.
		m.unread("the program "+clean(name), argv)
		return
	}
	var paths []string
	for _, a := range argv[1:] {
		for _, s := range strings.FieldsFunc(a.String(), func(r rune) bool { return strings.ContainsRune("=:,", r) }) {
			if strings.HasPrefix(s, "/") && m.mounted(s) {
				paths = append(paths, s)
			}
		}
	}
	m.foreignWrites(name, argv, paths)
}

// foreignWrites notes what a program that is not known may write: paths, and what
// a program's text names.
func (m *machine) foreignWrites(name string, argv []text, paths []string) {
	what := "the program " + path.Base(clean(name))
	if m.ranForeign == "" {
		m.ranForeign = what
	}
	if interpreters[strings.TrimRight(path.Base(name), "0123456789.")] {
		paths = append(paths, m.named(argv)...)
	}
	if len(paths) > 0 {
		m.taint(what, paths)
	}
}

// interpreters run a program's text, which may write where it likes.
var interpreters = words("python perl ruby node php lua tclsh")

// named are the writable mounts whose path stands in a program's text: in the
// arguments, in a file that they name, or in the input.
func (m *machine) named(argv []text) []string {
	program := m.in.String()
	for _, a := range argv[1:] {
		program += "\n" + a.String()
		if t, known := m.readFile(a.String()); known {
			program += "\n" + t.String()
		}
	}
	var out []string
	for i := range m.view.mounts {
		if mt := &m.view.mounts[i]; !mt.vol.readOnly && m.r.holdsOptions(mt.vol.name, mt.at) && strings.Contains(program, mt.at) {
			out = append(out, mt.at)
		}
	}
	return out
}

// guess is what a program prints that read the files which its arguments name, or
// its input: not known, but made of them.
func (m *machine) guess(argv []text) text {
	var out text
	add := func(t text) {
		src := textSource(t)
		if src == nil || slices.ContainsFunc(out, func(r run) bool { return r.src.object == src.object }) {
			return
		}
		out = append(out, run{s: unknown, src: &source{object: src.object, secret: src.secret, kind: guessText}})
	}
	add(m.in)
	for _, a := range argv[1:] {
		if n := m.view.at(a.String()).n; n != nil && n.dir == nil && strings.HasPrefix(a.String(), "/") {
			add(n.data)
		}
	}
	if len(out) == 0 {
		return plain(unknown)
	}
	return out
}

// mounted says whether a path lies in a writable volume.
func (m *machine) mounted(p string) bool {
	pl := m.view.at(p)
	return pl.mount != nil && !pl.vol.readOnly
}

// readFile is a file's text; false if it is not known.
func (m *machine) readFile(name string) (text, bool) {
	if strings.HasPrefix(name, "/dev/null") {
		return nil, true
	}
	if strings.HasPrefix(name, "/etc/hostname") {
		return plain(m.r.hostname() + "\n"), true
	}
	pl := m.view.at(name)
	if pl.n == nil || pl.n.dir != nil {
		if strings.Contains(name, unknown) || m.mayExist(name) {
			return plain(unknown), false
		}
		return nil, true
	}
	return pl.n.data, pl.n.data.known() && !isImage(pl.n.data)
}

// writeFile writes or appends what a command printed.
func (m *machine) writeFile(name string, t text, add bool) {
	if strings.HasPrefix(name, "/dev/") {
		return
	}
	if strings.Contains(name, unknown) {
		m.taint("a script that writes to a file whose name is not known", nil)
		return
	}
	old := m.view.at(name).n
	if add && old == nil && strings.HasSuffix(name, ".cnf") && m.mayExist(name) && !opensGroup(t) {
		// It continues a group of a file that cannot be seen: of which is not known.
		t = join(text{{s: "[mysqld]\n", doubt: true}}, t)
	}
	n := &node{mode: m.created(), rootOnly: m.asRoot, via: m.via + "-generate"}
	if old != nil && old.dir == nil && old.via != "image" {
		n.mode, n.rootOnly = old.mode, old.rootOnly
	}
	if add && old != nil && old.dir == nil {
		n.via, n.script, n.mode, n.rootOnly = old.via, old.script, old.mode, old.rootOnly
		n.data = join(old.data, t)
		if !strings.HasSuffix(n.via, "-generate") && !strings.HasSuffix(n.via, "+append") {
			n.via += "+append"
		}
	} else {
		n.data = t
		if src := textSource(t); src != nil {
			n.via = m.via + "-copy"
			if edited(t) {
				n.via = m.via + "-sed"
			}
		}
	}
	if m.script != nil && strings.HasPrefix(m.script.object, "configmap/") {
		n.script = m.script.object
	}
	if m.view.write(name, n) != nil {
		m.status = 1
	}
}

// opensGroup says whether an option file's text begins with a group of its own.
func opensGroup(t text) bool {
	for _, l := range t.lines() {
		if s := strings.TrimSpace(l.String()); s != "" && s[0] != '#' && s[0] != ';' {
			return s[0] == '[' || s[0] == '!'
		}
	}
	return true
}

// textSource is the file text that a text holds, if any.
func textSource(t text) *source {
	for _, r := range t {
		if r.src != nil && r.src.kind == fileText {
			return r.src
		}
	}
	return nil
}

func edited(t text) bool {
	for _, r := range t {
		if r.edited || r.src == nil {
			return true
		}
	}
	return false
}
