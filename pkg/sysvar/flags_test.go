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
		"rowid_filterx=off": true, "mrr_co=off": true, "12": true, "mrr=1": true, "mrr": true, "mrr=off , index_merge=off": true,
	} {
		v := For(mysql97).Fresh([]model.Setting{set("optimizer_switch", text)}, host).Declared("optimizer_switch")
		if v == nil || v.Refused != refused {
			t.Errorf("%q: %+v", text, v)
		}
	}
	v := For(mysql97).Fresh([]model.Setting{set("optimizer_switch", "mrr=off"), set("optimizer_switch", "default,index_merge=off")}, host).Declared("optimizer_switch")
	if v.Text != "index_merge=off" {
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
