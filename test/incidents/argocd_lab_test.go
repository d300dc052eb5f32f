//go:build lab

package incidents

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/blame"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// argoLab is a namespace that Argo CD's own controller delivers to.
type argoLab struct{ *deliveredLab }

func openArgoCD(t *testing.T) argoLab {
	t.Helper()
	l := argoLab{openDelivered(t, "Argo CD", "argocd", "argocd-redis", "argocd-repo-server", "argocd-application-controller")}
	l.objects = []string{"-n argocd application/" + l.namespace}
	t.Cleanup(func() { l.kubectl("", "delete", "-n", "argocd", "application", l.namespace, "--timeout=60s") })
	return l
}

// application runs a verb of kubectl on the Application.
func (l argoLab) application(verb string, flags ...string) string {
	l.t.Helper()
	return l.kubectl("", append([]string{verb, "-n", "argocd", "application/" + l.namespace}, flags...)...)
}

func (l argoLab) patch(patch string) {
	l.t.Helper()
	l.application("patch", "--type=merge", "-p", patch)
}

// waitFor waits until the Application says something of itself.
func (l argoLab) waitFor(path, value string) {
	l.t.Helper()
	l.application("wait", fmt.Sprintf("--for=jsonpath={%s}=%s", path, value), "--timeout=100s")
}

// refresh has Argo CD look at Git and at the cluster, and waits until it has.
func (l argoLab) refresh() {
	l.t.Helper()
	l.application("annotate", "argocd.argoproj.io/refresh=hard", "--overwrite")
	for deadline := time.Now().Add(100 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if l.application("get", "-o", `jsonpath={.metadata.annotations.argocd\.argoproj\.io/refresh}`) == "" {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatal("Argo CD does not look")
		}
	}
}

// sync is what `argocd app sync` writes for a user who is logged in.
func (l argoLab) sync(user, hash string) {
	l.t.Helper()
	l.patch(fmt.Sprintf(`{"operation":{"initiatedBy":{"username":%q},"sync":{"revision":%q}}}`, user, hash))
	l.waitFor(".status.operationState.syncResult.revision", hash)
	l.waitFor(".status.operationState.phase", "Succeeded")
	l.refresh()
}

// One configuration on its way, by Argo CD's own programs.
func TestLabArgoCDIncidents(t *testing.T) {
	l := openArgoCD(t)
	if testing.Verbose() {
		defer func() { printTable(os.Stdout, "Done in the lab: by real Argo CD, with a real Git server", l.rows) }()
	}
	l.person("zoe")
	first := l.sets(annLee, 100, nil)
	text, err := os.ReadFile("testdata/argocd.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manifest := strings.NewReplacer("@PASSWORD@", password, "@MYSQL_IMAGE@", labtest.MySQLImage, "@URL@", l.repo.url, "@NAMESPACE@", l.namespace).Replace(string(text))
	for _, object := range strings.Split(manifest, "\n---\n") {
		namespace := l.namespace
		if strings.Contains(object, "kind: Application") {
			namespace = "argocd"
		}
		l.kubectl(object, "apply", "-n", namespace, "-f", "-")
	}
	l.waitFor(".status.sync.status", "OutOfSync")
	l.sync("ops@example.com", first)
	l.kubectl("", "wait", "--for=condition=Ready", "--timeout=110s", "pod/mysql-0")
	app := "application/argocd/" + l.namespace
	var second, third string

	l.step("in step", func(t *testing.T) {
		r := l.expect(t, chain{arrived: true})
		for i, want := range []string{first, first, first, first, first} {
			if i < len(r.Hops) && r.Hops[i].Revision != want {
				t.Errorf("%s: revision %s, want %s", r.Hops[i].Hop, r.Hops[i].Revision, want)
			}
		}
	})
	l.step("a commit that nobody has synced", func(t *testing.T) {
		second = l.sets(bobRoe, 150, nil)
		l.refresh()
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "waiting"}, blocked: "is synced by hand only", finding: "UnsyncedObject"})
		l.who(t, "a commit that nobody has synced", want{hop: delivery, culprit: app, confidence: blame.Proven, commit: second})
	})
	l.step("synced, needs a restart", func(t *testing.T) {
		l.sync("ops@example.com", second)
		l.fileHas("150")
		l.who(t, "Argo CD brought a commit", want{hop: start, culprit: bobRoe, confidence: blame.Proven, commit: second})
		l.sql("mysql-0", "SET GLOBAL max_connections = 150")
		l.expect(t, chain{arrived: true})
	})
	l.step("edited over Argo CD, and not corrected", func(t *testing.T) {
		time.Sleep(2 * time.Second) // after the SET by clocks that keep whole seconds
		l.edit("zoe", "configmap/mysql", "s/max_connections = 150/max_connections = 170/")
		l.fileHas("170")
		l.refresh()
		l.expect(t, chain{states: map[string]string{"ConfigMap": "behind", "Start": "behind", "Running": "behind"}, why: "edited in the cluster", blocked: "nothing brings configmap/mysql:my.cnf back"})
		l.who(t, "edited over Argo CD", want{hop: start, culprit: "zoe", confidence: blame.Proven})
	})
	l.step("self-healed", func(t *testing.T) {
		l.patch(`{"spec":{"syncPolicy":{"automated":{"selfHeal":true}}}}`)
		l.waitFor(".status.sync.status", "Synced")
		l.fileHas("150")
		l.expect(t, chain{arrived: true})
	})
	l.step("synced by itself", func(t *testing.T) {
		third = l.sets(caraDoe, 200, nil)
		l.refresh()
		l.waitFor(".status.operationState.syncResult.revision", third)
		l.waitFor(".status.sync.status", "Synced")
		l.fileHas("200")
		l.who(t, "Argo CD brought a commit by itself", want{hop: start, culprit: caraDoe, confidence: blame.Proven, commit: third})
		l.sql("mysql-0", "SET GLOBAL max_connections = 200")
		l.expect(t, chain{arrived: true})
	})
	l.step("automated sync turned off again", func(t *testing.T) {
		l.patch(`{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}`)
		fourth := l.sets(bobRoe, 210, nil)
		l.refresh()
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "waiting"}, blocked: "is synced by hand only", finding: "UnsyncedObject"})
		l.who(t, "a commit that waits, automated sync is off", want{hop: delivery, culprit: app, confidence: blame.Proven, commit: fourth})
		l.repo.revert(bobRoe, fourth)
		l.refresh()
	})
	l.step("a manifest that cannot be read", func(t *testing.T) {
		fifth := l.sets(bobRoe, 250, map[string]string{"shop/other.yaml": broken})
		l.refresh()
		l.expect(t, chain{states: map[string]string{"Applied": "behind", "ConfigMap": "waiting"}, blocked: "ComparisonError", finding: "UnsyncedObject"})
		l.who(t, "a commit that Argo CD cannot read", want{hop: delivery, culprit: app, confidence: blame.Proven, commit: fifth})
	})
}
