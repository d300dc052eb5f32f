package declared

import (
	"strings"
	"testing"
)

// TestGrep: what grep's options make of a text. What it is not known to print is
// unknown, and not nothing.
func TestGrep(t *testing.T) {
	const in = "db-0\nDB-10\nx.y\n"
	for _, tc := range []struct {
		command string
		want    string
		status  int
	}{
		{"grep -q -- -0$", "", 0},
		{"grep -q -- -1$", "", 1},
		{"grep --quiet --extended-regexp -e -0$", "", 0},
		{"grep --color=never -o [0-9]*$", "0\n10\n", 0},
		{"grep --only-matching --max-count=1 [0-9]*$", "0\n", 0},
		{"grep -Eo [0-9]+$", "0\n10\n", 0},
		{"grep -vi ^db", "x.y\n", 0},
		{"grep --invert-match db", "DB-10\nx.y\n", 0},
		{"grep -c 0", "2\n", 0},
		{"grep -cv 0", "1\n", 0},
		{"grep -qwe 0", "", 0},
		{"grep -w 1", "", 1},
		{"grep -x db-0", "db-0\n", 0},
		{"grep -F x.y", "x.y\n", 0},
		{"fgrep d.-0", "", 1},
		{"grep -e db -e x", "db-0\nx.y\n", 0},
		{"grep -m1 0", "db-0\n", 0},
		{"grep -A1 db", unknown, unknownStatus},
		{"grep -n db", unknown, unknownStatus},
		{"grep", "", 2},
	} {
		m := &machine{in: plain(in), inKnown: true}
		var argv []text
		for _, word := range strings.Fields(tc.command) {
			argv = append(argv, plain(word))
		}
		grep(m, argv)
		if got := m.out.String(); got != tc.want || m.status != tc.status {
			t.Errorf("%s: %q, status %d; want %q, status %d", tc.command, got, m.status, tc.want, tc.status)
		}
	}
}
