package incidents

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// The day on which every incident happens: the server started at eight, a commit
// was made at nine, the ConfigMap written at ten, SET run at eleven, SET SESSION
// noise at noon.
var (
	eight  = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	nine   = eight.Add(time.Hour)
	ten    = eight.Add(2 * time.Hour)
	eleven = eight.Add(3 * time.Hour)
	noon   = eight.Add(4 * time.Hour)
)

const (
	variable = "max_connections"
	declared = "2000"
	good     = "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1"
	next     = "bb22cc33bb22cc33bb22cc33bb22cc33bb22cc33"
	forged   = "dead1234dead1234dead1234dead1234dead1234"
	ann      = "Ann Lee <ann@shop.example>"
	bob      = "Bob Roe <bob@shop.example>"
)

// world is the evidence that an incident leaves.
type world struct{ *blame.Facts }

func quiet() world {
	return world{&blame.Facts{Variable: variable, Absent: map[string]string{},
		Declared: &v1.Declared{Option: variable, Value: declared, Source: "configmap/mysql:my.cnf", Path: "/etc/mysql/conf.d/my.cnf", Line: 2},
		Running:  &v1.Running{Value: declared},
		Server: blame.ServerFacts{Server: model.Server{Flavour: model.MySQL, Version: model.Version{Major: 9, Minor: 7}}, TakenAt: noon.Add(time.Hour), StartedAt: eight,
			HasSources: true, HasPersisted: true, Variable: model.Variable{Name: variable, Value: declared, Source: model.SourceFile}},
		Object: &blame.ObjectFacts{Resource: "configmap", Namespace: "shop", Name: "mysql", Key: "my.cnf", Value: declared, HasValue: true, Content: "[mysqld]\nmax_connections = 2000\n"},
	}}
}

func (w world) found(class v1.Class, running string) world {
	w.Class, w.Drift = class, true
	w.Running = &v1.Running{Value: running}
	w.Server.Variable.Value = running
	return w
}

func (w world) row(user string, at time.Time) world {
	w.Server.Variable.Source, w.Server.Variable.SetUser, w.Server.Variable.SetHost, w.Server.Variable.SetTime = model.SourceDynamic, user, "10.0.0.5", at
	return w
}

func (w world) statement(source, scope, user, value string, at time.Time) world {
	took := time.Millisecond
	if source == "general log" || source == "parameter history" {
		took = 0
	}
	w.Server.Statements = append(w.Server.Statements, blame.Statement{Source: source, Scope: scope, User: user, Host: "10.0.0.5:4711", Value: value, HasValue: value != "", When: at, Took: took,
		Text: strings.TrimSpace("SET " + scope + " " + variable + " = " + value)})
	return w
}

// failing says that the last statement's record counts runs that failed.
func (w world) failing() world {
	w.Server.Statements[len(w.Server.Statements)-1].MayHaveFailed = true
	return w
}

// program says that a stored program ran the last statement.
func (w world) program() world {
	w.Server.Statements[len(w.Server.Statements)-1].InProgram = true
	return w
}

func (w world) persisted(user, value string, at time.Time) world {
	w.Server.Persisted = &model.Persisted{Name: variable, Value: value}
	w.Server.Auto = &blame.AutoEntry{Value: value, User: user, Host: "10.0.0.5", When: at, Untouched: true}
	return w
}

func (w world) owner(manager, operation string, at time.Time) world {
	w.Object.Owners = append([]fieldmanager.Owner{{Manager: manager, Operation: operation, Time: at, Sole: true}}, w.Object.Owners...)
	return w
}

func (w world) audited(user, manager string, at time.Time, content string) world {
	e := blame.AuditEvent{Verb: "patch", User: user, Manager: manager, UserAgent: "kubectl/v1.36.3", SourceIPs: []string{"10.1.1.9"}, When: at.Add(300 * time.Millisecond)}
	if content != "" {
		e.Data = map[string]string{"my.cnf": content}
	}
	w.Object.Audit = append(w.Object.Audit, e)
	return w
}

// otherKey says that the last audited request did not send the key.
func (w world) otherKey() world {
	w.Object.Audit[len(w.Object.Audit)-1].Data = map[string]string{}
	return w
}

// whole is the verb of the last audited request.
func (w world) whole(verb string) world {
	w.Object.Audit[len(w.Object.Audit)-1].Verb = verb
	return w
}

// git says that the live content is the commit's.
func (w world) git(hash, author string) world {
	c := commit(hash, author, "1000", declared)
	w.Git = &blame.GitHistory{Repo: "https://git.example/db/conf", Branch: "main", Path: "my.cnf", Found: "its content", Head: c, Deployed: &c, Introduced: &c,
		HeadValue: declared, HasHeadValue: true, Claims: map[string]blame.CommitClaim{hash: {Known: true, OnBranch: true, Matches: true}}}
	return w
}

// waiting adds a commit that is not delivered.
func (w world) waiting(hash, author, value string) world {
	before := declared
	for _, c := range w.Git.Waiting {
		before = c.After
	}
	w.Git.Waiting = append(w.Git.Waiting, commit(hash, author, before, value))
	w.Git.HeadValue = value
	return w
}

// claimed says that the repository has the commit, with other content than is live.
func (w world) claimed(hash string) world {
	w.Git.Claims[hash] = blame.CommitClaim{Known: true, OnBranch: true, When: nine}
	return w
}

// twin adds a later commit with the same content.
func (w world) twin(hash, author string) world {
	c := commit(hash, author, "500", declared)
	w.Git.Twin = &c
	return w
}

// nowhere says that no commit has the live content.
func (w world) nowhere() world {
	w.Git.Deployed, w.Git.Introduced = nil, nil
	w.Git.Claims = map[string]blame.CommitClaim{good: {Known: true, OnBranch: true}}
	return w
}

func commit(hash, author, before, after string) v1.Commit {
	when := &metav1.Time{Time: nine}
	return v1.Commit{Hash: hash, Author: author, Authored: when, Committed: when, Subject: "Set max_connections", Before: before, After: after}
}

func (w world) marks(hash, owner string) world {
	w.Object.Marks.Commit, w.Object.Marks.Job, w.Object.Marks.Repo = hash, "db/conf/main", "https://git.example/db/conf"
	w.Object.Marks.CommitOwners = []fieldmanager.Owner{{Manager: owner, Operation: "Update", Time: ten}}
	return w
}

func (w world) build(hash, result string) world {
	w.Build = &v1.Build{Job: "db/conf/main", Number: 412, Result: result, Started: &metav1.Time{Time: ten.Add(-30 * time.Second)}, Seconds: 60, Revision: hash,
		Causes: []v1.BuildCause{{Kind: "user", Who: "mpark"}}}
	return w
}

func (w world) flux(state, hash string) world {
	w.Object.Marks.FluxKustomize = "flux-system/shop"
	w.Deliver = []v1.Delivery{{Tool: "Flux", Object: "kustomization/flux-system/shop", Commit: hash, Applied: "main@sha1:" + hash, State: state, Listed: true}}
	return w
}

// appliedAt is when the controller last applied something.
func (w world) appliedAt(at time.Time) world {
	w.Deliver[0].AppliedAt = &metav1.Time{Time: at}
	return w
}

func (w world) argo(state, hash string) world {
	w.Object.Marks.ArgoTracking = "mysql:/ConfigMap:shop/mysql"
	w.Deliver = []v1.Delivery{{Tool: "Argo CD", Object: "application/argocd/mysql", Commit: hash, Applied: hash, State: state, Listed: true}}
	return w
}

// remembers adds to what the tool has delivered before: the commit, whose value was
// another if it has one, and who told the tool.
func (w world) remembers(hash, value, by string, at time.Time) world {
	d := &w.Deliver[0]
	d.History = append(d.History, v1.Delivered{Commit: hash, At: &metav1.Time{Time: at}, Initiator: by, Origin: "prod"})
	w.Git.Claims[hash] = blame.CommitClaim{Known: true, OnBranch: true, When: nine, Value: value, HasValue: true, Matches: value == declared}
	return w
}

// includes says that the commit was made after the one that is live.
func (w world) includes(hash string) world {
	c := w.Git.Claims[hash]
	c.Includes = true
	w.Git.Claims[hash] = c
	return w
}

// from is the source of the last delivery that the tool remembers.
func (w world) from(origin string) world {
	h := w.Deliver[0].History
	h[len(h)-1].Origin = origin
	return w
}

// spec says who wrote what the tool is told to deliver.
func (w world) spec(manager string, at time.Time) world {
	d := &w.Deliver[0]
	d.SpecOf, d.SpecBy, d.SpecAt = d.Object, manager, &metav1.Time{Time: at}
	return w
}

func (w world) specAudited(user, manager string, at time.Time) world {
	of := w.Deliver[0].SpecOf
	if w.SpecAudit == nil {
		w.SpecAudit = map[string][]blame.AuditEvent{}
	}
	w.SpecAudit[of] = append(w.SpecAudit[of], blame.AuditEvent{Verb: "patch", User: user, Manager: manager, When: at.Add(300 * time.Millisecond)})
	return w
}

// started is when the build began.
func (w world) started(at time.Time) world {
	w.Build.Started = &metav1.Time{Time: at}
	return w
}

// rollout says that the template got the variable as an argument at ten.
func (w world) rollout(changed, value, manager string) world {
	w.Pod = &blame.WorkloadFacts{Pod: "mysql-0", Owner: "statefulset/mysql", Template: []blame.TemplateOwner{{Field: changed, Owner: fieldmanager.Owner{Manager: manager, Operation: "Update", Time: ten}}},
		Revisions: []blame.Rollout{{Name: "controllerrevision/mysql-1", Created: eight.Add(-time.Hour), Image: "mysql:8.4"},
			{Name: "controllerrevision/mysql-2", Created: ten.Add(time.Second), Image: "mysql:9.7", Changed: []string{changed}, Value: value, Has: value != ""}}}
	return w
}
