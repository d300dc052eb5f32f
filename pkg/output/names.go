package output

import (
	"fmt"
	"io"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Names writes pod/NAME a line, as kubectl's -o name does.
func Names(w io.Writer, list *v1.DriftReportList) error {
	for _, r := range list.Items {
		if _, err := fmt.Fprintf(w, "pod/%s\n", Escape(r.Instance.Pod)); err != nil {
			return err
		}
	}
	return nil
}
