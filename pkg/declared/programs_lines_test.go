package declared

import (
	"strings"
	"testing"
)

// TestLines: what head, tail and sort take of a text.
func TestLines(t *testing.T) {
	const in = "b\na\nc\na\n"
	for command, want := range map[string]string{
		"head -n 1": "b\n", "head -1": "b\n", "head --lines=2": "b\na\n", "head -n -3": "b\n", "head -c 3": "b\na",
		"tail -n1": "a\n", "tail --lines 2": "c\na\n", "tail -n +3": "c\na\n", "tail -c 2": "a\n", "tail --bytes=+7": "a\n",
		"head --zero-terminated": unknown,
		"sort":                   "a\na\nb\nc\n", "sort -u": "a\nb\nc\n", "sort -r": "c\nb\na\na\n", "sort -ru": "c\nb\na\n", "sort --reverse": "c\nb\na\na\n",
		"sort -n": unknown + "\n", "sort -k 2": unknown + "\n",
	} {
		m := &machine{in: plain(in), inKnown: true}
		var argv []text
		for _, word := range strings.Fields(command) {
			argv = append(argv, plain(word))
		}
		if strings.HasPrefix(command, "sort") {
			sortLines(m, argv)
		} else {
			head(m, argv)
		}
		if got := m.out.String(); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}
