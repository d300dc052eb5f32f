package declared

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// testExpr evaluates [[ … ]]: 0, 1 or unknownStatus.
func (m *machine) testExpr(x syntax.TestExpr) int {
	switch x := x.(type) {
	case *syntax.Word:
		return notEmpty(m.word(x))
	case *syntax.ParenTest:
		return m.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return not(m.testExpr(x.X))
		}
		w, ok := x.X.(*syntax.Word)
		if !ok {
			return unknownStatus
		}
		return m.testUnary(x.Op.String(), m.word(w))
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest:
			return both(m.testExpr(x.X), func() int { return m.testExpr(x.Y) })
		case syntax.OrTest:
			return not(both(not(m.testExpr(x.X)), func() int { return not(m.testExpr(x.Y)) }))
		}
		a, okA := x.X.(*syntax.Word)
		b, okB := x.Y.(*syntax.Word)
		if !okA || !okB {
			return unknownStatus
		}
		switch x.Op {
		case syntax.TsReMatch:
			return m.testRegexp(m.word(a), m.regexpWord(b))
		case syntax.TsMatch, syntax.TsMatchShort:
			return m.matches(m.word(a), m.pattern(b))
		case syntax.TsNoMatch:
			return not(m.matches(m.word(a), m.pattern(b)))
		}
		return m.testBinary(x.Op.String(), m.word(a), m.word(b))
	}
	return unknownStatus
}

func not(status int) int {
	switch status {
	case unknownStatus:
		return status
	case 0:
		return 1
	}
	return 0
}

func both(a int, b func() int) int {
	if a == 1 {
		return 1
	}
	second := b()
	if second == 1 {
		return 1
	}
	if a == unknownStatus || second == unknownStatus {
		return unknownStatus
	}
	return 0
}

func notEmpty(t text) int {
	s := t.String()
	if strings.Contains(s, unknown) && strings.Trim(s, unknown) == "" {
		return unknownStatus
	}
	return boolStatus(s != "", true)
}

// regexpWord is the right side of =~: quoted parts match themselves.
func (m *machine) regexpWord(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			b.WriteString(regexp.QuoteMeta(m.part(p, true).String()))
		case *syntax.Lit:
			b.WriteString(p.Value)
		default:
			b.WriteString(m.part(p, false).String())
		}
	}
	return b.String()
}

func (m *machine) testRegexp(t text, expr string) int {
	s := t.String()
	if strings.Contains(expr, unknown) {
		return unknownStatus
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return unknownStatus
	}
	if strings.Contains(s, unknown) {
		m.vars["BASH_REMATCH"] = &value{array: true, list: []text{plain(unknown), plain(unknown), plain(unknown), plain(unknown)}}
		return unknownStatus
	}
	found := re.FindStringSubmatch(s)
	v := &value{array: true}
	for _, f := range found {
		v.list = append(v.list, plain(f))
	}
	m.vars["BASH_REMATCH"] = v
	return boolStatus(found != nil, true)
}

func (m *machine) testUnary(op string, t text) int {
	s := t.String()
	switch op {
	case "-n":
		return notEmpty(t)
	case "-z":
		return not(notEmpty(t))
	case "-v":
		return boolStatus(m.vars[s] != nil, true)
	case "-t":
		return 1
	case "-o":
		return unknownStatus
	}
	if strings.Contains(s, unknown) {
		return unknownStatus
	}
	if s == "" {
		return 1
	}
	pl := m.view.at(s)
	isDir := m.view.isDir(s)
	exists := pl.n != nil || isDir
	if !exists {
		if m.mayExist(s) {
			return unknownStatus
		}
		return 1
	}
	if pl.n != nil && pl.n.maybe {
		return unknownStatus
	}
	switch op {
	case "-d":
		return boolStatus(isDir, true)
	case "-f":
		return boolStatus(!isDir, true)
	case "-s":
		if isDir {
			return 0
		}
		if !pl.n.data.known() || isImage(pl.n.data) {
			return unknownStatus
		}
		return boolStatus(pl.n.data.String() != "", true)
	case "-e", "-a", "-r":
		return 0
	case "-w":
		return boolStatus(!pl.vol.readOnly, true)
	case "-L", "-h":
		if n := m.view.lstat(s); n != nil && n.link != "" {
			return 0
		}
		return boolStatus(m.view.kubeletLink(s), pl.vol.kind != "image")
	}
	return unknownStatus
}

func (m *machine) mayExist(name string) bool { return m.view.mayExist(name) }

func (m *machine) testBinary(op string, a, b text) int {
	x, y := a.String(), b.String()
	switch op {
	case "=", "==":
		return couldEqual(x, y)
	case "!=":
		return not(couldEqual(x, y))
	case "-nt", "-ot", "-ef":
		return unknownStatus
	case "<", ">":
		if !a.known() || !b.known() {
			return unknownStatus
		}
		return boolStatus(op == "<" && x < y || op == ">" && x > y, true)
	}
	i, okA := m.arithText(x, 0)
	j, okB := m.arithText(y, 0)
	if !okA || !okB {
		return unknownStatus
	}
	switch op {
	case "-eq":
		return boolStatus(i == j, true)
	case "-ne":
		return boolStatus(i != j, true)
	case "-lt":
		return boolStatus(i < j, true)
	case "-le":
		return boolStatus(i <= j, true)
	case "-gt":
		return boolStatus(i > j, true)
	case "-ge":
		return boolStatus(i >= j, true)
	}
	return unknownStatus
}

// test is the command of that name, and [. dash has no == and fails on it.
func (m *machine) test(w []text) {
	if m.dialect != dialectBash {
		for i, t := range w {
			if i > 0 && t.String() == "==" && m.isDash() {
				m.status = 2
				return
			}
		}
	}
	m.status = m.testWords(w)
}

// testWords is test and [: its words are already expanded.
func (m *machine) testWords(w []text) int {
	status, rest := m.testOr(w)
	if len(rest) > 0 {
		return unknownStatus
	}
	return status
}

func (m *machine) testOr(w []text) (int, []text) {
	status, rest := m.testAnd(w)
	for len(rest) > 0 && rest[0].String() == "-o" {
		var right int
		right, rest = m.testAnd(rest[1:])
		status = not(both(not(status), func() int { return not(right) }))
	}
	return status, rest
}

func (m *machine) testAnd(w []text) (int, []text) {
	status, rest := m.testPrimary(w)
	for len(rest) > 0 && rest[0].String() == "-a" {
		var right int
		right, rest = m.testPrimary(rest[1:])
		status = both(status, func() int { return right })
	}
	return status, rest
}

func (m *machine) testPrimary(w []text) (int, []text) {
	switch {
	case len(w) == 0:
		return 1, nil
	case len(w) >= 3 && isTestOperator(w[1].String()):
		return m.testBinary(w[1].String(), w[0], w[2]), w[3:]
	case w[0].String() == "!" && len(w) > 1:
		status, rest := m.testPrimary(w[1:])
		return not(status), rest
	case w[0].String() == "(":
		status, rest := m.testOr(w[1:])
		if len(rest) > 0 {
			rest = rest[1:]
		}
		return status, rest
	case len(w) >= 2 && len(w[0].String()) == 2 && strings.HasPrefix(w[0].String(), "-"):
		return m.testUnary(w[0].String(), w[1]), w[2:]
	}
	return notEmpty(w[0]), w[1:]
}

func isTestOperator(s string) bool {
	switch s {
	case "=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "<", ">", "-nt", "-ot", "-ef":
		return true
	}
	return false
}
