package textdiff

import (
	"strconv"
	"strings"
)

// renames matches what went with what came: the same group and value, and a name
// not farther than a slip of the finger. The rest is removed and added.
func renames(gone, come []setting, equal Equal) []Edit {
	var edits []Edit
	byGroup := map[string][]int{}
	for i, s := range come {
		byGroup[strings.ToLower(s.group)] = append(byGroup[strings.ToLower(s.group)], i)
	}
	taken := make([]bool, len(come))
	for _, was := range gone {
		best, distance := -1, 3
		for _, i := range byGroup[strings.ToLower(was.group)] {
			is := come[i]
			if taken[i] || was.include || was.has != is.has || was.value != is.value && !equal(is.name, was.value, is.value) {
				continue
			}
			if d := levenshtein(was.name, is.name, distance); d < distance && d*4 <= len(was.name) {
				best, distance = i, d
			}
		}
		if best < 0 {
			edits = append(edits, Edit{Removed, was.path(), was.text(), "", was.at, Position{}})
			continue
		}
		taken[best] = true
		is := come[best]
		edits = append(edits, Edit{Renamed, is.path(), was.name, is.name, was.at, is.at})
	}
	for i, is := range come {
		if !taken[i] {
			edits = append(edits, Edit{Added, is.path(), "", is.text(), Position{}, is.at})
		}
	}
	return edits
}

// levenshtein is the edit distance of two names, or bound if it is not below.
func levenshtein(a, b string, bound int) int {
	if d := len(a) - len(b); d >= bound || -d >= bound {
		return bound
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal, lowest := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
			lowest = min(lowest, row[j])
		}
		if lowest >= bound {
			return bound
		}
	}
	return min(row[len(b)], bound)
}

// sameValue compares values as texts, and as numbers with units.
func sameValue(_, a, b string) bool {
	if a == b {
		return true
	}
	x, okA := number(a)
	y, okB := number(b)
	return okA && okB && x == y
}

func number(s string) (uint64, bool) {
	if s == "" {
		return 0, false
	}
	shift := strings.IndexByte("kmgtpe", s[len(s)-1]|0x20)
	digits := s
	if shift >= 0 {
		digits = s[:len(s)-1]
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	if shift >= 0 {
		shifted := n << (10 * (shift + 1))
		if shifted>>(10*(shift+1)) != n {
			return 0, false
		}
		n = shifted
	}
	return n, true
}
