package declared

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

func itoa(n int) string { return strconv.Itoa(n) }

// word expands a word to one text, without splitting or globbing.
func (m *machine) word(w *syntax.Word) text {
	if w == nil {
		return nil
	}
	var out text
	for _, p := range w.Parts {
		out = append(out, m.part(p, false)...)
	}
	return out
}

func (m *machine) quoted(parts []syntax.WordPart) text {
	var out text
	for _, p := range parts {
		out = append(out, m.part(p, true)...)
	}
	return out
}

// own is text that the script itself holds.
func (m *machine) own(s string) text {
	if s == "" {
		return nil
	}
	return text{{s: s, src: m.script}}
}

func (m *machine) part(p syntax.WordPart, quoted bool) text {
	switch p := p.(type) {
	case *syntax.Lit:
		return m.own(unescape(p.Value, quoted))
	case *syntax.SglQuoted:
		if p.Dollar {
			return m.own(ansiC(p.Value))
		}
		return m.own(p.Value)
	case *syntax.DblQuoted:
		return m.quoted(p.Parts)
	case *syntax.ParamExp:
		list, _ := m.param(p)
		return joinFields(list)
	case *syntax.CmdSubst:
		return m.substitute(p.Stmts)
	case *syntax.ArithmExp:
		n, ok := m.arith(p.X)
		if !ok {
			return plain(unknown)
		}
		return plain(itoa(n))
	case *syntax.ExtGlob:
		return m.own(p.Op.String() + p.Pattern.Value + ")")
	}
	return plain(unknown)
}

func joinFields(list []text) text {
	var out text
	for i, t := range list {
		if i > 0 {
			out = append(out, run{s: " "})
		}
		out = append(out, t...)
	}
	return out
}

// substitute is $(…): also $(<file).
func (m *machine) substitute(list []*syntax.Stmt) text {
	if len(list) == 1 && list[0].Cmd == nil && len(list[0].Redirs) == 1 && list[0].Redirs[0].Op == syntax.RdrIn {
		t, known := m.readFile(m.word(list[0].Redirs[0].Word).String())
		if !known {
			return plain(unknown)
		}
		return t.trimNewlines()
	}
	got := m.capture(func() { m.fork(func() { m.stmts(list) }) })
	return got.trimNewlines().settled()
}

func unescape(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			next := s[i+1]
			switch {
			case next == '\n':
				i++
				continue
			case !quoted || strings.IndexByte("$`\"\\", next) >= 0:
				b.WriteByte(next)
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func ansiC(s string) string {
	return backslashes(s)
}

// backslashes undoes the escapes of $'…', echo -e and printf.
func backslashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '\\', '\'', '"':
			b.WriteByte(s[i])
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// piece is part of a word before it is split: quoted text is not split and
// matches only itself.
type piece struct {
	t      text
	quoted bool
	split  bool   // from an expansion: blanks in it separate fields
	list   []text // "$@"
}

// fields expands words as arguments: braces, splitting and globbing.
func (m *machine) fields(words []*syntax.Word) []text {
	var out []text
	for _, w := range words {
		if strings.Contains(literalParts(w), "{") {
			split := cloneWord(w)
			syntax.SplitBraces(split)
			for b, err := range expand.BracesSeq(nil, split) {
				if err != nil {
					break // too many words: what came before stands
				}
				out = append(out, m.field(b)...)
			}
			continue
		}
		out = append(out, m.field(w)...)
	}
	return out
}

func literalParts(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		if l, ok := p.(*syntax.Lit); ok {
			b.WriteString(l.Value)
		}
	}
	return b.String()
}

// cloneWord keeps SplitBraces off the remembered syntax tree.
func cloneWord(w *syntax.Word) *syntax.Word {
	return &syntax.Word{Parts: append([]syntax.WordPart(nil), w.Parts...)}
}

func (m *machine) field(w *syntax.Word) []text {
	var pieces []piece
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.DblQuoted:
			pieces = append(pieces, m.quotedPieces(p)...)
		case *syntax.SglQuoted:
			pieces = append(pieces, piece{t: m.part(p, true), quoted: true})
		case *syntax.ParamExp:
			list, _ := m.param(p)
			pieces = append(pieces, piece{t: joinFields(list), split: true})
		case *syntax.CmdSubst, *syntax.ArithmExp:
			pieces = append(pieces, piece{t: m.part(p, false), split: true})
		case *syntax.Lit:
			if strings.Contains(p.Value, `\`) {
				pieces = append(pieces, piece{t: m.part(p, false), quoted: true})
				continue
			}
			pieces = append(pieces, piece{t: m.own(p.Value)})
		default:
			pieces = append(pieces, piece{t: m.part(p, false)})
		}
	}
	return m.globAll(splitPieces(pieces, m.ifs()))
}

// quotedPieces is "…": one piece, or a list where "$@" stands in it.
func (m *machine) quotedPieces(q *syntax.DblQuoted) []piece {
	var pieces []piece
	for _, p := range q.Parts {
		if pe, ok := p.(*syntax.ParamExp); ok {
			if list, isList := m.param(pe); isList {
				pieces = append(pieces, piece{list: list, quoted: true})
				continue
			}
		}
		pieces = append(pieces, piece{t: m.part(p, true), quoted: true})
	}
	if len(pieces) == 0 {
		pieces = append(pieces, piece{quoted: true})
	}
	return pieces
}

// wordField is one field with its unquoted part known, for globbing.
type wordField struct {
	t       text
	pattern string // quoted parts are escaped
	glob    bool
}

func splitPieces(pieces []piece, ifs string) []wordField {
	var out []wordField
	var current *wordField
	add := func(t text, quoted bool) {
		if current == nil {
			current = &wordField{}
		}
		s := t.String()
		current.t = append(current.t, t...)
		if quoted {
			current.pattern += pattern.QuoteMeta(s, 0)
		} else {
			current.pattern += s
			current.glob = current.glob || strings.ContainsAny(s, "*?[")
		}
	}
	end := func() {
		if current != nil {
			out = append(out, *current)
			current = nil
		}
	}
	for _, p := range pieces {
		switch {
		case p.list != nil:
			for i, t := range p.list {
				if i > 0 {
					end()
				}
				add(t, true)
			}
		case p.split:
			parts, lead, trail := splitAt(p.t, ifs)
			if lead {
				end()
			}
			for i, t := range parts {
				if i > 0 {
					end()
				}
				add(t, false)
			}
			if trail && len(parts) > 0 {
				end()
			}
		default:
			add(p.t, p.quoted)
		}
	}
	end()
	return out
}

// splitBlanks splits at blanks, tabs and newlines.
func splitBlanks(t text) (parts []text, lead, trail bool) {
	var current text
	first := true
	for _, r := range t {
		start := -1
		for i := 0; i <= len(r.s); i++ {
			blank := i == len(r.s) || r.s[i] == ' ' || r.s[i] == '\t' || r.s[i] == '\n'
			if !blank {
				if start < 0 {
					start = i
				}
				first, trail = false, false
				continue
			}
			if start >= 0 {
				part := r
				part.s = r.s[start:i]
				current = append(current, part)
				start = -1
			}
			if i < len(r.s) {
				if first {
					lead = true
				}
				trail = true
				if len(current) > 0 {
					parts = append(parts, current)
					current = nil
				}
			}
		}
	}
	if len(current) > 0 {
		parts = append(parts, current)
	}
	return parts, lead, trail
}

// blanks are what separates fields where IFS is not set.
const blanks = " \t\n"

// ifs is what separates the fields of an expansion now.
func (m *machine) ifs() string {
	if v := m.vars["IFS"]; v != nil {
		return v.t.String()
	}
	return blanks
}

// splitAt splits at the characters of IFS. Of others than blanks, each one ends a
// field, an empty one too.
func splitAt(t text, ifs string) (parts []text, lead, trail bool) {
	marks := strings.Trim(ifs, blanks)
	if marks == "" {
		if ifs == "" {
			return []text{t}, false, false
		}
		return splitBlanks(t)
	}
	rest := t.String()
	if rest == "" {
		return nil, false, false
	}
	for {
		i := strings.IndexAny(rest, marks)
		if i < 0 {
			break
		}
		parts = append(parts, remade(t, rest[:i]))
		rest = rest[i+1:]
	}
	if rest != "" {
		parts = append(parts, remade(t, rest))
	}
	return parts, false, false
}

func (m *machine) globAll(list []wordField) []text {
	var out []text
	for _, f := range list {
		if !f.glob || strings.Contains(f.pattern, unknown) {
			out = append(out, f.t)
			continue
		}
		matches := m.glob(f.pattern)
		if len(matches) == 0 {
			out = append(out, f.t)
			continue
		}
		for _, name := range matches {
			out = append(out, plain(name))
		}
	}
	return out
}

// glob lists the paths that match, as a shell would give them.
func (m *machine) glob(p string) []string {
	prefix := ""
	if strings.HasPrefix(p, "/") {
		prefix = "/"
	}
	found := []string{prefix}
	parts := strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
	for i, part := range parts {
		re, err := globRegexp(part)
		var next []string
		for _, dir := range found {
			if err != nil || !strings.ContainsAny(part, "*?[") {
				next = append(next, dir+unquotePattern(part))
				continue
			}
			names, _, _ := m.view.list(m.view.abs(dir))
			for _, name := range names {
				if re.MatchString(name) && (!strings.HasPrefix(name, ".") || strings.HasPrefix(part, ".")) {
					next = append(next, dir+name)
				}
			}
		}
		if i < len(parts)-1 {
			for j := range next {
				next[j] += "/"
			}
		}
		found = next
	}
	var exist []string
	for _, name := range found {
		if pl := m.view.at(name); pl.n != nil || m.view.isDir(name) {
			exist = append(exist, name)
		}
	}
	return exist
}

func unquotePattern(p string) string { return strings.ReplaceAll(p, `\`, "") }

func globRegexp(p string) (*regexp.Regexp, error) {
	expr, err := pattern.Regexp(p, pattern.EntireString)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(expr)
}

// pattern is a word as a pattern: quoted parts match themselves.
func (m *machine) pattern(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			b.WriteString(pattern.QuoteMeta(m.part(p, true).String(), 0))
		case *syntax.Lit:
			b.WriteString(p.Value)
		default:
			b.WriteString(m.part(p, false).String())
		}
	}
	return b.String()
}

// matches compares a value with a pattern: 0, 1 or unknownStatus.
func (m *machine) matches(t text, p string) int {
	s := t.String()
	if !strings.Contains(s, unknown) && !strings.Contains(p, unknown) {
		re, err := globRegexp(p)
		if err != nil {
			return unknownStatus
		}
		return boolStatus(re.MatchString(s), true)
	}
	if p == "*" {
		return 0
	}
	if strings.ContainsAny(p, "*?[") {
		return unknownStatus
	}
	return couldEqual(s, unquotePattern(p))
}

// couldEqual compares texts that may hold unknown parts: 1 if they cannot be
// equal, unknownStatus if they can.
func couldEqual(a, b string) int {
	if !strings.Contains(a, unknown) && !strings.Contains(b, unknown) {
		return boolStatus(a == b, true)
	}
	if !strings.Contains(b, unknown) {
		return fits(a, b)
	}
	if !strings.Contains(a, unknown) {
		return fits(b, a)
	}
	return unknownStatus
}

// fits says whether a text with unknown parts could be s.
func fits(withUnknown, s string) int {
	parts := strings.Split(withUnknown, unknown)
	if !strings.HasPrefix(s, parts[0]) || !strings.HasSuffix(s, parts[len(parts)-1]) || len(parts[0])+len(parts[len(parts)-1]) > len(s) {
		return 1
	}
	return unknownStatus
}

func runeLen(s string) int { return utf8.RuneCountInString(s) }
