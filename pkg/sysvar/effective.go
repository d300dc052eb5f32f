package sysvar

import (
	"fmt"
	"math/big"
	"strings"
)

// Value is what a server makes of a declared value when it starts.
type Value struct {
	// Text is the value as SHOW GLOBAL VARIABLES prints it on a fresh server.
	Text string
	// Unsure is set if it cannot be told what the server makes of it: then a
	// difference proves nothing. It says why.
	Unsure string
	// Also are further values that a server may show although its declaration did
	// not change: limits that follow from what other variables were at its start.
	Also []string
	// Host are values that the host may force upon the server when it starts; one
	// that was set later is told apart by the server's word for its source.
	Host []string
	// HostWhy is what forces those of Host, where it is not the host itself.
	HostWhy string
	// Doubt is another cause of a difference, which a dump cannot tell from drift.
	Doubt string
	// Adjusted says how the server corrected the value (rounded, clamped), empty if
	// it took it as it is.
	Adjusted string
	// Limited says which limit of the host or of other variables cut the value.
	Limited string
	// Problem is what is wrong with the declared text, for a lint finding: the
	// server refuses it (Refused) or misreads it.
	Problem string
	Refused bool
	// Partial is set for flag lists (optimizer_switch): only the flags named are
	// declared, the others are the server's own.
	Partial bool
}

// NotANumber is Unsure of a text that every server refuses for a number.
const NotANumber = "not a number"

// Assigned is one declared option with what it resolves to.
type Assigned struct {
	Resolution
	Value    string
	HasValue bool
	Index    int // in the list of settings given
}

// state is what a rule can look at: other declared values, the running values,
// and the catalogue.
type state struct {
	c        *Catalogue
	declared map[string]*Value
	last     map[string]Assigned // the setting that wins, by variable
	seen     func(string) (string, bool)
}

// running is the running value of a variable, empty if it was not seen.
func (st *state) running(name string) string {
	if st.seen == nil {
		return ""
	}
	v, _ := st.seen(name)
	return v
}

// declaredText is what a fresh server would have for a declared variable.
func (st *state) declaredText(name string) (string, bool) {
	if v := st.declared[name]; v != nil && v.Unsure == "" {
		return v.Text, true
	}
	return "", false
}

// text of an option as the servers see it: skip- and enable- prefixes become 0
// and 1, an option without a value becomes "1" (my_getopt's enabled_my_option).
func (a Assigned) text() string {
	switch {
	case a.Negated:
		if a.HasValue && a.Value == "0" {
			return "1"
		}
		return "0"
	case a.Enabled:
		if a.HasValue && a.Value == "0" {
			return "0"
		}
		return "1"
	case !a.HasValue:
		return "1"
	}
	return a.Value
}

// evaluate computes what a server makes of one setting, looking at its type
// only, unless a rule knows better.
func (st *state) evaluate(a Assigned) *Value {
	v := st.evaluateRule(a)
	if v.Refused && a.Loose && st.c.isMaria() {
		return st.loosely(a, v)
	}
	return v
}

// loosely: MariaDB only warns of what it cannot read in a loose- option. A number
// is then 0, or the least that is allowed. Seen on 10.11.19.
func (st *state) loosely(a Assigned, v *Value) *Value {
	out := &Value{Unsure: "a loose option with a value that the server does not take"}
	switch a.Spec.Type {
	case TypeInt, TypeUint:
		out = evaluateInteger("0", a.Spec, st.c)
	case TypeDouble:
		out = evaluateDouble("0", a.Spec)
	}
	out.Problem = strings.Replace(v.Problem, "the server does not start", "the server only warns, as the option is loose", 1)
	return out
}

func (st *state) evaluateRule(a Assigned) *Value {
	if a.AutoSet {
		return &Value{Unsure: "the server chooses it"}
	}
	if v := withoutValue(a); v != nil {
		return v
	}
	if rule := st.c.ruleFor(a.Variable); rule != nil {
		if v := rule(st, a); v != nil {
			return v
		}
	}
	return st.evaluateType(a)
}

// withoutValue refuses an option that must have a value and has none.
func withoutValue(a Assigned) *Value {
	if a.Spec.Arg != ArgRequired || a.HasValue || a.Negated || a.Enabled {
		return nil
	}
	return &Value{Unsure: "the option stands without its value", Problem: "the option needs a value", Refused: true}
}

func (st *state) evaluateType(a Assigned) *Value {
	s, c := a.Spec, st.c
	text := a.text()
	if text == "" && s.Type != TypeBool {
		if v := c.evaluateEmpty(s); v != nil {
			return v
		}
	}
	switch s.Type {
	case TypeBool:
		return evaluateBool(text, s)
	case TypeInt, TypeUint:
		return evaluateInteger(text, s, c)
	case TypeDouble:
		return evaluateDouble(text, s)
	case TypeEnum:
		return evaluateEnum(text, s)
	case TypeSet:
		return c.evaluateSet(text, s)
	case TypeFlagSet:
		return st.evaluateFlags(a, text)
	}
	if !a.HasValue {
		// A string without a value keeps its default, or becomes empty.
		return &Value{Unsure: "a text option without a value"}
	}
	return &Value{Text: text}
}

// evaluateEmpty: "x=" is an error to MySQL where x is a number or one of a list.
// To MariaDB an empty number is 0, an empty member the default.
func (c *Catalogue) evaluateEmpty(s *Spec) *Value {
	switch s.Type {
	case TypeInt, TypeUint, TypeDouble, TypeEnum:
	default:
		return nil
	}
	switch {
	case !c.isMaria():
		return &Value{Unsure: "an empty value", Problem: "the value is empty: the server does not start", Refused: true}
	case s.Type == TypeEnum:
		return &Value{Text: s.Default, Problem: "the value is empty: the server keeps its default"}
	case s.Type == TypeDouble:
		return evaluateDouble("0", s)
	}
	return evaluateInteger("0", s, c)
}

func evaluateBool(text string, s *Spec) *Value {
	b, known := parseBool(text)
	v := &Value{Text: onOff(b)}
	if !known && withoutArgument[s.Name] {
		return &Value{Text: s.Default, Problem: fmt.Sprintf("%q is no boolean: the server ignores the line; write ON or OFF", text), Adjusted: "not a boolean, the line is ignored"}
	}
	if !known {
		v.Problem = fmt.Sprintf("%q is no boolean: the server takes it for OFF with a warning; write ON or OFF", text)
		v.Adjusted = "not a boolean, taken for OFF"
	}
	return v
}

func evaluateInteger(text string, s *Spec, c *Catalogue) *Value {
	n, ok := parseNumber(text)
	if !ok {
		return &Value{Unsure: NotANumber, Problem: fmt.Sprintf("%q is no number with an optional suffix K, M, G, T, P or E: the server does not start", text), Refused: true}
	}
	if tooLarge(text, n, s, c) {
		return &Value{Unsure: "a number with more than 64 bits", Problem: fmt.Sprintf("%q has more than 64 bits: the server does not start", text), Refused: true}
	}
	if n.value.Sign() < 0 && s.Type == TypeUint {
		switch {
		case c.isMaria():
			return &Value{Unsure: "a negative number for an unsigned variable", Problem: fmt.Sprintf("%q is negative: the server does not start", text), Refused: true}
		case !c.server.Version.AtLeast(8, 0, 0):
			return &Value{Unsure: "a negative number for an unsigned variable", Problem: fmt.Sprintf("%q is negative", text)}
		}
	}
	out := clampInteger(n.value, s)
	v := &Value{Text: out.String()}
	if out.Cmp(n.value) != 0 {
		v.Adjusted = describeClamp(n.value.String(), v.Text, s)
	}
	switch {
	case n.noDigits:
		v.Problem, v.Adjusted = fmt.Sprintf("%q has no digits: the server reads its first letter as a suffix, of 0", text), "no digits, taken for 0"
	case n.trailing != "":
		v.Problem = fmt.Sprintf("%q: the server reads the suffix's first letter only, %q is not looked at", text, n.trailing)
	}
	return v
}

// tooLarge: MySQL wants a number to fit into 64 bits with its suffix, MariaDB
// without it. Seen on 9.7.4 and 10.11.19.
func tooLarge(text string, n number, s *Spec, c *Catalogue) bool {
	value, bits := n.value, 64
	if c.isMaria() {
		digits := strings.TrimLeft(text, " \t+-")
		end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(digits)
		}
		value, _ = new(big.Int).SetString(digits[:end], 10)
	} else if s.Type == TypeInt {
		bits = 63
	}
	return value != nil && value.Sign() > 0 && value.BitLen() > bits
}

func describeClamp(from, to string, s *Spec) string {
	switch to {
	case s.Max:
		return "cut to the maximum " + to
	case s.Min:
		return "raised to the minimum " + to
	}
	if s.Block != "" && s.Block != "0" && s.Block != "1" {
		return fmt.Sprintf("rounded down to a multiple of %s: %s", s.Block, to)
	}
	return fmt.Sprintf("the server makes %s of %s", to, from)
}

func evaluateDouble(text string, s *Spec) *Value {
	f, ok := parseDouble(text)
	if !ok {
		return &Value{Unsure: NotANumber, Problem: fmt.Sprintf("%q is no number", text), Refused: true}
	}
	clamped := clampDouble(f, s)
	v := &Value{Text: formatDouble(clamped)}
	if clamped != f {
		v.Adjusted = fmt.Sprintf("brought within its bounds %s to %s", s.Min, s.Max)
	}
	return v
}

func evaluateEnum(text string, s *Spec) *Value {
	if len(s.Members) == 0 {
		if b, known := parseBool(text); known && (s.Default == "ON" || s.Default == "OFF") {
			return &Value{Text: onOff(b)}
		}
		if isDigits(text) {
			return &Value{Unsure: "an index into a list of values that is not known"}
		}
		return &Value{Text: text}
	}
	m, ok := enumValue(text, s.Members)
	if !ok {
		return &Value{Unsure: "not one of the variable's values", Problem: fmt.Sprintf("%q is none of %s", text, strings.Join(s.Members, ", ")), Refused: true}
	}
	return &Value{Text: m}
}

func (c *Catalogue) evaluateSet(text string, s *Spec) *Value {
	if len(s.Members) == 0 {
		if isDigits(text) {
			return &Value{Unsure: "a bit mask over a list of values that is not known"}
		}
		return &Value{Text: text}
	}
	mask, ok := c.optionMask(text, s.Members)
	if !ok {
		return &Value{Unsure: "not a list of the variable's values", Problem: fmt.Sprintf("%q is no list of %s", text, strings.Join(s.Members, ", ")), Refused: true}
	}
	return &Value{Text: setText(mask, s.Members)}
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// rule computes a variable that its type alone does not explain; nil falls back
// to the type.
type rule func(st *state, a Assigned) *Value

func (c *Catalogue) ruleFor(variable string) rule {
	for _, name := range [...]string{variable, c.Group(variable)} {
		if r := flavourRules[c.server.Flavour][name]; r != nil {
			return r
		}
		if r := commonRules[name]; r != nil {
			return r
		}
	}
	return nil
}
