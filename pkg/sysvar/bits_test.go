package sysvar

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func assignment(line string) model.Setting {
	name, value, has := strings.Cut(line, "=")
	return model.Setting{Option: name, Value: value, HasValue: has}
}

// Seen on MariaDB 10.11.19: the option that stands later decides.
func TestBits(t *testing.T) {
	const (
		disabled, slave, admin = "log_slow_disabled_statements", "log_slow_slave_statements", "log_slow_admin_statements"
		filter, unindexed      = "log_slow_filter", "log_queries_not_using_indexes"
	)
	for _, test := range []struct {
		declared       []string
		variable, want string
	}{
		{nil, disabled, "sp"},
		{nil, slave, "ON"},
		{[]string{disabled + "=slave"}, slave, "OFF"},
		{[]string{disabled + "=slave", slave + "=1"}, disabled, ""},
		{[]string{slave + "=1", disabled + "=slave"}, slave, "OFF"},
		{[]string{slave + "=0", disabled + "=call"}, slave, "ON"},
		{[]string{admin + "=0"}, disabled, "admin,sp"},
		{[]string{filter + "=admin", unindexed}, filter, "admin,not_using_index"},
		{[]string{filter + "=not_using_index", unindexed + "=0"}, filter, ""},
		{[]string{filter + "=not_using_index"}, unindexed, "ON"},
		{[]string{filter + "="}, unindexed, "ON"},
	} {
		t.Run(strings.Join(test.declared, ",")+" "+test.variable, func(t *testing.T) {
			v, ok := For(mariadb10).Fresh(assignments(test.declared), nil).Default(test.variable)
			if !ok || v.Text != test.want {
				t.Errorf("got %+v, want %q", v, test.want)
			}
		})
	}
}

func TestRetryErrors(t *testing.T) {
	for declared, want := range map[string]string{"": "", "1205": ",1205", "1205,12,x,13": ",1205,12", "all": ""} {
		v := For(mariadb10).Fresh([]model.Setting{set("slave_transaction_retry_errors", declared)}, nil).Declared("slave_transaction_retry_errors")
		if v == nil || v.Text != alwaysRetried+want {
			t.Errorf("%q: %+v", declared, v)
		}
	}
}

// Seen on MariaDB 10.11.19.
func TestPoolMaximum(t *testing.T) {
	const pool, limit, low = "innodb_buffer_pool_size", "innodb_buffer_pool_size_max", "innodb_buffer_pool_size_auto_min"
	for _, test := range []struct {
		declared       []string
		variable, want string
	}{
		{[]string{pool + "=700M", limit + "=600M"}, limit, "738197504"},
		{[]string{pool + "=301M", limit + "=302M"}, limit, "318767104"},
		{[]string{limit + "=600M", low + "=900M"}, low, "629145600"},
		{[]string{pool + "=301M", low + "=8M"}, low, "8388608"},
		{[]string{pool + "=1G", low + "=100M"}, low, "100663296"},
		{[]string{pool + "=1G", limit + "=4G", low + "=7M"}, low, "4294967296"},
		{[]string{pool + "=700M", low + "=800M"}, low, "838860800"},
		{[]string{limit + "=600M"}, low, "629145600"},
	} {
		v, ok := For(mariadb10).Fresh(assignments(test.declared), nil).Default(test.variable)
		if !ok || v.Text != test.want {
			t.Errorf("%v: %s is %+v, want %s", test.declared, test.variable, v, test.want)
		}
	}
}

// An error log without a name. Seen on MySQL 9.7.4 and MariaDB 10.11.19.
func TestUnnamedErrorLog(t *testing.T) {
	host := seen(map[string]string{"hostname": "vm", "datadir": "/var/lib/mysql/"})
	for _, test := range []struct {
		server   model.Server
		declared []model.Setting
		want     string
	}{
		{mysql97, []model.Setting{set("log-error", ""), set("pid-file", "/run/mysqld/x.y.pid")}, "/var/lib/mysql/vm.err"},
		{mysql97, []model.Setting{{Option: "log-error"}}, "/var/lib/mysql/vm.err"},
		{mariadb10, []model.Setting{set("log-error", "")}, "/var/lib/mysql/vm.err"},
		{mariadb10, []model.Setting{set("log-error", ""), set("pid-file", "/run/mysqld/x.y.pid")}, "/run/mysqld/x.err"},
	} {
		v := For(test.server).Fresh(test.declared, host).Declared("log_error")
		if v == nil || v.Unsure != "" || v.Text != test.want {
			t.Errorf("%v: %+v, want %s", test.declared, v, test.want)
		}
	}
}

// The low water mark is cut to innodb_max_dirty_pages_pct, also to its default.
func TestLowWaterMarkOverTheDefault(t *testing.T) {
	for declared, want := range map[string]string{"99": "90.000000", "80": "80.000000"} {
		for _, server := range []model.Server{mysql97, mariadb10} {
			v := For(server).Fresh([]model.Setting{set("innodb_max_dirty_pages_pct_lwm", declared)}, nil).Declared("innodb_max_dirty_pages_pct_lwm")
			if v == nil || v.Text != want {
				t.Errorf("%s %s: %+v, want %s", server, declared, v, want)
			}
		}
	}
}

// Seen on MariaDB 10.11.19: only a query cache of no size is off.
func TestQueryCacheType(t *testing.T) {
	for _, test := range []struct {
		declared []string
		want     string
	}{
		{[]string{"query_cache_type=0", "query_cache_size=1M"}, "ON"},
		{[]string{"query_cache_size=1M", "query_cache_type=OFF"}, "ON"},
		{[]string{"query_cache_size=1M", "query_cache_type=2"}, "DEMAND"},
		{[]string{"query_cache_type=0", "query_cache_size=0"}, "OFF"},
		{[]string{"query_cache_type=0", "query_cache_size=10"}, "OFF"},
		{[]string{"query_cache_type=0"}, "OFF"},
	} {
		v := For(mariadb10).Fresh(assignments(test.declared), nil).Declared("query_cache_type")
		if v == nil || v.Text != test.want {
			t.Errorf("%v: %+v, want %s", test.declared, v, test.want)
		}
	}
}

// A maximum below the default of innodb_io_capacity cuts that too.
func TestIOCapacityUnderItsMaximum(t *testing.T) {
	for declared, want := range map[string]string{"200": "200", "20000": "10000"} {
		v, ok := For(mysql97).Fresh([]model.Setting{set("innodb_io_capacity_max", declared)}, nil).Default("innodb_io_capacity")
		if !ok || v.Text != want {
			t.Errorf("%s: %+v, want %s", declared, v, want)
		}
	}
}

// Seen on MySQL 9.7.4 and MariaDB 10.11.19: what is no boolean is OFF, but leaves an option without an argument as it is.
func TestWhatIsNoBoolean(t *testing.T) {
	for _, server := range []model.Server{mysql97, mariadb10} {
		for declared, want := range map[string]string{
			"innodb_file_per_table=NO": "ON", "innodb_file_per_table=0": "OFF", "innodb_adaptive_flushing=YES": "ON", "innodb_random_read_ahead=YES": "OFF",
			"automatic_sp_privileges=YES": "OFF", "innodb_strict_mode=YES": "OFF",
		} {
			name, _, _ := strings.Cut(declared, "=")
			v := For(server).Fresh(assignments([]string{declared}), nil).Declared(name)
			if v == nil || v.Text != want || (v.Problem == "") != (declared == "innodb_file_per_table=0") {
				t.Errorf("%s %s: %+v, want %s", server, declared, v, want)
			}
		}
	}
}

// Seen on MySQL 9.7.4.
func TestSkippedBinaryLog(t *testing.T) {
	for option, want := range map[string]string{"skip-log-bin": "OFF", "skip-log-bin=0": "ON", "skip-log-bin=1": "OFF", "disable-log-bin=0": "ON", "enable-log-bin": "ON", "enable-log-bin=0": "OFF"} {
		name, value, has := strings.Cut(option, "=")
		v := For(mysql97).Fresh([]model.Setting{{Option: name, Value: value, HasValue: has}}, nil).Declared("log_bin")
		if v == nil || v.Text != want {
			t.Errorf("%s: %+v, want %s", option, v, want)
		}
	}
}
