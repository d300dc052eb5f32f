package declared

import (
	"path"
	"strings"
)

func xargs(m *machine, argv []text) {
	replace := ""
	i := 1
	for ; i < len(argv); i++ {
		a := argv[i].String()
		if !strings.HasPrefix(a, "-") {
			break
		}
		switch {
		case a == "-I" && i+1 < len(argv):
			i++
			replace = argv[i].String()
		case strings.HasPrefix(a, "-I"):
			replace = a[2:]
		case a == "-n" || a == "-P" || a == "-L" || a == "-d":
			i++
		}
	}
	m.status = 0
	if i >= len(argv) || !m.inKnown || !m.in.known() {
		if i < len(argv) {
			m.foreign("xargs", argv)
		}
		return
	}
	items, _, _ := splitBlanks(text{{s: strings.ReplaceAll(m.in.String(), "\x00", "\n")}})
	if replace == "" {
		m.exec(append(append([]text{}, argv[i:]...), items...))
		return
	}
	for _, item := range items {
		var words []text
		for _, w := range argv[i:] {
			if strings.Contains(w.String(), replace) {
				w = remade(w, strings.ReplaceAll(w.String(), replace, item.String()))
			}
			words = append(words, w)
		}
		m.exec(words)
	}
}

// find lists files by name, and runs -exec on them.
func find(m *machine, argv []text) {
	m.status = 0
	var roots []string
	var command []text
	name := "*"
	files, kind, depth, follow := false, "", 1<<20, false
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "-L" || a == "-follow":
			follow = true
		case a == "-maxdepth" && i+1 < len(argv):
			i++
			if n, known := number(argv[i].String()); known {
				depth = n
			}
		case !strings.HasPrefix(a, "-") && len(command) == 0 && name == "*" && !files:
			roots = append(roots, a)
		case (a == "-name" || a == "-iname") && i+1 < len(argv):
			i++
			name = argv[i].String()
		case a == "-type" && i+1 < len(argv):
			i++
			kind = argv[i].String()
			files = kind == "f" || kind == "l"
		case a == "-exec" && i+1 < len(argv):
			for i++; i < len(argv) && argv[i].String() != ";" && argv[i].String() != "+"; i++ {
				command = append(command, argv[i])
			}
		case a == "-mindepth" || a == "-path" || a == "-newer" || a == "-size" || a == "-user" || a == "-perm":
			i++
		}
	}
	re, err := globRegexp(name)
	if err != nil {
		return
	}
	for _, root := range roots {
		// Keys are links; what they lead to is in a folder below.
		fits := func(p string) bool {
			link := m.view.kubeletLink(p) && !follow
			return kind != "l" && (kind != "f" || !link || depth > 1) || kind == "l" && link
		}
		var walk func(string, int)
		walk = func(dir string, level int) {
			names, _, isDir := m.view.list(dir)
			if !isDir {
				if m.view.at(dir).n == nil || !re.MatchString(path.Base(dir)) || !fits(dir) {
					return
				}
				if len(command) == 0 {
					m.out = append(m.out, plain(dir+"\n")...)
					return
				}
				var words []text
				for _, w := range command {
					words = append(words, remade(w, strings.ReplaceAll(w.String(), "{}", dir)))
				}
				m.exec(words)
				return
			}
			if level >= depth {
				return
			}
			for _, n := range names {
				walk(path.Join(dir, n), level+1)
			}
		}
		walk(root, 0)
	}
}

func listFiles(m *machine, argv []text) {
	m.status = 0
	_, args := flagsOf(argv, "")
	if len(args) == 0 {
		args = []text{plain(".")}
	}
	for _, a := range args {
		names, open, isDir := m.view.list(a.String())
		switch {
		case open && len(names) == 0:
			m.out = append(m.out, plain(unknown)...)
			m.status = unknownStatus
		case isDir:
			for _, n := range names {
				m.out = append(m.out, plain(n+"\n")...)
			}
		case m.view.at(a.String()).n != nil:
			m.out = append(m.out, join(a, plain("\n"))...)
		case m.mayExist(a.String()):
			m.out = append(m.out, plain(unknown)...)
			m.status = unknownStatus
		default:
			m.status = 2
		}
	}
}
