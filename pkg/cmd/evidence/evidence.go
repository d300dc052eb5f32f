// Package evidence is the flags that name sources of evidence outside cluster
// and server (Git, Jenkins, the audit log), and what they open: shared by the
// verbs that trace. What evidence proves is for pkg/blame to say.
package evidence

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/auditlog"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/git"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/jenkins"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/reading"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/statements"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Flags name evidence outside cluster and server.
type Flags struct {
	auditLog                 string
	noGit                    bool
	git                      git.Options
	jenkinsURL               string
	gitSecret, jenkinsSecret string
	history                  []string
	marks                    map[string]string
}

// AddFlags binds them all.
func (s *Flags) AddFlags(flags *pflag.FlagSet) {
	s.AddDeliveryFlags(flags)
	flags.StringVar(&s.auditLog, "audit-log", "", "The API server's audit log: a file of JSON lines, or a pattern that names rotated ones")
	flags.StringArrayVar(&s.history, "parameter-history", nil, "Table in which a tool records changes of parameters, SCHEMA.TABLE:variable=COLUMN,value=COLUMN,user=COLUMN,when=COLUMN; asked on the server itself")
}

// AddDeliveryFlags binds those that say what brings a configuration to the cluster.
func (s *Flags) AddDeliveryFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&s.noGit, "no-git", false, "Read no Git repository, whatever annotations name")
	s.AddGitFlags(flags)
	flags.StringVar(&s.jenkinsURL, "jenkins-url", "", "Jenkins to ask about builds")
	flags.StringVar(&s.jenkinsSecret, "jenkins-secret", "", "Secret with the login to Jenkins, [NAMESPACE/]NAME: keys username and password or token (default: JENKINS_USER and JENKINS_TOKEN or JENKINS_TOKEN_FILE)")
}

// AddGitFlags binds those that say where the configuration came from.
func (s *Flags) AddGitFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.git.Repo, "git-repo", "", "Git repository of the configuration, a URL or a local path, instead of the one that annotations or controllers name")
	flags.StringVar(&s.git.Branch, "git-branch", "", "Branch to look at (default: the one that a controller names, else the remote's HEAD)")
	flags.StringVar(&s.git.Path, "git-path", "", "File in the repository that became the ConfigMap's key, where it is not found by content")
	flags.StringSliceVar(&s.git.TrustedHosts, "git-trusted-host", nil, "Host that may get the Git token although only an annotation names it")
	flags.StringVar(&s.gitSecret, "git-secret", "", "Secret with the login to Git, [NAMESPACE/]NAME: keys username and password or token, or for ssh identity (or ssh-privatekey) and known_hosts (default: MYSQLDRIFT_GIT_USER and MYSQLDRIFT_GIT_TOKEN or MYSQLDRIFT_GIT_TOKEN_FILE)")
	flags.BoolVar(&s.git.Offline, "git-offline", false, "Read copies of repositories as they are and fetch nothing")
	flags.StringToStringVar(&s.marks, "annotations", nil, "Names of the annotations in which a pipeline says what it delivered, such as commit=example.com/sha; the keys are job, build, commit and repo")
}

// NamesRepo: the user has named a repository.
func (s *Flags) NamesRepo() bool { return s.git.Repo != "" }

// Remote are the sources that do not belong to one server.
type Remote struct {
	git     blame.Git
	jenkins blame.Jenkins
	audit   blame.AuditLog
	why     map[string]string
	history []statements.HistoryTable
	// Marks are the names of the pipeline's annotations.
	Marks blame.MarkNames
}

// Open makes the sources; of them nothing is asked yet. Secrets with logins are
// read in namespace, unless they name their own.
func (s *Flags) Open(ctx context.Context, secrets SecretReader, namespace string) (Remote, error) {
	r := Remote{why: map[string]string{}}
	if err := s.names(&r.Marks); err != nil {
		return r, err
	}
	var err error
	if r.history, err = s.historyTables(); err != nil {
		return r, err
	}
	if s.noGit {
		r.why["Git"] = "not available because of --no-git"
	} else {
		l, err := s.gitPlaces().login(ctx, secrets, namespace)
		if err != nil {
			return r, err
		}
		opts := s.git
		opts.Username, opts.Token, opts.Key = l.user, l.token, l.key
		r.git = git.New(opts)
	}
	if s.jenkinsURL == "" {
		r.why["Jenkins"] = "not available because no --jenkins-url names it"
	} else {
		l, err := s.jenkinsPlaces().login(ctx, secrets, namespace)
		if err != nil {
			return r, err
		}
		client, err := jenkins.New(jenkins.Options{URL: s.jenkinsURL, User: l.user, Token: l.token, Retries: 2})
		if err != nil {
			return r, &options.ExitError{Code: options.ExitFailure, Err: err}
		}
		r.jenkins = client
	}
	if s.auditLog == "" {
		r.why["audit log"] = "not available because no --audit-log names it"
	} else {
		r.audit = auditlog.Log{Pattern: s.auditLog}
	}
	return r, nil
}

// names reads --annotations.
func (s *Flags) names(m *blame.MarkNames) error {
	for key, name := range s.marks {
		switch key {
		case "job":
			m.Job = name
		case "build":
			m.Build = name
		case "commit":
			m.Commit = name
		case "repo":
			m.Repo = name
		default:
			return options.Usagef("--annotations %s=%s: want job, build, commit or repo before the =", key, name)
		}
	}
	return nil
}

// Sources adds what one server and its pod can tell.
func (r Remote) Sources(d *scan.Detail) blame.Sources {
	s := blame.Sources{Git: r.git, Jenkins: r.jenkins, Audit: r.audit, Why: map[string]string{}}
	for name, why := range r.why {
		s.Why[name] = why
	}
	if d.Conn != nil {
		catalogue := sysvar.For(d.Snapshot.Server)
		server := statements.Source{
			Conn: d.Conn, History: r.history, MariaDB: d.Snapshot.Server.Flavour == model.MariaDB, NoSamples: !d.Snapshot.Server.Version.AtLeast(8, 0, 0),
			Sensitive: catalogue.Secret,
		}
		server.Audit = statements.FindAuditFile(func(name string) string { return d.Snapshot.Variables[name].Value })
		if d.Files != nil {
			server.Tails = d.Files
		}
		s.Statements, s.Accounts = server, server
	}
	if d.Files != nil {
		s.Files = reading.Files{Pod: scan.PodFiles{Files: d.Files}}
	}
	return s
}
