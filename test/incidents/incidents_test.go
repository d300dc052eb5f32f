// Package incidents holds incidents with a known culprit, and asks blame who it
// was. Those here give the evidence as values and run anywhere; those that need
// a cluster and servers are built with the tag lab.
package incidents

import (
	"os"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// incident is the evidence that something left, and what blame must say.
type incident struct {
	name  string
	world world
	want
}

const (
	runtime   = "Runtime"
	persisted = "Persisted"
	start     = "Start"
	object    = "ConfigMap"
	delivery  = "Delivery"
	argument  = "Argument"
	file      = "File"
)

const (
	edited      = "[mysqld]\nmax_connections = 2000\n"
	before      = "[mysqld]\nmax_connections = 1000\n"
	fluxAccount = "system:serviceaccount:flux-system:kustomize-controller"
)

func incidents() []incident {
	override := func() world { return quiet().found(v1.RuntimeOverride, "500") }
	pending := func() world { return quiet().found(v1.NotApplied, "1000") }
	unsynced := func() world { return quiet().found(v1.UnsyncedObject, declared) }
	return []incident{
		{name: "SET GLOBAL by a person, seen in the statement history", world: override().row("mpark", eleven).statement("statement history", "GLOBAL", "mpark", "500", eleven),
			want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Proven}},
		{name: "SET GLOBAL by a person, only variables_info tells", world: override().row("mpark", eleven), want: want{hop: runtime, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "SET GLOBAL by a tool, in its own table", world: override().row("archery", eleven).statement("parameter history", "GLOBAL", "archery", "500", eleven),
			want: want{hop: runtime, culprit: "archery@10.0.0.5", confidence: blame.Proven}},
		{name: "SET GLOBAL by a person, then SET SESSION noise from an app", world: override().row("app", noon).statement("general log", "GLOBAL", "mpark", "500", eleven),
			want: want{hop: runtime, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "the same, with two records of the SET GLOBAL", world: override().row("app", noon).statement("general log", "GLOBAL", "mpark", "500", eleven).statement("statement history", "GLOBAL", "mpark", "500", eleven),
			want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Likely}},
		{name: "SET SESSION noise alone, no drift", world: quiet().row("app", noon), want: want{confidence: blame.Proven}},
		{name: "SET SESSION noise seen at the row's moment", world: override().row("app", noon).statement("digest", "SESSION", "", "", noon), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "value changed and changed back", world: quiet().row("mpark", eleven).statement("general log", "GLOBAL", "mpark", "500", nine).statement("general log", "GLOBAL", "mpark", "2000", eleven), want: want{confidence: blame.Proven}},
		{name: "two people set the same value", world: override().row("zoe", noon).statement("general log", "GLOBAL", "mpark", "500", eleven).statement("general log", "GLOBAL", "zoe", "500", noon),
			want: want{hop: runtime, lead: "zoe@10.0.0.5", confidence: blame.NotProven}},
		{name: "one person's value overwritten by another's", world: override().row("zoe", noon).statement("general log", "GLOBAL", "mpark", "900", eleven).statement("general log", "GLOBAL", "zoe", "500", noon),
			want: want{hop: runtime, culprit: "zoe@10.0.0.5", confidence: blame.Proven}},
		{name: "SET GLOBAL by a person who is gone: the row and the statement's digest", world: override().row("mpark", eleven).statement("digest", "GLOBAL", "", "500", eleven.Add(time.Millisecond)),
			want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Likely}},
		{name: "the same, then SET SESSION by an app: the person's name is overwritten", world: override().row("app", noon).statement("digest", "GLOBAL", "", "500", eleven).statement("digest", "SESSION", "", "", noon.Add(time.Millisecond)),
			want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "an app calls a procedure with its owner's rights", world: definer(override().row("ann", eleven)), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "the same, the owner is an account of one host, and the app is still connected", world: override().row("root", eleven).statement("statement history", "GLOBAL", "app", "500", eleven.Add(time.Millisecond)).program(), want: want{hop: runtime, lead: "app@10.0.0.5", confidence: blame.NotProven}},
		{name: "the same, the app has gone and the long history has the statement", world: override().row("root", eleven).statement("statement history", "GLOBAL", "", "500", eleven.Add(time.Millisecond)).program(), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "an event in its owner's name, and the general log shows it", world: override().row("root", eleven).statement("general log", "GLOBAL", "", "500", eleven).program(), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "init_connect sets it whenever somebody connects, and the general log shows it", world: connecting(override().row("bob", eleven).statement("general log", "GLOBAL", "bob", "500", eleven)), want: want{hop: runtime, lead: "bob@10.0.0.5", confidence: blame.NotProven}},
		{name: "init_connect is set, but the statement's digest shows that a client sent it", world: connecting(override().row("bob", eleven).statement("digest", "GLOBAL", "", "500", eleven.Add(time.Millisecond))), want: want{hop: runtime, culprit: "bob@10.0.0.5", confidence: blame.Likely}},
		{name: "a pooled connection changed its user since, and the history lists it under the later one", world: override().row("app", eleven.Add(time.Second)).statement("statement history", "GLOBAL", "", "500", eleven).statement("digest", "SESSION", "", "", eleven.Add(time.Second)), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "two people set the same value, the statement's sample is the first one's", world: override().row("zoe", noon).statement("digest", "GLOBAL", "", "500", eleven).statement("digest", "GLOBAL", "", "", noon.Add(time.Millisecond)), want: want{hop: runtime, lead: "zoe@10.0.0.5", confidence: blame.NotProven}},
		{name: "a person set it, and somebody's later SET failed", world: override().row("mpark", eleven).statement("digest", "GLOBAL", "", "", noon).failing(), want: want{hop: runtime, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "a person set it, and somebody's later SET did not fail", world: override().row("mpark", eleven).statement("digest", "GLOBAL", "", "", noon), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "an event runs in its owner's name", world: definer(override().row("ann", noon)).statement("digest", "GLOBAL", "", "500", eleven), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "the server's init_file sets another value at each start", world: boot(override()), want: want{hop: runtime, culprit: "the server's init_file", confidence: blame.Likely}},
		{name: "init_file set it at the start, and a person the same after", world: booted(override().row("mpark", eleven).statement("digest", "GLOBAL", "", "500", eleven.Add(time.Millisecond))), want: want{hop: runtime, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "the same, and somebody set another value in between", world: booted(override().row("mpark", eleven).statement("digest", "GLOBAL", "", "400", ten).statement("digest", "GLOBAL", "", "500", eleven.Add(time.Millisecond))), want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Likely}},
		{name: "the server changed its own variable", world: noHost(override().row("", eleven)), want: want{hop: runtime, culprit: "the server itself", confidence: blame.Likely}},
		{name: "a plugin of the server changed it", world: override().row("mysql.session", eleven), want: want{hop: runtime, culprit: "the server itself", confidence: blame.Likely}},
		{name: "somebody without a name, through an anonymous account", world: override().row("", eleven), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "MariaDB: SET GLOBAL, nobody recorded", world: mariadb(override()), want: want{hop: runtime, confidence: blame.NotProven}},
		{name: "MariaDB: SET GLOBAL, in the general log only", world: mariadb(override()).statement("general log", "GLOBAL", "mpark", "500", eleven), want: want{hop: runtime, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "SET PERSIST, no restart yet", world: override().row("mpark", eleven).persisted("mpark", "500", eleven).statement("digest", "PERSIST", "", "500", eleven.Add(time.Millisecond)), want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Likely}},
		{name: "SET PERSIST by a procedure in its definer's name, called by an app", world: override().row("root", eleven).persisted("root", "500", eleven), want: want{hop: runtime, lead: "root@10.0.0.5", confidence: blame.NotProven}},
		{name: "SET PERSIST before a restart: mysqld-auto.cnf alone names somebody", world: restarted(quiet().found(v1.PersistedOverride, "500").row("mpark", eight.Add(-time.Hour)).persisted("mpark", "500", eight.Add(-time.Hour))),
			want: want{hop: persisted, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "the same, and the general log's table outlived the restart", world: restarted(quiet().found(v1.PersistedOverride, "500").row("mpark", eight.Add(-time.Hour)).persisted("mpark", "500", eight.Add(-time.Hour))).statement("general log", "PERSIST", "mpark", "500", eight.Add(-time.Hour)),
			want: want{hop: persisted, culprit: "mpark@10.0.0.5", confidence: blame.Proven}},
		{name: "SET PERSIST before a restart, SET SESSION noise after", world: quiet().found(v1.PersistedOverride, "500").row("app", noon).persisted("mpark", "500", eight.Add(-time.Hour)),
			want: want{hop: persisted, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},
		{name: "SET GLOBAL by one, then SET PERSIST_ONLY of the same by another", world: quiet().found(v1.PersistedOverride, "500").row("mpark", eleven).statement("digest", "GLOBAL", "", "500", eleven.Add(time.Millisecond)).persisted("bob", "500", noon),
			want: want{hop: runtime, culprit: "mpark@10.0.0.5", confidence: blame.Likely}},
		{name: "SET PERSIST_ONLY, waiting", world: quiet().found(v1.PendingPersist, declared).persisted("mpark", "500", eleven).statement("statement history", "PERSIST_ONLY", "mpark", "500", eleven),
			want: want{hop: persisted, culprit: "mpark@10.0.0.5", confidence: blame.Proven}},
		{name: "SET PERSIST_ONLY, one record", world: handEdited(quiet().found(v1.PendingPersist, declared).persisted("mpark", "500", eleven)), want: want{hop: persisted, lead: "mpark@10.0.0.5", confidence: blame.NotProven}},

		{name: "kubectl edit, audited", world: pending().owner("kubectl-client-side-apply", "Update", nine).owner("kubectl-edit", "Update", ten).audited("zoe", "kubectl-edit", ten, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven}},
		{name: "kubectl edit, no audit log", world: pending().owner("kubectl-edit", "Update", ten), want: want{hop: start, lead: "kubectl edit", confidence: blame.NotProven}},
		{name: "kubectl edit, and an audited write of another minute", world: pending().owner("kubectl-edit", "Update", ten).audited("ann", "kubectl-edit", nine, ""), want: want{hop: start, lead: "ann", confidence: blame.NotProven}},
		{name: "kubectl edit by one, kubectl edit of a label by another, the log holds no bodies", world: together(pending().owner("kubectl-edit", "Update", eleven).audited("zoe", "kubectl-edit", ten, "").audited("bob", "kubectl-edit", eleven, "")),
			want: want{hop: start, lead: "kubectl edit", confidence: blame.NotProven}},
		{name: "the same, and the log begins after the first", world: together(pending().owner("kubectl-edit", "Update", eleven).audited("bob", "kubectl-edit", eleven, "")), want: want{hop: start, lead: "bob", confidence: blame.NotProven}},
		{name: "the same, and the log holds the bodies", world: together(pending().owner("kubectl-edit", "Update", eleven).audited("zoe", "kubectl-edit", ten, edited).audited("bob", "kubectl-edit", eleven, "").otherKey()),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven}},
		{name: "edited in a web console, then the whole object sent again by another for a label", world: together(pending().owner("Mozilla", "Update", eleven).audited("bob", "Mozilla", eleven, edited).whole("update")), want: want{hop: start, lead: "bob", confidence: blame.NotProven}},
		{name: "edited by one, deleted, and created anew with the same content by another", world: pending().owner("kubectl-create", "Update", eleven).audited("zoe", "kubectl-create", ten, edited).audited("zoe", "kubectl", ten, "").whole("delete").audited("bob", "kubectl-create", eleven, edited).whole("create"),
			want: want{hop: start, culprit: "bob", confidence: blame.Proven}},
		{name: "edited by one, a comment of the same text edited by another", world: pending().owner("kubectl-edit", "Update", eleven).audited("ci", "kubectl-create", nine, before).whole("create").audited("zoe", "kubectl-edit", ten, "# why\n"+edited).audited("bob", "kubectl-edit", eleven, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven}},
		{name: "the same, and the log begins after the first", world: pending().owner("kubectl-edit", "Update", eleven).audited("zoe", "kubectl-edit", ten, "# why\n"+edited).audited("bob", "kubectl-edit", eleven, edited),
			want: want{hop: start, lead: "zoe", confidence: blame.NotProven}},
		{name: "applied by CI, a comment edited by another, the log holds no bodies", world: pending().owner("kubectl-edit", "Update", eleven).audited("ci", "kubectl-client-side-apply", ten, "").audited("bob", "kubectl-edit", eleven, ""),
			want: want{hop: start, lead: "bob", confidence: blame.NotProven}},
		{name: "the same, the log holds the bodies and CI's mark names the commit that gives the value", world: headOnly(pending().owner("kubectl-edit", "Update", eleven).marks(good, "kubectl-client-side-apply").git(good, ann)).audited("ci", "kubectl-create", eight, before).whole("create").audited("system:serviceaccount:ci:jenkins", "kubectl-client-side-apply", ten, "# why\n"+edited).audited("bob", "kubectl-edit", eleven, edited),
			want: want{hop: start, culprit: ann, confidence: blame.Likely, commit: good, untraced: true}},
		{name: "the same, the mark names another commit", world: headOnly(pending().owner("kubectl-edit", "Update", eleven).marks(next, "kubectl-client-side-apply").git(good, ann)).audited("ci", "kubectl-create", eight, before).whole("create").audited("system:serviceaccount:ci:jenkins", "kubectl-client-side-apply", ten, "# why\n"+edited).audited("bob", "kubectl-edit", eleven, edited),
			want: want{hop: start, culprit: "system:serviceaccount:ci:jenkins", confidence: blame.Proven, untraced: true}},
		{name: "the same, but CI applied before the server started", world: pending().owner("kubectl-edit", "Update", eleven).audited("ci", "kubectl-client-side-apply", eight.Add(-time.Hour), "").audited("bob", "kubectl-edit", eleven, ""),
			want: want{hop: start, culprit: "bob", confidence: blame.Likely}},
		{name: "a comment edited, the last apply had the value already, and the log begins after that", world: appliedLast(pending().owner("kubectl-edit", "Update", eleven).audited("bob", "kubectl-edit", eleven, edited), "# why\n"+edited),
			want: want{hop: start, lead: "bob", confidence: blame.NotProven, untraced: true}},
		{name: "set by one, edited to that by another, edited away from it by a third", world: setPossible(quiet().found(v1.NotApplied, "500")).owner("kubectl-edit", "Update", eleven).audited("bob", "kubectl-edit", ten, "[mysqld]\nmax_connections = 500\n").audited("zoe", "kubectl-edit", eleven, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven}},
		{name: "kubectl apply by CI, with Jenkins' record", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).build(good, "SUCCESS"),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "kubectl apply by CI, Jenkins cannot be asked", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann),
			want: want{hop: start, culprit: ann, confidence: blame.Likely, commit: good}},
		{name: "Flux applied a commit", world: pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good), want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "Argo CD synced a commit", world: pending().owner("argocd-controller", "Update", ten).git(good, ann).argo("Synced", good), want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "Flux applied, no Git access", world: pending().owner("kustomize-controller", "Apply", ten).flux("Synced", good), want: want{hop: start, culprit: "kustomization/flux-system/shop", confidence: blame.Likely}},
		{name: "applied by hand in Flux's name, after Flux was done, no Git access", world: pending().owner("kustomize-controller", "Apply", eleven).flux("Synced", good).appliedAt(ten), want: want{hop: start, lead: "Flux Kustomization", confidence: blame.NotProven}},
		{name: "applied by hand in Flux's name, content in no commit", world: unsynced().owner("kustomize-controller", "Apply", ten).git(good, ann).nowhere().flux("Synced", good), want: want{hop: object, lead: "Flux Kustomization", confidence: blame.NotProven}},
		{name: "Helm-like apply", world: helm(pending()).owner("helm", "Update", ten), want: want{hop: start, lead: "Helm", confidence: blame.NotProven}},
		{name: "server-side apply in Flux's name, without Flux", world: pending().owner("kustomize-controller", "Apply", ten), want: want{hop: start, lead: "Flux Kustomization", confidence: blame.NotProven, untraced: true}},
		{name: "two managers on one key", world: pending().owner("helm", "Apply", ten).owner("ops-bot", "Apply", ten.Add(time.Minute)), want: want{hop: start, lead: "ops-bot", confidence: blame.NotProven, untraced: true}},
		{name: "two managers on one key, audited: the first brought the content", world: pending().owner("helm", "Apply", ten).owner("ops-bot", "Apply", ten.Add(time.Minute)).audited("ci", "helm", ten, edited).audited("zoe", "ops-bot", ten.Add(time.Minute), edited),
			want: want{hop: start, culprit: "ci", confidence: blame.Proven, untraced: true}},
		{name: "force-apply over Flux, audited", world: pending().owner("kubectl", "Apply", ten).audited("zoe", "kubectl", ten, edited), want: want{hop: start, culprit: "zoe", confidence: blame.Proven, untraced: true}},
		{name: "a Git revert, delivered by Flux", world: pending().owner("kustomize-controller", "Apply", ten).git(next, bob).flux("Synced", next), want: want{hop: start, culprit: bob, confidence: blame.Proven, commit: next}},
		{name: "edited, then the server restarted, then put back by Flux: the commit's author parted nothing", world: delivered(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good), eight.Add(-time.Hour)),
			want: want{hop: start, confidence: blame.NotProven}},
		{name: "the same, audited", world: delivered(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good), eight.Add(-time.Hour)).audited("zoe", "kubectl-edit", eight.Add(-time.Minute), before).audited(fluxAccount, "kustomize-controller", ten, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Likely}},
		{name: "delivered before the server started, then a SET of the value of before, then another setting delivered", world: delivered(setPossible(quiet().found(v1.NotApplied, "1000").row("mpark", nine)).owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good), eight.Add(-time.Hour)),
			want: want{hop: start, confidence: blame.NotProven}},
		{name: "delivered long ago, another value since, and now again by a revert", world: committed(delivered(pending().owner("kustomize-controller", "Apply", ten).git(next, bob).flux("Synced", next), eight.Add(-time.Hour)), nine),
			want: want{hop: start, culprit: bob, confidence: blame.Proven, commit: next}},
		{name: "delivered long ago, another commit since, and now that one again", world: delivered(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).remembers(next, "1000", "", nine), eight.Add(-time.Hour)).remembers(good, declared, "", ten),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "delivered just before the server's container started", world: delivered(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good), eight.Add(-10*time.Second)),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "Git's history was rewritten after Flux's delivery: another commit has the content", world: gone(pending().owner("kustomize-controller", "Apply", ten).git(next, bob).flux("Synced", good), good).audited(fluxAccount, "kustomize-controller", ten, edited),
			want: want{hop: start, confidence: blame.NotProven}},
		{name: "the annotation's commit is gone from the branch: another commit has the content", world: gone(pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(next, bob), good).audited("system:serviceaccount:ci:jenkins", "kubectl-client-side-apply", ten, edited),
			want: want{hop: start, confidence: blame.NotProven, untraced: true}},
		{name: "applied by hand, and committed by another after that", world: committed(pending().owner("kubectl-client-side-apply", "Update", ten).git(next, bob), ten.Add(30*time.Second)).audited("zoe", "kubectl-client-side-apply", ten, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven, untraced: true}},
		{name: "edited by hand, then committed with a comment by another and applied by CI", world: committed(pending().owner("kubectl-client-side-apply", "Update", eleven).marks(good, "kubectl-client-side-apply").git(good, ann), ten.Add(30*time.Minute)).audited("ci", "kubectl-create", nine, before).whole("create").audited("zoe", "kubectl-edit", ten, "# quick fix\n"+edited).audited("system:serviceaccount:ci:jenkins", "kubectl-client-side-apply", eleven, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Proven}},
		{name: "a patch in a Kustomization's spec, audited", world: renders(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).nowhere().flux("Synced", good)).spec("kubectl-patch", ten.Add(-time.Second)).specAudited("zoe", "kubectl-patch", ten.Add(-time.Second)).audited(fluxAccount, "kustomize-controller", ten, edited),
			want: want{hop: start, culprit: "zoe", confidence: blame.Likely}},
		{name: "the same, no audit log", world: renders(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).nowhere().flux("Synced", good)).spec("kubectl-patch", ten.Add(-time.Second)),
			want: want{hop: start, lead: "kubectl-patch", confidence: blame.NotProven}},
		{name: "a source pinned to an older commit, audited", world: pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).waiting(next, bob, "3000").remembers(next, "3000", "", nine).includes(next).remembers(good, declared, "", ten).spec("kubectl-patch", ten.Add(-time.Second)).specAudited("zoe", "kubectl-patch", ten.Add(-time.Second)),
			want: want{hop: start, culprit: "zoe", confidence: blame.Likely}},
		{name: "a hand wrote what Git has too", world: pending().owner("kubectl-edit", "Update", ten).git(good, ann).audited("zoe", "kubectl-edit", ten, edited), want: want{hop: start, culprit: "zoe", confidence: blame.Proven, untraced: true}},
		{name: "a forged annotation that contradicts Git", world: forge(pending().owner("kubectl-client-side-apply", "Update", ten).marks(forged, "kubectl-client-side-apply").git(good, ann)),
			want: want{hop: start, culprit: ann, confidence: blame.Likely, commit: good, untraced: true}},
		{name: "an annotation of another owner than the content", world: pending().owner("kubectl-edit", "Update", ten).marks(good, "kubectl-client-side-apply"), want: want{hop: start, lead: "kubectl edit", confidence: blame.NotProven, untraced: true}},
		{name: "a replayed build", world: replay(pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).build(good, "SUCCESS")),
			want: want{hop: start, culprit: ann, confidence: blame.Likely, commit: good}},
		{name: "a failed build of the commit", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).build(good, "FAILURE"),
			want: want{hop: start, culprit: ann, confidence: blame.Likely, commit: good}},
		{name: "subPath: the pod's file never changes", world: subPath(quiet().found(v1.StaleMount, "1000").owner("kubectl-edit", "Update", ten).audited("zoe", "kubectl-edit", ten, "")), want: want{hop: file, culprit: "zoe", confidence: blame.Likely}},

		{name: "an unsynced commit, Flux suspended", world: unsynced().owner("kustomize-controller", "Apply", ten).git(good, ann).waiting(next, bob, "3000").flux("Suspended", good),
			want: want{hop: delivery, culprit: "kustomization/flux-system/shop", confidence: blame.Proven, commit: next}},
		{name: "an unsynced commit, Flux failing", world: unsynced().owner("kustomize-controller", "Apply", ten).git(good, ann).waiting(next, bob, "3000").flux("Stuck", good),
			want: want{hop: delivery, culprit: "kustomization/flux-system/shop", confidence: blame.Proven, commit: next}},
		{name: "three unsynced commits, the first taken back: the last one's value is at head", world: unsynced().owner("kustomize-controller", "Apply", ten).git(good, ann).waiting(forged, ann, "2500").waiting(good, ann, declared).waiting(next, bob, "3000").flux("Behind", good),
			want: want{hop: delivery, culprit: "kustomization/flux-system/shop", confidence: blame.Proven, commit: next}},
		{name: "an unsynced commit, nobody delivers: its author is not to blame", world: unsynced().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).waiting(next, bob, "3000"),
			want: want{hop: delivery, confidence: blame.Likely, commit: next}},
		{name: "an older commit's file applied by hand over the delivered one", world: unsynced().marks(next, "deploy").owner("kubectl-client-side-apply", "Update", eleven).git(good, ann).waiting(next, bob, "3000").claimed(next),
			want: want{hop: object, lead: "kubectl apply", confidence: blame.NotProven, untraced: true}},
		{name: "the same, audited", world: unsynced().marks(next, "deploy").owner("kubectl-client-side-apply", "Update", eleven).git(good, ann).waiting(next, bob, "3000").claimed(next).audited("zoe", "kubectl-client-side-apply", eleven, edited),
			want: want{hop: object, culprit: "zoe", confidence: blame.Proven, untraced: true}},
		{name: "the same while the server runs with the delivered value: the older commit's author did not do it", world: pending().marks(next, "deploy").owner("kubectl-client-side-apply", "Update", eleven).git(good, ann).waiting(next, bob, "1000").claimed(next),
			want: want{hop: start, lead: "kubectl apply", confidence: blame.NotProven, untraced: true}},
		{name: "kubectl edit back to an older commit's content, Flux is suspended", world: unsynced().owner("kubectl-edit", "Update", eleven).git(good, ann).waiting(next, bob, "3000").claimed(next).flux("Suspended", next).audited("zoe", "kubectl-edit", eleven, edited),
			want: want{hop: object, culprit: "zoe", confidence: blame.Proven}},
		{name: "Argo CD rolled back to an older commit by somebody", world: argoSynced(pending()).waiting(next, bob, "3000").remembers(good, declared, "automated sync", nine).remembers(next, "3000", "automated sync", nine).includes(next).remembers(good, declared, "ops@shop.example", ten),
			want: want{hop: start, culprit: "ops@shop.example", confidence: blame.Likely}},
		{name: "the same, while nothing else has parted", world: argoSynced(unsynced()).waiting(next, bob, "3000").remembers(good, declared, "automated sync", nine).remembers(next, "3000", "automated sync", nine).includes(next).remembers(good, declared, "ops@shop.example", ten),
			want: want{hop: object, culprit: "ops@shop.example", confidence: blame.Likely}},
		{name: "the same, and Argo CD does not say who", world: argoSynced(pending()).waiting(next, bob, "3000").remembers(next, "3000", "", nine).includes(next).remembers(good, declared, "", ten),
			want: want{hop: start, lead: "application/argocd/mysql", confidence: blame.NotProven}},
		{name: "Argo CD synced a commit by a person's click", world: argoSynced(pending()).remembers(next, "1000", "automated sync", nine).remembers(good, declared, "ops@shop.example", ten),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "Argo CD synced a later commit of another setting", world: argoSynced(pending()).remembers(next, "1000", "", eight).remembers(good, declared, "", nine).remembers(forged, declared, "", ten),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "an Application's source was changed, audited", world: argoSynced(pending()).remembers(good, declared, "", nine).remembers(good, declared, "automated sync", ten).from("staging").spec("kubectl-edit", ten).specAudited("zoe", "kubectl-edit", ten),
			want: want{hop: start, culprit: "zoe", confidence: blame.Likely}},
		{name: "the same, two people wrote it then", world: argoSynced(pending()).remembers(good, declared, "", nine).remembers(good, declared, "automated sync", ten).from("staging").spec("kubectl-edit", ten).specAudited("zoe", "kubectl-edit", ten).specAudited("bob", "kubectl-edit", ten),
			want: want{hop: start, lead: "kubectl-edit", confidence: blame.NotProven}},
		{name: "a Kustomization's spec was changed, no audit log", world: pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).spec("kubectl-patch", ten.Add(-time.Minute)),
			want: want{hop: start, lead: "kubectl-patch", confidence: blame.NotProven}},
		{name: "the audit log shows that its interval was changed and nothing else", world: specParts(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).spec("kubectl-client-side-apply", ten.Add(-time.Minute)).specAudited("zoe", "kubectl-client-side-apply", ten.Add(-time.Minute)), "interval"),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "the same, and the path a minute before that", world: specParts(specParts(pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).spec("kubectl-client-side-apply", ten.Add(-time.Minute)).specAudited("bob", "kubectl-edit", ten.Add(-2*time.Minute)), "path").specAudited("zoe", "kubectl-client-side-apply", ten.Add(-time.Minute)), "interval"),
			want: want{hop: start, lead: "kubectl-client-side-apply", confidence: blame.NotProven}},
		{name: "a Kustomization's spec was changed long before", world: pending().owner("kustomize-controller", "Apply", ten).git(good, ann).flux("Synced", good).spec("kubectl-patch", eight),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "a build applied an older commit again, the server runs with the later one's value", world: quiet().found(v1.NotApplied, "3000").owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).waiting(next, bob, "3000").build(good, "SUCCESS"),
			want: want{hop: start, culprit: "mpark", confidence: blame.Likely}},
		{name: "the same, Jenkins cannot be asked", world: quiet().found(v1.NotApplied, "3000").owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).waiting(next, bob, "3000"),
			want: want{hop: start, lead: "kubectl apply", confidence: blame.NotProven}},
		{name: "the later commit's value is that of before as well", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).waiting(next, bob, "1000").build(good, "SUCCESS"),
			want: want{hop: start, lead: "mpark", confidence: blame.NotProven}},
		{name: "the same, and the build began before the later commit", world: pending().owner("kubectl-client-side-apply", "Update", nine.Add(time.Second)).marks(good, "kubectl-client-side-apply").git(good, ann).waiting(next, bob, "1000").build(good, "SUCCESS").started(nine.Add(-time.Second)),
			want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "a mark names an older commit than another of the same content", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).twin(next, bob), want: want{hop: start, lead: ann, confidence: blame.NotProven, commit: good}},
		{name: "the same, and Jenkins has the build", world: pending().owner("kubectl-client-side-apply", "Update", ten).marks(good, "kubectl-client-side-apply").git(good, ann).twin(next, bob).build(good, "SUCCESS"), want: want{hop: start, culprit: ann, confidence: blame.Proven, commit: good}},
		{name: "edited in the cluster, content in no commit, audited", world: unsynced().owner("kubectl-edit", "Update", ten).git(good, ann).nowhere().audited("zoe", "kubectl-edit", ten, edited), want: want{hop: object, culprit: "zoe", confidence: blame.Proven, untraced: true}},
		{name: "edited in the cluster, no audit log", world: unsynced().owner("node-fetch", "Update", ten).git(good, ann).nowhere(), want: want{hop: object, lead: "Lens", confidence: blame.NotProven, untraced: true}},

		{name: "argument changed by a rollout, audited", world: auditRollout(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), "zoe"), want: want{hop: argument, culprit: "zoe", confidence: blame.Proven}},
		{name: "the same, and the manager's name was used later for something else", world: ownedSince(auditRollout(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), "zoe"), eleven), want: want{hop: argument, culprit: "zoe", confidence: blame.Proven}},
		{name: "argument changed by a rollout, no audit log", world: quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), want: want{hop: argument, lead: "kubectl edit", confidence: blame.NotProven}},
		{name: "two people wrote the workload in those seconds", world: auditRollout(auditRollout(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), "zoe"), "ann"), want: want{hop: argument, lead: "kubectl edit", confidence: blame.NotProven}},
		{name: "a bystander annotates the workload long after the edit, when the controller is back at work", world: bystander(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), "kubectl-edit"), want: want{hop: argument, lead: "kubectl edit", confidence: blame.NotProven}},
		{name: "the same, the bystander used another tool", world: bystander(auditRollout(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl-edit"), "zoe"), "kubectl-annotate"), want: want{hop: argument, culprit: "zoe", confidence: blame.Proven}},
		{name: "kubectl rollout undo puts an older revision in force again, audited", world: auditRollout(again(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl")), "zoe"), want: want{hop: argument, culprit: "zoe", confidence: blame.Proven}},
		{name: "the same, no audit log", world: again(quiet().found(v1.ArgumentOverride, "500").rollout("args", "500", "kubectl")), want: want{hop: argument, lead: "kubectl (rollout undo or another command, no apply)", confidence: blame.NotProven}},
		{name: "image upgrade with a new default", world: upgrade(quiet()), want: want{confidence: blame.Proven}},
		{name: "nothing happened", world: quiet(), want: want{confidence: blame.Proven}},
	}
}

// argoSynced is a commit that Argo CD delivered at ten.
func argoSynced(w world) world {
	return w.owner("argocd-controller", "Update", ten).git(good, ann).argo("Synced", good)
}

// again says that the last revision is older than the one before it.
func again(w world) world {
	r := w.Pod.Revisions
	r[0].Created, r[1].Created, r[1].Again = nine, eight, true
	return w
}

// together says that the manager's entry holds more than the key.
func together(w world) world { w.Object.Owners[0].Sole = false; return w }

func mariadb(w world) world {
	w.Server.Server = model.Server{Flavour: model.MariaDB, Version: model.Version{Major: 10, Minor: 11}}
	w.Server.Variable.Source = model.SourceDynamic
	return w
}

func connecting(w world) world {
	w.Server.InitConnect = "init_connect sets the variable in the name of whoever connects"
	return w
}

// appliedLast is what the last `kubectl apply` sent.
func appliedLast(w world, text string) world {
	w.Object.LastApplied, w.Object.HasLastApplied = text, true
	return w
}

// headOnly says that no commit has the live content, though the head has its value.
func headOnly(w world) world {
	w.Git.Deployed = nil
	w.Git.Claims = map[string]blame.CommitClaim{good: {Known: true, OnBranch: true, Value: declared, HasValue: true}}
	return w
}

func setPossible(w world) world { w.SetPossible = true; return w }

// delivered says since when the controller had delivered what is live.
func delivered(w world, since time.Time) world {
	w.Deliver[0].FirstAppliedAt = &metav1.Time{Time: since}
	return committed(w, since.Add(-time.Minute))
}

// gone says that the branch does not have the commit any more.
func gone(w world, hash string) world {
	w.Git.Claims[hash] = blame.CommitClaim{Known: true}
	return w
}

func committed(w world, at time.Time) world {
	w.Git.Deployed.Committed, w.Git.Introduced.Committed = &metav1.Time{Time: at}, &metav1.Time{Time: at}
	return w
}

// renders says that the controller makes the object of Git's, which it has since nine.
func renders(w world) world {
	w.Deliver[0].Renders, w.Deliver[0].HeadAt = true, &metav1.Time{Time: nine}
	return w
}

// specParts are what the last audited request for the spec sent.
func specParts(w world, parts ...string) world {
	events := w.SpecAudit[w.Deliver[0].SpecOf]
	e := &events[len(events)-1]
	e.Data, e.Spec = map[string]string{}, parts
	return w
}

func booted(w world) world {
	w.Server.InitFile = "init_file gives the variable this value at each start"
	return w
}

func restarted(w world) world  { w.Server.Variable.Source = model.SourcePersisted; return w }
func handEdited(w world) world { w.Server.Auto.Untouched = false; return w }
func definer(w world) world    { w.Server.Variable.SetHost = "%"; return w }
func noHost(w world) world     { w.Server.Variable.SetHost = ""; return w }
func boot(w world) world {
	w = w.row("boot", eight)
	w.Server.Variable.SetHost = ""
	return w
}
func helm(w world) world   { w.Object.Marks.HelmRelease = "shop/mysql"; return w }
func replay(w world) world { w.Build.Replayed = true; return w }
func forge(w world) world {
	w.Git.Claims[forged] = blame.CommitClaim{Known: true, OnBranch: true}
	return w
}
func subPath(w world) world {
	w.File = &blame.FileFacts{Path: "/etc/my.cnf", Read: true, Via: "subPath"}
	return w
}
func auditRollout(w world, user string) world {
	w.Pod.Audit = append(w.Pod.Audit, blame.AuditEvent{Verb: "patch", User: user, Manager: "kubectl-edit", When: ten, UserAgent: "kubectl/v1.36.3"})
	return w
}

func ownedSince(w world, at time.Time) world { w.Pod.Template[0].Time = at; return w }

// bystander writes something else of the workload, a minute after zoe, and just
// before the revision is made.
func bystander(w world, manager string) world {
	w.Pod.Audit = append([]blame.AuditEvent{{Verb: "patch", User: "zoe", Manager: "kubectl-edit", When: ten.Add(-time.Minute), UserAgent: "kubectl/v1.36.3"}}, w.Pod.Audit...)
	w.Pod.Audit = append(w.Pod.Audit, blame.AuditEvent{Verb: "patch", User: "bob", Manager: manager, When: ten, UserAgent: "kubectl/v1.36.3"})
	return w
}
func upgrade(w world) world {
	w.Declared = nil
	w.Server.Variable.Source = model.SourceCompiled
	return w.rollout("image", "", "kubectl-set")
}

func TestIncidents(t *testing.T) {
	list := incidents()
	if len(list) < 30 {
		t.Fatalf("%d incidents, want 30 at least", len(list))
	}
	var rows []row
	for _, in := range list {
		r := row{name: in.name, want: in.want, got: blame.Report(v1.Instance{Pod: "mysql-0"}, in.world.Facts)}
		for _, problem := range []string{r.wrong(), r.slander()} {
			if problem != "" {
				t.Error(problem)
			}
		}
		rows = append(rows, r)
	}
	if testing.Verbose() {
		printTable(os.Stdout, "Evidence given as values, judged anywhere", rows)
	}
}
