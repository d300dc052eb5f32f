package sysvar

import (
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// optionVariables are the options whose variable has another name.
var optionVariables = map[model.Flavour]map[string]string{
	model.MySQL: {
		"default_time_zone": "time_zone",
	},
	model.MariaDB: {
		"default_time_zone":     "time_zone",
		"transaction_isolation": "tx_isolation",
		"transaction_read_only": "tx_read_only",
		"table_cache":           "table_open_cache",
		"ignore_db_dir":         "ignore_db_dirs",
	},
}

// settableOnlyBySQL are variables that no option of the same name sets.
var settableOnlyBySQL = map[string]bool{
	"time_zone": true, "hostname": true, "server_uuid": true, "server_uid": true, "license": true, "build_id": true,
	"gtid_executed": true, "gtid_owned": true, "gtid_purged": true, "gtid_binlog_pos": true, "gtid_binlog_state": true,
	"gtid_current_pos": true, "gtid_slave_pos": true, "innodb_version": true, "large_files_support": true,
	"large_page_size": true, "locked_in_memory": true, "log_bin_basename": true, "relay_log_basename": true,
	"lower_case_file_system": true, "protocol_version": true, "system_time_zone": true, "tx_isolation": true,
	"tx_read_only": true, "version_comment": true, "version_compile_machine": true, "version_compile_os": true,
	"version_compile_zlib": true, "character_set_client": true, "character_set_connection": true,
	"character_set_database": true, "character_set_results": true, "character_set_system": true,
	"collation_connection": true, "collation_database": true, "have_symlink": true, "have_ssl": true, "have_openssl": true,
	"profiling": true, "foreign_key_checks": true, "unique_checks": true, "sql_log_bin": true, "sql_log_off": true,
	"sql_notes": true, "sql_warnings": true, "sql_select_limit": true, "sql_big_selects": true,
	"sql_slave_skip_counter": true, "sql_replica_skip_counter": true, "storage_engine": true,
}

type removedOption struct {
	since      model.Version
	replacedBy string
}

// removedOptions are options that are often met in old files and that newer
// servers refuse. The generated tables know more; this list is what the tables
// of a newer release cannot show, because the option is not in them any more.
// Source: the release notes and the pages "Server Option and Variable
// Removals" of the MySQL and MariaDB manuals.
var removedOptions = map[model.Flavour]map[string]removedOption{
	model.MySQL: {
		"query_cache_size":                       {model.Version{Major: 8}, ""},
		"query_cache_type":                       {model.Version{Major: 8}, ""},
		"query_cache_limit":                      {model.Version{Major: 8}, ""},
		"query_cache_min_res_unit":               {model.Version{Major: 8}, ""},
		"query_cache_wlock_invalidate":           {model.Version{Major: 8}, ""},
		"innodb_file_format":                     {model.Version{Major: 8}, ""},
		"innodb_file_format_check":               {model.Version{Major: 8}, ""},
		"innodb_file_format_max":                 {model.Version{Major: 8}, ""},
		"innodb_large_prefix":                    {model.Version{Major: 8}, ""},
		"innodb_locks_unsafe_for_binlog":         {model.Version{Major: 8}, "transaction-isolation=READ-COMMITTED"},
		"innodb_additional_mem_pool_size":        {model.Version{Major: 5, Minor: 7, Patch: 4}, ""},
		"innodb_use_sys_malloc":                  {model.Version{Major: 5, Minor: 7, Patch: 4}, ""},
		"innodb_support_xa":                      {model.Version{Major: 8}, ""},
		"innodb_undo_logs":                       {model.Version{Major: 8}, "innodb-rollback-segments"},
		"tx_isolation":                           {model.Version{Major: 8, Patch: 3}, "transaction-isolation"},
		"tx_read_only":                           {model.Version{Major: 8, Patch: 3}, "transaction-read-only"},
		"log_warnings":                           {model.Version{Major: 8, Patch: 3}, "log-error-verbosity"},
		"sync_frm":                               {model.Version{Major: 8}, ""},
		"secure_auth":                            {model.Version{Major: 8, Patch: 3}, ""},
		"old_passwords":                          {model.Version{Major: 8, Patch: 11}, ""},
		"multi_range_count":                      {model.Version{Major: 8, Patch: 3}, ""},
		"log_slow_queries":                       {model.Version{Major: 5, Minor: 6, Patch: 1}, "slow-query-log"},
		"log":                                    {model.Version{Major: 5, Minor: 6, Patch: 1}, "general-log"},
		"key_buffer":                             {model.Version{Major: 8}, "key-buffer-size"},
		"thread_concurrency":                     {model.Version{Major: 5, Minor: 7, Patch: 2}, ""},
		"table_cache":                            {model.Version{Major: 5, Minor: 6, Patch: 1}, "table-open-cache"},
		"myisam_recover":                         {model.Version{Major: 5, Minor: 6, Patch: 1}, "myisam-recover-options"},
		"default_character_set":                  {model.Version{Major: 5, Minor: 5, Patch: 3}, "character-set-server"},
		"default_collation":                      {model.Version{Major: 5, Minor: 5, Patch: 3}, "collation-server"},
		"language":                               {model.Version{Major: 8}, "lc-messages-dir"},
		"skip_bdb":                               {model.Version{Major: 5, Minor: 1, Patch: 12}, ""},
		"skip_innodb":                            {model.Version{Major: 8}, ""},
		"skip_locking":                           {model.Version{Major: 5, Minor: 5, Patch: 3}, "skip-external-locking"},
		"expire_logs_days":                       {model.Version{Major: 8, Minor: 2}, "binlog-expire-logs-seconds"},
		"default_authentication_plugin":          {model.Version{Major: 8, Minor: 4}, "authentication-policy"},
		"binlog_transaction_dependency_tracking": {model.Version{Major: 8, Minor: 4}, ""},
		"transaction_write_set_extraction":       {model.Version{Major: 8, Minor: 3}, ""},
		"master_info_repository":                 {model.Version{Major: 8, Minor: 3}, ""},
		"relay_log_info_repository":              {model.Version{Major: 8, Minor: 3}, ""},
		"master_info_file":                       {model.Version{Major: 8, Minor: 3}, ""},
		"relay_log_info_file":                    {model.Version{Major: 8, Minor: 3}, ""},
		"log_bin_use_v1_row_events":              {model.Version{Major: 8, Minor: 3}, ""},
		"slave_rows_search_algorithms":           {model.Version{Major: 8, Minor: 3}, ""},
		"avoid_temporal_upgrade":                 {model.Version{Major: 8, Minor: 4}, ""},
		"show_old_temporals":                     {model.Version{Major: 8, Minor: 4}, ""},
		"old":                                    {model.Version{Major: 8, Minor: 4}, ""},
		"new":                                    {model.Version{Major: 8, Minor: 4}, ""},
		"old_style_user_limits":                  {model.Version{Major: 8, Minor: 4}, ""},
		"ssl":                                    {model.Version{Major: 8, Minor: 4}, "tls-version"},
		"admin_ssl":                              {model.Version{Major: 8, Minor: 4}, "admin-tls-version"},
		"skip_host_cache":                        {model.Version{Major: 8, Minor: 3}, "host-cache-size=0"},
		"character_set_client_handshake":         {model.Version{Major: 8, Minor: 3}, ""},
		"mysql_native_password":                  {model.Version{Major: 9}, ""},
		"temp_pool":                              {model.Version{Major: 8}, ""},
		"ignore_builtin_innodb":                  {model.Version{Major: 8, Patch: 3}, ""},
		"ignore_db_dir":                          {model.Version{Major: 8}, ""},
		"ignore_db_dirs":                         {model.Version{Major: 8}, ""},
		"metadata_locks_cache_size":              {model.Version{Major: 8, Patch: 13}, ""},
		"metadata_locks_hash_instances":          {model.Version{Major: 8, Patch: 13}, ""},
		"date_format":                            {model.Version{Major: 8, Patch: 3}, ""},
		"datetime_format":                        {model.Version{Major: 8, Patch: 3}, ""},
		"time_format":                            {model.Version{Major: 8, Patch: 3}, ""},
		"max_tmp_tables":                         {model.Version{Major: 8, Patch: 3}, ""},
		"bootstrap":                              {model.Version{Major: 8}, "initialize"},
		"partition":                              {model.Version{Major: 8}, ""},
		"skip_partition":                         {model.Version{Major: 8}, ""},
		"innodb_checksums":                       {model.Version{Major: 8}, "innodb-checksum-algorithm"},
		"innodb_stats_sample_pages":              {model.Version{Major: 8}, "innodb-stats-transient-sample-pages"},
		"innodb_mirrored_log_groups":             {model.Version{Major: 5, Minor: 7}, ""},
		"innodb_api_disable_rowlock":             {model.Version{Major: 8, Minor: 4}, ""},
		"innodb_api_enable_binlog":               {model.Version{Major: 8, Minor: 4}, ""},
		"innodb_api_enable_mdl":                  {model.Version{Major: 8, Minor: 4}, ""},
		"daemon_memcached_option":                {model.Version{Major: 8, Minor: 4}, ""},
		"engine_condition_pushdown":              {model.Version{Major: 5, Minor: 6, Patch: 1}, "optimizer-switch"},
		"safe_show_database":                     {model.Version{Major: 5, Minor: 5}, ""},
		"set_variable":                           {model.Version{Major: 5, Minor: 5}, ""},
		"master_host":                            {model.Version{Major: 5, Minor: 5}, "CHANGE REPLICATION SOURCE TO"},
		"master_user":                            {model.Version{Major: 5, Minor: 5}, "CHANGE REPLICATION SOURCE TO"},
		"master_password":                        {model.Version{Major: 5, Minor: 5}, "CHANGE REPLICATION SOURCE TO"},
		"master_port":                            {model.Version{Major: 5, Minor: 5}, "CHANGE REPLICATION SOURCE TO"},
		"master_connect_retry":                   {model.Version{Major: 5, Minor: 5}, "CHANGE REPLICATION SOURCE TO"},
	},
	model.MariaDB: {
		"innodb_file_format":    {model.Version{Major: 10, Minor: 6}, ""},
		"innodb_large_prefix":   {model.Version{Major: 10, Minor: 6}, ""},
		"log_slow_queries":      {model.Version{Major: 10}, "slow-query-log"},
		"default_character_set": {model.Version{Major: 10}, "character-set-server"},
		"skip_bdb":              {model.Version{Major: 10}, ""},
		"skip_locking":          {model.Version{Major: 10}, "skip-external-locking"},
		"master_host":           {model.Version{Major: 10}, "CHANGE MASTER TO"},
		"log_error_verbosity":   {model.Version{Major: 10}, "log-warnings"},
		"log":                   {model.Version{Major: 10}, "general-log"},
	},
}

// aliasGroups are names of one and the same variable that always move
// together; the first one present on a server is the one reported.
var aliasGroups = map[model.Flavour][][]string{
	model.MySQL: {
		{"log_slow_replica_statements", "log_slow_slave_statements"},
		{"init_replica", "init_slave"},
		{"source_verify_checksum", "master_verify_checksum"},
		{"sync_source_info", "sync_master_info"},
		{"log_replica_updates", "log_slave_updates"},
		{"rpl_stop_replica_timeout", "rpl_stop_slave_timeout"},
		{"skip_replica_start", "skip_slave_start"},
		{"sql_replica_skip_counter", "sql_slave_skip_counter"},
		{"pseudo_replica_mode", "pseudo_slave_mode"},
		{"max_delayed_threads", "max_insert_delayed_threads"},
		{"transaction_isolation", "tx_isolation"},
		{"transaction_read_only", "tx_read_only"},
	},
	model.MariaDB: {
		{"slow_query_log", "log_slow_query"},
		{"slow_query_log_file", "log_slow_query_file"},
		{"long_query_time", "log_slow_query_time"},
		{"min_examined_row_limit", "log_slow_min_examined_row_limit"},
		{"default_storage_engine", "storage_engine"},
		{"slave_parallel_threads", "slave_parallel_workers"},
		{"tmp_table_size", "tmp_memory_table_size"},
		{"old_alter_table", "alter_algorithm"},
		{"max_delayed_threads", "max_insert_delayed_threads"},
		{"tx_isolation", "transaction_isolation"},
		{"tx_read_only", "transaction_read_only"},
	},
}

var aliasOf = func() map[model.Flavour]map[string]string {
	out := map[model.Flavour]map[string]string{}
	for f, groups := range aliasGroups {
		out[f] = map[string]string{}
		for _, g := range groups {
			for _, name := range g {
				out[f][name] = g[0]
			}
		}
	}
	return out
}()

// Group is the name that stands for all aliases of a variable: equal for two
// names if and only if they are the same variable to the server.
func (c *Catalogue) Group(variable string) string {
	name := underscored(strings.ToLower(variable))
	if g, ok := aliasOf[c.server.Flavour][name]; ok {
		return g
	}
	if c.server.Flavour == model.MySQL {
		if rest, ok := strings.CutPrefix(name, "slave_"); ok {
			return "replica_" + rest
		}
	}
	return name
}
