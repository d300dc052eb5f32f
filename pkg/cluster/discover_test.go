package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	k8stesting "k8s.io/client-go/testing"
)

// mysqlPod is a running pod with one server, owned by owner (Kind/name, "" for none).
func mysqlPod(namespace, name, owner string) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: "uid"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "mysql", Image: "mysql:9.7.4", Ports: []corev1.ContainerPort{{ContainerPort: 3306}},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "mysql", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}
	if kind, ownerName, ok := strings.Cut(owner, "/"); ok {
		controller, version := true, "apps/v1"
		if kind == "PerconaXtraDBCluster" {
			version = "pxc.percona.com/v1"
		}
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: ownerName, Controller: &controller}}
	}
	return pod
}

func owned(kind, name, ownerKind, owner string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": kind,
		"metadata": map[string]any{"namespace": "shop", "name": name}}}
	if owner != "" {
		controller := true
		u.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: "apps/v1", Kind: ownerKind, Name: owner, Controller: &controller}})
	}
	return u
}

func shop() []runtime.Object {
	web := mysqlPod("shop", "web-0", "StatefulSet/web")
	web.Spec.Containers[0].Name, web.Spec.Containers[0].Image, web.Spec.Containers[0].Ports = "nginx", "nginx:1", nil
	done := mysqlPod("shop", "restore-1", "")
	done.Status.Phase = corev1.PodSucceeded
	evicted := mysqlPod("shop", "cache-77d-x", "ReplicaSet/cache-77d")
	evicted.Status.Phase = corev1.PodFailed
	return []runtime.Object{
		mysqlPod("shop", "db-10", "StatefulSet/db"), mysqlPod("shop", "db-2", "StatefulSet/db"),
		mysqlPod("shop", "cache-77d-a", "ReplicaSet/cache-77d"), mysqlPod("shop", "alone", ""),
		mysqlPod("shop", "pxc-pxc-0", "StatefulSet/pxc-pxc"), mysqlPod("other", "db-0", "StatefulSet/db"),
		web, done, evicted,
		owned("ReplicaSet", "cache-77d", "Deployment", "cache"),
		owned("StatefulSet", "pxc-pxc", "PerconaXtraDBCluster", "pxc"), owned("StatefulSet", "db", "", ""),
		owned("StatefulSet", "web", "", ""), owned("StatefulSet", "empty", "", ""),
	}
}

func pods(found []Instance) []string {
	var names []string
	for _, i := range found {
		names = append(names, i.Namespace+" "+i.Workload+" "+i.Pod)
	}
	return names
}

func TestDiscover(t *testing.T) {
	db := []string{"shop statefulset/db db-2", "shop statefulset/db db-10"}
	all := append([]string{"shop deployment/cache cache-77d-a", "shop pod/alone alone"}, append(db, "shop statefulset/pxc-pxc pxc-pxc-0")...)
	cases := []struct {
		name  string
		sel   Selection
		want  []string
		error string
	}{
		{"a namespace", Selection{Namespaces: []string{"shop"}}, all, ""},
		{"all namespaces", Selection{AllNamespaces: true}, append([]string{"other statefulset/db db-0"}, all...), ""},
		{"short kind", Selection{Namespaces: []string{"shop"}, Names: []string{"sts/db"}}, db, ""},
		{"plural kind with group", Selection{Namespaces: []string{"shop"}, Names: []string{"statefulsets.apps/db"}}, db, ""},
		{"bare workload", Selection{Namespaces: []string{"shop"}, Names: []string{"db"}}, db, ""},
		{"pod", Selection{Namespaces: []string{"shop"}, Names: []string{"pod/db-2"}}, db[:1], ""},
		{"bare pod", Selection{Namespaces: []string{"shop"}, Names: []string{"db-2"}}, db[:1], ""},
		{"deployment over its ReplicaSet", Selection{Namespaces: []string{"shop"}, Names: []string{"deploy/cache"}}, all[:1], ""},
		{"the ReplicaSet itself", Selection{Namespaces: []string{"shop"}, Names: []string{"rs/cache-77d"}}, all[:1], ""},
		{"an operator's resource", Selection{Namespaces: []string{"shop"}, Names: []string{"pxc/pxc"}}, all[4:], ""},
		{"twice the same", Selection{Namespaces: []string{"shop"}, Names: []string{"db", "pod/db-2"}}, db, ""},
		{"wrong kind", Selection{Namespaces: []string{"shop"}, Names: []string{"deploy/db"}}, nil, `no MySQL or MariaDB server is called "deploy/db" in namespace shop`},
		{"nothing", Selection{Namespaces: []string{"shop"}, Names: []string{"dbb"}}, nil, "there are: deployment/cache, pod/alone, statefulset/db, statefulset/pxc-pxc"},
		{"no server", Selection{Namespaces: []string{"shop"}, Names: []string{"web-0"}}, nil, `runs no MySQL or MariaDB server that is recognised (containers: nginx)`},
		{"kind and name apart", Selection{Namespaces: []string{"shop"}, Names: []string{"sts", "db"}}, db, "with a slash: sts/NAME"},
		{"no pods", Selection{Namespaces: []string{"shop"}, Names: []string{"sts/empty"}}, nil, "statefulset/empty in namespace shop has no pod that runs"},
		{"some found, some not", Selection{Namespaces: []string{"shop"}, Names: []string{"db-2", "x"}}, db[:1], `"x"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			live, _, _ := fakeLive(t, shop()...)
			found, errs := Discover(context.Background(), live, c.sel)
			if d := cmp.Diff(c.want, pods(found)); d != "" {
				t.Error(d)
			}
			var text string
			for _, e := range errs {
				text += e.Text + "; " + e.Hint
			}
			if (c.error == "") != (text == "") || !strings.Contains(text, c.error) {
				t.Errorf("errors %q, want %q", text, c.error)
			}
		})
	}
}

// A namespace that does not exist is listed like one without pods: it must be told.
func TestDiscoverMissingNamespace(t *testing.T) {
	empty := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "empty"}}
	cases := []struct {
		name, namespace, reason string
		names                   []string
		forbidden               bool
	}{
		{"there, and empty", "empty", "", nil, false},
		{"not there", "nosuch", ReasonNoNamespace, nil, false},
		{"not there, with a name", "nosuch", ReasonNoNamespace, []string{"sts/db"}, false},
		{"may not be asked", "nosuch", ReasonForbidden, nil, true},
		{"may not be asked, with pods", "shop", "", nil, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			live, core, _ := fakeLive(t, append(shop(), empty)...)
			if c.forbidden {
				core.PrependReactor("get", "namespaces", func(k8stesting.Action) (bool, runtime.Object, error) {
					return true, nil, apierrors.NewForbidden(corev1.Resource("namespaces"), c.namespace, errors.New("no"))
				})
			}
			_, errs := Discover(context.Background(), live, Selection{Namespaces: []string{c.namespace}, Names: c.names})
			got := ""
			for _, e := range errs {
				got += e.Reason
			}
			if got != c.reason {
				t.Errorf("reason %q, want %q: %+v", got, c.reason, errs)
			}
		})
	}
}

// The number of requests depends on namespaces, not on pods.
func TestDiscoverRequests(t *testing.T) {
	count := func(pods int) int {
		objects := []runtime.Object{owned("ReplicaSet", "cache-77d", "Deployment", "cache")}
		for i := range pods {
			objects = append(objects, mysqlPod("shop", "cache-77d-"+string(rune('a'+i)), "ReplicaSet/cache-77d"))
		}
		live, _, requests := fakeLive(t, objects...)
		if found, _ := Discover(context.Background(), live, Selection{Namespaces: []string{"shop"}}); len(found) != pods {
			t.Fatalf("found %d of %d", len(found), pods)
		}
		return requests()
	}
	if few, many := count(2), count(20); few != many || few != 2 {
		t.Errorf("%d requests for 2 pods, %d for 20; want 2", few, many)
	}
}

// After its node came back, a server's pod looks as if it had done its work.
func TestDiscoverCompletedServer(t *testing.T) {
	pod := mysqlPod("shop", "db-0", "StatefulSet/db")
	pod.Status.Phase, pod.Spec.RestartPolicy = corev1.PodSucceeded, corev1.RestartPolicyAlways
	live, _, _ := fakeLive(t, pod)
	if found, _ := Discover(context.Background(), live, Selection{Namespaces: []string{"shop"}}); len(found) != 1 {
		t.Errorf("found %v", pods(found))
	}
}

func TestLabelledRole(t *testing.T) {
	for _, c := range []struct {
		labels map[string]string
		want   string
	}{
		{map[string]string{"app.kubernetes.io/component": "primary"}, "primary"},
		{map[string]string{"app.kubernetes.io/component": "secondary"}, "replica"},
		{map[string]string{"app.kubernetes.io/component": "database"}, ""},
		{map[string]string{"mysql.percona.com/primary": "true"}, "primary"},
		{map[string]string{"moco.cybozu.com/role": "replica", "app.kubernetes.io/component": "mysqld"}, "replica"},
		{nil, ""},
	} {
		if got := LabelledRole(c.labels); got != c.want {
			t.Errorf("%v: %q, want %q", c.labels, got, c.want)
		}
	}
}
