// Package fix is the verb `fix`: the plan that puts findings right, and with
// --apply the taking of its steps. How a plan is made is in pkg/fix, how a step
// is taken in pkg/fix/execute.
package fix

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/git"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/fix"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/output"
)

type flags struct {
	root    *options.Root
	cluster cluster.Flags
	print   *options.Print

	prefer   string
	persist  bool
	git      git.Options
	author   string
	patchDir string

	apply     bool
	yes       bool
	dryRun    string
	auditFile string
	wait      time.Duration
}

// New makes the command.
func New(root *options.Root) *cobra.Command {
	f := &flags{root: root, cluster: cluster.Flags{Root: root}, print: options.NewPrint("wide")}
	cmd := &cobra.Command{
		Use:   "fix [POD | WORKLOAD] [VARIABLE]...",
		Short: "Print the plan that puts drift right, and carry it out with --apply",
		Long: `Print the steps that put drift right. With --prefer declared, servers are made to
run as declared: SET GLOBAL with units expanded, RESET PERSIST, a rollout restart.
With --prefer running, the declaration is made to say what runs: a patch for the
ConfigMap, or with --git-repo a commit as a file for git am, or with --persist
SET PERSIST. Replicas come before their primary. Each step says why, and what it
does besides.

Nothing is changed without --apply. It asks before each step, naming instance and
value (--yes does not ask), looks again whether the plan still fits, records each
step in an audit file, and reports what was really so afterwards. Steps that need
a person are left to one.

Exit codes: 0 nothing to fix, or all of it was put right; 1 there is something to
fix, or something is left; 2 failure or wrong use; 3 something could not be read.`,
		Example: `  # The plan for a workload
  kubectl mysqldrift fix sts/mysql

  # One variable of one pod, carried out
  kubectl mysqldrift fix pod/mysql-0 max_connections --apply

  # Keep what runs, by a commit
  kubectl mysqldrift fix sts/mysql --prefer running --git-repo ~/src/shop-config --patch-dir .

  # What the API server would say to the changes of objects
  kubectl mysqldrift fix sts/mysql --prefer running --dry-run=server`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return cluster.CompleteNames(root)(cmd, args, toComplete)
			}
			return cluster.CompleteVariables(toComplete)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), args) },
	}
	f.cluster.AddFlags(cmd.Flags())
	f.print.AddFlags(cmd)
	f.print.AddHeaderFlag(cmd)
	f.addFlags(cmd)
	return cmd
}

func (f *flags) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.prefer, "prefer", fix.Declared, "The side that wins: declared or running")
	fs.BoolVar(&f.persist, "persist", false, "With --prefer running: keep the value by SET PERSIST in the server, and leave the declaration as it is")
	fs.StringVar(&f.git.Repo, "git-repo", "", "With --prefer running: Git repository of the configuration, a URL or a local path; the plan is then a commit to it")
	fs.StringVar(&f.git.Branch, "git-branch", "", "Branch that the commit is made for (default: the remote's HEAD)")
	fs.StringVar(&f.git.Path, "git-path", "", "File in the repository that became the ConfigMap's key, where it is not found by content")
	fs.StringVar(&f.author, "author", "", `Author of the commit, "NAME <MAIL>" (default: from GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL)`)
	fs.StringVar(&f.patchDir, "patch-dir", "", "Folder to write patch files to: NNNN-….patch for git am, NAMESPACE-configmap-NAME.yaml for kubectl patch")
	fs.BoolVar(&f.apply, "apply", false, "Take the steps that need no person, after asking for each")
	fs.BoolVarP(&f.yes, "yes", "y", false, "With --apply: do not ask")
	fs.StringVar(&f.dryRun, "dry-run", "none", "none, or server: let the API server judge the changes of objects without making them; statements are not sent")
	fs.StringVar(&f.auditFile, "audit-file", "", "With --apply: file that each step is recorded in (default $XDG_STATE_HOME/mysqldrift/audit.jsonl)")
	fs.DurationVar(&f.wait, "wait", 5*time.Minute, "With --apply: how long to wait until a restart is through")
	for name, words := range map[string][]string{"prefer": {fix.Declared, fix.Running}, "dry-run": {"none", "server"}} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
}

// validate checks what can be checked before anything is read.
func (f *flags) validate() error {
	f.leaveOut()
	switch {
	case f.prefer != fix.Declared && f.prefer != fix.Running:
		return options.Usagef("--prefer %q: want declared or running", f.prefer)
	case f.dryRun != "none" && f.dryRun != "server":
		return options.Usagef("--dry-run %q: want none or server", f.dryRun)
	case f.prefer != fix.Running && (f.persist || f.git.Repo != ""):
		return options.Usagef("--persist and --git-repo are of --prefer running")
	case f.persist && f.git.Repo != "":
		return options.Usagef("--persist and --git-repo exclude each other")
	case f.apply && f.dryRun == "server":
		return options.Usagef("--apply and --dry-run=server exclude each other")
	case !f.apply && (f.yes || f.auditFile != ""):
		return options.Usagef("--yes and --audit-file are of --apply")
	case strings.ContainsAny(f.author, "\n\r") || f.author != "" && !strings.Contains(f.author, "<"):
		return options.Usagef("--author %q: want NAME <MAIL>", f.author)
	case f.apply && !f.yes && f.cluster.Connect.PasswordStdin:
		return options.Usagef("--apply asks on standard input, which --password-stdin uses up: give the password in %s, or use --yes", options.PasswordEnv)
	case f.apply && !f.yes && !isTerminal(f.root.Streams.In):
		return options.Usagef("--apply asks before each step, and standard input is no terminal: use --yes to have it done without asking")
	}
	return f.print.Validate()
}

// leaveOut drops what a configuration file says for --prefer running only.
func (f *flags) leaveOut() {
	if f.prefer == fix.Running {
		return
	}
	if f.root.FromFile("git-repo") {
		f.git.Repo = ""
	}
	if f.root.FromFile("persist") {
		f.persist = false
	}
}

func (f *flags) run(ctx context.Context, args []string) error {
	if err := f.validate(); err != nil {
		return err
	}
	target, err := f.cluster.Target(false)
	if err != nil {
		return err
	}
	names, rest := split(args)
	wanted := cluster.NamedVariables(rest)
	found, err := f.scan(ctx, target, names, f.prefer == fix.Running)
	if err != nil {
		return err
	}
	for _, s := range found.servers {
		wanted.See(s.Snapshot)
	}
	if err := wanted.Check(found.list); err != nil {
		return err
	}
	variables := slices.Sorted(maps.Keys(wanted.Wanted()))
	plan := fix.Plan(fix.Input{Servers: found.servers, Texts: found.texts, Prefer: f.prefer, Persist: f.persist, Variables: variables,
		Author: f.authorOf(), Date: time.Now().Format("Mon, 2 Jan 2006 15:04:05 -0700"), Tool: "kubectl-mysqldrift " + f.root.Build.Version})
	plan.Summary.Incomplete, plan.Errors = found.list.Summary.Incomplete, found.errors()
	if err := f.carryOut(ctx, target, found, plan, names, variables); err != nil {
		return err
	}
	output.Errors(f.root.Streams.ErrOut, found.list)
	if plan.Summary.Instances == 0 && !plan.Summary.Incomplete {
		cluster.SayNothing(f.root.Streams.ErrOut, f.cluster.Where())
	}
	return options.Exit(exitCode(plan, f.apply))
}

// carryOut shows the plan, writes its files, and takes its steps if asked to.
func (f *flags) carryOut(ctx context.Context, target *cluster.Target, found *found, plan *v1.FixPlan, names, variables []string) error {
	out, text := f.root.Streams.Out, f.print.IsText()
	style := output.Style{Color: f.root.UseColor(out), NoHeaders: f.print.NoHeaders}
	if text {
		if err := output.Fix(out, plan, output.FixOptions{Style: style, Wide: f.print.Output == "wide", Applying: f.apply}); err != nil {
			return err
		}
	}
	if err := f.writePatches(plan); err != nil {
		return err
	}
	if f.apply || f.dryRun == "server" {
		if err := f.execute(ctx, target, found, plan, style); err != nil {
			return err
		}
	}
	if f.apply {
		if err := f.lookAgain(ctx, target, found, plan, names, variables); err != nil {
			return err
		}
	}
	if text {
		return nil
	}
	return f.print.Object(out, plan)
}

// exitCode is what a plan means for a script.
func exitCode(plan *v1.FixPlan, applied bool) int {
	switch {
	case plan.Summary.Incomplete:
		return cluster.UnreadCode(plan.Summary.Instances, plan.Errors)
	case applied && plan.Summary.Remaining == 0 && !slices.ContainsFunc(plan.Steps, unsettled):
		return options.ExitOK
	case plan.Summary.Findings > 0:
		return options.ExitDrift
	}
	return options.ExitOK
}

// unsettled is a step that was to be taken and did not end as planned.
func unsettled(s v1.FixStep) bool { return s.Result == nil || s.Result.Outcome != v1.FixApplied }

// split tells the pod or workload from the variables after it.
func split(args []string) (names, variables []string) {
	if len(args) == 0 {
		return nil, nil
	}
	if args[0] != "-" {
		names = args[:1]
	}
	return names, args[1:]
}
