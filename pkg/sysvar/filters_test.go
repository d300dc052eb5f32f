package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// MariaDB shows filters as variables, and refuses the same as MySQL. Seen on 10.11.19.
func TestFiltersThatMariaDBRefuses(t *testing.T) {
	for _, test := range []struct {
		option, value string
		refused       bool
	}{
		{"replicate-do-table", "tab", true}, {"replicate-do-table", "a.b", false}, {"replicate-wild-ignore-table", "mysql", true},
		{"replicate-wild-ignore-table", "mysql.%", false}, {"replicate-rewrite-db", "a", true}, {"replicate-rewrite-db", "a->b", false},
	} {
		f := For(mariadb10).Fresh([]model.Setting{set(test.option, test.value)}, nil)
		if v := f.Alone(0); v.Refused != test.refused || (v.Problem != "") != test.refused {
			t.Errorf("%s=%s: %+v", test.option, test.value, v)
		}
	}
}
