package sysvar

import (
	"maps"
	"slices"
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

// maxSkippedError bounds the numbers that a replica can be told to skip; above it
// they are passed over. Seen on MySQL 9.7 and, with 4000 to 4200, on MariaDB 10.11.
func maxSkippedError(maria bool) int {
	if maria {
		return 4200
	}
	return 14000
}

// skipErrorNumbers lists the numbers of a replica_skip_errors text in order,
// each once; OFF if there is none. The text must begin with a number; after it
// all is skipped up to the next digit. (init_replica_skip_errors)
func skipErrorNumbers(text string, below int) string {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return "OFF"
	}
	set := map[int]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if x, err := strconv.Atoi(word); err == nil && x < below {
			set[x] = true
		}
	}
	numbers := slices.Sorted(maps.Keys(set))
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ",")
}
