package blame

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
