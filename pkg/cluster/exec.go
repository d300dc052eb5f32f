package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

// ExitError is a command in a container that ended with a code other than 0.
type ExitError struct {
	Code   int
	Stderr string
}

func (e *ExitError) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("the command ended with code %d", e.Code)
	}
	return fmt.Sprintf("the command ended with code %d: %s", e.Code, e.Stderr)
}

// Exec runs a command in a container to its end. The command is visible to
// anybody who sees the API server's audit log: nothing secret may be in it.
func (c *Connector) Exec(ctx context.Context, namespace, pod, container string, cmd []string, stdin io.Reader) (stdout, stderr []byte, err error) {
	var out, errs bytes.Buffer
	err = c.stream(ctx, namespace, pod, container, cmd, stdin, &out, &errs)
	return out.Bytes(), errs.Bytes(), err
}

// stream runs a command and returns when it has ended. Errors are *ExitError,
// or say why the command could not be run.
func (c *Connector) stream(ctx context.Context, namespace, pod, container string, cmd []string, stdin io.Reader, stdout, stderr io.Writer) error {
	ctx = quiet(ctx, quietPayloads)
	target := c.url(namespace, pod, "exec", &corev1.PodExecOptions{
		Container: container, Command: cmd, Stdin: stdin != nil, Stdout: true, Stderr: true,
	})
	options := remotecommand.StreamOptions{Stdin: stdin, Stdout: stdout, Stderr: stderr}
	err := orSPDY(ctx, "exec "+namespace+"/"+pod,
		func() error {
			executor, err := remotecommand.NewWebSocketExecutor(c.config, "GET", target.String())
			if err != nil {
				return err
			}
			return executor.StreamWithContext(ctx, options)
		},
		func() error {
			executor, err := remotecommand.NewSPDYExecutor(c.config, "POST", target)
			if err != nil {
				return err
			}
			return executor.StreamWithContext(ctx, options)
		})
	var exit utilexec.CodeExitError
	if errors.As(err, &exit) {
		return &ExitError{Code: exit.Code}
	}
	if err != nil {
		return fmt.Errorf("exec in container %s of pod %s/%s: %w", container, namespace, pod, execFault(err))
	}
	return nil
}

// execFault recognises the runtime's words for a container without a shell.
func execFault(err error) error {
	text := err.Error()
	if strings.Contains(text, "executable file not found") || strings.Contains(text, "no such file or directory") {
		return &fault{ReasonExec, "the image has no shell: use --via port-forward", errors.New(notStarted.ReplaceAllString(text, "$1"))}
	}
	if strings.Contains(text, "container not found") || strings.Contains(text, "is not running") {
		return &fault{ReasonPodGone, "the container ended during the scan: see kubectl describe pod", err}
	}
	return err
}
