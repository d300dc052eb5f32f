package sysvar

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Each was seen on the server named, MySQL 9.7.4 or MariaDB 10.11.19, with
// these lines in its option file.
func TestServersOwnRules(t *testing.T) {
	ma, my := mariadb10, mysql97
	for _, test := range []struct {
		server         model.Server
		declared       string // lines, separated by blanks
		variable, want string
	}{
		{ma, "log-bin-index=/tmp/b.index", "log_bin_index", ""},
		{ma, "log-bin log-bin-index=/tmp/b", "log_bin_index", "/tmp/b.index"},
		{my, "log-bin-index=/tmp/b", "log_bin_index", "/tmp/b.index"},
		{my, "skip-log-bin log-bin-index=/tmp/b", "log_bin_index", ""},
		{ma, "relay-log-index=rel.index", "relay_log_index", ""},
		{ma, "relay-log-index=rel.index relay-log=r", "relay_log_index", "/var/lib/mysql/rel.index"},
		{my, "relay-log-index=rel.index", "relay_log_index", "/var/lib/mysql/rel.index"},
		{ma, "log-warnings", "log_warnings", "2"},
		{ma, "log-warnings=", "log_warnings", "0"},
		{my, "innodb-log-write-ahead-size=7680", "innodb_log_write_ahead_size", "4096"},
		{ma, "max-relay-log-size=1k", "max_relay_log_size", "1073741824"},
		{ma, "max-relay-log-size=0 max-binlog-size=8M", "max_relay_log_size", "8388608"},
		{my, "", "innodb_io_capacity_max", "20000"},
		{ma, "max-join-size=1000", "sql_big_selects", "OFF"},
		{ma, "", "sql_big_selects", "ON"},
		{ma, "log-warnings=1k", "log_warnings", "1"},
		{ma, "log-warnings=4294967296", "log_warnings", "0"},
		{ma, "log-warnings=2147483648", "log_warnings", "18446744071562067968"},
		{ma, "skip-log-warnings", "log_warnings", "0"},
		{my, "report-port=0", "report_port", "3306"},
		{my, "report-port=0 port=3307", "report_port", "3307"},
		{ma, "port=3307", "report_port", "3307"},
		{my, "max-connections=-5k", "max_connections", "1"},
		{my, "binlog-expire-logs-seconds=-1", "binlog_expire_logs_seconds", "0"},
		{my, "key-buffer-size=8388609", "key_buffer_size", "8388608"},
		{my, "mysqlx-zstd-max-client-compression-level=1k", "mysqlx_zstd_max_client_compression_level", "22"},
		{my, "skip-name-resolve=0", "skip_name_resolve", "ON"},
		{my, "skip-skip-name-resolve", "skip_name_resolve", "OFF"},
		{my, "disable-skip-name-resolve", "skip_name_resolve", "OFF"},
		{my, "enable-skip-name-resolve=0", "skip_name_resolve", "OFF"},
		{my, "enable-skip-name-resolve", "skip_name_resolve", "ON"},
		{my, "slave-skip-errors=1062 replica-skip-errors=0", "replica_skip_errors", "0"},
		{my, "replica-skip-errors=1062,ddl_exist_errors", "replica_skip_errors", "1062"},
		{my, "replica-skip-errors=DDL_EXIST_ERRORS,7", "replica_skip_errors", "7,1007,1008,1050,1051,1054,1060,1061,1068,1091,1146"},
		{my, "replica-skip-errors=all,1062", "replica_skip_errors", "OFF"},
		{my, "replica-skip-errors=ALL", "replica_skip_errors", "ALL"},
		{my, "replica-skip-errors=1062x3;4,13999,14000", "replica_skip_errors", "3,4,1062,13999"},
		{ma, "slave-skip-errors=ddl_exist_errors,7", "slave_skip_errors", "OFF"},
		{ma, "slave-skip-errors=0", "slave_skip_errors", "0"},
		{my, "innodb-monitor-enable=module_log,module_buffer", "innodb_monitor_enable", "module_log"},
		{ma, "innodb-max-dirty-pages-pct=5.2 innodb-max-dirty-pages-pct-lwm=50", "innodb_max_dirty_pages_pct_lwm", "5.200000"},
		{my, "innodb-max-dirty-pages-pct=5.2", "innodb_max_dirty_pages_pct_lwm", "5.200000"},
		{my, "", "innodb_redo_log_capacity", "104857600"},
		{my, "enforce-gtid-consistency=2", "enforce_gtid_consistency", "WARN"},
		{my, "enforce-gtid-consistency=warn", "enforce_gtid_consistency", "WARN"},
		{my, "enforce-gtid-consistency", "enforce_gtid_consistency", "ON"},
		{ma, "LOOSE-Max_Connections=70", "max_connections", "70"},
		{ma, "SKIP-log-bin", "log_bin", "OFF"},
		{my, "LOOSE-max_connections=70", "max_connections", "151"},
		{my, "loose_max-connections=70", "max_connections", "70"},
		{ma, "max-connections=", "max_connections", "10"},
		{ma, "long-query-time=", "long_query_time", "0.000000"},
		{ma, "binlog-format=", "binlog_format", "MIXED"},
		{my, "maximum-sort-buffer-size=40000", "sort_buffer_size", "40000"},
		{my, "maximum-sort-buffer-size=40000 sort-buffer-size=1M", "sort_buffer_size", "1048576"},
		{my, "sort-buffer-size=1M maximum-sort-buffer-size=40000", "sort_buffer_size", "40000"},
		{ma, "sort-buffer-size=1M maximum-sort-buffer-size=40000", "sort_buffer_size", "1048576"},
		{my, "sql-mode=ANSI", "sql_mode", "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI"},
	} {
		t.Run(test.server.String()+" "+test.declared, func(t *testing.T) {
			f := For(test.server).Fresh(assignments(strings.Fields(test.declared)), seen(withFiles))
			v, ok := f.Default(test.variable)
			if !ok || v.Text != test.want {
				t.Errorf("got %+v, want %q", v, test.want)
			}
		})
	}
}

// MySQL refuses an empty number, and names that are not in lower case.
func TestRefused(t *testing.T) {
	for _, option := range []string{"max_connections", "long_query_time", "binlog_format"} {
		if v := For(mysql97).Fresh([]model.Setting{set(option, "")}, nil).Declared(option); !v.Refused {
			t.Errorf("%s=: %+v", option, v)
		}
	}
	for _, option := range []string{"LOOSE-max_connections", "Max_Connections", "SKIP-log-bin"} {
		if r := For(mysql97).Resolve(option); !r.Unknown {
			t.Errorf("%s: %+v", option, r)
		}
		if r := For(mariadb10).Resolve(option); r.Unknown {
			t.Errorf("MariaDB, %s: %+v", option, r)
		}
	}
}

// A number of a million digits is refused at once.
func TestEndlessNumber(t *testing.T) {
	if v := For(mysql97).Fresh([]model.Setting{set("max_connections", strings.Repeat("1", 1<<20))}, nil).Declared("max_connections"); !v.Refused {
		t.Errorf("taken as %.20s", v.Text)
	}
}

// A negative number for an unsigned variable is taken for 0 by MySQL, and
// refused by MariaDB.
func TestNegative(t *testing.T) {
	settings := []model.Setting{set("max_connections", "-1")}
	if v := For(mysql97).Fresh(settings, nil).Declared("max_connections"); v.Refused {
		t.Errorf("MySQL: %+v", v)
	}
	if v := For(mariadb10).Fresh(settings, nil).Declared("max_connections"); !v.Refused {
		t.Errorf("MariaDB: %+v", v)
	}
}

// Only flags that the running server has count, and those that the file names
// are judged elsewhere.
func TestUndeclaredFlags(t *testing.T) {
	c := For(mysql97)
	s, _ := c.Lookup("optimizer_switch")
	declared := &Value{Text: "mrr=off,skip_scan=default", Partial: true}
	if differ, ok := c.UndeclaredFlags(s.Name, declared, s.Default); !ok || len(differ) > 0 {
		t.Errorf("nothing differs: %q", differ)
	}
	if v := c.Fresh([]model.Setting{set(s.Name, "skip_scan=DEFAULT, mrr=off")}, nil).Declared(s.Name); v.Text != "skip_scan=on, mrr=off" {
		t.Errorf("a default is the value: %+v", v)
	}
	changed := strings.Replace(strings.Replace(s.Default, "skip_scan=on", "skip_scan=off", 1), "mrr=on", "mrr=off", 1)
	if differ, _ := c.UndeclaredFlags(s.Name, declared, changed+",new_flag=on"); len(differ) != 1 || differ[0] != "skip_scan=off" {
		t.Errorf("one differs: %q", differ)
	}
}
