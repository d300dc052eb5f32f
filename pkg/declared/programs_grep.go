package declared

import (
	"path"
	"regexp"
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
