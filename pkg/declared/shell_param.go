package declared

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// param expands ${…}. isList is set for "$@" and "${a[@]}".
func (m *machine) param(p *syntax.ParamExp) (list []text, isList bool) {
	if m.dialect != dialectBash && badSubstitution(p, m.dialect == dialectAsh) && m.isPlain() {
		m.status, m.flow = 2, flowExit
		return nil, false
	}
	name := p.Param.Value
	list, isList, set := m.lookup(p, name)
	if !set && !isList && m.nounset && syntax.ValidName(name) && !givesDefault(p) {
		// After set -u the script only goes on where it is set: by what cannot be seen.
		list, set = []text{plain(unknown)}, true
	}
	one := joinFields(list)
	switch {
	case p.Excl && p.Names == 0 && p.Index == nil:
		// ${!name}: the variable that name names.
		list, _, set = m.lookup(&syntax.ParamExp{Param: &syntax.Lit{Value: one.String()}}, one.String())
		one, isList = joinFields(list), false
	case p.Length:
		if isList {
			return []text{plain(itoa(len(list)))}, false
		}
		if !one.known() {
			return []text{plain(unknown)}, false
		}
		return []text{plain(itoa(runeLen(one.String())))}, false
	}
	switch {
	case p.Exp != nil:
		return m.expansion(p, list, isList, one, set)
	case p.Repl != nil:
		return m.each(list, isList, func(t text) text { return m.replaceIn(t, p.Repl) }), isList
	case p.Slice != nil:
		if isList {
			from, ok := m.arith(p.Slice.Offset)
			if !ok || from < 0 || from > len(list) {
				return nil, true
			}
			to := len(list)
			if p.Slice.Length != nil {
				if n, ok := m.arith(p.Slice.Length); ok && n >= 0 {
					to = min(to, from+n)
				}
			}
			return list[from:to], true
		}
		return []text{m.slice(one, p.Slice)}, false
	}
	return list, isList
}

// givesDefault says whether an expansion has something to put where nothing is set.
func givesDefault(p *syntax.ParamExp) bool {
	if p.Exp == nil {
		return false
	}
	switch p.Exp.Op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix,
		syntax.UpperAll, syntax.UpperFirst, syntax.LowerAll, syntax.LowerFirst:
		return false
	}
	return true
}

// lookup is a parameter's value before any operation.
func (m *machine) lookup(p *syntax.ParamExp, name string) (list []text, isList, set bool) {
	switch name {
	case "@", "*":
		return m.params[min(1, len(m.params)):], name == "@", len(m.params) > 1
	case "#":
		return []text{plain(itoa(max(len(m.params)-1, 0)))}, false, true
	case "?":
		if m.status == unknownStatus {
			return []text{plain(unknown)}, false, true
		}
		return []text{plain(itoa(m.status))}, false, true
	case "$", "!", "RANDOM", "PPID", "SECONDS", "LINENO", "EPOCHSECONDS", "BASHPID":
		return []text{plain(unknown)}, false, true
	case "-":
		return []text{plain("hB")}, false, true
	case "HOSTNAME":
		if m.vars[name] == nil {
			return []text{plain(m.r.hostname())}, false, true
		}
	case "PWD":
		return []text{plain(m.view.cwd)}, false, true
	}
	if n, ok := number(name); ok {
		if n < len(m.params) {
			return []text{m.params[n]}, false, true
		}
		return nil, false, false
	}
	v := m.vars[name]
	if v == nil {
		if m.mayBeSet(name) {
			return []text{plain(unknown)}, false, true
		}
		m.askedUnset = m.askedUnset || name == strings.ToUpper(name)
		return nil, false, false
	}
	if p.Index != nil {
		return m.element(v, p)
	}
	if v.array {
		if len(v.list) == 0 {
			return nil, false, false
		}
		return v.list[:1], false, true
	}
	return []text{v.t}, false, true
}

// mayBeSet says whether a variable that is not known may be in the environment: an
// object that the container takes all its variables from could not be read.
func (m *machine) mayBeSet(name string) bool {
	return m.envOpen && name == strings.ToUpper(name) && syntax.ValidName(name) && !shellOwn[name]
}

// shellOwn are variables that a shell makes itself.
var shellOwn = map[string]bool{"IFS": true, "REPLY": true, "OLDPWD": true, "OPTARG": true, "OPTIND": true, "BASH_REMATCH": true, "BASH_SOURCE": true, "FUNCNAME": true, "MAPFILE": true}

func (m *machine) element(v *value, p *syntax.ParamExp) (list []text, isList, set bool) {
	key := ""
	if w, ok := p.Index.(*syntax.Word); ok {
		key = w.Lit()
	}
	if key == "@" || key == "*" {
		if v.assoc != nil {
			for _, k := range sortedKeys(v.assoc) {
				if p.Excl {
					list = append(list, plain(k))
				} else {
					list = append(list, v.assoc[k])
				}
			}
			return list, true, len(list) > 0
		}
		if !v.array {
			return []text{v.t}, true, true
		}
		if p.Excl {
			for i := range v.list {
				list = append(list, plain(itoa(i)))
			}
			return list, true, true
		}
		return v.list, true, len(v.list) > 0
	}
	if v.assoc != nil {
		t, ok := v.assoc[m.indexKey(p.Index)]
		return []text{t}, false, ok
	}
	i, ok := m.arith(p.Index)
	if !ok {
		return []text{plain(unknown)}, false, true
	}
	if i < 0 {
		i += len(v.list)
	}
	if !v.array && i == 0 {
		return []text{v.t}, false, true
	}
	if i < 0 || i >= len(v.list) {
		return nil, false, false
	}
	return []text{v.list[i]}, false, true
}

func (m *machine) expansion(p *syntax.ParamExp, list []text, isList bool, one text, set bool) ([]text, bool) {
	empty := one.String() == ""
	word := func() []text { return []text{m.word(p.Exp.Word)} }
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
		if !set || empty && p.Exp.Op == syntax.DefaultUnsetOrNull {
			return word(), false
		}
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if !set || empty && p.Exp.Op == syntax.AssignUnsetOrNull {
			w := word()
			m.set(p.Param.Value, w[0])
			return w, false
		}
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if set && !(empty && p.Exp.Op == syntax.AlternateUnsetOrNull) {
			return word(), false
		}
		return nil, false
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if !set || empty && p.Exp.Op == syntax.ErrorUnsetOrNull {
			if !set && syntax.ValidName(p.Param.Value) {
				// The server only runs where it is set: by what cannot be seen.
				m.set(p.Param.Value, plain(unknown))
				return []text{plain(unknown)}, false
			}
			m.status, m.flow = 1, flowExit
			return nil, false
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		pat := m.pattern(p.Exp.Word)
		return m.each(list, isList, func(t text) text { return strip(t, pat, p.Exp.Op) }), isList
	case syntax.UpperAll, syntax.LowerAll, syntax.UpperFirst, syntax.LowerFirst:
		return m.each(list, isList, func(t text) text {
			s := t.String()
			switch p.Exp.Op {
			case syntax.UpperAll:
				s = strings.ToUpper(s)
			case syntax.LowerAll:
				s = strings.ToLower(s)
			case syntax.UpperFirst:
				if s != "" {
					s = strings.ToUpper(s[:1]) + s[1:]
				}
			case syntax.LowerFirst:
				if s != "" {
					s = strings.ToLower(s[:1]) + s[1:]
				}
			}
			return remade(t, s)
		}), isList
	}
	return list, isList
}

func (m *machine) each(list []text, isList bool, f func(text) text) []text {
	if len(list) == 0 && !isList {
		list = []text{nil}
	}
	out := make([]text, len(list))
	for i, t := range list {
		out[i] = f(t)
	}
	return out
}

// remade is a value after an operation on all of it.
func remade(t text, s string) text {
	if s == t.String() {
		return t
	}
	if s == "" {
		return nil
	}
	r := run{s: s, edited: true}
	if src := firstSource(t); src != nil {
		r.src = src
	}
	return text{r}
}

// strip removes a matching prefix or suffix.
func strip(t text, pat string, op syntax.ParExpOperator) text {
	s := t.String()
	if strings.Contains(pat, unknown) {
		return plain(unknown)
	}
	mode := pattern.Mode(0)
	if op == syntax.RemSmallPrefix || op == syntax.RemSmallSuffix {
		mode |= pattern.Shortest
	}
	expr, err := pattern.Regexp(pat, mode)
	if err != nil {
		return plain(unknown)
	}
	if !t.known() {
		return stripUnknown(t, s, pat, op)
	}
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix:
		if re, err := regexp.Compile("^(?:" + expr + ")"); err == nil {
			if loc := re.FindStringIndex(s); loc != nil {
				return remade(t, s[loc[1]:])
			}
		}
	case syntax.RemLargeSuffix, syntax.RemSmallSuffix:
		re, err := regexp.Compile("^(?:" + expr + ")$")
		if err != nil {
			return plain(unknown)
		}
		best := -1
		for i := len(s); i >= 0; i-- {
			if re.MatchString(s[i:]) {
				best = i
				if op == syntax.RemSmallSuffix {
					break
				}
			}
		}
		if best >= 0 {
			return remade(t, s[:best])
		}
	}
	return t
}

// stripUnknown keeps what is certain: ${HOSTNAME##*-} of "web-?" is unknown.
func stripUnknown(t text, s, pat string, op syntax.ParExpOperator) text {
	if op == syntax.RemLargePrefix && strings.HasPrefix(pat, "*") && len(pat) == 2 {
		if i := strings.LastIndex(s, pat[1:]); i >= 0 && strings.Contains(s[i:], unknown) {
			return remade(t, unknown)
		}
	}
	return remade(t, unknown)
}

func (m *machine) replaceIn(t text, r *syntax.Replace) text {
	pat := m.pattern(r.Orig)
	with := m.word(r.With).String()
	if strings.Contains(pat, unknown) {
		return t
	}
	expr, err := pattern.Regexp(strings.TrimLeft(pat, "#%"), 0)
	if err != nil {
		return t
	}
	switch {
	case strings.HasPrefix(pat, "#"):
		expr = "^(?:" + expr + ")"
	case strings.HasPrefix(pat, "%"):
		expr = "(?:" + expr + ")$"
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return t
	}
	var out text
	for _, line := range t.lines() {
		s := line.String()
		if r.All {
			s = re.ReplaceAllLiteralString(s, with)
		} else if loc := re.FindStringIndex(s); loc != nil {
			s = s[:loc[0]] + with + s[loc[1]:]
		}
		out = append(out, line.rewrite(s)...)
	}
	return out
}

func (m *machine) slice(t text, sl *syntax.Slice) text {
	s := []rune(t.String())
	from, ok := m.arith(sl.Offset)
	if !ok || !t.known() {
		return plain(unknown)
	}
	if from < 0 {
		from = max(len(s)+from, 0)
	}
	from = min(from, len(s))
	to := len(s)
	if sl.Length != nil {
		n, ok := m.arith(sl.Length)
		if !ok {
			return plain(unknown)
		}
		if n < 0 {
			to = max(len(s)+n, from)
		} else {
			to = min(from+n, len(s))
		}
	}
	return remade(t, string(s[from:to]))
}
