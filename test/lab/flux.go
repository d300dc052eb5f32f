package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/build"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/host"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

func fluxCommand(p place.Paths) *cobra.Command {
	var cached bool
	command := &cobra.Command{
		Use: "flux", Short: "Start Flux's controllers in a lab that is up; the first time it builds them", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, log := command.Context(), progress.New(command.ErrOrStderr())
			unlock, err := lock(p)
			if err != nil {
				return err
			}
			defer unlock()
			if err := build.Flux(ctx, log, p, !cached); err != nil {
				return err
			}
			if err := cluster.Flux(ctx, log, p); err != nil {
				return err
			}
			log.Say("Flux runs: GitRepository and Kustomization are reconciled")
			return nil
		},
	}
	command.Flags().BoolVar(&cached, "cached", false, fmt.Sprintf("build nothing: exit code %d unless they were built before", exitUnfit))
	return command
}

// unfit: what was asked for cannot be done here.
var unfit = []error{host.ErrUnfit, build.ErrNoFlux, errUsage}
