package drift

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A server's number is its pod's own. One that was set at run time alone is
// gone with the next start.
func TestServerIDSetAtRunTime(t *testing.T) {
	for _, test := range []struct {
		value     string
		source    model.Source
		persisted bool
		want      int
	}{
		{"7", model.SourceDynamic, false, 1},
		{"7", model.SourceDynamic, true, 0},
		{"7", model.SourcePersisted, true, 0},
		{"7", model.SourceCommandLine, false, 0},
		{"1", model.SourceDynamic, false, 0}, // set back
	} {
		s := running("server_id", test.value, test.source)
		if test.persisted {
			s.Persisted["server_id"] = model.Persisted{Name: "server_id", Value: test.value}
		}
		found := Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: s})
		if len(found) != test.want {
			t.Errorf("%+v: %+v", test, found)
		}
	}
}

// A SET of one variable that moves another is noted by the server at the first alone.
func TestSetThatMovesAnother(t *testing.T) {
	for _, test := range []struct{ set, value, moved, to, was string }{
		{"innodb_io_capacity_max", "100", "innodb_io_capacity", "100", "10000"},
		{"max_join_size", "96672", "sql_big_selects", "OFF", "ON"},
	} {
		for _, now := range []string{test.to, test.was} {
			s := running(test.set, test.value, model.SourceDynamic)
			s.Variables[test.moved] = model.Variable{Name: test.moved, Value: now, Source: model.SourceCompiled}
			var got v1.Class
			for _, f := range Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: s}) {
				if f.Variable == test.moved {
					got = f.Class
				}
			}
			if want := map[bool]v1.Class{true: v1.UndeclaredChange}[now == test.to]; got != want {
				t.Errorf("%s=%s: got %q, want %q", test.moved, now, got, want)
			}
		}
	}
}

// Where two lines declared flags and one is gone, its flags still run; that is
// told only of a release whose defaults are known.
func TestFlagOfALineThatIsGone(t *testing.T) {
	for version, want := range map[int]bool{7: true, 6: false} {
		s := running("optimizer_switch", "index_merge=off,mrr=off", model.SourceFile)
		s.Server.Version = model.Version{Major: 9, Minor: version, Patch: 4}
		in := Input{Declaration: declare("optimizer_switch", "index_merge=off"), Snapshot: s}
		in.Declaration.Complete = true
		found := Compare(in)
		if got := len(found) == 1 && found[0].Class == v1.NotApplied && strings.Contains(found[0].Message, "mrr=off"); got != want {
			t.Errorf("9.%d: %+v", version, found)
		}
	}
}
