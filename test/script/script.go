// Package script holds the commands that the scripts in this folder use beyond
// those of testscript. It must not know what the scripts test.
package script

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands are:
//
//	exits CODE PROGRAM [ARGUMENT]...   runs a program and wants this exit code
//	within DURATION CODE PROGRAM ...   the same, and wants it to end in time
var Commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":  exits,
	"within": within,
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT]...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exits %s: %v", args[0], err)
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func within(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: within DURATION CODE PROGRAM [ARGUMENT]...")
	}
	limit, err := time.ParseDuration(args[0])
	if err != nil {
		ts.Fatalf("within %s: %v", args[0], err)
	}
	start := time.Now()
	exits(ts, false, args[1:])
	if took := time.Since(start); took > limit {
		ts.Fatalf("%s took %s, want at most %s", strings.Join(args[2:], " "), took.Round(time.Millisecond), limit)
	}
}
