package blame

import (
	"strings"
	"testing"
)

func TestInitFileSets(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"SET GLOBAL max_connections = 500;":   "gives",
		"set @@global.Max_Connections := 500": "gives",
		"SET GLOBAL `max_connections` = '500', wait_timeout = 9;":                        "gives",
		"SET GLOBAL max_connections = 400;":                                              "",
		"SET GLOBAL max_connections = 500;\nSET GLOBAL max_connections = 400;":           "",
		"SET GLOBAL max_connections = 400;\nCALL ops.tune();":                            "runs a stored program",
		"INSERT INTO t VALUES ('max_connections')":                                       "names",
		"SET GLOBAL mysqlx_max_connections = 500; SET GLOBAL source_verify_checksum = 1": "names",
	} {
		got := initFileSets(override(nil), text)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
