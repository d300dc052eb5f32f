// Package statements asks a MySQL or MariaDB server which SET statements on a
// variable it remembers: statement history, digests, the general log table, the
// log of an audit plugin, and tables in which a tool records parameter changes.
//
// It reads through a small connection interface, one SELECT a source, and the
// audit log through one that reads ends of files. It shows of a statement no more
// than the assignment that was asked about.
package statements

import (
	"regexp"
	"slices"
	"strings"
)

// assignment is one `variable = expression` of a SET statement.
type assignment struct {
	scope    string // GLOBAL, SESSION, PERSIST, PERSIST_ONLY
	variable string
	value    string
	literal  bool // value is a literal, without its quotes
}

// parseSet reads the assignments of a SET statement, and of SET_VAR hints, which
// touch a session's value for one statement; none for any other statement. A digest's spaced form ("SET GLOBAL `max_connections` = ?") reads the
// same.
func parseSet(sql string) []assignment {
	tokens := tokenize(sql)
	if len(tokens) == 0 || !strings.EqualFold(tokens[0].text, "SET") {
		return parseHints(sql)
	}
	return parseTokens(tokens[1:])
}

// parseTokens reads what follows the word SET.
func parseTokens(tokens []token) []assignment {
	if len(tokens) > 0 && strings.EqualFold(tokens[0].text, "STATEMENT") {
		return parseFor(tokens[1:])
	}
	if list, ok := parseTransaction(tokens); ok {
		return list
	}
	var list []assignment
	scope := ""
	for _, part := range splitCommas(tokens) {
		a, ok := parseAssignment(part, &scope)
		if ok {
			list = append(list, a)
		}
	}
	return list
}

// parseFor reads MariaDB's SET STATEMENT a = 1 FOR …, whose first part holds for
// the one statement that follows.
func parseFor(tokens []token) []assignment {
	at := slices.IndexFunc(tokens, func(t token) bool { return t.word && strings.EqualFold(t.text, "FOR") })
	if at < 0 {
		return nil
	}
	list := parseTokens(append([]token{{text: "SESSION", word: true}}, tokens[:at]...))
	if rest := tokens[at+1:]; len(rest) > 0 && strings.EqualFold(rest[0].text, "SET") {
		list = append(list, parseTokens(rest[1:])...)
	}
	return list
}

var hint = regexp.MustCompile("(?i)SET_VAR\\s*\\(\\s*`?([a-z0-9_.]+)`?\\s*=\\s*([^)]*?)\\s*\\)")

// parseHints reads SET_VAR hints. They stand in one comment, behind the first
// word of a statement; one quoted elsewhere does no harm, as a session's value is
// nobody's drift.
func parseHints(sql string) []assignment {
	var list []assignment
	for _, m := range hint.FindAllStringSubmatch(sql, -1) {
		a := assignment{scope: "SESSION", variable: strings.ToLower(m[1])}
		if m[2] != "?" {
			a.value, a.literal = m[2], true
		}
		list = append(list, a)
	}
	return list
}

// parseAssignment reads one part. A scope keyword holds for the parts after it as
// well; @@scope. only for its own.
func parseAssignment(part []token, sticky *string) (assignment, bool) {
	scope := ""
	if len(part) > 1 && part[0].word {
		if s, ok := scopeOf(part[0].text); ok {
			*sticky, part = s, part[1:]
		}
	}
	at := -1
	for i, t := range part {
		if !t.quoted && (t.text == "=" || t.text == ":=") {
			at = i
			break
		}
	}
	if at < 1 || at == len(part)-1 {
		return assignment{}, false
	}
	name := ""
	for _, t := range part[:at] {
		name += t.text
	}
	if user := strings.HasPrefix(name, "@") && !strings.HasPrefix(name, "@@"); user {
		return assignment{}, false
	}
	system := strings.HasPrefix(name, "@@")
	name = strings.TrimPrefix(name, "@@")
	if first, rest, ok := strings.Cut(name, "."); ok && system {
		if s, isScope := scopeOf(first); isScope {
			scope, name = s, rest
		}
	}
	switch {
	case scope != "":
	case system:
		scope = "SESSION" // @@name
	case *sticky != "":
		scope = *sticky
	default:
		scope = "SESSION"
	}
	a := assignment{scope: scope, variable: strings.ToLower(name)}
	value := part[at+1:]
	switch {
	case len(value) == 1 && (value[0].quoted && !value[0].identifier || value[0].plain() && !strings.EqualFold(value[0].text, "DEFAULT")):
		a.value, a.literal = value[0].text, true
	case len(value) == 2 && value[0].text == "-" && value[1].plain():
		a.value, a.literal = "-"+value[1].text, true
	default: // an expression: not evaluated here
	}
	return a, true
}

// constant is a number or a bare word; words here are cut at blanks, commas and
// brackets only, so that 1024*1024, 1-1, @v and @@session.x are words as well.
var constant = regexp.MustCompile(`^(?:[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.|0[xXbB][0-9A-Fa-f]+|[A-Za-z_][A-Za-z0-9_]*)$`)

// plain: the word stands for itself, and is no expression.
func (t token) plain() bool { return t.word && constant.MatchString(t.text) }

func scopeOf(word string) (string, bool) {
	switch s := strings.ToUpper(word); s {
	case "GLOBAL", "PERSIST", "PERSIST_ONLY", "SESSION":
		return s, true
	case "LOCAL":
		return "SESSION", true
	}
	return "", false
}

type token struct {
	text       string
	word       bool // an unquoted word
	quoted     bool
	identifier bool // in backticks
}

// tokenize splits a statement into words, quoted texts and signs, without
// comments. The content of version comments is read, as the server does.
func tokenize(sql string) []token {
	var tokens []token
	for i := 0; i < len(sql); {
		c := sql[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';':
			i++
		case c == '#' || strings.HasPrefix(sql[i:], "-- "):
			i = skipTo(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*!"):
			for i += 3; i < len(sql) && sql[i] >= '0' && sql[i] <= '9'; i++ {
			}
		case strings.HasPrefix(sql[i:], "/*"):
			i = skipTo(sql, i, "*/")
		case strings.HasPrefix(sql[i:], "*/"):
			i += 2
		case c == '\'' || c == '"' || c == '`':
			text, next := quoted(sql, i)
			tokens = append(tokens, token{text: text, quoted: true, identifier: c == '`'})
			i = next
		case strings.HasPrefix(sql[i:], ":="):
			tokens = append(tokens, token{text: ":="})
			i += 2
		case strings.IndexByte("=,()-+*/?", c) >= 0:
			tokens = append(tokens, token{text: string(c)})
			i++
		default:
			start := i
			for i < len(sql) && strings.IndexByte(" \t\n\r;=,()'\"`?:", sql[i]) < 0 {
				i++
			}
			if i == start {
				i++
			}
			tokens = append(tokens, token{text: sql[start:i], word: true})
		}
	}
	return tokens
}

func skipTo(s string, from int, end string) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// quoted reads a quoted text from its opening quote; doubled quotes and
// backslashes are undone.
func quoted(s string, from int) (text string, next int) {
	quote := s[from]
	var b strings.Builder
	for i := from + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote != '`' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
			b.WriteByte(quote)
		case s[i] == quote:
			return b.String(), i + 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), len(s)
}

// splitCommas splits at commas outside of parentheses.
func splitCommas(tokens []token) [][]token {
	var parts [][]token
	depth, start := 0, 0
	for i, t := range tokens {
		if t.quoted {
			continue
		}
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				parts = append(parts, tokens[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, tokens[start:])
}
