// Command lab runs a real Kubernetes with real MySQL and MariaDB servers on
// one machine, and puts scenarios with configuration drift into it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// Exit codes: what the lab was told to do failed, or cannot be done here.
const (
	exitFailed = 1
	exitUnfit  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	paths, err := place.Default()
	if err == nil {
		err = newCommand(paths).ExecuteContext(ctx)
	}
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "lab:", err)
	for _, known := range unfit {
		if errors.Is(err, known) {
			os.Exit(exitUnfit)
		}
	}
	os.Exit(exitFailed)
}
