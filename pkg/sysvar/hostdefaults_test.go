package sysvar

import "testing"

// A value outside what any host would give is a change, one inside proves none.
func TestHostDefaults(t *testing.T) {
	small := map[string]string{"innodb_read_io_threads": "4", "innodb_purge_threads": "1", "innodb_log_writer_threads": "OFF"}
	for _, test := range []struct {
		variable, running string
		host              map[string]string
		isDefault         bool
	}{
		{"temptable_max_ram", "1073741824", nil, true},
		{"temptable_max_ram", "3865470566", nil, true},
		{"temptable_max_ram", "536870912", nil, false},
		{"innodb_read_io_threads", "6", nil, true},
		{"innodb_read_io_threads", "3", nil, false},
		{"innodb_parallel_read_threads", "11", nil, true},
		{"innodb_parallel_read_threads", "11", small, false},
		{"innodb_parallel_read_threads", "4", small, true},
	} {
		running := map[string]string{test.variable: test.running}
		for k, v := range test.host {
			running[k] = v
		}
		c := For(mysql97)
		v, ok := c.Fresh(nil, seen(running)).Default(test.variable)
		if !ok || c.Matches(test.variable, v, test.running) != test.isDefault {
			t.Errorf("%s=%s on %v: default %v", test.variable, test.running, test.host, v)
		}
	}
}
