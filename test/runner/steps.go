package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// step is one part of the whole test run.
type step struct {
	name, what string
	// impossible says why the step cannot run on this machine; "" if it can.
	impossible func() string
	run        func(ctx context.Context, t *tally) error
}

func always() string { return "" }

var steps = []step{
	{"unit", "packages, golden files, scripts and the import graph, with the race detector", always,
		func(ctx context.Context, t *tally) error {
			// Lint has vetted it; without the symbols that only a debugger reads it links faster.
			return goTest(ctx, t, ".", []string{"CGO_ENABLED=1"}, "-race", "-vet=off", "-ldflags=-s", "-timeout", "15m", "./...")
		}},
	{"labunit", "the lab's own module", always,
		func(ctx context.Context, t *tally) error {
			return goTest(ctx, t, "test/lab", nil, "-timeout", "10m", ".", "./internal/...", "./labpod")
		}},
	{"lab", "a real cluster with real servers: incidents, faults, layouts", needsLab, labTests},
}

// needsLab says what the lab lacks here: it needs root and Debian's packages.
func needsLab() string {
	if os.Getuid() != 0 {
		return "the lab starts a kubelet and containerd: run as root"
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "the lab installs containerd and the servers from Debian's packages, and there is no apt-get here"
	}
	return ""
}

// labTests brings the lab up, runs what is tagged "lab", and takes it down again.
func labTests(ctx context.Context, t *tally) (err error) {
	if err := lab(ctx, "up"); err != nil {
		return err
	}
	defer func() {
		// Ctrl-C must not leave a cluster behind.
		if downErr := lab(context.WithoutCancel(ctx), "down"); err == nil {
			err = downErr
		}
	}()
	if err := startTools(ctx); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "bin/lab", "kubeconfig").Output()
	if err != nil {
		return fmt.Errorf("lab kubeconfig: %w", err)
	}
	env := []string{"MYSQLDRIFT_LAB_KUBECONFIG=" + strings.TrimSpace(string(out))}
	// One package at a time: they share the cluster.
	return goTest(ctx, t, ".", env, "-tags", "lab", "-vet=off", "-ldflags=-s", "-p", "1", "-count", "1", "-timeout", "30m", "./test/...")
}

// startTools starts Flux's and Argo CD's programs where they are built already:
// building them takes some ten minutes each, which a run takes only if asked to.
// Tests that need them skip themselves, with the reason.
func startTools(ctx context.Context) error {
	for tool, wanted := range map[string]string{"flux": "MYSQLDRIFT_FLUX", "argocd": "MYSQLDRIFT_ARGOCD"} {
		args := []string{tool, "--cached"}
		if os.Getenv(wanted) == "1" {
			args = args[:1]
		}
		err := lab(ctx, args...)
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 2 { // not built
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func lab(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "bin/lab", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("lab %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
