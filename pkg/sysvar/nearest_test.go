package sysvar

import "testing"

func TestNearest(t *testing.T) {
	for option, want := range map[string]string{
		"skip-name-resolv": "skip-name-resolve", "skip-networkin": "skip-networking", "skip-grant-table": "skip-grant-tables",
		"sort_buffer": "sort-buffer-size", "innodb_log_buffer": "innodb-log-buffer-size", "thread_cache": "thread-cache-size",
		"max_connections: 200": "max-connections", "max_conections": "max-connections",
		"skip-bdb": "", "foo": "", "entirely_something_else": "",
	} {
		if r := For(mysql97).Resolve(option); !r.Unknown || r.Suggestion != want && !r.Removed {
			t.Errorf("%s: %q, want %q", option, r.Suggestion, want)
		}
	}
}
