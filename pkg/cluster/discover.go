package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Selection says which servers a user means.
type Selection struct {
	// Namespaces to look in; ignored with AllNamespaces, "default" if empty.
	Namespaces    []string
	AllNamespaces bool
	LabelSelector string
	FieldSelector string
	// Names are "sts/mysql", "pod/mysql-0", "configmap/mysql" for the servers whose
	// pods use it, or "mysql" for any workload, owner or pod of that name. Empty means
	// every server.
	Names []string
}

// Instance is one server's container, with what discovery knows of it.
type Instance struct {
	v1.Instance
	// PodObject is the pod as listed; its Name is Instance.Pod.
	PodObject   *corev1.Pod
	Recognition Recognition
}

// Container is the server's container in the pod's spec.
func (i *Instance) Container() *corev1.Container {
	for _, c := range Running(i.PodObject) {
		if c.Name == i.Recognition.Container {
			return c
		}
	}
	return &corev1.Container{Name: i.Recognition.Container}
}

// Object names the instance in errors: "pod/mysql-0".
func (i *Instance) Object() string { return "pod/" + i.Pod }

// Discover finds the servers of a selection, sorted by namespace, workload and
// pod. What could not be listed, and names that match nothing, come as errors
// beside what was found.
func Discover(ctx context.Context, objs Objects, sel Selection) ([]Instance, []v1.ReportError) {
	namespaces := sel.Namespaces
	switch {
	case sel.AllNamespaces:
		namespaces = []string{metav1.NamespaceAll}
	case len(namespaces) == 0:
		namespaces = []string{metav1.NamespaceDefault}
	}
	var errs []v1.ReportError
	var pods []corev1.Pod
	for _, namespace := range namespaces {
		listed, err := objs.Pods(ctx, namespace, metav1.ListOptions{LabelSelector: sel.LabelSelector, FieldSelector: sel.FieldSelector})
		if err != nil {
			errs = append(errs, namespaceError(namespace, err))
			continue
		}
		if e := missingNamespace(ctx, objs, namespace, listed); e != nil {
			errs = append(errs, *e)
			continue
		}
		pods = append(pods, listed...)
	}
	found := serversOf(ctx, objs, pods, podsNamed(sel.Names))
	if len(sel.Names) > 0 {
		chosen, missing := choose(ctx, objs, sel, found, pods)
		if len(missing) > 0 { // to say what there is, all of it has to be known
			chosen, missing = choose(ctx, objs, sel, serversOf(ctx, objs, pods, nil), pods)
		}
		found = chosen
		if len(errs) == 0 { // else the name may stand in what could not be listed
			errs = missing
		}
	}
	slices.SortFunc(found, compareInstances)
	return found, errs
}

// podsNamed are the pods that the names mean, nil unless every name is a pod's:
// the owners of other pods then need not be asked for.
func podsNamed(names []string) map[string]bool {
	var pods map[string]bool
	for _, name := range names {
		kind, bare, typed := strings.Cut(name, "/")
		if !typed || kindOf(kind) != "pod" {
			return nil
		}
		if pods == nil {
			pods = map[string]bool{}
		}
		pods[bare] = true
	}
	return pods
}

// serversOf are the servers in pods, only in those of named unless it is nil.
func serversOf(ctx context.Context, objs Objects, pods []corev1.Pod, named map[string]bool) []Instance {
	var found []Instance
	for i := range pods {
		if named == nil || named[pods[i].Name] {
			found = append(found, instancesOf(ctx, objs, &pods[i])...)
		}
	}
	return found
}

func namespaceError(namespace string, err error) v1.ReportError {
	object := "namespace/" + namespace
	if namespace == metav1.NamespaceAll {
		object = "all namespaces"
	}
	e := ErrorReport(object, err)
	e.Tried = "list pods"
	if e.Reason == ReasonForbidden && namespace == metav1.NamespaceAll {
		e.Hint = "grant list on pods in all namespaces by a ClusterRole, or name one namespace with -n"
	}
	if e.Reason == ReasonTLS {
		e.Hint = "the API server's certificate was refused: see certificate-authority and tls-server-name of the kubeconfig's cluster"
	}
	if e.Reason == ReasonTimeout {
		e.Text, e.Hint = "the API server did not list the pods in time: "+e.Text, "see whether it answers: kubectl get --raw /readyz"
	}
	return e
}

// missingNamespace says of a list without pods whether there is such a namespace
// at all: the API server lists one that is mistyped like one that is empty.
func missingNamespace(ctx context.Context, objs Objects, namespace string, listed []corev1.Pod) *v1.ReportError {
	if len(listed) > 0 || namespace == metav1.NamespaceAll {
		return nil
	}
	err := objs.Namespace(ctx, namespace)
	if err == nil {
		return nil
	}
	e := ErrorReport("namespace/"+namespace, err)
	e.Tried = "see whether it exists"
	if apierrors.IsNotFound(err) {
		e.Reason, e.Text, e.Hint = ReasonNoNamespace, fmt.Sprintf("there is no namespace %q", namespace), "kubectl get namespaces lists them"
		return &e
	}
	e.Text = "no pod was found in it, and whether it exists could not be told: " + e.Text
	return &e
}

// instancesOf are the servers of one pod. A pod that has done its work is none,
// nor is one that an evicting node left behind and its owner has replaced. One
// whose containers are always restarted only looks done while its node comes back.
func instancesOf(ctx context.Context, objs Objects, pod *corev1.Pod) []Instance {
	if pod.Status.Phase == corev1.PodSucceeded && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		return nil
	}
	servers := Servers(pod)
	if len(servers) == 0 {
		return nil
	}
	workload := workloadOf(ctx, objs, pod)
	if pod.Status.Phase == corev1.PodFailed && workload.kind != "statefulset" && workload.kind != "pod" {
		return nil
	}
	var out []Instance
	for _, server := range servers {
		i := Instance{PodObject: pod, Recognition: server, Instance: v1.Instance{
			Namespace: pod.Namespace, Workload: workload.String(), Pod: pod.Name, Container: server.Container,
			Role: LabelledRole(pod.Labels), Server: flavourName(server.Flavour), RecognisedBy: server.Why,
			Node: pod.Spec.NodeName, Labels: pod.Labels,
		}}
		i.Image = i.Container().Image
		out = append(out, i)
	}
	return out
}

func flavourName(f model.Flavour) string {
	return model.Server{Flavour: f}.String()
}

// compareInstances sorts mysql-2 before mysql-10.
func compareInstances(a, b Instance) int {
	nameA, ordinalA := splitOrdinal(a.Pod)
	nameB, ordinalB := splitOrdinal(b.Pod)
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload, b.Workload),
		cmp.Compare(nameA, nameB), cmp.Compare(ordinalA, ordinalB), cmp.Compare(a.Instance.Container, b.Instance.Container))
}

func splitOrdinal(pod string) (string, int) {
	i := strings.LastIndexByte(pod, '-')
	if n, err := strconv.Atoi(pod[i+1:]); err == nil && i > 0 {
		return pod[:i], n
	}
	return pod, -1
}

// choose keeps the instances that the names mean, each once, and says of every
// name that means none what there is instead.
func choose(ctx context.Context, objs Objects, sel Selection, found []Instance, pods []corev1.Pod) ([]Instance, []v1.ReportError) {
	var chosen []Instance
	var errs []v1.ReportError
	taken := make([]bool, len(found))
	for _, name := range sel.Names {
		matched := false
		for i := range found {
			if matches(ctx, objs, name, &found[i]) {
				matched = true
				if !taken[i] {
					taken[i] = true
					chosen = append(chosen, found[i])
				}
			}
		}
		if !matched {
			errs = append(errs, noMatch(ctx, objs, sel, name, found, pods))
		}
	}
	return chosen, errs
}

func matches(ctx context.Context, objs Objects, name string, i *Instance) bool {
	kind, bare, typed := strings.Cut(name, "/")
	if !typed {
		kind, bare = "", name
	}
	if k := kindOf(kind); k == "configmap" || k == "secret" { // the servers that it governs, or may govern
		return uses(i.PodObject, k, bare)
	}
	is := func(o objectName) bool { return o.name == bare && (kind == "" || SameKind(kind, o.kind)) }
	workloadKind, workload, _ := strings.Cut(i.Workload, "/")
	if is(objectName{"pod", i.Pod}) || is(objectName{workloadKind, workload}) {
		return true
	}
	if strings.HasPrefix(kindOf(kind), "pod") {
		return false
	}
	return slices.ContainsFunc(ownersOf(ctx, objs, i.PodObject), is)
}

// noMatch says why a name means no server: the pod runs none, the workload has
// no pods, or there is no such thing, and then what there is.
func noMatch(ctx context.Context, objs Objects, sel Selection, name string, found []Instance, pods []corev1.Pod) v1.ReportError {
	kind, bare, typed := strings.Cut(name, "/")
	if !typed {
		kind, bare = "", name
	}
	e := v1.ReportError{Object: name, Tried: "find servers", Reason: ReasonNotFound}
	where := selectionText(sel)
	for i := range pods {
		if pods[i].Name == bare && (kind == "" || kindOf(kind) == "pod") {
			e.Reason = ReasonNoServer
			if pods[i].Annotations[AnnotationIgnore] == "true" {
				e.Text = fmt.Sprintf("pod %q%s is left out: its annotation %s is set", bare, where, AnnotationIgnore)
				e.Hint = fmt.Sprintf("take it off: kubectl annotate pod %s %s-", bare, AnnotationIgnore)
				return e
			}
			e.Text = fmt.Sprintf("pod %q%s runs no MySQL or MariaDB server that is recognised (containers: %s)", bare, where, strings.Join(containerNames(&pods[i]), ", "))
			if wrong := MisnamedServer(&pods[i]); wrong != "" {
				e.Text += "; " + wrong
			}
			e.Hint = fmt.Sprintf("if one of them is a server, say so: kubectl annotate pod %s %s=CONTAINER", bare, AnnotationServer)
			return e
		}
	}
	if text := emptyWorkload(ctx, objs, sel, kind, bare); text != "" {
		e.Reason, e.Text = ReasonNoServer, text
		return e
	}
	e.Text = fmt.Sprintf("no MySQL or MariaDB server is called %q%s", name, where)
	if !typed && isKind(name) {
		e.Hint = fmt.Sprintf("kind and name go together, with a slash: %s/NAME", name)
	} else if names := workloadsOf(found); len(names) > 0 {
		e.Hint = "there are: " + strings.Join(names, ", ")
	} else {
		e.Hint = "there are none at all; -A looks in all namespaces"
	}
	return e
}

// emptyWorkload explains a workload that exists without a server in a pod.
func emptyWorkload(ctx context.Context, objs Objects, sel Selection, kind, name string) string {
	if sel.AllNamespaces {
		return ""
	}
	for _, namespace := range sel.Namespaces {
		for _, k := range []string{"StatefulSet", "Deployment", "DaemonSet"} {
			if kind != "" && !SameKind(kind, k) {
				continue
			}
			list, err := objs.List(ctx, namespace, "apps", k)
			if err != nil {
				continue
			}
			for i := range list {
				if list[i].GetName() == name {
					return fmt.Sprintf("%s/%s in namespace %s has no pod that runs a MySQL or MariaDB server", strings.ToLower(k), name, namespace)
				}
			}
		}
	}
	return ""
}

func selectionText(sel Selection) string {
	text := " in all namespaces"
	if !sel.AllNamespaces {
		text = " in namespace " + strings.Join(sel.Namespaces, ", ")
	}
	if sel.LabelSelector != "" {
		text += " with labels " + sel.LabelSelector
	}
	if sel.FieldSelector != "" {
		text += " with fields " + sel.FieldSelector
	}
	return text
}

func workloadsOf(found []Instance) []string {
	var names []string
	for i := range found {
		names = append(names, found[i].Workload)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 12 {
		names = append(names[:12], fmt.Sprintf("and %d more", len(names)-12))
	}
	return names
}

func containerNames(pod *corev1.Pod) []string {
	var names []string
	for _, c := range Running(pod) {
		names = append(names, c.Name)
	}
	return names
}
