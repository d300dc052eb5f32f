package sysvar

import (
	"fmt"
	"slices"
	"strings"
)

// evaluateFlags reads a list of NAME=on|off|default, in which the word default
// alone takes back what stands before it. The servers take neither spaces, nor
// the beginning of a name, nor one that they do not have. Seen on 9.7.4 and 10.11.19.
func (st *state) evaluateFlags(a Assigned, text string) *Value {
	var kept []string
	for _, word := range strings.Split(text, ",") {
		if word == "" && text == "" {
			continue
		}
		if strings.EqualFold(word, "default") {
			kept = st.defaultFlags(a)
			continue
		}
		if problem := st.flagProblem(a, word); problem != "" {
			return &Value{Unsure: "not a list of the variable's flags", Problem: problem + ": the server does not start", Refused: true}
		}
		kept = append(without(kept, word), word)
	}
	return &Value{Text: withDefaults(strings.Join(kept, ","), a.Spec), Partial: true}
}

// without is a list of flags without the one that a word sets anew.
func without(kept []string, word string) []string {
	name, _, _ := strings.Cut(strings.ToLower(word), "=")
	return slices.DeleteFunc(kept, func(other string) bool {
		have, _, _ := strings.Cut(strings.ToLower(other), "=")
		return have == name
	})
}

// defaultFlags are what the word default declares: every flag that the running
// server shows, as it is by default where that is known.
func (st *state) defaultFlags(a Assigned) []string {
	if !a.Spec.HasDefault || !st.c.KnowsDefaults(a.Variable) {
		return nil
	}
	have, seen := st.flagsSeen(a)
	var kept []string
	for _, word := range strings.Split(a.Spec.Default, ",") {
		name, _, _ := strings.Cut(word, "=")
		if _, there := have[name]; there || !seen {
			kept = append(kept, word)
		}
	}
	return kept
}

func (st *state) flagsSeen(a Assigned) (have map[string]string, seen bool) {
	have = flags(st.running(a.Variable))
	return have, len(have) > 0
}

// flagProblem is what is wrong with one word of a list of flags. Which flags
// there are the running server shows; where none was seen, none is unknown.
func (st *state) flagProblem(a Assigned, word string) string {
	name, value, _ := strings.Cut(strings.ToLower(word), "=")
	have := flags(st.running(a.Variable))
	switch _, known := have[name]; {
	case value != "on" && value != "off" && value != "default":
		return fmt.Sprintf("%q is not NAME=on, NAME=off or NAME=default", word)
	case !known && len(have) > 0:
		return fmt.Sprintf("%s has no flag %q", a.Variable, name)
	}
	return ""
}
