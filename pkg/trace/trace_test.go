package trace

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

const (
	hash    = "9f1c0aa19f1c0aa19f1c0aa19f1c0aa19f1c0aa1"
	content = "[mysqld]\nmax_connections=2000\n"
)

var nine = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)

func healthy() Input {
	when := &metav1.Time{Time: nine}
	head := v1.Commit{Hash: hash, Committed: when, Subject: "Raise"}
	return Input{Namespace: "shop", Workload: "statefulset/mysql", Source: "configmap/mysql:my.cnf", Pods: []Pod{{Name: "mysql-0", Facts: &blame.Facts{
		Git:     &blame.GitHistory{Repo: "https://git.example/conf", Path: "my.cnf", Head: head, HeadContent: content, Deployed: &head},
		Deliver: []v1.Delivery{{Tool: "Flux", Object: "kustomization/flux-system/shop", Source: "gitrepository/flux-system/conf", Head: "main@sha1:" + hash, Applied: "main@sha1:" + hash, AppliedAt: &metav1.Time{Time: nine.Add(time.Minute)}, State: "Synced", Listed: true}},
		Object:  &blame.ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Content: content, Owners: []fieldmanager.Owner{{Manager: "kustomize-controller", Time: nine.Add(2 * time.Minute)}}},
		File:    &blame.FileFacts{Path: "/etc/my.cnf", Read: true, Same: true, ModTime: nine.Add(3 * time.Minute)},
		Server:  blame.ServerFacts{StartedAt: nine.Add(-time.Hour)},
		Absent:  map[string]string{},
	}}}}
}

func TestBuild(t *testing.T) {
	tests := []struct {
		name    string
		edit    func(in *Input, f *blame.Facts)
		arrived bool
		blocked string
		broken  string // hop that is not ok
		why     string
	}{
		{name: "arrived", edit: func(*Input, *blame.Facts) {}, arrived: true},
		{name: "source not fetched yet", edit: func(_ *Input, f *blame.Facts) { f.Deliver[0].Head = "main@sha1:" + strings.Repeat("a", 40) }, broken: "Source", why: "not fetched"},
		{name: "suspended", edit: func(_ *Input, f *blame.Facts) { f.Deliver[0].State = "Suspended" }, broken: "Applied", blocked: "suspended"},
		{name: "health check failed", edit: func(_ *Input, f *blame.Facts) {
			f.Deliver[0].State, f.Deliver[0].Message = "Stuck", "HealthCheckFailed"
		}, broken: "Applied", blocked: "HealthCheckFailed"},
		{name: "behind", edit: func(_ *Input, f *blame.Facts) {
			f.Git.HeadContent, f.Git.Waiting = "other", []v1.Commit{{}}
			f.Deliver[0].State = "Behind"
		}, broken: "ConfigMap", why: "1 behind"},
		{name: "edited in the cluster, corrected later", edit: func(_ *Input, f *blame.Facts) { f.Object.Content, f.Git.Deployed = "edited", nil }, broken: "ConfigMap", why: "edited in the cluster"},
		{name: "edited in the cluster, nothing corrects", edit: func(_ *Input, f *blame.Facts) {
			f.Object.Content, f.Git.Deployed, f.Deliver[0].NoCorrection = "edited", nil, true
		}, broken: "ConfigMap", blocked: "nothing undoes"},
		{name: "file on its way", edit: func(_ *Input, f *blame.Facts) { f.File.Same = false }, broken: "File", why: "kubelet"},
		{name: "subPath", edit: func(_ *Input, f *blame.Facts) { f.File.Same, f.File.Via = false, "subPath" }, broken: "File", blocked: "subPath"},
		{name: "needs a restart", edit: func(in *Input, _ *blame.Facts) {
			in.Pods[0].Findings = []v1.Finding{{Variable: "back_log", Class: v1.PendingRestart, Drift: true}}
		}, broken: "Start", blocked: "restart for back_log"},
		{name: "overridden at run time", edit: func(in *Input, _ *blame.Facts) {
			in.Pods[0].Findings = []v1.Finding{{Variable: "max_connections", Class: v1.RuntimeOverride, Drift: true}}
		}, broken: "Running", blocked: "max_connections (RuntimeOverride)"},
		{name: "a pod that cannot be read", edit: func(in *Input, _ *blame.Facts) { in.Pods = append(in.Pods, Pod{Name: "mysql-1", Error: "Timeout"}) }, broken: "Running", why: "Timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := healthy()
			tt.edit(&in, in.Pods[0].Facts)
			r := Build(in)
			if r.Arrived != tt.arrived || (r.Blocked != "") != (tt.blocked != "") || !strings.Contains(r.Blocked, tt.blocked) {
				t.Errorf("arrived %v, blocked %q", r.Arrived, r.Blocked)
			}
			found := tt.broken == ""
			for _, h := range r.Hops {
				if h.State != OK && h.Hop == tt.broken && strings.Contains(h.Why, tt.why) {
					found = true
				}
				if tt.broken == "" && h.State != OK {
					t.Errorf("%+v is not ok", h)
				}
			}
			if !found {
				t.Errorf("no mark at %s: %+v", tt.broken, r.Hops)
			}
		})
	}
}

func TestLag(t *testing.T) {
	r := Build(healthy())
	for _, h := range r.Hops {
		if h.Hop == "Applied" && (h.LagSeconds == nil || *h.LagSeconds != 60) {
			t.Errorf("lag %v", h.LagSeconds)
		}
		if h.Hop == "Start" && h.LagSeconds != nil {
			t.Errorf("a start before the file has no lag to it: %v", *h.LagSeconds)
		}
	}
}

func TestFollow(t *testing.T) {
	n := 0
	ask := func(context.Context) (v1.TraceReport, error) {
		in := healthy()
		if n++; n < 3 {
			in.Pods[0].Facts.File.Same = false
		}
		return Build(in), nil
	}
	var lines []string
	r, err := Follow(t.Context(), time.Microsecond, ask, func(h v1.TraceHop) { lines = append(lines, h.Hop+" "+h.State) })
	if err != nil || !r.Arrived || n != 3 {
		t.Fatalf("%+v %v after %d", r, err, n)
	}
	if last := lines[len(lines)-1]; last != "File ok" || len(lines) != 8 {
		t.Errorf("progress %v", lines)
	}
}

func TestFollowEndsWhereItIsBlocked(t *testing.T) {
	n := 0
	ask := func(context.Context) (v1.TraceReport, error) {
		n++
		in := healthy()
		in.Pods[0].Facts.Deliver[0].State = "Suspended"
		return Build(in), nil
	}
	if r, err := Follow(t.Context(), time.Microsecond, ask, func(v1.TraceHop) {}); err != nil || r.Arrived || n != 2 {
		t.Errorf("%+v %v after %d", r, err, n)
	}
}
