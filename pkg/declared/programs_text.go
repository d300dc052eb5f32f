package declared

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

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

func passLines(m *machine, argv []text) {
	m.status = 0
	_, files := flagsOf(argv, "kto")
	in, _ := m.inputs(files)
	m.out = append(m.out, in...)
}

func base64Program(m *machine, argv []text) {
	m.status = 0
	flags, files := flagsOf(argv, "w")
	in, known := m.inputs(files)
	if known && textSource(in) != nil && !strings.ContainsAny(flags, "dD") {
		// Encoded, it is still the file's: base64 -d makes the same of it again.
		m.out = append(m.out, run{s: base64.StdEncoding.EncodeToString([]byte(in.String())) + "\n", src: textSource(in), edited: true})
		return
	}
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
