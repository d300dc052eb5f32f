package scenario

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// finishFaults breaks what must first have worked.
func finishFaults(ctx context.Context, log *progress.Log, t Target) error {
	if _, err := t.run(ctx, "", "-n", "faults", "patch", "secret", "rotated", "--type=merge",
		"--patch", `{"stringData":{"password":"not-the-password"}}`); err != nil {
		return fmt.Errorf("change the Secret: %w", err)
	}
	log.Say("faults: the Secret of wrong-password no longer holds the password")
	if err := freezeHanging(ctx, t); err != nil {
		return err
	}
	log.Say("faults: the server of hanging is frozen")
	if err := t.waitForRestarts(ctx, "crash-loop-0"); err != nil {
		return err
	}
	log.Say("faults: crash-loop has crashed")
	return nil
}

// signalServer sends a signal to the server; in this pod the processes share
// one namespace and the server is not process 1, which would not feel it.
const signalServer = `for dir in /proc/[0-9]*; do
  read -r name < "$dir/comm" || continue
  [ "$name" = mysqld ] && kill -%s "${dir#/proc/}"
done
exit 0
`

func freezeHanging(ctx context.Context, t Target) error {
	if _, err := t.script(ctx, "faults", "hanging-0", "mysql", fmt.Sprintf(signalServer, "STOP")); err != nil {
		return fmt.Errorf("freeze the server: %w", err)
	}
	return nil
}

func thawHanging(ctx context.Context, t Target) error {
	if _, err := t.script(ctx, "faults", "hanging-0", "mysql", fmt.Sprintf(signalServer, "CONT")); err != nil {
		return fmt.Errorf("thaw the server: %w", err)
	}
	return nil
}

func (t Target) waitForRestarts(ctx context.Context, pod string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		out, err := t.run(ctx, "", "-n", "faults", "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}")
		if count, bad := strconv.Atoi(strings.TrimSpace(out)); err == nil && bad == nil && count > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pod faults/%s does not crash: %w", pod, ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
}
