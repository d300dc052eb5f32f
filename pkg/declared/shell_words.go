package declared

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/expand"
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
	case *syntax.ProcSubst:
		return m.processSubstitution(p)
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
		if strings.Contains(literalParts(w), "{") && m.expandsBraces(w) {
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

// expandsBraces says whether a word has braces that its shell expands: only bash does.
func (m *machine) expandsBraces(w *syntax.Word) bool {
	split := cloneWord(w)
	return syntax.SplitBraces(split) && !m.isPlain()
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

func runeLen(s string) int { return utf8.RuneCountInString(s) }
