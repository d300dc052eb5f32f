package diff

import (
	"context"
	"strings"
	"sync"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/options"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// collector keeps what --replicas compares; a scan's workers fill it at once.
type collector struct {
	mu   sync.Mutex
	seen map[instance]drift.Replica
}

// instance is a server container: a pod's name is only unique in its namespace.
type instance struct{ namespace, pod, container string }

func key(in v1.Instance) instance { return instance{in.Namespace, in.Pod, in.Container} }

func (c *collector) take(_ context.Context, d *scan.Detail) {
	if d.Snapshot == nil {
		return
	}
	r := drift.Replica{Pod: d.Report.Instance.Pod, Snapshot: d.Snapshot}
	if d.Resolution != nil {
		r.Declaration = d.Resolution.Declaration
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[instance]drift.Replica{}
	}
	c.seen[key(d.Report.Instance)] = r
}

// replaceFindings puts the differences between pods in the place of those to
// the declaration, workload by workload.
func (c *collector) replaceFindings(list *v1.DriftReportList) {
	type workload struct{ namespace, name, container string }
	groups := map[workload][]int{}
	var order []workload
	for i, r := range list.Items {
		w := workload{r.Instance.Namespace, r.Instance.Workload, r.Instance.Container}
		if _, ok := groups[w]; !ok {
			order = append(order, w)
		}
		groups[w] = append(groups[w], i)
	}
	for _, w := range order {
		replicas := make([]drift.Replica, len(groups[w]))
		for n, i := range groups[w] {
			in := list.Items[i].Instance
			replicas[n] = c.seen[key(in)]
			replicas[n].Pod = in.Pod
			if replicas[n].Snapshot != nil {
				replicas[n].Snapshot.Role = model.Role(in.Role) // the scan knows more: a primary has replicas
			}
		}
		for n, findings := range drift.CompareReplicas(replicas) {
			r := &list.Items[groups[w][n]]
			r.Findings = append([]v1.Finding{}, findings...)
			restate(r)
		}
	}
}

// onePod refuses a name that means one pod of a workload: compared with nothing, it
// would be in sync whatever it runs with.
func onePod(names []string, list *v1.DriftReportList) error {
	for _, name := range names {
		_, bare, typed := strings.Cut(name, "/")
		if !typed {
			bare = name
		}
		for _, r := range list.Items {
			if in := r.Instance; in.Pod == bare && in.Workload != "" && in.Workload != "pod/"+bare {
				return options.Usagef("--replicas compares the pods of a workload with each other, and %s is one of them: name the workload, %s", name, in.Workload)
			}
		}
	}
	return nil
}
