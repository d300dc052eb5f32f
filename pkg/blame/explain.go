package blame

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Explain gathers what every given source knows of the variable and judges it. A
// source that fails leaves a note in its hop, never an error of the whole.
func Explain(ctx context.Context, in Input) v1.BlameReport {
	f := Gather(ctx, in)
	return Report(in.Instance, f)
}

// Report turns facts into the printed form. Pure.
func Report(instance v1.Instance, f *Facts) v1.BlameReport {
	verdict := Judge(f)
	r := v1.BlameReport{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "BlameReport"}, Instance: instance, Variable: f.Variable, Declared: f.Declared, Running: f.Running,
		Verdict: verdict, Hops: Chain(f, verdict)}
	if u := Untraceable(f); u != nil {
		r.Findings = append(r.Findings, *u)
	}
	if u := Unsynced(f); u != nil {
		r.Findings = append(r.Findings, *u)
	}
	return r
}

// Gather asks every source and lays down what it answered.
func Gather(ctx context.Context, in Input) *Facts {
	f := baseFacts(in)
	g := gatherer{in: in, f: f}
	g.object(ctx)
	g.workload(ctx)
	g.file(ctx)
	g.auto(ctx)
	g.initFile(ctx)
	g.statements(ctx)
	g.anonymous(ctx)
	g.audit(ctx)
	g.delivery(ctx)
	g.events(ctx)
	g.history(ctx)
	g.build(ctx)
	unsyncedByGit(f)
	hide(f, in.Declaration)
	return f
}

// baseFacts is what the scan knew already.
func baseFacts(in Input) *Facts {
	f := &Facts{Variable: in.Variable, Absent: map[string]string{}, Values: in.Values}
	if f.Values == nil {
		f.Values = PlainValues{}
	}
	for name, why := range in.Sources.Why {
		f.Absent[name] = why
	}
	if s := in.Snapshot; s != nil {
		f.Server = serverFacts(s, in.Variable)
		f.Running = RunningOf(s, in.Variable)
	}
	if in.Finding != nil {
		f.Class, f.Drift, f.Hop = in.Finding.Class, in.Finding.Drift, model.Hop(in.Finding.Hop)
		f.Declared, f.SetPossible = in.Finding.Declared, f.Class == v1.NotApplied && slices.ContainsFunc(in.Finding.Evidence, func(e v1.Evidence) bool { return e.Kind == "file" && e.Confidence == Possible })
		if in.Finding.Running != nil {
			f.Running = in.Finding.Running
		}
	}
	if f.Declared == nil || f.Class == v1.Shadowed || f.Class == v1.Invalid {
		// A note may be about a line that is overruled.
		if inForce := declaredOf(in.Declaration, in.Variable, f.Values); inForce != nil {
			f.Declared = inForce
		}
	}
	return f
}

func serverFacts(s *model.Snapshot, variable string) ServerFacts {
	facts := ServerFacts{Server: s.Server, TakenAt: s.TakenAt, StartedAt: s.StartedAt(), HasSources: s.HasSources,
		HasPersisted: s.HasPersisted, Variable: s.Variables[variable]}
	if p, ok := s.Persisted[variable]; ok {
		facts.Persisted = &p
	}
	if meta := facts.Variable.Meta; meta != nil {
		facts.GlobalOnly = strings.EqualFold(strings.TrimSpace(meta.Scope), "GLOBAL")
	}
	facts.InitConnect = initConnect(s, variable)
	return facts
}

// initConnect: the variable init_connect holds statements that name the variable
// or run something unseen, or it held others earlier in the server's life.
func initConnect(s *model.Snapshot, variable string) string {
	v, ok := s.Variables["init_connect"]
	text := strings.ToLower(v.Value)
	switch {
	case !ok:
		return ""
	case strings.Contains(text, variable):
		return "init_connect sets the variable in the name of whoever connects"
	case strings.Contains(text, "call") || strings.Contains(text, "prepare") || strings.Contains(text, "select"):
		return "init_connect runs a stored program in the name of whoever connects"
	case v.Source == model.SourceDynamic:
		return fmt.Sprintf("init_connect, which runs in the name of whoever connects, was changed at %s: what it was before is not known", stamp(v.SetTime))
	}
	return ""
}

// RunningOf is a variable as a server was seen with it, nil if it has none.
func RunningOf(s *model.Snapshot, variable string) *v1.Running {
	v, ok := s.Variables[variable]
	if !ok {
		return nil
	}
	r := &v1.Running{Value: v.Value, Source: string(v.Source), Path: v.Path, SetUser: v.SetUser, SetHost: v.SetHost}
	if !v.SetTime.IsZero() {
		r.SetTime = &metav1.Time{Time: v.SetTime}
	}
	return r
}

// declaredOf is the last setting of the variable, the one that counts.
func declaredOf(d model.Declaration, variable string, values Values) *v1.Declared {
	for i := len(d.Settings) - 1; i >= 0; i-- {
		s := d.Settings[i]
		if values.Variable(s.Option) != variable {
			continue
		}
		declared := &v1.Declared{Option: s.Option, Value: s.Value, Source: s.Origin.Object, Path: s.Origin.Path, Line: s.Origin.Line, Column: s.Origin.Column}
		if s.Secret {
			declared.Value = "(from a Secret, not shown)"
		}
		return declared
	}
	return nil
}
