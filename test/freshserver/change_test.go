//go:build lab

package freshserver

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// untouched variables are those whose SET does something other than change a
// value, or ends what the test needs.
var untouched = set("read_only super_read_only offline_mode require_secure_transport gtid_purged gtid_executed gtid_slave_pos gtid_binlog_state innodb_buf_flush_list_now " +
	"innodb_log_checkpoint_now innodb_log_checkpoint_fuzzy_now innodb_buffer_pool_dump_now innodb_buffer_pool_load_now innodb_buffer_pool_load_abort innodb_monitor_enable innodb_monitor_disable " +
	"innodb_monitor_reset innodb_monitor_reset_all sql_log_bin pseudo_thread_id timestamp character_set_client character_set_results character_set_connection collation_connection " +
	"collation_database character_set_database debug debug_sync default_master_connection wsrep_on wsrep_provider wsrep_cluster_address sql_slave_skip_counter sql_replica_skip_counter " +
	"innodb_redo_log_encrypt innodb_undo_log_encrypt innodb_encrypt_tables innodb_encryption_threads innodb_redo_log_capacity innodb_log_file_size innodb_buffer_pool_evict keyring_operations " +
	"innodb_ft_aux_table replicate_do_db mandatory_roles init_connect aria_encrypt_tables secure_auth local_infile ssl_ca ssl_cert ssl_key admin_ssl_ca admin_ssl_cert admin_ssl_key wait_timeout " +
	"authentication_policy max_user_connections wsrep_osu_method innodb_default_encryption_key_id encrypt_binlog binlog_encryption default_table_encryption autocommit " +
	"innodb_flush_log_at_trx_commit innodb_redo_log_archive_dirs innodb_buffer_pool_filename server_id tx_read_only transaction_read_only debug_no_thread_alarm connect_timeout " +
	"innodb_extend_and_initialize innodb_doublewrite log_error_services flush rpl_semi_sync_master_enabled rpl_semi_sync_slave_enabled host_cache_size")

type change struct {
	Variable, Statement, Intent, Error string
}

// change makes up to a dozen changes, and says what was done.
func (g *generator) changes(ctx context.Context, r *rand.Rand, c *client, declared map[string]bool, values map[string]string) []change {
	var candidates, own []*sysvar.Spec
	catalogue := sysvar.For(g.server)
	for i := range catalogue.All() {
		s := &catalogue.All()[i]
		if _, running := values[s.Name]; !running || !s.Dynamic || s.Scope == sysvar.ScopeSessionOnly || untouched[s.Name] || strings.HasPrefix(s.Name, "wsrep_") || strings.HasPrefix(s.Name, "mysqlx_") {
			continue
		}
		candidates = append(candidates, s)
		if declared[s.Name] {
			own = append(own, s)
		}
	}
	var out []change
	run := func(s *sysvar.Spec, intent, statement string) bool {
		err := c.exec(ctx, statement)
		done := change{Variable: s.Name, Statement: statement, Intent: intent}
		if err != nil {
			done.Error = err.Error()
		}
		out = append(out, done)
		return err == nil
	}
	for range 1 + r.Intn(12) {
		s := candidates[r.Intn(len(candidates))]
		if len(own) > 0 && chance(r, 50) {
			s = own[r.Intn(len(own))]
		}
		name := pick(r, append([]string{s.Name, s.Name}, s.Aliases...)...)
		if _, ok := values[name]; !ok {
			name = s.Name
		}
		value, old := g.setValue(r, s, values[s.Name]), literal(s, values[s.Name])
		if value == "" {
			continue
		}
		switch intent := r.Intn(100); {
		case intent < 50 || g.maria() && intent < 65:
			run(s, "change", "SET GLOBAL "+name+" = "+value)
		case intent < 60 || g.maria() && intent < 80:
			if run(s, "revert", "SET GLOBAL "+name+" = "+value) {
				run(s, "revert", "SET GLOBAL "+name+" = "+old)
			}
		case intent < 70 || g.maria():
			run(s, "same", "SET GLOBAL "+name+" = "+otherwise(r, s, values[s.Name]))
		case intent < 75:
			run(s, "session", "SET SESSION "+name+" = "+value)
		case intent < 88:
			run(s, "persist", "SET PERSIST "+name+" = "+value)
		case intent < 94:
			run(s, "persist_only", "SET PERSIST_ONLY "+name+" = "+value)
		default:
			if run(s, "persist_reset", "SET PERSIST "+name+" = "+value) {
				run(s, "persist_reset", "RESET PERSIST "+name)
			}
		}
		if s.Name == "innodb_buffer_pool_size" {
			time.Sleep(1500 * time.Millisecond) // it is resized in the background
		}
	}
	return out
}

// literal is a value as SET takes it.
func literal(s *sysvar.Spec, value string) string {
	switch s.Type {
	case sysvar.TypeInt, sysvar.TypeUint, sysvar.TypeDouble:
		if value != "" && value != "NULL" {
			return value
		}
	}
	if value == "NULL" {
		return "NULL"
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), "'", "''") + "'"
}

// otherwise is the same value in another spelling.
func otherwise(r *rand.Rand, s *sysvar.Spec, value string) string {
	switch s.Type {
	case sysvar.TypeBool:
		if value == "ON" {
			return pick(r, "1", "TRUE", "'on'", "ON")
		}
		if value == "OFF" {
			return pick(r, "0", "FALSE", "'off'", "OFF")
		}
	case sysvar.TypeInt, sysvar.TypeUint:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n%2 == 0 {
			return fmt.Sprintf("%d * 2", n/2)
		}
	case sysvar.TypeEnum:
		if i := slices.Index(s.Members, value); i >= 0 {
			return pick(r, strconv.Itoa(i), "'"+strings.ToLower(value)+"'")
		}
	case sysvar.TypeSet:
		if words := strings.Split(value, ","); len(words) > 1 {
			slices.Reverse(words)
			return "'" + strings.Join(words, ",") + "'"
		}
	}
	return literal(s, value)
}

// setValue is another value for SET; empty if there is none to try.
func (g *generator) setValue(r *rand.Rand, s *sysvar.Spec, running string) string {
	switch s.Type {
	case sysvar.TypeBool:
		if running == "ON" {
			return pick(r, "OFF", "0", "FALSE", "'off'")
		}
		return pick(r, "ON", "1", "TRUE")
	case sysvar.TypeInt, sysvar.TypeUint:
		return number(r, s, false)
	case sysvar.TypeDouble:
		return double(r, s)
	case sysvar.TypeEnum:
		if len(s.Members) == 0 {
			return ""
		}
		i := r.Intn(len(s.Members))
		return pick(r, "'"+randomCase(r, s.Members[i])+"'", strconv.Itoa(i))
	case sysvar.TypeSet:
		if len(s.Members) == 0 {
			return ""
		}
		return "'" + strings.Join(subset(r, s.Members), ",") + "'"
	case sysvar.TypeFlagSet:
		return "'" + flagList(r, s.Members) + "'"
	}
	list := texts[s.Name]
	if len(list) == 0 {
		return ""
	}
	value := strings.Trim(pick(r, list...), "'")
	return literal(s, value)
}
