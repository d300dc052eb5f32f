package declared

import (
	"regexp"
	"strconv"
	"strings"
)

// sed follows the commands that scripts edit option files with: s, d, p, a, i, c,
// y is not among them. A script that it cannot read leaves the lines where they
// are, their values in doubt.
func sed(m *machine, argv []text) {
	m.status = 0
	var scripts []string
	var files []text
	inPlace, quiet, extended := false, false, false
	for i := 1; i < len(argv); i++ {
		a := argv[i].String()
		switch {
		case a == "-e" || a == "--expression" || a == "-f":
			i++
			if i < len(argv) {
				s := argv[i].String()
				if a == "-f" {
					t, _ := m.readFile(s)
					s = t.String()
				}
				scripts = append(scripts, s)
			}
		case strings.HasPrefix(a, "--expression="):
			scripts = append(scripts, strings.TrimPrefix(a, "--expression="))
		case strings.HasPrefix(a, "--in-place"):
			inPlace = true
		case a == "--regexp-extended":
			extended = true
		case a == "--quiet" || a == "--silent":
			quiet = true
		case strings.HasPrefix(a, "-") && len(a) > 1:
			flags := a[1:]
			if j := strings.IndexByte(flags, 'i'); j >= 0 {
				inPlace = true
				flags = flags[:j] + "" // what follows i is a suffix
				if a[1:] == "ie" || a[1:] == "iE" || a[1:] == "ir" {
					flags = ""
				}
			}
			quiet = quiet || strings.Contains(flags, "n")
			extended = extended || strings.ContainsAny(flags, "Er")
			if strings.HasSuffix(flags, "e") && i+1 < len(argv) {
				i++
				scripts = append(scripts, argv[i].String())
			}
		default:
			files = append(files, argv[i])
		}
	}
	if len(scripts) == 0 {
		if len(files) == 0 {
			return
		}
		scripts, files = []string{files[0].String()}, files[1:]
	}
	commands, err := parseSed(strings.Join(scripts, "\n"), extended)
	apply := func(t text) text {
		if err != nil {
			return t.doubted()
		}
		return runSed(commands, t, quiet)
	}
	if !inPlace {
		in, _ := m.inputs(files)
		m.out = append(m.out, apply(in)...)
		return
	}
	for _, f := range files {
		name := f.String()
		pl := m.view.at(name)
		switch {
		case strings.Contains(name, unknown):
		case pl.n == nil || pl.n.dir != nil:
			if !m.mayExist(name) {
				m.status = 2
			}
		case pl.vol.readOnly:
			m.status = 4
		case isImage(pl.n.data):
			// The image's own text is not here; it is edited, and still the image's.
		default:
			n := *pl.n
			n.data = apply(pl.n.data)
			if n.data.String() != pl.n.data.String() && !strings.Contains(n.via, "sed") {
				n.via += "+sed"
			}
			_ = m.view.write(name, &n)
		}
	}
}

type sedAddress struct {
	line int
	last bool
	re   *regexp.Regexp
	// open is set where the pattern holds what is not known: re matches every line
	// that it could match.
	open bool
}

type sedCommand struct {
	from, to *sedAddress
	negate   bool
	cmd      byte
	re       *regexp.Regexp
	open     bool // as a sedAddress
	with     string
	all      bool
	nth      int
	print    bool
	text     string
	block    []sedCommand
	inRange  bool
	lost     bool // whether it is in its range is not known any more
}

type sedParser struct {
	s        string
	pos      int
	extended bool
}

func parseSed(script string, extended bool) ([]sedCommand, error) {
	p := &sedParser{s: script, extended: extended}
	return p.commands(false)
}

func (p *sedParser) commands(inBlock bool) ([]sedCommand, error) {
	var list []sedCommand
	for {
		p.skip(" \t\n;")
		if p.pos >= len(p.s) {
			if inBlock {
				return nil, errSyntax
			}
			return list, nil
		}
		if p.s[p.pos] == '}' {
			p.pos++
			if !inBlock {
				return nil, errSyntax
			}
			return list, nil
		}
		if p.s[p.pos] == '#' {
			for p.pos < len(p.s) && p.s[p.pos] != '\n' {
				p.pos++
			}
			continue
		}
		c, err := p.command()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
}

func (p *sedParser) skip(set string) {
	for p.pos < len(p.s) && strings.IndexByte(set, p.s[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *sedParser) command() (c sedCommand, err error) {
	if c.from, err = p.address(); err != nil {
		return c, err
	}
	if c.from != nil && p.pos < len(p.s) && p.s[p.pos] == ',' {
		p.pos++
		p.skip(" \t")
		if c.to, err = p.address(); err != nil || c.to == nil {
			return c, errSyntax
		}
	}
	p.skip(" \t")
	if p.pos < len(p.s) && p.s[p.pos] == '!' {
		c.negate = true
		p.pos++
		p.skip(" \t")
	}
	if p.pos >= len(p.s) {
		return c, errSyntax
	}
	c.cmd = p.s[p.pos]
	p.pos++
	switch c.cmd {
	case '{':
		c.block, err = p.commands(true)
		return c, err
	case 'd', 'p', 'q':
		return c, nil
	case 'a', 'i', 'c':
		c.text = p.textArgument()
		return c, nil
	case 's':
		return c, p.substitution(&c)
	}
	return c, errSyntax
}

func (p *sedParser) address() (*sedAddress, error) {
	if p.pos >= len(p.s) {
		return nil, nil
	}
	switch ch := p.s[p.pos]; {
	case ch == '$':
		p.pos++
		return &sedAddress{last: true}, nil
	case ch >= '0' && ch <= '9':
		start := p.pos
		for p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9' {
			p.pos++
		}
		n, _ := strconv.Atoi(p.s[start:p.pos])
		return &sedAddress{line: n}, nil
	case ch == '/' || ch == '\\':
		if ch == '\\' {
			p.pos++
		}
		if p.pos >= len(p.s) {
			return nil, errSyntax
		}
		delimiter := p.s[p.pos]
		p.pos++
		expr, ok := p.until(delimiter)
		if !ok {
			return nil, errSyntax
		}
		re, err := p.regexp(expr, strings.HasPrefix(p.s[p.pos:], "I"))
		if strings.HasPrefix(p.s[p.pos:], "I") {
			p.pos++
		}
		return &sedAddress{re: re, open: strings.Contains(expr, unknown)}, err
	}
	return nil, nil
}

// sedUnreadable are patterns in which what is not known decides what the rest
// means: after a backslash, and in brackets.
var sedUnreadable = regexp.MustCompile(`\\` + unknown + `|\[[^\]]*` + unknown)

func (p *sedParser) regexp(expr string, fold bool) (*regexp.Regexp, error) {
	if !p.extended {
		expr = basicRegexp(expr)
	}
	if expr == "" || sedUnreadable.MatchString(expr) {
		return nil, errSyntax
	}
	expr = strings.ReplaceAll(expr, unknown, ".*")
	if fold {
		expr = "(?i)" + expr
	}
	return regexp.Compile(expr)
}

// until reads up to an unescaped delimiter; an escaped one stands for itself.
func (p *sedParser) until(delimiter byte) (string, bool) {
	var b strings.Builder
	inClass := false
	for ; p.pos < len(p.s); p.pos++ {
		ch := p.s[p.pos]
		switch {
		case ch == '\\' && p.pos+1 < len(p.s):
			p.pos++
			if p.s[p.pos] != delimiter {
				b.WriteByte('\\')
			}
			b.WriteByte(p.s[p.pos])
			continue
		case ch == delimiter && !inClass:
			p.pos++
			return b.String(), true
		case ch == '[':
			inClass = delimiter == '/' && strings.Contains(p.s[p.pos:], "]") && false
		}
		b.WriteByte(ch)
	}
	return "", false
}

func (p *sedParser) substitution(c *sedCommand) error {
	if p.pos >= len(p.s) {
		return errSyntax
	}
	delimiter := p.s[p.pos]
	p.pos++
	expr, ok := p.until(delimiter)
	if !ok {
		return errSyntax
	}
	with, ok := p.until(delimiter)
	if !ok {
		return errSyntax
	}
	fold := false
	for p.pos < len(p.s) {
		switch ch := p.s[p.pos]; {
		case ch == 'g':
			c.all = true
		case ch == 'I' || ch == 'i':
			fold = true
		case ch == 'p':
			c.print = true
		case ch >= '1' && ch <= '9':
			c.nth = int(ch - '0')
		case ch == ' ' || ch == '\t':
		case ch == ';' || ch == '\n' || ch == '}':
			goto done
		default:
			return errSyntax
		}
		p.pos++
	}
done:
	re, err := p.regexp(expr, fold)
	c.re, c.with, c.open = re, with, strings.Contains(expr, unknown)
	return err
}

// textArgument is what a, i and c put in: to the end of the line; a backslash
// carries it on.
func (p *sedParser) textArgument() string {
	p.skip(" \t")
	if strings.HasPrefix(p.s[p.pos:], "\\") {
		p.pos++
		p.skip(" \t")
		if p.pos < len(p.s) && p.s[p.pos] == '\n' {
			p.pos++
		}
	}
	var b strings.Builder
	for ; p.pos < len(p.s); p.pos++ {
		if p.s[p.pos] == '\\' && p.pos+1 < len(p.s) {
			p.pos++
			if p.s[p.pos] == 'n' {
				b.WriteByte('\n')
			} else if p.s[p.pos] == 't' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(p.s[p.pos])
			}
			continue
		}
		if p.s[p.pos] == '\n' {
			break
		}
		b.WriteByte(p.s[p.pos])
	}
	return b.String() + "\n"
}
