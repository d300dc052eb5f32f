package blame

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Chain is the variable's way from Git to the running server, oldest hop first.
// Hops that cannot concern the variable are left out. Pure.
func Chain(f *Facts, v v1.Verdict) []v1.BlameHop {
	var hops []v1.BlameHop
	if !onCommandLine(f) {
		hops = append(hops, gitHop(f))
		hops = append(hops, deliveryHops(f)...)
		hops = append(hops, objectHop(f), fileHop(f))
	}
	if onCommandLine(f) || f.Class == v1.ArgumentOverride && f.Hop != model.HopFile {
		hops = append(hops, argumentHop(f))
	}
	hops = append(hops, startHop(f))
	if p := f.Server.Persisted; p != nil || v.Hop == string(model.HopPersisted) || f.takenBack() {
		hops = append(hops, persistedHop(f, v))
	}
	hops = append(hops, runtimeHop(f, v))
	for i := range hops {
		if v.Hop != "" && hops[i].Hop == v.Hop {
			hops[i].Broken = true
			break
		}
	}
	return hops
}

func onCommandLine(f *Facts) bool {
	return f.Declared != nil && (f.Declared.Source == "arg" || f.Declared.Source == "env" || f.Declared.Source == "image" && f.Declared.Path == "")
}

func gitHop(f *Facts) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopGit), NotAvailable: f.Absent["Git"]}
	g := f.Git
	if g == nil {
		return h
	}
	h.NotAvailable = ""
	h.Object = g.Repo + ":" + g.Path
	h.Evidence = append(h.Evidence, v1.Evidence{Kind: "git", Text: "the file was found by " + g.Found, Object: h.Object})
	commit := g.Introduced
	if commit == nil {
		commit = g.Last // the branch's head need not have touched the file
	}
	if commit != nil {
		h.Commit, h.Who, h.When = commit, commit.Author, commit.Authored
		h.How = fmt.Sprintf("commit %s %q", short(commit.Hash), commit.Subject)
		h.Value = commit.After
	}
	if h.Value == "" && g.HasHeadValue && g.Introduced == nil {
		h.Value = g.HeadValue
	}
	if g.Deployed != nil {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "git", Text: "the object's content is that of commit " + short(g.Deployed.Hash), Confidence: Proven})
	} else {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "git", Text: "no commit of " + orElse(g.Branch, "the branch") + " has the object's content", Confidence: Likely})
	}
	for _, c := range g.Waiting {
		text := fmt.Sprintf("commit %s %q is not delivered", short(c.Hash), c.Subject)
		if c.Before != c.After {
			text += fmt.Sprintf("; it changes %s from %s to %s", f.Variable, orElse(c.Before, "nothing"), orElse(c.After, "nothing"))
		}
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "git", Text: text, Time: c.Committed, Who: c.Author})
	}
	if g.Incomplete != "" {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "git", Text: "history incomplete: " + g.Incomplete, Confidence: Possible})
	}
	return h
}

// deliveryHops: the build, then each controller; or one hop that says why there
// is none.
func deliveryHops(f *Facts) []v1.BlameHop {
	var hops []v1.BlameHop
	if b := f.Build; b != nil {
		h := v1.BlameHop{Hop: string(model.HopDelivery), Object: fmt.Sprintf("jenkins %s #%d", b.Job, b.Number), Build: b, When: b.Started}
		h.How = strings.TrimSpace("Jenkins build " + strings.ToLower(b.Result))
		for _, c := range b.Causes {
			if c.Who != "" && h.Who == "" {
				h.Who = c.Who
			}
			h.Evidence = append(h.Evidence, v1.Evidence{Kind: "jenkins", Text: orElse(c.Text, c.Kind), Who: c.Who})
		}
		hops = append(hops, h)
	}
	for i := range f.Deliver {
		d := &f.Deliver[i]
		hops = append(hops, v1.BlameHop{Hop: string(model.HopDelivery), Object: d.Object, Delivery: d, Who: d.Initiator, When: d.AppliedAt,
			How:      fmt.Sprintf("%s applied %s", d.Tool, orElse(d.Applied, "an unknown revision")),
			Evidence: []v1.Evidence{{Kind: strings.ToLower(d.Tool), Text: strings.TrimSpace(d.State + " " + d.Message), Object: d.Object}}})
		last := &hops[len(hops)-1]
		last.Evidence = append(last.Evidence, eventEvidence(f, d.Object)...)
	}
	marks := markEvidence(f)
	if len(hops) == 0 {
		h := v1.BlameHop{Hop: string(model.HopDelivery), NotAvailable: orElse(f.Absent["Jenkins"], "not available because the object has no mark of a delivery tool")}
		if f.Object == nil {
			h.NotAvailable = orElse(f.Absent["ConfigMap"], h.NotAvailable)
		}
		hops = append(hops, h)
	}
	hops[0].Evidence = append(hops[0].Evidence, marks...)
	return hops
}

func markEvidence(f *Facts) []v1.Evidence {
	if f.Object == nil {
		return nil
	}
	var list []v1.Evidence
	m := f.Object.Marks
	for _, mark := range []struct{ name, value string }{
		{"Jenkins job", m.Job}, {"Jenkins build", m.Build}, {"commit", m.Commit}, {"repository", m.Repo},
		{"Helm release", m.HelmRelease}, {"Flux Kustomization", m.FluxKustomize}, {"Flux HelmRelease", m.FluxHelm},
		{"Argo CD tracking", m.ArgoTracking}, {"Spinnaker application", m.SpinnakerApp}, {"skaffold run", m.SkaffoldRun},
		{"kustomize origin", m.KustomizeFrom},
	} {
		if mark.value != "" {
			list = append(list, v1.Evidence{Kind: "annotation", Text: mark.name + " " + mark.value, Object: objectName(f), Confidence: Possible})
		}
	}
	for _, c := range Contradictions(f) {
		list = append(list, v1.Evidence{Kind: c.Code, Text: c.Text, Object: objectName(f), Confidence: "contradicts"})
	}
	return list
}

func objectHop(f *Facts) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopConfigMap), NotAvailable: f.Absent["ConfigMap"], OnChange: f.OnChange}
	o := f.Object
	if o == nil {
		if f.Declared != nil {
			h.Object, h.Value = f.Declared.Source, f.Declared.Value
		}
		return h
	}
	h.NotAvailable = ""
	h.Object = objectName(f)
	if o.HasValue {
		h.Value = o.Value
	}
	for i, owner := range o.Owners {
		tool := owner.Tool()
		if i == 0 {
			h.Who, h.When, h.How = owner.Manager, timeOrNil(owner.Time), tool.Name
		}
		text := fmt.Sprintf("%s (%s, %s) owns the key; written no later than %s", owner.Manager, tool.Name, owner.Operation, stamp(owner.Time))
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "managedFields", Text: text, Object: h.Object, Time: timeOrNil(owner.Time), Who: owner.Manager, Confidence: Possible})
	}
	if len(o.Owners) == 0 {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "managedFields", Text: "no manager owns the key: its managers were cleared, or it was written before they were kept"})
	}
	for _, e := range o.Audit {
		text := fmt.Sprintf("%s by %s from %s with %s", e.Verb, e.User, strings.Join(e.SourceIPs, ", "), e.UserAgent)
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "audit", Text: text, Object: h.Object, Time: timeOrNil(e.When), Who: e.User, Confidence: Likely})
	}
	if w := lastWrite(f); w.audit != nil && w.agree {
		h.Who, h.When = w.audit.User, timeOrNil(w.audit.When)
		if w.owner != nil && w.audit.Manager != w.owner.Manager { // the text was edited since
			h.How = fieldmanager.Describe(w.audit.Manager).Name
		}
	}
	if len(o.Audit) == 0 && f.Absent["audit log"] != "" {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "audit", Text: f.Absent["audit log"]})
	}
	h.Evidence = append(h.Evidence, eventEvidence(f, o.Resource+"/"+o.Name)...)
	return h
}

func fileHop(f *Facts) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopFile)}
	file := f.File
	if file == nil {
		h.NotAvailable = fmt.Sprintf("not available because %s is declared in no file", f.Variable)
		return h
	}
	h.Object, h.How = file.Path, file.Via
	if !file.Read {
		h.NotAvailable = f.Absent["pod files"]
		return h
	}
	h.When = timeOrNil(file.ModTime)
	if file.HasValue {
		h.Value = file.Value
	}
	if o := f.Object; o != nil && o.Resource == "configmap" {
		text, confidence := "the file in the pod is the same as the key", Proven
		if !file.Same {
			text = "the file in the pod differs from the key"
		}
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "file", Text: text, Object: file.Path, Time: h.When, Confidence: confidence})
	}
	return h
}

func argumentHop(f *Facts) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopArgument)}
	if f.Declared != nil && onCommandLine(f) {
		h.Object, h.Value, h.OnChange = f.Declared.Source, f.Declared.Value, f.OnChange
	}
	if f.Class == v1.ArgumentOverride && !onCommandLine(f) {
		h.Value = runningValue(f)
	}
	p := f.Pod
	if p == nil {
		h.NotAvailable = f.Absent["workload"]
		return h
	}
	if p.Owner != "" {
		h.Object = p.Owner
	}
	if owner := firstOwner(p.Template); owner != nil {
		h.Who, h.When, h.How = owner.Manager, timeOrNil(owner.Time), owner.Tool().Name
	}
	for i, r := range p.Revisions {
		if i > 0 && len(r.Changed) > 0 {
			h.Evidence = append(h.Evidence, v1.Evidence{Kind: "rollout", Text: fmt.Sprintf("%s changed %s", r.Name, join(r.Changed)), Object: p.Owner, Time: timeOrNil(r.Created)})
		}
	}
	return h
}

func startHop(f *Facts) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopStart), When: timeOrNil(f.Server.StartedAt), How: "server started"}
	switch f.Server.Variable.Source {
	case model.SourceFile, model.SourceCompiled, model.SourceCommandLine:
		h.Value = f.Server.Variable.Value
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "variables_info", Text: "the server says that the value came from " + sourceWords[f.Server.Variable.Source] + orElse(prefixed(" ", f.Server.Variable.Path), ""), Confidence: Likely})
	}
	if f.Server.StartedAt.IsZero() {
		h.How, h.NotAvailable = "", "not available because the server's uptime is not known"
	}
	if p := f.Pod; p != nil {
		h.Object = "pod/" + p.Pod
		if !p.ContainerStarted.IsZero() {
			h.Evidence = append(h.Evidence, v1.Evidence{Kind: "container", Text: fmt.Sprintf("container started, %d restarts", p.Restarts), Object: h.Object, Time: timeOrNil(p.ContainerStarted)})
		}
		if r := imageRollout(f); r != nil {
			h.Evidence = append(h.Evidence, v1.Evidence{Kind: "rollout", Text: fmt.Sprintf("%s changed the image to %s", r.Name, r.Image), Object: p.Owner, Time: timeOrNil(r.Created)})
		}
		h.Evidence = append(h.Evidence, eventEvidence(f, h.Object, p.Owner)...)
		if why := f.Absent["events"]; why != "" {
			h.Evidence = append(h.Evidence, v1.Evidence{Kind: "event", Text: why})
		}
	}
	return h
}

var sourceWords = map[model.Source]string{model.SourceFile: "an option file", model.SourceCompiled: "its built-in default", model.SourceCommandLine: "the command line"}

// persistedHop names whom the verdict names: within a procedure or an event the
// file holds the definer, who is evidence and no more.
func persistedHop(f *Facts, verdict v1.Verdict) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopPersisted), Object: "mysqld-auto.cnf"}
	p := f.Server.Persisted
	switch {
	case f.takenBack():
		h.Evidence = []v1.Evidence{{Kind: "persisted_variables", Text: "it was there when the server started, and is not any more: RESET PERSIST"}}
		return h
	case p == nil:
		h.NotAvailable = "not available because persisted_variables was not read"
		return h
	}
	r := persistedRecord(f)
	h.Value, h.When, h.How = p.Value, timeOrNil(r.when), "SET PERSIST"
	if persistedOnly(f, r.when) {
		h.How = "SET PERSIST_ONLY"
	}
	if who := account(r.user, r.host); who != "" && who == verdict.Culprit {
		h.Who = who
	}
	h.Evidence = []v1.Evidence{{Kind: "persisted_variables", Text: fmt.Sprintf("%s = %s", f.Variable, p.Value)}}
	switch a := f.Server.Auto; {
	case a == nil:
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: fromAuto, Text: orElse(f.Absent[fromAuto], "not available because it was not read")})
	default:
		text := "its entry names an account; the file was written since, by another statement or by hand"
		if a.Untouched {
			text = "its entry names an account; the file was not written since its newest entry"
		}
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: fromAuto, Text: text, Time: timeOrNil(a.When), Who: account(a.User, a.Host), Confidence: Possible})
	}
	return h
}

// runtimeHop names whom the verdict names: the row alone, which every SET SESSION
// writes, is evidence and no more.
func runtimeHop(f *Facts, verdict v1.Verdict) v1.BlameHop {
	h := v1.BlameHop{Hop: string(model.HopRuntime), Value: runningValue(f)}
	v := f.Server.Variable
	if v.Name == "" && f.Running == nil {
		h.NotAvailable = "not available because the server was not read"
		return h
	}
	if v.Source == model.SourceDynamic || v.Source == model.SourcePersisted {
		at, who := timeOrNil(v.SetTime), account(v.SetUser, v.SetHost)
		if verdict.Hop == string(model.HopRuntime) && verdict.Culprit != "" {
			h.Who, h.When = verdict.Culprit, at
		}
		text := fmt.Sprintf("source %s, last touched", v.Source)
		switch {
		case v.SetUser == "" && f.Server.Server.Flavour == model.MariaDB:
			text = "changed by SET GLOBAL; MariaDB does not record by whom"
		case v.SetUser == "":
			text = "changed by the server itself: no user is named"
		case v.SetUser == initFile && v.SetHost == "":
			text = "set by the server's init_file"
		case storedProgram(v.SetHost):
			text += "; an account and no connection: a stored program ran in its name"
		case !f.Server.GlobalOnly && v.Source == model.SourceDynamic:
			text += "; SET SESSION and SET_VAR hints write this row as well"
		}
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: fromRow, Text: text, Time: at, Who: who, Confidence: Possible})
	}
	for _, s := range f.Server.Statements {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: s.Source, Text: s.Text, Time: timeOrNil(s.When), Who: account(s.User, s.Host), Confidence: Likely})
	}
	if len(f.Server.Statements) == 0 && f.Absent["statements"] != "" {
		h.Evidence = append(h.Evidence, v1.Evidence{Kind: "statements", Text: f.Absent["statements"]})
	}
	return h
}

func timeOrNil(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return &metav1.Time{Time: t.UTC()}
}
