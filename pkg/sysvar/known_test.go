package sysvar

import "testing"

func TestKnown(t *testing.T) {
	for name, want := range map[string]bool{
		"max_connections":  true,
		"query_cache_size": true, // gone from MySQL since 8.0
		"aria_*":           true, // MariaDB's
		"max_connectons":   false,
		"inodb_*":          false,
		"":                 false,
	} {
		if got := Known(name); got != want {
			t.Errorf("%s: known %v, want %v", name, got, want)
		}
	}
}
