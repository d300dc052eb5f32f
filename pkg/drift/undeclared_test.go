package drift

import (
	"fmt"
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

// An option of a plugin that is not loaded is as unknown to a start as any other.
func TestOptionOfAPluginThatIsNotLoaded(t *testing.T) {
	for _, test := range []struct {
		options []string
		loaded  bool
		want    int
	}{
		{[]string{"validate_password_length"}, false, 1},
		{[]string{"validate_password_length"}, true, 0},
		{[]string{"loose_validate_password_length"}, false, 0},
		{[]string{"validate_password_length", "plugin-load-add"}, false, 0},
	} {
		s := running("wait_timeout", "28800", model.SourceCompiled)
		s.Server.Version = model.Version{Major: 9, Minor: 7, Patch: 4}
		for i := range 300 {
			name := fmt.Sprintf("variable_%d", i)
			s.Variables[name] = model.Variable{Name: name}
		}
		if test.loaded {
			s.Variables["validate_password_length"] = model.Variable{Name: "validate_password_length", Value: "8"}
		}
		var settings []model.Setting
		for _, o := range test.options {
			settings = append(settings, declare(o, "8").Settings...)
		}
		got := 0
		for _, f := range Compare(Input{Declaration: model.Declaration{Settings: settings}, Snapshot: s}) {
			if f.Class == v1.Invalid && f.Severity == v1.P1 && !f.Drift {
				got++
			}
		}
		if got != test.want {
			t.Errorf("%v, loaded %v: %d told, want %d", test.options, test.loaded, got, test.want)
		}
	}
}

// Where only the host knows the default, a SET is told, but is no drift: it may have been set back.
func TestSetOverAnUnknownDefault(t *testing.T) {
	for source, want := range map[model.Source]int{model.SourceDynamic: 1, model.SourceAuto: 0} {
		s := running("thread_pool_size", "7", source)
		s.Server = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
		found := Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: s})
		if len(found) != want || want == 1 && (found[0].Drift || found[0].Class != v1.NotObservable) {
			t.Errorf("%s: %+v", source, found)
		}
	}
}

// The server knows no host of who came by its own loopback.
func TestWhoSetIt(t *testing.T) {
	for host, want := range map[string]string{"": "alice", "10.0.0.7": "alice@10.0.0.7"} {
		s := running("max_connections", "500", model.SourceDynamic)
		v := s.Variables["max_connections"]
		v.SetUser, v.SetHost = "alice", host
		s.Variables["max_connections"] = v
		found := Compare(Input{Declaration: declare("max_connections", "2000"), Snapshot: s})
		if len(found) != 1 || len(found[0].Evidence) == 0 || found[0].Evidence[0].Who != want {
			t.Errorf("host %q: %+v", host, found)
		}
	}
}
