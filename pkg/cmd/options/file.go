package options

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
)

// NoConfigFile marks a verb, by an annotation, for which the configuration files
// mean nothing: it works also where one of them is broken.
const NoConfigFile = "mysqldrift/no-config-file"

// rivals are flags that do not go with others. A file is not written for one
// command: its default gives way where the command line names one of these.
var rivals = map[string][]string{
	"all-namespaces":     {"namespace"},
	"context":            {"contexts"},
	"credentials-secret": {"user"},
	"user":               {"credentials-secret"},
	"git":                {"option-file", "replicas"},
	"declared":           {"option-file", "replicas"},
	"git-repo":           {"option-file", "replicas", "persist", "no-git"},
	"replicas":           {"option-file", "git", "declared", "git-repo"},
	"no-git":             {"git-repo"},
	"persist":            {"git-repo"},
	"tree":               {"output"},
	"output":             {"tree"},
	"group":              {"kube-user", "serviceaccount"},
	"kube-user":          {"group", "serviceaccount"},
	"serviceaccount":     {"group", "kube-user"},
}

// companions are flags that mean something only beside one of others: without
// one on the command line the file's default is left out.
var companions = map[string]map[string][]string{
	"diff": {"include-root": {"option-file"}, "server-args": {"option-file"}, "server-version": {"option-file"}},
	"fix":  {"audit-file": {"apply"}},
}

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
	typed := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { typed[f.Name] = true })
	r.fromFile = map[string]bool{}
	var fault error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, ok := r.File.Flag(cmd.Name(), f.Name)
		if !ok || fault != nil || !fits(cmd.Name(), f.Name, typed) {
			return
		}
		for _, text := range value.Texts {
			if err := cmd.Flags().Set(f.Name, text); err != nil {
				fault = Usagef("%s: --%s: %w", value.Place, f.Name, err)
				return
			}
		}
		r.fromFile[f.Name] = true
	})
	return fault
}

// fits: a file's default for the flag goes with what the command line says.
func fits(verb, flag string, typed map[string]bool) bool {
	is := func(name string) bool { return typed[name] }
	with := companions[verb][flag]
	return !typed[flag] && !slices.ContainsFunc(rivals[flag], is) && (with == nil || slices.ContainsFunc(with, is))
}

// FromFile says that a configuration file gave the flag its value: it is then
// where something is, not that it is wanted now.
func (r *Root) FromFile(flag string) bool { return r.fromFile[flag] }

// Warn writes a line to stderr that is no error of the command.
func (r *Root) Warn(format string, args ...any) {
	fmt.Fprintf(r.Streams.ErrOut, "warning: "+strings.TrimSuffix(format, "\n")+"\n", args...)
}
