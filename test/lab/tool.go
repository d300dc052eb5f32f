package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/build"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/host"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

func fluxCommand(p place.Paths) *cobra.Command {
	return toolCommand(p, build.Flux, "Start Flux's controllers in a lab that is up; the first time it builds them", cluster.Flux,
		"Flux runs: GitRepository and Kustomization are reconciled")
}

func argoCDCommand(p place.Paths) *cobra.Command {
	return toolCommand(p, build.ArgoCD, "Start Argo CD in a lab that is up; the first time it is built", cluster.ArgoCD,
		"Argo CD runs: Applications in namespace argocd are synced")
}

func toolCommand(p place.Paths, tool build.Tool, short string, start func(context.Context, *progress.Log, place.Paths) error, done string) *cobra.Command {
	var cached bool
	command := &cobra.Command{
		Use: tool.Folder, Short: short, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, log := command.Context(), progress.New(command.ErrOrStderr())
			unlock, err := lock(p)
			if err != nil {
				return err
			}
			defer unlock()
			if err := tool.Make(ctx, log, p, !cached); err != nil {
				return err
			}
			if err := start(ctx, log, p); err != nil {
				return err
			}
			log.Say("%s", done)
			return nil
		},
	}
	command.Flags().BoolVar(&cached, "cached", false, fmt.Sprintf("build nothing: exit code %d unless it was built before", exitUnfit))
	return command
}

// unfit: what was asked for cannot be done here.
var unfit = []error{host.ErrUnfit, build.ErrNotBuilt, errUsage}
