package fix

import (
	"fmt"
	"strings"
)

// contextLines are shown around a change, as diff and git have it.
const contextLines = 3

// op is one line of a difference: ' ', '-' or '+'.
type op struct {
	kind byte
	text string
}

// unified is the difference of two texts as `diff -u` and git print it; empty if
// there is none.
func unified(from, to, before, after string) string {
	if before == after {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, to)
	ops := lineOps(splitLines(before), splitLines(after))
	for start := 0; start < len(ops); {
		first := nextChange(ops, start)
		if first == len(ops) {
			break
		}
		last := first // of the changes that share one hunk
		for next := first; next < len(ops) && next-last <= 2*contextLines; next = nextChange(ops, last+1) {
			last = next
		}
		begin, end := max(first-contextLines, start), min(last+contextLines+1, len(ops))
		writeHunk(&b, ops, begin, end)
		start = end
	}
	return b.String()
}

func nextChange(ops []op, from int) int {
	for from < len(ops) && ops[from].kind == ' ' {
		from++
	}
	return from
}

// writeHunk writes ops[begin:end] with its place in both texts.
func writeHunk(b *strings.Builder, ops []op, begin, end int) {
	count := func(list []op, without byte) (n int) {
		for _, o := range list {
			if o.kind != without {
				n++
			}
		}
		return n
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", span(count(ops[:begin], '+'), count(ops[begin:end], '+')), span(count(ops[:begin], '-'), count(ops[begin:end], '-')))
	for _, o := range ops[begin:end] {
		b.WriteByte(o.kind)
		b.WriteString(o.text)
		if !strings.HasSuffix(o.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// span is a hunk's place: lines before it, and how many it has.
func span(before, lines int) string {
	switch lines {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, lines)
}

func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// lineOps is the shortest difference of the lines between what both texts begin
// and end with: an edit is small, so that a table of their lengths will do.
func lineOps(a, b []string) []op {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var ops []op
	for _, l := range a[:head] {
		ops = append(ops, op{' ', l})
	}
	ops = append(ops, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		ops = append(ops, op{' ', l})
	}
	return ops
}

// middle is by the longest common subsequence.
func middle(a, b []string) []op {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var ops []op
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			ops = append(ops, op{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			ops = append(ops, op{'-', a[i]})
			i++
		default:
			ops = append(ops, op{'+', b[j]})
			j++
		}
	}
	return ops
}
