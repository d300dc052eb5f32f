package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mysqldrift/kubectl-mysqldrift/test/script"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-mysqldrift": main})
}

// The scripts read like a session in a shell; they need no cluster.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../docs/examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: "../../test/script", Cmds: script.Commands, Setup: func(env *testscript.Env) error {
		env.Setenv("EXAMPLES", examples)
		return nil
	}})
}
