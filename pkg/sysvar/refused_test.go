package sysvar

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// With each line of the first list MySQL 9.7.4 or MariaDB 10.11.19 was seen not to
// start. Those of the second are the controls, of which most were seen to start.
func TestValuesThatServersRefuse(t *testing.T) {
	both := []model.Server{mysql97, mariadb10}
	for _, test := range []struct {
		servers       []model.Server
		refused, good []string
	}{
		{both, []string{"sql_mode=STRICT_TRANS_TABLES, NO_ZERO_DATE", "sql_mode=,ANSI", "sql_mode=ANSI,", "sql_mode"}, []string{"sql_mode=STRICT_TRANS_TABLES ,NO_ZERO_DATE", "sql_mode=", "sql_mode= 12", "sql_mode=STRICT_TRANS"}},
		{both, []string{"log_output=FILE, TABLE", "myisam_recover_options=,FORCE"}, []string{"log_output=FILE,TABLE"}},
		{both, []string{"character_set_server=utf8mb5", "character_set_filesystem=foo", "character_set_server=latin1|collation_server=utf8mb4_bin"}, []string{"character_set_server=UTF8MB4", "character_set_server=utf8mb3", "character_set_server=latin1|collation_server=latin1_bin"}},
		{both[:1], []string{"character_set_server=utf8", "collation_server=utf8_general_ci", "collation_server=latin1_bin"}, []string{"collation_server=utf8mb4_bin"}},
		{both[1:], []string{"collation_server=utf8_general_ci"}, []string{"character_set_server=utf8", "collation_server=latin1_bin", "character_set_server=utf8|collation_server=utf8_bin"}},
		{both, []string{"default_time_zone=+15:00", "default_time_zone=8:00", "default_time_zone="}, []string{"default_time_zone=+13:00", "default_time_zone=SYSTEM", "default_time_zone=Mars/City"}},
		{both[1:], []string{"default_time_zone=+14:00", "lc_messages=xx_XX", "lc_time_names=de", "lc_time_names=110"}, []string{"lc_time_names=de_DE", "lc_messages=de_de"}},
		{both[:1], nil, []string{"default_time_zone=+14:00", "lc_time_names=de"}},
		{both, []string{"default_storage_engine=InnoDBB", "default_storage_engine=1", "default_tmp_storage_engine=foo"}, []string{"default_storage_engine=innobase", "default_storage_engine=HEAP", "default_storage_engine=rocksdb"}},
		{both, []string{"innodb_page_size=12K", "innodb_data_file_path=ibdata1", "innodb_data_file_path=", "innodb_data_file_path=a:12M:autoextend;b:12M", "innodb_temp_data_file_path=ibtmp1"}, []string{"innodb_page_size=4K", "innodb_data_file_path=ibdata1:12M", "innodb_data_file_path=a:12M;b:12M:autoextend:max:1G"}},
		{both[:1], []string{"authentication_policy=mysql_native_password", "authentication_policy=", "authentication_policy=foo", "ssl_cipher=FOO", "ssl_cipher=AES128-SHA", "tls_ciphersuites=foo"}, []string{"authentication_policy=*:caching_sha2_password,,", "tls_ciphersuites=", "tls_ciphersuites=TLS_AES_128_GCM_SHA256"}},
		{both, []string{"max_connections=99999999999999999999", "innodb_buffer_pool_size=99999999999999999999"}, []string{"max_connections=1000000"}},
		{both[:1], []string{"max_connections=18446744073709551615K", "innodb_temp_tablespaces_dir="}, []string{"max_connections=-99999999999999999999"}},
		{both[1:], nil, []string{"max_connections=18446744073709551615K"}},
	} {
		for _, server := range test.servers {
			for _, lines := range test.refused {
				if v := lastDeclared(server, lines); v == nil || !v.Refused || v.Problem == "" {
					t.Errorf("%s takes %s: %+v", server, lines, v)
				}
			}
			for _, lines := range test.good {
				if v := lastDeclared(server, lines); v == nil || v.Refused {
					t.Errorf("%s refuses %s: %+v", server, lines, v)
				}
			}
		}
	}
}

// lastDeclared is what a server makes of the last of some lines.
func lastDeclared(server model.Server, lines string) *Value {
	var settings []model.Setting
	for _, line := range strings.Split(lines, "|") {
		settings = append(settings, assignment(line))
	}
	f := For(server).Fresh(settings, nil)
	return f.Declared(f.Assigned[len(settings)-1].Variable)
}

// A server that runs with a value has taken it, whatever the lists say.
func TestRunningDisprovesRefusal(t *testing.T) {
	settings := []model.Setting{set("default_storage_engine", "NewEngine")}
	if v := For(mysql97).Fresh(settings, seen(map[string]string{"default_storage_engine": "NewEngine"})).Declared("default_storage_engine"); v.Refused || v.Text != "NewEngine" {
		t.Errorf("%+v", v)
	}
}

// Tried on both servers.
func TestOptionsWithoutVariableThatServersRefuse(t *testing.T) {
	for _, server := range []model.Server{mysql97, mariadb10} {
		for line, refused := range map[string]bool{
			"binlog-ignore-db": true, "replicate-do-table=foo": true, "replicate-wild-do-table=foo": true, "replicate-rewrite-db=a": true, "replicate-rewrite-db=a->": true,
			"binlog-ignore-db=a": false, "replicate-do-table=foo.": false, "replicate-wild-ignore-table=a.b": false, "replicate-rewrite-db= a -> b": false,
		} {
			f := For(server).Fresh([]model.Setting{assignment(line)}, nil)
			if got := OptionProblem(f.Assigned[0]); (got != "") != refused {
				t.Errorf("%s, %s: %q", server, line, got)
			}
		}
	}
}

// Seen on the servers named, but for the controls with a plain value.
func TestWhatServersMakeOfNames(t *testing.T) {
	ma, my := mariadb10, mysql97
	host := seen(map[string]string{"hostname": "db0", "datadir": "/var/lib/mysql/"})
	for _, test := range []struct {
		server                model.Server
		lines, variable, want string
	}{
		{my, "lc_messages=xx_XX", "lc_messages", "en_US"},
		{my, "log_error_services=log_filter_internal", "log_error_services", "log_filter_internal; log_sink_internal"},
		{my, "log_error_services=log_filter_internal;log_sink_json", "log_error_services", "log_filter_internal;log_sink_json"},
		{my, "enforce_gtid_consistency=W", "enforce_gtid_consistency", "ON"},
		{my, "general_log_file=", "general_log_file", "db0.log"},
		{ma, "slow_query_log_file=", "slow_query_log_file", "db0-slow.log"},
		{my, "secure_file_priv=.", "secure_file_priv", "/"},
		{ma, "secure_file_priv=/srv", "secure_file_priv", "/srv"},
		{my, "innodb_temp_tablespaces_dir=./", "innodb_temp_tablespaces_dir", "./#innodb_temp/"},
		{my, "innodb_temp_tablespaces_dir=/var/lib/mysql", "innodb_temp_tablespaces_dir", "/var/lib/mysql/#innodb_temp/"},
		{my, "innodb_temp_tablespaces_dir=/tmp", "innodb_temp_tablespaces_dir", "/tmp"},
		{my, "innodb_file_per_table=OFF|innodb_file_per_table=nope", "innodb_file_per_table", "OFF"},
		{my, "skip-innodb_deadlock_detect|innodb_deadlock_detect=DEFAULT", "innodb_deadlock_detect", "OFF"},
		{ma, "innodb_deadlock_detect=OFF|innodb_deadlock_detect=yes", "innodb_deadlock_detect", "OFF"},
		{ma, "innodb_deadlock_detect=yes", "innodb_deadlock_detect", "ON"},
		{ma, "character_set_server=utf8|old_mode=", "character_set_server", "utf8mb4"},
		{ma, "character_set_server=utf8|old_mode=", "collation_server", "utf8mb4_general_ci"},
		{ma, "old_mode=|character_set_server=utf8|old_mode=UTF8_IS_UTF8MB3", "character_set_server", "utf8mb3"},
		{ma, "log-bin-index=/data/logs/idx|log-basename=hello|log-bin", "log_bin_index", "/var/lib/mysql/hello-bin.index"},
		{ma, "log-basename=hello|log-bin-index=/data/logs/idx|log-bin", "log_bin_index", "/data/logs/idx.index"},
		{ma, "log-basename=hello", "slow_query_log_file", "hello-slow.log"},
		{ma, "log-bin|log-bin-index=/data/logs/bin.log.index", "log_bin_index", "/data/logs/bin.index"},
		{my, "log-bin|log-bin-index=/data/my.logs/bin.log.index", "log_bin_index", "/data/my.logs/bin.index"},
		{my, "basedir=", "basedir", "/"},
		{my, "max_connections=700", "back_log", "10000"},
		{my, "max_connections=700|back_log=0", "back_log", "700"},
		{ma, "max_connections=700", "back_log", "190"},
		{ma, "myisam_recover_options=", "myisam_recover_options", "OFF"},
		{ma, "bind-address=::", "port", "3306"},
		{my, "basedir=./usr", "basedir", "/usr"},
		{ma, "basedir=./usr", "basedir", "./usr"},
		{ma, "replicate-rewrite-db= a ->b |replicate-rewrite-db=c -> d e", "replicate_rewrite_db", "a->b,c->d e"},
		{ma, "log-basename=hello", "general_log_file", "hello.log"},
		{ma, "log-basename=hello", "relay_log", "hello-relay-bin"},
		{ma, "relay_log=rr|log-basename=hello", "relay_log", "hello-relay-bin"},
		{ma, "log-basename=hello|slow_query_log_file=x.log", "slow_query_log_file", "x.log"},
		{ma, "old_mode=all", "old_mode", "NO_DUP_KEY_WARNINGS_WITH_IGNORE,NO_PROGRESS_INFO,ZERO_DATE_TIME_CAST,UTF8_IS_UTF8MB3,IGNORE_INDEX_ONLY_FOR_JOIN,COMPAT_5_1_CHECKSUM,NO_NULL_COLLATION_IDS"},
		{ma, "slave_type_conversions=ALL", "slave_type_conversions", "ALL_LOSSY,ALL_NON_LOSSY"},
		{ma, "sql_mode=all", "sql_mode", "ALLOW_INVALID_DATES"},
		{my, "skip-name-resolve=off", "skip_name_resolve", "OFF"},
		{my, "skip-name-resolve=FALSE", "skip_name_resolve", "ON"},
		{my, "skip-name-resolve=xyz", "skip_name_resolve", "ON"},
		{ma, "max_connec=77", "max_connections", "77"},
		{ma, "m=88", "max_connections", "88"},
		{ma, "loose-max_con=66", "max_connections", "66"},
		{ma, "max_connect_errors=66", "max_connections", "151"},
		{ma, "default.key_buffer_size=9M", "key_buffer_size", "9437184"},
		{ma, "hot.max_connections=10", "max_connections", "10"},
	} {
		var settings []model.Setting
		for _, line := range strings.Split(test.lines, "|") {
			settings = append(settings, assignment(line))
		}
		if v, ok := For(test.server).Fresh(settings, host).Default(test.variable); !ok || v.Text != test.want {
			t.Errorf("%s, %s: %s is %+v, want %s", test.server, test.lines, test.variable, v, test.want)
		}
	}
}

func TestOptionsOfKeyCaches(t *testing.T) {
	for _, server := range []model.Server{mysql97, mariadb10} {
		if r := For(server).Resolve("hot.key_buffer_size"); r.Unknown || r.Variable != "" {
			t.Errorf("%s: %+v", server, r)
		}
	}
	for _, option := range []string{"hot.max_connections", ".key_buffer_size", "hot.key_bufer_size"} {
		if r := For(mysql97).Resolve(option); !r.Unknown {
			t.Errorf("%s: %+v", option, r)
		}
	}
	if r := For(mariadb10).Resolve("log_slow_queries"); !r.Removed {
		t.Errorf("%+v", r)
	}
}

// MySQL prints the bound of a double as an integer: its bits, or without its fraction.
func TestBoundsOfDoubles(t *testing.T) {
	for _, test := range []struct{ name, printed, want string }{
		{"long_query_time", "4719230590769954816", "31536000"},
		{"innodb_max_dirty_pages_pct", "99", "99.999"},
		{"innodb_max_dirty_pages_pct", "90", "90"}, // another release's
		{"a_plugins_own", "99", ""},
	} {
		snap := &model.Snapshot{Server: mysql97, Variables: map[string]model.Variable{test.name: {Name: test.name, Value: "1.5", Meta: &model.Metadata{Type: "Numeric", Min: "0", Max: test.printed}}}}
		s, ok := For(mysql97).WithLive(snap).Lookup(test.name)
		if !ok || s.Max != test.want {
			t.Errorf("%s: %+v, want %s", test.name, s, test.want)
		}
	}
}
