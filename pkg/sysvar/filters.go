package sysvar

import (
	"fmt"
	"strings"
)

// OptionProblem is what is wrong with an option that no variable shows, so that
// the server does not start; empty if nothing is known to be. Seen on 9.7.4 and 10.11.19.
func OptionProblem(a Assigned) string {
	if a.Spec == nil || a.Negated || a.Enabled {
		return ""
	}
	if v := withoutValue(a); v != nil {
		return v.Problem
	}
	switch name := underscored(a.Option); name {
	case "replicate_do_table", "replicate_ignore_table", "replicate_wild_do_table", "replicate_wild_ignore_table":
		if !strings.Contains(a.Value, ".") {
			return fmt.Sprintf("%q is not DATABASE.TABLE: the server does not start", a.Value)
		}
	case "replicate_rewrite_db":
		from, to, ok := strings.Cut(a.Value, "->")
		if !ok || strings.TrimSpace(from) == "" || strings.TrimSpace(to) == "" {
			return fmt.Sprintf("%q is not FROM->TO: the server does not start", a.Value)
		}
	case "log_basename":
		if a.Value == "" || strings.Contains(a.Value, ".") || strings.HasSuffix(a.Value, "/") {
			return fmt.Sprintf("%q must be a file's name without a dot: the server does not start", a.Value)
		}
	}
	return ""
}

// ruleRewriteDB: blanks around the arrow are not part of a name. Seen on 10.11.19.
func ruleRewriteDB(_ *state, a Assigned) *Value {
	pairs := strings.Split(a.Value, ",")
	for i, pair := range pairs {
		from, to, ok := strings.Cut(pair, "->")
		if !ok {
			return refusedFilter(a, pair)
		}
		pairs[i] = strings.TrimSpace(from) + "->" + strings.TrimSpace(to)
	}
	return &Value{Text: strings.Join(pairs, ",")}
}

// ruleTableFilter: a filter is DATABASE.TABLE. Seen on 10.11.19.
func ruleTableFilter(_ *state, a Assigned) *Value {
	for _, filter := range strings.Split(a.Value, ",") {
		if !strings.Contains(filter, ".") {
			return refusedFilter(a, filter)
		}
	}
	return nil
}

// refusedFilter: MariaDB, which shows filters as variables, refuses one as it reads it.
func refusedFilter(a Assigned, filter string) *Value {
	a.Value = filter
	return &Value{Unsure: "a filter that the server refuses", Problem: OptionProblem(a), Refused: true}
}
