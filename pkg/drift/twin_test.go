package drift

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A SET of one of the two names of one MariaDB setting changes both, and no remedy turns purging off.
func TestTwoUnitsOfOneSetting(t *testing.T) {
	maria := model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 18}}
	const both = "binlog_expire_logs_seconds expire_logs_days"
	for _, test := range []struct {
		declared            model.Declaration
		days, seconds, want string
	}{
		{declare("expire_logs_days", "3"), "5.000000", "432000", both},
		{declare("binlog_expire_logs_seconds", "259200"), "5.000000", "432000", both},
		{model.Declaration{Complete: true}, "5.000000", "432000", both},
		{declare("expire_logs_days", "3"), "3.000000", "259200", ""},
	} {
		s := running("expire_logs_days", test.days, model.SourceDynamic)
		s.Server = maria
		s.Variables["binlog_expire_logs_seconds"] = model.Variable{Name: "binlog_expire_logs_seconds", Value: test.seconds, Source: model.SourceCompiled}
		var got []string
		for _, f := range Compare(Input{Declaration: test.declared, Snapshot: s}) {
			got = append(got, f.Variable)
			if len(test.declared.Settings) > 0 && strings.Contains(f.Remedy, "DEFAULT") {
				t.Errorf("remedy %s", f.Remedy)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%v: %v", test.declared.Settings, got)
		}
	}
}

// MariaDB and MySQL note a SET at the one variable that it named, not at the one it took along.
func TestTakenAlong(t *testing.T) {
	for running1, want := range map[string]v1.Class{"latin1": v1.RuntimeOverride, "utf8mb4": v1.NotApplied} {
		s := running("character_set_server", running1, model.SourceDynamic)
		s.Variables["collation_server"] = model.Variable{Name: "collation_server", Value: "latin1_swedish_ci", Source: model.SourceCompiled}
		in := Input{Declaration: declare("character_set_server", "utf8mb4"), Snapshot: s}
		in.Declaration.Settings = append(in.Declaration.Settings, declare("collation_server", "utf8mb4_bin").Settings...)
		for _, f := range Compare(in) {
			if f.Variable == "collation_server" && (f.Class != want || strings.Contains(f.Message, "set as character_set_server") != (want == v1.RuntimeOverride)) {
				t.Errorf("%s: %+v", running1, f)
			}
		}
	}
}
