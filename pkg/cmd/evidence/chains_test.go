package evidence

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/trace"
)

// memory is a namespace with one StatefulSet of two pods.
type memory struct {
	cluster.Objects
	configMap corev1.ConfigMap
	owner     map[string]any
}

func (m memory) Pods(context.Context, string, metav1.ListOptions) ([]corev1.Pod, error) {
	return []corev1.Pod{pod("mysql-0"), pod("mysql-1")}, nil
}
func (m memory) ConfigMaps(context.Context, string) ([]corev1.ConfigMap, error) {
	return []corev1.ConfigMap{m.configMap}, nil
}
func (m memory) ConfigMap(_ context.Context, _, name string) (*corev1.ConfigMap, error) {
	if name == m.configMap.Name {
		return &m.configMap, nil
	}
	return nil, apierrors.NewNotFound(corev1.Resource("configmaps"), name)
}
func (m memory) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
}
func (m memory) Owner(context.Context, string, metav1.OwnerReference) (*unstructured.Unstructured, error) {
	return &unstructured.Unstructured{Object: m.owner}, nil
}
func (m memory) List(context.Context, string, string, string) ([]unstructured.Unstructured, error) {
	return nil, nil
}

func pod(name string) corev1.Pod {
	controller := true
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "u", Labels: map[string]string{"controller-revision-hash": "mysql-1"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "mysql", Controller: &controller}}},
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

func statefulSet(replicas int64, updateRevision string) map[string]any {
	return map[string]any{
		"kind": "StatefulSet", "metadata": map[string]any{"name": "mysql", "namespace": "shop", "uid": "sts"},
		"spec":   map[string]any{"replicas": replicas, "template": map[string]any{"spec": map[string]any{}}},
		"status": map[string]any{"updateRevision": updateRevision},
	}
}

// server answers with one variable.
type server struct{ maxConnections string }

func (s server) Query(_ context.Context, statement string) ([][]*string, []string, error) {
	row := func(values ...string) []*string {
		out := make([]*string, len(values))
		for i := range values {
			out[i] = &values[i]
		}
		return out
	}
	switch {
	case statement == observed.IdentityStatement:
		return [][]*string{row("9.7.4", "x", "h", "1795581901.0")}, []string{"v", "c", "h", "t"}, nil
	case strings.Contains(statement, "global_variables"):
		return [][]*string{row("v", "max_connections", s.maxConnections, "EXPLICIT", "/etc/mysql/conf.d/my.cnf"), row("s", "Uptime", "60", "", "")},
			[]string{"k", "n", "v", "source", "path"}, nil
	}
	return nil, nil, nil
}

type connector map[string]observed.Conn // by pod; a pod that is not there refuses

func (c connector) Connect(_ context.Context, inst *cluster.Instance, _ []cluster.Credential, _ cluster.ConnectOptions) (observed.Conn, cluster.Via, func(), error) {
	conn, ok := c[inst.Pod]
	if !ok {
		return nil, "", nil, errors.New("connection refused")
	}
	return conn, cluster.ViaPortForward, func() {}, nil
}
func (c connector) Files(*cluster.Instance) *cluster.PodFiles { return nil }
func (c connector) Explain(_ context.Context, _ *cluster.Instance, e v1.ReportError) v1.ReportError {
	return e
}

// repository holds a file with two versions; the second is the head.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	repo, err := gogit.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for i, content := range []string{"[mysqld]\nmax_connections = 1000\n", "[mysqld]\nmax_connections = 2000\n"} {
		if err := os.WriteFile(filepath.Join(dir, "my.cnf"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := tree.Add("my.cnf"); err != nil {
			t.Fatal(err)
		}
		ann := object.Signature{Name: "Ann", Email: "ann@shop.example", When: time.Date(2026, 7, 1+i, 9, 0, 0, 0, time.UTC)}
		if _, err := tree.Commit("Set it", &gogit.CommitOptions{Author: &ann}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChains(t *testing.T) {
	repo := repository(t)
	tests := []struct {
		name                  string
		deployed              string
		pods                  connector
		owner                 map[string]any
		arrived, incomplete   bool
		blocked, why, finding string
	}{
		{name: "everywhere", deployed: "2000", pods: connector{"mysql-0": server{"2000"}, "mysql-1": server{"2000"}}, arrived: true},
		{name: "behind", deployed: "1000", pods: connector{"mysql-0": server{"1000"}, "mysql-1": server{"1000"}}, blocked: "no delivery tool", why: "1 commit behind", finding: "1 commit behind master since 2026-07-02"},
		{name: "edited", deployed: "3000", pods: connector{"mysql-0": server{"3000"}, "mysql-1": server{"3000"}}, blocked: "nothing brings", finding: "edited in the cluster"},
		{name: "one pod has another value", deployed: "2000", pods: connector{"mysql-0": server{"2000"}, "mysql-1": server{"500"}}, why: "max_connections", blocked: "pod/mysql-1"},
		{name: "one pod is not read", deployed: "2000", pods: connector{"mysql-0": server{"2000"}}, why: "refused", incomplete: true},
		{name: "no pod is read", deployed: "1000", pods: connector{}, blocked: "no delivery tool", why: "1 commit behind", finding: "behind", incomplete: true},
		{name: "a pod is missing", deployed: "2000", pods: connector{"mysql-0": server{"2000"}, "mysql-1": server{"2000"}}, owner: statefulSet(3, "mysql-1"), why: "wants more pods: 1"},
		{name: "a rollout goes on", deployed: "2000", pods: connector{"mysql-0": server{"500"}, "mysql-1": server{"500"}}, owner: statefulSet(2, "mysql-2"), why: "the rollout replaces it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			objects := memory{owner: statefulSet(2, "mysql-1"), configMap: corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mysql", Annotations: map[string]string{"acme/sha": "1234567"}},
				Data: map[string]string{"my.cnf": "[mysqld]\n# here\nmax_connections = " + tt.deployed + "\n"}}}
			if tt.deployed != "3000" {
				objects.configMap.Data["my.cnf"] = "[mysqld]\nmax_connections = " + tt.deployed + "\n"
			}
			if tt.owner != nil {
				objects.owner = tt.owner
			}
			var flags Flags
			set := pflag.NewFlagSet("", pflag.ContinueOnError)
			flags.AddFlags(set)
			if err := set.Parse([]string{"--git-repo", repo, "--annotations", "commit=acme/sha"}); err != nil {
				t.Fatal(err)
			}
			remote, err := flags.Open(t.Context(), objects, "shop")
			if err != nil {
				t.Fatal(err)
			}
			chains := Chains{Objects: objects, Remote: remote, Whole: true}
			scanned := scan.Run(t.Context(), scan.Config{Objects: objects, Connector: tt.pods, Selection: cluster.Selection{Namespaces: []string{"shop"}}, Each: chains.Take})
			inputs := chains.Inputs(t.Context(), scanned)
			if len(inputs) != 1 || len(inputs[0].Pods) != 2 {
				t.Fatalf("%d chains: %+v", len(inputs), inputs)
			}
			r := trace.Build(inputs[0])
			var all strings.Builder
			for _, h := range r.Hops {
				all.WriteString(h.Why + "\n")
			}
			if r.Arrived != tt.arrived || !strings.Contains(r.Blocked, tt.blocked) || (tt.blocked == "") != (r.Blocked == "") || !strings.Contains(all.String(), tt.why) {
				t.Errorf("arrived %v, blocked %q, hops:\n%s", r.Arrived, r.Blocked, all.String())
			}
			unsynced := ""
			for _, f := range r.Findings {
				if f.Class == v1.UnsyncedObject {
					unsynced = f.Message
				}
				if f.Class == v1.Untraceable && !strings.Contains(f.Message, "no commit 1234567") {
					t.Errorf("the annotation's name is not used: %s", f.Message)
				}
			}
			if !strings.Contains(unsynced, tt.finding) || (tt.finding == "") != (unsynced == "") {
				t.Errorf("finding %q", unsynced)
			}
			if got := scanned.Summary.Incomplete; got != tt.incomplete {
				t.Errorf("incomplete %v", got)
			}
		})
	}
}

// Pods of one workload may be governed by different keys, as primary and replicas
// are: none of them is missing from the other's chain.
func TestMissingPodsAreTheWorkloads(t *testing.T) {
	c := Chains{Whole: true}
	for i, source := range []string{"configmap/mysql:primary.cnf", "configmap/mysql:replica.cnf"} {
		in := v1.Instance{Namespace: "shop", Workload: "statefulset/mysql", Container: "mysql", Pod: "mysql-" + string(rune('0'+i))}
		c.count(in, 2)
		c.add(in, source, trace.Pod{Name: in.Pod})
	}
	inputs := c.Inputs(t.Context(), &v1.DriftReportList{})
	if len(inputs) != 2 || inputs[0].Missing != 0 || inputs[1].Missing != 0 {
		t.Errorf("%+v", inputs)
	}
}

func TestAnnotationsTakeKnownKeysOnly(t *testing.T) {
	f := Flags{marks: map[string]string{"sha": "x"}}
	if _, err := f.Open(t.Context(), nil, "shop"); err == nil || !strings.Contains(err.Error(), "want job, build, commit or repo") {
		t.Error(err)
	}
}

func TestReplacing(t *testing.T) {
	deployment := func(reason string, updated, all int64) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{"kind": "Deployment", "status": map[string]any{
			"updatedReplicas": updated, "replicas": all, "conditions": []any{map[string]any{"type": "Progressing", "reason": reason}}}}}
	}
	onDelete := statefulSet(2, "mysql-2")
	onDelete["spec"].(map[string]any)["updateStrategy"] = map[string]any{"type": "OnDelete"}
	p := pod("mysql-0")
	for name, tt := range map[string]struct {
		owner *unstructured.Unstructured
		want  bool
	}{
		"StatefulSet in step":           {&unstructured.Unstructured{Object: statefulSet(2, "mysql-1")}, false},
		"StatefulSet with a new one":    {&unstructured.Unstructured{Object: statefulSet(2, "mysql-2")}, true},
		"StatefulSet that waits for us": {&unstructured.Unstructured{Object: onDelete}, false},
		"Deployment that is done":       {deployment("NewReplicaSetAvailable", 2, 2), false},
		"Deployment under way":          {deployment("ReplicaSetUpdated", 1, 2), true},
		"Deployment all new":            {deployment("ReplicaSetUpdated", 2, 2), false},
		"Deployment that is stuck":      {deployment("ProgressDeadlineExceeded", 1, 2), false},
	} {
		if got := replacing(tt.owner, &p); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
