package output

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Values of hundreds of characters leave the table readable on a terminal, and
// are whole elsewhere: with -o wide and in a pipe.
func TestLongValues(t *testing.T) {
	declared, running := strings.Repeat("d", 900), strings.Repeat("r", 900)
	list := &v1.DriftReportList{Summary: v1.Summary{Instances: 1, Drift: 2, Severities: v1.Severities{P1: 2}}, Items: []v1.DriftReport{{
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
	for _, width := range []int{60, 80, 120} {
		for line := range strings.Lines(write(width, false)) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width && strings.Contains(line, "…") {
				t.Errorf("%d columns of %d: %.60s…", n, width, line)
			}
		}
	}
	const hint = cutHint
	if text := write(120, false); strings.Contains(text, declared) || !strings.Contains(text, hint) {
		t.Errorf("on a terminal:\n%s", text)
	}
	if text := write(120, true); strings.Count(text, declared) != 1 || strings.Count(text, running) != 1 || strings.Contains(text, "…") || strings.Contains(text, hint) {
		t.Errorf("-o wide on a terminal:\n%s", text)
	}
	if text := write(0, true); strings.Count(text, declared) != 1 || strings.Contains(text, "…") || strings.Contains(text, hint) {
		t.Errorf("-o wide in a pipe:\n%s", text)
	}
}

// What is wrong with a line stands in no column: it is said below the table also
// without -o wide; what parted from its declaration stands there.
func TestInvalidLineIsExplained(t *testing.T) {
	const why = "this line is wrong"
	option := v1.Declared{Path: "my.cnf", Line: 3, Option: "max_connections", Value: "x"}
	for f, want := range map[*v1.Finding]bool{
		{Class: v1.Invalid, Declared: &v1.Declared{Path: "my.cnf", Line: 3}}: true,
		{Class: v1.Invalid, Declared: &option}:                               true,
		{Class: v1.RuntimeOverride, Declared: &option}:                       false,
	} {
		f.Variable, f.Message = "max_connections", why
		list := &v1.DriftReportList{Items: []v1.DriftReport{{Findings: []v1.Finding{*f}}}}
		var b strings.Builder
		if err := Diff(&b, list, DiffOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), why); got != want {
			t.Errorf("%s, %+v: told is %t\n%s", f.Class, *f.Declared, got, b.String())
		}
	}
}

// All tables fit a narrow terminal, with names as long as people give them.
func TestTablesFit(t *testing.T) {
	in := v1.Instance{Context: "production-eu-central-1", Namespace: "shop-production", Workload: "perconaxtradbcluster/orders-database-primary", Pod: "orders-database-primary-pxc-0",
		Role: "primary", Server: "MySQL", Version: "8.4.3", Labels: map[string]string{"app.kubernetes.io/name": "orders-database-primary"}}
	f := v1.Finding{Variable: "performance_schema_max_statement_classes", Class: v1.ReplicaDivergence, Drift: true, Hop: "Runtime", Severity: v1.P1,
		Declared: &v1.Declared{Value: strings.Repeat("9", 30), Source: "configmap/orders-database-primary:my.cnf", Line: 12}, Running: &v1.Running{Value: strings.Repeat("8", 30), Source: "Persisted"}}
	list := &v1.DriftReportList{Items: []v1.DriftReport{{Instance: in, State: v1.StatePendingRestart, Findings: []v1.Finding{f},
		GovernedBy: []v1.GoverningFile{{Source: "configmap/orders-database-primary:my.cnf"}}}}, Summary: v1.Summary{Instances: 1}}
	chain := &v1.TraceReportList{Items: []v1.TraceReport{{Namespace: "shop", Workload: "statefulset/mysql", Hops: []v1.TraceHop{
		{Hop: "ConfigMap", Object: "configmap/orders-database-primary:my.cnf", State: "behind", Revision: "sha256:0123456789ab", When: &metav1.Time{Time: time.Unix(1e9, 0)}, Why: strings.Repeat("why ", 30)}}}}}
	texts := map[string]func(w io.Writer, s Style) error{
		"status": func(w io.Writer, s Style) error { return Status(w, list, StatusOptions{Style: s, ShowLabels: true}) },
		"diff": func(w io.Writer, s Style) error {
			t := findings(list.Items[0].Findings)
			return t.render(w, s, "")
		},
		"trace": func(w io.Writer, s Style) error { return Trace(w, chain, TraceOptions{Style: s}) },
	}
	for name, write := range texts {
		for _, width := range []int{60, 80, 120, 0} {
			var b strings.Builder
			if err := write(&b, Style{Width: width}); err != nil {
				t.Fatal(err)
			}
			table, _, _ := strings.Cut(b.String(), "\n\n")
			for line := range strings.Lines(table) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 0 && n > width && !strings.Contains(line, "not arrive") && !strings.Contains(line, "arrived") {
					t.Errorf("%s: %d columns of %d:\n%s", name, n, width, b.String())
				}
			}
			if cut := strings.Contains(b.String(), "…"); cut != (width > 0) {
				t.Errorf("%s at %d: cut is %v\n%s", name, width, cut, b.String())
			}
		}
	}
}

func TestCutMiddle(t *testing.T) {
	for n, want := range map[int]string{20: "orders-database-0", 9: "orde…se-0", 12: "order…base-0"} {
		if got := cutMiddle("orders-database-0", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// Servers without a row leave no blank lines where headings are not wanted.
func TestNoBlankLinesWithoutHeaders(t *testing.T) {
	drifted := v1.DriftReport{Findings: []v1.Finding{{Variable: "port", Class: v1.NotApplied, Drift: true}}}
	for _, c := range []struct {
		items []v1.DriftReport
		want  int
	}{{[]v1.DriftReport{{}, {}, {}}, 0}, {[]v1.DriftReport{{}, drifted, {}}, 1}, {[]v1.DriftReport{drifted, {}, drifted}, 3}} {
		var out strings.Builder
		if err := Diff(&out, &v1.DriftReportList{Items: c.items}, DiffOptions{Style: Style{NoHeaders: true}}); err != nil || strings.Count(out.String(), "\n") != c.want {
			t.Errorf("%d servers: %q, %v; want %d lines", len(c.items), out.String(), err, c.want)
		}
	}
}
