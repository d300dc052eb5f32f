// Package host prepares the machine: it knows which programs the lab needs,
// gets them from Debian, and makes root file systems of Debian's server
// packages. It knows nothing of Kubernetes.
package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// ErrUnfit says that this machine cannot hold the lab.
var ErrUnfit = errors.New("this machine cannot hold the lab")

// needs are the programs of the lab by the Debian package that brings them.
var needs = []struct{ program, debianPackage string }{
	{"containerd", "containerd"},
	{"runc", "runc"},
	{"/usr/lib/cni/bridge", "containernetworking-plugins"},
	{"debootstrap", "debootstrap"},
	{"ip", "iproute2"},
	{"iptables", "iptables"}, // kubelet and the CNI plugins look for it
	{"mount", "mount"},
}

// Check tells what stands against a lab on this machine, all of it at once.
func Check() error {
	var against []string
	if os.Geteuid() != 0 {
		against = append(against, "root is needed (containers, a network bridge): run it by sudo")
	}
	if missing := missingPackages(); len(missing) > 0 {
		if _, err := exec.LookPath("apt-get"); err != nil {
			against = append(against, "apt-get is needed to install "+strings.Join(missing, ", ")+
				": use Debian 12 or later, or install these yourself")
		}
	}
	if _, err := os.Stat("/sys/fs/cgroup"); err != nil {
		against = append(against, "cgroups are needed at /sys/fs/cgroup")
	}
	if _, err := exec.LookPath("go"); err != nil {
		against = append(against, "the go command is needed to build Kubernetes")
	}
	if len(against) == 0 {
		return nil
	}
	return fmt.Errorf("%w:\n  - %s\n  To use the same scenarios in a cluster that you have: lab deploy SCENARIO --context NAME",
		ErrUnfit, strings.Join(against, "\n  - "))
}

func missingPackages() []string {
	var missing []string
	for _, need := range needs {
		if _, err := exec.LookPath(need.program); err != nil {
			missing = append(missing, need.debianPackage)
		}
	}
	return missing
}

// Install gets the missing programs from Debian.
func Install(ctx context.Context, log *progress.Log) error {
	missing := missingPackages()
	if len(missing) == 0 {
		return nil
	}
	log.Say("installing from Debian: %s", strings.Join(missing, " "))
	if err := run(ctx, "apt-get", "update", "-q"); err != nil {
		return err
	}
	// The lab runs its own containerd: Debian's must not be started for it.
	return run(ctx, "env", append([]string{"DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install", "-y", "-q",
		"--no-install-recommends"}, missing...)...)
}

// run runs a program to its end; its output is shown only if it fails.
func run(ctx context.Context, program string, args ...string) error {
	_, err := output(exec.CommandContext(ctx, program, args...))
	return err
}

func output(command *exec.Cmd) (string, error) {
	var out, all bytes.Buffer
	command.Stdout = &tee{&out, &all}
	command.Stderr = &all
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, tail(all.String(), 15))
	}
	return out.String(), nil
}

type tee struct{ a, b *bytes.Buffer }

func (t *tee) Write(p []byte) (int, error) { t.a.Write(p); return t.b.Write(p) }

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "\n")
}
