package scan

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/drift"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/optionfile"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/sysvar"
)

// editedAfter finds what looks like a SET at run time and is an edit of the
// declaration: a server notes each SET SESSION, and each SET GLOBAL that changed
// nothing, as it notes one that did. What runs is then what the file in the pod
// still says, or the file was written after the last SET.
func editedAfter(ctx context.Context, objs cluster.Objects, d *Detail, findings []v1.Finding) {
	explained := edits(findings)
	for i := range findings {
		f := &findings[i]
		if !setAtRunTime(f) {
			continue
		}
		option := f.Variable
		if f.Declared != nil {
			option = f.Declared.Option
		}
		if inPod, ok := asInPod(d, option); ok && drift.Gives(inPod, f.Variable) {
			drift.NotTaken(f) // lateFile tells the rest
			continue
		}
		if f.Declared != nil {
			byEdit(ctx, objs, d, f, explained)
		}
	}
}

// setAtRunTime: the class rests on the server's word that there was a SET.
func setAtRunTime(f *v1.Finding) bool {
	switch {
	case f.Class != v1.RuntimeOverride && f.Class != v1.UndeclaredChange, f.Running == nil:
		return false
	}
	source := model.Source(f.Running.Source)
	return source == model.SourceDynamic || source == model.SourceUnknown
}

// edits are the paths of files of which another variable shows that they were
// edited since the server read them.
func edits(findings []v1.Finding) map[string]bool {
	out := map[string]bool{}
	for _, f := range findings {
		if f.Declared != nil && f.Running != nil && f.Running.Source != string(model.SourceDynamic) && (f.Class == v1.NotApplied || f.Class == v1.PendingRestart) {
			out[f.Declared.Path] = true
		}
	}
	return out
}

// byEdit judges a declared value by times: a file that was written after the last
// SET holds what the SET could not have parted from. A variable without a session
// value stays with its SET where another option's edit explains the file's time.
func byEdit(ctx context.Context, objs cluster.Objects, d *Detail, f *v1.Finding, explained map[string]bool) {
	written := d.Resolution.Written[f.Declared.Path]
	if key := keyWritten(ctx, objs, d.Instance.Namespace, f.Declared.Source); !key.IsZero() && (written.IsZero() || key.Before(written)) {
		written = key // another key of the volume was written since
	}
	v := d.Snapshot.Variables[f.Variable]
	last, doubt := v.SetTime, "an earlier SET GLOBAL is possible as well"
	if last.IsZero() {
		last, doubt = d.Snapshot.StartedAt(), "a SET GLOBAL at run time is possible as well: the server does not tell when it was"
	}
	if written.IsZero() || last.IsZero() {
		return
	}
	before, known := beforeEdit(ctx, objs, d, f.Declared)
	asBefore := known && drift.Gives(before, f.Variable)
	if !written.After(last) {
		sessionsSince(d, f, written, asBefore, known)
		return
	}
	switch {
	case asBefore:
		doubt = ""
	case known && sameOption(before.Declaration, d.Resolution.Declaration, f.Declared):
		return // the edit was not of this option
	case !v.SetTime.IsZero() && globalOnly(v) && explained[f.Declared.Path]:
		return
	}
	drift.NotTaken(f)
	f.Message += "; the file was written at " + written.UTC().Format(time.RFC3339) + ", after the server took its value"
	if doubt != "" {
		f.Message += "; " + doubt
		f.Evidence = append(f.Evidence, v1.Evidence{Kind: "file", Time: moment(written), Confidence: "possible", Text: "written after the last SET that the server tells of: " + doubt})
	}
}

// sessionsSince judges an edit after which a SET is noted: an application that sets
// its session's value on each connection is noted again and again. Where what runs is
// what was declared before the edit, the edit was not taken; where that is not known,
// the doubt is told.
func sessionsSince(d *Detail, f *v1.Finding, written time.Time, asBefore, known bool) {
	spec, ok := sysvar.For(d.Snapshot.Server).Lookup(f.Variable)
	if !ok || spec.Scope != sysvar.ScopeSession || !written.After(d.Snapshot.StartedAt()) {
		return
	}
	text := "; the file was written at " + written.UTC().Format(time.RFC3339) + ", after the server started"
	switch {
	case asBefore:
		drift.NotTaken(f)
		f.Message += text + ", and what runs is what it declared before"
	case !known:
		f.Message += text + ": that this edit was not taken, and a SET SESSION was noted since, is possible as well"
	}
}

func globalOnly(v model.Variable) bool {
	return v.Meta != nil && strings.EqualFold(strings.TrimSpace(v.Meta.Scope), "GLOBAL")
}

// asInPod is the declaration with an option as the file in the pod has it, if that
// is another value than its source's.
func asInPod(d *Detail, option string) (drift.Input, bool) {
	for _, stale := range d.Resolution.Stale {
		for _, s := range stale.Differs {
			if plainOption(s.Option) == plainOption(option) && (s.InPod != nil || s.Current != nil) {
				return withOption(d, stale.Path, option, s.InPod), true
			}
		}
	}
	return drift.Input{}, false
}

// beforeEdit is the declaration with an option as kubectl last applied it, where
// the object was edited by other means since.
func beforeEdit(ctx context.Context, objs cluster.Objects, d *Detail, declared *v1.Declared) (drift.Input, bool) {
	name, key, _ := strings.Cut(strings.TrimPrefix(declared.Source, "configmap/"), ":")
	if !strings.HasPrefix(declared.Source, "configmap/") || key == "" {
		return drift.Input{}, false
	}
	cm, err := objs.ConfigMap(ctx, d.Instance.Namespace, name)
	if err != nil {
		return drift.Input{}, false
	}
	var applied struct {
		Data map[string]string `json:"data"`
	}
	if json.Unmarshal([]byte(cm.Annotations[corev1.LastAppliedConfigAnnotation]), &applied) != nil {
		return drift.Input{}, false
	}
	text, ok := applied.Data[key]
	if !ok || text == cm.Data[key] {
		return drift.Input{}, false
	}
	var value *string
	for _, s := range optionfile.Parse(key, []byte(text), optionfile.Options{Server: d.Snapshot.Server}).Settings {
		if plainOption(s.Option) == plainOption(declared.Option) {
			value = &s.Value
		}
	}
	return withOption(d, declared.Path, declared.Option, value), true
}

// withOption is the declaration with another value of one option in one file, nil
// for a file without it.
func withOption(d *Detail, path, option string, value *string) drift.Input {
	decl := d.Resolution.Declaration
	settings := make([]model.Setting, 0, len(decl.Settings)+1)
	at := 0
	for _, s := range decl.Settings {
		ofFile := s.Origin.Path == path
		if !ofFile || plainOption(s.Option) != plainOption(option) {
			settings = append(settings, s)
		}
		if ofFile {
			at = len(settings)
		}
	}
	if value != nil {
		for _, s := range optionfile.Parse(path, []byte("[mysqld]\n"+option+"="+*value+"\n"), optionfile.Options{Server: d.Snapshot.Server}).Settings {
			settings = slices.Insert(settings, at, model.Setting{Option: s.Option, Value: s.Value, HasValue: s.Value != "", Group: s.Group, Origin: model.Origin{Hop: model.HopFile, Path: path}})
		}
	}
	decl.Settings = settings
	return drift.Input{Declaration: decl, Snapshot: d.Snapshot}
}

// sameOption reports whether two declarations say the same of a declared option.
func sameOption(a, b model.Declaration, declared *v1.Declared) bool {
	values := func(d model.Declaration) string {
		last := ""
		for _, s := range d.Settings {
			if s.Origin.Path == declared.Path && plainOption(s.Option) == plainOption(declared.Option) {
				last = "=" + s.Value
			}
		}
		return last
	}
	return values(a) == values(b)
}

// plainOption is an option's name in one spelling.
func plainOption(option string) string {
	return strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(option), "-", "_"), "loose_")
}
