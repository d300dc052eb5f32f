package sysvar

import (
	"strconv"
)

// limits computes the variables that a server fits to the number of files it
// may open and to one another, after it has read its options: max_connections,
// table_open_cache and what follows from them.
//
// The number of files (open_files_limit) is the host's decision, so it is taken
// from the running server. The other inputs are computed twice: from the
// declaration, which is what a restart would bring, and from the running values,
// which is what the last start may have had.
type limits struct {
	st    *state
	files int64
	known bool
}

// Numbers of the servers' sources.
const (
	mysqlTableOpenCacheMin = 400 // sql/mysqld.cc TABLE_OPEN_CACHE_MIN
	mariaTableOpenCacheMin = 200
	mariaExtraFiles        = 30 // files for temporary tables
	mariaMinConnections    = 10
	mysqlDefaultFiles      = 5000
)

func newLimits(st *state) *limits {
	l := &limits{st: st}
	l.files, l.known = st.seenInteger("open_files_limit")
	return l
}

// sizes are the variables in question.
type sizes struct {
	connections, extraConnections   int64
	tableCache, instances           int64
	definitionCache                 int64
	threadCache, hostCache, backLog int64
	innodbFiles                     int64
}

// input reads a variable for one of the two computations.
func (l *limits) input(name string, fallback int64, running bool) int64 {
	if running {
		if n, ok := l.st.seenInteger(name); ok {
			return n
		}
	}
	if n, ok := l.st.integer(name); ok {
		return n
	}
	if n, ok := l.st.compiled(name); ok {
		return n
	}
	return fallback
}

// own is the value that was asked for: declared, else the compiled default.
func (l *limits) own(name string, fallback int64) int64 {
	if n, ok := l.st.integer(name); ok {
		return n
	}
	return fallback
}

// compute is the outcome for the inputs of the declaration (running=false), or
// with the running values of the other variables.
func (l *limits) compute(running bool) sizes {
	if l.st.c.isMaria() {
		return l.computeMaria(running)
	}
	return l.computeMySQL(running)
}

// computeMySQL follows adjust_open_files_limit, adjust_max_connections,
// adjust_table_cache_size and adjust_table_def_size of sql/mysqld.cc.
func (l *limits) computeMySQL(running bool) sizes {
	connections := l.own("max_connections", 151)
	tableCache := l.own("table_open_cache", l.defaultTableCache())
	filesDeclared := l.own("open_files_limit", 0)
	if filesDeclared == 0 {
		filesDeclared = mysqlDefaultFiles
	}
	request := max(10+connections+2*tableCache, 5*connections, filesDeclared)
	files := min(l.files, request)
	s := sizes{connections: connections, tableCache: tableCache}
	if limit := files - 10 - 2*mysqlTableOpenCacheMin; l.known && limit < s.connections {
		s.connections = limit
	}
	forCache := s.connections
	if running {
		forCache = l.input("max_connections", s.connections, true)
		files = l.files
	}
	if limit := max((files-10-forCache)/2, mysqlTableOpenCacheMin); l.known && limit < s.tableCache {
		s.tableCache = limit
	}
	cache := s.tableCache
	if running {
		cache = l.input("table_open_cache", cache, true)
	}
	s.definitionCache = min(mysqlTableOpenCacheMin+cache/2, 2000)
	s.threadCache = min(8+forCache/100, 100)
	s.hostCache = hostCache(forCache)
	s.backLog = forCache
	if !l.st.c.server.Version.AtLeast(8, 0, 0) {
		s.backLog = min(50+forCache/5, 900)
	} else {
		s.backLog = min(forCache, 65535)
	}
	s.innodbFiles = l.innodbFiles(s.tableCache)
	return s
}

func (l *limits) defaultTableCache() int64 {
	if n, ok := l.st.compiled("table_open_cache"); ok {
		return n
	}
	if !l.st.c.isMaria() && l.st.c.server.Version.AtLeast(8, 0, 0) {
		return 4000
	}
	return 2000
}

// hostCache is the default of host_cache_size on both servers.
func hostCache(connections int64) int64 {
	return min(128+min(connections, 500)+max(connections-500, 0)/20, 2000)
}

// computeMaria follows init_common_variables of MariaDB's sql/mysqld.cc.
func (l *limits) computeMaria(running bool) sizes {
	s := sizes{
		connections:      l.own("max_connections", 151),
		extraConnections: l.own("extra_max_connections", 1),
		tableCache:       l.own("table_open_cache", l.defaultTableCache()),
		instances:        l.own("table_open_cache_instances", 8),
	}
	minCache := min(s.tableCache, mariaTableOpenCacheMin)
	files := l.files
	connections, instances := s.connections, s.instances
	if running {
		connections = l.input("max_connections", connections, true)
		instances = l.input("table_open_cache_instances", instances, true)
	}
	if l.known && s.tableCache > 0 {
		// The server computes with unsigned numbers: what would be negative is huge,
		// and limits nothing.
		share := uint64(files) - mariaExtraFiles - uint64(connections)
		s.instances = int64(min(max(share/2/uint64(s.tableCache), 1), uint64(s.instances)))
		if !running {
			instances = s.instances
		}
		rest := uint32(files) - mariaExtraFiles - uint32(minCache)*2*uint32(instances)
		s.connections = max(min(int64(rest), s.connections), mariaMinConnections)
		if !running {
			connections = s.connections
		}
		share = uint64(files) - mariaExtraFiles - uint64(connections)
		s.tableCache = int64(min(max(share/2/uint64(max(instances, 1)), uint64(minCache)), uint64(s.tableCache)))
	}
	s.threadCache = min(256, connections)
	s.hostCache = 128 + min(connections, 500) + max(connections-500, 0)/20
	s.backLog = min(900, 50+connections/5)
	s.innodbFiles = l.innodbFiles(s.tableCache)
	return s
}

// innodbFiles is innodb_open_files (ha_innodb.cc of both servers): unset it is
// the table cache, at least 300; above the host's limit it falls to the table cache.
func (l *limits) innodbFiles(tableCache int64) int64 {
	n := l.own("innodb_open_files", 0)
	if n < 10 {
		n = max(300, tableCache)
	}
	if l.known && n > l.files && n > tableCache {
		n = tableCache
	}
	return n
}

// apply lays the limits over the declared values.
func (l *limits) apply() {
	fresh := l.compute(false)
	l.cut("max_connections", fresh.connections)
	l.cut("table_open_cache", fresh.tableCache)
	l.cut("innodb_open_files", fresh.innodbFiles)
	if l.st.c.isMaria() {
		l.cut("table_open_cache_instances", fresh.instances)
		if n, ok := l.st.integer("thread_cache_size"); ok {
			l.cut("thread_cache_size", min(n, fresh.connections))
		}
	}
	if v := l.st.declared["back_log"]; v != nil && v.Text == "0" {
		v.Text, v.Adjusted = strconv.FormatInt(fresh.backLog, 10), "0 means: computed from max_connections"
	}
	l.openFiles()
}

// cut replaces a declared value by what the limits leave of it.
func (l *limits) cut(name string, fresh int64) {
	v := l.st.declared[name]
	if v == nil || v.Unsure != "" {
		return
	}
	asked := v.Text
	if text := strconv.FormatInt(fresh, 10); text != asked {
		v.Text, v.Limited = text, "open_files_limit"
		if name == "thread_cache_size" {
			v.Limited = "max_connections"
		}
	}
}

// openFiles: the server asks the host for at least what it was told, and takes
// what it gets, be it more or less. So no running value proves a difference.
func (l *limits) openFiles() {
	v := l.st.declared["open_files_limit"]
	if v == nil || !l.known {
		return
	}
	running := strconv.FormatInt(l.files, 10)
	if v.Text != running {
		v.Also = append(v.Also, running)
		v.Limited = "the host's limit of open files (RLIMIT_NOFILE)"
	}
}
