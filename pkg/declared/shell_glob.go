package declared

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

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
