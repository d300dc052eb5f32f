package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

var (
	mysql97    = model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7, Patch: 4}}
	mariadb10  = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
	withFiles  = map[string]string{"open_files_limit": "20000", "datadir": "/var/lib/mysql/"}
	fewFiles   = map[string]string{"open_files_limit": "1024", "datadir": "/var/lib/mysql/"}
	noSettings []model.Setting
)

func set(option, value string) model.Setting {
	return model.Setting{Option: option, Value: value, HasValue: true}
}

func seen(m map[string]string) func(string) (string, bool) {
	return func(n string) (string, bool) { v, ok := m[n]; return v, ok }
}

// The facts were seen on MySQL 9.7.4 and MariaDB 10.11.19.
func TestFresh(t *testing.T) {
	for _, test := range []struct {
		name     string
		server   model.Server
		running  map[string]string
		settings []model.Setting
		variable string
		want     string
	}{
		{"block size", mysql97, withFiles, []model.Setting{set("max_allowed_packet", "1000000")}, "max_allowed_packet", "999424"},
		{"suffix, first letter only", mysql97, withFiles, []model.Setting{set("max_allowed_packet", "16MB")}, "max_allowed_packet", "16777216"},
		{"YES is no boolean", mysql97, withFiles, []model.Setting{set("slow_query_log", "YES")}, "slow_query_log", "OFF"},
		{"enum by index", mysql97, withFiles, []model.Setting{set("binlog_format", "2")}, "binlog_format", "ROW"},
		{"chunk × instances", mysql97, withFiles, []model.Setting{set("innodb_buffer_pool_size", "200M")}, "innodb_buffer_pool_size", "268435456"},
		{"ten instances", mysql97, withFiles, []model.Setting{set("innodb_buffer_pool_size", "1G"), set("innodb_buffer_pool_instances", "10")}, "innodb_buffer_pool_size", "1080033280"},
		{"MariaDB does not round the pool", mariadb10, withFiles, []model.Setting{set("innodb_buffer_pool_size", "200M")}, "innodb_buffer_pool_size", "209715200"},
		{"files limit connections", mysql97, withFiles, []model.Setting{set("max_connections", "100000")}, "max_connections", "19190"},
		{"files limit connections, MariaDB", mariadb10, fewFiles, []model.Setting{set("max_connections", "600")}, "max_connections", "594"},
		{"unsigned arithmetic, MariaDB", mariadb10, fewFiles, []model.Setting{set("max_connections", "1000")}, "max_connections", "1000"},
		{"files limit the table cache", mysql97, withFiles, []model.Setting{set("max_connections", "100000"), set("table_open_cache", "65536")}, "table_open_cache", "400"},
		{"log_bin is a name", mysql97, withFiles, []model.Setting{set("log-bin", "/x/bin")}, "log_bin", "ON"},
		{"log_bin=OFF is a name too", mysql97, withFiles, []model.Setting{set("log-bin", "OFF")}, "log_bin", "ON"},
		{"skip-log-bin", mysql97, withFiles, []model.Setting{{Option: "skip-log-bin"}}, "log_bin", "OFF"},
		{"utf8", mariadb10, withFiles, []model.Setting{set("character-set-server", "utf8")}, "character_set_server", "utf8mb3"},
		{"offset", mysql97, withFiles, []model.Setting{set("default-time-zone", "+8:00")}, "time_zone", "+08:00"},
		{"days", mariadb10, withFiles, []model.Setting{set("expire_logs_days", "14")}, "expire_logs_days", "14.000000"},
		{"abbreviation, MariaDB", mariadb10, withFiles, []model.Setting{set("read_rnd_buffer_siz", "1M")}, "read_rnd_buffer_size", "1048576"},
		{"last wins, by any spelling", mysql97, withFiles, []model.Setting{set("slave_net_timeout", "30"), set("replica-net-timeout", "40")}, "replica_net_timeout", "40"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := For(test.server).Fresh(test.settings, seen(test.running)).Declared(test.variable)
			if v == nil || v.Text != test.want || v.Unsure != "" {
				t.Errorf("got %+v, want %s", v, test.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	c := For(mysql97)
	for option, want := range map[string]string{
		"default-time-zone": "time_zone", "loose_max-connections": "max_connections", "skip-name-resolve": "skip_name_resolve",
	} {
		if r := c.Resolve(option); r.Unknown || r.Variable != want {
			t.Errorf("%s: %+v, want %s", option, r, want)
		}
	}
	if r := c.Resolve("max_connec"); !r.Unknown {
		t.Error("MySQL takes no abbreviations")
	}
	if r := c.Resolve("max_conections"); !r.Unknown || r.Suggestion != "max-connections" {
		t.Errorf("mistyped: %+v", r)
	}
	if r := c.Resolve("query_cache_size"); !r.Removed {
		t.Errorf("removed: %+v", r)
	}
	if r := c.Resolve("loose-max_conections"); !r.Unknown || !r.Loose || r.Suggestion != "" {
		t.Errorf("loose: %+v", r)
	}
}

func TestEqual(t *testing.T) {
	c := For(mysql97)
	for _, test := range []struct {
		variable, a, b string
		want           bool
	}{
		{"sql_mode", "NO_ENGINE_SUBSTITUTION,STRICT_TRANS_TABLES", "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", true},
		{"long_query_time", "2", "2.000000", true},
		{"datadir", "/data", "/data/", true},
		{"slow_query_log", "1", "ON", true},
		{"slow_query_log_file", "/a/B.log", "/a/b.log", false},
		{"max_connections", "151", "150", false},
		{"sql_mode", "STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", false},
	} {
		if got := c.Equal(test.variable, test.a, test.b); got != test.want {
			t.Errorf("%s: %q = %q is %v", test.variable, test.a, test.b, got)
		}
	}
}

func TestDefault(t *testing.T) {
	f := For(mysql97).Fresh(noSettings, seen(withFiles))
	if v, ok := f.Default("thread_cache_size"); !ok || v.Text != "9" {
		t.Errorf("thread_cache_size of 151 connections: %+v", v)
	}
	if _, ok := f.Default("open_files_limit"); ok {
		t.Error("open_files_limit is the host's")
	}
}
