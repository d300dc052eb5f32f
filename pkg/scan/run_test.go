package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// objects is a namespace in memory.
type objects struct {
	pods       []corev1.Pod
	configMaps []corev1.ConfigMap
	err        error
	refused    error // to read a ConfigMap
}

func (o objects) Pods(context.Context, string, metav1.ListOptions) ([]corev1.Pod, error) {
	return o.pods, o.err
}
func (o objects) ConfigMaps(context.Context, string) ([]corev1.ConfigMap, error) {
	return o.configMaps, nil
}
func (o objects) ConfigMap(_ context.Context, _, name string) (*corev1.ConfigMap, error) {
	for i := range o.configMaps {
		if o.refused != nil {
			return nil, o.refused
		}
		if o.configMaps[i].Name == name {
			return &o.configMaps[i], nil
		}
	}
	return nil, apierrors.NewNotFound(corev1.Resource("configmaps"), name)
}
func (o objects) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
}
func (o objects) Namespace(context.Context, string) error { return nil }

func (o objects) Owner(_ context.Context, _ string, ref metav1.OwnerReference) (*unstructured.Unstructured, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("x"), ref.Name)
}
func (o objects) List(context.Context, string, string, string) ([]unstructured.Unstructured, error) {
	return nil, nil
}

func pod(name string) corev1.Pod {
	controller := true
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "u", OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "mysql", Controller: &controller}}},
		Spec: corev1.PodSpec{
			Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "mysql"}}}}},
			Containers: []corev1.Container{{
				Name: "mysql", Image: "mysql:9.7.4", Ports: []corev1.ContainerPort{{ContainerPort: 3306}},
				VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/mysql/conf.d"}},
			}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "mysql", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}
}

func shop(names ...string) objects {
	o := objects{configMaps: []corev1.ConfigMap{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mysql"},
		Data:       map[string]string{"my.cnf": "[mysqld]\nmax_connections = 2000\n"},
	}}}
	for _, n := range names {
		o.pods = append(o.pods, pod(n))
	}
	return o
}

// server answers as a MySQL server with max_connections as given; source is its
// source in replication, "" for none; replicas how many read from it; readOnly
// the value of a SET GLOBAL, "" for none.
type server struct{ maxConnections, source, replicas, readOnly string }

func text(values ...string) []*string {
	row := make([]*string, len(values))
	for i := range values {
		row[i] = &values[i]
	}
	return row
}

func (s server) Query(ctx context.Context, statement string) ([][]*string, []string, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	switch {
	case statement == observed.IdentityStatement:
		return [][]*string{text("9.7.4", "x", "h", "1795581901.0")}, []string{"v", "c", "h", "t"}, nil
	case strings.Contains(statement, "global_variables"):
		rows := [][]*string{text("v", "max_connections", s.maxConnections, "EXPLICIT", "/etc/mysql/conf.d/my.cnf"), text("s", "Uptime", "60", "", ""), text("r", "replicas", cmp.Or(s.replicas, "0"), "", "")}
		if s.readOnly != "" {
			rows = append(rows, text("v", "read_only", s.readOnly, "DYNAMIC", ""))
		}
		return rows, []string{"k", "n", "v", "source", "path"}, nil
	case strings.Contains(statement, "REPLICA") && s.source != "":
		return [][]*string{text(s.source)}, []string{"Source_Host"}, nil
	}
	return nil, nil, nil
}

// connector connects by a function for each pod.
type connector struct {
	connect func(ctx context.Context, pod string) (observed.Conn, error)
	closed  atomic.Int32
}

func (c *connector) Connect(ctx context.Context, inst *cluster.Instance, _ []cluster.Credential, _ cluster.ConnectOptions) (observed.Conn, cluster.Via, func(), error) {
	conn, err := c.connect(ctx, inst.Pod)
	if err != nil {
		return nil, "", nil, err
	}
	return conn, cluster.ViaPortForward, func() { c.closed.Add(1) }, nil
}
func (c *connector) Files(*cluster.Instance) *cluster.PodFiles { return nil }
func (c *connector) Explain(_ context.Context, _ *cluster.Instance, e v1.ReportError) v1.ReportError {
	return e
}

func scan(t *testing.T, o objects, connect func(ctx context.Context, pod string) (observed.Conn, error), change ...func(*Config)) (*v1.DriftReportList, *connector) {
	t.Helper()
	c := &connector{connect: connect}
	cfg := Config{Objects: o, Connector: c, Selection: cluster.Selection{Namespaces: []string{"shop"}}}
	for _, f := range change {
		f(&cfg)
	}
	return Run(context.Background(), cfg), c
}

func allWell(context.Context, string) (observed.Conn, error) {
	return server{maxConnections: "2000"}, nil
}

func TestRunReportsEveryInstance(t *testing.T) {
	list, c := scan(t, shop("mysql-0", "mysql-1", "mysql-2"), allWell)
	if len(list.Items) != 3 || list.Summary.Instances != 3 || list.Summary.Incomplete || list.Summary.InSync != 3 {
		t.Fatalf("summary %+v", list.Summary)
	}
	for i, r := range list.Items {
		if r.Instance.Pod != fmt.Sprintf("mysql-%d", i) || r.State != v1.StateInSync || r.Instance.Version != "9.7.4" || r.Instance.Via != "port-forward" || r.StartedAt == nil {
			t.Errorf("report %d: %+v", i, r)
		}
		if !slices.ContainsFunc(r.GovernedBy, func(g v1.GoverningFile) bool { return g.Source == "configmap/mysql:my.cnf" }) {
			t.Errorf("governed by %+v", r.GovernedBy)
		}
	}
	if c.closed.Load() != 3 {
		t.Errorf("%d connections closed, want 3", c.closed.Load())
	}
}

// Where the ConfigMap may not be read, and no file in the pod, nothing is in sync.
func TestRunUnreadDeclaration(t *testing.T) {
	o := shop("mysql-0")
	o.refused = apierrors.NewForbidden(corev1.Resource("configmaps"), "mysql", errors.New("no"))
	list, _ := scan(t, o, allWell)
	if r := list.Items[0]; r.State != v1.StateIncomplete || len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Text, "configmap/mysql: reading it is forbidden") || !list.Summary.Incomplete {
		t.Errorf("%s %+v %+v", r.State, r.Errors, list.Summary)
	}
	// A snapshot says nothing of what is declared.
	if list, _ = scan(t, o, allWell, func(c *Config) { c.DerivedOnly = true }); len(list.Items[0].Errors) > 0 {
		t.Errorf("%+v", list.Items[0].Errors)
	}
}

func TestRunFindsDrift(t *testing.T) {
	list, _ := scan(t, shop("mysql-0"), func(context.Context, string) (observed.Conn, error) { return server{maxConnections: "500"}, nil })
	if s := list.Summary; s.Drifted != 1 || s.Drift != 1 || s.InSync != 0 {
		t.Errorf("summary %+v, findings %+v", s, list.Items[0].Findings)
	}
}

// One instance's fault stands beside the others' results.
func TestRunFaultsBesideResults(t *testing.T) {
	denied := &mysql.MySQLError{Number: 1045, Message: "Access denied"}
	list, _ := scan(t, shop("mysql-0", "mysql-1"), func(ctx context.Context, pod string) (observed.Conn, error) {
		if pod == "mysql-1" {
			return nil, denied
		}
		return allWell(ctx, pod)
	})
	bad := list.Items[1]
	if list.Items[0].State != v1.StateInSync || bad.State != v1.StateUnauthorized || len(bad.Errors) != 1 || bad.Errors[0].Reason != cluster.ReasonWrongPassword {
		t.Errorf("reports %+v", list.Items)
	}
	if len(bad.GovernedBy) == 0 {
		t.Error("what governs an unreachable instance is known, but not told")
	}
	if s := list.Summary; !s.Incomplete || s.Unread != 1 || s.InSync != 1 {
		t.Errorf("summary %+v", s)
	}
}

// A hung instance does not hold up the others' rows, and is told as hung.
func TestRunHungInstance(t *testing.T) {
	var mu sync.Mutex
	var order []string
	list, _ := scan(t, shop("mysql-0", "mysql-1"), func(ctx context.Context, pod string) (observed.Conn, error) {
		if pod == "mysql-0" {
			<-ctx.Done()
			return nil, fmt.Errorf("port-forward: %w", context.Cause(ctx))
		}
		return allWell(ctx, pod)
	}, func(c *Config) {
		c.Timeout = 600 * time.Millisecond
		c.Progress = func(done, total int, r *v1.DriftReport) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, fmt.Sprintf("%d/%d %s %s", done, total, r.Instance.Pod, r.State))
		}
	})
	if got := strings.Join(order, ", "); got != "1/2 mysql-1 InSync, 2/2 mysql-0 Unreachable" {
		t.Errorf("rows: %s", got)
	}
	e := list.Items[0].Errors[0]
	if e.Reason != cluster.ReasonTimeout || !strings.Contains(e.Text, "no answer within 200ms") {
		t.Errorf("error %+v", e)
	}
}

// While only servers that do not answer are awaited the others are told, judged as they
// will be at the end; a scan that goes on tells nothing early.
func TestRunTellsWhatIsDone(t *testing.T) {
	hangs := func(ctx context.Context, pod string) (observed.Conn, error) {
		switch pod {
		case "mysql-0":
			<-ctx.Done()
			return nil, context.Cause(ctx)
		case "mysql-1":
			return server{maxConnections: "2000", source: "mysql-2"}, nil
		}
		return server{maxConnections: "2000"}, nil
	}
	for connections, want := range map[int]string{16: "mysql-1 replica, mysql-2 primary | mysql-0", 1: ""} {
		told := ""
		list, _ := scan(t, shop("mysql-0", "mysql-1", "mysql-2"), hangs, func(c *Config) {
			c.Timeout, c.Parallel = 6*time.Second, connections
			c.Stalled = func(done []v1.DriftReport, awaited []v1.Instance) {
				told += fmt.Sprintf("%s %s, %s %s | %s", done[0].Instance.Pod, done[0].Instance.Role, done[1].Instance.Pod, done[1].Instance.Role, awaited[0].Pod)
			}
		})
		if told != want || len(list.Items) != 3 || list.Items[2].Instance.Role != "primary" {
			t.Errorf("%d at once: told %q, want %q; at the end %+v", connections, told, want, list.Items)
		}
	}
}

// A server that stops in the middle of an answer is not taken for one in sync.
func TestRunServerHangsMidAnswer(t *testing.T) {
	list, _ := scan(t, shop("mysql-0"), func(context.Context, string) (observed.Conn, error) { return stuck{}, nil },
		func(c *Config) { c.Timeout = 300 * time.Millisecond })
	r := list.Items[0]
	if r.State != v1.StateUnreachable || len(r.Errors) != 1 || r.Errors[0].Reason != cluster.ReasonTimeout {
		t.Errorf("report %+v", r)
	}
}

type stuck struct{}

func (stuck) Query(ctx context.Context, statement string) ([][]*string, []string, error) {
	if strings.Contains(statement, "global_variables") {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}
	return server{}.Query(ctx, statement)
}

func TestRunStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{}, 4)
	c := &connector{connect: func(ctx context.Context, _ string) (observed.Conn, error) {
		started <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	go func() { <-started; cancel() }()
	list := Run(ctx, Config{Objects: shop("mysql-0", "mysql-1", "mysql-2"), Connector: c, Selection: cluster.Selection{Namespaces: []string{"shop"}}, Parallel: 1})
	if len(list.Items) != 3 || !list.Summary.Incomplete {
		t.Fatalf("list %+v", list)
	}
	for _, r := range list.Items {
		if len(r.Errors) == 0 || r.Errors[0].Reason != cluster.ReasonCanceled {
			t.Errorf("%s: %+v", r.Instance.Pod, r.Errors)
		}
	}
}

func TestRunIsBounded(t *testing.T) {
	var now, most atomic.Int32
	gate := make(chan struct{})
	var once sync.Once
	scan(t, shop("mysql-0", "mysql-1", "mysql-2", "mysql-3", "mysql-4"), func(ctx context.Context, pod string) (observed.Conn, error) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		if now.Load() == 2 { // both workers are in: let all go
			once.Do(func() { close(gate) })
		}
		<-gate
		defer now.Add(-1)
		return allWell(ctx, pod)
	}, func(c *Config) { c.Parallel = 2 })
	if most.Load() > 2 {
		t.Errorf("%d at once, want 2", most.Load())
	}
}

func TestRunNotReady(t *testing.T) {
	o := shop("mysql-0")
	o.pods[0].Status.ContainerStatuses[0] = corev1.ContainerStatus{Name: "mysql", RestartCount: 3,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}}
	list, _ := scan(t, o, func(context.Context, string) (observed.Conn, error) {
		t.Error("a container that does not run was connected to")
		return nil, errors.New("x")
	})
	r := list.Items[0]
	if r.State != v1.StateNotReady || r.Errors[0].Reason != cluster.ReasonRestarting || len(r.GovernedBy) == 0 {
		t.Errorf("report %+v", r)
	}
}

func TestRunCannotList(t *testing.T) {
	list, _ := scan(t, objects{err: errors.New(`pods is forbidden: User "j" cannot list resource "pods" in API group "" in the namespace "shop"`)}, allWell)
	if s := list.Summary; !s.Incomplete || len(s.Errors) != 1 || s.Errors[0].Text != `user "j" may not list pods in namespace shop` || s.Errors[0].Object != "namespace/shop" {
		t.Errorf("summary %+v", s)
	}
}

// A server without a source is the primary where a pod of its workload has one.
func TestRunFindsThePrimary(t *testing.T) {
	list, _ := scan(t, shop("mysql-0", "mysql-1"), func(_ context.Context, pod string) (observed.Conn, error) {
		if pod == "mysql-1" {
			return server{maxConnections: "2000", source: "mysql-0"}, nil
		}
		return server{maxConnections: "2000"}, nil
	})
	if a, b := list.Items[0].Instance.Role, list.Items[1].Instance.Role; a != "primary" || b != "replica" {
		t.Errorf("roles %s, %s", a, b)
	}
}

func TestRunHandsDetailsOver(t *testing.T) {
	var got []string
	var mu sync.Mutex
	scan(t, shop("mysql-0"), allWell, func(c *Config) {
		c.Each = func(ctx context.Context, d *Detail) {
			mu.Lock()
			defer mu.Unlock()
			_, _, err := d.Conn.Query(ctx, "SELECT 1")
			got = append(got, fmt.Sprint(d.Instance.Pod, " ", d.Snapshot.Variables["max_connections"].Value, " ", len(d.Resolution.Declaration.Settings), " ", err))
		}
	})
	if len(got) != 1 || got[0] != "mysql-0 2000 1 <nil>" {
		t.Errorf("got %q", got)
	}
}

// What a server is called does not depend on which of its peers were asked for:
// alone of three, a server without a source may be a primary or may not.
func TestRunRoleOfOnePod(t *testing.T) {
	three := owners{objects: shop("mysql-0"), object: map[string]any{"spec": map[string]any{"replicas": int64(3)}}}
	one := owners{objects: shop("mysql-0"), object: map[string]any{"spec": map[string]any{"replicas": int64(1)}}}
	labelled := owners{objects: shop("mysql-0"), object: three.object}
	labelled.pods[0].Labels = map[string]string{"app.kubernetes.io/component": "primary"}
	for name, c := range map[string]struct {
		objects cluster.Objects
		server  server
		want    string
	}{
		"one of three":           {three, server{maxConnections: "2000"}, ""},
		"the only one":           {one, server{maxConnections: "2000"}, "standalone"},
		"its label says so":      {labelled, server{maxConnections: "2000"}, "primary"},
		"replicas read from it":  {three, server{maxConnections: "2000", replicas: "2"}, "primary"},
		"a replica with its own": {three, server{maxConnections: "2000", replicas: "1", source: "mysql-9"}, "replica"},
	} {
		conn := &connector{connect: func(context.Context, string) (observed.Conn, error) { return c.server, nil }}
		list := Run(context.Background(), Config{Objects: c.objects, Connector: conn, Selection: cluster.Selection{Namespaces: []string{"shop"}}})
		if got := list.Items[0].Instance.Role; got != c.want {
			t.Errorf("%s: role %q, want %q", name, got, c.want)
		}
	}
}

// The time at which the governing key was written counts as a change, that at
// which a tool touched another part of the object does not.
func TestRunLastChange(t *testing.T) {
	written := metav1.NewTime(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC))
	later := metav1.NewTime(written.Add(time.Hour))
	o := shop("mysql-0")
	list, _ := scan(t, o, allWell)
	if got := list.Items[0].LastChange; got != nil {
		t.Errorf("without managedFields: %s", got)
	}
	o.configMaps[0].ManagedFields = []metav1.ManagedFieldsEntry{
		{Manager: "kubectl-edit", Time: &written, FieldsV1: metav1.NewFieldsV1(`{"f:data":{"f:my.cnf":{}}}`)},
		{Manager: "kubectl-annotate", Time: &later, FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{"f:annotations":{"f:x":{}}}}`)},
	}
	list, _ = scan(t, o, allWell)
	if got := list.Items[0].LastChange; got == nil || !got.Equal(&written) {
		t.Errorf("last change %v, want %v", got, written)
	}
}

// A pod that lost its replication is no second primary beside one with replicas,
// and that it takes writes is drift; a primary may.
func TestLostReplica(t *testing.T) {
	three := owners{objects: shop("mysql-0", "mysql-1", "mysql-2"), object: map[string]any{"spec": map[string]any{"replicas": int64(3)}}}
	three.configMaps[0].Data["my.cnf"] += "read_only = ON\n"
	for replicas, want := range map[string]string{"1": "primary InSync, replica Drifted, Drifted", "0": "primary InSync, replica Drifted, primary InSync"} {
		conn := &connector{connect: func(_ context.Context, pod string) (observed.Conn, error) {
			switch pod {
			case "mysql-0":
				return server{maxConnections: "2000", replicas: replicas, readOnly: "OFF"}, nil
			case "mysql-1":
				return server{maxConnections: "2000", source: "mysql-0", readOnly: "OFF"}, nil
			}
			return server{maxConnections: "2000", readOnly: "OFF"}, nil
		}}
		list := Run(context.Background(), Config{Objects: three, Connector: conn, Selection: cluster.Selection{Namespaces: []string{"shop"}}})
		var got []string
		for _, r := range list.Items {
			got = append(got, strings.TrimSpace(r.Instance.Role+" "+string(r.State)))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s replicas: roles %q, want %q", replicas, got, want)
		}
	}
}

// An annotation that names no container is told, one that names the server is not.
func TestMisnamedServerIsTold(t *testing.T) {
	for name, want := range map[string]bool{"true": true, "mysql": false} {
		o := shop("mysql-0")
		o.pods[0].Annotations = map[string]string{cluster.AnnotationServer: name}
		list, _ := scan(t, o, allWell)
		if got := strings.Contains(strings.Join(list.Items[0].Notes, " "), cluster.AnnotationServer); got != want {
			t.Errorf("%s: notes %q", name, list.Items[0].Notes)
		}
	}
}
