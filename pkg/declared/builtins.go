package declared

import (
	"strings"
)

type program func(m *machine, argv []text)

// builtins are a shell's own commands. It is filled in init: they call exec.
var builtins map[string]program

func init() {
	builtins = map[string]program{
		":": ok, "true": ok, "trap": ok, "shopt": ok, "ulimit": ok, "umask": setUmask, "jobs": ok, "hash": ok, "wait": ok, "alias": ok, "disown": ok,
		"false":    func(m *machine, _ []text) { m.status = 1 },
		"echo":     echo,
		"printf":   printf,
		"test":     func(m *machine, argv []text) { m.test(argv[1:]) },
		"[":        func(m *machine, argv []text) { m.test(argv[1:max(len(argv)-1, 1)]) },
		"exit":     exit,
		"return":   func(m *machine, argv []text) { m.setStatus(argv); m.flow = flowReturn },
		"break":    func(m *machine, argv []text) { m.loopEnd(argv, flowBreak) },
		"continue": func(m *machine, argv []text) { m.loopEnd(argv, flowContinue) },
		"cd":       cd,
		"pwd":      func(m *machine, _ []text) { m.out = append(m.out, plain(m.view.cwd+"\n")...); m.status = 0 },
		"unset":    unset,
		"set":      setOptions,
		"shift":    shift,
		"source":   sourceFile,
		".":        sourceFile,
		"eval":     evalBuiltin,
		"exec":     execBuiltin,
		"read":     read,
		"mapfile":  readArray, "readarray": readArray,
		"command": command,
		"builtin": func(m *machine, argv []text) { m.rest(argv[1:]) },
		"type":    func(m *machine, _ []text) { m.status = unknownStatus },
		"export":  assignWords, "local": assignWords, "readonly": assignWords, "declare": assignWords, "typeset": assignWords,
		"getopts": func(m *machine, _ []text) { m.status = 1 },
	}
}

func ok(m *machine, _ []text) { m.status = 0 }

// evalBuiltin runs text. Where that holds a file's, as in eval "echo \"$(cat f)\"",
// the lines that come out are still the file's.
func evalBuiltin(m *machine, argv []text) {
	script := joinFields(argv[1:])
	run := func() { m.runText(script, m.script, nil, shellOptions{}, false) }
	if textSource(script) == nil {
		run()
		return
	}
	m.out = append(m.out, attributed(m.capture(run), script)...)
}

// rest runs what follows a wrapper.
func (m *machine) rest(argv []text) {
	if len(argv) > 0 {
		m.exec(argv)
	} else {
		m.status = 0
	}
}

func echo(m *machine, argv []text) {
	m.status = 0
	newline, escapes := true, false
	args := argv[1:]
	backslash := strings.Contains(joinFields(args).String(), `\`) || len(args) > 0 && strings.HasPrefix(args[0].String(), "-e")
	dash := backslash && m.dialect != dialectBash && m.isDash()
	if dash {
		// dash knows -n alone, and expands backslashes always.
		escapes = true
		if len(args) > 0 && args[0].String() == "-n" {
			newline, args = false, args[1:]
		}
	}
	for len(args) > 0 && !dash {
		a := args[0].String()
		if len(a) < 2 || a[0] != '-' || strings.Trim(a[1:], "neE") != "" {
			break
		}
		newline = newline && !strings.Contains(a, "n")
		escapes = escapes || strings.Contains(a, "e")
		args = args[1:]
	}
	t := joinFields(args)
	if escapes {
		t = unescaped(t)
	}
	if newline {
		t = join(t, plain("\n"))
	}
	m.out = append(m.out, t...)
}

func unescaped(t text) text {
	out := make(text, len(t))
	for i, r := range t {
		r.s = backslashes(r.s)
		out[i] = r
	}
	return out
}

func printf(m *machine, argv []text) {
	m.status = 0
	args := argv[1:]
	name := ""
	if len(args) >= 2 && args[0].String() == "-v" {
		name, args = args[1].String(), args[2:]
	}
	if len(args) > 0 && args[0].String() == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	t := format(args[0], args[1:])
	if name != "" {
		m.set(name, t)
		return
	}
	m.out = append(m.out, t...)
}

// format is printf's: %s, %d and the escapes; the format is used again while
// there are arguments.
func format(f text, args []text) text {
	var out text
	src := firstSource(f)
	add := func(s string) {
		if s != "" {
			out = append(out, run{s: s, src: src})
		}
	}
	pattern := f.String()
	for first := true; first || len(args) > 0; first = false {
		before := len(args)
		var own strings.Builder
		for i := 0; i < len(pattern); i++ {
			switch {
			case pattern[i] == '\\' && i+1 < len(pattern):
				own.WriteString(backslashes(pattern[i : i+2]))
				i++
			case pattern[i] == '%' && i+1 < len(pattern):
				j := i + 1
				for j < len(pattern) && strings.IndexByte("-+ 0123456789.", pattern[j]) >= 0 {
					j++
				}
				if j < len(pattern) && pattern[j] == '%' {
					own.WriteByte('%')
				} else {
					add(own.String())
					own.Reset()
					if len(args) > 0 {
						a := args[0]
						if j < len(pattern) && pattern[j] == 'b' {
							a = unescaped(a)
						}
						out = append(out, a...)
						args = args[1:]
					}
				}
				i = j
			default:
				own.WriteByte(pattern[i])
			}
		}
		add(own.String())
		if len(args) == before {
			break
		}
	}
	return out
}

func (m *machine) setStatus(argv []text) {
	if len(argv) > 1 {
		n, known := number(argv[1].String())
		switch {
		case known:
			m.status = n & 255
		case argv[1].known():
			m.status = 2
		default:
			m.status = unknownStatus
		}
	}
}

func exit(m *machine, argv []text) {
	m.setStatus(argv)
	m.flow = flowExit
}

func (m *machine) loopEnd(argv []text, f flow) {
	m.flow, m.flowDepth = f, 1
	if len(argv) > 1 {
		if n, known := number(argv[1].String()); known && n > 0 {
			m.flowDepth = n
		}
	}
}

func cd(m *machine, argv []text) {
	m.status = 0
	if len(argv) > 1 && argv[len(argv)-1].known() && argv[len(argv)-1].String() != "-" {
		m.view.cwd = m.view.abs(argv[len(argv)-1].String())
	}
}

func unset(m *machine, argv []text) {
	for _, a := range argv[1:] {
		delete(m.vars, a.String())
	}
	m.status = 0
}

func setOptions(m *machine, argv []text) {
	m.status = 0
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "--":
			m.params = append([]text{saved0(m.params)}, argv[i+1:]...)
			return
		case a == "-o" || a == "+o":
			if i+1 < len(argv) && argv[i+1].String() == "errexit" {
				m.errexit = a == "-o"
			}
			if i+1 < len(argv) && argv[i+1].String() == "nounset" {
				m.nounset = a == "-o"
			}
			i++
		case strings.HasPrefix(a, "-"):
			m.errexit = m.errexit || strings.Contains(a, "e")
			m.nounset = m.nounset || strings.Contains(a, "u")
			if strings.HasSuffix(a, "o") {
				i++
			}
		case strings.HasPrefix(a, "+"):
			m.errexit = m.errexit && !strings.Contains(a, "e")
			m.nounset = m.nounset && !strings.Contains(a, "u")
		default:
			m.params = append([]text{saved0(m.params)}, argv[i:]...)
			return
		}
	}
}

func shift(m *machine, argv []text) {
	n := 1
	if len(argv) > 1 {
		n, _ = number(argv[1].String())
	}
	m.status = 0
	if len(m.params)-1 < n {
		m.status = 1
		return
	}
	m.params = append([]text{m.params[0]}, m.params[1+n:]...)
}

// sourceFile runs a file in the shell itself. What an image brings is not here:
// its functions are then unknown programs.
func sourceFile(m *machine, argv []text) {
	m.status = 0
	if len(argv) < 2 {
		return
	}
	n := m.view.at(argv[1].String()).n
	if n == nil || n.dir != nil || !n.data.known() || isImage(n.data) {
		return
	}
	src := &source{object: "generated", kind: scriptText}
	if from := firstSource(n.data); from != nil {
		src = &source{object: from.object, kind: scriptText, secret: from.secret}
	}
	var params []text
	if len(argv) > 2 {
		params = append([]text{saved0(m.params)}, argv[2:]...)
	}
	m.runText(n.data, src, params, shellOptions{}, false)
}

func execBuiltin(m *machine, argv []text) {
	args := argv[1:]
	for len(args) > 0 && strings.HasPrefix(args[0].String(), "-") {
		if args[0].String() == "-a" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		m.status = 0
		return
	}
	m.exec(args)
	if m.flow == flowNone {
		m.flow = flowExit
		if m.status == unknownStatus {
			m.status = 0
		}
	}
}

// read takes one line of the input; the last name gets the rest of it.
func read(m *machine, argv []text) {
	var names []string
	array := false
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		if strings.HasPrefix(a, "-") {
			array = array || strings.HasSuffix(a, "a")
			if a == "-d" || a == "-p" || a == "-t" || a == "-n" || a == "-u" {
				i++
			}
			continue
		}
		names = append(names, a)
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	if !m.inKnown || !m.in.known() {
		for _, n := range names {
			m.set(n, plain(unknown))
		}
		m.status = unknownStatus
		return
	}
	lines := m.in.lines()
	if len(lines) == 0 {
		m.status = 1
		for _, n := range names {
			m.set(n, nil)
		}
		return
	}
	m.in = join(lines[1:]...)
	m.status = 0
	if !strings.HasSuffix(lines[0].String(), "\n") {
		m.status = 1 // the shell's read fails on a line without an end, but sets the names
	}
	rest := lines[0].trimNewlines().settled()
	if array {
		parts, _, _ := splitAt(rest, m.ifs())
		m.vars[names[0]] = &value{array: true, list: parts}
		return
	}
	if len(names) == 1 {
		if m.ifs() == blanks && strings.TrimSpace(rest.String()) != rest.String() {
			rest = remade(rest, strings.TrimSpace(rest.String()))
		}
		m.set(names[0], rest)
		return
	}
	parts, _, _ := splitAt(rest, m.ifs())
	for i, n := range names {
		switch {
		case i >= len(parts):
			m.set(n, nil)
		case i == len(names)-1:
			m.set(n, joinFields(parts[i:]))
		default:
			m.set(n, parts[i])
		}
	}
}

func readArray(m *machine, argv []text) {
	name := "MAPFILE"
	if len(argv) > 1 {
		name = argv[len(argv)-1].String()
	}
	v := &value{array: true}
	if m.inKnown {
		for _, l := range m.in.lines() {
			v.list = append(v.list, l.trimNewlines())
		}
	}
	m.vars[name] = v
	m.status = 0
}

func command(m *machine, argv []text) {
	if len(argv) > 1 && strings.HasPrefix(argv[1].String(), "-") {
		m.status = unknownStatus // command -v
		return
	}
	m.rest(argv[1:])
}

// assignWords is export and its like where they come as plain words.
func assignWords(m *machine, argv []text) {
	m.status = 0
	for _, a := range argv[1:] {
		name, value, has := strings.Cut(a.String(), "=")
		if has && !strings.HasPrefix(name, "-") {
			m.set(name, remade(a, value))
		}
	}
}
