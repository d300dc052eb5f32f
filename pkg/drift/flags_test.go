package drift

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// The remedy puts back the flags too that nobody declared, and only those that were changed.
func TestRemedyOfAFlagList(t *testing.T) {
	server := model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 18}}
	spec, _ := sysvar.For(server).Lookup("optimizer_switch")
	for set, want := range map[string]string{
		"mrr=on":          "SET GLOBAL optimizer_switch = 'index_merge=off,mrr=off'",
		"index_merge=on":  "SET GLOBAL optimizer_switch = 'index_merge=off'",
		"index_merge=off": "",
	} {
		name, _, _ := strings.Cut(set, "=")
		now := strings.Replace(spec.Default, "index_merge=on", "index_merge=off", 1)
		now = strings.NewReplacer(","+name+"=on,", ","+set+",", ","+name+"=off,", ","+set+",").Replace("," + now + ",")
		if name == "index_merge" {
			now = strings.Replace(now, "index_merge=off", set, 1)
		}
		s := running("optimizer_switch", strings.Trim(now, ","), model.SourceDynamic)
		s.Server = server
		remedy := ""
		for _, f := range Compare(Input{Declaration: declare("optimizer_switch", "index_merge=off"), Snapshot: s}) {
			remedy, _, _ = strings.Cut(f.Remedy, ";")
		}
		if remedy != want {
			t.Errorf("%s: %s, want %s", set, remedy, want)
		}
	}
}
