package sysvar_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

var series = []string{"5.7.44", "8.0.45", "8.4.7", "9.7.4", "10.6.24-MariaDB", "10.11.19-MariaDB", "11.4.9-MariaDB", "11.8.9-MariaDB"}

func catalogue(t *testing.T, version string) *sysvar.Catalogue {
	t.Helper()
	s, err := model.ParseServer(version)
	if err != nil {
		t.Fatal(err)
	}
	return sysvar.For(s)
}

// TestKnownFacts are facts that a person finds in the manuals.
func TestKnownFacts(t *testing.T) {
	for _, tt := range []struct {
		version, variable string
		check             func(s *sysvar.Spec) bool
	}{
		{"5.7.44", "character_set_server", func(s *sysvar.Spec) bool { return s.Default == "latin1" }},
		{"8.0.45", "character_set_server", func(s *sysvar.Spec) bool { return s.Default == "utf8mb4" && s.Dynamic }},
		{"10.11.19-MariaDB", "character_set_server", func(s *sysvar.Spec) bool { return s.Default == "latin1" }},
		{"11.8.9-MariaDB", "character_set_server", func(s *sysvar.Spec) bool { return s.Default == "utf8mb4" }},
		{"5.7.44", "max_allowed_packet", func(s *sysvar.Spec) bool { return s.Default == "4194304" && s.Block == "1024" }},
		{"8.0.45", "max_allowed_packet", func(s *sysvar.Spec) bool { return s.Default == "67108864" && s.Max == "1073741824" }},
		{"9.7.4", "max_connections", func(s *sysvar.Spec) bool { return s.Default == "151" && s.Min == "1" && s.Max == "100000" && s.Dynamic }},
		{"10.11.19-MariaDB", "max_connections", func(s *sysvar.Spec) bool { return s.Default == "151" && s.Min == "10" }},
		{"8.0.45", "innodb_io_capacity", func(s *sysvar.Spec) bool { return s.Default == "200" }},
		{"8.4.7", "innodb_io_capacity", func(s *sysvar.Spec) bool { return s.Default == "10000" }},
		{"8.4.7", "innodb_adaptive_hash_index", func(s *sysvar.Spec) bool { return s.Default == "OFF" }},
		{"8.0.45", "innodb_adaptive_hash_index", func(s *sysvar.Spec) bool { return s.Default == "ON" }},
		{"8.4.7", "gtid_mode", func(s *sysvar.Spec) bool {
			return s.Default == "OFF" && slices.Equal(s.Members, []string{"OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"})
		}},
		{"9.7.4", "gtid_mode", func(s *sysvar.Spec) bool { return s.Default == "ON" }},
		{"9.7.4", "innodb_page_size", func(s *sysvar.Spec) bool { return s.Default == "16384" && !s.Dynamic }},
		{"9.7.4", "binlog_format", func(s *sysvar.Spec) bool { return slices.Equal(s.Members, []string{"MIXED", "STATEMENT", "ROW"}) }},
		{"9.7.4", "sql_mode", func(s *sysvar.Spec) bool {
			return s.Type == sysvar.TypeSet && s.Members[18] == "ANSI" && s.Members[27] == "TRADITIONAL" && s.Members[30] == "NO_ENGINE_SUBSTITUTION"
		}},
		{"10.11.19-MariaDB", "sql_mode", func(s *sysvar.Spec) bool { return s.Members[28] == "NO_AUTO_CREATE_USER" }},
		{"9.7.4", "time_zone", func(s *sysvar.Spec) bool { return slices.Contains(s.Options, "default-time-zone") }},
		{"10.11.19-MariaDB", "tx_isolation", func(s *sysvar.Spec) bool { return slices.Contains(s.Options, "transaction-isolation") }},
		{"9.7.4", "slave_parallel_workers", func(s *sysvar.Spec) bool { return s.Name == "replica_parallel_workers" }},
		{"10.11.19-MariaDB", "slow_query_log", func(s *sysvar.Spec) bool { return s.Name == "log_slow_query" }},
		{"10.6.24-MariaDB", "slow_query_log", func(s *sysvar.Spec) bool { return s.Name == "slow_query_log" }},
		{"10.6.24-MariaDB", "innodb_log_file_size", func(s *sysvar.Spec) bool { return !s.Dynamic }},
		{"10.11.19-MariaDB", "innodb_log_file_size", func(s *sysvar.Spec) bool { return s.Dynamic }},
		{"11.4.9-MariaDB", "innodb_snapshot_isolation", func(s *sysvar.Spec) bool { return s.Default == "OFF" }},
		{"11.8.9-MariaDB", "innodb_snapshot_isolation", func(s *sysvar.Spec) bool { return s.Default == "ON" }},
		{"9.7.4", "server_id", func(s *sysvar.Spec) bool { return s.PerPod && !s.HasDefault }},
		{"9.7.4", "server_uuid", func(s *sysvar.Spec) bool { return s.PerPod && len(s.Options) == 0 }},
		{"9.7.4", "super_read_only", func(s *sysvar.Spec) bool { return s.PerRole }},
		{"9.7.4", "report_password", func(s *sysvar.Spec) bool { return s.Sensitive }},
		{"10.11.19-MariaDB", "wsrep_sst_auth", func(s *sysvar.Spec) bool { return s.Sensitive }},
		{"9.7.4", "max_connections", func(s *sysvar.Spec) bool { return !s.Sensitive && !s.PerPod && !s.PerRole }},
		{"9.7.4", "open_files_limit", func(s *sysvar.Spec) bool { return s.HostDependent && !s.HasDefault }},
	} {
		s, ok := catalogue(t, tt.version).Lookup(tt.variable)
		if !ok {
			t.Errorf("%s: %s is not there", tt.version, tt.variable)
		} else if !tt.check(s) {
			t.Errorf("%s: %s: %+v", tt.version, tt.variable, *s)
		}
	}
}

// TestPresence says in which of the releases a variable is: the others are the
// negative controls.
func TestPresence(t *testing.T) {
	for variable, in := range map[string]string{
		"default_authentication_plugin":     "5.7 8.0",
		"have_ssl":                          "5.7 8.0 10.6 10.11 11.4 11.8",
		"expire_logs_days":                  "5.7 8.0 10.6 10.11 11.4 11.8",
		"query_cache_size":                  "5.7 10.6 10.11 11.4 11.8",
		"tx_isolation":                      "5.7 10.6 10.11 11.4 11.8",
		"transaction_isolation":             "5.7 8.0 8.4 9.7 11.4 11.8",
		"innodb_log_file_size":              "5.7 8.0 8.4 10.6 10.11 11.4 11.8",
		"innodb_redo_log_capacity":          "8.0 8.4 9.7",
		"replica_parallel_workers":          "8.0 8.4 9.7",
		"slave_parallel_workers":            "5.7 8.0 8.4 9.7 10.6 10.11 11.4 11.8",
		"master_info_repository":            "5.7 8.0",
		"server_memory":                     "9.7",
		"authentication_policy":             "8.0 8.4 9.7",
		"set_operations_buffer_size":        "8.4 9.7",
		"innodb_change_buffering":           "5.7 8.0 8.4 9.7 10.6 10.11",
		"innodb_defragment":                 "10.6 10.11",
		"old_alter_table":                   "5.7 8.0 8.4 9.7 10.6 10.11",
		"max_tmp_tables":                    "5.7 10.6 10.11",
		"log_slow_query":                    "10.11 11.4 11.8",
		"max_binlog_total_size":             "11.4 11.8",
		"mhnsw_ef_search":                   "11.8",
		"wsrep_load_data_splitting":         "10.6 10.11 11.4",
		"no_such_variable":                  "",
		"mysql_native_password_proxy_users": "5.7 8.0 8.4",
	} {
		var got []string
		for _, version := range series {
			if _, ok := catalogue(t, version).Lookup(variable); ok {
				got = append(got, version[:strings.LastIndex(version, ".")])
			}
		}
		if strings.Join(got, " ") != in {
			t.Errorf("%s is in %q, want %q", variable, strings.Join(got, " "), in)
		}
	}
}

func TestPatchReleases(t *testing.T) {
	for _, tt := range []struct {
		version, variable string
		want              bool
	}{
		{"8.0.29", "innodb_redo_log_capacity", false},
		{"8.0.30", "innodb_redo_log_capacity", true},
		{"8.0", "innodb_redo_log_capacity", true},
		{"8.0.20", "slave_parallel_workers", true},
		{"8.1.0", "expire_logs_days", true},
		{"8.3.0", "expire_logs_days", false},
		{"9.3.0", "server_memory", false},
		{"9.4.0", "server_memory", true},
		{"9.1.0", "default_authentication_plugin", false},
		{"12.1.0-MariaDB", "mhnsw_ef_search", true},
	} {
		if _, got := catalogue(t, tt.version).Lookup(tt.variable); got != tt.want {
			t.Errorf("%s has %s: %v", tt.version, tt.variable, got)
		}
	}
}

func TestGone(t *testing.T) {
	c := catalogue(t, "8.4.7")
	s, ok := c.Gone("default-authentication-plugin")
	if !ok || s.Removed != "8.4.0" || s.ReplacedBy != "authentication_policy" {
		t.Errorf("default-authentication-plugin: %+v, %v", s, ok)
	}
	for _, name := range []string{"max_connections", "no_such_variable"} {
		if s, ok := c.Gone(name); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s, ok := catalogue(t, "10.11.19-MariaDB").Option("innodb-page-cleaners"); !ok || !s.Ignored {
		t.Errorf("innodb-page-cleaners: %+v, %v", s, ok)
	}
	for _, version := range []string{"10.6.20-MariaDB", "10.11.19-MariaDB", "11.8.2-MariaDB"} {
		if r := catalogue(t, version).Resolve("default_authentication_plugin"); r.Unknown || !r.Ignored {
			t.Errorf("%s takes default_authentication_plugin for MySQL's sake: %+v", version, r)
		}
	}
	if _, ok := catalogue(t, "10.11.19-MariaDB").Option("innodb-page"); ok {
		t.Error("an abbreviation was taken for an option")
	}
}

// TestEntries checks what every entry must have.
func TestEntries(t *testing.T) {
	for _, version := range series {
		c := catalogue(t, version)
		if !c.Exact() {
			t.Errorf("%s: no table of its own", version)
		}
		variables, names := 0, map[string]bool{}
		for i := range c.All() {
			s := &c.All()[i]
			key := s.Name
			if key == "" {
				key = "--" + strings.Join(s.Options, ",")
			}
			if names[key] {
				t.Errorf("%s: %s is there twice", version, key)
			}
			names[key] = true
			if s.Source == "" {
				t.Errorf("%s: %s has no source", version, key)
			}
			if s.Name == "" && len(s.Options) == 0 {
				t.Errorf("%s: an entry without any name: %+v", version, *s)
			}
			if (s.Type == sysvar.TypeEnum || s.Type == sysvar.TypeSet) && s.HasDefault && s.Default != "" && s.Name != "" && len(s.Members) > 0 {
				for _, d := range strings.Split(s.Default, ",") {
					if !slices.ContainsFunc(s.Members, func(m string) bool { return strings.EqualFold(m, d) }) {
						t.Errorf("%s: %s: default %q is no member of %q", version, key, d, s.Members)
					}
				}
			}
			if s.Sensitive && s.Default != "" {
				t.Errorf("%s: %s is sensitive and has a default %q", version, key, s.Default)
			}
			if _, ok := c.Lookup(s.Name); ok {
				variables++
			}
		}
		if variables < 600 {
			t.Errorf("%s: %d variables only", version, variables)
		}
	}
}

// TestCorpusVariables compares the tables with the dumps of servers of the same
// version that were started without any option.
func TestCorpusVariables(t *testing.T) {
	dir := os.Getenv("MYSQLDRIFT_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	for file, version := range map[string]string{"mysql.variables.tsv": "9.7.4", "mariadb.variables.tsv": "10.11.19-MariaDB"} {
		data, err := os.Open(filepath.Join(dir, "meta", file))
		if err != nil {
			t.Skipf("no corpus: %v", err)
		}
		defer data.Close()
		r := csv.NewReader(data)
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		c := catalogue(t, version)
		for _, row := range rows[1:] {
			s, ok := c.Lookup(row[0])
			if !ok {
				t.Errorf("%s: %s is not in the table", file, row[0])
				continue
			}
			if s.HasDefault && !s.HostDependent && s.Default != row[1] && !startedWith[row[0]] {
				t.Errorf("%s: %s: default %q, seen %q", file, row[0], s.Default, row[1])
			}
		}
	}
}

// TestCorpusOptions looks for every option of the servers' own --help.
func TestCorpusOptions(t *testing.T) {
	dir := os.Getenv("MYSQLDRIFT_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	line := regexp.MustCompile(`^  (?:-., )?--([a-z0-9-]+)(\[)?(=\S+)?`)
	for file, version := range map[string]string{"mysql.help.txt": "9.7.4", "mariadb.help.txt": "10.11.19-MariaDB"} {
		data, err := os.ReadFile(filepath.Join(dir, "meta", file))
		if err != nil {
			t.Skipf("no corpus: %v", err)
		}
		c := catalogue(t, version)
		n := 0
		for _, text := range strings.Split(string(data), "\n") {
			m := line.FindStringSubmatch(text)
			// NDB's options are there in this build only; wsrep_OSU_method is cut by its capitals.
			if m == nil || strings.HasPrefix(m[1], "wsrep-") || strings.HasPrefix(m[1], "ndb") {
				continue
			}
			n++
			s, ok := c.Option(m[1])
			switch {
			case !ok:
				t.Errorf("%s: --%s is not in the table", file, m[1])
			case m[2] == "[" && s.Arg != sysvar.ArgOptional, m[2] == "" && m[3] != "" && s.Arg != sysvar.ArgRequired:
				t.Errorf("%s: --%s takes %s, printed %q", file, m[1], s.Arg, m[0])
			}
		}
		if n < 500 {
			t.Errorf("%s: read %d options only", file, n)
		}
	}
}

// startedWith are variables that the dumped servers got from their command line.
var startedWith = map[string]bool{"port": true, "skip_networking": true, "bind_address": true, "performance_schema": true}

func BenchmarkFor(b *testing.B) {
	s, _ := model.ParseServer("9.7.4")
	text, err := os.ReadFile("data/mysql-9.7.tsv")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := sysvar.ParseTable(string(text)); err != nil {
			b.Fatal(err)
		}
		sysvar.For(s)
	}
}
