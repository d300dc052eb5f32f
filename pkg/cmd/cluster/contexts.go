package cluster

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/policy"
)

// AddContexts binds --contexts to a verb whose lists can be joined.
func (f *Flags) AddContexts(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.contexts, "contexts", nil, "Contexts of the kubeconfig to look at together, separated by commas; the table names each row's")
}

// Each makes the list of the cluster that is meant, or of each that --contexts
// names, all at once. A context that cannot be reached is an error in the joined
// list, beside the results of the others.
func (f *Flags) Each(ctx context.Context, one func(context.Context, *Target) (*v1.DriftReportList, error)) (*v1.DriftReportList, error) {
	if len(f.contexts) == 0 {
		target, err := f.Target(false)
		if err != nil {
			return nil, err
		}
		return one(ctx, target)
	}
	if f.Root.Config.Context != nil && *f.Root.Config.Context != "" {
		return nil, options.Usagef("--context and --contexts exclude each other")
	}
	if err := f.Connect.Validate(); err != nil {
		return nil, err
	}
	var err error
	if f.password == nil {
		if f.password, err = f.readPassword(); err != nil { // once: standard input holds it once
			return nil, err
		}
	}
	names := unique(f.contexts)
	lists := make([]*v1.DriftReportList, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() { lists[i] = f.in(ctx, name, one) })
	}
	group.Wait()
	joined := &v1.DriftReportList{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "DriftReportList"}, Items: []v1.DriftReport{}}
	var errs []v1.ReportError
	for _, list := range lists {
		joined.Items = append(joined.Items, list.Items...)
		errs = append(errs, list.Summary.Errors...)
	}
	joined.Summary = policy.Summarise(joined.Items, errs)
	return joined, nil
}

// in makes the list of one context; whatever fails is told with its name.
func (f *Flags) in(ctx context.Context, name string, one func(context.Context, *Target) (*v1.DriftReportList, error)) *v1.DriftReportList {
	sub, root := *f, *f.Root
	root.Config = f.Root.ConfigOf(name)
	sub.Root, sub.contexts = &root, nil
	target, err := sub.Target(true)
	var list *v1.DriftReportList
	if err == nil {
		list, err = one(ctx, target)
	}
	if err != nil {
		e := cluster.ErrorReport("context/"+name, err)
		return &v1.DriftReportList{Summary: v1.Summary{Errors: []v1.ReportError{e}}}
	}
	for i := range list.Summary.Errors {
		e := &list.Summary.Errors[i]
		e.Object = strings.TrimSuffix("context/"+name+"/"+e.Object, "/")
	}
	return list
}

// unique drops what stands twice: a server must have one row.
func unique(names []string) []string {
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}
