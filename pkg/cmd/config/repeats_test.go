package config

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// TestLastReadings: a line that is read again and again stands once, where it counts.
func TestLastReadings(t *testing.T) {
	at := func(path string, line int, value string) model.Setting {
		return model.Setting{Option: "o", Value: value, HasValue: true, Origin: model.Origin{Path: path, Line: line}}
	}
	for name, test := range map[string]struct {
		list  []model.Setting
		want  string
		notes int
	}{
		"a knot":         {[]model.Setting{at("/b", 1, "b"), at("/a", 1, "a"), at("/b", 1, "b"), at("/a", 1, "a"), at("/b", 1, "b")}, "a b", 2},
		"included twice": {[]model.Setting{at("/a", 1, "x"), at("/a", 2, "y"), at("/b", 1, "b"), at("/a", 1, "x"), at("/a", 2, "y")}, "b x y", 1},
		"no file twice":  {[]model.Setting{at("/a", 1, "x"), at("/a", 2, "x"), at("/b", 1, "x")}, "x x x", 0},
		"arguments":      {[]model.Setting{at("", 0, "x"), at("", 0, "x")}, "x x", 0},
	} {
		once, notes := lastReadings(test.list)
		var got []string
		for _, s := range once {
			got = append(got, s.Value)
		}
		if strings.Join(got, " ") != test.want || len(notes) != test.notes {
			t.Errorf("%s: %q, %q", name, got, notes)
		}
	}
}
