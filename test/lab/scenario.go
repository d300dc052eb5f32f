package main

import (
	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

func scenarioCommands(p place.Paths) []*cobra.Command { return nil }
