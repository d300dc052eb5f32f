package output

import (
	"fmt"
	"io"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Declared writes, for each key that governs a workload, the edits that lead from
// Git to the cluster. Pods of a workload share their keys: each stands once.
func Declared(w io.Writer, list *v1.DriftReportList, opts DiffOptions) error {
	shown := map[string]bool{}
	for _, r := range list.Items {
		workload := r.Instance.Namespace + "/" + r.Instance.Workload
		for _, g := range r.GovernedBy {
			if !strings.HasPrefix(g.Source, "configmap/") || shown[workload+" "+g.Source] {
				continue
			}
			shown[workload+" "+g.Source] = true
			declaredKey(w, workload, g, r, opts)
		}
	}
	return nil
}

func declaredKey(w io.Writer, workload string, g v1.GoverningFile, r v1.DriftReport, opts DiffOptions) {
	source := g.Source
	heading := strong.apply(opts.Color, Escape(workload+" from "+source)) + ": "
	if why := notCompared(g, r); why != "" {
		fmt.Fprintln(w, heading+faint.apply(opts.Color, Escape(why)))
		return
	}
	unsynced := false
	for _, f := range r.Findings {
		if f.Class != v1.UnsyncedObject || len(f.Evidence) == 0 || f.Evidence[0].Object != source {
			continue
		}
		unsynced = true
		fmt.Fprintln(w, heading+bad.apply(opts.Color, string(f.Class)))
		fmt.Fprintf(w, "  %s\n", Escape(f.Message))
		if f.Declared != nil {
			fmt.Fprintf(w, "  --- %s\n  +++ %s\n", Escape(f.Declared.Source), Escape(source))
		}
		Edits(w, f.Edits, opts.Style, "  ")
		if opts.Wide {
			for _, e := range f.Evidence {
				fmt.Fprintf(w, "    - %s\n", evidenceText(e))
			}
		}
	}
	if !unsynced {
		fmt.Fprintln(w, heading+good.apply(opts.Color, "as in Git"))
	}
}

// notCompared says why a key could not be compared, "" if it was.
func notCompared(g v1.GoverningFile, r v1.DriftReport) string {
	if g.Certainty == v1.Ambiguous {
		return "not compared: it is only one of several that may govern"
	}
	for _, e := range r.Errors {
		if e.Object == g.Source {
			return "not compared"
		}
	}
	for _, n := range r.Notes {
		if why, ok := strings.CutPrefix(n, g.Source+" is not compared with Git"); ok {
			return "not compared" + why
		}
	}
	return ""
}
