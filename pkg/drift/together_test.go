package drift

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Tried on MySQL 9.7.4 and MariaDB 10.11.19; what 8.4 does is by its manual.
func TestRefusedTogether(t *testing.T) {
	mysql := func(major, minor int) model.Server {
		return model.Server{Flavour: model.MySQL, Version: model.Version{Major: major, Minor: minor}}
	}
	maria := model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
	for _, test := range []struct {
		server model.Server
		lines  string
		want   string // the variable that is told of
	}{
		{mysql(9, 7), "gtid_mode=ON enforce_gtid_consistency=OFF", "enforce_gtid_consistency"},
		{mysql(9, 7), "enforce_gtid_consistency=WARN", "enforce_gtid_consistency"},
		{mysql(9, 7), "gtid_mode=ON", ""},
		{mysql(9, 7), "gtid_mode=ON enforce_gtid_consistency=OFF enforce_gtid_consistency", ""},
		{mysql(9, 7), "gtid_mode=ON_PERMISSIVE enforce_gtid_consistency=WARN", ""},
		{mysql(9, 7), "gtid_mode=OFF enforce_gtid_consistency=OFF", ""},
		{mysql(8, 4), "gtid_mode=ON", "gtid_mode"},
		{mysql(8, 4), "gtid_mode=ON enforce-gtid-consistency", ""},
		{mysql(8, 4), "enforce_gtid_consistency=WARN", ""},
		{maria, "skip-innodb", "innodb"},
		{maria, "loose-innodb=OFF", "innodb"},
		{maria, "skip-innodb default-storage-engine=Aria", ""},
		{maria, "skip-innodb innodb=ON", ""},
		{maria, "innodb=FORCE", ""},
	} {
		if got := toldTogether(test.server, test.lines, nil); got != test.want {
			t.Errorf("%s, %s: told of %q, want %q", test.server, test.lines, got, test.want)
		}
	}
	// What was persisted comes after the files, and what runs by ways unseen may come again.
	persisted := map[string]model.Persisted{"enforce_gtid_consistency": {Name: "enforce_gtid_consistency", Value: "ON"}}
	if got := toldTogether(mysql(9, 7), "enforce_gtid_consistency=OFF", persisted); got != "" {
		t.Errorf("told of %q beside what is persisted", got)
	}
	s := running("enforce_gtid_consistency", "ON", model.SourceUnknown)
	s.Server = mysql(8, 4)
	if got := invalidOf(Compare(Input{Declaration: declare("gtid_mode", "ON"), Snapshot: s})); got != "" {
		t.Errorf("told of %q beside what runs", got)
	}
}

func toldTogether(server model.Server, lines string, persisted map[string]model.Persisted) string {
	var d model.Declaration
	for _, line := range strings.Fields(lines) {
		option, value, has := strings.Cut(line, "=")
		setting := declare(option, value).Settings[0]
		setting.HasValue = has
		d.Settings = append(d.Settings, setting)
	}
	s := running("max_connections", "151", model.SourceCompiled)
	s.Server, s.Persisted = server, persisted
	return invalidOf(Compare(Input{Declaration: d, Snapshot: s}))
}

func invalidOf(findings []v1.Finding) string {
	for _, f := range findings {
		if f.Class == v1.Invalid && f.Severity == v1.P0 {
			return f.Variable
		}
	}
	return ""
}
