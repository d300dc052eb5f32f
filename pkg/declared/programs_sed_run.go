package declared

import "strings"

// runSed applies the commands line by line; lines keep their origin. A line that a
// command may do something to, and may not, is in doubt, the others are not.
func runSed(commands []sedCommand, in text, quiet bool) text {
	lines := in.lines()
	var out text
	mayHaveQuit := false
	for i, line := range lines {
		newline := strings.HasSuffix(line.String(), "\n")
		st := &sedState{line: line, s: strings.TrimSuffix(line.String(), "\n"), n: i + 1, last: i == len(lines)-1, doubt: mayHaveQuit}
		st.run(commands, true)
		mayHaveQuit = mayHaveQuit || st.mayQuit
		out = append(out, st.before...)
		if !st.deleted && !quiet {
			s := st.s
			if newline || len(st.after) > 0 {
				s += "\n"
			}
			out = append(out, st.rewrite(s)...)
		}
		if st.printed {
			out = append(out, st.rewrite(st.s+"\n")...)
		}
		out = append(out, st.after...)
		if st.quit {
			break
		}
	}
	return out
}

type sedState struct {
	line          text
	s             string
	n             int
	last          bool
	before, after text
	deleted       bool
	printed       bool
	quit          bool
	// doubt is set where it is not known what becomes of the line, mayQuit where it is
	// not known whether there are more.
	doubt, mayQuit bool
}

func (st *sedState) rewrite(s string) text {
	if st.doubt {
		return st.line.rewrite(s).doubted()
	}
	return st.line.rewrite(s)
}

// run applies commands; sure is false in a block that may not be entered.
func (st *sedState) run(commands []sedCommand, sure bool) {
	for i := range commands {
		c := &commands[i]
		if st.deleted {
			continue
		}
		hit, known := st.selects(c)
		if known && hit == c.negate {
			continue
		}
		if known = known && sure; !known {
			st.maybe(c)
			continue
		}
		switch c.cmd {
		case '{':
			st.run(c.block, true)
		case 'd':
			st.deleted = true
		case 'p':
			st.printed = true
		case 'q':
			st.quit = true
		case 'a':
			st.after = append(st.after, plain(c.text)...)
		case 'i':
			st.before = append(st.before, plain(c.text)...)
		case 'c':
			st.s = strings.TrimSuffix(c.text, "\n")
		case 's':
			if s, hit := c.substitute(st.s); hit && c.open {
				st.doubt = true
			} else if hit {
				st.s = s
				st.printed = st.printed || c.print
			}
		}
	}
}

// maybe is a command that may be run on the line, and may not.
func (st *sedState) maybe(c *sedCommand) {
	switch c.cmd {
	case '{':
		st.run(c.block, false)
	case 'a':
		st.after = append(st.after, plain(c.text).doubted()...)
	case 'i':
		st.before = append(st.before, plain(c.text).doubted()...)
	case 'q':
		st.mayQuit = true
	case 's':
		st.doubt = st.doubt || c.re.MatchString(st.s)
	default:
		st.doubt = true
	}
}

// selects says whether a command's addresses select the line, and whether that is
// known.
func (st *sedState) selects(c *sedCommand) (hit, known bool) {
	matches := func(a *sedAddress) (hit, known bool) {
		switch {
		case a.last:
			return st.last, true
		case a.re != nil:
			hit = a.re.MatchString(st.s)
			return hit, !hit || !a.open
		}
		return st.n == a.line, true
	}
	switch {
	case c.from == nil:
		return true, true
	case c.to == nil:
		return matches(c.from)
	case c.lost:
		return false, false
	case c.inRange:
		if c.to.line > 0 {
			c.inRange = st.n < c.to.line
			return true, true
		}
		end, known := matches(c.to)
		c.lost = !known
		c.inRange = !end
		return true, true
	}
	if hit, known = matches(c.from); !known {
		c.lost = true
	}
	if hit && known {
		c.inRange = c.to.line == 0 || c.to.line > st.n
	}
	return hit, known
}

func (c *sedCommand) substitute(s string) (string, bool) {
	matches := c.re.FindAllStringSubmatchIndex(s, -1)
	if matches == nil {
		return s, false
	}
	var b strings.Builder
	end := 0
	for i, match := range matches {
		if !c.all && i != max(c.nth-1, 0) {
			continue
		}
		b.WriteString(s[end:match[0]])
		b.WriteString(c.replacement(s, match))
		end = match[1]
	}
	b.WriteString(s[end:])
	return b.String(), true
}

func (c *sedCommand) replacement(s string, match []int) string {
	var b strings.Builder
	group := func(n int) {
		if 2*n+1 < len(match) && match[2*n] >= 0 {
			b.WriteString(s[match[2*n]:match[2*n+1]])
		}
	}
	for i := 0; i < len(c.with); i++ {
		ch := c.with[i]
		switch {
		case ch == '&':
			group(0)
		case ch == '\\' && i+1 < len(c.with):
			i++
			switch n := c.with[i]; {
			case n >= '0' && n <= '9':
				group(int(n - '0'))
			case n == 'n':
				b.WriteByte('\n')
			case n == 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(n)
			}
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}
