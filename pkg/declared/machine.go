package declared

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// machine runs the scripts of one container on its file system. It is an
// abstract interpreter: what it cannot know it marks, and where a condition
// depends on that, it asks the chooser and is run again the other way.
type machine struct {
	r      *resolver
	view   *view
	choose *chooser
	// profile and imageName are the container's own image.
	profile   profile
	imageName string
	// isServer is set for the server's container.
	isServer bool
	// dropsRoot is set while an entry point of the library's runs.
	dropsRoot bool

	vars    map[string]*value
	envOpen bool // the environment holds more than vars
	funcs   map[string]*syntax.Stmt
	params  []text // $0, $1, …
	out     text
	in      text
	inKnown bool
	status  int // of the last command; unknownStatus if that depends on the pod

	flow      flow
	flowDepth int
	errexit   bool
	nounset   bool
	umask     fs.FileMode
	dialect   dialect
	asRoot    bool // the container runs as root
	inCond    int  // >0: a failing command does not end the script

	// script is where the running script's own words come from.
	script *source
	// via names what the files that are written now are written by.
	via string

	// starts are the servers that were started, in order.
	starts []start
	// ranForeign is the first program that is not known in the middle of a script.
	ranForeign string
	// refused tells of a script that may not be executed, after a colon.
	refused string
	// askedUnset is set when a variable was asked for that only the image can set.
	askedUnset bool
	// lacksHostname is set when a script called hostname, which the image has not.
	lacksHostname bool
	// doubt is set when something unreadable ran that might have changed more.
	doubt string
	depth int
	steps int
	// substituted counts the files that <(…) made.
	substituted int
}

// value is a shell variable.
type value struct {
	t     text
	list  []text
	assoc map[string]text
	array bool
}

type flow int

const (
	flowNone flow = iota
	flowBreak
	flowContinue
	flowReturn
	flowExit
	flowHang // the script never gets further
)

const unknownStatus = -1

// maxSteps bounds one run: no script that a pod starts with needs more.
const maxSteps = 20000

// chooser decides the conditions that cannot be known, another way each run.
type chooser struct {
	path []bool
	pos  int
}

func (c *chooser) next() bool {
	if c.pos == len(c.path) {
		c.path = append(c.path, true)
	}
	c.pos++
	return c.path[c.pos-1]
}

// advance makes the next run go another way; false when all were gone.
func (c *chooser) advance() bool {
	c.path = c.path[:c.pos]
	for len(c.path) > 0 {
		last := len(c.path) - 1
		if c.path[last] {
			c.path[last] = false
			c.pos = 0
			return true
		}
		c.path = c.path[:last]
	}
	return false
}

func (m *machine) truth(status int) bool {
	if status == unknownStatus {
		return m.choose.next()
	}
	return status == 0
}

func (m *machine) set(name string, t text) {
	m.vars[name] = &value{t: t}
}

func (m *machine) get(name string) text {
	if v := m.vars[name]; v != nil {
		if v.array && len(v.list) > 0 {
			return v.list[0]
		}
		return v.t
	}
	return nil
}

// env is what a program that starts now gets.
func (m *machine) env() environment {
	env := environment{}
	for name, v := range m.vars {
		if !v.array && v.assoc == nil {
			env[name] = v.t
		}
	}
	return env
}

// fork is a subshell: its variables are its own, its files are not.
func (m *machine) fork(f func()) {
	vars, params, errexit, nounset, cwd, umask := m.vars, m.params, m.errexit, m.nounset, m.view.cwd, m.umask
	m.vars = make(map[string]*value, len(vars))
	for k, v := range vars {
		c := *v
		c.list = append([]text(nil), v.list...)
		m.vars[k] = &c
	}
	f()
	if m.flow == flowExit || m.flow == flowReturn {
		m.flow = flowNone
	}
	m.vars, m.params, m.errexit, m.nounset, m.view.cwd, m.umask = vars, params, errexit, nounset, cwd, umask
}

// capture runs f and gives what it wrote to its output.
func (m *machine) capture(f func()) text {
	saved := m.out
	m.out = nil
	f()
	got := m.out
	m.out = saved
	return got
}

// isShell says whether a program is a shell that can be followed.
func isShell(name string) bool {
	switch name {
	case "sh", "bash", "dash", "ash", "ksh":
		return true
	}
	return false
}

// shellOptions are those of a shell that decide how far a script goes.
type shellOptions struct {
	errexit bool // -e
	nounset bool // -u
}

// take adds what a word of single letters, or the name after -o, switches on.
func (o *shellOptions) take(letters, name string) {
	o.errexit = o.errexit || strings.Contains(letters, "e") || name == "errexit"
	o.nounset = o.nounset || strings.Contains(letters, "u") || name == "nounset"
}

// runShell is `sh [-options] [-c text | file] args`.
func (m *machine) runShell(argv []text) {
	saved := m.dialect
	m.dialect = dialectOf(argv[0].String(), m.imageName)
	defer func() { m.dialect = saved }()
	options, isText, rest := shellWords(argv[1:])
	switch {
	case isText && len(rest) == 0:
		m.status = 2
	case isText:
		src := &source{object: "arg", kind: scriptText}
		if from := firstSource(rest[0]); from != nil && from.kind == fileText {
			src = &source{object: from.object, kind: scriptText, secret: from.secret}
		}
		params := rest[1:]
		if len(params) == 0 {
			params = argv[:1]
		}
		m.runText(rest[0], src, params, options, true)
	case len(rest) > 0:
		m.runFile(rest[0].String(), rest, options, true)
	case m.inKnown:
		m.runText(m.in, nil, argv[:1], options, true)
	}
}

// shellWords takes a shell's own options off, and says whether the first of the rest
// is the script itself (-c).
func shellWords(argv []text) (options shellOptions, isText bool, rest []text) {
	for i := 0; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "--" || a == "-":
			return options, isText, argv[i+1:]
		case len(a) < 2 || a[0] != '-' && a[0] != '+':
			return options, isText, argv[i:]
		case strings.HasPrefix(a, "--"):
			continue
		}
		name := ""
		if strings.ContainsAny(a, "oO") && i+1 < len(argv) {
			i++
			name = argv[i].String() // -eo pipefail
		}
		if a[0] == '-' {
			options.take(a, name)
			isText = isText || strings.Contains(a, "c")
		}
	}
	return options, isText, nil
}

// runFile runs a script from the container's file system; false if it is not
// there or not known.
func (m *machine) runFile(name string, params []text, options shellOptions, own bool) bool {
	n := m.view.at(name).n
	if n == nil || n.dir != nil || !n.data.known() || len(n.data) == 0 || isImage(n.data) {
		m.unread(name, params)
		return false
	}
	src := &source{object: "generated", kind: scriptText}
	if from := firstSource(n.data); from != nil {
		src = &source{object: from.object, kind: scriptText, secret: from.secret}
	}
	m.runText(n.data, src, params, options, own)
	return true
}

// runText runs a script's text. own is false for what runs in the calling shell.
func (m *machine) runText(script text, src *source, params []text, options shellOptions, own bool) {
	if m.depth > 20 {
		m.doubt = "scripts call each other without end"
		return
	}
	file, err := parseScript(script.String())
	if err != nil {
		m.unread("a script that is not valid for the shell", params)
		return
	}
	m.depth++
	defer func() { m.depth-- }()
	savedSrc, savedParams := m.script, m.params
	m.script = src
	if params != nil {
		m.params = params
	}
	run := func() {
		m.errexit = options.errexit || m.errexit && !own
		m.nounset = options.nounset || m.nounset && !own
		list, whole := m.readable(file.Stmts)
		m.stmts(list)
		if !whole && m.flow == flowNone {
			m.status, m.flow = 2, flowExit
		}
	}
	if own {
		funcs := m.funcs
		m.funcs = map[string]*syntax.Stmt{}
		m.forkScript(run)
		m.funcs = funcs
	} else {
		run()
		if m.flow == flowReturn {
			m.flow = flowNone
		}
	}
	m.script, m.params = savedSrc, savedParams
}

// forkScript is a script of its own: it cannot make the caller exit.
func (m *machine) forkScript(f func()) {
	inCond := m.inCond
	m.inCond = 0
	m.fork(f)
	m.inCond = inCond
}

var errSyntax = errors.New("not valid for the shell")

// unread notes that something ran whose text is not here. A script or program
// of its own may write to every volume that it can; candidates are what it can
// read.
func (m *machine) unread(what string, argv []text) {
	m.status = 0
	if m.doubt == "" {
		m.doubt = what + " could not be read"
	}
	m.taint(what, nil)
	if m.isServer && !m.serves() {
		// It starts the server, as the container is one; with what is not known.
		m.starts = append(m.starts, start{env: m.env(), view: m.view, doubt: m.doubt})
	}
}

// taint makes the writable volumes opaque that hold one of paths, or all.
func (m *machine) taint(what string, paths []string) {
	candidates := m.candidates()
	for i := range m.view.mounts {
		mt := &m.view.mounts[i]
		if mt.vol.readOnly || mt.readOnly || mt.vol.kind == "image" {
			continue
		}
		hit := len(paths) == 0
		for _, p := range paths {
			hit = hit || within(m.view.abs(p), mt.at)
		}
		if hit && mt.vol.opaque == "" {
			mt.vol.opaque = what + " writes here, and what it does can only be seen in the container"
			mt.vol.candidates = candidates
		}
	}
}

// taintEmpty makes the scratch volumes opaque that are still empty after a
// container in which a program that is not known ran: it is what fills them.
func (m *machine) taintEmpty() {
	if m.ranForeign == "" {
		return
	}
	var paths []string
	for i := range m.view.mounts {
		if mt := &m.view.mounts[i]; mt.vol.kind == "emptyDir" && len(mt.vol.root.dir) == 0 && m.r.holdsOptions(mt.vol.name, mt.at) {
			paths = append(paths, mt.at)
		}
	}
	if len(paths) > 0 {
		m.taint(m.ranForeign, paths)
	}
}

// candidates are the option files that the container has from ConfigMaps and
// Secrets.
func (m *machine) candidates() []string {
	var out []string
	for _, mt := range m.view.mounts {
		if mt.vol.kind != "configMap" && mt.vol.kind != "secret" && mt.vol.kind != "projected" {
			continue
		}
		mt.eachMounted(func(name string, n *node) {
			src := firstSource(n.data)
			if src != nil && likelyOptions(name, n) && strings.TrimSpace(n.data.String()) != "" && !slices.Contains(out, src.object) {
				out = append(out, src.object)
			}
		})
	}
	return out
}

// eachMounted visits the files that a mount shows, by their path in the container.
func (mt *mount) eachMounted(visit func(string, *node)) {
	n := mt.vol.root
	for _, name := range split(mt.sub) {
		n = n.child(name)
	}
	switch {
	case n == nil:
	case n.dir == nil:
		visit(mt.at, n)
	default:
		eachFile(n, mt.at, visit)
	}
}

// eachFile visits the files below a directory.
func eachFile(n *node, prefix string, visit func(string, *node)) {
	for _, name := range sortedKeys(n.dir) {
		child := n.dir[name]
		if child.dir != nil {
			eachFile(child, path.Join(prefix, name), visit)
		} else if child.link == "" {
			visit(path.Join(prefix, name), child)
		}
	}
}

// likelyOptions says whether a file looks like an option file of a server.
func likelyOptions(name string, n *node) bool {
	text := n.data.String()
	if strings.Contains(text, "[mysqld") || strings.Contains(text, "[mariadb") || strings.Contains(text, "[server]") || strings.Contains(text, "[galera]") {
		return true
	}
	// What has a group for clients only is not the server's.
	client := strings.Contains(text, "[client]") || strings.Contains(text, "[mysql]") || strings.Contains(text, "[mysqldump]")
	return strings.Contains(path.Base(name), ".cnf") && (!client || !n.data.known())
}
