package blame

import (
	"context"
	"fmt"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// gatherer fills facts, source by source.
type gatherer struct {
	in Input
	f  *Facts
	// name of the file that declares, as the governing list has it
	governing *v1.GoverningFile
}

// absent notes why a source has no answer, in the form that reports print.
func (g *gatherer) absent(source, format string, args ...any) {
	if g.f.Absent[source] == "" {
		g.f.Absent[source] = "not available because " + fmt.Sprintf(format, args...)
	}
}

// object reads the ConfigMap or Secret whose key declares the variable.
func (g *gatherer) object(ctx context.Context) {
	source := g.source()
	kind, rest, _ := strings.Cut(source, "/")
	name, key, _ := strings.Cut(rest, ":")
	switch {
	case source == "":
		g.absent("ConfigMap", "%s is declared in no file", g.f.Variable)
		return
	case kind != "configmap" && kind != "secret" || name == "":
		g.absent("ConfigMap", "%s comes from %s", g.f.Variable, source)
		return
	case g.in.Objects == nil:
		g.absent("ConfigMap", "no cluster is read")
		return
	}
	o := &ObjectFacts{Resource: kind, Namespace: g.in.Instance.Namespace, Name: name, Key: key}
	var err error
	if kind == "configmap" {
		err = g.configMap(ctx, o)
	} else {
		err = g.secret(ctx, o)
	}
	if err != nil {
		g.absent("ConfigMap", "%s", whyNotRead(err))
		return
	}
	g.f.Object = o
}

// source is the object that declares the variable; for one that is declared no
// more, the object of the file that the server took its value from.
func (g *gatherer) source() string {
	at := ""
	if d := g.f.Declared; d != nil {
		at = d.Path
	} else if g.f.Running != nil {
		at = g.f.Running.Path
	}
	source := ""
	for i, file := range g.in.Governing {
		if g.f.Declared != nil && file.Source == g.f.Declared.Source || at != "" && file.Path == at {
			g.governing, source = &g.in.Governing[i], file.Source
			g.f.OnChange = file.OnChange
			break
		}
	}
	if g.f.Declared != nil && g.f.Declared.Source != "" {
		source = g.f.Declared.Source
	}
	return source
}

func (g *gatherer) configMap(ctx context.Context, o *ObjectFacts) error {
	cm, err := g.in.Objects.ConfigMap(ctx, o.Namespace, o.Name)
	if err != nil {
		return err
	}
	content, ok := cm.Data[o.Key]
	if !ok {
		content = string(cm.BinaryData[o.Key])
	}
	o.Content = content
	o.Value, _, o.HasValue = g.f.Values.Find([]byte(content), g.f.Variable)
	g.meta(o, cm.ObjectMeta, "data")
	return nil
}

// secret reads marks and managers of a Secret; its content goes nowhere.
func (g *gatherer) secret(ctx context.Context, o *ObjectFacts) error {
	secret, err := g.in.Objects.Secret(ctx, o.Namespace, o.Name)
	if err != nil {
		return err
	}
	g.meta(o, secret.ObjectMeta, "data")
	o.Marks.LastAppliedRaw, o.LastApplied, o.HasLastApplied = "", "", false
	return nil
}

func (g *gatherer) meta(o *ObjectFacts, meta metav1.ObjectMeta, field string) {
	o.Created = meta.CreationTimestamp.Time
	o.Marks = ReadMarks(meta, g.in.Marks)
	o.LastApplied, o.HasLastApplied = o.Marks.lastAppliedKey(o.Key)
	o.Owners = fieldmanager.Of(meta.ManagedFields, field, o.Key)
	if len(o.Owners) == 0 {
		o.Owners = fieldmanager.Of(meta.ManagedFields, "binaryData", o.Key)
	}
}

// file reads the option file in the pod.
func (g *gatherer) file(ctx context.Context) {
	at := ""
	switch {
	case g.f.Declared != nil && g.f.Declared.Path != "":
		at = g.f.Declared.Path
	case g.governing != nil:
		at = g.governing.Path
	}
	if at == "" || strings.HasPrefix(at, "(") {
		return
	}
	file := &FileFacts{Path: at}
	if g.governing != nil {
		file.Via, file.Verbatim = g.governing.Via, g.governing.Verbatim
	}
	g.f.File = file
	if g.in.Sources.Files == nil {
		g.absent("pod files", "the files in the pod are not read")
		return
	}
	files, err := g.in.Sources.Files.Files(ctx, []string{at})
	if err != nil {
		g.absent("pod files", "%v", err)
		return
	}
	found, ok := files[at]
	if !ok {
		g.absent("pod files", "the pod has no %s that can be read", at)
		return
	}
	file.Read, file.ModTime = true, found.ModTime
	file.Value, _, file.HasValue = g.f.Values.Find(found.Data, g.f.Variable)
	if o := g.f.Object; o != nil && o.Resource == "configmap" {
		file.Same, file.Digest = o.Content == string(found.Data), Digest(string(found.Data))
	}
	if o := g.f.Object; o != nil && o.Resource == "secret" {
		file.Value, file.HasValue = "", false
	}
}

// auto reads the variable's entry in mysqld-auto.cnf: persisted_variables holds
// its value only, the file also who wrote it.
func (g *gatherer) auto(ctx context.Context) {
	s := g.in.Snapshot
	if g.f.Server.Persisted == nil || s == nil {
		return
	}
	dir := s.Variables["datadir"].Value
	switch {
	case g.in.Sources.Files == nil:
		g.absent(fromAuto, "the files in the pod are not read")
		return
	case dir == "":
		g.absent(fromAuto, "the server's datadir is not known")
		return
	}
	name := path.Join(dir, "mysqld-auto.cnf")
	files, err := g.in.Sources.Files.Files(ctx, []string{name})
	if err != nil {
		g.absent(fromAuto, "%v", err)
		return
	}
	file, ok := files[name]
	if !ok {
		g.absent(fromAuto, "the pod has no %s that can be read", name)
		return
	}
	g.f.Server.Auto = ReadAuto(file.Data, file.ModTime, g.f.Variable)
	if g.f.Server.Auto == nil {
		g.absent(fromAuto, "%s has no entry of %s", name, g.f.Variable)
	}
}

func (g *gatherer) statements(ctx context.Context) {
	if g.in.Sources.Statements == nil {
		g.absent("statements", "the server was not asked for statements")
		return
	}
	statements, err := g.in.Sources.Statements.Statements(ctx, g.f.Variable)
	if err != nil {
		g.absent("statements", "%v", err)
	}
	g.f.Server.Statements = statements
}

func (g *gatherer) audit(ctx context.Context) {
	if g.in.Sources.Audit == nil {
		g.absent("audit log", "no audit log was given (--audit-log)")
		return
	}
	if o := g.f.Object; o != nil {
		events, err := g.in.Sources.Audit.Writes(ctx, o.Resource+"s", o.Namespace, o.Name)
		if err != nil {
			g.absent("audit log", "%v", err)
			return
		}
		o.Audit = events
	}
	if p := g.f.Pod; p != nil && p.Owner != "" {
		kind, name, _ := strings.Cut(p.Owner, "/")
		events, err := g.in.Sources.Audit.Writes(ctx, kind+"s", g.in.Instance.Namespace, name)
		if err != nil {
			g.absent("audit log", "%v", err)
			return
		}
		p.Audit = events
	}
}

// whyNotRead turns an API error into words without the API's own prefix.
func whyNotRead(err error) string {
	switch {
	case apierrors.IsNotFound(err):
		return "it does not exist (any more)"
	case apierrors.IsForbidden(err):
		return "it may not be read: " + err.Error()
	}
	return err.Error()
}

// container is the server's container in a pod spec, nil if there is none of the name.
func container(spec *corev1.PodSpec, name string) *corev1.Container {
	for i := range spec.Containers {
		if spec.Containers[i].Name == name {
			return &spec.Containers[i]
		}
	}
	for i := range spec.InitContainers {
		if spec.InitContainers[i].Name == name {
			return &spec.InitContainers[i]
		}
	}
	return nil
}
