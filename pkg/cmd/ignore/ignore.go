// Package ignore is the verb `ignore`: it writes one rule into a configuration
// file. What a rule does is in package policy.
package ignore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

type flags struct {
	root   *options.Root
	rule   policy.Ignore
	user   bool
	dryRun bool
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root}
	cmd := &cobra.Command{
		Use:   "ignore [WORKLOAD] VARIABLE --reason TEXT",
		Short: "Write a rule that lets a drift pass, with its reason and expiry",
		Long: `Write a rule into .mysqldrift.yaml of the Git repository that you are in, or else
into your own configuration file: drift of the variable is then no drift. It still
shows in -o wide and -o json, with the reason, and changes no exit code. All else
in the file, comments too, stays as it is.

Variable, workload and namespace may be patterns ("innodb_*", "statefulset/*").
Without -n the rule holds in every namespace, without a workload for all. A rule
that expired is told at each scan and ignores nothing.

No server and no object in the cluster is changed.

Exit codes: 0 written, 2 failure or wrong use.`,
		Example: `  # Until the load test is over
  kubectl mysqldrift ignore sts/mysql max_connections -n shop --reason 'load test' --owner dba@example.com --expires 2026-12-31

  # Everywhere, for good, into your own file
  kubectl mysqldrift ignore long_query_time --reason 'set by hand while searching' --user-file

  # Only look at what would be written
  kubectl mysqldrift ignore 'innodb_io_*' --reason 'tuned by the host team' --dry-run`,
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return options.Usagef("which variable? Name it: kubectl mysqldrift ignore [WORKLOAD] max_connections --reason TEXT")
			case 1, 2:
				return nil
			}
			return options.Usagef("want a workload and a variable at most, got %d arguments: each variable has a rule of its own, or a pattern", len(args))
		},
		Annotations: map[string]string{options.NoConfigFile: "true"},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 && strings.Contains(toComplete, "/") {
				return cluster.CompleteNames(root)(cmd, args, toComplete)
			}
			return cluster.CompleteVariables(toComplete)
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(args) },
	}
	cmd.Flags().StringVar(&f.rule.Reason, "reason", "", "Why it may pass (required)")
	cmd.Flags().StringVar(&f.rule.Owner, "owner", "", "Who answers for that")
	cmd.Flags().StringVar(&f.rule.Expires, "expires", "", "The last day on which the rule holds, YYYY-MM-DD")
	cmd.Flags().BoolVar(&f.user, "user-file", false, "Write into your own configuration file, not the repository's")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "Print the file as it would be and write nothing")
	return cmd
}

func (f *flags) run(args []string) error {
	rule := f.rule
	rule.Variable = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(args[len(args)-1])), "-", "_")
	if err := f.senseless(rule); err != nil {
		return err
	}
	if rule.Reason == "" {
		return options.Usagef("a reason is missing: say by --reason why drift of %s may pass", rule.Variable)
	}
	if len(args) == 2 {
		rule.Workload = policy.WorkloadPattern(args[0])
	}
	if ns := f.root.Config.Namespace; ns != nil {
		rule.Namespace = *ns
	}
	if err := rule.Validate(); err != nil {
		return options.Usagef("%w", err)
	}
	path, repository, err := f.file()
	if err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := configfile.Append(path, old, rule, repository)
	if there := (*configfile.AlreadyError)(nil); errors.As(err, &there) && !f.dryRun {
		_, err = fmt.Fprintf(f.root.Streams.Out, "%s: the rule is there already\n", there.Place)
		return err
	}
	if err != nil {
		return err
	}
	if f.dryRun {
		_, err = f.root.Streams.Out.Write(text)
		return err
	}
	if err := options.ReplaceFile(path, text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = fmt.Fprintf(f.root.Streams.Out, "%s: drift of %s%s is ignored%s\n", path, rule.Variable, where(rule), until(rule))
	return err
}

// senseless refuses a rule that would ignore nothing, and warns of a variable that
// no release has: it may be a plugin's.
func (f *flags) senseless(rule policy.Ignore) error {
	if rule.Variable == "" {
		return options.Usagef("name the variable whose drift may pass")
	}
	if strings.Contains(rule.Variable, "/") {
		return options.Usagef("which variable of %s? Name it: kubectl mysqldrift ignore %[1]s max_connections --reason TEXT", rule.Variable)
	}
	if day, err := time.Parse(time.DateOnly, rule.Expires); err == nil && !time.Now().Before(day.AddDate(0, 0, 1)) {
		return options.Usagef("--expires %s is over: the rule would ignore nothing", rule.Expires)
	}
	if !sysvar.Known(rule.Variable) {
		f.root.Warn("%s", cluster.NoSuchVariable(rule.Variable))
	}
	return nil
}

// file is where the rule goes, and whether that is a repository's file.
func (f *flags) file() (path string, repository bool, err error) {
	if f.root.ConfigFile != "" {
		return f.root.ConfigFile, false, nil
	}
	if !f.user {
		dir, err := os.Getwd()
		if err != nil {
			return "", false, err
		}
		if root := configfile.RepositoryRoot(dir); root != "" {
			path := filepath.Join(root, configfile.RepositoryFile)
			if short, err := filepath.Rel(dir, path); err == nil {
				path = short
			}
			return path, true, nil
		}
	}
	path, err = configfile.UserPath()
	return path, false, err
}

func where(rule policy.Ignore) string {
	text := ""
	if rule.Workload != "" {
		text += " on " + rule.Workload
	}
	if rule.Namespace != "" {
		return text + " in namespace " + rule.Namespace
	}
	return text + " in every namespace"
}

func until(rule policy.Ignore) string {
	if rule.Expires == "" {
		return ""
	}
	return " until " + rule.Expires
}
