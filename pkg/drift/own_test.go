package drift

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// What differs from pod to pod differs from a file that an entrypoint completes;
// what was set or persisted, or differs from the server's very own file, is drift.
func TestDeclaredVariableOfEachPod(t *testing.T) {
	for _, test := range []struct {
		name   string
		source model.Source
		own    bool
		want   v1.Class
	}{
		{"the entrypoint's own file", model.SourceFile, false, ""},
		{"an argument with the pod's name", model.SourceCommandLine, false, ""},
		{"nothing known of the source", model.SourceUnknown, false, ""},
		{"set", model.SourceDynamic, false, v1.RuntimeOverride},
		{"persisted", model.SourcePersisted, false, v1.PersistedOverride},
		{"the server's own file, edited", model.SourceFile, true, v1.PendingRestart},
	} {
		snap := running("report_host", "b", test.source)
		if test.source == model.SourceDynamic {
			snap = running("wsrep_node_name", "b", test.source)
			snap.Server = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
		}
		if test.source == model.SourcePersisted {
			snap = persist("report_host", "b", test.source, "b")
		}
		var got v1.Class
		for name := range snap.Variables {
			if name == "open_files_limit" {
				continue
			}
			for _, f := range Compare(Input{Declaration: declare(name, "a"), Snapshot: snap, Own: test.own}) {
				if f.Drift {
					got += f.Class
				}
			}
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// An option that the server refuses is told, whatever prefix it has.
func TestLintOfOptionsThatAreRefused(t *testing.T) {
	for option, want := range map[string]bool{"maximum-foo": true, "replicate-do-table": true, "maximum-sort_buffer_size": false, "hot.key_buffer_size": false} {
		invalid := false
		for _, f := range Compare(Input{Declaration: declare(option, "3"), Snapshot: running("port", "3306", model.SourceCompiled)}) {
			invalid = invalid || f.Class == v1.Invalid
		}
		if invalid != want {
			t.Errorf("%s: invalid %v", option, invalid)
		}
	}
}
