package check

import (
	"context"
	"fmt"
	"slices"
	"sync"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/rights"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// waysOf are the ways that are to be tried.
func waysOf(via string) []cluster.Via {
	switch via {
	case "", rights.Auto:
		return []cluster.Via{cluster.ViaPortForward, cluster.ViaExec}
	}
	return []cluster.Via{cluster.Via(via)}
}

// servers tries each way to each server, and in those that answer the grants.
func (r *run) servers(ctx context.Context) {
	if r.blind {
		r.add(v1.CheckItem{Section: Servers, Check: "servers", Status: v1.CheckSkipped, Text: "not looked for: pods may not be listed"})
		return
	}
	ways := waysOf(r.cfg.Want.Via)
	found := map[string]*server{}
	var order []string
	said := map[v1.ReportError]bool{} // each way is looked for by the same names
	for _, via := range ways {
		if granted, asked := r.ways[via]; asked && !granted {
			r.add(v1.CheckItem{Section: Servers, Via: string(via), Check: "servers by " + string(via), Status: v1.CheckSkipped, Text: "not tried: the right is missing"})
			continue
		}
		list, grants, err := r.try(ctx, via)
		if err != nil {
			r.add(v1.CheckItem{Section: Servers, Via: string(via), Check: "servers by " + string(via), Status: v1.CheckFailed, Text: err.Error()})
			continue
		}
		for _, e := range list.Summary.Errors {
			if !said[e] {
				said[e] = true
				r.add(fault(v1.CheckItem{Section: Servers, Object: e.Object, Check: "find servers"}, e))
			}
		}
		if len(list.Items) == 0 && len(list.Summary.Errors) == 0 {
			r.add(v1.CheckItem{Section: Servers, Check: "servers", Status: v1.CheckPassed, Text: "no MySQL or MariaDB server runs here"})
			return
		}
		for _, report := range list.Items {
			name := report.Instance.Namespace + "/" + report.Instance.Pod
			s := found[name]
			if s == nil {
				s = &server{}
				found[name] = s
				order = append(order, name)
			}
			s.add(name, via, report, grants[name+"/"+report.Instance.Container])
		}
	}
	for _, name := range order {
		for _, item := range found[name].reached() {
			r.add(item)
		}
	}
	for _, name := range order {
		r.report.Items = append(r.report.Items, found[name].grants...)
	}
}

// server is what the ways to one server gave.
type server struct {
	ways   []v1.CheckItem
	grants []v1.CheckItem
}

func (s *server) add(name string, via cluster.Via, report v1.DriftReport, grants []v1.CheckItem) {
	item := v1.CheckItem{Section: Servers, Object: name, Via: string(via), Check: name + " by " + string(via), Status: v1.CheckPassed}
	if len(report.Errors) > 0 && report.Instance.Version == "" {
		item = fault(item, report.Errors[0])
	} else {
		item.Text = report.Instance.Server + " " + report.Instance.Version
		if report.Instance.Role != "" {
			item.Text += ", " + report.Instance.Role
		}
	}
	s.ways = append(s.ways, item)
	if s.grants == nil {
		s.grants = grants
	}
}

// reached are the ways; where one works, another that does not is no failure.
func (s *server) reached() []v1.CheckItem {
	works := slices.ContainsFunc(s.ways, func(i v1.CheckItem) bool { return i.Status == v1.CheckPassed })
	for i := range s.ways {
		if works && s.ways[i].Status == v1.CheckFailed {
			s.ways[i].Status = v1.CheckLimited
		}
	}
	return s.ways
}

// fault tells of what stood in the way. What was cut short proves nothing.
func fault(item v1.CheckItem, e v1.ReportError) v1.CheckItem {
	item.Status, item.Text, item.Fix = v1.CheckFailed, e.Text, e.Hint
	if e.Reason == cluster.ReasonCanceled {
		item.Status = v1.CheckUnknown
	}
	return item
}

// try scans by one way, and asks each server that answers for its grants.
func (r *run) try(ctx context.Context, via cluster.Via) (*v1.DriftReportList, map[string][]v1.CheckItem, error) {
	cfg, err := r.cfg.Scan(via)
	if err != nil {
		return nil, nil, err
	}
	cfg.Connect.Via = via
	cfg.DerivedOnly = true // which files govern is not asked here
	var mu sync.Mutex
	grants := map[string][]v1.CheckItem{}
	cfg.Each = func(ctx context.Context, d *scan.Detail) {
		items := r.grantsOf(ctx, d)
		mu.Lock()
		defer mu.Unlock()
		grants[fmt.Sprintf("%s/%s/%s", d.Instance.Namespace, d.Instance.Pod, d.Instance.Instance.Container)] = items
	}
	return scan.Run(ctx, cfg), grants, nil
}
