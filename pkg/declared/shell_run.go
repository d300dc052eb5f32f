package declared

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
		// It runs beside the rest; what it writes counts, how it ends does not.
		plain := run
		run = func() { m.fork(plain); m.status = 0 }
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
		m.status = m.testExpr(c.X)
	case *syntax.ArithmCmd:
		n, ok := m.arith(c.X)
		m.status = boolStatus(n != 0, ok)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			n, ok := m.arith(x)
			m.status = boolStatus(n != 0, ok)
		}
	case *syntax.DeclClause:
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
		for _, item := range items {
			m.set(loop.Name.Value, item)
			m.stmts(c.Do)
			if m.loopFlow() {
				return
			}
		}
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			m.arith(loop.Init)
		}
		for n := 0; n < 1000; n++ {
			if loop.Cond != nil {
				if v, ok := m.arith(loop.Cond); !ok || v == 0 {
					return
				}
			}
			m.stmts(c.Do)
			if m.loopFlow() {
				return
			}
			if loop.Post != nil {
				m.arith(loop.Post)
			}
		}
	}
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

func (m *machine) declare(c *syntax.DeclClause) {
	m.status = 0
	assoc, array := false, false
	for _, a := range c.Args {
		if a.Naked && a.Name == nil {
			option := literalOf(a.Value)
			assoc = assoc || strings.HasPrefix(option, "-") && strings.Contains(option, "A")
			array = array || strings.HasPrefix(option, "-") && strings.Contains(option, "a")
			continue
		}
		if a.Name == nil {
			continue
		}
		if a.Naked {
			if m.vars[a.Name.Value] == nil && (c.Variant.Value == "local" || assoc || array) {
				m.vars[a.Name.Value] = &value{array: array}
				if assoc {
					m.vars[a.Name.Value].assoc = map[string]text{}
				}
			}
			continue
		}
		if assoc && m.vars[a.Name.Value] == nil {
			m.vars[a.Name.Value] = &value{assoc: map[string]text{}}
		}
		m.assign(a)
	}
}

func literalOf(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	return w.Lit()
}

// assign sets a variable, an element or an array.
func (m *machine) assign(a *syntax.Assign) {
	name := a.Name.Value
	old := m.vars[name]
	switch {
	case a.Array != nil:
		v := &value{array: true}
		if old != nil && old.assoc != nil {
			v = &value{assoc: map[string]text{}}
		}
		if a.Append && old != nil {
			v.list = append(v.list, old.list...)
		}
		for _, e := range a.Array.Elems {
			if e.Index != nil && v.assoc != nil {
				v.assoc[m.indexKey(e.Index)] = m.word(e.Value)
				continue
			}
			v.list = append(v.list, m.fields([]*syntax.Word{e.Value})...)
		}
		m.vars[name] = v
	case a.Index != nil:
		if old == nil {
			old = &value{array: true}
			m.vars[name] = old
		}
		if old.assoc != nil {
			old.assoc[m.indexKey(a.Index)] = m.word(a.Value)
			return
		}
		i, ok := m.arith(a.Index)
		if !ok || i < 0 || i > 10000 {
			return
		}
		for len(old.list) <= i {
			old.list = append(old.list, nil)
		}
		old.array = true
		old.list[i] = m.word(a.Value)
	default:
		var t text
		if a.Value != nil {
			t = m.word(a.Value)
		}
		if a.Append && old != nil {
			t = join(old.t, t)
		}
		m.vars[name] = &value{t: t}
	}
}

func (m *machine) indexKey(x syntax.ArithmExpr) string {
	if w, ok := x.(*syntax.Word); ok {
		return m.word(w).String()
	}
	n, _ := m.arith(x)
	return itoa(n)
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
