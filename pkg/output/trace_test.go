package output

import (
	"bytes"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func tracePair() *v1.TraceReportList {
	lag := 75.0
	hash, older := "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1", "ab11111111111111111111111111111111111111"
	arrived := v1.TraceReport{Namespace: "shop", Workload: "statefulset/mysql", Source: "configmap/mysql:my.cnf", Head: "commit 9f1c0aa19f1c of https://git.example/conf", Arrived: true,
		Hops: []v1.TraceHop{
			{Hop: "Git head", Object: "https://git.example/conf:mysql/my.cnf (main)", Revision: hash, When: at(time.Hour), State: "ok", Why: "Raise the limit" + hostile},
			{Hop: "Source", Object: "gitrepository/flux-system/conf", Revision: "main@sha1:" + hash, When: at(59 * time.Minute), LagSeconds: &lag, State: "ok"},
			{Hop: "ConfigMap", Object: "configmap/mysql:my.cnf", Revision: hash, State: "ok", Why: "the same as Git's head"},
			{Hop: "File", Object: "pod/mysql-0:/etc/mysql/conf.d/my.cnf", Revision: hash, State: "ok", Why: "the same as the key"},
			{Hop: "Running", Object: "pod/mysql-0", State: "ok", Why: "as declared"},
		}}
	broken := v1.TraceReport{Namespace: "shop", Workload: "statefulset/maria", Source: "configmap/maria:my.cnf", Head: arrived.Head,
		Blocked: "kustomization/flux-system/shop is suspended: spec.suspend is set",
		Hops: []v1.TraceHop{
			{Hop: "Git head", Object: "https://git.example/conf:maria/my.cnf (main)", Revision: hash, State: "ok", Why: "Raise the limit"},
			{Hop: "Applied", Object: "kustomization/flux-system/shop", Revision: "main@sha1:" + older, State: "behind", Why: "spec.suspend is set"},
			{Hop: "ConfigMap", Object: "configmap/maria:my.cnf", Revision: older, State: "waiting", Why: "2 commits behind Git's head"},
			{Hop: "File", Object: "pod/maria-0", State: "unknown", NotAvailable: "not available because pods/exec is forbidden"},
			{Hop: "Start", Object: "pod/maria-0", State: "behind", Why: "needs a restart for back_log"},
		},
		Findings: []v1.Finding{{Class: v1.UnsyncedObject, Message: "configmap/maria:my.cnf is 2 commits behind main.", Edits: []v1.Edit{
			{Op: "change", Path: "[mysqld] max_connections", Before: "4000", After: "2000", Was: v1.Position{Line: 12, Column: 5}, Is: v1.Position{Line: 3, Column: 1}},
			{Op: "add", Path: "[mysqld] back_log", After: "80", Is: v1.Position{Line: 4, Column: 1}},
			{Op: "remove", Path: "[mysqld] sql_mode", Before: hostile, Was: v1.Position{Line: 13, Column: 5}},
		}}},
		Errors: []v1.ReportError{{Object: "pod/maria-0", Reason: "Forbidden", Text: "pods/exec is forbidden"}},
	}
	moving := v1.TraceReport{Namespace: "shop", Workload: "statefulset/other", Head: "configmap/other:my.cnf as it is in the cluster",
		Hops: []v1.TraceHop{{Hop: "File", Object: "pod/other-0", State: "waiting", Why: "kubelet brings the new content within two minutes"}}}
	return &v1.TraceReportList{Items: []v1.TraceReport{arrived, broken, moving}}
}

func TestTraceGolden(t *testing.T) {
	for name, opts := range map[string]TraceOptions{
		"trace.txt":        {},
		"trace-wide.txt":   {Wide: true},
		"trace-color.txt":  {Style: Style{Color: true}},
		"trace-narrow.txt": {Style: Style{Width: 110}},
		"trace-bare.txt":   {Style: Style{NoHeaders: true}},
	} {
		var b bytes.Buffer
		if err := Trace(&b, tracePair(), opts); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestTraceStepsGolden(t *testing.T) {
	var b bytes.Buffer
	list := tracePair()
	for i := range list.Items {
		for _, h := range list.Items[i].Hops {
			TraceStep(&b, now, &list.Items[i], h, Style{})
		}
	}
	TraceVerdicts(&b, list, Style{})
	TraceErrors(&b, list)
	golden(t, "trace-steps.txt", b.Bytes())
}

func TestDeclaredGolden(t *testing.T) {
	unsynced := tracePair().Items[1].Findings[0]
	unsynced.Declared = &v1.Declared{Source: "https://git.example/conf:maria/my.cnf"}
	unsynced.Evidence = []v1.Evidence{{Kind: "Git", Text: "the head of main is 9f1c0aa19f1c", Object: "configmap/maria:my.cnf"}}
	governed := func(sources ...string) (list []v1.GoverningFile) {
		for _, s := range sources {
			list = append(list, v1.GoverningFile{Source: s})
		}
		return list
	}
	report := v1.DriftReport{Instance: v1.Instance{Namespace: "shop", Workload: "statefulset/maria", Pod: "maria-0"}, Findings: []v1.Finding{unsynced},
		GovernedBy: governed("image", "configmap/maria:my.cnf", "configmap/maria:other.cnf", "configmap/gone:my.cnf"),
		Errors:     []v1.ReportError{{Object: "configmap/gone:my.cnf", Text: "the comparison with Git is not available because it does not exist"}}}
	report.GovernedBy = append(report.GovernedBy, governed("configmap/rendered:my.cnf")...)
	report.GovernedBy = append(report.GovernedBy, v1.GoverningFile{Source: "configmap/perhaps:my.cnf", Certainty: v1.Ambiguous})
	report.Notes = []string{"configmap/rendered:my.cnf is not compared with Git: Git holds a template of it"}
	second := report
	second.Instance.Pod = "maria-1"
	var b bytes.Buffer
	if err := Declared(&b, &v1.DriftReportList{Items: []v1.DriftReport{report, second}}, DiffOptions{Wide: true}); err != nil {
		t.Fatal(err)
	}
	golden(t, "declared.txt", b.Bytes())
}
