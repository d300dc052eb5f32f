package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A value outside what any host would give is a change, one inside proves none.
func TestHostDefaults(t *testing.T) {
	small := map[string]string{"innodb_read_io_threads": "4", "innodb_purge_threads": "1", "innodb_log_writer_threads": "OFF"}
	for _, test := range []struct {
		variable, running string
		host              map[string]string
		isDefault         bool
	}{
		{"temptable_max_ram", "1073741824", nil, true},
		{"temptable_max_ram", "1288490188", nil, true},  // 3% of 40 GiB
		{"temptable_max_ram", "1073741825", nil, false}, // 3% of no number of pages
		{"temptable_max_ram", "536870912", nil, false},
		{"innodb_read_io_threads", "6", nil, true},
		{"innodb_read_io_threads", "3", nil, false},
		{"innodb_parallel_read_threads", "11", nil, true},
		{"innodb_parallel_read_threads", "11", small, false},
		{"innodb_parallel_read_threads", "4", small, true},
		{"innodb_read_io_threads", "64", small, false}, // there are 31 at most
		{"innodb_read_io_threads", "8", small, true},
		{"innodb_purge_threads", "3", nil, false},
		{"innodb_purge_threads", "4", nil, true},
		{"innodb_purge_threads", "4", small, true}, // 9 to 31 processors: one witness may have been changed
	} {
		running := map[string]string{}
		for k, v := range test.host {
			running[k] = v
		}
		running[test.variable] = test.running
		c := For(mysql97)
		v, ok := c.Fresh(nil, seen(running)).Default(test.variable)
		if !ok || c.Matches(test.variable, v, test.running) != test.isDefault {
			t.Errorf("%s=%s on %v: default %v", test.variable, test.running, test.host, v)
		}
	}
}

// What the server calls its own choice is a witness by itself.
func TestHostDefaultsBesideTheServersOwnChoice(t *testing.T) {
	for source, want := range map[model.Source]HostVerdict{model.SourceCompiled: HostNever, model.SourceDynamic: HostPossible} {
		snap := &model.Snapshot{Server: mysql97, HasSources: true, Variables: map[string]model.Variable{
			"innodb_read_io_threads": {Name: "innodb_read_io_threads", Value: "4", Source: source},
			"innodb_purge_threads":   {Name: "innodb_purge_threads", Value: "4", Source: model.SourcePersisted},
		}}
		f := For(mysql97).WithLive(snap).Fresh(nil, func(name string) (string, bool) { v, ok := snap.Variables[name]; return v.Value, ok })
		if got := f.HostVerdict("innodb_purge_threads", "4"); got != want {
			t.Errorf("%s: %d, want %d", source, got, want)
		}
	}
}
