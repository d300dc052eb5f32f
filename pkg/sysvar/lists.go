package sysvar

import (
	"sort"
	"strconv"
	"strings"
)

// canonicalList is a comma list in one order, for variables whose order does
// not count and whose members are not known.
func canonicalList(v string) string {
	words := strings.Split(strings.ToUpper(strings.ReplaceAll(v, " ", "")), ",")
	sort.Strings(words)
	out := words[:0]
	for _, w := range words {
		if w != "" && (len(out) == 0 || out[len(out)-1] != w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, ",")
}

// ddlExistErrors is what MySQL's replica_skip_errors=ddl_exist_errors stands
// for (sql/rpl_replica.cc).
var ddlExistErrors = []string{"1007", "1008", "1050", "1051", "1054", "1060", "1061", "1068", "1091", "1146"}

// skipErrorNumbers lists the numbers of a replica_skip_errors text in order,
// each once; OFF if there is none.
func skipErrorNumbers(text string) string {
	set := map[int]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if word == "ddl_exist_errors" {
			for _, n := range ddlExistErrors {
				x, _ := strconv.Atoi(n)
				set[x] = true
			}
			continue
		}
		if x, err := strconv.Atoi(word); err == nil && x > 0 {
			set[x] = true
		}
	}
	if len(set) == 0 {
		return "OFF"
	}
	numbers := make([]int, 0, len(set))
	for n := range set {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ",")
}
