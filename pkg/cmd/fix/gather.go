package fix

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/git"
	clusterpkg "github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cmd/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/fix"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// found is everything that a plan is made of and carried out with.
type found struct {
	list    *v1.DriftReportList
	config  scan.Config
	servers []fix.Server
	texts   map[string]fix.Text
	// instances by namespace/pod/container, to connect again.
	instances map[string]clusterpkg.Instance
	notes     []v1.ReportError
}

func (f *found) errors() []v1.ReportError {
	errs := append(f.notes, f.list.Summary.Errors...)
	for _, r := range f.list.Items {
		errs = append(errs, r.Errors...)
	}
	return errs
}

func id(namespace, pod, container string) string { return namespace + "/" + pod + "/" + container }

// scan reads the servers; with texts also the ConfigMaps that govern them.
func (f *flags) scan(ctx context.Context, target *cluster.Target, names []string, texts bool) (*found, error) {
	ctx, cancel := f.root.Context(ctx)
	defer cancel()
	config, err := target.Config(names, f.cluster.Policy())
	if err != nil {
		return nil, err
	}
	out := &found{config: config, texts: map[string]fix.Text{}, instances: map[string]clusterpkg.Instance{}}
	details := map[string]*scan.Detail{}
	var mu sync.Mutex
	config.Each = func(_ context.Context, d *scan.Detail) {
		mu.Lock()
		defer mu.Unlock()
		key := id(d.Instance.Namespace, d.Instance.Pod, d.Instance.Instance.Container)
		details[key], out.instances[key] = d, d.Instance
	}
	end := cluster.Progress(f.root, &config)
	out.list = scan.Run(ctx, config)
	end()
	for _, r := range out.list.Items {
		s := fix.Server{Report: r}
		if d := details[id(r.Instance.Namespace, r.Instance.Pod, r.Instance.Container)]; d != nil && d.Resolution != nil {
			s.Snapshot, s.Declaration = d.Snapshot, d.Resolution.Declaration
			s.Workload, s.Late = workload(ctx, config.Objects, r.Instance, d), late(d.Resolution)
		}
		out.servers = append(out.servers, s)
		if texts {
			f.readTexts(ctx, config.Objects, out, r)
		}
	}
	return out, nil
}

// late are the options of files that the kubelet brings up to date by itself.
func late(r *declared.Resolution) map[string]bool {
	options := map[string]bool{}
	for _, stale := range r.Stale {
		for _, d := range stale.Differs {
			if !stale.Lasting {
				options[strings.ReplaceAll(d.Option, "-", "_")] = true
			}
		}
	}
	return options
}

// workload is what restarts the pod: its controller, and the operator above it.
func workload(ctx context.Context, objs clusterpkg.Objects, in v1.Instance, d *scan.Detail) fix.Workload {
	w := fix.Workload{Operator: in.Owner, Fleeting: fleeting(d)}
	w.Kind, w.Name, _ = strings.Cut(in.Workload, "/")
	refs := d.Instance.PodObject.OwnerReferences
	for range 3 { // pod, ReplicaSet, Deployment
		ref := metav1.GetControllerOfNoCopy(&metav1.ObjectMeta{OwnerReferences: refs})
		if ref == nil {
			return w
		}
		kind := strings.ToLower(ref.Kind)
		if kind != "replicaset" && kind != "statefulset" && kind != "deployment" {
			if w.Operator == "" {
				w.Operator = kind + "/" + ref.Name
			}
			return w
		}
		owner, err := objs.Owner(ctx, in.Namespace, *ref)
		if err != nil {
			return w // its name is known, no more
		}
		if kind == w.Kind {
			w.Replicas = 1
			if n, ok, _ := unstructured.NestedInt64(owner.Object, "spec", "replicas"); ok {
				w.Replicas = int(n)
			}
			strategy, _, _ := unstructured.NestedString(owner.Object, "spec", "updateStrategy", "type")
			w.OnDelete = strategy == "OnDelete"
		}
		refs = owner.GetOwnerReferences()
	}
	return w
}

// readTexts reads the ConfigMap keys that govern a server.
func (f *flags) readTexts(ctx context.Context, objs clusterpkg.Objects, out *found, r v1.DriftReport) {
	for _, g := range r.GovernedBy {
		rest, isMap := strings.CutPrefix(g.Source, "configmap/")
		name, key, hasKey := strings.Cut(rest, ":")
		textID := fix.TextID(r.Instance.Namespace, g.Source)
		if _, known := out.texts[textID]; !isMap || !hasKey || known {
			continue
		}
		cm, err := objs.ConfigMap(ctx, r.Instance.Namespace, name)
		if err != nil {
			out.notes = append(out.notes, clusterpkg.ErrorReport(g.Source, err))
			continue
		}
		content, ok := cm.Data[key]
		if !ok {
			continue
		}
		t := fix.Text{Namespace: cm.Namespace, Name: name, Key: key, Content: content, ResourceVersion: cm.ResourceVersion,
			Immutable: cm.Immutable != nil && *cm.Immutable, Tool: blame.ReadMarks(cm.ObjectMeta, blame.DefaultMarkNames).Tool()}
		if f.git.Repo != "" {
			t.Git, err = f.gitFile(ctx, t)
			if err != nil {
				out.notes = append(out.notes, v1.ReportError{Object: g.Source, Tried: "find it in Git", Reason: clusterpkg.ReasonOther, Text: err.Error()})
			}
		}
		out.texts[textID] = t
	}
}

// gitFile finds the file in the repository that became a key.
func (f *flags) gitFile(ctx context.Context, t fix.Text) (*fix.GitFile, error) {
	opts := f.git
	opts.Username, opts.Token = os.Getenv("MYSQLDRIFT_GIT_USER"), os.Getenv("MYSQLDRIFT_GIT_TOKEN")
	h, err := git.New(opts).History(ctx, blame.GitQuery{Namespace: t.Namespace, Name: t.Name, Key: t.Key, Content: t.Content})
	if err != nil {
		return nil, err
	}
	if h.HeadFile == "" {
		return nil, fmt.Errorf("%s holds no text for %s:%s at the branch's head", h.Path, t.Name, t.Key)
	}
	return &fix.GitFile{Repo: h.Repo, Branch: h.Branch, Path: h.Path, File: h.HeadFile, Content: h.HeadContent}, nil
}

// authorOf is who a commit is said to be by.
func (f *flags) authorOf() string {
	if f.author != "" {
		return f.author
	}
	name, mail := os.Getenv("GIT_AUTHOR_NAME"), os.Getenv("GIT_AUTHOR_EMAIL")
	if name == "" {
		name = "mysqldrift"
	}
	if mail == "" {
		mail = "mysqldrift@localhost"
	}
	return name + " <" + mail + ">"
}
