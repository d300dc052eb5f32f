package blame

import (
	"context"
	"errors"
	"strings"
	"testing"
)

type failingGit struct{ err error }

func (g failingGit) History(context.Context, GitQuery) (*GitHistory, error) { return nil, g.err }

// A repository that nothing names is missing; one that is named is unread.
func TestHistoryUnread(t *testing.T) {
	for unread, git := range map[string]Git{
		"":             failingGit{ErrNoRepository},
		"no such host": failingGit{errors.New("read https://git.example: no such host")},
	} {
		f := &Facts{Variable: "max_connections", Values: PlainValues{}, Object: &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf"}, Absent: map[string]string{}}
		(&gatherer{f: f, in: Input{Sources: Sources{Git: git}}}).history(t.Context())
		if (f.GitUnread != "") != (unread != "") || !strings.Contains(f.GitUnread, unread) || f.Absent["Git"] == "" {
			t.Errorf("%q: unread %q, absent %q", unread, f.GitUnread, f.Absent["Git"])
		}
	}
}
