package declared

import "mvdan.cc/sh/v3/syntax"

// processSubstitution is <(…), a file that holds what the commands print, and
// >(…), a file that gives them what is written: a log, which is passed on.
func (m *machine) processSubstitution(p *syntax.ProcSubst) text {
	if p.Op != syntax.CmdIn {
		return plain("/dev/stdout")
	}
	got := m.capture(func() { m.background(func() { m.stmts(p.Stmts) }) })
	m.substituted++
	name := "/dev/fd/" + itoa(64+m.substituted)
	_ = m.view.write(name, &node{data: got, mode: 0o400, via: m.via})
	return plain(name)
}
