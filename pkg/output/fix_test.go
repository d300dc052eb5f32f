package output

import (
	"bytes"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// plan has a step of each kind.
func plan() *v1.FixPlan {
	onServer := v1.FixStep{Automatic: true, Namespace: "shop", Object: "pod/mysql-0", Pod: "mysql-0", Server: "MySQL 9.7.4", Role: "primary"}
	step := func(number int, kind v1.FixKind, edit func(*v1.FixStep)) v1.FixStep {
		s := onServer
		s.Number, s.Kind = number, kind
		edit(&s)
		return s
	}
	return &v1.FixPlan{
		Steps: []v1.FixStep{
			step(1, v1.FixSetGlobal, func(s *v1.FixStep) {
				s.Variables, s.Classes, s.From, s.To = []string{"max_connections"}, []v1.Class{v1.RuntimeOverride}, "500", "2048"
				s.Statement, s.Why, s.Warnings = "SET GLOBAL max_connections = 2048", "declared 2048 at configmap/mysql:my.cnf:4, running 500", []string{"is not replicated"}
			}),
			step(2, v1.FixSetGlobal, func(s *v1.FixStep) {
				s.Variables, s.From, s.Statement = []string{"sql_mode"}, "", "SET GLOBAL sql_mode = DEFAULT"
			}),
			step(3, v1.FixResetPersist, func(s *v1.FixStep) {
				s.Variables, s.From, s.Statement = []string{"back_log"}, "77", "RESET PERSIST IF EXISTS back_log"
			}),
			step(4, v1.FixPatchConfigMap, func(s *v1.FixStep) {
				s.Object, s.Key, s.Pod = "configmap/mysql", "my.cnf", ""
				s.Diff, s.Command = "--- my.cnf\n+++ my.cnf\n@@ -1 +1 @@\n-a = 1\n+a = \x1b[31m2\n", "kubectl -n shop edit configmap mysql"
			}),
			step(5, v1.FixRolloutRestart, func(s *v1.FixStep) {
				s.Object, s.Pod, s.Variables = "statefulset/mysql", "", []string{"back_log", "port"}
			}),
			step(6, v1.FixManual, func(s *v1.FixStep) { s.Automatic, s.Why = false, "take --port out of the arguments" }),
		},
		Unplanned: []v1.FixUnplanned{{Namespace: "shop", Pod: "mysql-1", Variable: "init_connect", Class: v1.RuntimeOverride, Why: "its value is a secret"}},
		Summary:   v1.FixSummary{Instances: 2, Findings: 7, Steps: 6, Automatic: 5},
	}
}

func TestFix(t *testing.T) {
	var b bytes.Buffer
	if err := Fix(&b, plan(), FixOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "fix.txt", b.Bytes())
	if strings.Contains(b.String(), "\x1b") {
		t.Error("an escape sequence came through")
	}
}

func TestFixTotals(t *testing.T) {
	for want, s := range map[string]v1.FixSummary{
		"Nothing to fix on 3 instances.":                                            {Instances: 3},
		"Nothing to fix was found in what could be read. The result is incomplete.": {Instances: 1, Incomplete: true},
		"1 step for 1 finding; --apply takes it. The result is incomplete.":         {Findings: 1, Steps: 1, Automatic: 1, Incomplete: true},
		"1 step for 1 finding; --apply takes it.":                                   {Findings: 1, Steps: 1, Automatic: 1},
		"2 steps for 3 findings; --apply takes them.":                               {Findings: 3, Steps: 2, Automatic: 2},
		"2 steps for 3 findings, for you to take.":                                  {Findings: 3, Steps: 2},
		"0 steps for 1 finding.":                                                    {Findings: 1},
	} {
		if got := fixTotals(s, false); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, s := range map[string]v1.FixSummary{
		"2 steps for 3 findings.":                            {Findings: 3, Steps: 2, Automatic: 2},
		"2 steps for 3 findings, 1 of them for you to take.": {Findings: 3, Steps: 2, Automatic: 1},
		"2 steps for 2 findings, for you to take.":           {Findings: 2, Steps: 2},
	} {
		if got := fixTotals(s, true); got != want {
			t.Errorf("applying: %q, want %q", got, want)
		}
	}
}

// A question names instance and value, and nothing that a server holds steers the terminal.
func TestFixQuestion(t *testing.T) {
	steps := plan().Steps
	for i, words := range map[int][]string{
		0: {"max_connections", "2048", "500", "shop/mysql-0", "MySQL 9.7.4", "primary"},
		1: {"sql_mode", "the server's default", "<empty>"},
		2: {"back_log = 77", "mysqld-auto.cnf", "shop/mysql-0"},
		3: {"configmap/mysql:my.cnf", "namespace shop"},
		4: {"all pods of statefulset/mysql"},
	} {
		got := FixQuestion(&steps[i])
		for _, w := range words {
			if !strings.Contains(got, w) {
				t.Errorf("%q lacks %q", got, w)
			}
		}
	}
	s := v1.FixStep{Kind: v1.FixSetGlobal, Variables: []string{"x"}, From: "\x1b[2J", To: "a\nb", Context: "prod"}
	if got := FixQuestion(&s); strings.ContainsAny(got, "\x1b\n") || !strings.Contains(got, "[prod]") {
		t.Errorf("%q", got)
	}
}

func TestFixOutcomes(t *testing.T) {
	step := plan().Steps[0]
	for outcome, words := range map[v1.FixOutcome]string{
		v1.FixApplied: "✔ 1. done: max_connections is 2048", v1.FixDiffers: "✗ 1. done, but not as planned", v1.FixFailed: "✗ 1. failed: why",
		v1.FixStale: "✗ 1. not done: why", v1.FixDeclined: "- 1. not done: why", v1.FixLeft: "- 1. left: why", v1.FixAccepted: "✔ 1. accepted: why",
	} {
		var b bytes.Buffer
		step.Result = &v1.FixResult{Outcome: outcome, Text: "why", Value: "2048", Warnings: []string{"Warning 1292"}}
		FixOutcome(&b, &step, Style{})
		if !strings.Contains(b.String(), words) || !strings.Contains(b.String(), "server: Warning 1292") {
			t.Errorf("%s: %s", outcome, b.String())
		}
	}
}

func TestCheck(t *testing.T) {
	report := &v1.CheckReport{Items: []v1.CheckItem{
		{Section: "Versions", Check: "client", Status: v1.CheckPassed, Text: "kubectl-mysqldrift v1"},
		{Section: "Rights", Object: "namespace/shop", Check: "list pods", Status: v1.CheckPassed},
		{Section: "Rights", Object: "namespace/shop", Check: "get secrets", Status: v1.CheckLimited, Text: "no: unknown", Verbs: []string{"status", "diff"}, Fix: "kubectl mysqldrift rbac"},
		{Section: "Servers", Object: "shop/mysql-0", Check: "shop/mysql-0 by exec", Status: v1.CheckFailed, Text: "Access denied \x1b[2J", Fix: "name an account"},
		{Section: "Servers", Object: "shop/mysql-1", Check: "shop/mysql-1 by exec", Status: v1.CheckUnknown, Text: "no time"},
		{Section: "Sources", Object: "Jenkins", Check: "Jenkins", Status: v1.CheckSkipped},
	}, Summary: v1.CheckSummary{Checks: 6, Passed: 2, Limited: 1, Failed: 1, Unknown: 1, Skipped: 1}}
	var b bytes.Buffer
	if err := Check(&b, report, CheckOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "check.txt", b.Bytes())
}

// A second look that could not read all does not say that all is well.
func TestFixRemaining(t *testing.T) {
	for _, c := range []struct {
		remaining  []string
		incomplete bool
		want       string
	}{
		{nil, false, "Looked again: nothing is left to fix.\n"},
		{nil, true, "Looked again: nothing is known to be left; not all could be read.\n"},
		{[]string{"a"}, false, "Looked again: 1 finding is left.\n  a\n"},
		{[]string{"a", "b"}, true, "Looked again: 2 findings are left; not all could be read.\n  a\n  b\n"},
	} {
		var b bytes.Buffer
		if err := FixRemaining(&b, c.remaining, c.incomplete); err != nil || b.String() != c.want {
			t.Errorf("%v, %v: %q, %v, want %q", c.remaining, c.incomplete, b.String(), err, c.want)
		}
	}
}
