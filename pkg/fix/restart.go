package fix

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// restart gathers what wants one restart of one workload.
type restart struct {
	targets []*target
}

func (p *planner) restart(t *target) {
	in := t.Report.Instance
	id := in.Namespace + " " + in.Workload
	if p.restarts[id] == nil {
		p.restarts[id] = &restart{}
		p.ordered = append(p.ordered, id)
	}
	p.restarts[id].targets = append(p.restarts[id].targets, t)
}

// flushRestarts makes one step a workload: all its pods read the same new values.
func (p *planner) flushRestarts(servers []Server) {
	for _, id := range p.ordered {
		r := p.restarts[id]
		first := r.targets[0]
		s := first.step(v1.FixRolloutRestart)
		s.Object, s.Pod, s.Container, s.Role, s.From = first.Report.Instance.Workload, "", "", "", ""
		s.Variables, s.Classes = nil, nil
		var pods []string
		for _, t := range r.targets {
			if !slices.Contains(s.Variables, t.finding.Variable) {
				s.Variables = append(s.Variables, t.finding.Variable)
			}
			if !slices.Contains(s.Classes, t.finding.Class) {
				s.Classes = append(s.Classes, t.finding.Class)
			}
			if !slices.Contains(pods, t.Report.Instance.Pod) {
				pods = append(pods, t.Report.Instance.Pod)
			}
		}
		s.Why = "read at a start only, or from a file that is written when a pod is made: " + strings.Join(pods, ", ")
		mine := ofWorkload(servers, first.Report.Instance)
		p.howToRestart(&s, first, mine)
		s.Warnings = append(s.Warnings, restartWarnings(first, mine)...)
		p.add(s)
	}
}

func ofWorkload(servers []Server, in v1.Instance) []Server {
	var out []Server
	for _, s := range servers {
		if s.Report.Instance.Namespace == in.Namespace && s.Report.Instance.Workload == in.Workload {
			out = append(out, s)
		}
	}
	return out
}

// howToRestart leaves to a person what no annotation on a template does safely.
func (p *planner) howToRestart(s *v1.FixStep, t *target, mine []Server) {
	kubectl := fmt.Sprintf("kubectl -n %s ", s.Namespace)
	manual := func(text string) {
		s.Kind, s.Automatic, s.Why = v1.FixManual, false, s.Why+". "+text
	}
	refused := invalid(mine)
	switch {
	case t.Workload.Operator != "":
		manual("An operator looks after the pods: restart them through " + t.Workload.Operator)
	case len(refused) > 0:
		manual("Not before the declaration is put right, or the server may not come back: " + strings.Join(refused, "; "))
	case t.Workload.Kind == "pod":
		manual("Nothing makes the pod anew: delete it and apply its manifest")
	case t.Workload.Kind != "statefulset" && t.Workload.Kind != "deployment":
		manual("Restart it by " + kubectl + "delete pod, one pod after the other, replicas first")
	case t.Workload.OnDelete:
		manual("Its updateStrategy is OnDelete: " + kubectl + "delete pod " + strings.Join(replicasFirst(mine), ", then ") + ", each when the one before is ready")
	default:
		s.Command = kubectl + "rollout restart " + s.Object
	}
}

// invalid are options that the next start may refuse.
func invalid(servers []Server) []string {
	var out []string
	for _, s := range servers {
		for _, f := range s.Report.Findings {
			if f.Class == v1.Invalid && !slices.Contains(out, f.Message) && (strings.Contains(f.Message, "next start") || strings.Contains(f.Message, "does not start")) {
				out = append(out, f.Message)
			}
		}
	}
	return out
}

func replicasFirst(servers []Server) []string {
	sorted := slices.Clone(servers)
	slices.SortStableFunc(sorted, func(a, b Server) int { return rank(a) - rank(b) })
	var pods []string
	for _, s := range sorted {
		pods = append(pods, s.Report.Instance.Pod)
	}
	return pods
}

// restartWarnings are what a restart does besides.
func restartWarnings(t *target, mine []Server) []string {
	var out []string
	if where := t.Workload.Fleeting; where != "" {
		out = append(out, "the data lies "+where+": pods that are made anew begin without it, so save it first")
	}
	if t.Workload.Replicas == 1 || t.Workload.Kind == "pod" {
		out = append(out, "there is one pod: the database is away while it restarts")
	}
	if t.Workload.Kind == "statefulset" && !t.Workload.OnDelete {
		out = append(out, primaryOrder(mine)...)
	}
	if t.Workload.Kind == "deployment" && t.Workload.Replicas > 0 {
		out = append(out, "a Deployment starts the new pod before the old one ends, unless its strategy is Recreate: two servers must not share a volume")
	}
	if t.inGroup() {
		out = append(out, "the pods are members of a group: each must have joined again before the next one goes")
	}
	for _, s := range mine {
		for _, f := range s.Report.Findings {
			if f.Drift && (f.Class == v1.PendingPersist || f.Class == v1.RuntimeOverride || f.Class == v1.UndeclaredChange) {
				out = append(out, fmt.Sprintf("%s: the restart also ends or brings %s (%s)", s.Report.Instance.Pod, f.Variable, f.Class))
			}
		}
	}
	return out
}

// primaryOrder: a StatefulSet restarts its pods from the highest ordinal down.
func primaryOrder(mine []Server) []string {
	primary, lowest := -1, -1
	name := ""
	for _, s := range mine {
		n := ordinal(s.Report.Instance.Pod)
		if n >= 0 && (lowest < 0 || n < lowest) {
			lowest = n
		}
		if s.Report.Instance.Role == string(model.RolePrimary) {
			primary, name = n, s.Report.Instance.Pod
		}
	}
	switch {
	case primary < 0 || len(mine) < 2:
		return nil
	case primary == lowest:
		return []string{"pods restart from the highest ordinal down: the replicas first, the primary " + name + " last"}
	}
	return []string{"pods restart from the highest ordinal down, and the primary " + name + " is not the lowest: make another the primary first"}
}

func ordinal(pod string) int {
	n, err := strconv.Atoi(pod[strings.LastIndexByte(pod, '-')+1:])
	if err != nil {
		return -1
	}
	return n
}
