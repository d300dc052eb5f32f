package output

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// A table that is written in two parts has each row once, and its columns go on where
// they began, however long what comes is.
func TestStatusInParts(t *testing.T) {
	row := func(pod, version string, state v1.State) v1.DriftReport {
		return v1.DriftReport{State: state, Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: pod, Container: "mysql", Server: "MySQL", Version: version},
			GovernedBy: []v1.GoverningFile{{Source: "configmap/mysql:my.cnf"}}}
	}
	done := []v1.DriftReport{row("mysql-1", "9.7.4", v1.StateInSync), row("mysql-2", "9.7.4", v1.StateDrifted)}
	late := row("mysql-0", "10.11.18-a-very-long-version", v1.StateUnreachable)
	for _, width := range []int{0, 100, 60} {
		for _, colour := range []bool{false, true} {
			opts := StatusOptions{Style: Style{Width: width, Color: colour}}
			var out strings.Builder
			begun, err := BeginStatus(&out, done, []v1.Instance{row("mysql-0", "", "").Instance}, opts)
			if err != nil {
				t.Fatal(err)
			}
			opts.Begun = begun
			list := &v1.DriftReportList{Items: append([]v1.DriftReport{late}, done...), Summary: v1.Summary{Instances: 3}}
			if err := Status(&out, list, opts); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(out.String(), "\n")
			var at []int
			for i, want := range []string{"POD", "mysql-1", "mysql-2", "mysql-0"} {
				before, _, found := strings.Cut(lines[i], want)
				if !found {
					t.Fatalf("width %d: line %d is %q, want %s", width, i, lines[i], want)
				}
				at = append(at, utf8.RuneCountInString(before))
			}
			if slices.Max(at) != slices.Min(at) {
				t.Errorf("width %d: columns at %v\n%s", width, at, out.String())
			}
			if n := strings.Count(out.String(), "POD"); n != 1 {
				t.Errorf("width %d: %d headers", width, n)
			}
			for _, line := range lines[:4] {
				if width > 0 && Rows(line, width) > 1 {
					t.Errorf("wider than %d: %q", width, line)
				}
			}
		}
	}
}

// A row that turned out otherwise when the last server had answered is written again.
func TestStatusInPartsCorrected(t *testing.T) {
	replica := v1.DriftReport{State: v1.StateInSync, Instance: v1.Instance{Namespace: "shop", Pod: "mysql-1", Container: "mysql", Server: "MySQL"}}
	var out strings.Builder
	begun, err := BeginStatus(&out, []v1.DriftReport{replica}, nil, StatusOptions{})
	if err != nil {
		t.Fatal(err)
	}
	replica.State, replica.Findings = v1.StateDrifted, []v1.Finding{{Variable: "read_only", Drift: true, Severity: v1.P0}}
	if err := Status(&out, &v1.DriftReportList{Items: []v1.DriftReport{replica}}, StatusOptions{Begun: begun}); err != nil {
		t.Fatal(err)
	}
	if before, after, found := strings.Cut(out.String(), "InSync"); !found || strings.Contains(before, "Drifted") || !strings.Contains(after, "Drifted") {
		t.Errorf("not corrected:\n%s", out.String())
	}
}
