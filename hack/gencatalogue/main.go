// Command gencatalogue writes the tables of system variables that package
// sysvar embeds. It has two verbs:
//
//	gencatalogue capture   asks one real server for everything it says of its
//	                       options and variables, and writes captures/NAME.tsv
//	gencatalogue build     joins the captures with the facts that no server
//	                       says of itself (facts/*.tsv) to one table for each
//	                       release series in pkg/sysvar/data
//
// README.md beside it tells how each table came about.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gencatalogue:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	switch args[0] {
	case "capture":
		return runCapture(ctx, args[1:])
	case "build":
		return runBuild(args[1:])
	case "-h", "-help", "--help", "help":
		fmt.Print(usage)
		return nil
	}
	return fmt.Errorf("unknown verb %q\n%s", args[0], usage)
}

const usage = `Usage:
  go run ./hack/gencatalogue capture -name mysql-9.7 [-root DIR] [-server PATH] [-plugins A.so,B.so] [-o FILE]
  go run ./hack/gencatalogue build [-facts DIR] [-captures DIR] [-out DIR]

capture runs a server of its own in a temporary folder (without a network
port) and needs root when -root names a folder to change root to.
build is pure: the same captures and facts give the same tables.
`

func runBuild(args []string) error {
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	facts := fs.String("facts", "hack/gencatalogue/facts", "folder of hand-written facts")
	captures := fs.String("captures", "hack/gencatalogue/captures", "folder of captures")
	out := fs.String("out", "pkg/sysvar/data", "folder to write the tables to")
	if err := fs.Parse(args); err != nil {
		return err
	}
	return build(*facts, *captures, *out, os.Stdout)
}
