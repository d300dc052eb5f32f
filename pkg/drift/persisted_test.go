package drift

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// persist is a snapshot with one persisted value.
func persist(name, now string, source model.Source, value string) *model.Snapshot {
	s := running(name, now, source)
	s.Persisted[name] = model.Persisted{Name: name, Value: value}
	return s
}

// A value that the server itself chose came from no file: what is persisted is yet to come.
func TestPersistOnlyOfACompiledValue(t *testing.T) {
	for source, want := range map[model.Source]v1.Class{
		model.SourceCompiled: v1.PendingPersist,
		model.SourceUnknown:  v1.PendingPersist,
		model.SourceFile:     v1.PendingRestart, // a line that was taken out
	} {
		found := Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: persist("back_log", "5000", source, "777")})
		if len(found) != 1 || found[0].Class != want {
			t.Errorf("%q: %+v", source, found)
		}
	}
}

// No figure is promised where other variables or the host decide.
func TestNextStartsValue(t *testing.T) {
	for _, test := range []struct{ name, running, value, want string }{
		{"innodb_buffer_pool_instances", "1", "2", "a value that the server settles"},
		{"open_files_limit", "20000", "2000", "a value that the server settles"},
		{"back_log", "151", "777", "makes it 777,"},
		{"innodb_ft_server_stopword_table", "a/b", "", "makes it '',"},
	} {
		found := Compare(Input{Snapshot: persist(test.name, test.running, model.SourceCompiled, test.value)})
		if len(found) != 1 || !strings.Contains(found[0].Message, test.want) {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
}

// What the host would give is not known. A persisted value that nothing declares
// is none of it, unless it is what a small host gives.
func TestPersistedOverAHostsDefault(t *testing.T) {
	for _, test := range []struct {
		name, now string
		source    model.Source
		want      v1.Class
	}{
		{"innodb_read_io_threads", "5", model.SourcePersisted, v1.PersistedOverride},
		{"innodb_log_writer_threads", "ON", model.SourcePersisted, v1.PersistedOverride},
		{"temptable_max_ram", "1500000000", model.SourcePersisted, v1.PersistedOverride},
		{"innodb_read_io_threads", "5", model.SourceCompiled, ""},
		{"innodb_read_io_threads", "4", model.SourcePersisted, v1.NotObservable},
		{"innodb_log_writer_threads", "OFF", model.SourcePersisted, v1.NotObservable},
		{"temptable_max_ram", "1073741824", model.SourcePersisted, v1.NotObservable},
	} {
		var got v1.Class
		for _, f := range Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: persist(test.name, test.now, test.source, test.now)}) {
			got += f.Class
			if f.Drift != (f.Class == v1.PersistedOverride) {
				t.Errorf("%s=%s: %+v", test.name, test.now, f)
			}
		}
		if got != test.want {
			t.Errorf("%s=%s, %s: got %q, want %q", test.name, test.now, test.source, got, test.want)
		}
	}
}

// A SET may have been taken back: what the host may give as well is told only.
func TestSetToWhatAHostMayGive(t *testing.T) {
	for value, want := range map[string]v1.Class{"1073741824": v1.NotObservable, "1288490188": v1.NotObservable, "2147483648": v1.UndeclaredChange, "500": v1.UndeclaredChange} {
		found := Compare(Input{Declaration: model.Declaration{Complete: true}, Snapshot: running("temptable_max_ram", value, model.SourceDynamic)})
		if len(found) != 1 || found[0].Class != want || found[0].Drift != (want == v1.UndeclaredChange) {
			t.Errorf("%s: %+v", value, found)
		}
	}
}
