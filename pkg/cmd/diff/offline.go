package diff

import (
	"context"

	"github.com/spf13/cobra"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/offline"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// offlineFlags are those of the comparison without a cluster.
type offlineFlags struct {
	optionFiles []string
	observed    string
	sources     string
	persisted   string
	dsn         string
	version     string
	args        string
	root        string
}

func (o *offlineFlags) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.optionFiles, "option-file", nil, "Option file to compare, no cluster needed; repeat it for several, in the order in which the server reads them")
	flags.StringVar(&o.observed, "observed", "", "With --option-file: what the server runs with, a snapshot or SHOW GLOBAL VARIABLES as TSV; gzip too, - is standard input")
	flags.StringVar(&o.sources, "observed-sources", "", "With --observed: performance_schema.variables_info or information_schema.SYSTEM_VARIABLES as TSV")
	flags.StringVar(&o.persisted, "observed-persisted", "", "With --observed: performance_schema.persisted_variables as TSV")
	flags.StringVar(&o.dsn, "dsn", "", "With --option-file: a server to ask, USER@tcp(HOST:PORT)/ or USER@unix(SOCKET)/; its password comes from --password-stdin or "+options.PasswordEnv)
	flags.StringVar(&o.version, "server-version", "", "With --observed: the server's version where the dump does not say, such as 9.7.4 or 10.11.19-MariaDB")
	flags.StringVar(&o.args, "server-args", "", "With --option-file: the server's command line")
	flags.StringVar(&o.root, "include-root", "", "With --option-file: folder that stands for the server's root when absolute names are included, / for this machine's own files (default: only what lies below the option file's folder is followed)")
	for _, name := range []string{"option-file", "observed", "observed-sources", "observed-persisted"} {
		_ = cmd.MarkFlagFilename(name)
	}
}

func (o *offlineFlags) wanted() bool { return len(o.optionFiles) > 0 }

// strayed tells of offline flags that mean nothing without an option file.
func (o *offlineFlags) strayed() error {
	for name, value := range map[string]string{"--observed": o.observed, "--observed-sources": o.sources,
		"--observed-persisted": o.persisted, "--dsn": o.dsn, "--server-version": o.version, "--server-args": o.args, "--include-root": o.root} {
		if value != "" {
			return options.Usagef("%s needs --option-file", name)
		}
	}
	return nil
}

func (o *offlineFlags) validate() error {
	switch {
	case (o.observed == "") == (o.dsn == ""):
		return options.Usagef("--option-file needs either --observed or --dsn")
	case o.dsn != "" && (o.sources != "" || o.persisted != ""):
		return options.Usagef("--observed-sources and --observed-persisted go with --observed, not with --dsn")
	}
	return nil
}

// compareFiles is diff without a cluster. All arguments are variables.
func (f *flags) compareFiles(ctx context.Context, args []string) (*v1.DriftReportList, error) {
	o := f.offline
	if err := o.validate(); err != nil {
		return nil, err
	}
	if f.replicas {
		return nil, options.Usagef("--replicas compares pods: it does not go with --option-file")
	}
	ctx, cancel := f.root.Context(ctx)
	defer cancel()
	account, err := f.cluster.Account()
	if err != nil {
		return nil, err
	}
	wanted := cluster.NamedVariables(args)
	list, err := offline.Compare(ctx, offline.Config{
		Each:        wanted.See,
		OptionFiles: o.optionFiles,
		Observed:    o.observed, Sources: o.sources, Persisted: o.persisted, Stdin: f.root.Streams.In,
		DSN: o.dsn, Account: account,
		ServerVersion: o.version, ServerArgs: o.args, IncludeRoot: o.root,
	})
	if err != nil {
		return nil, err
	}
	only(list, wanted.Wanted())
	policy.Apply(list, f.cluster.Policy())
	return list, wanted.Check(list)
}
