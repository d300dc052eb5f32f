package drift

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Arguments beat the image's own file, which holds defaults and declares nothing.
func TestArgumentOverImageFile(t *testing.T) {
	for object, want := range map[string]bool{model.ObjectImage: false, "configmap/db:my.cnf": true} {
		d := declare("max_connections", "500")
		d.Settings[0].Origin.Object = object
		unknown := Compare(Input{Declaration: d, Snapshot: running("max_connections", "600", model.SourceCommandLine)})
		d.Settings = append(d.Settings, model.Setting{Option: "max-connections", Value: "600", HasValue: true, Origin: model.Origin{Hop: model.HopArgument, Object: "arg"}})
		for name, found := range map[string][]v1.Finding{
			"an argument that is declared":  Compare(Input{Declaration: d, Snapshot: running("max_connections", "600", model.SourceCommandLine)}),
			"an argument that is not known": unknown,
		} {
			drifted := len(found) > 0 && found[0].Drift
			if drifted != want {
				t.Errorf("%s over %s: %+v", name, object, found)
			}
		}
	}
}

// Of a name that the server must know, only the one in force counts; a number that
// is none fails a start wherever it stands.
func TestRefusedOnlyInForce(t *testing.T) {
	maria := func(collation string) *model.Snapshot {
		s := running("collation_server", collation, model.SourceFile)
		s.Server = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11, Patch: 19}}
		s.Variables["character_set_server"] = model.Variable{Name: "character_set_server", Value: "utf8mb3", Source: model.SourceFile}
		return s
	}
	settings := func(pairs ...string) model.Declaration {
		d := model.Declaration{Complete: true}
		for i := 0; i < len(pairs); i += 2 {
			d.Settings = append(d.Settings, declare(pairs[i], pairs[i+1]).Settings...)
			d.Settings[i/2].Origin.Line = i
		}
		return d
	}
	invalid := func(found []v1.Finding) (n int) {
		for _, f := range found {
			if f.Class == v1.Invalid {
				n++
			}
		}
		return n
	}
	image := []string{"character-set-server", "utf8mb4", "collation-server", "utf8mb4_general_ci"}
	for name, c := range map[string]struct {
		d    model.Declaration
		s    *model.Snapshot
		want int
	}{
		"another pair later":           {settings(append(image, "character-set-server", "utf8", "collation-server", "utf8_unicode_ci")...), maria("utf8mb3_unicode_ci"), 0},
		"runs with it":                 {settings(append(image, "collation-server", "utf8_unicode_ci")...), maria("utf8mb3_unicode_ci"), 0},
		"one that does not fit":        {settings(append(image, "collation-server", "latin1_swedish_ci")...), maria("utf8mb3_unicode_ci"), 1},
		"no number, overruled later":   {settings("max_connections", "ten", "max_connections", "500"), running("max_connections", "500", model.SourceFile), 1},
		"no engine, overruled later":   {settings("default-storage-engine", "nosuch", "default-storage-engine", "InnoDB"), running("default_storage_engine", "InnoDB", model.SourceFile), 0},
		"no TLS, overruled later":      {settings("tls_version", "TLSv1.1", "tls_version", "TLSv1.3"), running("tls_version", "TLSv1.3", model.SourceFile), 0},
		"no engine, the last to count": {settings("default-storage-engine", "InnoDB", "default-storage-engine", "nosuch"), running("default_storage_engine", "InnoDB", model.SourceFile), 1},
	} {
		if found := Compare(Input{Declaration: c.d, Snapshot: c.s}); invalid(found) != c.want {
			t.Errorf("%s: %d invalid, want %d: %+v", name, invalid(found), c.want, found)
		}
	}
}
