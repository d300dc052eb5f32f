package declared

import (
	"strings"

	"mvdan.cc/sh/v3/pattern"
)

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
