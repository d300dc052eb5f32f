package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// What the servers made of these was seen on MySQL 9.7.4 and MariaDB 10.11.19.
func TestPerformanceSchemaSizes(t *testing.T) {
	const (
		digests   = "performance_schema_digests_size"
		instances = "performance_schema_max_table_instances"
		on, off   = "performance_schema=ON", "performance_schema=OFF"
	)
	for _, test := range []struct {
		name     string
		server   model.Server
		files    string
		declared []string
		variable string
		want     string
		limited  bool
	}{
		{"off makes all 0", mysql97, "20000", []string{off, instances + "=500"}, instances, "0", true},
		{"off, undeclared", mysql97, "20000", []string{off}, instances, "0", false},
		{"off, but the errors stay", mysql97, "20000", []string{off, "performance_schema_error_size=100"}, "performance_schema_error_size", "100", false},
		{"MariaDB leaves them when off", mariadb10, "20000", []string{off, instances + "=500"}, instances, "500", false},
		{"MariaDB leaves -1 when off", mariadb10, "20000", []string{digests + "=-1"}, digests, "-1", false},
		{"-1 scales and stays", mysql97, "20000", []string{instances + "=-1"}, instances, "-1", false},
		{"a large server", mysql97, "20000", []string{digests + "=-1"}, digests, "10000", false},
		{"a medium one", mysql97, "20000", []string{digests + "=-1", "table_open_cache=400"}, digests, "5000", false},
		{"a small one", mysql97, "20000", []string{digests + "=-1", "table_open_cache=400", "table_definition_cache=400"}, digests, "1000", false},
		{"histories", mysql97, "20000", []string{"performance_schema_events_transactions_history_size=-1"}, "performance_schema_events_transactions_history_size", "10", false},
		{"MariaDB is never small", mariadb10, "20000", []string{on, digests + "=-1", "max_connections=10"}, digests, "5000", false},
		{"MariaDB is large by connections only", mariadb10, "20000", []string{on, digests + "=-1", "max_connections=303"}, digests, "10000", false},
		{"undeclared", mysql97, "20000", nil, digests, "10000", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := For(test.server).Fresh(assignments(test.declared), seen(map[string]string{"open_files_limit": test.files}))
			v, ok := f.Default(test.variable)
			if !ok || v.Text != test.want || (v.Limited != "") != test.limited {
				t.Errorf("got %+v, want %s", v, test.want)
			}
		})
	}
}

// A size that follows from a line of the file that is younger than the server
// is no difference of its own; another value still is one.
func TestPerformanceSchemaEdited(t *testing.T) {
	running := seen(map[string]string{"open_files_limit": "20000", "performance_schema": "ON", "table_open_cache": "400", "table_definition_cache": "400", "max_connections": "151"})
	c := For(mysql97)
	f := c.Fresh(assignments([]string{"performance_schema=OFF", "performance_schema_max_cond_classes=100", "performance_schema_digests_size=-1"}), running)
	for variable, values := range map[string]map[string]bool{
		"performance_schema_max_cond_classes": {"0": true, "100": true, "90": false},
		"performance_schema_digests_size":     {"0": true, "1000": true, "999": false},
	} {
		for value, want := range values {
			if got := c.Matches(variable, f.Declared(variable), value); got != want {
				t.Errorf("%s running %s matches: %v", variable, value, got)
			}
		}
	}
}

// assignments are settings written as NAME=VALUE, or NAME alone.
func assignments(lines []string) []model.Setting {
	var out []model.Setting
	for _, l := range lines {
		out = append(out, assignment(l))
	}
	return out
}
