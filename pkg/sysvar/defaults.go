package sysvar

import (
	"math"
	"path"
	"strconv"
)

// Default is what a fresh server has for a variable that the declaration does
// not set: the compiled value, or what the server derives from other variables.
// ok is false if that cannot be told: it depends on the host, or the catalogue
// does not know the variable.
func (f *Fresh) Default(variable string) (*Value, bool) {
	if v := f.Declared(variable); v != nil {
		return v, v.Unsure == ""
	}
	name := f.st.c.Group(variable)
	if v, decided := f.derived(name); decided {
		return v, v != nil
	}
	s, ok := f.st.c.Lookup(variable)
	if !ok || s.PerPod {
		return nil, false
	}
	if s.HostDependent && s.Name != "table_open_cache" && s.Name != "thread_cache_size" {
		return f.hostDefault(name)
	}
	if !s.HasDefault {
		return nil, false
	}
	v := &Value{Text: s.Default}
	if ceiling, ok := f.ceilings[name]; ok {
		v = f.under(ceiling, v)
	}
	return v, true
}

// CompiledDefault reports whether a value is what SET GLOBAL x = DEFAULT makes of
// a variable. What a start derives from other variables is not.
func (c *Catalogue) CompiledDefault(variable, value string) bool {
	s, ok := c.Lookup(variable)
	return ok && s.HasDefault && !s.HostDependent && c.Equal(variable, s.Default, value)
}

// derived computes defaults that follow from other variables. decided with a
// nil value means: there is no telling.
func (f *Fresh) derived(name string) (v *Value, decided bool) {
	fresh, then := f.limits.compute(false), f.limits.compute(true)
	number := func(a, b int64) (*Value, bool) {
		v := &Value{Text: strconv.FormatInt(a, 10)}
		if a != b {
			v.Also = []string{strconv.FormatInt(b, 10)}
		}
		return v, true
	}
	switch name {
	case "max_connections":
		if !f.limits.known {
			return nil, false
		}
		return number(fresh.connections, then.connections)
	case "table_open_cache":
		return number(fresh.tableCache, then.tableCache)
	case "thread_cache_size":
		return number(fresh.threadCache, then.threadCache)
	case "host_cache_size":
		return number(fresh.hostCache, then.hostCache)
	case "back_log":
		if f.st.c.isMaria() || !f.st.c.server.Version.AtLeast(9, 0, 0) {
			return number(fresh.backLog, then.backLog)
		}
		return f.derivedBacklog()
	case "innodb_open_files":
		return number(fresh.innodbFiles, then.innodbFiles)
	case "open_files_limit":
		return nil, true
	case "collation_server", "character_set_server", "collation_connection", "character_set_connection",
		"character_set_client", "character_set_results", "character_set_database", "collation_database":
		return f.derivedCharset(name)
	case "innodb_io_capacity":
		io, ok := f.st.compiled(name)
		if limit, declared := f.st.integer("innodb_io_capacity_max"); ok && declared && limit < io {
			return &Value{Text: strconv.FormatInt(limit, 10)}, true
		}
		return nil, false
	case "innodb_io_capacity_max":
		return f.derivedIOCapacity()
	case "innodb_max_dirty_pages_pct_lwm":
		return f.derivedDirtyPages()
	case "sql_big_selects":
		return f.derivedBigSelects()
	case "server_id":
		return &Value{Text: "1"}, true
	case "port":
		return &Value{Text: "3306"}, true // printed as 0 by MariaDB
	case "report_port":
		return &Value{Text: f.st.port(), Also: []string{f.st.running("port")}}, true
	case "general_log_file":
		return f.derivedLogFile(".log")
	case "slow_query_log_file":
		return f.derivedLogFile("-slow.log")
	case "read_only":
		if t, ok := f.st.declaredText("super_read_only"); ok && t == "ON" && !f.st.c.isMaria() {
			return &Value{Text: "ON"}, true
		}
		return nil, false
	case "log_replica_updates":
		if t, ok := f.st.declaredText("log_bin"); ok && t == "OFF" {
			return &Value{Text: "OFF"}, true
		}
		return nil, false
	}
	if p := (perfSchema{f}); p.sized(name) {
		return p.fallback(name), true
	}
	if f.st.c.isMaria() {
		return f.derivedMaria(name, fresh)
	}
	return f.derivedMySQL(name, fresh, then)
}

func (f *Fresh) derivedMySQL(name string, fresh, then sizes) (*Value, bool) {
	switch name {
	case "table_definition_cache":
		v := &Value{Text: strconv.FormatInt(fresh.definitionCache, 10)}
		if then.definitionCache != fresh.definitionCache {
			v.Also = []string{strconv.FormatInt(then.definitionCache, 10)}
		}
		return v, true
	case "innodb_buffer_pool_chunk_size", "innodb_page_cleaners", "innodb_buffer_pool_instances":
		return nil, true
	case "max_relay_log_size":
		return &Value{Text: "0"}, true
	case "log_error":
		return &Value{Text: "stderr"}, true
	case "relay_log":
		host := f.st.running("hostname")
		return &Value{Text: host + "-relay-bin", Also: pathForms(f.st, host+"-relay-bin")}, host != ""
	case "schema_definition_cache":
		return &Value{Text: "256"}, true
	case "temptable_max_mmap":
		if f.st.c.server.Version.AtLeast(8, 4, 0) {
			return &Value{Text: "0"}, true
		}
	case "innodb_redo_log_capacity":
		return f.derivedRedoLog()
	case "event_scheduler", "skip_networking", "port":
		if _, ok := f.st.last["--skip-grant-tables"]; ok {
			return nil, true
		}
	}
	return nil, false
}

// derivedBigSelects: all selects are allowed unless max_join_size is limited.
func (f *Fresh) derivedBigSelects() (*Value, bool) {
	t, declared := f.st.declaredText("max_join_size")
	return &Value{Text: onOff(!declared || t == strconv.FormatUint(math.MaxUint64, 10))}, true
}

// derivedRedoLog: 100 MiB, unless older options or a dedicated server size it.
func (f *Fresh) derivedRedoLog() (*Value, bool) {
	for _, name := range [...]string{"innodb_log_file_size", "innodb_log_files_in_group", "innodb_dedicated_server"} {
		if f.st.declared[name] != nil {
			return nil, true
		}
	}
	return &Value{Text: strconv.Itoa(100 * mib)}, true
}

func (f *Fresh) derivedMaria(name string, fresh sizes) (*Value, bool) {
	if v, decided := f.derivedBit(name); decided {
		return v, true
	}
	switch name {
	case "log_error", "relay_log":
		if v, ok := f.st.basename("relay_log", -1); ok && name == "relay_log" {
			return v, true
		}
		return &Value{Text: ""}, true
	case "table_open_cache_instances":
		return &Value{Text: strconv.FormatInt(fresh.instances, 10)}, true
	case "max_relay_log_size":
		if n, ok := f.st.integer("max_binlog_size"); ok {
			return &Value{Text: strconv.FormatInt(n, 10)}, true
		}
		return &Value{Text: "1073741824"}, true
	case "query_cache_type":
		// A query cache with a size and without a type is switched on.
		if n, ok := f.st.integer("query_cache_size"); ok && n > 0 {
			return &Value{Text: "ON"}, true
		}
	case "binlog_expire_logs_seconds":
		if t, ok := expireSeconds(f.st.declared["expire_logs_days"]); ok {
			return &Value{Text: t}, true
		}
	case "expire_logs_days":
		if t, ok := expireDays(f.st.declared["binlog_expire_logs_seconds"]); ok {
			return &Value{Text: t}, true
		}
	case "table_definition_cache":
		return &Value{Text: "400"}, true
	case "log_tc_size":
		return nil, false
	case "innodb_buffer_pool_size_auto_min":
		// It is the maximum, which the host may not have granted in full.
		limit := f.st.running("innodb_buffer_pool_size_max")
		if t, ok := f.st.declaredText("innodb_buffer_pool_size_max"); ok {
			return &Value{Text: t, Also: []string{limit}}, true
		}
		if limit != "" {
			return &Value{Text: limit}, true
		}
	case "have_ssl", "wsrep_on", "innodb_undo_tablespaces":
		return nil, true // the last was decided when the data directory was made
	}
	return nil, false
}

// derivedCharset: the character set and the collation of the server follow one
// another, and the session defaults follow them.
func (f *Fresh) derivedCharset(name string) (*Value, bool) {
	st := f.st
	charset, hasCharset := st.declaredText("character_set_server")
	collation, hasCollation := st.declaredText("collation_server")
	if !hasCharset && !hasCollation {
		return nil, false
	}
	if !hasCollation {
		var ok bool
		if collation, ok = collationOf(charset, st.c.server); !ok {
			return nil, true
		}
	}
	switch name {
	case "collation_server":
		return &Value{Text: canonicalCharset(collation)}, true
	case "character_set_server":
		return &Value{Text: charsetOf(collation)}, true
	}
	return nil, true
}

// derivedBacklog: to 9.7.4 only back_log=0 means max_connections; since when was not
// seen.
func (f *Fresh) derivedBacklog() (*Value, bool) {
	if !f.st.c.server.Version.AtLeast(9, 7, 0) {
		return nil, true
	}
	return &Value{Text: "10000"}, true
}

func (f *Fresh) derivedIOCapacity() (*Value, bool) {
	io, ok := f.st.integer("innodb_io_capacity")
	if !ok && f.st.declared["innodb_io_capacity"] == nil {
		io, ok = f.st.compiled("innodb_io_capacity")
	}
	if !ok {
		return nil, true
	}
	v := max(2*io, 2000)
	if !f.st.c.isMaria() && f.st.c.server.Version.AtLeast(8, 4, 0) {
		v = 2 * io
	}
	return &Value{Text: strconv.FormatInt(v, 10)}, true
}

// derivedLogFile: the logs are called after the host, below the data directory.
func (f *Fresh) derivedLogFile(suffix string) (*Value, bool) {
	for variable, file := range basenameFiles {
		if v, ok := f.st.basename(variable, -1); ok && file.suffix == suffix {
			return v, true
		}
	}
	host := f.st.running("hostname")
	if host == "" {
		return nil, true
	}
	name := host + suffix
	return &Value{Text: name, Also: []string{path.Join(f.st.running("datadir"), name), "./" + name}}, true
}
