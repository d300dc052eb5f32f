package sysvar

import "strings"

// Gone finds a variable or option that the server does not have: one that its
// release removed (Removed, ReplacedBy) or that came later (Introduced).
func (c *Catalogue) Gone(name string) (*Spec, bool) {
	name = underscored(strings.ToLower(strings.TrimLeft(strings.TrimSpace(name), "-")))
	for _, s := range []*Spec{c.table.variables[name], c.table.options[name]} {
		if s != nil && !c.present(s) {
			return s, true
		}
	}
	return nil, false
}

// Option finds what an option sets by its whole name, with dashes or
// underscores; no prefixes and no abbreviations (see Resolve).
func (c *Catalogue) Option(name string) (*Spec, bool) {
	name = underscored(strings.ToLower(strings.TrimLeft(strings.TrimSpace(name), "-")))
	if s := c.table.options[name]; s != nil && c.present(s) {
		return s, true
	}
	return nil, false
}

// Series is the release series that the table describes ("9.7"), which is not
// the server's own where there is no table of it.
func (c *Catalogue) Series() string {
	v := c.table.server.Version
	text := v.String()
	return text[:strings.LastIndex(text, ".")]
}
