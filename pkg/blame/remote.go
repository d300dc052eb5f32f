package blame

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/delivery"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// delivery reads what controllers in the cluster say of the declaring object.
func (g *gatherer) delivery(ctx context.Context) {
	o := g.f.Object
	if o == nil || g.in.Objects == nil {
		return
	}
	m := o.Marks
	found, notes := delivery.Find(ctx, g.in.Objects, delivery.Marked{
		Resource: o.Resource, Namespace: o.Namespace, Name: o.Name,
		FluxKustomization: m.FluxKustomize, FluxHelmRelease: m.FluxHelm, FluxMode: m.FluxMode,
		ArgoTracking: m.ArgoTracking, ArgoInstance: m.ArgoInstance, HelmRelease: m.HelmRelease,
	})
	g.f.Deliver = found
	for tool, why := range notes {
		g.absent(tool, "%s", why)
	}
	g.specAudit(ctx)
}

// specAudit reads who wrote the specs that decide what is delivered.
func (g *gatherer) specAudit(ctx context.Context) {
	if g.in.Sources.Audit == nil {
		return
	}
	for _, d := range g.f.Deliver {
		part := strings.Split(d.SpecOf, "/")
		if len(part) != 3 {
			continue
		}
		plural := strings.TrimSuffix(part[0]+"s", "ys")
		if plural != part[0]+"s" {
			plural += "ies"
		}
		events, err := g.in.Sources.Audit.Writes(ctx, plural, part[1], part[2])
		if err != nil {
			g.absent("audit log", "%v", err)
			return
		}
		if g.f.SpecAudit == nil {
			g.f.SpecAudit = map[string][]AuditEvent{}
		}
		g.f.SpecAudit[d.SpecOf] = events
	}
}

// ErrNoRepository is the answer of a Git that nobody told where to look.
var ErrNoRepository = errors.New("nothing names the repository: no annotation, no Flux or Argo CD source (--git-repo names one)")

// history asks Git for the file that became the key.
func (g *gatherer) history(ctx context.Context) {
	o := g.f.Object
	switch {
	case o == nil:
		g.absent("Git", "no object that declares %s was read", g.f.Variable)
		return
	case o.Resource != "configmap":
		g.absent("Git", "the content of a Secret is not looked for in Git")
		return
	case g.in.Sources.Git == nil:
		g.absent("Git", "no repository is read")
		return
	}
	q := gitQuery(g.f)
	if q.Repo == "" {
		g.absent("Git", "%v", ErrNoRepository)
		// A source with a repository of its own may still answer.
	}
	h, err := g.in.Sources.Git.History(ctx, q)
	if err != nil {
		delete(g.f.Absent, "Git")
		g.absent("Git", "%v", err)
		if !errors.Is(err, ErrNoRepository) {
			g.f.GitUnread = g.f.Absent["Git"]
		}
		return
	}
	if h != nil {
		delete(g.f.Absent, "Git")
		g.f.Git = h
		ofHead(g.f)
	}
}

// ofHead: what a tool makes of Git's head by substitutions or patches may be word for
// word what an older commit had. It is that one's content by chance only.
func ofHead(f *Facts) {
	g := f.Git
	if g.Deployed == nil || len(g.Waiting) == 0 || !Rendered(f) || !f.Deliver[0].Renders || !sameCommit(f.Deliver[0].Commit, g.Head.Hash) {
		return
	}
	g.Deployed, g.Twin, g.Waiting, g.Introduced = nil, nil, nil, nil
	if n := len(g.Changes); n > 0 {
		g.Introduced = &g.Changes[n-1]
	}
}

// gitQuery puts together what marks and controllers say of repository and commit.
func gitQuery(f *Facts) GitQuery {
	o := f.Object
	q := GitQuery{Repo: o.Marks.Repo, Namespace: o.Namespace, Name: o.Name, Key: o.Key, Content: o.Content,
		Variable: f.Variable, Values: f.Values}
	if len(o.Owners) > 0 {
		q.Written = o.Owners[0].Time
	}
	claim := func(commit string) {
		if looksLikeCommit(commit) && !slices.Contains(q.Commits, commit) {
			q.Commits = append(q.Commits, commit)
		}
	}
	for _, d := range f.Deliver {
		if d.Repo != "" {
			q.Repo = d.Repo // a controller's own spec, not what an annotation says
			q.Path, q.Branch = d.Path, d.Branch
		}
		claim(d.Commit)
		for _, before := range d.History {
			if looksLikeCommit(before.Commit) && !slices.Contains(q.Earlier, before.Commit) {
				q.Earlier = append(q.Earlier, before.Commit)
			}
		}
	}
	if q.Repo == "" {
		q.Repo = o.Marks.KustomizeRepo
	}
	if q.Path == "" && o.Marks.KustomizeFrom != "" {
		q.Path = o.Marks.KustomizeFrom
	}
	claim(o.Marks.Commit)
	return q
}

// build asks Jenkins for the build that delivered.
func (g *gatherer) build(ctx context.Context) {
	o := g.f.Object
	if o == nil {
		g.absent("Jenkins", "no object that declares %s was read", g.f.Variable)
		return
	}
	if o.Marks.Job == "" && o.Marks.Build == "" {
		g.absent("Jenkins", "the object names no job")
		return
	}
	if g.in.Sources.Jenkins == nil {
		g.absent("Jenkins", "no Jenkins server is given (--jenkins-url)")
		return
	}
	q := BuildQuery{Job: o.Marks.Job, Repo: o.Marks.Repo, Commit: o.Marks.Commit}
	if n, err := strconv.Atoi(strings.TrimPrefix(o.Marks.Build, "#")); err == nil {
		q.Number = n
	} else if strings.Contains(o.Marks.Build, "://") {
		q.URL = o.Marks.Build
	}
	if q.Commit == "" && g.f.Git != nil && g.f.Git.Deployed != nil {
		q.Commit = g.f.Git.Deployed.Hash
	}
	if len(o.Owners) > 0 {
		q.Before = o.Owners[0].Time
	}
	b, err := g.in.Sources.Jenkins.Build(ctx, q)
	if err != nil {
		g.absent("Jenkins", "%v", err)
		return
	}
	g.f.Build = b
}

// unsyncedByGit makes the facts' class UnsyncedObject where nothing else parted
// and Git shows another value than the object.
func unsyncedByGit(f *Facts) {
	if f.Drift || Unsynced(f) == nil {
		return
	}
	f.Class, f.Drift, f.Hop = v1.UnsyncedObject, true, model.HopConfigMap
}

// Unsynced is the finding that the object's value is not the one of the branch's
// head. nil where they agree, or where the history does not tell.
func Unsynced(f *Facts) *v1.Finding {
	g, o := f.Git, f.Object
	if g == nil || o == nil || !g.HasHeadValue && !o.HasValue {
		return nil
	}
	if g.HasHeadValue == o.HasValue && f.same(g.HeadValue, o.Value) {
		return nil
	}
	if g.Deployed == nil && (g.Incomplete != "" || Rendered(f) || template(g.HeadValue)) {
		return nil
	}
	finding := &v1.Finding{Variable: f.Variable, Class: v1.UnsyncedObject, Drift: true, Hop: string(model.HopConfigMap), Severity: v1.P1,
		Declared: &v1.Declared{Value: g.HeadValue, Source: gitSource(g), Line: g.Head.Line},
		Running:  f.Running}
	if g.Deployed != nil {
		finding.Message = fmt.Sprintf("%s is %d %s behind %s: %s is %s there and %s here.", objectName(f), len(g.Waiting),
			plural(len(g.Waiting), "commit", "commits"), orElse(g.Branch, "Git"), f.Variable, valueOr(g.HeadValue, g.HasHeadValue), valueOr(o.Value, o.HasValue))
		finding.Remedy = "Let the delivery tool deliver the commits that wait."
	} else {
		finding.Message = fmt.Sprintf("%s %s, the head of %s %s, and no commit has the object's content.", objectName(f),
			sets(f.Variable, o.Value, o.HasValue), orElse(g.Branch, "Git"), sets("it", g.HeadValue, g.HasHeadValue))
		finding.Remedy = "Commit the change, or deliver what Git has."
	}
	return finding
}

// sets is what a text does of a variable.
func sets(variable, value string, has bool) string {
	if !has {
		return "does not set " + variable
	}
	return "sets " + variable + " to " + value
}

func valueOr(value string, has bool) string {
	if !has {
		return "not set"
	}
	return value
}
