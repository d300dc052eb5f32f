package textdiff

import (
	"fmt"
	"strings"
)

// statement is one SQL statement in a spelling that comments, spacing and the
// case of unquoted words do not change.
type statement struct {
	text string
	at   Position
}

// diffSQL compares statements as a sequence.
func diffSQL(before, after []byte) []Edit {
	a, b := statements(string(before)), statements(string(after))
	return sequence(a, b, func(i int) string { return fmt.Sprintf("statement %d", i+1) })
}

// statements splits at semicolons outside of quotes and comments.
func statements(text string) []statement {
	var list []statement
	var b strings.Builder
	var at Position
	lineNo, lineStart, space := 1, 0, false
	end := func() {
		if b.Len() > 0 {
			list = append(list, statement{b.String(), at})
		}
		b.Reset()
		space = false
	}
	put := func(s string, from int) {
		if b.Len() == 0 {
			at = Position{lineNo, from - lineStart + 1}
		} else if space {
			b.WriteByte(' ')
		}
		space = false
		b.WriteString(s)
	}
	for i := 0; i < len(text); {
		next := i + 1
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			space = true
		case c == ';':
			end()
		case c == '#' || strings.HasPrefix(text[i:], "-- "):
			next, space = skip(text, i, "\n")-1, true
		case strings.HasPrefix(text[i:], "/*") && !strings.HasPrefix(text[i:], "/*!"):
			next, space = skip(text, i, "*/"), true
		case c == '\'' || c == '"' || c == '`':
			next = closing(text, i)
			put(text[i:next], i)
		case strings.IndexByte("=,()<>+*/", c) >= 0:
			// Signs need no blanks around them.
			space = false
			put(string(c), i)
			for next < len(text) && (text[next] == ' ' || text[next] == '\t') {
				next++
			}
		default:
			for next < len(text) && strings.IndexByte(" \t\r\n;'\"`=,()<>+*/#", text[next]) < 0 {
				next++
			}
			put(strings.ToUpper(text[i:next]), i)
		}
		if next <= i {
			next = i + 1
		}
		for _, c := range []byte(text[i:next]) {
			if c == '\n' {
				lineNo++
			}
		}
		if n := strings.LastIndexByte(text[i:next], '\n'); n >= 0 {
			lineStart = i + n + 1
		}
		i = next
	}
	end()
	return list
}

func skip(s string, from int, end string) int {
	if i := strings.Index(s[from+1:], end); i >= 0 {
		return from + 1 + i + len(end)
	}
	return len(s) + 1
}

func closing(s string, from int) int {
	for i := from + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[from] != '`':
			i++
		case s[i] == s[from] && i+1 < len(s) && s[i+1] == s[from]:
			i++
		case s[i] == s[from]:
			return i + 1
		}
	}
	return len(s)
}

// Lines is a plain line diff, for texts without a structure that is known and to
// measure against.
func Lines(before, after []byte) []Edit {
	split := func(text []byte) []statement {
		var list []statement
		for i, l := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			list = append(list, statement{l, Position{i + 1, 1}})
		}
		return list
	}
	return sequence(split(before), split(after), func(i int) string { return fmt.Sprintf("line %d", i+1) })
}

// sequence is Myers' diff without its middle snake: common ends are cut, then
// unique common items anchor the rest (patience), which is linear for texts that
// people write.
func sequence(a, b []statement, name func(int) string) []Edit {
	var edits []Edit
	offA, offB := 0, 0
	for offA < len(a) && offB < len(b) && a[offA].text == b[offB].text {
		offA, offB = offA+1, offB+1
	}
	endA, endB := len(a), len(b)
	for endA > offA && endB > offB && a[endA-1].text == b[endB-1].text {
		endA, endB = endA-1, endB-1
	}
	i, j := offA, offB
	for _, p := range append(anchors(a[offA:endA], b[offB:endB]), [2]int{endA - offA, endB - offB}) {
		toA, toB := offA+p[0], offB+p[1]
		for i < toA && j < toB {
			if a[i].text != b[j].text {
				edits = append(edits, Edit{Changed, name(j), a[i].text, b[j].text, a[i].at, b[j].at})
			}
			i, j = i+1, j+1
		}
		for ; i < toA; i++ {
			edits = append(edits, Edit{Removed, name(i), a[i].text, "", a[i].at, Position{}})
		}
		for ; j < toB; j++ {
			edits = append(edits, Edit{Added, name(j), "", b[j].text, Position{}, b[j].at})
		}
		i, j = toA+1, toB+1
	}
	return edits
}

// anchors are pairs of items that stand once on each side, in rising order.
func anchors(a, b []statement) [][2]int {
	countA, countB, where := map[string]int{}, map[string]int{}, map[string]int{}
	for _, s := range a {
		countA[s.text]++
	}
	for j, s := range b {
		countB[s.text]++
		where[s.text] = j
	}
	var pairs [][2]int
	var tails []int // patience: index into pairs of the smallest tail of each length
	var back []int
	for i, s := range a {
		if countA[s.text] != 1 || countB[s.text] != 1 {
			continue
		}
		j := where[s.text]
		lo, hi := 0, len(tails)
		for lo < hi {
			mid := (lo + hi) / 2
			if pairs[tails[mid]][1] < j {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		pairs = append(pairs, [2]int{i, j})
		previous := -1
		if lo > 0 {
			previous = tails[lo-1]
		}
		back = append(back, previous)
		if lo == len(tails) {
			tails = append(tails, len(pairs)-1)
		} else {
			tails[lo] = len(pairs) - 1
		}
	}
	if len(tails) == 0 {
		return nil
	}
	chain := make([][2]int, len(tails))
	for k, at := len(tails)-1, tails[len(tails)-1]; k >= 0; k, at = k-1, back[at] {
		chain[k] = pairs[at]
	}
	return chain
}
