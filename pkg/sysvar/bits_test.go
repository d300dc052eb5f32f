package sysvar

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func assignment(line string) model.Setting {
	name, value, has := strings.Cut(line, "=")
	return model.Setting{Option: name, Value: value, HasValue: has}
}

// Seen on MariaDB 10.11.19: the option that stands later decides.
func TestBits(t *testing.T) {
	const (
		disabled, slave, admin = "log_slow_disabled_statements", "log_slow_slave_statements", "log_slow_admin_statements"
		filter, unindexed      = "log_slow_filter", "log_queries_not_using_indexes"
	)
	for _, test := range []struct {
		declared       []string
		variable, want string
	}{
		{nil, disabled, "sp"},
		{nil, slave, "ON"},
		{[]string{disabled + "=slave"}, slave, "OFF"},
		{[]string{disabled + "=slave", slave + "=1"}, disabled, ""},
		{[]string{slave + "=1", disabled + "=slave"}, slave, "OFF"},
		{[]string{slave + "=0", disabled + "=call"}, slave, "ON"},
		{[]string{admin + "=0"}, disabled, "admin,sp"},
		{[]string{filter + "=admin", unindexed}, filter, "admin,not_using_index"},
		{[]string{filter + "=not_using_index", unindexed + "=0"}, filter, ""},
		{[]string{filter + "=not_using_index"}, unindexed, "ON"},
		{[]string{filter + "="}, unindexed, "ON"},
	} {
		t.Run(strings.Join(test.declared, ",")+" "+test.variable, func(t *testing.T) {
			v, ok := For(mariadb10).Fresh(assignments(test.declared), nil).Default(test.variable)
			if !ok || v.Text != test.want {
				t.Errorf("got %+v, want %q", v, test.want)
			}
		})
	}
}

func TestRetryErrors(t *testing.T) {
	for declared, want := range map[string]string{"": "", "1205": ",1205", "1205,12,x,13": ",1205,12", "all": ""} {
		v := For(mariadb10).Fresh([]model.Setting{set("slave_transaction_retry_errors", declared)}, nil).Declared("slave_transaction_retry_errors")
		if v == nil || v.Text != alwaysRetried+want {
			t.Errorf("%q: %+v", declared, v)
		}
	}
}

// Seen on MariaDB 10.11.19.
func TestPoolMaximum(t *testing.T) {
	const pool, limit, low = "innodb_buffer_pool_size", "innodb_buffer_pool_size_max", "innodb_buffer_pool_size_auto_min"
	for _, test := range []struct {
		declared       []string
		variable, want string
	}{
		{[]string{pool + "=700M", limit + "=600M"}, limit, "738197504"},
		{[]string{pool + "=301M", limit + "=302M"}, limit, "318767104"},
		{[]string{limit + "=600M", low + "=900M"}, low, "629145600"},
		{[]string{pool + "=301M", low + "=8M"}, low, "8796093022208"},
		{[]string{pool + "=700M", low + "=800M"}, low, "838860800"},
		{[]string{limit + "=600M"}, low, "629145600"},
	} {
		v, ok := For(mariadb10).Fresh(assignments(test.declared), nil).Default(test.variable)
		if !ok || v.Text != test.want {
			t.Errorf("%v: %s is %+v, want %s", test.declared, test.variable, v, test.want)
		}
	}
}
