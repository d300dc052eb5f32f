package cluster

import (
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
)

// ExitCode is what a list means for a script: nothing read whole is never clean.
func ExitCode(s v1.Summary) int {
	switch {
	case s.Incomplete:
		return UnreadCode(s.Instances, s.Errors)
	case s.Drift > 0:
		return options.ExitDrift
	}
	return options.ExitOK
}

// UnreadCode is the exit code of a result that is not whole. A namespace that
// does not exist and a selector by no field that there is are wrong use, not a
// server that could not be read.
func UnreadCode(found int, errs []v1.ReportError) int {
	other := func(e v1.ReportError) bool {
		return e.Reason != cluster.ReasonNoNamespace && e.Reason != cluster.ReasonBadSelector
	}
	if found == 0 && len(errs) > 0 && !slices.ContainsFunc(errs, other) {
		return options.ExitFailure
	}
	return options.ExitIncomplete
}

// SayNothing says on stderr, as kubectl does, that there is no server to show,
// and where none was found: a selector that matches nothing must not look clean.
func SayNothing(w io.Writer, where string) {
	fmt.Fprintf(w, "No MySQL or MariaDB servers found%s.\n", where)
}

// Where says which part of the cluster is looked at: " in namespace shop with
// labels app=mysql".
func (f *Flags) Where() string {
	namespace, err := f.Root.Namespace()
	if err != nil {
		namespace = ""
	}
	text := Where(f.Select, namespace)
	if len(f.contexts) > 0 {
		text += " of " + strings.Join(unique(f.contexts), ", ")
	}
	return text
}

// Where is the same for a verb that only selects.
func Where(s options.Select, namespace string) string {
	text := " in namespace " + namespace
	switch {
	case s.AllNamespaces:
		text = " in all namespaces"
	case namespace == "":
		text = ""
	}
	if s.LabelSelector != "" {
		text += " with labels " + s.LabelSelector
	}
	if s.FieldSelector != "" {
		text += " with fields " + s.FieldSelector
	}
	return text
}
