package declared

import (
	"path"
	"regexp"
	"strings"
)

// grepOptions is a command line of grep taken apart.
type grepOptions struct {
	kind     byte // F, E or G: how a pattern is meant
	flags    map[byte]bool
	patterns []string
	files    []text
	known    bool
}

// longGrep are grep's long options by their short ones.
var longGrep = map[string]byte{
	"fixed-strings": 'F', "extended-regexp": 'E', "perl-regexp": 'E', "basic-regexp": 'G', "ignore-case": 'i', "invert-match": 'v',
	"only-matching": 'o', "quiet": 'q', "silent": 'q', "count": 'c', "word-regexp": 'w', "line-regexp": 'x', "no-messages": 's', "text": 'a',
	"no-filename": 'h', "color": 's', "colour": 's', "line-buffered": 's', "regexp": 'e', "max-count": 'm',
}

func parseGrep(argv []text) grepOptions {
	o := grepOptions{kind: 'G', flags: map[byte]bool{}, known: true}
	switch path.Base(argv[0].String()) {
	case "fgrep":
		o.kind = 'F'
	case "egrep":
		o.kind = 'E'
	}
	var words []text
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "--":
			words = append(words, argv[i+1:]...)
			i = len(argv)
		case strings.HasPrefix(a, "--"):
			name, value, has := strings.Cut(a[2:], "=")
			c := longGrep[name]
			if (c == 'e' || c == 'm') && !has && i+1 < len(argv) {
				i++
				value = argv[i].String()
			}
			o.option(c, value)
		case len(a) > 1 && a[0] == '-':
			for j := 1; j < len(a); j++ {
				if strings.IndexByte("emABC", a[j]) < 0 {
					o.option(a[j], "")
					continue
				}
				value := a[j+1:]
				if value == "" && i+1 < len(argv) {
					i++
					value = argv[i].String()
				}
				o.option(a[j], value)
				break
			}
		default:
			words = append(words, argv[i])
		}
	}
	if len(o.patterns) == 0 && len(words) > 0 {
		o.patterns, words = []string{words[0].String()}, words[1:]
	}
	o.files = words
	return o
}

// option takes one option; those that print something else are not followed.
func (o *grepOptions) option(c byte, value string) {
	switch c {
	case 'F', 'E', 'G':
		o.kind = c
	case 'P':
		o.kind = 'E'
	case 'e':
		o.patterns = append(o.patterns, value)
	case 'i', 'y', 'v', 'o', 'q', 'c', 'w', 'x', 's', 'a', 'h':
		o.flags[c] = true
	case 'm':
		o.known = o.known && value == "1"
		o.flags['m'] = true
	default:
		o.known = false
	}
}

// regexp is what a line must match.
func (o *grepOptions) regexp() (*regexp.Regexp, error) {
	list := make([]string, len(o.patterns))
	for i, expr := range o.patterns {
		switch o.kind {
		case 'F':
			expr = regexp.QuoteMeta(expr)
		case 'G':
			expr = basicRegexp(expr)
		}
		list[i] = expr
	}
	expr := strings.Join(list, "|")
	switch {
	case o.flags['x']:
		expr = "^(?:" + expr + ")$"
	case o.flags['w']:
		expr = `\b(?:` + expr + `)\b`
	}
	if o.flags['i'] || o.flags['y'] {
		expr = "(?i)" + expr
	}
	return regexp.Compile(expr)
}

func grep(m *machine, argv []text) {
	m.status = 0
	o := parseGrep(argv)
	if len(o.patterns) == 0 {
		m.status = 2
		return
	}
	in, known := m.inputs(o.files)
	re, err := o.regexp()
	if err != nil || strings.Contains(strings.Join(o.patterns, ""), unknown) || !known || !o.known {
		m.out = append(m.out, plain(unknown)...)
		m.status = unknownStatus
		return
	}
	count := 0
	for _, line := range in.lines() {
		s := strings.TrimSuffix(line.String(), "\n")
		if re.MatchString(s) == o.flags['v'] {
			continue
		}
		count++
		switch {
		case o.flags['q'] || o.flags['c']:
		case o.flags['o']:
			for _, part := range re.FindAllString(s, -1) {
				if part != "" {
					m.out = append(m.out, remade(line, part+"\n")...)
				}
			}
		default:
			m.out = append(m.out, line...)
		}
		if o.flags['m'] {
			break
		}
	}
	if o.flags['c'] && !o.flags['q'] {
		m.out = append(m.out, plain(itoa(count)+"\n")...)
	}
	m.status = boolStatus(count > 0, true)
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
