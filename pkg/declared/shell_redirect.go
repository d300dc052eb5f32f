package declared

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirected runs f with its input and output where the redirections say.
func (m *machine) redirected(list []*syntax.Redirect, f func()) {
	in, inKnown := m.in, m.inKnown
	target, appendTo, toFile := "", false, false
	discard := false
	for _, rd := range list {
		fd := 1
		if rd.N != nil {
			fd = int(rd.N.Value[0] - '0')
		}
		switch rd.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			if fd != 1 {
				continue
			}
			target, appendTo, toFile = m.word(rd.Word).String(), rd.Op == syntax.AppOut || rd.Op == syntax.AppAll, true
		case syntax.DplOut:
			if fd == 1 && rd.Word.Lit() != "1" {
				discard = true // >&2
			}
		case syntax.RdrIn:
			m.in, m.inKnown = m.readFile(m.word(rd.Word).String())
		case syntax.Hdoc, syntax.DashHdoc:
			m.in, m.inKnown = m.heredoc(rd), true
		case syntax.WordHdoc:
			m.in, m.inKnown = join(m.word(rd.Word), plain("\n")), true
		}
	}
	switch {
	case toFile:
		got := m.capture(f)
		if target != "/dev/stdout" && target != "/dev/fd/1" {
			m.writeFile(target, got, appendTo)
		} else {
			m.out = append(m.out, got...)
		}
	case discard:
		m.capture(f)
	default:
		f()
	}
	m.in, m.inKnown = in, inKnown
}

func (m *machine) heredoc(rd *syntax.Redirect) text {
	if rd.Hdoc == nil {
		return nil
	}
	body := m.quoted(rd.Hdoc.Parts)
	if rd.Op != syntax.DashHdoc {
		return body
	}
	var out text
	for _, line := range body.lines() {
		out = append(out, line.rewrite(strings.TrimLeft(line.String(), "\t"))...)
	}
	return out
}
