//go:build lab

package fix

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

func kubectlRun(t *testing.T, stdin *strings.Reader, args ...string) (string, error) {
	t.Helper()
	cmd := lab.Command(t.Context(), labtest.Kubeconfig, t.TempDir(), "kubectl", append([]string{"-n", namespace}, args...)...)
	if stdin != nil {
		cmd.Stdin = stdin
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// account applies what `rbac` prints for a new ServiceAccount and makes a
// kubeconfig of its token. Without keep, a rule is left out.
func account(t *testing.T, name string, keep func(rbacv1.PolicyRule) bool, args ...string) string {
	t.Helper()
	printed := plugin(t, nil, append([]string{"rbac", "--name", name, "--serviceaccount", name}, args...)...).want(t, 0)
	if out, err := kubectlRun(t, strings.NewReader(printed.out), "apply", "-f", "-"); err != nil {
		t.Fatalf("kubectl apply: %v\n%s\n%s", err, out, printed.out)
	}
	roles := client.RbacV1().Roles(namespace)
	role, err := roles.Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if keep != nil {
		all := len(role.Rules)
		role.Rules = slices.DeleteFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return !keep(r) })
		if len(role.Rules) != all-1 {
			t.Fatalf("%d of %d rules are left", len(role.Rules), all)
		}
		if role, err = roles.Update(t.Context(), role, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	token, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(t.Context(), name, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	inForce(t, token.Status.Token, role.Rules)
	config := clientcmdapi.NewConfig()
	config.Clusters["lab"] = &clientcmdapi.Cluster{Server: lab.Admin.Host, CertificateAuthorityData: lab.Admin.CAData, CertificateAuthority: lab.Admin.CAFile}
	config.AuthInfos["sa"] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	config.Contexts["sa"] = &clientcmdapi.Context{Cluster: "lab", AuthInfo: "sa", Namespace: namespace}
	config.CurrentContext = "sa"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// inForce waits until the authorizer has learned of the Role.
func inForce(t *testing.T, token string, rules []rbacv1.PolicyRule) {
	t.Helper()
	c := rest.AnonymousClientConfig(lab.Admin)
	c.BearerToken = token
	user := kubernetes.NewForConfigOrDie(c)
	for _, rule := range rules {
		resource, sub, _ := strings.Cut(rule.Resources[0], "/")
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: rule.Verbs[0], Group: rule.APIGroups[0], Resource: resource, Subresource: sub}}}
		if len(rule.ResourceNames) > 0 {
			review.Spec.ResourceAttributes.Name = rule.ResourceNames[0]
		}
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			got, err := user.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), review, metav1.CreateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Status.Allowed {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("not in force: %+v", rule)
			}
		}
	}
}

// What `rbac` prints is enough for every verb, by every way, and not a rule more
// than is needed: without one of those that are called needed, the verb fails.
func TestRightsSuffice(t *testing.T) {
	verbs := [][]string{{"status"}, {"diff"}, {"blame", "pod/mysql-0", "port", "--no-git"}, {"config"}, {"snapshot", "pod/mysql-0"}, {"check"}, {"fix"}, {"trace", "sts/mysql", "--no-git"}}
	for _, via := range []string{"auto", "port-forward", "exec"} {
		config := account(t, "all-"+via, nil, "--via", via, "--secrets", "root")
		for _, args := range verbs {
			name := args[0]
			if name != "config" {
				args = append(slices.Clone(args), "--via", via)
			}
			r := plugin(t, []string{"KUBECONFIG=" + config}, args...)
			if r.code != 0 && r.code != 1 || strings.Contains(r.err, "may not") {
				t.Errorf("%s by %s: exit code %d\n%s\n%s", name, via, r.code, r.out, r.err)
			}
		}
	}
}

// One verb's rights do for that verb, and no longer if one of them is taken away.
func TestNoRuleTooMany(t *testing.T) {
	args := []string{"--verb", "status", "--via", "port-forward", "--secrets", "root"}
	status := []string{"status", "--via", "port-forward"}
	config := account(t, "status", nil, args...)
	plugin(t, []string{"KUBECONFIG=" + config}, status...).want(t, 1)
	for _, resource := range []string{"pods", "configmaps", "secrets", "pods/portforward"} {
		config := account(t, "without-"+strings.ReplaceAll(resource, "/", "-"), func(r rbacv1.PolicyRule) bool { return r.Resources[0] != resource }, args...)
		r := plugin(t, []string{"KUBECONFIG=" + config}, status...)
		if r.code < 2 {
			t.Errorf("without %s: exit code %d\n%s\n%s", resource, r.code, r.out, r.err)
		}
		// check says so before.
		if resource != "secrets" {
			plugin(t, []string{"KUBECONFIG=" + config}, "check", "--verb", "status", "--via", "port-forward").want(t, 1, "✗", resource, "rbac --verb status --via port-forward")
		}
	}
}

// The GRANT statements are enough for reading and, with --apply, for setting.
func TestGrantsSuffice(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			version := sql(t, f.pod(), "SELECT VERSION()")
			for _, apply := range []bool{false, true} {
				args := []string{"rbac", "-o", "sql", "--server-version", version}
				if apply {
					args = append(args, "--apply")
				}
				grants := plugin(t, nil, args...).want(t, 0).out
				sql(t, f.pod(), "DROP USER IF EXISTS 'mysqldrift'@'%'; CREATE USER 'mysqldrift'@'%' IDENTIFIED BY 'Small-1'; "+grants)
				as := []string{"MYSQLDRIFT_PASSWORD=Small-1"}
				sql(t, f.pod(), "SET GLOBAL max_connections = 98")
				plugin(t, as, "check", "sts/"+f.name, "--user", "mysqldrift", "--verb", "status,diff,blame").want(t, 0)
				if r := plugin(t, as, "diff", "sts/"+f.name, "max_connections", "--user", "mysqldrift").want(t, 1); strings.Contains(r.err, "GRANT") {
					t.Error(r.err)
				}
				fix := []string{"fix", "sts/" + f.name, "max_connections", "--user", "mysqldrift", "--apply", "--yes"}
				check := []string{"check", "sts/" + f.name, "--user", "mysqldrift", "--verb", "fix", "--apply"}
				if !apply {
					plugin(t, as, fix...).want(t, 1, "✗ 1. failed", "denied")
					plugin(t, as, check...).want(t, 1, "fix: in the server: GRANT")
					continue
				}
				plugin(t, as, check...).want(t, 0)
				plugin(t, as, fix...).want(t, 0, "✔ 1. done")
			}
		})
	}
}

// What check says to users of the lab who may do less and less.
func TestCheck(t *testing.T) {
	for user, tc := range map[string]struct {
		code  int
		words []string
	}{
		"reader":    {1, []string{"✗ get, create pods/portforward", "✗ get, create pods/exec", "not tried: the right is missing", `rbac --kube-user reader | kubectl apply -f -`}},
		"forwarder": {0, []string{"✔ get, create pods/portforward", "! get, create pods/exec", "/mysql-0 by port-forward: MySQL"}},
		"execer":    {0, []string{"✔ get, create pods/exec", "! get, create pods/portforward", "/mysql-0 by exec: MySQL"}},
		"nosecrets": {0, []string{"! get secrets", "/mysql-0 by exec: MySQL"}},
		"nobody":    {1, []string{"✗ list pods", "not looked for: pods may not be listed"}},
	} {
		path := filepath.Join(filepath.Dir(labtest.Kubeconfig), "kubeconfig-"+user)
		r := plugin(t, []string{"KUBECONFIG=" + path}, "check").want(t, tc.code, tc.words...)
		if strings.Contains(r.out, rootPassword) {
			t.Error("a password is shown")
		}
	}
	plugin(t, nil, "check", "-o", "jsonpath={.summary.failed}").want(t, 0, "0")
	plugin(t, nil, "check", "-A", "-l", "app=mysql", "--field-selector", "metadata.namespace="+namespace, "--verb", "snapshot").want(t, 0, "Rights in all namespaces")
	// By each way as itself, with a wrong password: the server is told apart.
	plugin(t, []string{"MYSQLDRIFT_PASSWORD=wrong"}, "check", "sts/mysql", "--user", "root").want(t, 1, "✗", "fix: name a working account")
	// Nobody answers: nothing can be said.
	plugin(t, []string{"KUBECONFIG=/dev/null"}, "check", "--server", "https://127.0.0.1:1").want(t, 3, "? API server")
	// What is configured beside the cluster is tried too.
	plugin(t, nil, "check", "--git-repo", t.TempDir(), "--jenkins-url", "http://127.0.0.1:1", "--verb", "blame").want(t, 1, "✗ Git repository", "✗ Jenkins", "fix: see --jenkins-url")
}
