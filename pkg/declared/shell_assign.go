package declared

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
	case a.Append && m.isPlain():
		m.notFound() // a command of that name
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
