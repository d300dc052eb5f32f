package declared

import (
	"path"
	"slices"
	"strings"
)

// head is head and tail: so many lines or characters of a text, or all but so many.
func head(m *machine, argv []text) {
	m.status = 0
	tail := path.Base(argv[0].String()) == "tail"
	count, chars := "10", false
	var files []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case (a == "-n" || a == "-c" || a == "--lines" || a == "--bytes") && i+1 < len(argv):
			i++
			count, chars = argv[i].String(), a == "-c" || a == "--bytes"
		case strings.HasPrefix(a, "--lines="), strings.HasPrefix(a, "--bytes="):
			count, chars = a[8:], a[2] == 'b'
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-c"):
			count, chars = a[2:], a[1] == 'c'
		case len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9':
			count = a[1:]
		case a == "-q" || a == "-F" || a == "-f" || a == "--":
		case len(a) > 1 && a[0] == '-':
			count = unknown
		default:
			files = append(files, argv[i])
		}
	}
	in, known := m.inputs(files)
	n, isNumber := number(strings.TrimLeft(count, "+-"))
	if !known || !isNumber {
		m.out = append(m.out, plain(unknown)...)
		return
	}
	if chars {
		s := in.String()
		from, to := span(len(s), n, count, tail)
		m.out = append(m.out, remade(in, s[from:to])...)
		return
	}
	lines := in.lines()
	from, to := span(len(lines), n, count, tail)
	m.out = append(m.out, join(lines[from:to]...)...)
}

// span is the part of a length that head or tail takes: tail -n +2 begins at the
// second, head -n -2 leaves the last two.
func span(length, n int, count string, tail bool) (from, to int) {
	switch {
	case tail && strings.HasPrefix(count, "+"):
		return min(max(n-1, 0), length), length
	case tail:
		return max(length-n, 0), length
	case strings.HasPrefix(count, "-"):
		return 0, max(length-n, 0)
	}
	return 0, min(n, length)
}

// sortLines is sort, by bytes. What other orders come to is not known.
func sortLines(m *machine, argv []text) {
	m.status = 0
	flags, files := flagsOf(argv, "kto")
	in, known := m.inputs(files)
	lines := in.lines()
	flags = strings.NewReplacer("--reverse", "-r", "--unique", "-u").Replace(flags)
	if !known || strings.Trim(flags, " -ru") != "" && len(lines) > 1 {
		m.out = append(m.out, plain(unknown+"\n")...)
		return
	}
	reverse := strings.Contains(flags, "r")
	slices.SortStableFunc(lines, func(a, b text) int {
		order := strings.Compare(strings.TrimSuffix(a.String(), "\n"), strings.TrimSuffix(b.String(), "\n"))
		if reverse {
			return -order
		}
		return order
	})
	if strings.Contains(flags, "u") {
		lines = slices.CompactFunc(lines, func(a, b text) bool { return a.String() == b.String() })
	}
	m.out = append(m.out, join(lines...)...)
}
