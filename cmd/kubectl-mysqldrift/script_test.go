package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mysqldrift/kubectl-mysqldrift/test/script"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-mysqldrift": main})
}

// The scripts read like a session in a shell; they need no cluster.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "../../test/script", Cmds: script.Commands})
}
