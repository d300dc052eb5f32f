package declared

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
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
	head, _, _ := strings.Cut(m.view.at(name).n.data.String(), "\n")
	if strings.HasPrefix(head, "#!") && !strings.Contains(head, "sh") {
		m.unread(name, argv)
		return
	}
	m.runFile(name, append([]text{plain(name)}, argv[1:]...), strings.Contains(head, "sh -e"), true)
}

func isServer(base string) bool {
	switch base {
	case "mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe", "mysqld-debug", "mysqld_multi":
		return true
	}
	return false
}

// startServer records a start. What only initialises or prints is none.
func (m *machine) startServer(argv []text) {
	for _, a := range argv[1:] {
		if runsOnce(a.String()) {
			m.status = 0
			if strings.Contains(a.String(), "help") || strings.Contains(a.String(), "wsrep") || strings.Contains(a.String(), "version") {
				m.out = append(m.out, plain(unknown)...)
			}
			return
		}
	}
	m.starts = append(m.starts, start{argv: argv[1:], env: m.env(), view: m.view, doubt: m.doubt, dropsRoot: m.dropsRoot})
	m.status = unknownStatus
}

func runsOnce(arg string) bool {
	name, _, _ := strings.Cut(strings.ReplaceAll(arg, "_", "-"), "=")
	switch name {
	case "--initialize", "--initialize-insecure", "--bootstrap", "--help", "--verbose", "--version", "-V", "--wsrep-recover",
		"--print-defaults", "--validate-config", "--skip-networking", "--wsrep-recover-only":
		return true
	}
	return false
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
// taken for what touches only the files that it is given.
func (m *machine) foreign(name string, argv []text) {
	m.out = append(m.out, plain(unknown)...)
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
		s := a.String()
		if _, value, ok := strings.Cut(s, "="); ok {
			s = value
		}
		if strings.HasPrefix(s, "/") && m.mounted(s) {
			paths = append(paths, s)
		}
	}
	if len(paths) > 0 {
		m.taint("the program "+clean(name), paths)
	}
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
	n := &node{mode: 0o644, via: m.via + "-generate"}
	if add && old != nil && old.dir == nil {
		n.via, n.script, n.mode = old.via, old.script, old.mode
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
