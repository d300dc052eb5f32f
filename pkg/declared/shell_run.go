package declared

import "mvdan.cc/sh/v3/syntax"

func (m *machine) stmts(list []*syntax.Stmt) {
	for _, s := range list {
		m.stmt(s)
		if m.flow != flowNone {
			return
		}
	}
}

// stmt runs one statement with its redirections.
func (m *machine) stmt(s *syntax.Stmt) {
	m.steps++
	if m.steps > maxSteps {
		m.doubt, m.flow = "a script that does not come to an end", flowHang
		return
	}
	if s.Cmd == nil {
		m.redirected(s.Redirs, func() { m.status = 0 })
		return
	}
	if s.Negated {
		m.inCond++
	}
	run := func() { m.command(s.Cmd) }
	if s.Background {
		// It runs beside the rest; what it writes counts, how it ends, or whether it
		// ends at all, does not.
		plain := run
		run = func() { m.background(plain) }
	}
	if len(s.Redirs) > 0 {
		m.redirected(s.Redirs, run)
	} else {
		run()
	}
	if s.Negated {
		m.inCond--
		switch {
		case m.status == unknownStatus:
		case m.status == 0:
			m.status = 1
		default:
			m.status = 0
		}
		return
	}
	if m.errexit && m.inCond == 0 && m.flow == flowNone && m.status > 0 && endsScript(s.Cmd) {
		m.flow = flowExit
	}
}

// background runs what a shell leaves running while it goes on.
func (m *machine) background(run func()) {
	m.fork(run)
	if m.flow == flowHang && m.steps <= maxSteps {
		m.flow = flowNone
	}
	m.status = 0
}

// endsScript says whether `set -e` looks at a command's status itself.
func endsScript(c syntax.Command) bool {
	switch c := c.(type) {
	case *syntax.CallExpr, *syntax.TestClause, *syntax.ArithmCmd, *syntax.Subshell, *syntax.DeclClause:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	}
	return false
}

func (m *machine) command(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		m.call(c)
	case *syntax.BinaryCmd:
		m.binary(c)
	case *syntax.IfClause:
		m.ifClause(c)
	case *syntax.WhileClause:
		m.while(c)
	case *syntax.ForClause:
		m.forClause(c)
	case *syntax.CaseClause:
		m.caseClause(c)
	case *syntax.Block:
		m.stmts(c.Stmts)
	case *syntax.Subshell:
		m.fork(func() { m.stmts(c.Stmts) })
	case *syntax.FuncDecl:
		m.funcs[c.Name.Value] = c.Body
		m.status = 0
	case *syntax.TestClause:
		if m.lacks("[[") {
			m.notFound()
			return
		}
		m.status = m.testExpr(c.X)
	case *syntax.ArithmCmd:
		if m.isPlain() {
			m.notFound() // a subshell in a subshell, of a command of that name
			return
		}
		n, ok := m.arith(c.X)
		m.status = boolStatus(n != 0, ok)
	case *syntax.LetClause:
		if m.lacks("let") {
			m.notFound()
			return
		}
		for _, x := range c.Exprs {
			n, ok := m.arith(x)
			m.status = boolStatus(n != 0, ok)
		}
	case *syntax.DeclClause:
		if m.lacks(c.Variant.Value) {
			m.notFound()
			return
		}
		m.declare(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			m.stmt(c.Stmt)
		}
	default:
		m.status = unknownStatus
	}
}

func boolStatus(b, known bool) int {
	switch {
	case !known:
		return unknownStatus
	case b:
		return 0
	}
	return 1
}

func (m *machine) binary(c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt, syntax.OrStmt:
		m.inCond++
		m.stmt(c.X)
		m.inCond--
		if m.flow != flowNone {
			return
		}
		wantTrue := c.Op == syntax.AndStmt
		if m.status == unknownStatus && m.harmless(c.Y) {
			m.forget(c.Y)
			return
		}
		if m.truth(m.status) == wantTrue {
			m.stmt(c.Y)
		} else if m.status == unknownStatus {
			m.status = boolStatus(!wantTrue, true)
		}
	case syntax.Pipe, syntax.PipeAll:
		piped := m.capture(func() { m.fork(func() { m.stmt(c.X) }) })
		in, known := m.in, m.inKnown
		m.in, m.inKnown = piped, true
		m.fork(func() { m.stmt(c.Y) })
		m.in, m.inKnown = in, known
	}
}

// cond runs a condition's statements.
func (m *machine) cond(list []*syntax.Stmt) int {
	m.inCond++
	m.stmts(list)
	m.inCond--
	return m.status
}

func (m *machine) ifClause(c *syntax.IfClause) {
	for c != nil {
		if len(c.Cond) == 0 { // else
			m.stmts(c.Then)
			return
		}
		status := m.cond(c.Cond)
		if m.flow != flowNone {
			return
		}
		if status == unknownStatus && m.harmlessIf(c) {
			for e := c; e != nil; e = e.Else {
				m.forgetAll(e.Then)
			}
			m.status = unknownStatus
			return
		}
		if m.truth(status) {
			m.status = 0
			m.stmts(c.Then)
			return
		}
		c = c.Else
	}
	m.status = 0
}

func (m *machine) harmlessIf(c *syntax.IfClause) bool {
	for ; c != nil; c = c.Else {
		if !m.harmlessAll(c.Then) || !m.harmlessAll(c.Cond) {
			return false
		}
	}
	return true
}

func (m *machine) while(c *syntax.WhileClause) {
	for n := 0; ; n++ {
		chosen := m.choose.pos
		status := m.cond(c.Cond)
		if m.flow != flowNone {
			return
		}
		if status == unknownStatus && m.harmlessAll(c.Do) && m.harmlessAll(c.Cond) {
			m.forgetAll(c.Do)
			m.status = 0
			return
		}
		if status == unknownStatus && n > 0 {
			break // it ends some time
		}
		if m.truth(status) == c.Until {
			break
		}
		m.stmts(c.Do)
		if m.loopFlow() {
			return
		}
		// A loop that waits for something: going round again tells nothing new.
		if n > 200 || n >= 1 && m.choose.pos > chosen {
			m.flow = flowHang
			return
		}
	}
	m.status = 0
}

// loopFlow handles break and continue; true if the loop is over.
func (m *machine) loopFlow() bool {
	switch m.flow {
	case flowNone:
		return false
	case flowBreak, flowContinue:
		if m.flowDepth > 1 {
			m.flowDepth--
			return true
		}
		over := m.flow == flowBreak
		m.flow = flowNone
		return over
	}
	return true
}

func (m *machine) forClause(c *syntax.ForClause) {
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		items := m.params[min(1, len(m.params)):]
		if loop.InPos.IsValid() {
			items = m.fields(loop.Items)
		}
		m.status = 0
		counts := len(items) > 8 && allNumbers(items)
		for n, item := range items {
			chosen := m.choose.pos
			m.set(loop.Name.Value, item)
			m.stmts(c.Do)
			if m.loopFlow() || counts && m.tired(n, chosen) {
				return
			}
		}
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			m.arith(loop.Init)
		}
		for n := 0; n < 1000; n++ {
			chosen := m.choose.pos
			if loop.Cond != nil {
				if v, ok := m.arith(loop.Cond); !ok || v == 0 {
					return
				}
			}
			m.stmts(c.Do)
			if m.loopFlow() || m.tired(n, chosen) {
				return
			}
			if loop.Post != nil {
				m.arith(loop.Post)
			}
		}
	}
}

// tired says whether a counting loop tries something again and again until it
// works: the second time round tells nothing new, and it works some time.
func (m *machine) tired(n, chosen int) bool {
	return n >= 1 && m.choose.pos > chosen
}

func allNumbers(items []text) bool {
	for _, item := range items {
		if _, known := number(item.String()); !known {
			return false
		}
	}
	return true
}

func (m *machine) caseClause(c *syntax.CaseClause) {
	subject := m.word(c.Word)
	m.status = 0
	for i, item := range c.Items {
		matched := false
		for _, p := range item.Patterns {
			switch m.matches(subject, m.pattern(p)) {
			case 0:
				matched = true
			case unknownStatus:
				if m.harmlessCase(c.Items[i:]) {
					for _, rest := range c.Items[i:] {
						m.forgetAll(rest.Stmts)
					}
					m.status = unknownStatus
					return
				}
				matched = m.choose.next()
			}
			if matched {
				break
			}
		}
		if matched {
			m.stmts(item.Stmts)
			if item.Op == syntax.Break || m.flow != flowNone {
				return
			}
		}
	}
}

func (m *machine) harmlessCase(items []*syntax.CaseItem) bool {
	for _, item := range items {
		if !m.harmlessAll(item.Stmts) {
			return false
		}
	}
	return true
}

// call runs a simple command.
func (m *machine) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		m.status = 0
		for _, a := range c.Assigns {
			m.assign(a)
		}
		return
	}
	argv := m.fields(c.Args)
	if len(argv) == 0 {
		m.status = 0
		return
	}
	if len(c.Assigns) == 0 {
		m.exec(argv)
		return
	}
	saved := map[string]*value{}
	for _, a := range c.Assigns {
		saved[a.Name.Value] = m.vars[a.Name.Value]
		m.assign(a)
	}
	m.exec(argv)
	for name, v := range saved {
		if v == nil {
			delete(m.vars, name)
		} else {
			m.vars[name] = v
		}
	}
}
