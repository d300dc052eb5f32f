package trace

import (
	"context"
	"fmt"
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
		Object:  &blame.ObjectFacts{Resource: "configmap", Name: "mysql", Key: "my.cnf", Content: content, Marks: blame.Marks{FluxKustomize: "flux-system/shop"}, Owners: []fieldmanager.Owner{{Manager: "kustomize-controller", Time: nine.Add(2 * time.Minute)}}},
		File:    &blame.FileFacts{Path: "/etc/my.cnf", Via: "volume", Verbatim: true, Read: true, Same: true, ModTime: nine.Add(3 * time.Minute)},
		Server:  blame.ServerFacts{StartedAt: nine.Add(-time.Hour)},
		Absent:  map[string]string{},
		Values:  blame.PlainValues{},
	}}}}
}

func declared(variable string, class v1.Class) []v1.Finding {
	return []v1.Finding{{Variable: variable, Class: class, Drift: true, Declared: &v1.Declared{Source: "configmap/mysql:my.cnf"}}}
}

// behind lets one commit wait.
func behind(f *blame.Facts) {
	f.Git.HeadContent, f.Git.Waiting = "[mysqld]\nmax_connections=4000\n", []v1.Commit{{Committed: &metav1.Time{Time: nine.Add(time.Hour)}}}
}

// edited is a hand edit in the cluster, as managedFields show it.
func edited(f *blame.Facts) {
	f.Object.Content, f.Git.Deployed = "[mysqld]\nmax_connections=3000\n", nil
	f.Object.Owners = []fieldmanager.Owner{{Manager: "kubectl-edit", Time: nine.Add(time.Hour)}}
}

func TestBuild(t *testing.T) {
	tests := []struct {
		name    string
		edit    func(in *Input, f *blame.Facts)
		arrived bool
		blocked string
		broken  string // hop that is not ok
		why     string
		finding string
		unread  string
	}{
		{name: "arrived", edit: func(*Input, *blame.Facts) {}, arrived: true},
		{name: "source not fetched yet", edit: func(_ *Input, f *blame.Facts) { f.Deliver[0].Head = "main@sha1:" + strings.Repeat("a", 40) }, broken: "Source", why: "not fetched"},
		{name: "suspended", edit: func(_ *Input, f *blame.Facts) { f.Deliver[0].State = "Suspended" }, broken: "Applied", blocked: "suspended"},
		{name: "health check failed", edit: func(_ *Input, f *blame.Facts) {
			f.Deliver[0].State, f.Deliver[0].Message = "Stuck", "HealthCheckFailed"
		}, broken: "Applied", blocked: "HealthCheckFailed"},
		{name: "behind", edit: func(_ *Input, f *blame.Facts) {
			behind(f)
			f.Deliver[0].State = "Behind"
		}, broken: "ConfigMap", why: "1 commit behind Git's head since 2026-07-01 10:00:00Z", finding: "[mysqld] max_connections: 4000 → 2000"},
		{name: "edited in the cluster, corrected later", edit: func(_ *Input, f *blame.Facts) { edited(f) }, broken: "ConfigMap", why: "edited in the cluster", finding: "edited in the cluster"},
		{name: "edited in the cluster, nothing corrects", edit: func(_ *Input, f *blame.Facts) {
			edited(f)
			f.Deliver[0].NoCorrection = true
		}, broken: "ConfigMap", blocked: "nothing brings", finding: "edited in the cluster"},
		{name: "older content put back", edit: func(_ *Input, f *blame.Facts) {
			behind(f)
			f.Deliver[0].Commit, f.Deliver[0].NoCorrection = hash, true
		}, broken: "ConfigMap", why: "put back", blocked: "nothing brings", finding: "1 commit behind"},
		{name: "rendered by the tool", edit: func(_ *Input, f *blame.Facts) {
			f.Git.HeadContent, f.Git.Deployed = "[mysqld]\nmax_connections=${connections}\n", nil
		}, arrived: true},
		{name: "no tool brings what waits", edit: func(_ *Input, f *blame.Facts) {
			behind(f)
			f.Deliver = nil
		}, broken: "ConfigMap", blocked: "no delivery tool", finding: "1 commit behind"},
		{name: "a failure with an older commit may be mended by the newer", edit: func(_ *Input, f *blame.Facts) {
			f.Deliver[0].State, f.Deliver[0].Head = "Stuck", "main@sha1:"+strings.Repeat("a", 40)
		}, broken: "Applied", why: "older commit"},
		{name: "a source that fails brings no newer commit", edit: func(_ *Input, f *blame.Facts) {
			d := &f.Deliver[0]
			d.State, d.Head, d.Message = "Stuck", "main@sha1:"+strings.Repeat("a", 40), d.Source+": GitOperationFailed"
		}, broken: "Applied", blocked: "GitOperationFailed"},
		{name: "synced by hand only", edit: func(_ *Input, f *blame.Facts) { f.Deliver[0].State, f.Deliver[0].Manual = "Behind", true }, broken: "Applied", blocked: "by hand only"},
		{name: "file on its way", edit: func(_ *Input, f *blame.Facts) { f.File.Same = false }, broken: "File", why: "kubelet"},
		{name: "subPath", edit: func(_ *Input, f *blame.Facts) { f.File.Same, f.File.Via = false, "subPath" }, broken: "File", blocked: "subPath"},
		{name: "copied at the start", edit: func(_ *Input, f *blame.Facts) { f.File.Same, f.File.Via = false, "initContainer-copy" }, broken: "File", blocked: "needs a new pod"},
		{name: "needs a restart", edit: func(in *Input, _ *blame.Facts) { in.Pods[0].Findings = declared("back_log", v1.PendingRestart) }, broken: "Start", blocked: "restart for back_log"},
		{name: "not applied", edit: func(in *Input, _ *blame.Facts) { in.Pods[0].Findings = declared("max_connections", v1.NotApplied) }, broken: "Start", blocked: "SET GLOBAL, for max_connections"},
		{name: "overridden at run time", edit: func(in *Input, _ *blame.Facts) { in.Pods[0].Findings = declared("max_connections", v1.RuntimeOverride) }, broken: "Running", blocked: "max_connections (RuntimeOverride)"},
		{name: "a value for the next start", edit: func(in *Input, _ *blame.Facts) { in.Pods[0].Findings = declared("max_connections", v1.PendingPersist) }, arrived: true},
		{name: "drift of what another object declares", edit: func(in *Input, _ *blame.Facts) {
			in.Pods[0].Findings = declared("max_connections", v1.RuntimeOverride)
			in.Pods[0].Findings[0].Declared.Source = "configmap/other:my.cnf"
		}, arrived: true},
		{name: "a pod that the rollout replaces", edit: func(in *Input, _ *blame.Facts) {
			in.Pods[0].Findings, in.Pods[0].Replaced = declared("back_log", v1.PendingRestart), true
		}, broken: "Running", why: "rollout"},
		{name: "a pod that is not there yet", edit: func(in *Input, _ *blame.Facts) { in.Missing = 2 }, broken: "Running", why: "wants more pods: 2"},
		{name: "a pod that crashes", edit: func(in *Input, _ *blame.Facts) {
			in.Pods = append(in.Pods, Pod{Name: "mysql-1", Error: "CrashLoopBackOff", Down: true})
		}, broken: "Running", blocked: "pod/mysql-1 does not run: CrashLoopBackOff"},
		{name: "no repository", edit: func(_ *Input, f *blame.Facts) { f.Git = nil }, arrived: true, broken: "Git head"},
		{name: "a repository that cannot be read", edit: func(_ *Input, f *blame.Facts) { f.Git, f.GitUnread = nil, "not available because no such host" }, arrived: true, broken: "Git head", unread: "no such host"},
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
			if text := told(r.Findings); !strings.Contains(text, tt.finding) || (text != "") != (tt.finding != "") {
				t.Errorf("findings %q", text)
			}
			if unread := fmt.Sprint(r.Errors); (len(r.Errors) > 0) != (tt.unread != "") || !strings.Contains(unread, tt.unread) {
				t.Errorf("errors %s", unread)
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

func told(findings []v1.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(f.Message + "\n")
		for _, e := range f.Edits {
			b.WriteString(e.Path + ": " + e.Before + " → " + e.After + "\n")
		}
	}
	return b.String()
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

func list(reports ...v1.TraceReport) *v1.TraceReportList { return &v1.TraceReportList{Items: reports} }

func TestFollow(t *testing.T) {
	n := 0
	ask := func(context.Context) (*v1.TraceReportList, error) {
		in := healthy()
		if n++; n < 3 {
			in.Pods[0].Facts.File.Same = false
		}
		return list(Build(in)), nil
	}
	var lines []string
	got, err := Follow(t.Context(), time.Microsecond, ask, func(_ *v1.TraceReportList, steps []Step) error {
		for _, s := range steps {
			lines = append(lines, s.Hop.Hop+" "+s.Hop.State)
		}
		return nil
	})
	if err != nil || !Arrived(got) || n != 3 {
		t.Fatalf("%+v %v after %d", got, err, n)
	}
	if last := lines[len(lines)-1]; last != "File ok" || len(lines) != 8 {
		t.Errorf("progress %v", lines)
	}
}

// A chain that is blocked ends the watch, unless another still moves.
func TestFollowEndsWhereItIsBlocked(t *testing.T) {
	for _, moving := range []bool{false, true} {
		n := 0
		ask := func(context.Context) (*v1.TraceReportList, error) {
			n++
			suspended, other := healthy(), healthy()
			suspended.Pods[0].Facts.Deliver[0].State = "Suspended"
			other.Source = "configmap/other:my.cnf"
			other.Pods[0].Facts.File.Same = !moving || n >= 5
			return list(Build(suspended), Build(other)), nil
		}
		want := 2
		if moving {
			want = 6
		}
		got, err := Follow(t.Context(), time.Microsecond, ask, func(*v1.TraceReportList, []Step) error { return nil })
		if err != nil || Arrived(got) || n != want || !strings.Contains(Blocked(got), "suspended") {
			t.Errorf("moving %v: %+v %v after %d", moving, got, err, n)
		}
	}
}

// A repository that stays unreadable ends the watch without an arrival; one that
// fails once does not.
func TestFollowEndsWhereGitIsUnread(t *testing.T) {
	for failures, arrived := range map[int]bool{1: true, 9: false} {
		n := 0
		ask := func(context.Context) (*v1.TraceReportList, error) {
			in := healthy()
			if n++; n <= failures {
				in.Pods[0].Facts.Git, in.Pods[0].Facts.GitUnread = nil, "not available because no such host"
			}
			return list(Build(in)), nil
		}
		got, err := Follow(t.Context(), time.Microsecond, ask, func(*v1.TraceReportList, []Step) error { return nil })
		if err != nil || Arrived(got) != arrived || n != 2 {
			t.Errorf("%d failures: %+v %v after %d", failures, got, err, n)
		}
	}
}

// What was left unread never counts as arrived.
func TestArrived(t *testing.T) {
	whole := Build(healthy())
	unread := whole
	unread.Errors = []v1.ReportError{{Object: "pod/mysql-1"}}
	if !Arrived(list(whole)) || Arrived(list()) || Arrived(list(unread)) || Arrived(&v1.TraceReportList{Items: []v1.TraceReport{whole}, Errors: unread.Errors}) {
		t.Error("arrived or not")
	}
}
