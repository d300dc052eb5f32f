package statements

import (
	"slices"
	"strings"
)

// The variables that SET TRANSACTION sets without naming them, by the names of all
// releases. For a session it writes their rows in variables_info too, as drivers do
// at each connection; SET NAMES writes none (seen on MySQL 9.7).
var (
	isolation = []string{"transaction_isolation", "tx_isolation"}
	readOnly  = []string{"transaction_read_only", "tx_read_only"}
)

func ofTransaction(variable string) bool {
	return slices.Contains(isolation, variable) || slices.Contains(readOnly, variable)
}

// orTransaction is one more alternative of a WHERE for those variables.
func orTransaction(column, variable string) string {
	if !ofTransaction(variable) {
		return ""
	}
	return " OR " + column + " LIKE 'SET%TRANSACTION%'"
}

// mentions tells whether a statement may set the variable.
func mentions(sql, variable string) bool {
	sql = strings.ToLower(sql)
	return strings.Contains(sql, variable) || ofTransaction(variable) && strings.Contains(sql, "transaction")
}

// parseTransaction reads SET [GLOBAL | SESSION | LOCAL] TRANSACTION from the word
// after SET; ok is false for any other statement. Without a scope it is for the next
// transaction only.
func parseTransaction(tokens []token) (list []assignment, ok bool) {
	scope := "SESSION"
	if len(tokens) > 0 && tokens[0].word {
		if s, known := scopeOf(tokens[0].text); known {
			scope, tokens = s, tokens[1:]
		}
	}
	if len(tokens) == 0 || !tokens[0].word || !strings.EqualFold(tokens[0].text, "TRANSACTION") {
		return nil, false
	}
	add := func(names []string, value string) {
		for _, name := range names {
			list = append(list, assignment{scope: scope, variable: name, value: value, literal: true})
		}
	}
	for _, part := range splitCommas(tokens[1:]) {
		var words []string
		for _, t := range part {
			words = append(words, strings.ToUpper(t.text))
		}
		switch text := strings.Join(words, " "); {
		case strings.HasPrefix(text, "ISOLATION LEVEL "):
			add(isolation, strings.ReplaceAll(strings.TrimPrefix(text, "ISOLATION LEVEL "), " ", "-"))
		case text == "READ ONLY":
			add(readOnly, "ON")
		case text == "READ WRITE":
			add(readOnly, "OFF")
		}
	}
	return list, true
}
