package cluster

import (
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/configfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// A rule about no variable is told; one about a variable that only old releases
// have is not.
func TestUnknownVariables(t *testing.T) {
	said := unknownVariables(&configfile.Config{
		Ignore: []configfile.Rule{
			{Ignore: policy.Ignore{Variable: "max_conections"}, Place: configfile.Place{File: "f.yaml", Line: 2}},
			{Ignore: policy.Ignore{Variable: "innodb_*"}},
		},
		Severities: policy.Severities{"query_cache_size": v1.P0, "long_query_tim": v1.P1, "log_*": v1.P2},
	})
	want := []string{"f.yaml:2: ignore rule: no MySQL or MariaDB release that is known has a variable max_conections", "severities: log_* is taken for a name", "severities: no MySQL or MariaDB release that is known has a variable long_query_tim"}
	if len(said) != len(want) {
		t.Fatalf("said %q", said)
	}
	for i := range want {
		if !strings.HasPrefix(said[i], want[i]) {
			t.Errorf("said %q, want %q", said[i], want[i])
		}
	}
}
