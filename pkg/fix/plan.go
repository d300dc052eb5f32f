package fix

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// Sides of a finding, of which one is to win.
const (
	Declared = "declared"
	Running  = "running"
)

// Input is everything that a plan is made of.
type Input struct {
	Servers []Server
	// Texts are the ConfigMap keys that govern, by TextID.
	Texts map[string]Text
	// Prefer is the side that wins.
	Prefer string
	// Persist keeps a running value by SET PERSIST instead of declaring it.
	Persist bool
	// Variables restricts the plan; all if empty.
	Variables []string
	// Author of commits, "NAME <MAIL>", and when they are made, RFC 2822.
	Author, Date string
	// Tool is the program's name and version, for the patches' last line.
	Tool string
}

// Server is one scanned server.
type Server struct {
	Report      v1.DriftReport
	Snapshot    *model.Snapshot
	Declaration model.Declaration
	Workload    Workload
	// Late are options, with underscores, whose file in the pod the kubelet will
	// bring up to date by itself in a moment.
	Late map[string]bool
}

// Workload is what restarts a pod.
type Workload struct {
	Kind, Name string // "statefulset", "mysql"; "pod" where nothing owns it
	// Replicas that it is to have.
	Replicas int
	// OnDelete: a change of the template restarts nothing.
	OnDelete bool
	// Fleeting says where data lies that ends with its pod ("in an emptyDir"), "" if
	// it does not.
	Fleeting string
	// Operator is the resource that an operator makes it from.
	Operator string
}

// Text is one key of a ConfigMap.
type Text struct {
	Namespace, Name, Key string
	Content              string
	ResourceVersion      string
	Immutable            bool
	// Tool delivers the object and puts it back: Flux, Argo CD, Helm, Jenkins.
	Tool string
	// Git is the file that became the key, nil if it is not known.
	Git *GitFile
}

// GitFile is the file in a repository that became a key.
type GitFile struct {
	Repo, Branch, Path string
	File               string // the whole file at the branch's head
	Content            string // the key's text in it
}

// TextID is the name of a text in Input.Texts: a finding's source is of its namespace.
func TextID(namespace, source string) string { return namespace + " " + source }

// planner collects steps.
type planner struct {
	in       Input
	plan     *v1.FixPlan
	edits    map[string]*edit // by TextID
	order    []string
	restarts map[string]*restart // by namespace and workload
	ordered  []string
}

// Plan makes the steps: first statements, replicas before their primary, then
// edits of what is declared, then restarts.
func Plan(in Input) *v1.FixPlan {
	p := &planner{in: in, edits: map[string]*edit{}, restarts: map[string]*restart{},
		plan: &v1.FixPlan{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "FixPlan"}, Prefer: in.Prefer, Steps: []v1.FixStep{}}}
	p.plan.Summary.Instances = len(in.Servers)
	servers := slices.Clone(in.Servers)
	slices.SortStableFunc(servers, func(a, b Server) int {
		return cmp.Or(cmp.Compare(a.Report.Instance.Namespace, b.Report.Instance.Namespace), cmp.Compare(a.Report.Instance.Workload, b.Report.Instance.Workload),
			cmp.Compare(rank(a), rank(b)))
	})
	for i := range servers {
		p.server(&servers[i])
	}
	p.flushEdits()
	p.flushRestarts(servers)
	for i := range p.plan.Steps {
		s := &p.plan.Steps[i]
		s.Number = i + 1
		if s.Automatic {
			p.plan.Summary.Automatic++
		}
	}
	p.plan.Summary.Steps = len(p.plan.Steps)
	return p.plan
}

// rank puts replicas before what they replicate from.
func rank(s Server) int {
	switch model.Role(s.Report.Instance.Role) {
	case model.RoleReplica:
		return 0
	case model.RolePrimary:
		return 2
	}
	return 1
}

// target is one finding of one server, with what is known of the variable.
type target struct {
	*Server
	finding   v1.Finding
	catalogue *sysvar.Catalogue
	spec      *sysvar.Spec
}

func (p *planner) server(s *Server) {
	if s.Snapshot == nil {
		return
	}
	catalogue := sysvar.For(s.Snapshot.Server).WithLive(s.Snapshot)
	for _, f := range s.Report.Findings {
		if len(p.in.Variables) > 0 && !slices.Contains(p.in.Variables, f.Variable) {
			continue
		}
		if f.Ignored != nil {
			p.leave(&target{Server: s, finding: f}, "ignored by a rule: "+f.Ignored.Reason)
		}
		if !f.Drift {
			continue
		}
		p.plan.Summary.Findings++
		t := &target{Server: s, finding: f, catalogue: catalogue}
		if why := t.unfit(); why != "" {
			p.leave(t, why)
			continue
		}
		if p.in.Prefer == Running {
			p.keepRunning(t)
		} else {
			p.putDeclared(t)
		}
	}
}

// unfit says why no step may be made of a finding.
func (t *target) unfit() string {
	spec, known := t.catalogue.Lookup(t.finding.Variable)
	_, seen := t.Snapshot.Variables[t.finding.Variable]
	switch {
	case !known || !seen || !variableName.MatchString(t.finding.Variable):
		return "the server has no variable of this name that a statement could name"
	case spec.Sensitive || t.hidden():
		return "its value is a secret: set it by hand, from where the secret is kept"
	}
	t.spec = spec
	return ""
}

// hidden: the declared value comes from a Secret, which no plan shows.
func (t *target) hidden() bool {
	d := t.finding.Declared
	return d != nil && d.Value == redacted
}

// redacted stands for values of Secrets in reports.
const redacted = "(redacted)"

func (p *planner) leave(t *target, why string) {
	in := t.Report.Instance
	p.plan.Unplanned = append(p.plan.Unplanned, v1.FixUnplanned{Namespace: in.Namespace, Pod: in.Pod, Variable: t.finding.Variable, Class: t.finding.Class, Why: why})
}

// step begins a step on the target's server.
func (t *target) step(kind v1.FixKind) v1.FixStep {
	in := t.Report.Instance
	return v1.FixStep{
		Kind: kind, Automatic: kind != v1.FixManual, Context: in.Context, Namespace: in.Namespace, Object: "pod/" + in.Pod, Pod: in.Pod, Container: in.Container,
		Server: t.Snapshot.Server.String(), Role: in.Role, Variables: []string{t.finding.Variable}, Classes: []v1.Class{t.finding.Class},
		From: t.running(), Why: t.finding.Message,
	}
}

func (p *planner) add(s v1.FixStep) { p.plan.Steps = append(p.plan.Steps, s) }

// manual is a step for a person.
func (p *planner) manual(t *target, what string) {
	s := t.step(v1.FixManual)
	s.Why = what
	p.add(s)
}

func (t *target) running() string { return t.Snapshot.Variables[t.finding.Variable].Value }

// fresh is what a start with the present declaration would make.
func (t *target) fresh(settings []model.Setting) *sysvar.Fresh {
	return t.catalogue.Fresh(settings, func(name string) (string, bool) {
		v, ok := t.Snapshot.Variables[name]
		return v.Value, ok
	})
}
