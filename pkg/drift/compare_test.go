package drift

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func declare(option, value string) model.Declaration {
	return model.Declaration{Complete: true, Settings: []model.Setting{{Option: option, Value: value, HasValue: true, Origin: model.Origin{Hop: model.HopFile, Path: "/etc/my.cnf", Line: 3}}}}
}

func running(name, value string, source model.Source) *model.Snapshot {
	return &model.Snapshot{
		Server:     model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}},
		HasSources: true, HasPersisted: true, Persisted: map[string]model.Persisted{},
		Variables: map[string]model.Variable{
			name:               {Name: name, Value: value, Source: source},
			"open_files_limit": {Name: "open_files_limit", Value: "20000", Source: model.SourceCompiled},
		},
	}
}

func TestCompare(t *testing.T) {
	nothing := model.Declaration{Complete: true}
	for _, test := range []struct {
		name string
		d    model.Declaration
		s    *model.Snapshot
		want v1.Class // empty: no drift
	}{
		{"as declared, in another spelling", declare("max_allowed_packet", "16M"), running("max_allowed_packet", "16777216", model.SourceFile), ""},
		{"set and set back", declare("max_connections", "500"), running("max_connections", "500", model.SourceDynamic), ""},
		{"SET GLOBAL", declare("max_connections", "500"), running("max_connections", "600", model.SourceDynamic), v1.RuntimeOverride},
		{"file edited, dynamic", declare("max_connections", "500"), running("max_connections", "400", model.SourceFile), v1.NotApplied},
		{"file edited, static port", declare("port", "3307"), running("port", "3306", model.SourceFile), v1.PendingRestart},
		{"command line", declare("port", "3307"), running("port", "3306", model.SourceCommandLine), v1.ArgumentOverride},
		{"persisted, the list not read", declare("max_connections", "500"), unreadPersisted(running("max_connections", "600", model.SourcePersisted)), v1.PersistedOverride},
		{"persisted at the last start", declare("max_connections", "500"), persist("max_connections", "600", model.SourcePersisted, "600"), v1.PersistedOverride},
		{"RESET PERSIST since the last start", declare("max_connections", "500"), running("max_connections", "600", model.SourcePersisted), v1.NotApplied},
		{"RESET PERSIST, static", declare("innodb_read_io_threads", "5"), running("innodb_read_io_threads", "7", model.SourcePersisted), v1.PendingRestart},
		{"RESET PERSIST, declared nowhere", nothing, running("max_connections", "600", model.SourcePersisted), v1.NotApplied},
		{"RESET PERSIST, declared the same", declare("max_connections", "500"), running("max_connections", "500", model.SourcePersisted), ""},
		{"limited by the host", declare("max_connections", "100000"), running("max_connections", "19190", model.SourceFile), ""},
		{"undeclared", nothing, running("sort_buffer_size", "300000", model.SourceDynamic), v1.UndeclaredChange},
		{"undeclared, by SET SESSION only", nothing, running("sort_buffer_size", "262144", model.SourceDynamic), ""},
		{"edited to what no server starts with", declare("max_connections", "ten"), running("max_connections", "500", model.SourceFile), v1.NotApplied},
		{"edited to what no server starts with, not dynamic", declare("port", "nine"), running("port", "3306", model.SourceFile), v1.PendingRestart},
		{"line taken out", nothing, running("max_connections", "600", model.SourceFile), v1.NotApplied},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got v1.Class
			for _, f := range Compare(Input{Declaration: test.d, Snapshot: test.s}) {
				if f.Drift {
					got += f.Class
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func unreadPersisted(s *model.Snapshot) *model.Snapshot {
	s.HasPersisted, s.Persisted = false, nil
	return s
}

func TestPendingPersist(t *testing.T) {
	s := running("max_connections", "500", model.SourceFile)
	s.Persisted["max_connections"] = model.Persisted{Name: "max_connections", Value: "600"}
	found := Compare(Input{Declaration: declare("max_connections", "500"), Snapshot: s})
	if len(found) != 1 || found[0].Class != v1.PendingPersist || !found[0].Drift || found[0].Running.Next != "600" || found[0].Running.Value != "500" {
		t.Errorf("%+v", found)
	}
	if got := State(found); got != v1.StatePending {
		t.Errorf("state %s", got)
	}
}

// A start of MySQL takes a persisted boolean as ON or OFF only.
func TestPersistedNumberForABoolean(t *testing.T) {
	s := running("innodb_log_checksums", "ON", model.SourceCompiled)
	s.Persisted["innodb_log_checksums"] = model.Persisted{Name: "innodb_log_checksums", Value: "0"}
	if found := Compare(Input{Snapshot: s}); len(found) != 0 {
		t.Errorf("after a start that left it out: %+v", found)
	}
	s.Variables["sort_buffer_size"] = model.Variable{Name: "sort_buffer_size", Value: "262144", Source: model.SourceDynamic, SetUser: "app"}
	if found := Compare(Input{Snapshot: s}); len(found) != 1 || !strings.Contains(found[0].Message, "ON or OFF") {
		t.Errorf("before a start: %+v", found)
	}
	s.Persisted["innodb_log_checksums"] = model.Persisted{Name: "innodb_log_checksums", Value: "OFF"}
	delete(s.Variables, "sort_buffer_size")
	if found := Compare(Input{Snapshot: s}); len(found) != 1 || found[0].Class != v1.PendingPersist {
		t.Errorf("OFF is taken: %+v", found)
	}
}

func TestSecretsStayHidden(t *testing.T) {
	s := running("init_connect", "SET @k='swordfish-1'", model.SourceDynamic)
	for _, f := range Compare(Input{Declaration: declare("init_connect", "SET @k='swordfish-2'"), Snapshot: s}) {
		text := f.Message + f.Remedy + f.Declared.Value + f.Declared.Effective + f.Running.Value
		if strings.Contains(text, "swordfish") {
			t.Errorf("a secret in %s", text)
		}
	}
}

func TestArgumentOverrulesFile(t *testing.T) {
	d := declare("max_connections", "500")
	d.Settings = append(d.Settings, model.Setting{Option: "max-connections", Value: "600", HasValue: true, Origin: model.Origin{Hop: model.HopArgument, Object: "arg"}})
	found := Compare(Input{Declaration: d, Snapshot: running("max_connections", "600", model.SourceCommandLine)})
	if len(found) != 1 || found[0].Class != v1.ArgumentOverride || !found[0].Drift {
		t.Errorf("%+v", found)
	}
	d.Settings[1].Value = "500"
	if found := Compare(Input{Declaration: d, Snapshot: running("max_connections", "500", model.SourceCommandLine)}); len(found) != 0 {
		t.Errorf("the same value twice: %+v", found)
	}
}

// A file of the image that is read after the ConfigMap's beats it; what a script
// made for each pod does not count, nor does a value that is the same.
func TestImageOverrulesConfigMap(t *testing.T) {
	d := declare("max_connections", "500")
	d.Settings[0].Origin = model.Origin{Hop: model.HopConfigMap, Object: "configmap/db:my.cnf", Path: "/etc/mysql/mariadb.conf.d/10-my.cnf", Line: 2}
	image := model.Origin{Hop: model.HopFile, Object: model.ObjectImage, Path: "/etc/mysql/mariadb.conf.d/50-server.cnf", Line: 9}
	d.Settings = append(d.Settings, model.Setting{Option: "max_connections", Value: "600", HasValue: true, Origin: image})
	found := Compare(Input{Declaration: d, Snapshot: running("max_connections", "600", model.SourceFile)})
	if len(found) != 1 || found[0].Class != v1.ArgumentOverride || !found[0].Drift || found[0].Hop != string(model.HopFile) || !strings.Contains(found[0].Message, image.Path) {
		t.Errorf("%+v", found)
	}
	d.Settings[1].Value = "500"
	if found := Compare(Input{Declaration: d, Snapshot: running("max_connections", "500", model.SourceFile)}); len(found) != 0 {
		t.Errorf("the same value twice: %+v", found)
	}
	d.Settings[1].Value, d.Settings[1].Origin.Object = "600", "generated"
	for _, f := range Compare(Input{Declaration: d, Snapshot: running("max_connections", "600", model.SourceFile)}) {
		if f.Drift {
			t.Errorf("what the pod's own script writes later: %+v", f)
		}
	}
}
