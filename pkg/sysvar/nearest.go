package sysvar

import "strings"

// Nearest is the known option name that a mistyped one most likely meant, with
// dashes, or empty if none is near: one of which it is the beginning and lacks a
// word of a few letters at most, else one of which at most a third of the letters
// differ. What stands behind a blank or a colon is no part of a name, and three or
// four letters are near to too many.
func (c *Catalogue) Nearest(option string) string {
	name := underscored(strings.ToLower(strings.TrimLeft(option, "-")))
	if i := strings.IndexAny(name, ": \t"); i >= 0 {
		name = name[:i]
	}
	if len(name) < shortestNear {
		return ""
	}
	begun := ""
	best, bestDistance := "", len(name)/3+1
	if bestDistance > 5 {
		bestDistance = 5
	}
	for o, s := range c.table.options {
		if !c.present(s) {
			continue
		}
		if strings.HasPrefix(o, name) && len(o) <= len(name)+len("_size") && (begun == "" || len(o) < len(begun) || len(o) == len(begun) && o < begun) {
			begun = o
		}
		if d := distance(name, o, bestDistance); d < bestDistance || d == bestDistance && (best != "" && o < best) {
			best, bestDistance = o, d
		}
	}
	if begun != "" {
		best = begun
	}
	return strings.ReplaceAll(best, "_", "-")
}

const shortestNear = 5

// distance is the number of edits (insert, delete, replace, swap of neighbours)
// from a to b; anything above limit is returned as limit+1.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
