package sysvar

import (
	"strconv"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// couple applies what one declared variable does to another.
func (f *Fresh) couple() {
	st := f.st
	f.coupleAnsi()
	if st.c.isMaria() {
		f.coupleMaria()
		return
	}
	// super_read_only=ON makes the server read-only as well.
	if v, ok := st.declaredText("super_read_only"); ok && v == "ON" {
		if w := st.declared["read_only"]; w != nil && w.Text != "ON" {
			w.Text, w.Adjusted = "ON", "super_read_only=ON implies it"
		}
	}
	f.coupleIOCapacity()
	f.coupleDirtyPages()
	f.coupleBufferPool()
	f.coupleFlush()
}

// coupleFlush: what is flushed after each statement needs no flushing by time. Seen
// on 9.7.4 and 10.11.19.
func (f *Fresh) coupleFlush() {
	flush, ok := f.st.declaredText("flush")
	if v := f.st.declared["flush_time"]; ok && flush == "ON" && v != nil && v.Text != "0" {
		v.Text, v.Adjusted = "0", "flush=ON needs none"
	}
}

// coupleCausalReads: wsrep_causal_reads is the first bit of wsrep_sync_wait. The
// later one decides, but OFF takes no bit away. Seen on 10.11.19.
func (f *Fresh) coupleCausalReads() {
	causal, wait := f.st.declared["wsrep_causal_reads"], f.st.declared["wsrep_sync_wait"]
	n, ok := f.st.integer("wsrep_sync_wait")
	if causal == nil || wait == nil || !ok {
		return
	}
	later := f.st.last["wsrep_causal_reads"].Index > f.st.last["wsrep_sync_wait"].Index
	if later && causal.Text == "ON" && n&1 == 0 {
		wait.Text, wait.Adjusted = strconv.FormatInt(n|1, 10), "wsrep_causal_reads=ON stands later"
		return
	}
	if bit := onOff(n&1 == 1); causal.Text != bit {
		causal.Text, causal.Adjusted = bit, "the first bit of wsrep_sync_wait"
	}
}

// coupleAnsi: the option ansi sets two variables, which options after it may set
// again. Seen on 9.7.4 and 10.11.19.
func (f *Fresh) coupleAnsi() {
	ansi, ok := f.st.last["--ansi"]
	if !ok {
		return
	}
	for variable, value := range map[string]string{"sql_mode": "ANSI", "transaction_isolation": "SERIALIZABLE"} {
		key := f.st.c.Group(variable)
		if a, declared := f.st.last[key]; declared && a.Index < ansi.Index {
			a.Value, a.HasValue = value, true
			f.st.declared[key] = f.st.evaluate(a)
			f.st.declared[key].Adjusted = "ansi stands later"
		}
	}
}

// showBinlogBase: of the name that log-bin gives, log_bin shows nothing, and
// log_bin_basename all. Seen on 9.7.4 and 10.11.19.
func (f *Fresh) showBinlogBase() {
	const base = "log_bin_basename"
	spec, known := f.st.c.Lookup(base)
	a, named := f.st.last["log_bin"]
	if !known || !named || !a.HasValue || a.Value == "" || a.Negated || a.Enabled {
		return
	}
	fresh, _ := f.st.declaredText("log_bin")
	_, renamed := f.st.last["--log-basename"]
	if fresh != "ON" || f.st.running("log_bin") != "ON" || f.st.running("datadir") == "" || renamed {
		return
	}
	a.Variable, a.Spec = base, spec
	f.st.last[base] = a
	name := withoutEnding(a.Value)
	f.st.declared[base] = &Value{Text: underDatadir(f.st, name), Also: []string{name}}
}

func (f *Fresh) coupleMaria() {
	st := f.st
	// expire_logs_days and binlog_expire_logs_seconds set each other: the later one wins.
	days, hasDays := st.last["expire_logs_days"]
	seconds, hasSeconds := st.last["binlog_expire_logs_seconds"]
	if hasDays && hasSeconds {
		if days.Index > seconds.Index {
			if v, ok := expireSeconds(st.declared["expire_logs_days"]); ok {
				*st.declared["binlog_expire_logs_seconds"] = Value{Text: v, Adjusted: "expire_logs_days stands later"}
			}
		} else if v, ok := expireDays(st.declared["binlog_expire_logs_seconds"]); ok {
			*st.declared["expire_logs_days"] = Value{Text: v, Adjusted: "binlog_expire_logs_seconds stands later"}
		}
	}
	// A query cache with a size is switched on whatever its type says. Seen on 10.11.19.
	if n, ok := st.integer("query_cache_size"); ok && n > 0 {
		if v := st.declared["query_cache_type"]; v != nil && v.Text == "OFF" {
			v.Text, v.Adjusted = "ON", "query_cache_size switches it on: declare that as 0"
		}
	}
	f.coupleBasename()
	f.coupleIOCapacity()
	f.coupleDirtyPages()
	f.coupleBits()
	f.couplePoolMaximum()
	f.coupleCausalReads()
	f.coupleFlush()
}

// basenameFiles are what MariaDB's log-basename names, below the data directory
// where absolute. (OPT_LOG_BASENAME in sql/mysqld.cc; seen on 10.11.19)
var basenameFiles = map[string]struct {
	suffix   string
	absolute bool
}{
	"general_log_file": {".log", false}, "slow_query_log_file": {"-slow.log", false}, "relay_log": {"-relay-bin", false},
	"log_bin_index": {"-bin.index", true}, "relay_log_index": {"-relay-bin.index", true}, "log_error": {".err", false},
}

// basename is what log-basename makes of a file's name, if it stands behind the
// option that names the file.
func (st *state) basename(variable string, after int) (*Value, bool) {
	a, ok := st.last["--log-basename"]
	file, named := basenameFiles[variable]
	if !ok || !named || !a.HasValue || !st.c.isMaria() || a.Index < after {
		return nil, false
	}
	name := a.Value + file.suffix
	v := &Value{Text: name, Also: append(pathForms(st, name), underDatadir(st, name))}
	if file.absolute {
		v.Text = underDatadir(st, name)
	}
	return v, true
}

// coupleBasename: log-basename overrules what stands before it.
func (f *Fresh) coupleBasename() {
	for variable := range basenameFiles {
		key := f.st.c.Group(variable)
		declared, winner := f.st.declared[key], f.st.last[key]
		if declared == nil || variable == "log_bin_index" && declared.Limited != "" || variable == "relay_log_index" && declared.Limited != "" {
			continue
		}
		if v, ok := f.st.basename(variable, winner.Index); ok {
			v.Adjusted = "log-basename stands later"
			*declared = *v
		}
	}
}

// couplePoolMaximum: innodb_buffer_pool_size_max is no less than the pool, in
// whole extents of 8 MiB. innodb_buffer_pool_size_auto_min may be less than the
// pool, but less than an extent or more than the maximum is the maximum, as when
// it is not set. Seen on 10.11.19.
func (f *Fresh) couplePoolMaximum() {
	st := f.st
	pool, ok := st.integer("innodb_buffer_pool_size")
	if !ok {
		pool = 128 * mib
	}
	limit, ok := st.integer("innodb_buffer_pool_size_max")
	if ok {
		const extent = 8 * mib
		limit = max(limit, (pool+extent-1)/extent*extent)
		f.setComputed("innodb_buffer_pool_size_max", limit, "not less than innodb_buffer_pool_size")
		// So much address space is asked for only, and not always granted.
		if v := st.declared["innodb_buffer_pool_size_max"]; limit >= 1024*gib {
			v.Also, v.Limited = append(v.Also, st.running("innodb_buffer_pool_size_max")), "the host's limit of address space"
		}
	} else if limit, ok = st.seenInteger("innodb_buffer_pool_size_max"); !ok {
		if limit, ok = st.compiled("innodb_buffer_pool_size_max"); !ok {
			return
		}
	}
	if n, ok := st.integer("innodb_buffer_pool_size_auto_min"); ok && (n == 0 || n > limit) {
		f.setComputed("innodb_buffer_pool_size_auto_min", limit, "not between 8M and innodb_buffer_pool_size_max")
	}
}

func expireSeconds(v *Value) (string, bool) {
	if v == nil || v.Unsure != "" {
		return "", false
	}
	d, ok := parseDouble(v.Text)
	return strconv.FormatInt(int64(d*86400), 10), ok
}

func expireDays(v *Value) (string, bool) {
	if v == nil || v.Unsure != "" {
		return "", false
	}
	s, ok := parseDouble(v.Text)
	return formatDouble(s / 86400), ok
}

// coupleIOCapacity: innodb_io_capacity above innodb_io_capacity_max is brought
// down to it. (innodb_init_params)
func (f *Fresh) coupleIOCapacity() {
	io, ok1 := f.st.integer("innodb_io_capacity")
	limit, ok2 := f.st.integer("innodb_io_capacity_max")
	if ok1 && ok2 && limit < io {
		v := f.st.declared["innodb_io_capacity"]
		v.Text, v.Limited = strconv.FormatInt(limit, 10), "innodb_io_capacity_max"
	}
}

// coupleDirtyPages: the low water mark is not above innodb_max_dirty_pages_pct.
// (innodb_init_params)
func (f *Fresh) coupleDirtyPages() {
	v := f.st.declared["innodb_max_dirty_pages_pct_lwm"]
	limit, ok := f.st.declaredText("innodb_max_dirty_pages_pct")
	if f.st.declared["innodb_max_dirty_pages_pct"] == nil {
		if s, known := f.st.c.Lookup("innodb_max_dirty_pages_pct"); known && s.HasDefault {
			limit, ok = s.Default, true
		}
	}
	if v == nil || !ok || v.Unsure != "" {
		return
	}
	low, ok1 := parseDouble(v.Text)
	if high, ok2 := parseDouble(limit); ok1 && ok2 && low > high {
		v.Text, v.Limited = limit, "innodb_max_dirty_pages_pct"
	}
}

// derivedDirtyPages is the low water mark that nothing declares.
func (f *Fresh) derivedDirtyPages() (*Value, bool) {
	s, ok := f.st.c.Lookup("innodb_max_dirty_pages_pct_lwm")
	limit, declared := f.st.declaredText("innodb_max_dirty_pages_pct")
	if !ok || !declared || !s.HasDefault {
		return nil, false
	}
	low, ok1 := parseDouble(s.Default)
	if high, ok2 := parseDouble(limit); ok1 && ok2 && low > high {
		return &Value{Text: limit}, true
	}
	return nil, false
}

// integer is a declared variable's effective number.
func (st *state) integer(name string) (int64, bool) {
	t, ok := st.declaredText(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(t, 10, 64)
	return n, err == nil
}

// seenInteger is a running variable's number.
func (st *state) seenInteger(name string) (int64, bool) {
	n, err := strconv.ParseInt(st.running(name), 10, 64)
	return n, err == nil
}

// compiled is a variable's compiled default as a number.
func (st *state) compiled(name string) (int64, bool) {
	s, ok := st.c.Lookup(name)
	if !ok || !s.HasDefault {
		return 0, false
	}
	n, err := strconv.ParseInt(s.Default, 10, 64)
	return n, err == nil
}

const (
	mib = 1 << 20
	gib = 1 << 30
	// A smaller pool has one instance only. (BUF_POOL_SIZE_THRESHOLD)
	bufferPoolThreshold = gib
)

// coupleBufferPool: MySQL rounds the buffer pool up to a multiple of chunk size
// times instances; a chunk that is too large for the pool shrinks to the pool's
// share of an instance, in whole MiB. (innodb_buffer_pool_size_init,
// buf_pool_size_align)
func (f *Fresh) coupleBufferPool() {
	st := f.st
	if !st.c.server.Version.IsZero() && !st.c.server.Version.AtLeast(5, 7, 5) {
		return
	}
	pool := bufferPool{size: 128 * mib, chunk: 128 * mib}
	if n, ok := st.integer("innodb_buffer_pool_size"); ok {
		pool.size = n
	} else if st.declared["innodb_buffer_pool_size"] != nil {
		return
	}
	if n, ok := st.integer("innodb_buffer_pool_chunk_size"); ok {
		pool.chunk = n
	}
	wanted, declared := st.integer("innodb_buffer_pool_instances")
	if !declared {
		wanted, _ = st.seenInteger("innodb_buffer_pool_instances")
	}
	pool.instances = max(wanted, 1)
	if pool.size < bufferPoolThreshold {
		pool.instances = 1
	}
	pool.align()
	f.setComputed("innodb_buffer_pool_size", pool.size, "rounded up to chunk size × instances")
	f.setComputed("innodb_buffer_pool_chunk_size", pool.chunk, "shrunk to the buffer pool's size")
	if declared {
		f.setComputed("innodb_buffer_pool_instances", pool.instances, "a buffer pool below 1 GiB has one instance")
	}
	// More page cleaners than instances have nothing to do.
	if n, ok := st.integer("innodb_page_cleaners"); ok && n > pool.instances {
		f.setComputed("innodb_page_cleaners", pool.instances, "not more than innodb_buffer_pool_instances")
	}
}

// setComputed replaces a declared variable's value if the server comes to another.
func (f *Fresh) setComputed(name string, n int64, why string) {
	v := f.st.declared[name]
	text := strconv.FormatInt(n, 10)
	if v == nil || v.Unsure != "" || v.Text == text {
		return
	}
	v.Text, v.Adjusted = text, why
}

type bufferPool struct{ size, chunk, instances int64 }

func (p *bufferPool) align() {
	if p.chunk*p.instances > p.size {
		p.chunk = (p.size + p.instances - 1) / p.instances
		if rest := p.chunk % mib; rest != 0 {
			p.chunk += mib - rest
		}
	}
	unit := p.chunk * p.instances
	if rest := p.size % unit; unit > 0 && rest != 0 {
		p.size += unit - rest
	}
}

// collationOf is a character set's default collation on a server.
func collationOf(charset string, s model.Server) (string, bool) {
	charset = canonicalCharset(charset)
	if charset == "utf8mb4" && s.Flavour == model.MySQL && s.Version.AtLeast(8, 0, 0) {
		return "utf8mb4_0900_ai_ci", true
	}
	if special, ok := defaultCollations[charset]; ok {
		return special, true
	}
	if charset == "" {
		return "", false
	}
	return charset + "_general_ci", true
}

// defaultCollations are those that are not called CHARSET_general_ci.
var defaultCollations = map[string]string{
	"big5": "big5_chinese_ci", "dec8": "dec8_swedish_ci", "cp850": "cp850_general_ci", "hp8": "hp8_english_ci",
	"latin1": "latin1_swedish_ci", "swe7": "swe7_swedish_ci", "ujis": "ujis_japanese_ci", "sjis": "sjis_japanese_ci",
	"tis620": "tis620_thai_ci", "euckr": "euckr_korean_ci", "gb2312": "gb2312_chinese_ci", "gbk": "gbk_chinese_ci",
	"latin5": "latin5_turkish_ci", "cp932": "cp932_japanese_ci", "eucjpms": "eucjpms_japanese_ci", "gb18030": "gb18030_chinese_ci",
	"binary": "binary",
}

// charsetOf is the character set of a collation.
func charsetOf(collation string) string {
	c := canonicalCharset(collation)
	if i := strings.IndexByte(c, '_'); i > 0 {
		return c[:i]
	}
	return c
}
