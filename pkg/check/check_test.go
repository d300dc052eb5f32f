package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// asker refuses what refuse names: "create pods/exec".
type asker struct {
	refuse []string
	silent error
}

func (a asker) Version(context.Context) (string, error) { return "v1.36.3", a.silent }
func (a asker) User(context.Context) string             { return "alice" }

func (a asker) Allowed(_ context.Context, _, _, resource, verb, _ string) (bool, error) {
	return !slices.Contains(a.refuse, verb+" "+resource) && !slices.Contains(a.refuse, resource), nil
}

var errScan = errors.New("no scan in this test")

func runWith(t *testing.T, a asker, want rights.Want) *v1.CheckReport {
	t.Helper()
	return Run(t.Context(), Config{Asker: a, Client: "test", Namespaces: []string{"shop"}, Want: want,
		Scan: func(cluster.Via) (scan.Config, error) { return scan.Config{}, errScan }})
}

// found is a report's items of one section as "STATUS what".
func found(r *v1.CheckReport, section string) []string {
	var out []string
	for _, i := range r.Items {
		if i.Section == section {
			out = append(out, fmt.Sprintf("%s %s", i.Status, i.Check))
		}
	}
	return out
}

func status(t *testing.T, r *v1.CheckReport, check string) v1.CheckItem {
	t.Helper()
	for _, i := range r.Items {
		if strings.Contains(i.Check, check) {
			return i
		}
	}
	t.Fatalf("no check of %q in %+v", check, r.Items)
	return v1.CheckItem{}
}

func TestRights(t *testing.T) {
	for _, tc := range []struct {
		name   string
		refuse []string
		want   map[string]v1.CheckStatus
	}{
		{"all", nil, map[string]v1.CheckStatus{"list pods": v1.CheckPassed, "pods/exec": v1.CheckPassed, "pods/portforward": v1.CheckPassed, "get secrets": v1.CheckPassed}},
		{"no exec", []string{"pods/exec"}, map[string]v1.CheckStatus{"pods/exec": v1.CheckLimited, "pods/portforward": v1.CheckPassed}},
		{"no way", []string{"pods/exec", "pods/portforward"}, map[string]v1.CheckStatus{"pods/exec": v1.CheckFailed, "pods/portforward": v1.CheckFailed}},
		{"one protocol", []string{"get pods/portforward"}, map[string]v1.CheckStatus{"pods/portforward": v1.CheckLimited}},
		{"one protocol, and no other way", []string{"get pods/portforward", "pods/exec"}, map[string]v1.CheckStatus{"pods/portforward": v1.CheckLimited, "pods/exec": v1.CheckLimited}},
		{"no secrets", []string{"secrets"}, map[string]v1.CheckStatus{"get secrets": v1.CheckLimited}},
		{"nothing declared", []string{"configmaps"}, map[string]v1.CheckStatus{"list configmaps": v1.CheckFailed}},
		{"no pods", []string{"pods"}, map[string]v1.CheckStatus{"list pods": v1.CheckFailed, "servers": v1.CheckSkipped}},
	} {
		r := runWith(t, asker{refuse: tc.refuse}, rights.Want{Secrets: []string{"*"}})
		for check, want := range tc.want {
			if got := status(t, r, check); got.Status != want {
				t.Errorf("%s: %s is %s, want %s", tc.name, check, got.Status, want)
			} else if (want == v1.CheckFailed || want == v1.CheckLimited) && !strings.Contains(got.Fix, "mysqldrift -n shop rbac") {
				t.Errorf("%s: %s: fix %q", tc.name, check, got.Fix)
			}
		}
	}
}

// Only what is wanted is asked for, and the fix asks for no more either.
func TestRightsOfVerbs(t *testing.T) {
	r := runWith(t, asker{refuse: []string{"pods/portforward"}}, rights.Want{Verbs: []string{"status"}, Via: "port-forward"})
	if got := found(r, Rights); slices.ContainsFunc(got, func(s string) bool {
		return strings.Contains(s, "exec") || strings.Contains(s, "secrets") || strings.Contains(s, "revisions")
	}) {
		t.Errorf("%q", got)
	}
	if got := status(t, r, "pods/portforward"); got.Status != v1.CheckFailed || !strings.HasSuffix(got.Fix, "rbac --verb status --via port-forward --kube-user alice | kubectl apply -f -") {
		t.Errorf("%+v", got)
	}
	if got := found(r, Servers); len(got) != 1 || !strings.HasPrefix(got[0], "Skipped") {
		t.Errorf("a way without the right was tried: %q", got)
	}
}

func TestSilentAPIServer(t *testing.T) {
	r := runWith(t, asker{silent: errors.New("connection refused")}, rights.Want{})
	if r.Summary.Unknown != 1 || len(found(r, Rights))+len(found(r, Servers)) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestSources(t *testing.T) {
	broken := func(context.Context) (string, error) { return "", errors.New("401") }
	r := Run(t.Context(), Config{Asker: asker{refuse: []string{"pods"}}, Namespaces: []string{""}, Sources: []Source{
		{Name: "Git", Reach: func(context.Context) (string, error) { return "main at 1234", nil }}, {Name: "Jenkins", Reach: broken, Fix: "a token"}}})
	if git, jenkins := status(t, r, "Git"), status(t, r, "Jenkins"); git.Status != v1.CheckPassed || jenkins.Status != v1.CheckFailed || jenkins.Fix != "a token" {
		t.Errorf("%+v %+v", git, jenkins)
	}
}

// conn answers by the statement's beginning.
type conn map[string]any

func (c conn) Query(_ context.Context, statement string) ([][]*string, []string, error) {
	for begin, answer := range c {
		if !strings.HasPrefix(statement, begin) {
			continue
		}
		switch a := answer.(type) {
		case error:
			return nil, nil, a
		case []string:
			var rows [][]*string
			for i := range a {
				rows = append(rows, []*string{&a[i]})
			}
			return rows, []string{"x"}, nil
		}
	}
	return nil, nil, errors.New("not expected: " + statement)
}

func TestGrants(t *testing.T) {
	denied := &mysql.MySQLError{Number: 1142, Message: "SELECT command denied"}
	for _, tc := range []struct {
		name   string
		server string
		notes  []string
		conn   conn
		apply  bool
		want   string
	}{
		{"all", "9.7.4", nil, conn{"SELECT 1": []string{}, "SELECT Host": []string{}, "SELECT CURRENT_USER": []string{"a@%"}}, false, "Passed Passed Passed"},
		{"no role", "9.7.4", []string{"the role could not be read: GRANT REPLICATION CLIENT ON *.* allows it"}, conn{"SELECT 1": denied, "SELECT Host": denied, "SELECT CURRENT_USER": []string{"a@%"}}, false, "Limited Limited Limited"},
		{"MariaDB", "10.11.18-MariaDB", []string{"GRANT SLAVE MONITOR ON *.* allows it"}, conn{"SELECT 1": []string{}, "SELECT Host": []string{}, "SELECT CURRENT_USER": []string{"a@%"}}, false, "Limited Passed Passed"},
		{"may set", "9.7.4", nil, conn{"SELECT": []string{"a@%"}, "SHOW GRANTS": []string{"GRANT USAGE ON *.* TO `a`@`%`", "GRANT SYSTEM_VARIABLES_ADMIN,PERSIST_RO_VARIABLES_ADMIN ON *.* TO `a`@`%`"}}, true, "Passed Passed Passed Passed Passed"},
		{"root", "9.7.4", nil, conn{"SELECT": []string{"a@%"}, "SHOW GRANTS": []string{"GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION"}}, true, "Passed Passed Passed Passed Passed"},
		{"may not set", "9.7.4", nil, conn{"SELECT": []string{"a@%"}, "SHOW GRANTS": []string{"GRANT SYSTEM_VARIABLES_ADMIN ON `x`.* TO `a`@`%`"}}, true, "Passed Passed Passed Failed Limited"},
		{"by a role perhaps", "9.7.4", nil, conn{"SELECT": []string{"a@%"}, "SHOW GRANTS": []string{"GRANT USAGE ON *.* TO `a`@`%`", "GRANT `dba`@`%` TO `a`@`%`"}}, true, "Passed Passed Passed Limited Limited"},
	} {
		server, err := model.ParseServer(tc.server)
		if err != nil {
			t.Fatal(err)
		}
		r := &run{cfg: Config{Want: rights.Want{Apply: tc.apply}}}
		items := r.grantsOf(t.Context(), &scan.Detail{Conn: tc.conn, Snapshot: &model.Snapshot{Server: server, Notes: tc.notes}})
		var got []string
		for _, i := range items {
			got = append(got, string(i.Status))
			if i.Status != v1.CheckPassed && !strings.Contains(i.Fix, "GRANT ") {
				t.Errorf("%s: fix %q", tc.name, i.Fix)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// One way that works makes another's failure a limit.
func TestWays(t *testing.T) {
	bad := v1.DriftReport{Errors: []v1.ReportError{{Text: "refused", Hint: "do this"}}}
	good := v1.DriftReport{Instance: v1.Instance{Server: "MySQL", Version: "9.7.4"}}
	s := &server{}
	s.add("shop/mysql-0", cluster.ViaPortForward, bad, nil)
	s.add("shop/mysql-0", cluster.ViaExec, good, nil)
	if got := s.reached(); got[0].Status != v1.CheckLimited || got[1].Status != v1.CheckPassed {
		t.Errorf("%+v", got)
	}
	s = &server{}
	s.add("shop/mysql-0", cluster.ViaExec, bad, nil)
	if got := s.reached(); got[0].Status != v1.CheckFailed || got[0].Fix != "do this" {
		t.Errorf("%+v", got)
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{"alice": "alice", "o'neil": `'o'\''neil'`, "a b": "'a b'", "$(id)": "'$(id)'"} {
		if got := shellWord(in); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}
