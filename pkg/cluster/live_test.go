package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"
)

// fakeLive is Live over fake clients; requests counts what it asks of both.
func fakeLive(t *testing.T, objects ...runtime.Object) (*Live, *fake.Clientset, func() int) {
	t.Helper()
	core := fake.NewClientset(objects...)
	kinds := map[schema.GroupVersionResource]string{}
	for kind, resource := range wellKnown {
		kinds[resource] = kind.Kind + "List"
	}
	var dynamicObjects []runtime.Object
	for _, o := range objects {
		if u, ok := o.(*unstructured.Unstructured); ok {
			dynamicObjects = append(dynamicObjects, u)
		}
	}
	dyn := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), kinds, dynamicObjects...)
	return newLive(core, dyn, LiveOptions{ChunkSize: 500}), core, func() int { return len(core.Actions()) + len(dyn.Actions()) }
}

func configMap(namespace, name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

// However many pods ask at once, a namespace is listed once.
func TestLiveListsOnce(t *testing.T) {
	live, _, requests := fakeLive(t, configMap("shop", "a"), configMap("shop", "b"))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for _, name := range []string{"a", "b"} {
				if _, err := live.ConfigMap(context.Background(), "shop", name); err != nil {
					t.Error(err)
				}
			}
			if _, err := live.ConfigMap(context.Background(), "shop", "none"); !apierrors.IsNotFound(err) {
				t.Errorf("missing ConfigMap: %v", err)
			}
		})
	}
	wg.Wait()
	if n := requests(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestLiveGetsByNameWhereListIsForbidden(t *testing.T) {
	live, core, requests := fakeLive(t, configMap("shop", "a"))
	core.PrependReactor("list", "configmaps", func(k8stesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(corev1.Resource("configmaps"), "", errors.New("no"))
	})
	for range 3 {
		if _, err := live.ConfigMap(context.Background(), "shop", "a"); err != nil {
			t.Fatal(err)
		}
	}
	if n := requests(); n != 2 { // one list that failed, one get
		t.Errorf("%d requests, want 2", n)
	}
}

func TestLiveKeepsNoPassingFailure(t *testing.T) {
	live, core, _ := fakeLive(t, configMap("shop", "a"))
	failures := 1
	core.PrependReactor("list", "configmaps", func(k8stesting.Action) (bool, runtime.Object, error) {
		failures--
		return failures >= 0, nil, apierrors.NewServiceUnavailable("restarting")
	})
	if _, err := live.ConfigMap(context.Background(), "shop", "a"); err == nil {
		t.Fatal("no error from a server that is down")
	}
	if _, err := live.ConfigMap(context.Background(), "shop", "a"); err != nil {
		t.Errorf("after the server is back: %v", err)
	}
}

// One caller that gives up does not take the others' answer away.
func TestMemoOutlivesTheOneWhoGaveUp(t *testing.T) {
	var m memo[string]
	first, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	var calls int
	fetch := func(ctx context.Context) (string, error) {
		calls++
		if calls == 1 {
			close(started)
			<-ctx.Done()
			return "", fmt.Errorf("list: %w", ctx.Err())
		}
		return "answer", nil
	}
	go m.do(first, "k", fetch)
	<-started
	result := make(chan string)
	go func() {
		s, err := m.do(context.Background(), "k", fetch)
		result <- fmt.Sprint(s, err)
	}()
	cancel()
	if got := <-result; got != "answer<nil>" {
		t.Errorf("got %s", got)
	}
}

func TestPagesRestartsWhenTheTokenExpires(t *testing.T) {
	var asked []string
	expired := false
	got, err := pages(2, metav1.ListOptions{}, func(o metav1.ListOptions) ([]int, string, error) {
		asked = append(asked, fmt.Sprintf("%d %q", o.Limit, o.Continue))
		switch {
		case o.Limit == 0:
			return []int{1, 2, 3}, "", nil
		case o.Continue == "":
			return []int{1, 2}, "token", nil
		default:
			expired = true
			return nil, "", apierrors.NewResourceExpired("too old")
		}
	})
	if err != nil || !expired || fmt.Sprint(got) != "[1 2 3]" {
		t.Errorf("got %v, %v after %v", got, err, asked)
	}
}

func TestLiveOwner(t *testing.T) {
	set := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": "ReplicaSet",
		"metadata": map[string]any{"namespace": "shop", "name": "mysql-abc"}}}
	live, _, requests := fakeLive(t, set)
	ctx := context.Background()
	for range 3 {
		got, err := live.Owner(ctx, "shop", metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "mysql-abc"})
		if err != nil || got.GetName() != "mysql-abc" {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if n := requests(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	_, err := live.Owner(ctx, "shop", metav1.OwnerReference{APIVersion: "pxc.percona.com/v1", Kind: "PerconaXtraDBCluster", Name: "c"})
	if !apierrors.IsNotFound(err) || !strings.Contains(err.Error(), "does not serve this kind") {
		t.Errorf("a kind that is not served: %v", err)
	}
}
