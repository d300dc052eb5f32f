package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func TestSeverity(t *testing.T) {
	for _, tc := range []struct {
		f    v1.Finding
		want v1.Severity
	}{
		{v1.Finding{Variable: "max_connections", Class: v1.RuntimeOverride, Drift: true}, v1.P0},
		{v1.Finding{Variable: "sync_binlog", Class: v1.PendingPersist, Drift: true}, v1.P0},
		{v1.Finding{Variable: "table_open_cache", Class: v1.RuntimeOverride, Drift: true}, v1.P1},
		{v1.Finding{Variable: "table_open_cache", Class: v1.UndeclaredChange, Drift: true}, v1.P2},
		{v1.Finding{Variable: "long_query_time", Class: v1.RuntimeOverride, Drift: true}, v1.P2},
		{v1.Finding{Variable: "max_connections", Class: v1.Adjusted}, v1.Info},
		{v1.Finding{Variable: "nonsense", Class: v1.Invalid}, v1.P1},
		{v1.Finding{Variable: "nonsense", Class: v1.Invalid, Severity: v1.P0}, v1.P0},
	} {
		if got := Severity(tc.f); got != tc.want {
			t.Errorf("%s %s: %s, want %s", tc.f.Class, tc.f.Variable, got, tc.want)
		}
	}
	for name := range blocking {
		if weekly[name] {
			t.Errorf("%s is both P0 and P2", name)
		}
	}
}

func drifted(variables ...string) *v1.DriftReportList {
	r := v1.DriftReport{Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/mysql"}, State: v1.StateDrifted}
	for _, v := range variables {
		r.Findings = append(r.Findings, v1.Finding{Variable: v, Class: v1.RuntimeOverride, Drift: true})
	}
	return &v1.DriftReportList{Items: []v1.DriftReport{r}}
}

func TestIgnore(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name   string
		rule   Ignore
		waived bool
	}{
		{"by name", Ignore{Variable: "max_connections"}, true},
		{"by pattern", Ignore{Variable: "max_*"}, true},
		{"other variable", Ignore{Variable: "sync_binlog"}, false},
		{"this workload", Ignore{Variable: "*", Workload: "statefulset/*"}, true},
		{"other workload", Ignore{Variable: "*", Workload: "deployment/*"}, false},
		{"other namespace", Ignore{Variable: "*", Namespace: "prod"}, false},
		{"last day", Ignore{Variable: "*", Expires: "2026-03-04"}, true},
		{"expired", Ignore{Variable: "*", Expires: "2026-03-03"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.rule.Reason = "load test"
			rules := Rules{Ignore: []Ignore{tc.rule}, Now: now}
			if err := rules.Validate(); err != nil {
				t.Fatal(err)
			}
			list := drifted("max_connections")
			Apply(list, rules)
			r := list.Items[0]
			if got := !r.Findings[0].Drift; got != tc.waived {
				t.Fatalf("waived %v, want %v", got, tc.waived)
			}
			if tc.waived && (r.State != v1.StateInSync || r.Findings[0].Ignored == nil || r.Findings[0].Ignored.Reason != "load test" || list.Summary.Ignored != 1) {
				t.Errorf("state %s, finding %+v, summary %+v", r.State, r.Findings[0], list.Summary)
			}
			again := drifted("max_connections")
			Apply(again, rules)
			again.Items[0].State = v1.StateDrifted // as a verb that takes findings out sets it anew
			Apply(again, rules)
			if d := cmp.Diff(list, again); d != "" {
				t.Errorf("a second pass: %s", d)
			}
			if !tc.waived && r.State != v1.StateDrifted {
				t.Errorf("state %s", r.State)
			}
			if got := len(r.Notes) > 0; got != (tc.name == "expired") {
				t.Errorf("notes %q", r.Notes)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for name, rules := range map[string]Rules{
		"no variable":  {Ignore: []Ignore{{Reason: "x"}}},
		"no reason":    {Ignore: []Ignore{{Variable: "x"}}},
		"bad pattern":  {Ignore: []Ignore{{Variable: "[", Reason: "x"}}},
		"bad date":     {Ignore: []Ignore{{Variable: "x", Reason: "x", Expires: "tomorrow"}}},
		"bad severity": {Severities: Severities{"x": "P9"}},
	} {
		if rules.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestApplySortsAndCounts(t *testing.T) {
	list := drifted("table_open_cache", "long_query_time", "sync_binlog", "autocommit")
	list.Items[0].Findings = append(list.Items[0].Findings, v1.Finding{Variable: "a", Class: v1.Adjusted})
	list.Items = append(list.Items,
		v1.DriftReport{State: v1.StateInSync},
		v1.DriftReport{State: v1.StateUnreachable, Errors: []v1.ReportError{{Text: "x"}}},
		v1.DriftReport{State: v1.StatePending, Findings: []v1.Finding{{Variable: "b", Class: v1.PendingPersist, Drift: true}}})
	Apply(list, Rules{Severities: Severities{"table_open_cache": v1.P0}})
	var names []string
	for _, f := range list.Items[0].Findings {
		names = append(names, f.Variable)
	}
	if diff := cmp.Diff([]string{"autocommit", "sync_binlog", "table_open_cache", "long_query_time", "a"}, names); diff != "" {
		t.Error(diff)
	}
	want := v1.Summary{Instances: 4, InSync: 1, Drifted: 2, Unread: 1, Findings: 6, Drift: 5, Severities: v1.Severities{P0: 3, P1: 1, P2: 1}, Incomplete: true}
	if diff := cmp.Diff(want, list.Summary); diff != "" {
		t.Error(diff)
	}
}

func TestSummariseCountsUnreadIncludes(t *testing.T) {
	s := Summarise([]v1.DriftReport{{State: v1.StateInSync, Findings: []v1.Finding{
		{Variable: v1.VariableIncludeNotFollowed, Class: v1.Invalid}, {Variable: "max_connections", Class: v1.Adjusted}}}}, nil)
	if s.IncludesUnread != 1 || s.InSync != 1 || s.Incomplete {
		t.Errorf("got %+v", s)
	}
}

// What is for the record only is no P2.
func TestInfoIsCountedAsNone(t *testing.T) {
	list := &v1.DriftReportList{Items: []v1.DriftReport{{Findings: []v1.Finding{{Variable: "back_log", Drift: true}, {Variable: "max_connections", Drift: true}}}}}
	Apply(list, Rules{Severities: map[string]v1.Severity{"back_log": v1.Info, "max_connections": v1.P2}})
	if s := list.Summary; s.Drift != 2 || s.P0+s.P1 != 0 || s.P2 != 1 {
		t.Errorf("%+v", s)
	}
}

func TestWorkloadPattern(t *testing.T) {
	for text, want := range map[string]string{"": "", "sts/mysql": "statefulset/mysql", "Deploy/x": "deployment/x", "statefulset/m*": "statefulset/m*", "*/mysql": "*/mysql", "mysql": "*/mysql", "*": "*/*"} {
		if got := WorkloadPattern(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
