package declared

import "strings"

// runSed applies the commands line by line; lines keep their origin.
func runSed(commands []sedCommand, in text, quiet bool) text {
	lines := in.lines()
	var out text
	for i, line := range lines {
		newline := strings.HasSuffix(line.String(), "\n")
		st := &sedState{line: line, s: strings.TrimSuffix(line.String(), "\n"), n: i + 1, last: i == len(lines)-1}
		st.run(commands)
		out = append(out, st.before...)
		if !st.deleted && !quiet {
			s := st.s
			if newline || len(st.after) > 0 {
				s += "\n"
			}
			out = append(out, line.rewrite(s)...)
		}
		if st.printed {
			out = append(out, line.rewrite(st.s+"\n")...)
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
}

func (st *sedState) run(commands []sedCommand) {
	for i := range commands {
		c := &commands[i]
		if st.deleted || st.selects(c) == c.negate {
			continue
		}
		switch c.cmd {
		case '{':
			st.run(c.block)
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
			if s, hit := c.substitute(st.s); hit {
				st.s = s
				st.printed = st.printed || c.print
			}
		}
	}
}

func (st *sedState) selects(c *sedCommand) bool {
	hit := func(a *sedAddress) bool {
		switch {
		case a.last:
			return st.last
		case a.re != nil:
			return a.re.MatchString(st.s)
		}
		return st.n == a.line
	}
	switch {
	case c.from == nil:
		return true
	case c.to == nil:
		return hit(c.from)
	case c.inRange:
		if c.to.line > 0 && st.n >= c.to.line || c.to.line == 0 && hit(c.to) {
			c.inRange = false
		}
		return true
	case hit(c.from):
		c.inRange = c.to.line == 0 || c.to.line > st.n
		return true
	}
	return false
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
