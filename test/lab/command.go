package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/build"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/host"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/scenario"
)

var errUsage = errors.New("usage")

func newCommand(p place.Paths) *cobra.Command {
	root := &cobra.Command{
		Use: "lab", Short: "A real cluster with MySQL and MariaDB on this machine",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	root.AddCommand(upCommand(p), downCommand(p), statusCommand(p), restartCommand(p), fluxCommand(p), argoCDCommand(p), kubeconfigCommand(p), binCommand(p))
	root.AddCommand(scenarioCommands(p)...)
	return root
}

func upCommand(p place.Paths) *cobra.Command {
	return &cobra.Command{
		Use: "up", Short: "Build what is missing, start what does not run, mend what is half dead", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, log := command.Context(), progress.New(command.ErrOrStderr())
			if err := host.Check(); err != nil {
				return err
			}
			unlock, err := lock(p)
			if err != nil {
				return err
			}
			defer unlock()
			if err := host.Install(ctx, log); err != nil {
				return err
			}
			versions, err := build.Everything(ctx, log, p)
			if err != nil {
				return err
			}
			if err := cluster.Up(ctx, log, p); err != nil {
				return err
			}
			log.Say("the lab is up: Kubernetes %s, MySQL %s, MariaDB %s", versions.Kubernetes, versions.MySQL.Full, versions.MariaDB.Full)
			log.Say("export KUBECONFIG=%s PATH=%s:$PATH", p.Kubeconfig("admin"), p.Bin(""))
			return nil
		},
	}
}

func downCommand(p place.Paths) *cobra.Command {
	var purge bool
	command := &cobra.Command{
		Use: "down", Short: "Stop the lab and remove what it made, but not the cache", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			log := progress.New(command.ErrOrStderr())
			if os.Geteuid() != 0 {
				return fmt.Errorf("%w: root is needed to stop it", host.ErrUnfit)
			}
			unlock, err := lock(p)
			if err != nil {
				return err
			}
			defer unlock()
			if err := cluster.Down(command.Context(), log, p); err != nil {
				return err
			}
			if purge {
				if err := cluster.Purge(p); err != nil {
					return err
				}
			}
			log.Say("the lab is down")
			return nil
		},
	}
	command.Flags().BoolVar(&purge, "purge", false, "delete the cache of programs and images as well")
	return command
}

func statusCommand(p place.Paths) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say what runs", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			out, down := command.OutOrStdout(), 0
			for _, component := range cluster.Status(command.Context(), p) {
				state := "up"
				if component.Problem != "" {
					state, down = component.Problem, down+1
				}
				fmt.Fprintf(out, "%-24s %7d  %s\n", component.Name, component.PID, state)
			}
			versions, err := build.Known(p)
			if err == nil {
				fmt.Fprintf(out, "Kubernetes %s, MySQL %s, MariaDB %s\n", versions.Kubernetes, versions.MySQL.Full, versions.MariaDB.Full)
			}
			if target, err := labTarget(command.Context(), p); err == nil {
				for _, s := range scenario.All {
					fmt.Fprintf(out, "scenario %-15s %s\n", s.Name, s.Summary(command.Context(), target))
				}
			}
			if down > 0 {
				return fmt.Errorf("%d components are not up: `lab up` mends it", down)
			}
			return nil
		},
	}
}

func restartCommand(p place.Paths) *cobra.Command {
	return &cobra.Command{
		Use: "restart COMPONENT", Short: "Stop a component, as kube-apiserver, and start it again", Args: exactlyOne,
		RunE: func(command *cobra.Command, args []string) error {
			return cluster.Restart(command.Context(), progress.New(command.ErrOrStderr()), p, args[0])
		},
	}
}

func kubeconfigCommand(p place.Paths) *cobra.Command {
	var as string
	command := &cobra.Command{
		Use: "kubeconfig", Short: "Print the path of a kubeconfig", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if !slices.Contains(cluster.Users(), as) {
				return fmt.Errorf("%w: no user %q; there are %s", errUsage, as, strings.Join(cluster.Users(), ", "))
			}
			if _, err := os.Stat(p.Kubeconfig(as)); err != nil {
				return fmt.Errorf("the lab is not up: %w", err)
			}
			fmt.Fprintln(command.OutOrStdout(), p.Kubeconfig(as))
			return nil
		},
	}
	command.Flags().StringVar(&as, "as", "admin", "whose: "+strings.Join(cluster.Users(), ", "))
	return command
}

func binCommand(p place.Paths) *cobra.Command {
	return &cobra.Command{
		Use: "bin", Short: "Print the folder with the lab's kubectl", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			fmt.Fprintln(command.OutOrStdout(), p.Bin(""))
			return nil
		},
	}
}

// lock keeps two commands from starting or stopping the lab at once.
func lock(p place.Paths) (unlock func(), err error) {
	if err := os.MkdirAll(p.Cache, 0o755); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	file, err := os.OpenFile(p.Cache+"/lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the lab: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, errors.New("another lab command is starting or stopping it at this moment")
	}
	return func() { file.Close() }, nil
}
