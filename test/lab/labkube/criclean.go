package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace/noop"
	criclient "k8s.io/cri-client/pkg"
)

// runCRIClean stops and removes every pod sandbox that the container runtime
// at the given endpoint holds, which also gives back addresses, network
// namespaces and cgroups. It stands in for crictl, which Debian lacks.
func runCRIClean(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: cri-clean ENDPOINT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	runtime, err := criclient.NewRemoteRuntimeService(ctx, args[0], 30*time.Second, noop.NewTracerProvider(), false)
	if err != nil {
		return fmt.Errorf("connect to the container runtime at %s: %w", args[0], err)
	}
	sandboxes, err := runtime.ListPodSandbox(ctx, nil)
	if err != nil {
		return fmt.Errorf("list pod sandboxes: %w", err)
	}
	var group sync.WaitGroup
	failures := make([]error, len(sandboxes))
	for i, sandbox := range sandboxes {
		group.Go(func() {
			if err := runtime.StopPodSandbox(ctx, sandbox.Id); err != nil {
				failures[i] = fmt.Errorf("stop pod sandbox %s: %w", sandbox.Metadata.GetName(), err)
				return
			}
			if err := runtime.RemovePodSandbox(ctx, sandbox.Id); err != nil {
				failures[i] = fmt.Errorf("remove pod sandbox %s: %w", sandbox.Metadata.GetName(), err)
			}
		})
	}
	group.Wait()
	failed := 0
	for _, err := range failures {
		if err != nil {
			failed++
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d pod sandboxes were not removed", failed, len(sandboxes))
	}
	return nil
}
