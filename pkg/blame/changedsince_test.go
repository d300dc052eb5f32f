package blame

import (
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame/fieldmanager"
)

// Somebody set what was declared; then the declaration was changed. The drift is of
// the change, not of the SET.
func TestChangedSince(t *testing.T) {
	const before, now = "[mysqld]\nmax_connections = 500\n", "[mysqld]\nmax_connections = 2000\n"
	world := func(edit func(*Facts)) *Facts {
		return override(func(f *Facts) {
			f.Values = PlainValues{}
			f.Server.Statements = []Statement{set("GLOBAL", "mpark", "500", setAt.Add(300*time.Millisecond))}
			f.Object = &ObjectFacts{Resource: "configmap", Namespace: "shop", Name: "mysql", Key: "my.cnf", Content: now, Value: "2000", HasValue: true,
				Owners: []fieldmanager.Owner{{Manager: "kubectl-edit", Operation: "Update", Time: later, Sole: true}}}
			f.File = &FileFacts{Path: "/etc/mysql/conf.d/my.cnf", Read: true, Same: true, Via: "volume", ModTime: later.Add(time.Second)}
			edit(f)
		})
	}
	audited := func(first string) func(*Facts) {
		return func(f *Facts) {
			f.Object.Audit = []AuditEvent{{Verb: "patch", User: "flux", Manager: "kustomize-controller", When: started, Data: map[string]string{"my.cnf": first}},
				{Verb: "patch", User: "zoe", Manager: "kubectl-edit", When: later, Data: map[string]string{"my.cnf": now}}}
		}
	}
	for _, tt := range []struct {
		name, culprit, lead, confidence, hop string
		edit                                 func(*Facts)
	}{
		{"the file is older than the SET", "mpark@10.0.0.5", "", Proven, "Runtime", func(f *Facts) { f.File.ModTime = started }},
		{"the file was written anew with others of its volume", "mpark@10.0.0.5", "", Proven, "Runtime", func(f *Facts) { f.Object.Owners[0].Time = started }},
		{"the audit log shows that it was the declared value", "zoe", "", Proven, "Start", audited(before)},
		{"the audit log shows that it was not", "mpark@10.0.0.5", "", Proven, "Runtime", audited("[mysqld]\nmax_connections = 900\n")},
		{"it was not, and a comment was edited since", "mpark@10.0.0.5", "", Proven, "Runtime", audited("# why\n" + now)},
		{"it was not, then it was, and then it was changed", "zoe", "", Proven, "Start", func(f *Facts) {
			audited("[mysqld]\nmax_connections = 900\n")(f)
			f.Object.Audit = slices.Insert(f.Object.Audit, 1, AuditEvent{Verb: "patch", User: "bob", Manager: "kubectl-edit", When: later.Add(-time.Minute), Data: map[string]string{"my.cnf": before}})
		}},
		{"the log begins after the SET", "", "mpark@10.0.0.5", NotProven, "Runtime", func(f *Facts) {
			audited("# why\n" + now)(f)
			f.Object.Audit[0].When = later.Add(-time.Minute)
		}},
		{"the commit that changed it shows that it was", "Ann", "", Likely, "Start", func(f *Facts) {
			c := v1.Commit{Hash: "abc", Author: "Ann", Before: "500", After: "2000", Committed: &metav1.Time{Time: later.Add(-time.Minute)}}
			f.Git = &GitHistory{Deployed: &c, Introduced: &c, Head: c}
			f.Object.Owners[0].Manager = "kustomize-controller"
			f.Deliver = []v1.Delivery{{Tool: "Flux", Object: "kustomization/flux-system/shop", Commit: "abc", State: "Synced", Listed: true}}
		}},
		{"a later commit changed another setting", "mpark@10.0.0.5", "", Proven, "Runtime", func(f *Facts) {
			c := v1.Commit{Hash: "abc", Author: "Ann", Before: "500", After: "2000", Committed: &metav1.Time{Time: started}}
			d := v1.Commit{Hash: "def", Author: "Bob", Committed: &metav1.Time{Time: later}}
			f.Git = &GitHistory{Deployed: &d, Introduced: &c, Head: d}
		}},
		{"what was declared is not known", "", "mpark@10.0.0.5", NotProven, "Runtime", func(*Facts) {}},
		{"a file that is not mounted anew tells nothing", "mpark@10.0.0.5", "", Proven, "Runtime", func(f *Facts) { f.File.Via = "subPath" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Judge(world(tt.edit))
			if v.Culprit != tt.culprit || v.LastToucher != tt.lead || tt.confidence != Likely && v.Confidence != tt.confidence || v.Hop != tt.hop || v.Text == "" {
				t.Errorf("%+v", v)
			}
		})
	}
}
