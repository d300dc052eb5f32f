// Command kubectl-mysqldrift is the kubectl plugin. It holds what a process has
// and nothing else: streams, signals, the exit code.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	_ "github.com/mysqldrift/kubectl-mysqldrift/cmd/kubectl-mysqldrift/internal/shortlived"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// Stamped by the release: -ldflags "-X main.version=v1.2.3 -X main.commit=… -X main.date=…".
var version, commit, date string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C ends the scan and prints what was read; with the handler
	// gone, a second one ends the process.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	command := cmd.New(options.NewRoot(streams, build()))
	command.SetArgs(args)
	code, err := options.CodeOf(command.ExecuteContext(ctx))
	if err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
	}
	return code
}

// build is the stamped version, or for `go install` the module's.
func build() options.Build {
	b := options.Build{Version: version, Commit: commit, Date: date}
	info, ok := debug.ReadBuildInfo()
	if b.Version != "" || !ok {
		return b
	}
	b.Version = info.Main.Version
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}
