package fix

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// variableName is all that can stand for a variable in a statement: what the
// catalogue or the server itself calls so, and of these the ones that need no quotes.
var variableName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$`)

var (
	integer = regexp.MustCompile(`^-?[0-9]+$`)
	decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
)

// longestNumber is more than any number of a server has.
const longestNumber = 40

// literal is a value as SET takes it, by the variable's type. It is an error if
// the text is none of the type's values: nothing that is read from an option file
// or a server becomes part of a statement but as a number, ON, OFF or a string.
func literal(spec *sysvar.Spec, text string) (string, error) {
	switch spec.Type {
	case sysvar.TypeBool:
		switch strings.ToUpper(text) {
		case "ON", "1", "YES", "TRUE":
			return "ON", nil
		case "OFF", "0", "NO", "FALSE":
			return "OFF", nil
		}
		return "", fmt.Errorf("%q is no boolean", text)
	case sysvar.TypeInt, sysvar.TypeUint:
		if len(text) > longestNumber || !integer.MatchString(text) {
			return "", fmt.Errorf("%q is no number", text)
		}
		return text, nil
	case sysvar.TypeDouble:
		if len(text) > longestNumber || !decimal.MatchString(text) {
			return "", fmt.Errorf("%q is no number", text)
		}
		return trimZeros(text), nil
	}
	return quote(text), nil
}

// quote is a string literal that means the same in every sql_mode and character
// set: a backslash escapes or not by NO_BACKSLASH_ESCAPES, and bytes beyond ASCII
// depend on the connection, so that such texts are written in hexadecimal. Both
// servers take that for a string variable.
func quote(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }) {
		return "_utf8mb4 X'" + hex.EncodeToString([]byte(text)) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// trimZeros writes 2.500000 as 2.5.
func trimZeros(number string) string {
	if !strings.Contains(number, ".") {
		return number
	}
	return strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
}

func setStatement(verb, variable, value string) string {
	return fmt.Sprintf("SET %s %s = %s", verb, variable, value)
}

func resetStatement(variable string) string { return "RESET PERSIST IF EXISTS " + variable }
