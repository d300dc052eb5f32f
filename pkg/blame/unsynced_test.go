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

func TestUnsyncedVariables(t *testing.T) {
	inGit := "[mysqld]\n# why\nmax_connections = 4000\nback-log = 80\n[client]\nport = 3306\n"
	waiting := []v1.Commit{{Hash: strings.Repeat("b", 40), Author: "Bob <bob@shop.example>", Subject: "Raise", Committed: &metav1.Time{Time: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}}}
	deployed := &v1.Commit{Hash: strings.Repeat("a", 40)}
	for _, tt := range []struct {
		name, here string
		git        GitHistory
		edit       func(f *Facts)
		key        string // edits of the whole key
		variables  string
	}{
		{name: "the same", here: inGit},
		{name: "comments, order and spelling only", here: "[mysqld]\nback_log=80\nmax-connections=4000\n[client]\nport=3306\n", git: GitHistory{Deployed: deployed, Waiting: waiting}},
		{name: "behind", here: strings.Replace(inGit, "4000", "2000", 1), git: GitHistory{Deployed: deployed, Waiting: waiting},
			key: "change 13:5 3:1 [mysqld] max_connections", variables: "max_connections 4000 line 13: max_connections is 4000 in Git and 2000 in configmap/mysql:my.cnf. configmap/mysql:my.cnf is 1 commit behind main since 2026-07-01 09:00:00Z"},
		{name: "an option more", here: inGit + "[mysqld]\nsql_mode=ANSI\n", key: "add 0:0 8:1 [mysqld] sql_mode",
			variables: "sql_mode not in Git: sql_mode is not set in Git and ANSI in configmap/mysql:my.cnf. configmap/mysql:my.cnf differs from the head of main, and no commit of it has its content"},
		{name: "a client's option", here: strings.Replace(inGit, "3306", "3307", 1), key: "change 16:5 6:1 [client] port"},
		{name: "the history is not whole", here: strings.Replace(inGit, "4000", "2000", 1), git: GitHistory{Incomplete: "shallow"}},
		{name: "rendered", here: strings.Replace(inGit, "4000", "2000", 1), edit: func(f *Facts) {
			f.Deliver = []v1.Delivery{{Tool: "Flux", State: "Synced", Listed: true}}
			f.Object.Owners = []fieldmanager.Owner{{Manager: "kustomize-controller"}}
		}},
		{name: "edited although a tool renders", here: strings.Replace(inGit, "4000", "2000", 1), edit: func(f *Facts) {
			f.Deliver = []v1.Delivery{{Tool: "Flux", State: "Synced", Listed: true}}
			f.Object.Owners = []fieldmanager.Owner{{Manager: "kubectl-edit"}}
		}, key: "change 13:5 3:1 [mysqld] max_connections", variables: "max_connections 4000 line 13: max_connections is 4000 in Git and 2000"},
		{name: "a template", here: strings.Replace(inGit, "4000", "2000", 1), edit: func(f *Facts) {
			f.Git.HeadContent = strings.Replace(f.Git.HeadContent, "4000", "${connections}", 1)
		}},
		{name: "a template, and a plain line of it differs", here: strings.NewReplacer("4000", "2000", "80", "90").Replace(inGit), edit: func(f *Facts) {
			f.Git.HeadContent = strings.Replace(f.Git.HeadContent, "4000", "{{ .Values.connections }}", 1)
		}, key: "change 14:5 4:1 [mysqld] back_log", variables: "back_log 80 line 14: back_log is 80 in Git and 90"},
		{name: "a template with branches", here: strings.NewReplacer("4000", "2000", "80", "90").Replace(inGit), edit: func(f *Facts) {
			f.Git.HeadContent = strings.Replace(f.Git.HeadContent, "back-log", "{{ if .Values.big }}\n{{ end }}\nback-log", 1)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := tt.git
			g.Repo, g.Path, g.Branch, g.HeadContent, g.HeadLine, g.HeadColumn = "https://git.example/conf", "my.yaml", "main", inGit, 11, 5
			f := &Facts{Git: &g, Values: PlainValues{}, Object: &ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Content: tt.here}}
			if tt.edit != nil {
				tt.edit(f)
			}
			var key, variables []string
			if u := UnsyncedKey(f); u != nil {
				for _, e := range u.Edits {
					key = append(key, fmt.Sprintf("%s %d:%d %d:%d %s", e.Op, e.Was.Line, e.Was.Column, e.Is.Line, e.Is.Column, e.Path))
				}
			}
			for _, v := range UnsyncedVariables(f) {
				if v.Declared == nil {
					variables = append(variables, v.Variable+" not in Git: "+v.Message)
				} else {
					variables = append(variables, fmt.Sprintf("%s %s line %d: %s", v.Variable, v.Declared.Value, v.Declared.Line, v.Message))
				}
			}
			if got := strings.Join(key, "\n"); got != tt.key {
				t.Errorf("edits %q, want %q", got, tt.key)
			}
			if got := strings.Join(variables, "\n"); !strings.HasPrefix(got, tt.variables) || (tt.variables == "") != (got == "") {
				t.Errorf("variables %q, want %q", got, tt.variables)
			}
		})
	}
}

// What a tool makes of the head may be what an older commit had: nothing waits.
func TestRenderedHeadIsNotBehind(t *testing.T) {
	head, older := strings.Repeat("b", 40), v1.Commit{Hash: strings.Repeat("a", 40)}
	for _, tt := range []struct {
		name    string
		edit    func(f *Facts)
		waiting bool
	}{
		{name: "substituted"},
		{name: "nothing is rendered", edit: func(f *Facts) { f.Deliver[0].Renders = false }, waiting: true},
		{name: "an older commit was applied", edit: func(f *Facts) { f.Deliver[0].Commit = older.Hash }, waiting: true},
		{name: "edited by hand", edit: func(f *Facts) { f.Object.Owners[0].Manager = "kubectl-edit" }, waiting: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &Facts{Variable: "max_connections", Values: PlainValues{},
				Git:     &GitHistory{Head: v1.Commit{Hash: head}, Deployed: &older, Introduced: &older, Waiting: []v1.Commit{{Hash: head}}, HeadValue: "${CONN}", HasHeadValue: true, Changes: []v1.Commit{older, {Hash: head}}},
				Object:  &ObjectFacts{Resource: "configmap", Value: "220", HasValue: true, Owners: []fieldmanager.Owner{{Manager: "kustomize-controller"}}},
				Deliver: []v1.Delivery{{Tool: "Flux", State: "Synced", Listed: true, Renders: true, Commit: head}}}
			if tt.edit != nil {
				tt.edit(f)
			}
			ofHead(f)
			if waits := Unsynced(f) != nil; waits != tt.waiting || (len(f.Git.Waiting) > 0) != tt.waiting {
				t.Errorf("waiting %v, want %v", waits, tt.waiting)
			}
		})
	}
}
