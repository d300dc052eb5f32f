package sysvar

import (
	"fmt"
	"slices"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// sqlModeSets are the combined modes, by flavour. (MySQL manual "SQL Modes";
// sql_class.h of MariaDB: TRADITIONAL has NO_AUTO_CREATE_USER there.)
var sqlModeSets = map[model.Flavour]map[string][]string{
	model.MySQL: {
		"ANSI":        {"REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ONLY_FULL_GROUP_BY", "ANSI"},
		"TRADITIONAL": {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "NO_ENGINE_SUBSTITUTION"},
	},
	model.MariaDB: {
		"ANSI":        {"REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ANSI"},
		"ORACLE":      {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ORACLE", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_AUTO_CREATE_USER", "SIMULTANEOUS_ASSIGNMENT"},
		"MSSQL":       {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "MSSQL", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"POSTGRESQL":  {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "POSTGRESQL", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"DB2":         {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "DB2", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"MAXDB":       {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "MAXDB", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_AUTO_CREATE_USER"},
		"MYSQL323":    {"MYSQL323", "HIGH_NOT_PRECEDENCE"},
		"MYSQL40":     {"MYSQL40", "HIGH_NOT_PRECEDENCE"},
		"TRADITIONAL": {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "NO_AUTO_CREATE_USER", "NO_ENGINE_SUBSTITUTION"},
	},
}

// StandsFor are the other members that a combined mode of sql_mode brings; nil for a
// plain one.
func (c *Catalogue) StandsFor(mode string) []string {
	return slices.DeleteFunc(slices.Clone(sqlModeSets[c.server.Flavour][mode]), func(m string) bool { return m == mode })
}

// ruleSQLMode reads a list or a bit mask and adds what combined modes stand for.
func ruleSQLMode(st *state, a Assigned) *Value {
	members := a.Spec.Members
	if len(members) == 0 {
		return &Value{Text: canonicalList(a.text())}
	}
	mask, ok := st.c.optionMask(a.text(), members)
	if !ok {
		return &Value{Unsure: "a mode that this server does not know", Problem: fmt.Sprintf("sql_mode %q: a mode that this server does not know; it does not start", a.Value), Refused: true}
	}
	for mode, with := range sqlModeSets[st.c.server.Flavour] {
		if i := findMember(mode, members); i >= 0 && mask&(1<<uint(i)) != 0 {
			for _, w := range with {
				if j := findMember(w, members); j >= 0 {
					mask |= 1 << uint(j)
				}
			}
		}
	}
	return &Value{Text: setText(mask, members)}
}
