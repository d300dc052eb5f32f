package sysvar

import (
	"slices"
	"strconv"
	"strings"
)

// perfSchema computes the sizes of the Performance Schema, which both servers
// settle at their start (storage/perfschema/pfs_autosize.cc). -1 means "as much
// as needed" for most of them and stays -1; for some it means a number chosen
// by how large the server is meant to be. Without the Performance Schema, MySQL
// makes all of them 0, and MariaDB leaves all as they are, -1 too.
type perfSchema struct{ f *Fresh }

// sizedByHints are the variables whose -1 becomes a number, in the three sizes
// of a server: small, medium, large.
var sizedByHints = map[string][3]string{
	"performance_schema_events_waits_history_size":             {"5", "10", "10"},
	"performance_schema_events_stages_history_size":            {"5", "10", "10"},
	"performance_schema_events_statements_history_size":        {"5", "10", "10"},
	"performance_schema_events_transactions_history_size":      {"5", "10", "10"},
	"performance_schema_events_waits_history_long_size":        {"100", "1000", "10000"},
	"performance_schema_events_stages_history_long_size":       {"100", "1000", "10000"},
	"performance_schema_events_statements_history_long_size":   {"100", "1000", "10000"},
	"performance_schema_events_transactions_history_long_size": {"100", "1000", "10000"},
	"performance_schema_digests_size":                          {"1000", "5000", "10000"},
	"performance_schema_session_connect_attrs_size":            {"512", "512", "512"},
}

// keptWhenOff are the numbers that a server without Performance Schema leaves alone.
var keptWhenOff = map[string]bool{
	"performance_schema_error_size":            true,
	"performance_schema_max_digest_sample_age": true,
}

// keptByOlder is a further value of a server without Performance Schema: 9.7 has
// no logger classes then, older releases were not seen.
func keptByOlder(name, asked string) []string {
	if name == "performance_schema_max_logger_classes" {
		return []string{asked}
	}
	return nil
}

// sized reports whether a variable is one of the sizes.
func (p perfSchema) sized(name string) bool {
	if !strings.HasPrefix(name, "performance_schema_") {
		return false
	}
	s, ok := p.f.st.c.Lookup(name)
	return ok && (s.Type == TypeInt || s.Type == TypeUint)
}

// states are the conditions that the Performance Schema may be in: on or off as
// a fresh server would have it first, and as it runs.
func (p perfSchema) states() []bool {
	st := p.f.st
	fresh := !st.c.isMaria()
	if s, ok := st.c.Lookup("performance_schema"); ok && s.HasDefault {
		fresh = s.Default == "ON"
	}
	if t, ok := st.declaredText("performance_schema"); ok {
		fresh = t == "ON"
	}
	out := []bool{fresh}
	if running := st.running("performance_schema"); running != "" && (running == "ON") != fresh {
		out = append(out, !fresh)
	}
	return out
}

// apply corrects the declared sizes.
func (p perfSchema) apply() {
	for name, v := range p.f.st.declared {
		if !p.sized(name) || v.Unsure != "" {
			continue
		}
		*v = *p.size(name, v)
	}
}

// size is what becomes of a size that was asked for, declared or compiled in.
func (p perfSchema) size(name string, asked *Value) *Value {
	on := *asked
	states := p.states()
	if p.f.st.c.isMaria() && !states[0] && len(states) == 1 {
		return &on
	}
	if by, ok := sizedByHints[name]; ok && asked.Text == "-1" {
		on.Adjusted = "-1 lets the server choose by max_connections, table_open_cache and table_definition_cache"
		for i, class := range p.classes() {
			if i == 0 {
				on.Text = by[class]
			} else if !slices.Contains(on.Also, by[class]) {
				on.Also = append(on.Also, by[class])
			}
		}
	}
	if keptWhenOff[name] {
		return &on
	}
	if p.f.st.c.isMaria() {
		on.Also = append(on.Also, asked.Text)
		return &on
	}
	off := Value{Text: "0", Also: keptByOlder(name, asked.Text), Limited: "performance_schema=OFF", Problem: asked.Problem}
	out, other := &on, &off
	if !states[0] {
		out, other = &off, &on
	}
	if len(states) > 1 {
		out.Also = append(append(out.Also, other.Text), other.Also...)
	}
	return out
}

// classes are the sizes that the server may take itself for: that of the
// declaration first, then what comes of the running values, one by one, because
// each of them may be older or younger than the start. (estimate_hints)
func (p perfSchema) classes() []int {
	if p.f.st.c.isMaria() {
		return p.classesMaria()
	}
	limits := [3]int64{151, 4000, 400}
	if !p.f.st.c.server.Version.AtLeast(8, 0, 0) {
		limits[1] = 2000
	}
	declared, seen := p.hints(p.f.limits.compute(false)), p.hints(p.f.limits.compute(true))
	for i, name := range [...]string{"max_connections", "table_open_cache", "table_definition_cache"} {
		if n, ok := p.f.st.seenInteger(name); ok {
			seen[i] = n
		}
	}
	// The largest of the three decides, so none below the least that each may have.
	fresh, least := 0, 0
	var out []int
	for i, limit := range limits {
		a, b := class(declared[i], limit), class(seen[i], limit)
		fresh, least = max(fresh, a), max(least, min(a, b))
		out = append(out, a, b)
	}
	return append([]int{fresh}, slices.DeleteFunc(out, func(c int) bool { return c < least })...)
}

// classesMaria: MariaDB looks before it has read its options, but for the early
// one of max_connections, and never takes itself for small. Seen on 10.11.
func (p perfSchema) classesMaria() []int {
	declared := int64(151)
	if a, ok := p.f.st.last["max_connections"]; ok {
		if n, err := strconv.ParseInt(p.f.st.evaluate(a).Text, 10, 64); err == nil {
			declared = n
		}
	}
	seen, ok := p.f.st.seenInteger("max_connections")
	if !ok {
		seen = declared
	}
	return []int{max(class(declared, 151), 1), max(class(seen, 151), 1)}
}

// hints are the numbers by which MySQL measures itself.
func (p perfSchema) hints(s sizes) [3]int64 {
	out := [3]int64{s.connections, s.tableCache, s.definitionCache}
	if n, ok := p.f.st.integer("table_definition_cache"); ok {
		out[2] = n
	}
	return out
}

func class(n, limit int64) int {
	switch {
	case n <= limit:
		return 0
	case n <= 2*limit:
		return 1
	}
	return 2
}

// fallback is a size that nothing declares; nil if it cannot be told.
func (p perfSchema) fallback(name string) *Value {
	text := "-1"
	if _, ok := sizedByHints[name]; !ok {
		s, ok := p.f.st.c.Lookup(name)
		if !ok || !s.HasDefault || s.HostDependent {
			return nil
		}
		text = s.Default
	}
	v := p.size(name, &Value{Text: text})
	v.Adjusted, v.Limited = "", ""
	return v
}
