package optionfile

import "strings"

// collecting options add to what the same option has said before, in whatever
// order. (mysqld.cc: OPT_REPLICATE_DO_DB and the like; my_getopt's callbacks)
var collecting = setOf(`plugin-load-add early-plugin-load binlog-do-db binlog-ignore-db ignore-db-dir
	replicate-do-db replicate-ignore-db replicate-do-table replicate-ignore-table replicate-wild-do-table replicate-wild-ignore-table`)

// inOrder options add as well, and a later one may take back what an earlier said.
var inOrder = setOf(`replicate-rewrite-db performance-schema-instrument optimizer-switch`)

// Accumulates tells whether each setting of an option counts, and not the last
// only; ordered: so does their order.
func Accumulates(option string) (adds, ordered bool) {
	name := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(option), "_", "-"), "loose-")
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		name = name[at+1:] // MariaDB's, of one connection
	}
	return collecting[name] || inOrder[name], inOrder[name]
}
