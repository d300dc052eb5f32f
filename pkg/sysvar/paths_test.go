package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The name of the process's file is shown as it was written. Seen on 9.7.4 and 10.11.19.
func TestPidFileHasNoEndingOfItsOwn(t *testing.T) {
	for _, server := range []model.Server{mysql97, mariadb10} {
		c := For(server)
		v := c.Fresh([]model.Setting{set("pid_file", "/run/mysqld/x.pid2")}, seen(withFiles)).Declared("pid_file")
		if !c.Matches("pid_file", v, "/run/mysqld/x.pid2") || c.Matches("pid_file", v, "/run/mysqld/x.pid") {
			t.Errorf("%s: %+v", server, v)
		}
	}
}

// Seen on 9.7.4 and 10.11.19.
func TestNamesInLowerCase(t *testing.T) {
	for system, want := range map[string]string{"OFF": "0", "ON": "2", "": "2"} {
		for _, server := range []model.Server{mysql97, mariadb10} {
			v := For(server).Fresh([]model.Setting{set("lower_case_table_names", "2")}, seen(map[string]string{"lower_case_file_system": system})).Declared("lower_case_table_names")
			if v.Text != want {
				t.Errorf("%s, lower_case_file_system=%s: %+v, want %s", server, system, v, want)
			}
		}
	}
}

// Seen on 10.11.19.
func TestFolderOfCharacterSets(t *testing.T) {
	c := For(mariadb10)
	v := c.Fresh([]model.Setting{set("character_sets_dir", "charsets")}, seen(map[string]string{"basedir": "/usr"})).Declared("character_sets_dir")
	if !c.Matches("character_sets_dir", v, "/usr/share/mysql/charsets/") || c.Matches("character_sets_dir", v, "/usr/share/mysql/other/") {
		t.Errorf("%+v", v)
	}
}

// MariaDB prints no default of a text that it makes up at its start. Seen on 10.11.19.
func TestDefaultThatIsNotPrinted(t *testing.T) {
	snap := &model.Snapshot{Server: mariadb10, Variables: map[string]model.Variable{
		"innodb_undo_directory": {Name: "innodb_undo_directory", Value: "./", Source: model.SourceFile, Meta: &model.Metadata{Type: "VARCHAR", HasDef: true}},
	}}
	if v, ok := For(mariadb10).WithLive(snap).Fresh(nil, nil).Default("innodb_undo_directory"); !ok || v.Text != "./" {
		t.Errorf("%+v", v)
	}
}
