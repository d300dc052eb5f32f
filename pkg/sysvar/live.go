package sysvar

import (
	"math"
	"strconv"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// WithLive is the catalogue with what the server itself said of its variables:
// bounds, block sizes, members and defaults of the snapshot win over the table,
// and variables that the table does not know (plugins, forks) are described by
// what the server showed. The result is not safe for concurrent use.
func (c *Catalogue) WithLive(snap *model.Snapshot) *Catalogue {
	if snap == nil {
		return c
	}
	return &Catalogue{server: c.server, table: c.table, snap: snap, live: make(map[string]*Spec, 64)}
}

func (c *Catalogue) lookupLive(name string) *Spec {
	if s, ok := c.live[name]; ok {
		return s
	}
	base := c.table.variables[name]
	v, seen := c.snap.Variables[name]
	if !seen && base != nil {
		v, seen = c.snap.Variables[base.Name]
	}
	s := base
	switch {
	case seen && v.Meta != nil:
		s = mergeLive(base, name, v, c.server.Flavour)
	case seen && base == nil:
		s = &Spec{Name: name, Options: []string{strings.ReplaceAll(name, "_", "-")}, Type: guessType(v.Value), Dynamic: true, Scope: ScopeGlobal, Observable: true, Sensitive: secretName(name), Source: "the running server"}
	}
	c.live[name] = s
	return s
}

// mergeLive lays the server's own metadata over the table's entry.
func mergeLive(base *Spec, name string, v model.Variable, flavour model.Flavour) *Spec {
	m := v.Meta
	s := Spec{Name: name, Options: []string{strings.ReplaceAll(name, "_", "-")}, Dynamic: true, Scope: ScopeGlobal, Observable: true, Sensitive: secretName(name), Source: "the running server"}
	if base != nil {
		s = *base
	}
	if t := liveType(m); t != "" && !(base != nil && base.Type == TypeFlagSet) {
		s.Type = t
	} else if s.Type == "" {
		s.Type = guessType(v.Value)
	}
	numeric := s.Type == TypeInt || s.Type == TypeUint || s.Type == TypeDouble
	// MySQL's variables_info prints 0 and 0 for what has no bounds.
	if numeric && (m.Min != "" && m.Max != "") && !(m.Min == "0" && m.Max == "0") {
		s.Min, s.Max = m.Min, m.Max
		if s.Type == TypeDouble && flavour == model.MySQL {
			s.Min, s.Max = doubleBound(m.Min, baseBound(base, false)), doubleBound(m.Max, baseBound(base, true))
		}
		if wrapped(m.Min, m.Max) && base != nil {
			s.Type, s.Min = base.Type, base.Min
		}
	}
	if m.Block != "" {
		s.Block = m.Block
	}
	if len(m.Enum) > 0 && (s.Type == TypeEnum || s.Type == TypeSet || s.Type == TypeFlagSet) {
		s.Members = m.Enum
	}
	if m.HasDef && !(base != nil && (runningDefaults[name] || s.Type == TypeString && m.Default == "" && base.HasDefault)) {
		s.Default, s.HasDefault = m.Default, true
	}
	if flavour == model.MariaDB && m.Type != "" {
		// Only MariaDB's SYSTEM_VARIABLES says whether a variable is read-only.
		s.Dynamic = !m.ReadOnly
	}
	switch strings.ToUpper(m.Scope) {
	case "SESSION":
		s.Scope = ScopeSession
	case "SESSION ONLY":
		s.Scope = ScopeSessionOnly
	case "GLOBAL":
		s.Scope = ScopeGlobal
	}
	return &s
}

// runningDefaults are variables whose default MariaDB prints as what it runs with:
// it is a pointer to that. Of texts that it makes up at its start it prints none.
// Seen on 10.11.19.
var runningDefaults = map[string]bool{"character_set_server": true, "collation_server": true}

// doubleBound reads what MySQL prints as the bound of a double: an integer, which
// is either the double's bits (long_query_time) or the double with its fraction
// cut off (99 of 99.999). known is the bound in the table; a cut one that nothing
// completes is not to be relied on, and none is given. Seen on 9.7.4.
func doubleBound(printed, known string) string {
	n, err := strconv.ParseInt(printed, 10, 64)
	const bits = 1 << 52 // as a number it would be beyond every bound that there is
	if err == nil && n >= bits {
		f := math.Float64frombits(uint64(n))
		if f < 1e15 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	if f, ok := parseDouble(known); ok && err == nil && int64(f) != n {
		return printed // a bound of another release
	}
	return known
}

func baseBound(base *Spec, upper bool) string {
	switch {
	case base == nil:
		return ""
	case upper:
		return base.Max
	}
	return base.Min
}

// wrapped: a server prints a negative minimum as an unsigned number, which is
// then more than the maximum.
func wrapped(low, high string) bool {
	a, ok1 := bound(low)
	b, ok2 := bound(high)
	return ok1 && ok2 && b.Sign() > 0 && a.Cmp(b) > 0
}

// liveType maps the servers' own type names.
func liveType(m *model.Metadata) Type {
	switch t := strings.ToUpper(m.Type); t {
	case "":
		return ""
	case "BOOLEAN":
		return TypeBool
	case "ENUM", "ENUMERATION":
		return TypeEnum
	case "SET":
		return TypeSet
	case "FLAGSET":
		return TypeFlagSet
	case "DOUBLE", "NUMERIC":
		return TypeDouble
	case "VARCHAR", "STRING":
		return TypeString
	case "INTEGER":
		if strings.HasPrefix(m.Min, "-") {
			return TypeInt
		}
		return TypeUint
	default:
		if !strings.Contains(t, "INT") {
			return ""
		}
		if strings.Contains(t, "UNSIGNED") {
			return TypeUint
		}
		return TypeInt
	}
}

// guessType says what a value looks like, for variables that nothing describes.
func guessType(value string) Type {
	switch value {
	case "ON", "OFF":
		return TypeBool
	case "":
		return TypeString
	}
	digits, dots := 0, 0
	for i, r := range value {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.':
			dots++
		case r == '-' && i == 0:
		default:
			return TypeString
		}
	}
	switch {
	case digits > 0 && dots == 0 && value[0] == '-':
		return TypeInt
	case digits > 0 && dots == 0:
		return TypeUint
	case digits > 0 && dots == 1:
		return TypeDouble
	}
	return TypeString
}
