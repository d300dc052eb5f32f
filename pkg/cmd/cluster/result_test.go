package cluster

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

func TestExitCode(t *testing.T) {
	no := v1.ReportError{Reason: cluster.ReasonNoNamespace}
	field := v1.ReportError{Reason: cluster.ReasonBadSelector}
	other := v1.ReportError{Reason: cluster.ReasonForbidden}
	for name, c := range map[string]struct {
		summary v1.Summary
		want    int
	}{
		"clean":                        {v1.Summary{Instances: 2}, options.ExitOK},
		"drift":                        {v1.Summary{Instances: 2, Drift: 1}, options.ExitDrift},
		"drift, one not read":          {v1.Summary{Instances: 2, Drift: 1, Incomplete: true}, options.ExitIncomplete},
		"no such namespace":            {v1.Summary{Incomplete: true, Errors: []v1.ReportError{no}}, options.ExitFailure},
		"no such field to select by":   {v1.Summary{Incomplete: true, Errors: []v1.ReportError{field}}, options.ExitFailure},
		"in one of two contexts":       {v1.Summary{Instances: 1, Incomplete: true, Errors: []v1.ReportError{no}}, options.ExitIncomplete},
		"in one, the other not listed": {v1.Summary{Incomplete: true, Errors: []v1.ReportError{no, other}}, options.ExitIncomplete},
	} {
		if got := ExitCode(c.summary); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}
