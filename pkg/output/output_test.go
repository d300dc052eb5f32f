package output

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func at(ago time.Duration) *metav1.Time { return &metav1.Time{Time: now.Add(-ago)} }

// shop is a scan with one clean server, one drifted, one that was not reached.
func shop() *v1.DriftReportList {
	governed := []v1.GoverningFile{
		{Path: "/etc/mysql/conf.d/my.cnf", Source: "configmap/mysql:my.cnf", Certainty: v1.Confirmed, OnChange: "nothing"},
		{Path: "(command line)", Source: "arg", Certainty: v1.Derived},
	}
	return &v1.DriftReportList{
		TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "DriftReportList"},
		Items: []v1.DriftReport{
			{
				Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: "mysql-0", Container: "mysql", Role: "primary",
					Server: "MySQL", Version: "9.7.4", Image: "mysql:9.7", Node: "n1", RecognisedBy: "image", Via: "port-forward", Labels: map[string]string{"app": "mysql", "a": "1"}},
				State: v1.StateDrifted, GovernedBy: governed, LastChange: at(5 * time.Minute), ObservedAt: at(0),
				Findings: []v1.Finding{
					{Variable: "max_connections", Class: v1.RuntimeOverride, Drift: true, Hop: "Runtime", Severity: v1.P0,
						Declared: &v1.Declared{Option: "max_connections", Value: "2K", Effective: "2048", Source: "configmap/mysql:my.cnf", Path: "/etc/mysql/conf.d/my.cnf", Line: 4},
						Running:  &v1.Running{Value: "500", Source: "Dynamic", SetUser: "app"},
						Message:  "declared 2048, but SET GLOBAL made it 500",
						Evidence: []v1.Evidence{{Kind: "variables_info", Text: "set by app@10.0.0.9", Confidence: "possible"}},
						Remedy:   "SET GLOBAL max_connections = 2048"},
					{Variable: "init_connect", Class: v1.UndeclaredChange, Drift: true, Hop: "Runtime", Severity: v1.P2,
						Running: &v1.Running{Value: hostile, Source: "Dynamic"},
						Message: "changed at run time, declared nowhere"},
					{Variable: "table_open_cache", Class: v1.Adjusted, Severity: v1.Info,
						Declared: &v1.Declared{Value: "0"}, Running: &v1.Running{Value: "1"}, Message: "raised to the least that the server takes"},
				},
			},
			{
				Instance:   v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Pod: "mysql-1", Role: "replica", Server: "MySQL", Version: "9.7.4"},
				State:      v1.StateInSync,
				GovernedBy: governed[:1], ObservedAt: at(0),
			},
			{
				Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/maria", Pod: "maria-0"},
				State:    v1.StateUnauthorized,
				Errors: []v1.ReportError{{Object: "pod/maria-0", Tried: "port-forward", Reason: "Forbidden",
					Text: "open port 3306: pods/portforward is forbidden", Hint: "grant verb create on pods/portforward, or use --via exec"}},
			},
		},
		Summary: v1.Summary{Instances: 3, InSync: 1, Drifted: 1, Unread: 1, Findings: 3, Drift: 2, Severities: v1.Severities{P0: 1, P2: 1}, Incomplete: true},
	}
}

// hostile is what a server may hold to take over the terminal of who reads it.
const hostile = "SET x\x1b]0;owned\x07\x1b[2J\r\n\u009b31m\u202egnp\xff"

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", path, diff)
	}
}

func TestStatusGolden(t *testing.T) {
	for name, opts := range map[string]StatusOptions{
		"status.txt":        {},
		"status-wide.txt":   {Wide: true, ShowLabels: true},
		"status-bare.txt":   {Style: Style{NoHeaders: true}},
		"status-color.txt":  {Style: Style{Color: true}},
		"status-narrow.txt": {Style: Style{Width: 100}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			opts.Now = now
			if err := Status(&b, shop(), opts); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		})
	}
}

func TestDiffGolden(t *testing.T) {
	for name, opts := range map[string]DiffOptions{
		"diff.txt":        {},
		"diff-notes.txt":  {Notes: true},
		"diff-wide.txt":   {Wide: true},
		"diff-narrow.txt": {Style: Style{Width: 90}},
		"diff-color.txt":  {Style: Style{Color: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Diff(&b, shop(), opts); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		})
	}
}

func TestErrorsGolden(t *testing.T) {
	var b bytes.Buffer
	list := shop()
	list.Summary.Errors = []v1.ReportError{{Object: "namespace/db", Reason: "Forbidden", Text: "list pods: Forbidden"}}
	Errors(&b, list)
	golden(t, "errors.txt", b.Bytes())
}

func TestBlameGolden(t *testing.T) {
	list := &v1.BlameReportList{Items: []v1.BlameReport{{
		Instance: shop().Items[0].Instance, Variable: "max_connections",
		Declared: shop().Items[0].Findings[0].Declared, Running: shop().Items[0].Findings[0].Running,
		Hops: []v1.BlameHop{
			{Hop: "Git", Value: "2K", Commit: &v1.Commit{Hash: "0123456789abcdef0123", Author: "Ada <ada@example.com>", Committer: "CI <ci@example.com>",
				Authored: at(48 * time.Hour), Subject: "Raise the limit\x1b[2J", Path: "conf/my.cnf", Line: 4, Before: "1K", After: "2K", Reviews: []string{"!12"}}},
			{Hop: "Delivery", Build: &v1.Build{Job: "shop/main", Number: 7, Result: "SUCCESS", Started: at(47 * time.Hour), Causes: []v1.BuildCause{{Kind: "scm", Text: "Started by an SCM change"}}},
				Delivery: &v1.Delivery{Tool: "Flux", Object: "kustomization/flux-system/shop", State: "Synced", Applied: "main@sha1:0123"}},
			{Hop: "ConfigMap", Object: "configmap/mysql:my.cnf", Value: "2K", Who: "kubectl", When: at(46 * time.Hour), How: "server-side apply", OnChange: "nothing until the pod is recreated"},
			{Hop: "File", NotAvailable: "not available because pods/exec is forbidden"},
			{Hop: "Runtime", Value: "500", Broken: true, Who: "app@10.0.0.9", When: at(time.Hour), How: "SET GLOBAL",
				Evidence: []v1.Evidence{{Kind: "variables_info", Text: "SET_USER app", Confidence: "possible"}}},
		},
		Verdict: v1.Verdict{Hop: "Runtime", Class: v1.RuntimeOverride, Confidence: "likely", Text: "parted at run time by SET GLOBAL", LastToucher: "app@10.0.0.9",
			Against: []string{"SET SESSION writes the same columns"}},
	}}}
	var b bytes.Buffer
	if err := Blame(&b, list, BlameOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "blame.txt", b.Bytes())
}

// No output may hold a raw control character, whatever a server says. The
// control: the fixture holds some, and JSON-like copying would let them through.
func TestNothingSteersTheTerminal(t *testing.T) {
	list := shop()
	list.Items[0].Findings[0].Message = hostile
	list.Items[0].Findings[0].Evidence[0].Text = hostile
	list.Items[0].Findings[0].Remedy = hostile
	list.Items[0].Instance.Version = hostile
	list.Items[0].Instance.Pod = hostile
	list.Items[2].Errors[0].Text = hostile
	if !strings.ContainsFunc(hostile, func(r rune) bool { return unsafe(r, true) }) {
		t.Fatal("the fixture holds nothing unsafe")
	}
	var b bytes.Buffer
	for _, style := range []Style{{}, {Width: 80}} {
		if err := Status(&b, list, StatusOptions{Style: style, Wide: true, ShowLabels: true}); err != nil {
			t.Fatal(err)
		}
		if err := Diff(&b, list, DiffOptions{Style: style, Notes: true, Wide: true}); err != nil {
			t.Fatal(err)
		}
	}
	Errors(&b, list)
	columns, err := NewCustomColumns("custom-columns", "V:.findings[*].running.value", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := columns.PrintObj(list, &b); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool { return unsafe(r, true) }); i >= 0 {
		t.Errorf("raw control character in %q", b.String()[max(0, i-20):i+10])
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":         "plain",
		"zażółć 中文 🐬":   "zażółć 中文 🐬",
		"a\x1b[31mb":    "a^[[31mb",
		"\x1b]8;;u\x07": `^[]8;;u\x07`,
		"two\nlines\t":  `two\nlines\t`,
		"c1\u009b":      `c1\u009b`,
		"rtl\u202e":     `rtl\u202e`,
		"raw\x9b\xff":   `raw\x9b\xff`,
		"nul\x00":       `nul\x00`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEscapeWriterKeepsLines(t *testing.T) {
	var b bytes.Buffer
	if _, err := EscapeWriter(&b).Write([]byte("a\n\tb\x1b[2J\n")); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "a\n\tb^[[2J\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCustomColumns(t *testing.T) {
	c, err := NewCustomColumns("custom-columns", "POD:.instance.pod,STATE:{.state},VARS:findings[*].variable,LINE:.findings[0].declared.line,NO:.x.y", false)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.PrintObj(shop(), &b); err != nil {
		t.Fatal(err)
	}
	golden(t, "columns.txt", b.Bytes())
	for _, bad := range []string{"", "POD", "POD:", "POD:.a[", ":.a"} {
		if _, err := NewCustomColumns("custom-columns", bad, false); err == nil {
			t.Errorf("columns %q: no error", bad)
		}
	}
}

// What was not read is not called clean in silence.
func TestTotalsNameUnreadIncludes(t *testing.T) {
	s := v1.Summary{Instances: 1, InSync: 1, IncludesUnread: 2}
	if got := Totals(s); !strings.HasSuffix(got, "Not compared: what the files of 2 includes declare.") {
		t.Errorf("got %q", got)
	}
	s.IncludesUnread = 0
	if got := Totals(s); strings.Contains(got, "Not compared") {
		t.Errorf("got %q", got)
	}
}

// Pods that share a ConfigMap share its faults: each is told once, that of another
// namespace apart.
func TestErrorsOnce(t *testing.T) {
	e := v1.ReportError{Object: "configmap/mysql:my.cnf", Text: "not compared", Hint: "name the repository"}
	list := &v1.DriftReportList{}
	for _, namespace := range []string{"a", "a", "b"} {
		list.Items = append(list.Items, v1.DriftReport{Instance: v1.Instance{Namespace: namespace}, Errors: []v1.ReportError{e}})
	}
	var b bytes.Buffer
	Errors(&b, list)
	if got := strings.Count(b.String(), "error: "); got != 2 {
		t.Errorf("%d errors:\n%s", got, b.String())
	}
}

// What config cannot read comes with what to do, and steers no terminal.
func TestConfigErrors(t *testing.T) {
	e := v1.ReportError{Object: "nosuch", Reason: "NotFound", Text: "no server is called \x1b[31m", Hint: "there are: a"}
	list := &v1.ConfigReportList{Errors: []v1.ReportError{e}, Items: []v1.ConfigReport{{Instance: v1.Instance{Namespace: "shop"}, Errors: []v1.ReportError{e, e}}}}
	var b bytes.Buffer
	ConfigErrors(&b, list)
	const want = "error: nosuch: no server is called ^[[31m (NotFound)\n  there are: a\nerror: shop/nosuch: no server is called ^[[31m (NotFound)\n  there are: a\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
