package sysvar

import (
	"fmt"
	"path"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// commonRules are variables that both flavours compute in the same way from
// the declared text.
var commonRules map[string]rule

// flavourRules are the variables that one flavour computes in its own way.
var flavourRules map[model.Flavour]map[string]rule

func init() {
	commonRules = map[string]rule{
		"log_bin":                   ruleLogBin,
		"log_bin_index":             ruleLogIndex("log_bin_basename"),
		"relay_log_index":           ruleLogIndex("relay_log_basename"),
		"sql_mode":                  ruleSQLMode,
		"time_zone":                 ruleTimeZone,
		"character_set_server":      ruleCharset,
		"collation_server":          ruleCharset,
		"character_set_filesystem":  ruleCharset,
		"log_error":                 ruleLogError,
		"skip_external_locking":     ruleExternalLocking,
		"have_symlink":              ruleSymlink,
		"slave_skip_errors":         ruleSkipErrors,
		"replica_skip_errors":       ruleSkipErrors,
		"tls_version":               ruleList,
		"admin_tls_version":         ruleList,
		"log_output":                ruleLogOutput,
		"event_scheduler":           ruleEventScheduler,
		"pid_file":                  rulePidFile,
		"datadir":                   ruleDirectory,
		"plugin_dir":                ruleDirectory,
		"basedir":                   ruleDirectory,
		"character_sets_dir":        ruleDirectory,
		"lc_messages_dir":           ruleDirectory,
		"secure_file_priv":          ruleDirectory,
		"tmpdir":                    rulePath,
		"slave_load_tmpdir":         rulePath,
		"replica_load_tmpdir":       rulePath,
		"innodb_undo_directory":     rulePath,
		"general_log_file":          rulePath,
		"slow_query_log_file":       rulePath,
		"relay_log":                 ruleRelayLog,
		"innodb_data_home_dir":      rulePath,
		"innodb_log_group_home_dir": rulePath,
		"innodb_monitor_enable":     ruleUnsure("counters are switched one by one"),
		"innodb_monitor_disable":    ruleUnsure("counters are switched one by one"),
		"innodb_monitor_reset":      ruleUnsure("counters are switched one by one"),
		"innodb_monitor_reset_all":  ruleUnsure("counters are switched one by one"),
		"innodb_undo_tablespaces":   ruleUnsure("fixed when the data directory was initialised"),
	}
	flavourRules = map[model.Flavour]map[string]rule{
		model.MySQL: {
			"enforce_gtid_consistency": ruleMembers("OFF", "ON", "WARN"),
			"skip_name_resolve":        rulePresence,
		},
		model.MariaDB: {
			"log_slow_filter":                ruleLogSlowFilter,
			"slave_transaction_retry_errors": ruleRetryErrors,
		},
	}
}

func ruleUnsure(why string) rule {
	return func(*state, Assigned) *Value { return &Value{Unsure: why} }
}

// rulePresence: options of MySQL that have no argument to the parser: with
// whatever value, they are ON. (mysqld.cc, OPT_SKIP_RESOLVE)
func rulePresence(_ *state, a Assigned) *Value {
	v := &Value{Text: "ON"}
	if on, known := parseBool(a.text()); known && !on {
		v.Adjusted = "the option switches it ON with any value"
		v.Problem = fmt.Sprintf("%s=%s still switches it ON: take the line out instead", a.Option, a.Value)
	}
	return v
}

// ruleLogBin: the option names the binary log's base file, the variable says
// whether there is one. log_bin=OFF and log_bin=0 are file names too.
func ruleLogBin(_ *state, a Assigned) *Value {
	if a.Negated {
		return &Value{Text: "OFF"}
	}
	v := &Value{Text: "ON"}
	if b, known := parseBool(a.Value); a.HasValue && known && (!b || a.Value != "1") {
		v.Problem = fmt.Sprintf("log-bin=%s switches the binary log ON with the base name %q; use skip-log-bin or log-bin without a value", a.Value, a.Value)
	}
	return v
}

// ruleLogIndex: an index file's name gets ".index" and is made absolute below
// the data directory.
func ruleLogIndex(string) rule {
	return func(st *state, a Assigned) *Value {
		if !a.HasValue || a.Value == "" {
			return &Value{Unsure: "named after the log"}
		}
		name := a.Value
		if base := path.Base(name); !strings.HasSuffix(base, ".index") {
			if i := strings.LastIndexByte(base, '.'); i >= 0 {
				name = name[:len(name)-len(base)+i]
			}
			name += ".index"
		}
		return &Value{Text: underDatadir(st, name), Also: []string{name, "./" + name}}
	}
}

func ruleRelayLog(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the host"}
	}
	return &Value{Text: a.Value, Also: pathForms(st, a.Value)}
}

func underDatadir(st *state, name string) string {
	if path.IsAbs(name) {
		return name
	}
	if dir := st.running("datadir"); dir != "" {
		return path.Join(dir, name)
	}
	return name
}

// pathForms are the ways in which a server may print a relative path.
func pathForms(st *state, p string) []string {
	if path.IsAbs(p) || p == "" {
		return nil
	}
	out := []string{"./" + p}
	for _, v := range [...]string{"datadir", "basedir"} {
		if dir := st.running(v); dir != "" {
			out = append(out, path.Join(dir, p))
		}
	}
	return out
}

func rulePath(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	return &Value{Text: a.Value, Also: pathForms(st, a.Value)}
}

// ruleDirectory: directories get a slash at their end, "no value" keeps them.
func ruleDirectory(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	v := &Value{Text: a.Value, Also: pathForms(st, a.Value)}
	if a.Value != "" && !strings.HasSuffix(a.Value, "/") && !strings.EqualFold(a.Value, "NULL") {
		v.Also = append(v.Also, a.Value+"/")
	}
	return v
}

// ruleLogError: the error log's name gets ".err" if it has no extension, and
// "./" if it is relative; "stderr" is the console.
func ruleLogError(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the host"}
	}
	name := a.Value
	if !strings.Contains(path.Base(name), ".") {
		name += ".err"
	}
	if !path.IsAbs(name) && !strings.HasPrefix(name, "./") {
		name = "./" + name
	}
	v := &Value{Text: name, Also: append(pathForms(st, strings.TrimPrefix(name, "./")), a.Value)}
	if console(st) {
		v.Also = append(v.Also, "stderr")
	}
	return v
}

func console(st *state) bool {
	a, ok := st.last["--console"]
	if !ok {
		return false
	}
	on, _ := parseBool(a.text())
	return on
}

func rulePidFile(st *state, a Assigned) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the host"}
	}
	v := &Value{Text: a.Value, Also: pathForms(st, a.Value)}
	if path.Ext(a.Value) != ".pid" {
		with := strings.TrimSuffix(a.Value, path.Ext(a.Value)) + ".pid"
		v.Also = append(append(v.Also, with, a.Value+".pid"), pathForms(st, with)...)
	}
	return v
}

// sqlModeSets are the combined modes, by flavour. (MySQL manual "SQL Modes";
// sql_class.h of MariaDB: TRADITIONAL has NO_AUTO_CREATE_USER there.)
var sqlModeSets = map[model.Flavour]map[string][]string{
	model.MySQL: {
		"ANSI":        {"REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ONLY_FULL_GROUP_BY", "ANSI"},
		"TRADITIONAL": {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "NO_ENGINE_SUBSTITUTION"},
	},
	model.MariaDB: {
		"ANSI":        {"REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ANSI"},
		"ORACLE":      {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ORACLE", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_AUTO_CREATE_USER", "SIMULTANEOUS_ASSIGNMENT"},
		"MSSQL":       {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "MSSQL", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"POSTGRESQL":  {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "POSTGRESQL", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"DB2":         {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "DB2", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS"},
		"MAXDB":       {"PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "MAXDB", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_AUTO_CREATE_USER"},
		"MYSQL323":    {"MYSQL323", "HIGH_NOT_PRECEDENCE"},
		"MYSQL40":     {"MYSQL40", "HIGH_NOT_PRECEDENCE"},
		"TRADITIONAL": {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "NO_AUTO_CREATE_USER", "NO_ENGINE_SUBSTITUTION"},
	},
}

// mysqlSQLModes are the modes of MySQL 8.0 and later in bit order, those that
// are gone left empty. (sql/sys_vars.cc, sql_mode_names)
var mysqlSQLModes = []string{
	"REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "NOT_USED", "ONLY_FULL_GROUP_BY",
	"NO_UNSIGNED_SUBTRACTION", "NO_DIR_IN_CREATE", "NOT_USED_9", "NOT_USED_10", "NOT_USED_11", "NOT_USED_12", "NOT_USED_13",
	"NOT_USED_14", "NOT_USED_15", "NOT_USED_16", "NOT_USED_17", "NOT_USED_18", "ANSI", "NO_AUTO_VALUE_ON_ZERO",
	"NO_BACKSLASH_ESCAPES", "STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE",
	"ALLOW_INVALID_DATES", "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "NOT_USED_29", "HIGH_NOT_PRECEDENCE",
	"NO_ENGINE_SUBSTITUTION", "PAD_CHAR_TO_FULL_LENGTH", "TIME_TRUNCATE_FRACTIONAL",
}

func sqlModeMembers(c *Catalogue, s *Spec) []string {
	if c.server.Flavour == model.MySQL && (c.server.Version.IsZero() || c.server.Version.AtLeast(8, 0, 0)) {
		return mysqlSQLModes
	}
	return s.Members
}

// ruleSQLMode reads a list or a bit mask and adds what combined modes stand for.
func ruleSQLMode(st *state, a Assigned) *Value {
	members := sqlModeMembers(st.c, a.Spec)
	if len(members) == 0 {
		return &Value{Text: canonicalList(a.text())}
	}
	mask, ok := setMask(a.text(), members)
	if !ok {
		return &Value{Unsure: "a mode that this server does not know", Problem: fmt.Sprintf("sql_mode %q: a mode that this server does not know; it does not start", a.Value), Refused: true}
	}
	for mode, with := range sqlModeSets[st.c.server.Flavour] {
		if i := findMember(mode, members); i >= 0 && mask&(1<<uint(i)) != 0 {
			for _, w := range with {
				if j := findMember(w, members); j >= 0 {
					mask |= 1 << uint(j)
				}
			}
		}
	}
	return &Value{Text: setText(mask, members)}
}

func ruleTimeZone(_ *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	z := a.Value
	if strings.EqualFold(z, "SYSTEM") {
		z = "SYSTEM"
	}
	if len(z) > 1 && (z[0] == '+' || z[0] == '-') {
		z = canonicalTimeZone(z)
	}
	return &Value{Text: z}
}

func ruleCharset(_ *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	return &Value{Text: canonicalCharset(a.Value)}
}

// ruleExternalLocking: skip_external_locking is a variable of its own, and what
// is left when external-locking is not asked for.
func ruleExternalLocking(_ *state, a Assigned) *Value {
	on, _ := parseBool(a.text())
	if underscored(a.Option) == "external_locking" {
		on = !on
	}
	return &Value{Text: onOff(on)}
}

func ruleSymlink(_ *state, a Assigned) *Value {
	if on, _ := parseBool(a.text()); !on {
		return &Value{Text: "DISABLED"}
	}
	return &Value{Text: "YES"}
}

// ruleSkipErrors: a list of error numbers comes out sorted; "all" is ALL in
// MySQL and every number in MariaDB; MySQL knows ddl_exist_errors.
func ruleSkipErrors(st *state, a Assigned) *Value {
	text := strings.ToLower(strings.TrimSpace(a.text()))
	switch {
	case strings.HasPrefix(text, "all"):
		v := &Value{Text: "ALL"}
		if run := st.running(a.Variable); strings.HasPrefix(run, "0,1,2,3,4,5,6,7,8,9,10,") {
			v.Also = []string{run}
		}
		return v
	case st.c.isMaria() && strings.Contains(text, "ddl_exist_errors"):
		return &Value{Text: "OFF", Problem: "ddl_exist_errors is a word of MySQL: MariaDB skips nothing"}
	}
	return &Value{Text: skipErrorNumbers(text)}
}

// alwaysRetried are the errors that MariaDB retries before those it is told of.
// (sql/slave.cc, default_slave_transaction_retry_errors)
const alwaysRetried = "1158,1159,1160,1161,1205,1213,1020,1429,2013,12701"

// ruleRetryErrors: the numbers are added to a list of the server's own, up to
// the first word that is none.
func ruleRetryErrors(_ *state, a Assigned) *Value {
	out := []string{alwaysRetried}
	for _, word := range strings.FieldsFunc(a.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if !isDigits(word) {
			break
		}
		out = append(out, word)
	}
	return &Value{Text: strings.Join(out, ",")}
}

// ruleLogSlowFilter: an empty filter filters nothing, and so is all of its members.
func ruleLogSlowFilter(_ *state, a Assigned) *Value {
	if !a.HasValue || a.Value != "" {
		return nil
	}
	return &Value{Text: strings.Join(a.Spec.Members, ",")}
}

func ruleList(_ *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	return &Value{Text: a.Value, Also: []string{canonicalList(a.Value)}}
}

// ruleLogOutput: a set, empty means NONE is not implied; names have no case.
func ruleLogOutput(_ *state, a Assigned) *Value {
	members := a.Spec.Members
	if len(members) == 0 {
		members = []string{"NONE", "FILE", "TABLE"}
	}
	mask, ok := setMask(a.text(), members)
	if !ok {
		return nil
	}
	if !a.HasValue {
		return &Value{Text: "FILE", Also: []string{"NONE"}}
	}
	return &Value{Text: setText(mask, members)}
}

func ruleEventScheduler(_ *state, a Assigned) *Value {
	members := a.Spec.Members
	if len(members) == 0 {
		members = []string{"OFF", "ON", "DISABLED"}
	}
	if m, ok := enumValue(a.text(), members); ok {
		return &Value{Text: m}
	}
	return nil
}

// ruleMembers: options that the server takes as text and reads as an enum.
func ruleMembers(members ...string) rule {
	return func(_ *state, a Assigned) *Value {
		if b, known := parseBool(a.text()); known {
			return &Value{Text: onOff(b)}
		}
		if m, ok := enumValue(a.text(), members); ok {
			return &Value{Text: m}
		}
		return nil
	}
}
