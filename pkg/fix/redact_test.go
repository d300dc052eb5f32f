package fix

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// A line beside the change may hold a secret: it is not shown, and is yet kept.
func TestSecretsBesideAChange(t *testing.T) {
	const cnf = "[mysqld]\ninit_connect = 'swordfish'\nmax_connections = 2000\nloose-some_password=swordfish # why\n  ssl-key = /swordfish\nport = 3306\n"
	s := world{version: "9.7.4", cnf: cnf, running: map[string]string{"max_connections": "500" + dynamic, "port": "3306" + fromFile}}.server(t)
	x := text(cnf)[TextID("shop", source)]
	for _, git := range []*GitFile{nil, {Path: "my.cnf", File: cnf, Content: cnf}} {
		x.Git = git
		step := Plan(Input{Servers: []Server{s}, Texts: map[string]Text{TextID("shop", source): x}, Prefer: Running, Variables: []string{"max_connections"}}).Steps[0]
		for _, secret := range []string{"'swordfish'", "=swordfish"} {
			if strings.Contains(step.Diff, secret) {
				t.Errorf("%s shows %s:\n%s", step.Kind, secret, step.Diff)
			}
		}
		if !strings.Contains(step.Diff, "-max_connections = 2000\n+max_connections = 500\n") || !strings.Contains(step.Diff, " port = 3306\n") {
			t.Error(step.Diff)
		}
		if kept := step.Text + step.FileText; !strings.Contains(kept, "'swordfish'") || (step.Kind == v1.FixGitPatch) != (git != nil) {
			t.Errorf("%s holds %s", step.Kind, kept)
		}
	}
}
