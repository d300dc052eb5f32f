package options

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
)

// NoConfigFile marks a verb, by an annotation, for which the configuration files
// mean nothing: it works also where one of them is broken.
const NoConfigFile = "mysqldrift/no-config-file"

// readFiles reads the configuration files and sets the flags that they name and
// the command line does not.
func (r *Root) readFiles(cmd *cobra.Command) error {
	if cmd.Annotations[NoConfigFile] != "" || !cmd.HasParent() {
		return nil
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = ""
	}
	if r.File, err = configfile.Load(r.ConfigFile, dir); err != nil {
		return &ExitError{Code: ExitFailure, Err: err}
	}
	var fault error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, ok := r.File.Flag(cmd.Name(), f.Name)
		if !ok || f.Changed || fault != nil {
			return
		}
		for _, text := range value.Texts {
			if err := cmd.Flags().Set(f.Name, text); err != nil {
				fault = Usagef("%s: --%s: %w", value.Place, f.Name, err)
				return
			}
		}
	})
	return fault
}

// Warn writes a line to stderr that is no error of the command.
func (r *Root) Warn(format string, args ...any) {
	fmt.Fprintf(r.Streams.ErrOut, "warning: "+strings.TrimSuffix(format, "\n")+"\n", args...)
}
