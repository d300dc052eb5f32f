package output

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// Names is what -o name prints: KIND/NAME a line, each once, of what a result
// is about: the pods of servers, the workloads of a trace, the objects of a plan.
type Names struct{}

// PrintObj implements cli-runtime's ResourcePrinter.
func (Names) PrintObj(obj runtime.Object, w io.Writer) error {
	names, err := namesOf(obj)
	if err != nil {
		return err
	}
	for i, n := range names {
		if n.name == "" || slices.Contains(names[:i], n) {
			continue
		}
		if _, err := fmt.Fprintln(w, Escape(n.name)); err != nil {
			return err
		}
	}
	return nil
}

// named is an object's name, and where it is: another namespace has others.
type named struct{ place, name string }

func namesOf(obj runtime.Object) ([]named, error) {
	switch l := obj.(type) {
	case *v1.DriftReportList:
		return collect(l.Items, func(r v1.DriftReport) named { return podName(r.Instance) }), nil
	case *v1.BlameReportList:
		return collect(l.Items, func(r v1.BlameReport) named { return podName(r.Instance) }), nil
	case *v1.ConfigReportList:
		return collect(l.Items, func(r v1.ConfigReport) named { return podName(r.Instance) }), nil
	case *v1.TraceReportList:
		return collect(l.Items, func(r v1.TraceReport) named { return named{r.Namespace, r.Workload} }), nil
	case *v1.FixPlan:
		return collect(l.Steps, func(s v1.FixStep) named { return named{s.Context + "/" + s.Namespace, s.Object} }), nil
	case *v1.CheckReport:
		return collect(l.Items, checkedPod), nil
	}
	return nil, fmt.Errorf("-o name: %T holds no objects", obj)
}

func collect[T any](items []T, name func(T) named) []named {
	names := make([]named, len(items))
	for i, item := range items {
		names[i] = name(item)
	}
	return names
}

// checkedPod is the server that a check was about; rights and services are no objects.
func checkedPod(i v1.CheckItem) named {
	namespace, pod, ok := strings.Cut(i.Object, "/")
	if !ok || i.Section != "Servers" && i.Section != "Grants" || strings.HasPrefix(i.Object, "namespace/") {
		return named{}
	}
	return named{namespace, "pod/" + pod}
}

// podName is empty offline, where there is a file and no pod.
func podName(in v1.Instance) named {
	if in.Pod == "" {
		return named{}
	}
	return named{in.Context + "/" + in.Namespace, "pod/" + in.Pod}
}
