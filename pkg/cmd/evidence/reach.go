package evidence

import (
	"context"
	"os"
	"path/filepath"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/git"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/jenkins"
)

// Service is a service beside the cluster that flags name, and how to try it.
type Service struct {
	Name, Fix string
	Reach     func(ctx context.Context) (found string, err error)
}

// Services are those that are configured.
func (s *Flags) Services(ctx context.Context, secrets SecretReader, namespace string) ([]Service, error) {
	var list []Service
	if s.git.Repo != "" && !s.noGit {
		opts := s.git
		l, err := s.gitPlaces().login(ctx, secrets, namespace)
		if err != nil {
			return nil, err
		}
		opts.Username, opts.Token, opts.Key = l.user, l.token, l.key
		list = append(list, Service{Name: "Git repository", Reach: git.New(opts).Reach,
			Fix: "see --git-repo, --git-branch, --git-secret and MYSQLDRIFT_GIT_TOKEN; git ls-remote shows what git itself says"})
	}
	if s.jenkinsURL != "" {
		l, err := s.jenkinsPlaces().login(ctx, secrets, namespace)
		if err != nil {
			return nil, err
		}
		list = append(list, Service{Name: "Jenkins", Fix: "see --jenkins-url, --jenkins-secret, JENKINS_USER and JENKINS_TOKEN (an API token)",
			Reach: func(ctx context.Context) (string, error) {
				client, err := jenkins.New(jenkins.Options{URL: s.jenkinsURL, User: l.user, Token: l.token})
				if err != nil {
					return "", err
				}
				return client.Reach(ctx)
			}})
	}
	if s.auditLog != "" {
		list = append(list, Service{Name: "audit log", Fix: "see --audit-log: a file of JSON lines, or a pattern in quotes", Reach: s.readAuditLog})
	}
	return list, nil
}

func (s *Flags) readAuditLog(context.Context) (string, error) {
	files, err := filepath.Glob(s.auditLog)
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", os.ErrNotExist
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		file.Close()
	}
	return s.auditLog, nil
}
