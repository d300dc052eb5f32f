package terminal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// What must be seen nowhere: a word each, so that it is known which came through.
const (
	rootPassword = "hushRootPassword"
	filePassword = "hushFilePassword"
	ownPassword  = "hushOwnPassword"
	gitToken     = "hushGitToken"
	jenkinsToken = "hushJenkinsToken"
	kubeToken    = "hushKubeToken"
)

// keeper stands in for an API server with a pod whose root password and one option
// file come from Secrets, and counts how often a Secret was read.
func keeper(t *testing.T) (url string, read *atomic.Int32) {
	t.Helper()
	secret := func(name, key, value string) string {
		return fmt.Sprintf(`{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": %q, "namespace": "shop"}, "data": {%q: %q}}`, name, key, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	const pod = `{"metadata": {"name": "mysql-0", "namespace": "shop"}, "spec": {"containers": [{"name": "mysql", "image": "mysql:9.7", "ports": [{"containerPort": 1}],
		"env": [{"name": "MYSQL_ROOT_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "root", "key": "password"}}}],
		"volumeMounts": [{"name": "c", "mountPath": "/etc/mysql/conf.d"}]}], "volumes": [{"name": "c", "secret": {"secretName": "conf"}}]},
		"status": {"phase": "Running", "podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "True"}],
		"containerStatuses": [{"name": "mysql", "ready": true, "started": true, "state": {"running": {}}, "image": "mysql:9.7", "imageID": "x", "restartCount": 0, "lastState": {}}]}}`
	answers := map[string]string{
		"/version":                     `{"major": "1", "minor": "36", "gitVersion": "v1.36.3"}`,
		"/api/v1/namespaces/shop":      `{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}}`,
		"/api/v1/namespaces/shop/pods": `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [` + pod + `]}`,
		"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": `{"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": {}, "status": {"allowed": true}}`,
		"/api/v1/namespaces/shop/secrets/root":                   secret("root", "password", rootPassword),
		"/api/v1/namespaces/shop/secrets/conf":                   secret("conf", "my.cnf", "[mysqld]\nmax_connections = 500\nloose-authentication_ldap_simple_bind_root_pwd = "+filePassword+"\n"),
	}
	read = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, "/secrets/") {
			read.Add(1)
		}
		if text, ok := answers[r.URL.Path]; ok {
			fmt.Fprint(w, text)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}`)
	}))
	t.Cleanup(server.Close)
	return server.URL, read
}

// Every verb that reads a cluster, said everything: no password, no token and no
// content of a Secret is in what it writes, plain or as Kubernetes and HTTP encode it.
func TestSecretsAtNoLevel(t *testing.T) {
	dir := t.TempDir()
	url, read := keeper(t)
	env := append(kubeconfig(t, dir, url), "MYSQLDRIFT_GIT_TOKEN="+gitToken, "JENKINS_USER=ann", "JENKINS_TOKEN="+jenkinsToken)
	remote := []string{"--git-repo", url + "/shop.git", "--jenkins-url", url}
	for _, verb := range [][]string{
		{"status"}, {"diff"}, {"diff", "--declared", "--git-repo", url + "/shop.git"}, append([]string{"blame", "max_connections"}, remote...), append([]string{"trace"}, remote...),
		{"config", "--confirm"}, {"snapshot", "mysql-0"}, {"fix"}, append([]string{"check"}, remote...), {"status", "--user", "ann"},
	} {
		for _, more := range [][]string{nil, {"-o", "json"}} {
			if verb[0] == "snapshot" && more != nil {
				continue
			}
			args := append(append(verb[:len(verb):len(verb)], "-v=9", "--via", "direct", "--token", kubeToken), more...)
			if verb[0] == "config" {
				args = append(append(verb[:len(verb):len(verb)], "-v=9", "--token", kubeToken), more...)
			}
			ours := env
			if verb[len(verb)-1] == "ann" {
				ours = append(env[:len(env):len(env)], "MYSQLDRIFT_PASSWORD="+ownPassword)
			}
			before := read.Load()
			got := pipe(dir, ours, args...)
			if got.code == 2 || !strings.Contains(got.err, "GET") {
				t.Errorf("%v did not run: exit code %d\n%s%s", args, got.code, got.out, got.err)
			}
			if read.Load() == before {
				t.Errorf("%v read no Secret: nothing is proved\n%s", args, got.out+got.err)
			}
			if word := leak(got.out + got.err); word != "" {
				t.Errorf("%v wrote %s:\n%s%s", args, word, got.out, got.err)
			}
		}
	}
}

// leak is the first secret that a text holds.
func leak(text string) string {
	for _, word := range []string{rootPassword, filePassword, ownPassword, gitToken, jenkinsToken, kubeToken} {
		quoted, _ := json.Marshal(word)
		for _, form := range []string{word, string(quoted), base64.StdEncoding.EncodeToString([]byte(word)), base64.StdEncoding.EncodeToString([]byte("ann:" + word))} {
			if strings.Contains(text, form) {
				return word
			}
		}
	}
	return ""
}

// The control: a text that holds one is found.
func TestLeak(t *testing.T) {
	for _, text := range []string{"x " + gitToken, "Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+jenkinsToken)), base64.StdEncoding.EncodeToString([]byte(rootPassword))} {
		if leak(text) == "" {
			t.Errorf("not found in %q", text)
		}
	}
	if word := leak("hush"); word != "" {
		t.Errorf("found %s in nothing", word)
	}
}
