//go:build lab

package incidents

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

const broken = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: broken\n"

// One configuration on its way, by Flux's own controllers, through all that may
// happen to it.
func TestLabFluxIncidents(t *testing.T) {
	l := openFlux(t)
	if testing.Verbose() {
		defer func() { printTable(os.Stdout, "Done in the lab: by real Flux, with a real Git server", l.rows) }()
	}
	l.person("zoe")
	first := l.sets(annLee, 100, nil)
	l.apply("fluxsource.yaml")
	l.apply("flux.yaml")
	l.kubectl("", "wait", kustomization+"shop", "--for=condition=Ready", "--timeout=100s")
	l.kubectl("", "wait", "--for=condition=Ready", "--timeout=110s", "pod/mysql-0")
	uncorrected := "nothing brings configmap/mysql:my.cnf back"
	var second, third, revert string

	l.step("in step", func(t *testing.T) {
		r := l.expect(t, chain{arrived: true, why: "the same as Git's head"})
		revision := "main@sha1:" + first
		for i, want := range []string{first, revision, revision, first, first} {
			if i < len(r.Hops) && (r.Hops[i].Revision != want || r.Hops[i].When == nil) {
				t.Errorf("%s: revision %s at %v, want %s", r.Hops[i].Hop, r.Hops[i].Revision, r.Hops[i].When, want)
			}
		}
	})
	l.step("a commit that is not fetched", func(t *testing.T) {
		second = l.sets(bobRoe, 150, nil)
		l.expect(t, chain{states: map[string]string{"Source": "waiting", "ConfigMap": "waiting"}, why: "it looks every 1h", finding: "UnsyncedObject"})
		l.who(t, "a commit that Flux has not fetched", want{hop: delivery, confidence: blame.Likely, commit: second})
	})
	l.step("followed until it needs a restart", func(t *testing.T) {
		code, lines := l.watch(t, "sts/mysql", func() { l.delivered("shop", second) })
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
		mustSay(t, lines, "Source", "waiting", "Applied", "File", "needs a restart, or SET GLOBAL, for max_connections")
		l.fileHas("150")
		l.who(t, "Flux brought a commit", want{hop: start, culprit: bobRoe, confidence: blame.Proven, commit: second})
	})
	l.step("followed until it runs", func(t *testing.T) {
		l.kubectl("", "delete", "pod", "mysql-0", "--wait=false")
		code, lines := l.watch(t, "sts/mysql", func() {})
		if code != 0 {
			t.Errorf("exit code %d: %s", code, lines)
		}
		l.expect(t, chain{arrived: true})
	})
	l.step("suspended", func(t *testing.T) {
		l.kubectl("", "patch", kustomization+"shop", "--type=merge", "-p", `{"spec":{"suspend":true}}`)
		third = l.sets(annLee, 200, nil)
		l.reconcile(gitRepository)
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "waiting"}, blocked: "is suspended", finding: "UnsyncedObject"})
		code, lines := l.watch(t, "sts/mysql", func() {})
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
		mustSay(t, lines, "is suspended")
		l.who(t, "a commit that waits, Flux is suspended", want{hop: delivery, culprit: "kustomization/" + l.namespace + "/shop", confidence: blame.Proven, commit: third})

		l.edit("zoe", "configmap/mysql", "s/max_connections = 150/max_connections = 170/")
		l.fileHas("170")
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "behind", "Start": "behind", "Running": "behind"}, blocked: "is suspended", why: "edited in the cluster"})
		l.who(t, "edited while Flux is suspended", want{hop: start, culprit: "zoe", confidence: blame.Proven})
	})
	l.step("resumed", func(t *testing.T) {
		l.kubectl("", "patch", kustomization+"shop", "--type=merge", "-p", `{"spec":{"suspend":false}}`)
		l.delivered("shop", third)
		l.fileHas("200")
		if fields := l.kubectl("", "get", "configmap/mysql", "--show-managed-fields", "-o", "jsonpath={.metadata.managedFields[*].manager}"); fields != "kustomize-controller" {
			t.Errorf("managers of the ConfigMap: %s; want Flux alone", fields)
		}
		l.who(t, "Flux brought a commit over an edit", want{hop: start, culprit: annLee, confidence: blame.Proven, commit: third})
		l.sql("mysql-0", "SET GLOBAL max_connections = 200")
		l.expect(t, chain{arrived: true})
	})
	l.step("edited over Flux, and corrected", func(t *testing.T) {
		time.Sleep(2 * time.Second) // after the SET by clocks that keep whole seconds
		l.edit("zoe", "configmap/mysql", "s/max_connections = 200/max_connections = 180/")
		l.fileHas("180")
		l.expect(t, chain{states: map[string]string{"ConfigMap": "behind", "Start": "behind", "Running": "behind"}, blocked: "needs a restart, or SET GLOBAL", why: "edited in the cluster"})
		l.who(t, "edited over Flux, after somebody had set what was declared", want{hop: start, culprit: "zoe", confidence: blame.Proven})
		l.reconcile(kustomization + "shop")
		l.fileHas("200")
		l.expect(t, chain{arrived: true})
	})
	l.step("edited, restarted, and corrected", func(t *testing.T) {
		l.edit("zoe", "configmap/mysql", "s/max_connections = 200/max_connections = 185/")
		l.kubectl("", "delete", "pod", "mysql-0")
		l.kubectl("", "wait", "--for=condition=Ready", "--timeout=110s", "pod/mysql-0")
		time.Sleep(time.Second) // after the start by clocks that keep whole seconds
		l.reconcile(kustomization + "shop")
		l.fileHas("200")
		l.who(t, "edited, the server restarted with that, and Flux put Git's value back", want{hop: start, culprit: "zoe", confidence: blame.Likely})
		l.sql("mysql-0", "SET GLOBAL max_connections = 200")
	})
	l.step("pinned to an older commit", func(t *testing.T) {
		l.as("zoe", "", "patch", gitRepository, "--type=merge", "-p", `{"spec":{"ref":{"commit":"`+second+`"}}}`)
		l.kubectl("", "wait", kustomization+"shop", "--for=jsonpath={.status.lastAppliedRevision}=main@sha1:"+second, "--timeout=100s")
		l.fileHas("150")
		l.who(t, "somebody pinned the source to an older commit", want{hop: start, culprit: "zoe", confidence: blame.Likely})
		l.kubectl("", "patch", gitRepository, "--type=merge", "-p", `{"spec":{"ref":{"commit":null}}}`)
		l.delivered("shop", third)
	})
	for _, annotation := range []string{"reconcile=disabled", "ssa=Ignore"} {
		l.step("correction off by "+annotation, func(t *testing.T) {
			name, _, _ := strings.Cut(annotation, "=")
			l.kubectl("", "annotate", "configmap/mysql", "kustomize.toolkit.fluxcd.io/"+annotation)
			l.edit("zoe", "configmap/mysql", "s/max_connections = 200/max_connections = 190/")
			l.reconcile(kustomization + "shop")
			l.fileHas("190")
			l.expect(t, chain{states: map[string]string{"ConfigMap": "behind", "Start": "behind", "Running": "behind"}, blocked: uncorrected, why: "edited in the cluster"})
			l.kubectl("", "annotate", "configmap/mysql", "kustomize.toolkit.fluxcd.io/"+name+"-")
			l.reconcile(kustomization + "shop")
			l.fileHas("200")
		})
	}
	l.step("an annotation that Flux heeds in Git only", func(t *testing.T) {
		l.kubectl("", "annotate", "configmap/mysql", "kustomize.toolkit.fluxcd.io/ssa=IfNotPresent")
		l.edit("zoe", "configmap/mysql", "s/max_connections = 200/max_connections = 190/")
		l.fileHas("190")
		l.expect(t, chain{states: map[string]string{"ConfigMap": "behind", "Start": "behind", "Running": "behind"}, blocked: "needs a restart, or SET GLOBAL", why: "edited in the cluster"})
		l.reconcile(kustomization + "shop")
		l.fileHas("200")
		l.kubectl("", "annotate", "configmap/mysql", "kustomize.toolkit.fluxcd.io/ssa-")
	})
	l.step("a manifest that cannot be built", func(t *testing.T) {
		fourth := l.sets(bobRoe, 250, map[string]string{"shop/other.yaml": broken})
		l.reconcile(gitRepository)
		l.kubectl("", "wait", kustomization+"shop", "--for=condition=Ready=False", "--timeout=100s")
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "waiting"}, blocked: "fails: BuildFailed", finding: "UnsyncedObject"})
		l.who(t, "a commit that Flux cannot build", want{hop: delivery, culprit: "kustomization/" + l.namespace + "/shop", confidence: blame.Proven, commit: fourth})
		code, lines := l.watch(t, "sts/mysql", func() {})
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
		mustSay(t, lines, "BuildFailed")
		revert = l.repo.revert(caraDoe, fourth)
		l.delivered("shop", revert)
		l.expect(t, chain{arrived: true})
	})
	l.step("a path that is not there", func(t *testing.T) {
		l.kubectl("", "patch", kustomization+"shop", "--type=merge", "-p", `{"spec":{"path":"./gone"}}`)
		l.kubectl("", "wait", kustomization+"shop", "--for=condition=Ready=False", "--timeout=100s")
		l.expect(t, chain{states: map[string]string{"Applied": "behind"}, blocked: "path not found"})
		l.kubectl("", "patch", kustomization+"shop", "--type=merge", "-p", `{"spec":{"path":"./shop"}}`)
		l.kubectl("", "wait", kustomization+"shop", "--for=condition=Ready", "--timeout=100s")
	})
	l.step("a health check that fails", func(t *testing.T) {
		l.kubectl("", "patch", kustomization+"shop", "--type=merge", "-p", `{"spec":{"wait":true,"timeout":"5s"}}`)
		fifth := l.sets(bobRoe, 300, map[string]string{"shop/other.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: never}\nspec: {containers: [{name: never, image: nowhere.invalid/never, imagePullPolicy: Never}]}\n"})
		l.reconcile(gitRepository)
		l.kubectl("", "wait", kustomization+"shop", "--for=jsonpath={.status.conditions[?(@.type==\"Ready\")].reason}=HealthCheckFailed", "--timeout=100s")
		l.fileHas("300")
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "Start": "behind", "Running": "behind"}, blocked: "HealthCheckFailed"})
		l.who(t, "a commit that Flux applied, and whose health check fails", want{hop: start, culprit: bobRoe, confidence: blame.Proven, commit: fifth})
	})
	l.step("a repository that wants a login", func(t *testing.T) {
		secret := "s3cret-of-git"
		l.repo.password.Store(&secret)
		for name, password := range map[string]string{"git-login": secret, "git-wrong": "wrong-of-git"} {
			l.kubectl("", "create", "secret", "generic", name, "--from-literal=username=bot", "--from-literal=password="+password)
		}
		host := strings.TrimPrefix(strings.TrimSuffix(l.repo.url, "/conf.git"), "http://")
		for _, tt := range []struct {
			flags []string
			says  string // of Git's head; "" = it is read
		}{
			{nil, "it wants a login (401), and none was shown"},
			{[]string{"--git-secret", "git-login"}, "it wants a login (401), and none was shown"}, // the host is only a controller's word
			{[]string{"--git-secret", "git-login", "--git-trusted-host", host}, ""},
			{[]string{"--git-secret", l.namespace + "/git-login", "--git-repo", l.repo.url}, ""},
			{[]string{"--git-secret", "git-wrong", "--git-repo", l.repo.url}, "it refuses the login (401)"},
		} {
			r, _, text := l.trace("sts/mysql", tt.flags...)
			if h := r.Hops[0]; !strings.Contains(h.NotAvailable, tt.says) || (h.State == "ok") != (tt.says == "") || strings.Contains(text, "-of-git") {
				t.Errorf("%v:\n%s", tt.flags, text)
			}
		}
		l.repo.password.Store(nil)
	})
	l.step("history rewritten", func(t *testing.T) {
		l.repo.git("", "-C", l.repo.work, "tag", "kept")
		l.repo.git("", "-C", l.repo.work, "reset", "-q", "--soft", first)
		l.repo.git(annLee, "-C", l.repo.work, "commit", "-q", "-m", "All in one")
		l.repo.git("", "-C", l.repo.work, "push", "-q", "-f", "origin", "main")
		l.who(t, "Git's history was rewritten after the delivery", want{hop: start, confidence: blame.NotProven})
		l.repo.git("", "-C", l.repo.work, "reset", "-q", "--hard", "kept")
		l.repo.git("", "-C", l.repo.work, "push", "-q", "-f", "origin", "main")
	})
	l.step("a source that cannot be fetched", func(t *testing.T) {
		l.kubectl("", "patch", gitRepository, "--type=merge", "-p", `{"spec":{"ref":{"branch":"gone"}}}`)
		l.kubectl("", "wait", gitRepository, "--for=condition=Ready=False", "--timeout=100s")
		r, code, text := l.trace("sts/mysql", "--git-branch", "main")
		if code != 1 || !strings.Contains(r.Blocked, "GitOperationFailed") && !strings.Contains(r.Blocked, "HealthCheckFailed") {
			t.Errorf("exit code %d\n%s", code, text)
		}
		l.show(t, text)
	})
}

// A workload in Git with a generated ConfigMap: a commit replaces the pods by itself.
func TestLabFluxRollout(t *testing.T) {
	l := openFlux(t)
	commit := func(author, value string) string {
		files := map[string]string{"rolled/my.cnf": "[mysqld]\nmax_connections = " + value + "\n"}
		for _, name := range []string{"kustomization.yaml", "statefulset.yaml"} {
			text, err := os.ReadFile("testdata/rolled/" + name)
			if err != nil {
				t.Fatal(err)
			}
			files["rolled/"+name] = strings.ReplaceAll(string(text), "@MARIADB_IMAGE@", labtest.MariaDBImage)
		}
		return l.repo.commit(author, "Set max_connections to "+value, files)
	}
	first := commit(annLee, "100")
	l.apply("fluxsource.yaml")
	l.apply("fluxrolled.yaml")
	l.kubectl("", "wait", kustomization+"rolled", "--for=condition=Ready", "--timeout=110s")
	r, code, text := l.trace("sts/rolled")
	if code != 0 || r.Hops[0].Revision != first {
		t.Errorf("exit code %d\n%s", code, text)
	}
	second := commit(bobRoe, "150")
	code, lines := l.watch(t, "sts/rolled", func() { l.reconcile(gitRepository) })
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	mustSay(t, lines, "Source", "Applied", "Running")
	r, code, text = l.trace("sts/rolled")
	if code != 0 || r.Hops[0].Revision != second || r.Hops[4].Revision != second {
		t.Errorf("exit code %d\n%s", code, text)
	}
	l.show(t, text)
	got := l.blame("rolled-0", []string{"max_connections"})["max_connections"]
	if got.Verdict.Class != "" || got.Verdict.Culprit != "" {
		t.Errorf("%+v", got.Verdict)
	}
}
