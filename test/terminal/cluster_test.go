package terminal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// api stands in for an API server that holds one pod, which waits for its node,
// and warns at each answer. It answers slowly when asked for the pod's ConfigMap.
// More pods use none.
func api(t *testing.T, pod string, slow time.Duration, more ...string) string {
	t.Helper()
	items := fmt.Sprintf(`{"metadata": {"name": %q, "namespace": "shop", "labels": {"app": "mysql"}},
		"spec": {"containers": [{"name": "mysql", "image": "mysql:9.7", "volumeMounts": [{"name": "c", "mountPath": "/etc/mysql/conf.d"}]}],
		"volumes": [{"name": "c", "configMap": {"name": "mysql"}}]}, "status": {"phase": "Pending"}}`, pod)
	for _, name := range more {
		items += fmt.Sprintf(`, {"metadata": {"name": %q, "namespace": "shop"}, "spec": {"containers": [{"name": "mysql", "image": "mysql:9.7"}]}, "status": {"phase": "Pending"}}`, name)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Add("Warning", `299 - "pods of this kind are old"`)
		if r.URL.Path == "/api/v1/namespaces/shop/pods" && !strings.Contains(r.URL.RawQuery, "none") {
			fmt.Fprintf(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [%s]}`, items)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/pods") { // of another namespace
			fmt.Fprint(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []}`)
			return
		}
		if r.URL.Path == "/api/v1/namespaces/shop" || r.URL.Path == "/api/v1/namespaces/empty" {
			fmt.Fprint(w, `{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "x"}}`)
			return
		}
		time.Sleep(slow)
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// kubeconfig names a context for each server, the first is the current one.
func kubeconfig(t *testing.T, dir string, servers ...string) []string {
	t.Helper()
	type m = map[string]any
	var clusters, contexts []m
	for i, url := range servers {
		name := string(rune('a' + i))
		clusters = append(clusters, m{"name": name, "cluster": m{"server": url}})
		contexts = append(contexts, m{"name": name, "context": m{"cluster": name, "user": "u", "namespace": "shop"}})
	}
	data, err := json.Marshal(m{"apiVersion": "v1", "kind": "Config", "current-context": "a", "clusters": clusters, "contexts": contexts,
		"users": []m{{"name": "u", "user": m{"token": "t"}}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"KUBECONFIG=" + path}
}

// Two clusters in one table, a third that nobody answers for beside them.
func TestContexts(t *testing.T) {
	dir := t.TempDir()
	env := kubeconfig(t, dir, api(t, "mysql-a", 0), api(t, "mysql-b", 0), "http://127.0.0.1:1")
	got := pipe(dir, env, "status", "--contexts", "a,b,c,a")
	if got.code != 3 {
		t.Errorf("exit code %d", got.code)
	}
	var rows []string
	for line := range strings.Lines(got.out) {
		if f := strings.Fields(line); len(f) > 3 && strings.HasPrefix(f[3], "mysql-") {
			rows = append(rows, f[0]+" "+f[1]+" "+f[3])
		}
	}
	if strings.Join(rows, ", ") != "a shop mysql-a, b shop mysql-b" || !strings.HasPrefix(got.out, "CONTEXT ") {
		t.Errorf("rows %q\n%s", rows, got.out)
	}
	if !strings.Contains(got.err, "error: context/c") || !strings.Contains(got.err, "error: a/shop/pod/mysql-a") {
		t.Errorf("stderr %s", got.err)
	}
	if n := strings.Count(got.err, "Warning: pods of this kind are old"); n != 1 {
		t.Errorf("%d warnings", n)
	}
	got = pipe(dir, env, "status", "--contexts", "a,b,c", "-o", "jsonpath={.items[*].instance.context} {.summary.instances} {.summary.incomplete}")
	if got.out != "a b 2 true" {
		t.Errorf("as JSON: %q", got.out)
	}
	// A name that is in no kubeconfig does not hide the others either.
	got = pipe(dir, env, "diff", "--contexts", "b,nowhere", "-o", "name")
	if got.code != 3 || got.out != "pod/mysql-b\n" || !strings.Contains(got.err, "context/nowhere") {
		t.Errorf("exit code %d, %q, %q", got.code, got.out, got.err)
	}
}

// A long scan says on a terminal how far it is, and leaves nothing of that; in a
// pipe it says nothing.
func TestProgress(t *testing.T) {
	dir := t.TempDir()
	env := kubeconfig(t, dir, api(t, "mysql-a", 4*time.Second))
	const line = "0 of 1 servers read, 0.0 a second, slowest mysql-a ("
	seen := terminal(t, dir, env, "status")
	if !strings.Contains(seen.out, line) {
		t.Errorf("on a terminal: %q", seen.out)
	}
	if i := strings.LastIndex(seen.out, "slowest"); i < 0 || !strings.Contains(seen.out[i:], "\r"+strings.Repeat(" ", 99)+"\r") {
		t.Errorf("the line stays: %q", seen.out)
	}
	if got := pipe(dir, env, "status"); strings.Contains(got.out+got.err, "servers read") {
		t.Errorf("in a pipe: %q %q", got.out, got.err)
	}
	if got := terminal(t, dir, append(env, "TERM=dumb"), "status"); strings.Contains(got.out, "servers read") {
		t.Errorf("on a terminal that cannot write over what it shows: %q", got.out)
	}
}

// A screen is drawn anew where the terminal can do that, with colours or without.
func TestWatchRedraws(t *testing.T) {
	dir := t.TempDir()
	env := kubeconfig(t, dir, api(t, "mysql-a", 0))
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no script(1) here: apt-get install bsdutils")
	}
	line := "timeout --foreground -s INT 5 '" + plugin + "' status --watch --interval 1s"
	for term, want := range map[string]bool{"TERM=xterm": true, "TERM=dumb": false} {
		got := command(dir, append(env, term, "NO_COLOR=1"), "script", "-qec", line, "/dev/null")
		if strings.Contains(got.out, "\x1b[H") != want || !strings.Contains(got.out, "mysql-a") {
			t.Errorf("%s: %q", term, got.out)
		}
	}
}

// On a terminal the rows that are there do not wait for a server that does not answer;
// its own comes below them. A pipe gets all in their order.
func TestRowsDoNotWait(t *testing.T) {
	dir := t.TempDir()
	env := append(kubeconfig(t, dir, api(t, "mysql-a", 4*time.Second, "mysql-b")), "NO_COLOR=1")
	seen := terminal(t, dir, env, "status").out
	a, b, meter := strings.Index(seen, "pod/mysql-a "), strings.Index(seen, "pod/mysql-b "), strings.LastIndex(seen, "1 of 2 servers read")
	if strings.Count(seen, "NAMESPACE") != 1 || strings.Count(seen, "pod/mysql-b ") != 1 || b < 0 || meter < b || a < meter {
		t.Errorf("on a terminal, a at %d, b at %d, the meter at %d: %q", a, b, meter, seen)
	}
	got := pipe(dir, env, "status").out
	if a, b := strings.Index(got, "pod/mysql-a "), strings.Index(got, "pod/mysql-b "); a < 0 || b < a {
		t.Errorf("in a pipe: %q", got)
	}
}

// formats are what -o takes, with the words that each verb's list has in it.
var formats = []string{"json", "yaml", "kyaml", "name", "wide", "jsonpath={.kind}", "jsonpath-as-json={.kind}", "go-template={{.kind}}", "custom-columns=POD:.instance.pod,OBJECT:.object"}

// Every verb that reads a cluster prints in every format, also what could not be
// read whole, and none of that changes its exit code.
func TestFormats(t *testing.T) {
	dir := t.TempDir()
	env := kubeconfig(t, dir, api(t, "mysql-a", 0))
	for _, c := range []struct {
		verb       []string
		kind, name string
		code       int
	}{
		{[]string{"status"}, "DriftReportList", "pod/mysql-a", 3},
		{[]string{"diff"}, "DriftReportList", "pod/mysql-a", 3},
		{[]string{"blame", "-", "max_connections"}, "BlameReportList", "", 3}, // no server, no chain
		{[]string{"trace"}, "TraceReportList", "pod/mysql-a", 3},
		{[]string{"config"}, "ConfigReportList", "pod/mysql-a", 0},
		{[]string{"check"}, "CheckReport", "", 3},
		{[]string{"fix"}, "FixPlan", "", 3}, // no server, no step
		{[]string{"rbac"}, "", "role.rbac.authorization.k8s.io/mysqldrift", 0},
	} {
		for _, format := range formats {
			if format == "wide" && c.verb[0] == "rbac" {
				continue
			}
			got := pipe(dir, env, append(c.verb, "-o", format)...)
			want := c.kind
			switch format, _, _ := strings.Cut(format, "="); format {
			case "name":
				want = c.name
			case "wide":
				want = ""
			case "custom-columns":
				want = "POD"
			}
			if got.code != c.code || !strings.Contains(got.out, want) {
				t.Errorf("%v -o %s: exit code %d, %q, %q", c.verb, format, got.code, got.out, got.err)
			}
		}
		for _, wrong := range []string{"xml", "jsonpath={", "custom-columns", "go-template={{"} {
			if got := pipe(dir, env, append(c.verb, "-o", wrong)...); got.code != 2 || got.out != "" {
				t.Errorf("%v -o %s: exit code %d, %q", c.verb, wrong, got.code, got.out)
			}
		}
	}
	got := pipe(dir, env, "status", "--no-headers", "--show-labels", "--sort-by", "{.instance.pod}", "--chunk-size", "1", "--field-selector", "spec.nodeName=x")
	if strings.Contains(got.out, "NAMESPACE") || !strings.Contains(got.out, "app=mysql") {
		t.Errorf("%q", got.out)
	}
}

// What is not found by one way is not found by the other: check says it once.
func TestCheckSaysOnce(t *testing.T) {
	dir := t.TempDir()
	url, _ := keeper(t)
	got := pipe(dir, kubeconfig(t, dir, url), "check", "sts/none")
	if n := strings.Count(got.out, "find servers: no MySQL or MariaDB server"); n != 1 || got.code != 1 {
		t.Errorf("%d times, exit code %d\n%s%s", n, got.code, got.out, got.err)
	}
}
