package declared

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func number(s string) (int, bool) {
	s = strings.TrimSpace(s)
	base := 10
	if h, ok := strings.CutPrefix(s, "10#"); ok {
		s = h
	} else if strings.HasPrefix(s, "0x") {
		s, base = s[2:], 16
	}
	n, err := strconv.ParseInt(s, base, 64)
	return int(n), err == nil
}

// arith evaluates $((…)); false if the value is not known.
func (m *machine) arith(x syntax.ArithmExpr) (int, bool) {
	switch x := x.(type) {
	case *syntax.Word:
		return m.arithText(m.word(x).String(), 0)
	case *syntax.ParenArithm:
		return m.arith(x.X)
	case *syntax.UnaryArithm:
		return m.arithUnary(x)
	case *syntax.BinaryArithm:
		return m.arithBinary(x)
	}
	return 0, false
}

// arithText is a number, or a variable's name whose value is one.
func (m *machine) arithText(s string, depth int) (int, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, true
	}
	if n, ok := number(s); ok {
		return n, true
	}
	if strings.Contains(s, unknown) || depth > 5 {
		return 0, false
	}
	if syntax.ValidName(s) {
		list, _, _ := m.lookup(&syntax.ParamExp{Param: &syntax.Lit{Value: s}}, s)
		return m.arithText(joinFields(list).String(), depth+1)
	}
	// The text of a variable is itself an expression.
	f, err := parseScript("((" + s + "))")
	if err != nil || len(f.Stmts) != 1 {
		return 0, false
	}
	if c, ok := f.Stmts[0].Cmd.(*syntax.ArithmCmd); ok && depth < 3 {
		return m.arith(c.X)
	}
	return 0, false
}

func (m *machine) arithUnary(x *syntax.UnaryArithm) (int, bool) {
	n, ok := m.arith(x.X)
	switch x.Op {
	case syntax.Inc, syntax.Dec:
		by := 1
		if x.Op == syntax.Dec {
			by = -1
		}
		if w, isWord := x.X.(*syntax.Word); isWord && syntax.ValidName(w.Lit()) {
			if ok {
				m.set(w.Lit(), plain(itoa(n+by)))
			} else {
				m.set(w.Lit(), plain(unknown))
			}
		}
		if x.Post {
			return n, ok
		}
		return n + by, ok
	case syntax.Minus:
		return -n, ok
	case syntax.Plus:
		return n, ok
	case syntax.Not:
		return truthInt(n == 0), ok
	case syntax.BitNegation:
		return ^n, ok
	}
	return 0, false
}

func truthInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *machine) arithBinary(x *syntax.BinaryArithm) (int, bool) {
	if name := assigned(x); name != "" {
		return m.arithAssign(x, name)
	}
	a, okA := m.arith(x.X)
	if x.Op == syntax.TernQuest {
		alt, ok := x.Y.(*syntax.BinaryArithm)
		if !ok || !okA {
			return 0, false
		}
		if a != 0 {
			return m.arith(alt.X)
		}
		return m.arith(alt.Y)
	}
	b, okB := m.arith(x.Y)
	if !okA || !okB {
		return 0, false
	}
	return compute(x.Op, a, b)
}

func compute(op syntax.BinAritOperator, a, b int) (int, bool) {
	switch op {
	case syntax.Add:
		return a + b, true
	case syntax.Sub:
		return a - b, true
	case syntax.Mul:
		return a * b, true
	case syntax.Quo:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case syntax.Rem:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case syntax.Pow:
		n := 1
		for range min(max(b, 0), 62) {
			n *= a
		}
		return n, true
	case syntax.Eql:
		return truthInt(a == b), true
	case syntax.Neq:
		return truthInt(a != b), true
	case syntax.Lss:
		return truthInt(a < b), true
	case syntax.Gtr:
		return truthInt(a > b), true
	case syntax.Leq:
		return truthInt(a <= b), true
	case syntax.Geq:
		return truthInt(a >= b), true
	case syntax.AndArit:
		return truthInt(a != 0 && b != 0), true
	case syntax.OrArit:
		return truthInt(a != 0 || b != 0), true
	case syntax.And:
		return a & b, true
	case syntax.Or:
		return a | b, true
	case syntax.Xor:
		return a ^ b, true
	case syntax.Shl:
		return a << min(max(b, 0), 62), true
	case syntax.Shr:
		return a >> min(max(b, 0), 62), true
	case syntax.Comma:
		return b, true
	}
	return 0, false
}

// assigned is the variable that an arithmetic assignment sets, or "".
func assigned(x *syntax.BinaryArithm) string {
	switch x.Op {
	case syntax.Assgn, syntax.AddAssgn, syntax.SubAssgn, syntax.MulAssgn, syntax.QuoAssgn, syntax.RemAssgn:
		if w, ok := x.X.(*syntax.Word); ok && syntax.ValidName(w.Lit()) {
			return w.Lit()
		}
	}
	return ""
}

func (m *machine) arithAssign(x *syntax.BinaryArithm, name string) (int, bool) {
	n, ok := m.arith(x.Y)
	if x.Op != syntax.Assgn {
		old, okOld := m.arithText(m.get(name).String(), 0)
		ops := map[syntax.BinAritOperator]syntax.BinAritOperator{
			syntax.AddAssgn: syntax.Add, syntax.SubAssgn: syntax.Sub, syntax.MulAssgn: syntax.Mul,
			syntax.QuoAssgn: syntax.Quo, syntax.RemAssgn: syntax.Rem,
		}
		ok = ok && okOld
		if ok {
			n, ok = compute(ops[x.Op], old, n)
		}
	}
	if !ok {
		m.set(name, plain(unknown))
		return 0, false
	}
	m.set(name, plain(itoa(n)))
	return n, true
}
