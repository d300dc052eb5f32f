package blame

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

func TestMarksShowNoLogin(t *testing.T) {
	for _, address := range []string{"https://t0ken@git.example/x.git", "https://bot:t0ken@git.example/x.git", "https://git.example/x.git?access_token=t0ken"} {
		m := ReadMarks(metav1.ObjectMeta{Annotations: map[string]string{"ci.git/repo": address, "ci.jenkins/job": address, "ci.jenkins/build": address,
			"config.kubernetes.io/origin": "path: a\nrepo: " + address + "\n"}}, MarkNames{})
		if said := fmt.Sprintf("%+v", m); strings.Contains(said, "t0ken") || m.Repo != "https://git.example/x.git" || m.KustomizeRepo != m.Repo {
			t.Error(said)
		}
	}
	m := ReadMarks(metav1.ObjectMeta{Annotations: map[string]string{"ci.git/repo": "git@git.example:db/conf.git", "ci.jenkins/job": "db/conf/feature%2Fx", "ci.jenkins/build": "#412"}}, MarkNames{})
	if m.Repo != "git@git.example:db/conf.git" || m.Job != "db/conf/feature%2Fx" || m.Build != "#412" {
		t.Errorf("%+v", m)
	}
}

// A commit whose file is a template cannot have the object's content.
func TestTemplateContradictsNothing(t *testing.T) {
	const commit = "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1"
	for content, grave := range map[string]bool{"[mysqld]\nmax_connections = {{ .Values.max }}\n": false, "[mysqld]\nmax_connections = 500\n": true} {
		f := &Facts{Object: &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Content: "[mysqld]\nmax_connections = 2000\n", Marks: Marks{Commit: commit}},
			Git: &GitHistory{Path: "templates/cm.yaml", HeadContent: content, Claims: map[string]CommitClaim{commit: {Known: true, OnBranch: true}}}}
		cs := Contradictions(f)
		if len(cs) != 1 || cs[0].Grave != grave || (Untraceable(f) != nil) != grave {
			t.Errorf("%s: %+v", content, cs)
		}
	}
}

// A build that began after the key was written has not written it.
func TestBuildAndTheTimeOfTheWrite(t *testing.T) {
	written := time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	for began, contradicts := range map[time.Time]bool{written.Add(-30 * time.Second): false, written.Add(30 * time.Second): false, written.Add(5 * time.Minute): true, written.Add(-time.Hour): true} {
		f := &Facts{Object: &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Owners: []fieldmanager.Owner{{Manager: "kubectl-client-side-apply", Time: written}}},
			Build: &v1.Build{Job: "conf", Number: 7, Result: "SUCCESS", Started: &metav1.Time{Time: began}, Seconds: 60}}
		if cs := Contradictions(f); len(cs) == 1 != contradicts || contradicts && (cs[0].Code != "build-time" || !cs[0].Grave) {
			t.Errorf("began at %s: %+v", began, cs)
		}
	}
}

func TestUnsyncedInWords(t *testing.T) {
	f := &Facts{Variable: "max_connections", Values: PlainValues{}, Object: &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Value: "2000", HasValue: true}, Git: &GitHistory{Branch: "main"}}
	const want = "configmap/mysql:my.cnf sets max_connections to 2000, the head of main does not set it, and no commit has the object's content."
	if u := Unsynced(f); u == nil || u.Message != want {
		t.Errorf("%+v", u)
	}
}

// Without a deployed commit the Git hop names who touched the file last, or nobody.
func TestGitHopNamesNoBystander(t *testing.T) {
	g := &GitHistory{Path: "my.cnf", Head: v1.Commit{Hash: "bb22cc33bb22", Author: "Bob"}}
	f := &Facts{Variable: "max_connections", Absent: map[string]string{}, Git: g}
	if h := gitHop(f); h.Who != "" || h.Commit != nil {
		t.Errorf("%+v", h)
	}
	g.Last = &v1.Commit{Hash: "9f1c0aa19f1c", Author: "Ann"}
	if h := gitHop(f); h.Who != "Ann" {
		t.Errorf("%+v", h)
	}
}
