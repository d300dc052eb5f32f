package sysvar

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// What the servers make of values at their start. Seen on 9.7.4 and 10.11.19, those of
// Galera on 10.11.19.
func TestStartRules(t *testing.T) {
	both, maria := []model.Server{mysql97, mariadb10}, []model.Server{mariadb10}
	for _, test := range []struct {
		servers        []model.Server
		declared       string
		variable, want string
	}{
		{both, "sync_binlog=TRUE", "sync_binlog", "0"},
		{both, "sync_binlog=1", "sync_binlog", "1"},
		{both, "port=0", "port", "3306"},
		{both, "port=3307", "port", "3307"},
		{both, "innodb_ft_sort_pll_degree=3", "innodb_ft_sort_pll_degree", "4"},
		{both, "innodb_ft_sort_pll_degree=8", "innodb_ft_sort_pll_degree", "8"},
		{both, "flush flush_time=1800", "flush_time", "0"},
		{both, "flush_time=1800", "flush_time", "1800"},
		{maria, "wsrep_causal_reads=0 wsrep_sync_wait=3", "wsrep_causal_reads", "ON"},
		{maria, "wsrep_causal_reads=0 wsrep_sync_wait=2", "wsrep_causal_reads", "OFF"},
		{maria, "wsrep_sync_wait=2 wsrep_causal_reads=1", "wsrep_sync_wait", "3"},
		{maria, "wsrep_sync_wait=3 wsrep_causal_reads=0", "wsrep_causal_reads", "ON"},
		{maria, "wsrep_causal_reads=1 wsrep_sync_wait=2", "wsrep_sync_wait", "2"},
		{maria, "wsrep_causal_reads=1 wsrep_sync_wait=2", "wsrep_causal_reads", "OFF"},
	} {
		for _, server := range test.servers {
			v := For(server).Fresh(assignments(strings.Fields(test.declared)), nil).Declared(test.variable)
			if v == nil || v.Text != test.want || v.Refused {
				t.Errorf("%s, %s: %s is %+v, want %s", server.Flavour, test.declared, test.variable, v, test.want)
			}
		}
	}
	if v := For(mysql97).Fresh(assignments([]string{"sync_binlog=yes"}), nil).Declared("sync_binlog"); v == nil || !v.Refused {
		t.Errorf("no suffix: %+v", v)
	}
}
