package optionfile

import (
	"slices"
	"testing"
)

func TestCarriageReturnsAlone(t *testing.T) {
	for text, want := range map[string]bool{
		"[mysqld]\rmax_connections=200\r": true, "# a\r[mysqld]\r": true,
		"[mysqld]\r\nport=1\r\n": false, "[mysqld]\nport=1\r": false, "[mysqld]\r": false, "": false,
	} {
		f := Parse("my.cnf", []byte(text), Options{})
		if got := slices.ContainsFunc(f.Problems, func(p Problem) bool { return p.Code == CodeLineEnds }); got != want {
			t.Errorf("%q: %v", text, f.Problems)
		}
	}
}
