package sysvar

import (
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Seen on MySQL 9.7.4 and MariaDB 10.11.19.
func TestFlagsThatServersRefuse(t *testing.T) {
	host := seen(map[string]string{"optimizer_switch": "index_merge=on,mrr=on,mrr_cost_based=on"})
	for text, refused := range map[string]bool{
		"mrr=off": false, "MRR=OFF": false, "default": false, "default,mrr=off": false, "": false, "mrr=default": false,
		"rowid_filterx=off": true, "mrr_co=off": true, "12": true, "mrr=1": true, "mrr=off,": true, ",mrr=off": true, "mrr": true, "mrr=off , index_merge=off": true,
	} {
		v := For(mysql97).Fresh([]model.Setting{set("optimizer_switch", text)}, host).Declared("optimizer_switch")
		if v == nil || v.Refused != refused {
			t.Errorf("%q: %+v", text, v)
		}
	}
	v := For(mysql97).Fresh([]model.Setting{set("optimizer_switch", "mrr=off"), set("optimizer_switch", "default,index_merge=off")}, host).Declared("optimizer_switch")
	if v.Text != "mrr=on,mrr_cost_based=on,index_merge=off" {
		t.Errorf("after the word default: %+v", v)
	}
	if v := For(mysql97).Fresh([]model.Setting{set("optimizer_switch", "new_flag=off")}, nil).Declared("optimizer_switch"); v.Refused {
		t.Errorf("a flag of a server that was not seen: %+v", v)
	}
}

func TestTLSVersionsThatServersRefuse(t *testing.T) {
	for _, test := range []struct {
		server  model.Server
		text    string
		refused bool
	}{
		{mysql97, "TLSv1,TLSv1.2", true}, {mysql97, "TLSv1.2;TLSv1.3", true}, {mysql97, "tlsv1.2", false}, {mysql97, "", false}, {mysql97, "TLSv1.2,TLSv1.3", false},
		{mariadb10, "TLSv1,TLSv1.2", true}, {mariadb10, "TLSv1.0,TLSv1.2", false}, {mariadb10, "tlsv1.2", false},
	} {
		v := For(test.server).Fresh([]model.Setting{set("tls_version", test.text)}, nil).Declared("tls_version")
		if v == nil || v.Refused != test.refused {
			t.Errorf("%s %q: %+v", test.server, test.text, v)
		}
	}
}

// Seen on MariaDB 10.11.19; MySQL refuses a loose option's value as any other.
func TestLooseOptionThatCannotBeRead(t *testing.T) {
	for option, want := range map[string]string{"loose_max_connections=foo": "10", "loose_slow_launch_time=-1": "0", "loose_long_query_time=x": "0.000000"} {
		for _, server := range []model.Server{mariadb10, mysql97} {
			f := For(server).Fresh(assignments([]string{option}), nil)
			v := f.Declared(f.Assigned[0].Variable)
			if server == mariadb10 && (v.Refused || v.Text != want || v.Problem == "") || server == mysql97 && option != "loose_slow_launch_time=-1" && !v.Refused {
				t.Errorf("%s %s: %+v, want %s", server, option, v, want)
			}
		}
	}
}

func TestAnsi(t *testing.T) {
	ansi := model.Setting{Option: "ansi"}
	mode, level := set("sql_mode", "STRICT_TRANS_TABLES"), set("transaction-isolation", "READ-COMMITTED")
	for _, test := range []struct {
		declared    []model.Setting
		mode, level string
	}{
		{[]model.Setting{mode, level, ansi}, "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI", "SERIALIZABLE"},
		{[]model.Setting{ansi, mode, level}, "STRICT_TRANS_TABLES", "READ-COMMITTED"},
	} {
		f := For(mysql97).Fresh(test.declared, nil)
		if m, l := f.Declared("sql_mode"), f.Declared("transaction_isolation"); m.Text != test.mode || l.Text != test.level {
			t.Errorf("%v: %+v, %+v", test.declared, m, l)
		}
	}
}
