package sysvar

import (
	"fmt"
	"math/bits"
	"path"
	"strconv"
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
		"log_bin":                    ruleLogBin,
		"log_bin_index":              ruleLogBinIndex,
		"relay_log_index":            ruleRelayLogIndex,
		"sql_mode":                   ruleSQLMode,
		"time_zone":                  ruleTimeZone,
		"character_set_server":       ruleCharset,
		"collation_server":           ruleCharset,
		"character_set_filesystem":   ruleCharset,
		"log_error":                  ruleLogError,
		"skip_external_locking":      ruleExternalLocking,
		"have_symlink":               ruleSymlink,
		"slave_skip_errors":          ruleSkipErrors,
		"replica_skip_errors":        ruleSkipErrors,
		"log_output":                 ruleLogOutput,
		"event_scheduler":            ruleEventScheduler,
		"pid_file":                   rulePidFile,
		"datadir":                    ruleDirectory,
		"plugin_dir":                 ruleDirectory,
		"basedir":                    ruleDirectory,
		"character_sets_dir":         ruleShared,
		"lc_messages_dir":            ruleShared,
		"secure_file_priv":           ruleSecureFilePriv,
		"tmpdir":                     rulePath,
		"slave_load_tmpdir":          rulePath,
		"replica_load_tmpdir":        rulePath,
		"innodb_undo_directory":      rulePath,
		"general_log_file":           ruleLogFile(".log"),
		"slow_query_log_file":        ruleLogFile("-slow.log"),
		"relay_log":                  ruleRelayLog,
		"innodb_data_home_dir":       rulePath,
		"innodb_log_group_home_dir":  rulePath,
		"innodb_monitor_enable":      ruleMonitor,
		"innodb_monitor_disable":     ruleMonitor,
		"innodb_monitor_reset":       ruleMonitor,
		"innodb_monitor_reset_all":   ruleMonitor,
		"report_port":                ruleReportPort,
		"port":                       rulePort,
		"innodb_ft_sort_pll_degree":  ruleSortDegree,
		"innodb_page_size":           rulePageSize,
		"innodb_data_file_path":      ruleDataFilePath,
		"innodb_temp_data_file_path": ruleDataFilePath,
		"default_storage_engine":     ruleEngine,
		"default_tmp_storage_engine": ruleEngine,
		"enforce_storage_engine":     ruleEngine,
		"lower_case_table_names":     ruleLowerCase,
		"myisam_recover_options":     ruleMyisamRecover,
		"lc_messages":                ruleLocale,
		"lc_time_names":              ruleLocale,
		"innodb_undo_tablespaces":    ruleUnsure("fixed when the data directory was initialised"),
	}
	flavourRules = map[model.Flavour]map[string]rule{
		model.MySQL: {
			"basedir":                     ruleBasedir,
			"enforce_gtid_consistency":    ruleMembers("OFF", "ON", "WARN"),
			"innodb_temp_tablespaces_dir": ruleTempTablespaces,
			"log_error_services":          ruleErrorServices,
			"log_error_suppression_list":  ruleSuppressionList,
			"authentication_policy":       ruleAuthenticationPolicy,
			"ssl_cipher":                  ruleCiphers,
			"admin_ssl_cipher":            ruleCiphers,
			"tls_ciphersuites":            ruleCiphers,
			"admin_tls_ciphersuites":      ruleCiphers,
			"slow_query_log":              ruleLogSwitch,
			"general_log":                 ruleLogSwitch,
			"skip_name_resolve":           rulePresence,
			"tls_version":                 ruleTLSVersion,
			"admin_tls_version":           ruleTLSVersion,
			"innodb_log_write_ahead_size": rulePowerOfTwo,
		},
		model.MariaDB: {
			"log_slow_filter":                ruleLogSlowFilter,
			"log_warnings":                   ruleLogWarnings,
			"innodb_log_file_buffering":      ruleHost("OFF", "ON"),
			"innodb_log_file_mmap":           ruleHost("ON", "OFF"),
			"max_relay_log_size":             ruleRelayLogSize,
			"replicate_rewrite_db":           ruleRewriteDB,
			"replicate_do_table":             ruleTableFilter,
			"replicate_ignore_table":         ruleTableFilter,
			"replicate_wild_do_table":        ruleTableFilter,
			"replicate_wild_ignore_table":    ruleTableFilter,
			"slave_transaction_retry_errors": ruleRetryErrors,
		},
	}
}

func ruleUnsure(why string) rule {
	return func(*state, Assigned) *Value { return &Value{Unsure: why} }
}

// rulePresence: options of MySQL that switch something ON with any value but the
// word OFF, which releases before 8.0 do not look at either. Under a prefix they
// are booleans. (mysqld.cc, OPT_SKIP_RESOLVE; seen on 9.7.4)
func rulePresence(st *state, a Assigned) *Value {
	if a.Negated || a.Enabled {
		return nil
	}
	if strings.EqualFold(a.text(), "OFF") && st.c.atLeast8() {
		return &Value{Text: "OFF"}
	}
	v := &Value{Text: "ON"}
	if on, known := parseBool(a.text()); !on {
		v.Adjusted = "the option switches it ON with any value but OFF"
		v.Problem = fmt.Sprintf("%s=%s still switches it ON: write OFF, or take the line out", a.Option, a.Value)
		if !known {
			v.Problem = fmt.Sprintf("%q is no boolean: the server switches %s ON; write ON or OFF", a.Value, a.Option)
		}
	}
	return v
}

// ruleLogBin: the option names the binary log's base file, the variable says
// whether there is one. log_bin=OFF and log_bin=0 are file names too.
func ruleLogBin(_ *state, a Assigned) *Value {
	if a.Negated || a.Enabled { // skip-log-bin=0 is ON
		return &Value{Text: onOff(a.text() == "1")}
	}
	v := &Value{Text: "ON"}
	if b, known := parseBool(a.Value); a.HasValue && known && (!b || a.Value != "1") {
		v.Problem = fmt.Sprintf("log-bin=%s switches the binary log ON with the base name %q; use skip-log-bin or log-bin without a value", a.Value, a.Value)
	}
	return v
}

// ruleLogBinIndex: there is no index without a binary log.
func ruleLogBinIndex(st *state, a Assigned) *Value {
	on := !st.c.isMaria()
	if declared, ok := st.last["log_bin"]; ok {
		on = st.evaluate(declared).Text == "ON"
	}
	return logIndex(st, a, on, st.running("log_bin") != "OFF")
}

// ruleRelayLogIndex: MariaDB shows none before it has opened a relay log, which
// it does at its start only if the log has a name or there is a source.
func ruleRelayLogIndex(st *state, a Assigned) *Value {
	_, named := st.last["relay_log"]
	return logIndex(st, a, named || !st.c.isMaria(), true)
}

// withoutEnding cuts a path at the first point in its last name, as the servers
// do with the names of logs. (fn_format; seen on 9.7.4 and 10.11.19)
func withoutEnding(name string) string {
	dir, base := path.Split(name)
	base, _, _ = strings.Cut(base, ".")
	return dir + base
}

// logIndex: an index file's name gets ".index" and is made absolute below the
// data directory; where there is no log it is empty. running says that the log
// may be there although the declaration says that it is not.
func logIndex(st *state, a Assigned, fresh, running bool) *Value {
	if !a.HasValue || a.Value == "" {
		return &Value{Unsure: "named after the log"}
	}
	name := withoutEnding(a.Value) + ".index"
	v := &Value{Text: underDatadir(st, name), Also: []string{name, "./" + name}}
	switch {
	case fresh && !running:
		v.Also = append(v.Also, "")
	case !fresh && running:
		v = &Value{Text: "", Also: append(v.Also, v.Text), Limited: "there being no log"}
	case !fresh:
		v = &Value{Text: "", Limited: "there being no log"}
	}
	return v
}

// ruleMonitor: the text is shown up to the first of several counters, whether
// the server knows it or not.
func ruleMonitor(_ *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	v := &Value{Text: a.Value}
	if i := strings.IndexAny(a.Value, ",;"); i >= 0 {
		v.Text, v.Also = a.Value[:i], []string{a.Value}
	}
	return v
}

// ruleReportPort: 0 stands for the server's own port.
func ruleReportPort(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if v.Text == "0" {
		v.Text, v.Also, v.Adjusted = st.port(), []string{st.running("port"), "0"}, "0 means: the server's own port"
	}
	return v
}

// port is the one that the server listens at.
func (st *state) port() string {
	if a, ok := st.last["port"]; ok {
		return st.evaluate(a).Text
	}
	if p := st.running("port"); p != "" && p != "0" {
		return p
	}
	return "3306"
}

// ruleRelayLogSize: less than a block is 0, which stands for max_binlog_size.
func ruleRelayLogSize(st *state, a Assigned) *Value {
	n, ok := parseNumber(a.text())
	if !ok || n.value.Sign() < 0 || !n.value.IsInt64() || n.value.Int64() >= 4096 {
		return nil
	}
	v := &Value{Text: strconv.Itoa(gib), Adjusted: "0 means: max_binlog_size"}
	if size, ok := st.last["max_binlog_size"]; ok {
		v.Text = st.evaluate(size).Text
	}
	v.Also = []string{st.running("max_binlog_size")}
	return v
}

// rulePowerOfTwo: MySQL goes down to the next power of two since it has dynamic
// redo logs; older releases went up.
func rulePowerOfTwo(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	n, err := strconv.ParseUint(v.Text, 10, 63)
	if err != nil || n&(n-1) == 0 {
		return v
	}
	down := uint64(1) << (bits.Len64(n) - 1)
	v.Text, v.Adjusted = strconv.FormatUint(down, 10), "no power of two"
	if !st.c.server.Version.AtLeast(9, 0, 0) {
		v.Also = append(v.Also, strconv.FormatUint(2*down, 10))
	}
	return v
}

// rulePort: 0 is the port that the server was built with. Seen on 9.7.4 and 10.11.19.
func rulePort(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if v.Text == "0" {
		v.Text, v.Adjusted = "3306", "0 means the built-in port"
	}
	return v
}

// ruleSortDegree: InnoDB goes up to the next power of two. (innodb_init_params; seen
// on 9.7.4 and 10.11.19)
func ruleSortDegree(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if n, err := strconv.ParseUint(v.Text, 10, 32); err == nil && n&(n-1) != 0 {
		v.Text, v.Adjusted = strconv.FormatUint(1<<bits.Len64(n), 10), "no power of two"
	}
	return v
}

// ruleLogWarnings: without a value it is its default. A suffix is not looked at,
// and of a large number 32 bits are left. (mysqld_get_one_option, 'W')
func ruleLogWarnings(st *state, a Assigned) *Value {
	if a.Negated || a.Enabled || a.Value == "" && a.HasValue {
		return nil
	}
	if !a.HasValue {
		return &Value{Text: "2"}
	}
	v := st.evaluateType(a)
	if v.Unsure != "" {
		return v
	}
	digits := strings.TrimRight(strings.TrimLeft(a.Value, " +"), "KkMmGgTtPpEeBb")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		v.Text, v.Adjusted = strconv.FormatUint(uint64(int64(int32(n))), 10), "" //nolint:gosec // that is what the server does
		if digits != v.Text {
			v.Adjusted = "the server takes 32 bits of the number"
		}
	}
	return v
}

// ruleHost: where the file system of the redo log, or its block size, does not
// allow what is declared (O_DIRECT, a mapped file), the server does the other.
// Seen on 10.11.19 on a tmpfs.
func ruleHost(declared, forced string) rule {
	return func(st *state, a Assigned) *Value {
		v := st.evaluateType(a)
		if v.Text == declared {
			v.Host = []string{forced}
		}
		return v
	}
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

// ruleSkipErrors: a list of error numbers comes out sorted. The whole word "all"
// is ALL in MySQL and every number in MariaDB; MySQL takes ddl_exist_errors, in
// the first place only, for a list of its own.
func ruleSkipErrors(st *state, a Assigned) *Value {
	text := strings.TrimLeft(strings.ToLower(a.text()), " \t")
	const ddl = "ddl_exist_errors"
	below := maxSkippedError(st.c.isMaria())
	rest, found := strings.CutPrefix(text, ddl)
	switch {
	case text == "all":
		v := &Value{Text: "ALL"}
		if run := st.running(a.Variable); strings.HasPrefix(run, "0,1,2,3,4,5,6,7,8,9,10,") {
			v.Also = []string{run}
		}
		return v
	case found && st.c.isMaria():
		return &Value{Text: "OFF", Problem: ddl + " is a word of MySQL: MariaDB skips nothing"}
	case found:
		return &Value{Text: skipErrorNumbers(strings.Join(ddlExistErrors, ",")+","+strings.TrimLeft(rest, ", \t"), below)}
	}
	v := &Value{Text: skipErrorNumbers(text, below)}
	if strings.Contains(text, ddl) || v.Text == "OFF" && text != "off" && text != "" {
		v.Problem = fmt.Sprintf("%q: the server reads it up to the first word that is no number", a.Value)
	}
	return v
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

// ruleMyisamRecover: no member at all is OFF. Seen on 10.11.19.
func ruleMyisamRecover(st *state, a Assigned) *Value {
	v := st.evaluateType(a)
	if v.Text == "" && v.Unsure == "" {
		v.Text = "OFF"
	}
	return v
}

// ruleTLSVersion: MySQL 9 does not start with a version of TLS that it does not
// have; what older releases do was not seen. Seen on 9.7.4.
func ruleTLSVersion(st *state, a Assigned) *Value {
	if !a.HasValue {
		return nil
	}
	for _, word := range strings.Split(a.Value, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" && word != "tlsv1.2" && word != "tlsv1.3" && st.c.server.Version.AtLeast(9, 0, 0) {
			return st.refused(a, fmt.Sprintf("%q is neither TLSv1.2 nor TLSv1.3", word))
		}
	}
	return &Value{Text: a.Value, Also: []string{canonicalList(a.Value)}}
}

// ruleLogOutput: a set, empty means NONE is not implied; names have no case.
func ruleLogOutput(st *state, a Assigned) *Value {
	members := a.Spec.Members
	if len(members) == 0 {
		members = []string{"NONE", "FILE", "TABLE"}
	}
	mask, ok := st.c.optionMask(a.text(), members)
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

// ruleMembers: options that the server takes as text and reads as a boolean, or
// one of a list by its whole name or its index. Anything else leaves the default,
// with a warning that speaks of OFF. Seen on 9.7.4.
func ruleMembers(members ...string) rule {
	return func(_ *state, a Assigned) *Value {
		text := a.text()
		if b, known := parseBool(text); known {
			return &Value{Text: onOff(b)}
		}
		for i, m := range members {
			if strings.EqualFold(m, text) || text == strconv.Itoa(i) {
				return &Value{Text: m}
			}
		}
		return &Value{Text: a.Spec.Default, Adjusted: "not one of its values, the default is kept",
			Problem: fmt.Sprintf("%q is none of %s: the server keeps %s", a.Value, strings.Join(members, ", "), a.Spec.Default)}
	}
}
