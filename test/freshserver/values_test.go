//go:build lab

package freshserver

import (
	"fmt"
	"math/big"
	"math/rand"
	"regexp"
	"strconv"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.Intn(len(of))] }

func chance(r *rand.Rand, percent int) bool { return r.Intn(100) < percent }

// costly are numbers of which a server takes memory, disk or threads.
var costly = regexp.MustCompile(`size|buffer|cache|instances|classes|capacity|threads|max_ram|max_mmap|max_connections|_max_|segments|mem|stack|workers|files|length|limit`)

// number makes a number inside, at, or beside the bounds of a variable.
func number(r *rand.Rand, s *sysvar.Spec, inFile bool) string {
	low, _ := new(big.Int).SetString(or(s.Min, "0"), 10)
	high, ok := new(big.Int).SetString(or(s.Max, "1000000"), 10)
	if low == nil || !ok {
		low, high = big.NewInt(0), big.NewInt(1000000)
	}
	def, known := new(big.Int).SetString(or(s.Default, "x"), 10)
	if !known {
		def = new(big.Int).Set(low)
	}
	cap := big.NewInt(1 << 26)
	if strings.HasPrefix(s.Name, "performance_schema_") {
		cap = big.NewInt(3000)
	}
	if !costly.MatchString(s.Name) {
		cap = new(big.Int).Set(high)
	}
	if doubled := new(big.Int).Lsh(def, 1); cap.Cmp(doubled) < 0 {
		cap = doubled
	}
	if high.Cmp(cap) > 0 {
		high = cap
	}
	add := func(n *big.Int, d int64) string { return new(big.Int).Add(n, big.NewInt(d)).String() }
	between := func() string {
		span := new(big.Int).Sub(high, low)
		if span.Sign() <= 0 {
			return low.String()
		}
		if chance(r, 60) { // near the small end, as people write
			span = big.NewInt(1 + min(span.Int64()&0x7fffffffffffffff, int64(1)<<uint(r.Intn(40))))
		}
		n := new(big.Int).Rand(r, span)
		return n.Add(n, low).String()
	}
	choices := []func() string{
		func() string { return low.String() }, func() string { return add(low, 1) }, func() string { return high.String() },
		func() string { return def.String() }, func() string { return add(def, 1) }, func() string { return add(def, -1) },
		func() string { return new(big.Int).Lsh(def, 1).String() }, func() string { return new(big.Int).Rsh(def, 1).String() },
		between, between, between, between,
	}
	if inFile {
		choices = append(choices, func() string { return add(low, -1) }, func() string { return add(high, 1) },
			func() string { return add(high, -1) }, suffixed(r, high), suffixed(r, high), suffixed(r, high))
	}
	return pick(r, choices...)()
}

// suffixed writes a number with one of the suffixes, not far over high.
func suffixed(r *rand.Rand, high *big.Int) func() string {
	return func() string {
		suffix, shift := "k", 10
		if high.BitLen() > 21 && chance(r, 50) {
			suffix, shift = "m", 20
		}
		if high.BitLen() > 33 && chance(r, 20) {
			suffix, shift = "g", 30
		}
		room := new(big.Int).Rsh(high, uint(shift))
		n := int64(1 + r.Intn(64))
		if room.IsInt64() && room.Int64() < n {
			n = max(room.Int64(), 1)
		}
		if chance(r, 50) {
			suffix = strings.ToUpper(suffix)
		}
		if chance(r, 5) {
			suffix += "B"
		}
		return strconv.FormatInt(n, 10) + suffix
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func randomCase(r *rand.Rand, s string) string {
	switch r.Intn(4) {
	case 0:
		return strings.ToLower(s)
	case 1:
		return strings.ToUpper(s)
	}
	return s
}

func double(r *rand.Rand, s *sysvar.Spec) string {
	low, _ := strconv.ParseFloat(or(s.Min, "0"), 64)
	high, _ := strconv.ParseFloat(or(s.Max, "100"), 64)
	if high > 1000 || high <= low {
		high = low + 100
	}
	f := low + r.Float64()*(high-low)
	return pick(r, fmt.Sprintf("%.0f", f), fmt.Sprintf("%.1f", f), fmt.Sprintf("%.3f", f), fmt.Sprintf("%.8f", f), s.Default, fmt.Sprintf("%.0f", high), fmt.Sprintf("%.0f", low))
}

func subset(r *rand.Rand, members []string) []string {
	var out []string
	n := 1 + r.Intn(4)
	for _, i := range r.Perm(len(members)) {
		if len(out) < n && members[i] != "" && !strings.HasPrefix(members[i], "NOT_USED") {
			out = append(out, members[i])
		}
	}
	return out
}

func flagList(r *rand.Rand, members []string) string {
	var out []string
	for _, m := range subset(r, members) {
		out = append(out, m+"="+pick(r, "on", "off", "on", "off", "default"))
	}
	return strings.Join(out, ",")
}

// texts are values for variables that hold a name or a path.
var texts = map[string][]string{
	"character_set_server":             {"latin1", "utf8mb4", "utf8", "utf8mb3", "UTF8MB4", "binary", "ascii", "cp1251", "koi8r", "gbk", "latin2", "big5", "euckr", "greek", "ucs2", "utf32"},
	"collation_server":                 {"utf8mb4_unicode_ci", "utf8mb4_bin", "utf8mb4_general_ci", "utf8_general_ci", "utf8_bin", "utf8mb3_unicode_ci", "latin1_swedish_ci", "latin1_bin", "UTF8MB4_UNICODE_520_CI", "utf8mb4_0900_ai_ci", "binary", "cp1251_bulgarian_ci", "latin2_czech_cs"},
	"character_set_filesystem":         {"utf8", "utf8mb4", "binary", "latin1"},
	"time_zone":                        {"+8:00", "+08:00", "-05:30", "SYSTEM", "system", "+00:00", "-0:00", "+0:00", "+14:00", "-3:30"},
	"log_error":                        {"error.log", "error", "/var/log/mysql/error.log", "/var/log/mysql/error", "/var/log/mysql/error.err", "./sub.log", ""},
	"general_log_file":                 {"general.log", "/var/log/mysql/general.log", "g", "./g.log", "/var/log/mysql//g.log"},
	"slow_query_log_file":              {"slow.log", "/var/log/mysql/slow.log", "s", "./s.log"},
	"tmpdir":                           {"/tmp", "/tmp/", "/var/tmp", "/tmp:/var/tmp"},
	"secure_file_priv":                 {"", "/tmp", "/tmp/", "NULL", "/srv/files"},
	"log_bin":                          {"mysql-bin", "/var/lib/mysql/binlog", "/data/mysql/bin", "ON", "OFF", "1", "0", "/data/logs/mysql-bin.log", "", "binlog.000001"},
	"log_bin_index":                    {"mysql-bin.index", "/data/logs/bin.index", "binidx", "a.b", "./c"},
	"relay_log":                        {"relay-bin", "/data/logs/relay", "relay.log", "mysqld-relay-bin"},
	"relay_log_index":                  {"relay-bin.index", "/data/logs/relay.index", "relayidx"},
	"pid_file":                         {"/run/mysqld/m.pid", "m.pid", "m", "/var/run/mysqld/mysqld", "./p.pid", "/run/mysqld/m.x"},
	"report_host":                      {"db1.example.org", "10.0.0.1"},
	"init_connect":                     {"SET NAMES utf8mb4", "SET autocommit=0", "", "'SET NAMES utf8'"},
	"init_replica":                     {"SET @a=1"},
	"init_slave":                       {"SET @a=1"},
	"default_storage_engine":           {"InnoDB", "innodb", "INNODB", "MyISAM", "myisam", "MEMORY", "memory", "csv"},
	"default_tmp_storage_engine":       {"InnoDB", "MyISAM", "memory"},
	"enforce_storage_engine":           {"InnoDB", "innodb"},
	"lc_messages":                      {"en_US", "de_DE", "en_us", "fr_FR"},
	"lc_time_names":                    {"en_US", "de_DE", "ja_jp"},
	"ft_stopword_file":                 {"", "/etc/stop"},
	"ft_boolean_syntax":                {`' |-><()~*:""&^'`},
	"innodb_data_home_dir":             {"", "/var/lib/mysql", "/var/lib/mysql/", "./"},
	"innodb_log_group_home_dir":        {"./", ".", "/var/lib/mysql", "/var/lib/mysql/"},
	"innodb_undo_directory":            {"./", ".", "/var/lib/mysql/"},
	"innodb_tmpdir":                    {"/tmp", "/tmp/", "/var/tmp"},
	"innodb_buffer_pool_filename":      {"ib_buffer_pool", "pool.dump"},
	"replica_load_tmpdir":              {"/tmp", "/tmp/", "/var/tmp"},
	"slave_load_tmpdir":                {"/tmp", "/tmp/", "/var/tmp"},
	"datadir":                          {"/var/lib/mysql", "/var/lib/mysql/", "/var/lib//mysql", "/var/lib/mysql/."},
	"lc_messages_dir":                  {"/usr/share/mysql", "/usr/share/mysql/"},
	"character_sets_dir":               {"/usr/share/mysql/charsets", "/usr/share/mysql/charsets/"},
	"plugin_dir":                       {"/usr/lib/mysql/plugin", "/usr/lib/mysql/plugin/"},
	"tls_version":                      {"TLSv1.2", "TLSv1.2,TLSv1.3", "TLSv1.3,TLSv1.2", "TLSv1.3"},
	"admin_tls_version":                {"TLSv1.2", "TLSv1.3,TLSv1.2"},
	"replica_skip_errors":              {"1062", "1062,1032", "1032, 1062", "all", "ALL", "ddl_exist_errors", "OFF", "off", "0", "1062,ddl_exist_errors"},
	"slave_skip_errors":                {"1062", "1062,1032", "1032, 1062", "all", "ddl_exist_errors", "OFF", "0", "1146,1062,1062"},
	"slave_transaction_retry_errors":   {"1205", "1213,1205", "all"},
	"innodb_ft_server_stopword_table":  {""},
	"innodb_doublewrite_dir":           {"/var/lib/mysql", "/var/lib/mysql/"},
	"innodb_directories":               {"/data/mysql", "/data/mysql;/data/logs"},
	"innodb_redo_log_archive_dirs":     {"a:/data/logs"},
	"innodb_temp_tablespaces_dir":      {"./#innodb_temp/", "/data/mysql"},
	"innodb_data_file_path":            {"ibdata1:12M:autoextend", "ibdata1:12M:autoextend:max:500M"},
	"innodb_temp_data_file_path":       {"ibtmp1:12M:autoextend", "ibtmp1:24M:autoextend:max:1G"},
	"authentication_policy":            {"*,,", "caching_sha2_password,,", "*"},
	"mandatory_roles":                  {"r1", "'r1'@'%',r2"},
	"protocol_compression_algorithms":  {"zlib", "zstd,zlib", "uncompressed", "ZLIB,uncompressed", "zlib,zstd,uncompressed"},
	"log_error_services":               {"log_filter_internal; log_sink_internal", "log_filter_internal;log_sink_internal"},
	"log_error_suppression_list":       {"MY-010048", "MY-010048,MY-013360", "ER_SERVER_SHUTDOWN_COMPLETE"},
	"session_track_system_variables":   {"*", "autocommit", "time_zone,autocommit", "", "autocommit , time_zone"},
	"disabled_storage_engines":         {"MyISAM", "FEDERATED,ARCHIVE", ""},
	"default_collation_for_utf8mb4":    {"utf8mb4_general_ci", "utf8mb4_0900_ai_ci"},
	"sha256_password_private_key_path": {"private_key.pem", "/data/mysql/k.pem"},
	"admin_address":                    {"127.0.0.1"},
	"replicate_do_db":                  {"shop", "a"},
	"replicate_ignore_db":              {"test", "mysql"},
	"replicate_do_table":               {"shop.t"},
	"replicate_ignore_table":           {"shop.x", "shop.y"},
	"replicate_wild_do_table":          {"shop.%", "s%.t"},
	"replicate_wild_ignore_table":      {"mysql.%", "sys.%"},
	"replicate_rewrite_db":             {"a->b"},
	"ignore_db_dirs":                   {"lost+found", ".snap"},
	"gtid_pos_auto_engines":            {"innodb"},
	"system_versioning_asof":           {"DEFAULT"},
	"wsrep_cluster_name":               {"galera", "my_wsrep_cluster"},
	"wsrep_node_name":                  {"n1"},
	"wsrep_sst_method":                 {"rsync", "mariabackup"},
	"wsrep_node_address":               {"10.0.0.1"},
	"wsrep_notify_cmd":                 {"/bin/true"},
	"enforce_gtid_consistency":         {"ON", "on", "OFF", "WARN", "warn", "1", "0", "2", "TRUE", "false"},
	"innodb_monitor_enable":            {"all", "module_log"},
	"aria_log_dir_path":                {"/var/lib/mysql", "./"},
	"date_format":                      {"%Y-%m-%d"},
	"proxy_protocol_networks":          {"*", "192.168.0.0/16"},
	"report_user":                      {"repl"},
	"keyring_operations":               {"ON"},
}

// more are options with values that no type describes.
var more = map[string][]string{
	"binlog-do-db": {"shop", "a"}, "binlog-ignore-db": {"mysql", "test"}, "replicate-do-db": {"shop"}, "replicate-ignore-db": {"test"},
	"replicate-wild-do-table": {"shop.%"}, "replicate-wild-ignore-table": {"mysql.%"}, "ignore-db-dir": {"lost+found", ".snap"},
	"symbolic-links": {"0", "1", "OFF"}, "external-locking": {"0", "1"}, "skip-external-locking": {""}, "skip-name-resolve": {"", "0", "1"},
	"skip-networking": {"0"}, "user": {"mysql"}, "default-time-zone": nil, "character-set-client-handshake": {"0", "FALSE"},
	"performance-schema-instrument": {"'wait/lock/%=ON'"}, "performance-schema-consumer-events-statements-history-long": {"ON"},
	"console": {"0"}, "ansi": {""}, "safe-user-create": {""}, "allow-suspicious-udfs": {""}, "show-slave-auth-info": {""},
	"skip-show-database": {""}, "old-style-user-limits": {""}, "temp-pool": {"1"}, "log-short-format": {""}, "log-tc": {"tc.log"},
	"myisam-recover-options": {"", "BACKUP,FORCE", "FORCE", "DEFAULT", "off", "BACKUP"}, "log-bin": {""}, "relay-log": {""},
	"sysdate-is-now": {""}, "slave-skip-errors": {"1062"}, "skip-slave-start": {"", "0", "1"}, "event-scheduler": {"", "ON", "OFF", "DISABLED", "1", "0", "2"},
	"delay-key-write": {"ON", "OFF", "ALL", "1", "2"}, "transaction-isolation": {"READ-COMMITTED", "read-committed", "0", "1", "REPEATABLE-READ", "SERIALIZABLE"},
	"concurrent-insert": {"0", "1", "2", "AUTO", "always", "NEVER"}, "plugin-load-add": {}, "init-file": {},
}
