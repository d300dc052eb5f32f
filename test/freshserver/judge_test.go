//go:build lab

package freshserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
)

// aliases are names of one variable, by hand: the judge must not share them
// with what it judges.
var aliases = map[string]string{
	"log_slow_query": "slow_query_log", "log_slow_query_file": "slow_query_log_file", "log_slow_query_time": "long_query_time",
	"log_slow_min_examined_row_limit": "min_examined_row_limit", "storage_engine": "default_storage_engine", "tmp_memory_table_size": "tmp_table_size",
	"alter_algorithm": "old_alter_table", "max_delayed_threads": "max_insert_delayed_threads", "transaction_isolation": "tx_isolation",
	"transaction_read_only": "tx_read_only", "log_slow_replica_statements": "log_slow_slave_statements", "init_replica": "init_slave",
	"source_verify_checksum": "master_verify_checksum", "sync_source_info": "sync_master_info", "log_replica_updates": "log_slave_updates",
	"rpl_stop_replica_timeout": "rpl_stop_slave_timeout", "skip_replica_start": "skip_slave_start", "slave_parallel_workers": "slave_parallel_threads",
	"sql_replica_skip_counter": "sql_slave_skip_counter", "pseudo_replica_mode": "pseudo_slave_mode", "tls_version": "tls_version",
}

func canon(name string) string {
	if rest, ok := strings.CutPrefix(name, "replica_"); ok {
		name = "slave_" + rest
	}
	if a := aliases[name]; a != "" {
		return a
	}
	return name
}

// volatile differ between two servers, or from one moment to the next, by nature.
var volatile = set("server_uuid server_uid gtid_executed gtid_purged gtid_binlog_pos gtid_binlog_state gtid_current_pos gtid_slave_pos timestamp hostname " +
	"innodb_buffer_pool_load_incomplete innodb_undo_tablespaces")

// untold are variables whose line was taken out of the file while no dump can
// tell so: their source says COMPILED although a file set them, or their default
// is the host's, or they are another pod's business.
var untold = set("time_zone lc_time_names enable_secondary_engine_statistics tx_isolation default_storage_engine character_set_server collation_server log_bin log_bin_index " +
	"relay_log_index skip_external_locking lc_messages pid_file tmpdir slave_load_tmpdir server_id gtid_domain_id report_host read_only super_read_only event_scheduler datadir lower_case_table_names replicate_wild_ignore_table")

type names map[string]bool

func (n names) sorted() []string {
	var out []string
	for name := range n {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func canonical(list []string) names {
	out := names{}
	for _, n := range list {
		out[canon(n)] = true
	}
	return out
}

// differing are the variables whose value is not the same in two dumps; how
// often a path has its slashes is no difference.
func differing(a, b map[string]string) names {
	out := names{}
	for name, v := range a {
		if w, ok := b[name]; ok && path.Clean("/"+v) != path.Clean("/"+w) && !volatile[name] && !overridden[name] {
			out[canon(name)] = true
		}
	}
	return out
}

// verdict is what was wrong in one case and state.
type verdict struct {
	state string
	wrong []string
	// counts
	truth, found, undeclared, undeclaredFound, indirect int
}

// judge compares what the program finds with what the servers showed.
func judge(ctx context.Context, dir string) ([]verdict, error) {
	var tr truth
	text, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err == nil {
		err = json.Unmarshal(text, &tr)
	}
	if err != nil {
		return nil, err
	}
	clean, err := readValues(dir, "clean")
	if err != nil {
		return nil, err
	}
	var out []verdict
	for _, sources := range []bool{true, false} {
		for _, state := range []string{"clean", "drifted", "restarted", "edited"} {
			v, err := judgeState(ctx, dir, &tr, clean, state, sources)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", dir, state, err)
			}
			out = append(out, *v)
		}
	}
	return out, nil
}

func judgeState(ctx context.Context, dir string, tr *truth, clean map[string]string, state string, sources bool) (*verdict, error) {
	after, err := readValues(dir, state)
	if err != nil {
		return nil, err
	}
	option, dump := "my.cnf", state
	if state == "edited" {
		option, dump = "edited.cnf", "clean"
	}
	cfg := offline.Config{OptionFiles: []string{filepath.Join(dir, option)}, ServerVersion: tr.Version, Observed: filepath.Join(dir, dump+".variables.tsv")}
	v := &verdict{state: state}
	if sources {
		cfg.Sources = filepath.Join(dir, dump+".sources.tsv")
	} else {
		v.state += " without sources"
	}
	if p := filepath.Join(dir, dump+".persisted.tsv"); exists(p) {
		cfg.Persisted = p
	}
	list, err := offline.Compare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	reported, why := names{}, map[string]string{}
	for _, f := range list.Items[0].Findings {
		if f.Drift && f.Class != v1.PendingPersist && !overridden[f.Variable] {
			reported[canon(f.Variable)] = true
			why[canon(f.Variable)] = fmt.Sprintf("%s: %s", f.Class, f.Message)
		}
	}
	changed := names{}
	if state != "clean" {
		changed = differing(clean, after)
	}
	wrong := func(what, name string) {
		v.wrong = append(v.wrong, fmt.Sprintf("%s %s: clean %q, %s %q %s", what, name, clean[name], state, after[name], why[name]))
	}
	for _, name := range reported.sorted() {
		if !changed[name] {
			wrong("FALSE ALARM", name)
		}
	}
	declared, direct, removed := canonical(tr.Declared), canonical(tr.Direct), canonical(tr.Removed)
	touched := names{}
	for _, c := range tr.Changes {
		touched[canon(c.Variable)] = true
	}
	for _, name := range changed.sorted() {
		mine := declared[name]
		if state == "edited" {
			mine = direct[name] && !removed[name]
		}
		switch {
		case name == "optimizer_switch" && !sources:
			// A flag that the file does not name is like a variable that it does not name.
		case mine:
			v.truth++
			if reported[name] {
				v.found++
			} else {
				wrong("MISSED", name)
			}
		case state == "edited" && (!direct[name] || untold[name]), state == "restarted" && !touched[name]:
			v.indirect++
		case sources:
			v.undeclared++
			if reported[name] {
				v.undeclaredFound++
			} else {
				wrong("MISSED undeclared", name)
			}
		}
	}
	return v, nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
