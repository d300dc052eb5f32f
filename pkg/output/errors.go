package output

import (
	"fmt"
	"io"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// faults writes errors, each on its own line with what to do, and each once: pods
// of one ConfigMap share its faults.
type faults struct {
	w    io.Writer
	seen map[fault]bool
}

type fault struct {
	v1.ReportError
	namespace string
}

func (f *faults) write(namespace string, errs ...v1.ReportError) {
	for _, e := range errs {
		if one := (fault{e, namespace}); !f.seen[one] {
			f.seen[one] = true
			writeError(f.w, e, namespace)
		}
	}
}

func newFaults(w io.Writer) *faults { return &faults{w, map[fault]bool{}} }

// Errors writes the faults of a list.
func Errors(w io.Writer, list *v1.DriftReportList) {
	f := newFaults(w)
	f.write("", list.Summary.Errors...)
	for _, r := range list.Items {
		f.write(strings.TrimPrefix(r.Instance.Context+"/"+r.Instance.Namespace, "/"), r.Errors...)
	}
}

// TraceErrors writes the faults of chains.
func TraceErrors(w io.Writer, list *v1.TraceReportList) {
	f := newFaults(w)
	f.write("", list.Errors...)
	for _, r := range list.Items {
		f.write(r.Namespace, r.Errors...)
	}
}

// BlameErrors writes the faults of explanations.
func BlameErrors(w io.Writer, list *v1.BlameReportList) {
	f := newFaults(w)
	f.write("", list.Errors...)
	for _, r := range list.Items {
		f.write(r.Instance.Namespace, r.Errors...)
	}
}

// ConfigErrors writes the faults of what is declared.
func ConfigErrors(w io.Writer, list *v1.ConfigReportList) {
	f := newFaults(w)
	f.write("", list.Errors...)
	for _, r := range list.Items {
		f.write(r.Instance.Namespace, r.Errors...)
	}
}

func writeError(w io.Writer, e v1.ReportError, namespace string) {
	object := e.Object
	if namespace != "" && !strings.HasPrefix(object, "namespace/") {
		object = namespace + "/" + object
	}
	fmt.Fprintf(w, "error: %s: %s", Escape(object), Escape(e.Text))
	if e.Reason != "" && !strings.Contains(e.Text, e.Reason) {
		fmt.Fprintf(w, " (%s)", Escape(e.Reason))
	}
	fmt.Fprintln(w)
	if e.Hint != "" {
		fmt.Fprintf(w, "  %s\n", Escape(e.Hint))
	}
}
