package policy

import (
	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Severities overrides the built-in table: canonical variable → severity.
type Severities map[string]v1.Severity

// blocking are variables whose wrong value loses data, lets somebody in, breaks
// replication, changes what statements mean, or takes the service down.
var blocking = set(
	// Durability: what survives a crash.
	"innodb_flush_log_at_trx_commit", "sync_binlog", "innodb_doublewrite", "innodb_checksum_algorithm",
	"innodb_force_recovery", "innodb_fast_shutdown", "innodb_flush_method", "innodb_redo_log_archive_dirs",
	// Binary log and replication.
	"log_bin", "binlog_format", "binlog_row_image", "binlog_expire_logs_seconds", "expire_logs_days",
	"gtid_mode", "enforce_gtid_consistency", "gtid_strict_mode", "gtid_domain_id", "server_id",
	"log_replica_updates", "log_slave_updates", "read_only", "super_read_only",
	"replica_skip_errors", "slave_skip_errors", "wsrep_on", "wsrep_sst_method", "wsrep_cluster_address",
	"rpl_semi_sync_source_enabled", "rpl_semi_sync_master_enabled",
	// Security.
	"require_secure_transport", "local_infile", "secure_file_priv", "skip_grant_tables", "skip_networking",
	"ssl_ca", "ssl_cert", "ssl_key", "tls_version", "default_authentication_plugin", "authentication_policy",
	"old_passwords", "general_log", "init_connect", "init_file", "bind_address", "default_password_lifetime",
	// Meaning of statements and data.
	"sql_mode", "transaction_isolation", "tx_isolation", "autocommit", "lower_case_table_names",
	"character_set_server", "collation_server", "time_zone", "default_time_zone", "foreign_key_checks",
	"explicit_defaults_for_timestamp", "default_storage_engine",
	// Capacity: too little of it takes the service down.
	"max_connections", "innodb_buffer_pool_size", "max_allowed_packet", "datadir", "event_scheduler",
)

// weekly are variables that change what is logged or measured, or fine tuning
// that no user notices.
var weekly = set(
	"long_query_time", "slow_query_log", "slow_query_log_file", "general_log_file", "log_queries_not_using_indexes",
	"log_output", "log_error_verbosity", "log_warnings", "log_slow_verbosity", "log_slow_rate_limit",
	"log_slow_admin_statements", "log_slow_extra", "min_examined_row_limit", "log_throttle_queries_not_using_indexes",
	"innodb_stats_persistent_sample_pages", "innodb_stats_transient_sample_pages", "innodb_stats_on_metadata",
	"innodb_monitor_enable", "innodb_monitor_disable", "innodb_print_all_deadlocks", "innodb_status_output",
	"innodb_status_output_locks", "performance_schema_max_digest_length", "max_digest_length", "userstat",
	"lc_messages", "lc_time_names", "net_retry_count", "thread_cache_size", "query_alloc_block_size",
	"query_prealloc_size", "range_alloc_block_size", "innodb_adaptive_hash_index", "innodb_io_capacity",
	"innodb_io_capacity_max", "innodb_lru_scan_depth", "innodb_purge_batch_size", "eq_range_index_dive_limit",
	"histogram_generation_max_mem_size", "profiling_history_size", "back_log",
)

// Severity is how severe a finding is: P0 blocks a release, P1 is reviewed, P2
// goes into a weekly report, Info tells something that is no drift.
func Severity(f v1.Finding) v1.Severity {
	switch f.Class {
	case v1.Adjusted, v1.EnvironmentLimited, v1.NotObservable, v1.Shadowed:
		return v1.Info
	case v1.Invalid, v1.Untraceable:
		// The next restart may fail, or nobody can say who changed what. A detector
		// that knows better has said so.
		if f.Severity != "" {
			return f.Severity
		}
		return v1.P1
	}
	switch {
	case blocking[f.Variable]:
		return v1.P0
	case weekly[f.Variable]:
		return v1.P2
	case f.Class == v1.UndeclaredChange || f.Class == v1.PendingRestart || f.Class == v1.NotApplied:
		// Nothing that was promised is broken, or delivery has not finished yet.
		return v1.P2
	}
	return v1.P1
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
