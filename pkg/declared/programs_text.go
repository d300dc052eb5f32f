package declared

import (
	"encoding/base64"
	"path"
	"regexp"
	"slices"
	"strings"
)

func grep(m *machine, argv []text) {
	m.status = 0
	flags, args := flagsOf(argv, "meABC")
	for i := 1; i < len(argv)-1; i++ {
		if argv[i].String() == "-e" {
			args = append([]text{argv[i+1]}, args...)
		}
	}
	if len(args) == 0 {
		m.status = 2
		return
	}
	in, known := m.inputs(args[1:])
	expr := args[0].String()
	base := path.Base(argv[0].String())
	switch {
	case base == "fgrep" || strings.Contains(flags, "F"):
		expr = regexp.QuoteMeta(expr)
	case base == "egrep" || strings.Contains(flags, "E") || strings.Contains(flags, "P"):
	default:
		expr = basicRegexp(expr)
	}
	if strings.Contains(flags, "i") {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil || strings.Contains(expr, unknown) || !known {
		m.out = append(m.out, plain(unknown)...)
		m.status = unknownStatus
		return
	}
	invert, only := strings.Contains(flags, "v"), strings.Contains(flags, "o")
	hit := false
	count := 0
	for _, line := range in.lines() {
		s := strings.TrimSuffix(line.String(), "\n")
		if re.MatchString(s) == invert {
			continue
		}
		hit = true
		count++
		switch {
		case strings.Contains(flags, "q") || strings.Contains(flags, "c"):
		case only:
			for _, part := range re.FindAllString(s, -1) {
				if part != "" {
					m.out = append(m.out, remade(line, part+"\n")...)
				}
			}
		default:
			m.out = append(m.out, line...)
		}
	}
	if strings.Contains(flags, "c") {
		m.out = append(m.out, plain(itoa(count)+"\n")...)
	}
	m.status = boolStatus(hit, true)
}

// basicRegexp turns a basic regular expression into Go's.
func basicRegexp(s string) string {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case inClass:
			b.WriteByte(c)
			inClass = c != ']' || s[i-1] == '['
		case c == '[':
			inClass = true
			b.WriteByte(c)
		case c == '\\' && i+1 < len(s):
			i++
			if strings.IndexByte("(){}|+?", s[i]) >= 0 {
				b.WriteByte(s[i])
			} else if s[i] == '<' || s[i] == '>' {
				b.WriteString(`\b`)
			} else if s[i] == '/' || s[i] == '#' || s[i] == '@' || s[i] == '%' || s[i] == '!' {
				b.WriteByte(s[i])
			} else {
				b.WriteString(`\` + s[i:i+1])
			}
		case strings.IndexByte("(){}|+?", c) >= 0:
			b.WriteString(`\` + string(c))
		case c == '*' && (i == 0 || s[i-1] == '^'):
			b.WriteString(`\*`)
		case c == '$' && i+1 < len(s) && s[i+1] != '/' && s[i+1] != ')' && s[i+1] != '\\':
			b.WriteString(`\$`)
		case c == '^' && i > 0 && s[i-1] != '(' && s[i-1] != '|':
			b.WriteString(`\^`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

var envReference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

func envsubst(m *machine, argv []text) {
	m.status = 0
	_, args := flagsOf(argv, "")
	only := map[string]bool{}
	if len(args) > 0 {
		for _, ref := range envReference.FindAllStringSubmatch(args[0].String(), -1) {
			only[ref[1]+ref[2]] = true
		}
	}
	if !m.inKnown {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	for _, line := range m.in.lines() {
		s := envReference.ReplaceAllStringFunc(line.String(), func(ref string) string {
			name := strings.Trim(ref, "${}")
			if len(only) > 0 && !only[name] {
				return ref
			}
			return m.get(name).String()
		})
		m.out = append(m.out, line.rewrite(s)...)
	}
}

func hostname(m *machine, argv []text) {
	m.status = 0
	if len(argv) > 1 {
		switch argv[1].String() {
		case "-s":
		case "-f", "--fqdn":
			m.out = append(m.out, plain(m.r.hostname()+"."+unknown+"\n")...)
			return
		default:
			m.out = append(m.out, plain(unknown)...)
			return
		}
	}
	m.out = append(m.out, plain(m.r.hostname()+"\n")...)
}

func baseName(m *machine, argv []text) {
	m.status = 0
	_, args := flagsOf(argv, "s")
	if len(args) == 0 {
		return
	}
	s := path.Base(args[0].String())
	if len(args) > 1 {
		s = strings.TrimSuffix(s, args[1].String())
	}
	m.out = append(m.out, plain(s+"\n")...)
}

func dirName(m *machine, argv []text) {
	m.status = 0
	if len(argv) > 1 {
		m.out = append(m.out, plain(path.Dir(argv[1].String())+"\n")...)
	}
}

func translate(m *machine, argv []text) {
	m.status = 0
	flags, args := flagsOf(argv, "")
	if !m.inKnown || len(args) == 0 {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	from := expandSet(args[0].String())
	to := ""
	if len(args) > 1 {
		to = expandSet(args[1].String())
	}
	remove := strings.Contains(flags, "d")
	complement := strings.Contains(flags, "c") || strings.Contains(flags, "C")
	for _, r := range m.in {
		r.s = strings.Map(func(c rune) rune {
			if string(c) == unknown {
				return c
			}
			i := strings.IndexRune(from, c)
			in := i >= 0 != complement
			switch {
			case !in:
				return c
			case remove:
				return -1
			case to == "" || complement:
				return c
			}
			runes := []rune(to)
			return runes[min(len([]rune(from[:max(i, 0)])), len(runes)-1)]
		}, r.s)
		r.edited = true
		m.out = append(m.out, r)
	}
}

// expandSet reads the sets of tr: ranges, classes and escapes.
func expandSet(s string) string {
	s = strings.NewReplacer("[:upper:]", "A-Z", "[:lower:]", "a-z", "[:digit:]", "0-9", "[:alpha:]", "A-Za-z", "[:alnum:]", "A-Za-z0-9", "[:space:]", " \t\n").Replace(s)
	s = backslashes(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] >= s[i] {
			for c := s[i]; c <= s[i+2] && c < 128; c++ {
				b.WriteByte(c)
			}
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cut takes fields or characters.
func cut(m *machine, argv []text) {
	m.status = 0
	delimiter, field, chars := "\t", "", ""
	var files []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "-d" && i+1 < len(argv):
			i++
			delimiter = argv[i].String()
		case a == "-f" && i+1 < len(argv):
			i++
			field = argv[i].String()
		case strings.HasPrefix(a, "-d"):
			delimiter = a[2:]
		case strings.HasPrefix(a, "-f"):
			field = a[2:]
		case (a == "-c" || a == "-b") && i+1 < len(argv):
			i++
			chars = argv[i].String()
		case strings.HasPrefix(a, "-c") || strings.HasPrefix(a, "-b"):
			chars = a[2:]
		case strings.HasPrefix(a, "-"):
			field = ""
		default:
			files = append(files, argv[i])
		}
	}
	in, known := m.inputs(files)
	if known && chars != "" {
		cutChars(m, in, chars)
		return
	}
	n, isNumber := number(strings.TrimSuffix(field, "-"))
	if !known || !isNumber || n < 1 {
		m.out = append(m.out, plain(unknown+"\n")...)
		return
	}
	for _, line := range in.lines() {
		parts := strings.Split(strings.TrimSuffix(line.String(), "\n"), delimiter)
		s := ""
		switch {
		case len(parts) == 1:
			s = parts[0]
		case strings.HasSuffix(field, "-") && n <= len(parts):
			s = strings.Join(parts[n-1:], delimiter)
		case n <= len(parts):
			s = parts[n-1]
		}
		m.out = append(m.out, remade(line, s+"\n")...)
	}
}

// cutChars is cut -c N, N-, -N and N-M.
func cutChars(m *machine, in text, chars string) {
	first, last, isRange := strings.Cut(chars, "-")
	from, okFrom := number(first)
	to, okTo := number(last)
	switch {
	case !isRange:
		to, okTo = from, okFrom
	case first == "":
		from, okFrom = 1, true
	case last == "":
		to, okTo = 1<<20, true
	}
	if !okFrom || !okTo || from < 1 {
		m.out = append(m.out, plain(unknown+"\n")...)
		return
	}
	for _, line := range in.lines() {
		s := strings.TrimSuffix(line.String(), "\n")
		lo, hi := min(from-1, len(s)), min(to, len(s))
		m.out = append(m.out, remade(line, s[lo:max(lo, hi)]+"\n")...)
	}
}

// reverse is rev.
func reverse(m *machine, argv []text) {
	m.status = 0
	in, known := m.inputs(argv[1:])
	if !known {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	for _, line := range in.lines() {
		r := []rune(strings.TrimSuffix(line.String(), "\n"))
		slices.Reverse(r)
		m.out = append(m.out, remade(line, string(r)+"\n")...)
	}
}

func head(m *machine, argv []text) {
	m.status = 0
	n := 10
	chars := false
	var files []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case (a == "-n" || a == "-c") && i+1 < len(argv):
			i++
			n, _ = number(strings.TrimPrefix(argv[i].String(), "-"))
			chars = chars || a == "-c"
		case strings.HasPrefix(a, "-"):
			chars = chars || strings.HasPrefix(a, "-c")
			if v, isNumber := number(strings.TrimLeft(a, "-nc")); isNumber {
				n = v
			}
		default:
			files = append(files, argv[i])
		}
	}
	in, known := m.inputs(files)
	if !known {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	if s := in.String(); chars {
		if path.Base(argv[0].String()) == "tail" {
			s = s[max(len(s)-n, 0):]
		} else {
			s = s[:min(n, len(s))]
		}
		m.out = append(m.out, remade(in, s)...)
		return
	}
	lines := in.lines()
	if path.Base(argv[0].String()) == "tail" {
		lines = lines[max(len(lines)-n, 0):]
	} else {
		lines = lines[:min(n, len(lines))]
	}
	m.out = append(m.out, join(lines...)...)
}

var awkField = regexp.MustCompile(`^\s*\{\s*print\s*\$\(?(NF|\d+)\)?\s*;?\s*\}\s*$`)

// awk prints a field; more of it is not followed.
func awk(m *machine, argv []text) {
	m.status = 0
	separator := ""
	var args []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case (a == "-F" || a == "-v") && i+1 < len(argv):
			i++
			if a == "-F" {
				separator = argv[i].String()
			}
		case strings.HasPrefix(a, "-F"):
			separator = strings.Trim(a[2:], "'\"")
		default:
			args = append(args, argv[i])
		}
	}
	if len(args) == 0 {
		return
	}
	in, known := m.inputs(args[1:])
	match := awkField.FindStringSubmatch(args[0].String())
	if match == nil || !known {
		if known {
			m.out = append(m.out, unfollowed(in)...)
		} else {
			m.out = append(m.out, plain(unknown)...)
		}
		return
	}
	for _, line := range in.lines() {
		s := strings.TrimSuffix(line.String(), "\n")
		parts := strings.Fields(s)
		if separator != "" {
			parts = strings.Split(s, separator)
		}
		n := len(parts)
		if match[1] != "NF" {
			n, _ = number(match[1])
		}
		got := s
		if n > 0 {
			got = ""
			if n <= len(parts) {
				got = parts[n-1]
			}
		}
		m.out = append(m.out, remade(line, got+"\n")...)
	}
}

func seq(m *machine, argv []text) {
	m.status = 0
	_, args := flagsOf(argv, "sfw")
	first, last := 1, 0
	var ok1, ok2 bool
	switch len(args) {
	case 1:
		last, ok2 = number(args[0].String())
		ok1 = true
	case 2:
		first, ok1 = number(args[0].String())
		last, ok2 = number(args[1].String())
	}
	if !ok1 || !ok2 || last-first > 1000 {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	for n := first; n <= last; n++ {
		m.out = append(m.out, plain(itoa(n)+"\n")...)
	}
}

func exprProgram(m *machine, argv []text) {
	m.status = 0
	var words []string
	for _, a := range argv[1:] {
		words = append(words, a.String())
	}
	if len(words) == 3 && (words[1] == ":" || words[1] == "match") {
		re, err := regexp.Compile("^(?:" + basicRegexp(words[2]) + ")")
		if err == nil && !strings.Contains(words[0], unknown) {
			got := ""
			if f := re.FindStringSubmatch(words[0]); len(f) > 1 {
				got = f[1]
			} else if len(f) == 1 {
				got = itoa(len(f[0]))
			}
			m.out = append(m.out, plain(got+"\n")...)
			return
		}
		m.out = append(m.out, plain(unknown)...)
		return
	}
	f, err := parseScript("((" + strings.Join(words, " ") + "))")
	if err == nil && len(f.Stmts) == 1 {
		if n, known := m.arithText(strings.Join(words, " "), 0); known {
			m.out = append(m.out, plain(itoa(n)+"\n")...)
			return
		}
	}
	m.out = append(m.out, plain(unknown)...)
}

func passLines(m *machine, argv []text) {
	m.status = 0
	_, files := flagsOf(argv, "kto")
	in, _ := m.inputs(files)
	m.out = append(m.out, in...)
}

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
	files := false
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case !strings.HasPrefix(a, "-") && len(command) == 0 && name == "*" && !files:
			roots = append(roots, a)
		case (a == "-name" || a == "-iname") && i+1 < len(argv):
			i++
			name = argv[i].String()
		case a == "-type" && i+1 < len(argv):
			i++
			files = argv[i].String() == "f" || argv[i].String() == "l"
		case a == "-exec" && i+1 < len(argv):
			for i++; i < len(argv) && argv[i].String() != ";" && argv[i].String() != "+"; i++ {
				command = append(command, argv[i])
			}
		case a == "-maxdepth" || a == "-mindepth" || a == "-path" || a == "-newer" || a == "-size" || a == "-user" || a == "-perm":
			i++
		}
	}
	re, err := globRegexp(name)
	if err != nil {
		return
	}
	for _, root := range roots {
		var walk func(string)
		walk = func(dir string) {
			names, _, isDir := m.view.list(dir)
			if !isDir {
				if m.view.at(dir).n == nil || !re.MatchString(path.Base(dir)) {
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
			for _, n := range names {
				walk(path.Join(dir, n))
			}
		}
		walk(root)
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

func base64Program(m *machine, argv []text) {
	m.status = 0
	flags, files := flagsOf(argv, "w")
	in, known := m.inputs(files)
	if !known || !strings.Contains(flags, "-d") && !strings.Contains(flags, "-D") {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(in.String()), ""))
	if err != nil {
		m.status = 1
		return
	}
	r := run{s: string(data), src: firstSource(in), edited: true}
	m.out = append(m.out, r)
}
