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
func (s *Flags) Services() []Service {
	var list []Service
	if s.git.Repo != "" && !s.noGit {
		opts := s.git
		opts.Username, opts.Token = os.Getenv("MYSQLDRIFT_GIT_USER"), os.Getenv("MYSQLDRIFT_GIT_TOKEN")
		list = append(list, Service{Name: "Git repository", Reach: git.New(opts).Reach,
			Fix: "see --git-repo, --git-branch and MYSQLDRIFT_GIT_TOKEN; git ls-remote shows what git itself says"})
	}
	if s.jenkinsURL != "" {
		list = append(list, Service{Name: "Jenkins", Fix: "see --jenkins-url, JENKINS_USER and JENKINS_TOKEN (an API token)",
			Reach: func(ctx context.Context) (string, error) {
				client, err := jenkins.New(jenkins.Options{URL: s.jenkinsURL, User: os.Getenv("JENKINS_USER"), Token: os.Getenv("JENKINS_TOKEN")})
				if err != nil {
					return "", err
				}
				return client.Reach(ctx)
			}})
	}
	if s.auditLog != "" {
		list = append(list, Service{Name: "audit log", Fix: "see --audit-log: a file of JSON lines, or a pattern in quotes", Reach: s.readAuditLog})
	}
	return list
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
