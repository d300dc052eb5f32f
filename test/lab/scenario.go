package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/build"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/image"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/scenario"
)

// targetFlags pick the cluster that a scenario goes into.
type targetFlags struct {
	kubeconfig, context               string
	mysqlImage, mariadbImage, bitnami string
}

func (f *targetFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "use this cluster instead of the lab")
	flags.StringVar(&f.context, "context", "", "use this context's cluster instead of the lab")
	flags.StringVar(&f.mysqlImage, "mysql-image", "mysql:9", "the MySQL image, in a cluster other than the lab")
	flags.StringVar(&f.mariadbImage, "mariadb-image", "mariadb:10.11", "the MariaDB image, in a cluster other than the lab")
	flags.StringVar(&f.bitnami, "bitnami-image", "bitnamilegacy/mysql:9.4", "Bitnami's MySQL image, in a cluster other than the lab")
}

// target is the lab's own cluster unless a flag names another.
func (f *targetFlags) target(ctx context.Context, p place.Paths) (scenario.Target, error) {
	if f.kubeconfig == "" && f.context == "" {
		return labTarget(ctx, p)
	}
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		kubectl = p.Bin("kubectl")
	}
	t := scenario.Target{Kubectl: kubectl, Images: map[string]string{
		"MYSQL_IMAGE": f.mysqlImage, "MARIADB_IMAGE": f.mariadbImage, "BITNAMI_IMAGE": f.bitnami,
		"EXPORTER_IMAGE": image.ExporterImage, "PROXY_IMAGE": image.ProxyImage, "PULL": "IfNotPresent",
	}}
	if f.kubeconfig != "" {
		t.Flags = append(t.Flags, "--kubeconfig="+f.kubeconfig)
	}
	if f.context != "" {
		t.Flags = append(t.Flags, "--context="+f.context)
	}
	return t, nil
}

func labTarget(ctx context.Context, p place.Paths) (scenario.Target, error) {
	if !cluster.Running(ctx, p) {
		return scenario.Target{}, errors.New("the lab is not up: run `lab up`, or name a cluster by --context or --kubeconfig")
	}
	versions, err := build.Known(p)
	if err != nil {
		return scenario.Target{}, err
	}
	return scenario.Target{
		Kubectl: p.Bin("kubectl"), Lab: true,
		Flags: []string{"--kubeconfig=" + p.Kubeconfig("admin"), "--cache-dir=" + filepath.Join(p.State, "kubectl-cache")},
		Images: map[string]string{
			"MYSQL_IMAGE":    "docker.io/library/mysql:" + versions.MySQL.Short,
			"MARIADB_IMAGE":  "docker.io/library/mariadb:" + versions.MariaDB.Short,
			"BITNAMI_IMAGE":  "docker.io/bitnami/mysql:" + versions.MySQL.Short,
			"EXPORTER_IMAGE": image.ExporterImage, "PROXY_IMAGE": image.ProxyImage, "PULL": "Never",
		},
	}, nil
}

func scenarioCommands(p place.Paths) []*cobra.Command {
	return []*cobra.Command{deployCommand(p), undeployCommand(p), incidentCommand(p)}
}

func deployCommand(p place.Paths) *cobra.Command {
	var flags targetFlags
	var incidents, fresh bool
	command := &cobra.Command{
		Use: "deploy SCENARIO", Short: "Put a scenario into the lab or into another cluster", Args: exactlyOne,
		RunE: func(command *cobra.Command, args []string) error {
			ctx, log := command.Context(), progress.New(command.ErrOrStderr())
			chosen, err := scenario.Find(args[0])
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			target, err := flags.target(ctx, p)
			if err != nil {
				return err
			}
			if fresh {
				if err := chosen.Undeploy(ctx, log, target); err != nil {
					return err
				}
			}
			if err := chosen.Deploy(ctx, log, target); err != nil || !incidents {
				return err
			}
			for _, incident := range scenario.Incidents {
				if incident.Scenario != chosen.Name || !incident.Standard {
					continue
				}
				if err := incident.Happen(ctx, log, target); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, s := range scenario.All {
		command.Long += fmt.Sprintf("  %-8s %s\n", s.Name, s.About)
	}
	flags.add(command)
	command.Flags().BoolVar(&incidents, "incidents", false, "make the scenario's incidents as well")
	command.Flags().BoolVar(&fresh, "fresh", false, "delete the scenario first")
	return command
}

func undeployCommand(p place.Paths) *cobra.Command {
	var flags targetFlags
	command := &cobra.Command{
		Use: "undeploy SCENARIO", Short: "Delete a scenario", Args: exactlyOne,
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := scenario.Find(args[0])
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			target, err := flags.target(command.Context(), p)
			if err != nil {
				return err
			}
			return chosen.Undeploy(command.Context(), progress.New(command.ErrOrStderr()), target)
		},
	}
	flags.add(command)
	return command
}

func incidentCommand(p place.Paths) *cobra.Command {
	var flags targetFlags
	command := &cobra.Command{
		Use: "incident [NAME]", Short: "Make an incident in a deployed scenario, or list what there is", Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, i := range scenario.Incidents {
					fmt.Fprintf(command.OutOrStdout(), "%-8s %-16s %s\n", i.Scenario, i.Name, i.About)
				}
				return nil
			}
			chosen, err := scenario.FindIncident(args[0])
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			target, err := flags.target(command.Context(), p)
			if err != nil {
				return err
			}
			return chosen.Happen(command.Context(), progress.New(command.ErrOrStderr()), target)
		},
	}
	flags.add(command)
	return command
}

func exactlyOne(command *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(command, args); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return nil
}
