package output

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Values of hundreds of characters leave the table readable on a terminal, and
// are whole elsewhere: below it with -o wide, in the table in a pipe.
func TestLongValues(t *testing.T) {
	declared, running := strings.Repeat("d", 900), strings.Repeat("r", 900)
	list := &v1.DriftReportList{Summary: v1.Summary{Instances: 1, Drift: 2, P1: 2}, Items: []v1.DriftReport{{
		Instance: v1.Instance{Namespace: "shop", Pod: "mysql-0"}, State: v1.StateDrifted,
		Findings: []v1.Finding{
			{Variable: "optimizer_switch", Class: v1.RuntimeOverride, Drift: true, Hop: "Runtime", Severity: v1.P1, Message: "differs",
				Declared: &v1.Declared{Option: "optimizer_switch", Value: declared, Source: "configmap/mysql:my.cnf", Line: 3}, Running: &v1.Running{Value: running}},
			{Variable: "port", Class: v1.RuntimeOverride, Drift: true, Hop: "Runtime", Severity: v1.P1, Message: "differs",
				Declared: &v1.Declared{Option: "port", Value: "1", Source: "configmap/mysql:my.cnf", Line: 4}, Running: &v1.Running{Value: "2"}},
		}}}}
	write := func(width int, wide bool) string {
		var b bytes.Buffer
		if err := Diff(&b, list, DiffOptions{Style: Style{Width: width}, Wide: wide}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const hint = "-o wide shows it whole"
	for _, wide := range []bool{false, true} {
		for line := range strings.Lines(write(120, wide)) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 120 && !strings.HasPrefix(line, "    ") {
				t.Errorf("wide %v: a line of %d columns: %.60s…", wide, n, line)
			}
		}
	}
	if text := write(120, false); strings.Contains(text, declared) || !strings.Contains(text, hint) {
		t.Errorf("on a terminal:\n%s", text)
	}
	if text := write(120, true); strings.Count(text, declared) != 1 || strings.Count(text, running) != 1 || strings.Contains(text, hint) || strings.Contains(text, "declared: 1") {
		t.Errorf("-o wide on a terminal:\n%s", text)
	}
	list.Items[0].Findings[0].Message = "declared " + declared + ", running " + running
	list.Items[0].Findings[0].Running.Source = "DYNAMIC"
	if text := write(120, true); strings.Count(text, declared) != 1 || strings.Count(text, running) != 1 {
		t.Errorf("the message holds the values already:\n%s", text)
	}
	list.Items[0].Findings[0].Message = "differs"
	if text := write(0, true); strings.Count(text, declared) != 1 || strings.Contains(text, "…") || strings.Contains(text, hint) {
		t.Errorf("-o wide in a pipe:\n%s", text)
	}
}

// What is wrong with a line that is no option stands in no column: it is said
// below the table also without -o wide; of a variable it is not.
func TestLineThatIsNoOptionIsExplained(t *testing.T) {
	const why = "this group line has no ]"
	for declared, want := range map[v1.Declared]bool{
		{Path: "my.cnf", Line: 3}: true,
		{Path: "my.cnf", Line: 3, Option: "max_connections", Value: "x"}: false,
	} {
		list := &v1.DriftReportList{Items: []v1.DriftReport{{Findings: []v1.Finding{
			{Variable: "BadGroupLine", Class: v1.Invalid, Message: why, Declared: &declared},
		}}}}
		var b strings.Builder
		if err := Diff(&b, list, DiffOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), why); got != want {
			t.Errorf("%+v: told is %t\n%s", declared, got, b.String())
		}
	}
}
