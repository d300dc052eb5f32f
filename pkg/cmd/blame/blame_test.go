package blame

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// What a rule ignores is explained like any drift, and changes no exit code.
func TestIgnored(t *testing.T) {
	rule := &v1.Ignored{Reason: "set while searching"}
	all := []v1.Finding{
		{Variable: "max_connections", Class: v1.Shadowed},
		{Variable: "max_connections", Class: v1.RuntimeOverride, Ignored: rule},
		{Variable: "port", Class: v1.Adjusted},
	}
	if f, ignored := finding(all, "max_connections"); f == nil || !f.Drift || f.Class != v1.RuntimeOverride || ignored != rule {
		t.Errorf("%+v, %v", f, ignored)
	}
	if all[1].Drift {
		t.Error("the report itself was changed")
	}
	if f, ignored := finding(all, "port"); f == nil || f.Drift || ignored != nil {
		t.Errorf("a note: %+v, %v", f, ignored)
	}
	all[1].Severity = v1.P1

	for variable, want := range map[string]v1.BlameReport{"max_connections": {Severity: v1.P1, Ignored: rule}, "port": {}, "socket": {}} {
		report := v1.BlameReport{Variable: variable}
		if judged(&report, all); report.Severity != want.Severity || report.Ignored != want.Ignored {
			t.Errorf("%s: severity %q, ignored %v", variable, report.Severity, report.Ignored)
		}
	}
	list := &v1.BlameReportList{Items: []v1.BlameReport{{Verdict: v1.Verdict{Hop: "Runtime"}, Ignored: rule}}}
	if code := exitCode(list, &v1.DriftReportList{}); code != options.ExitOK {
		t.Errorf("exit code %d", code)
	}
	list.Items[0].Ignored = nil
	if code := exitCode(list, &v1.DriftReportList{}); code != options.ExitDrift {
		t.Errorf("without the rule: exit code %d", code)
	}
}
