package sysvar

import (
	"fmt"
	"strings"
)

// evaluateFlags reads a list of NAME=on|off|default, in which the word default
// alone takes back what stands before it. The servers take neither spaces, nor
// the beginning of a name, nor one that they do not have. Seen on 9.7.4 and 10.11.19.
func (st *state) evaluateFlags(a Assigned, text string) *Value {
	var kept []string
	for _, word := range strings.Split(text, ",") {
		if strings.EqualFold(word, "default") {
			kept = nil
			continue
		}
		if problem := st.flagProblem(a, word); problem != "" {
			return &Value{Unsure: "not a list of the variable's flags", Problem: problem + ": the server does not start", Refused: true}
		}
		kept = append(kept, word)
	}
	return &Value{Text: withDefaults(strings.Join(kept, ","), a.Spec), Partial: true}
}

// flagProblem is what is wrong with one word of a list of flags. Which flags
// there are the running server shows; where none was seen, none is unknown.
func (st *state) flagProblem(a Assigned, word string) string {
	name, value, _ := strings.Cut(strings.ToLower(word), "=")
	have := flags(st.running(a.Variable))
	switch _, known := have[name]; {
	case word == "":
	case value != "on" && value != "off" && value != "default":
		return fmt.Sprintf("%q is not NAME=on, NAME=off or NAME=default", word)
	case !known && len(have) > 0:
		return fmt.Sprintf("%s has no flag %q", a.Variable, name)
	}
	return ""
}
