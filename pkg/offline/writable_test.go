package offline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// A copy that anybody may write is told and compared; the server's own file is not
// read, as the server does not read it.
func TestFileThatAnybodyMayWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.cnf")
	if err := os.WriteFile(path, []byte("[mysqld]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7}}
	for _, test := range []struct {
		mode        os.FileMode
		root        string
		told, known bool
	}{{0o644, "", false, false}, {0o666, "", true, false}, {0o666, "/", false, true}, {0o644, "/", false, false}} {
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		cfg := Config{IncludeRoot: test.root}
		if _, told := cfg.writable(path, server); told != test.told {
			t.Errorf("%+v: told %v", test, told)
		}
		if got := cfg.serverMode(path, server)&0o002 != 0; got != test.known {
			t.Errorf("%+v: the server's mode %v", test, got)
		}
	}
}
