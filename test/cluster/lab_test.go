//go:build lab

package cluster

import (
	"context"
	"strings"
	"testing"
	"time"

	authv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

// rootPassword is awkward on purpose: a quote, a comment sign, a dollar.
const rootPassword = `geh"eim#$x;1`

// Of the lab, for short.
var (
	lab       *labtest.Lab
	admin     *rest.Config
	client    kubernetes.Interface
	namespace string
)

func TestMain(m *testing.M) { labtest.Main(m, setUp) }

// setUp starts a MySQL and a MariaDB server that all tests share.
func setUp(ctx context.Context, l *labtest.Lab) error {
	if err := l.MakeNamespace(ctx, "reach"); err != nil {
		return err
	}
	lab, admin, client, namespace = l, l.Admin, l.Client, l.Namespace
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "root"}, StringData: map[string]string{"password": rootPassword}}
	if _, err := client.CoreV1().Secrets(namespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
		return err
	}
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "config"}, Data: map[string]string{"my.cnf": "[mysqld]\nmax_connections = 123\ninnodb_buffer_pool_size = 16M\ntable_open_cache = 64\n"}}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, config, metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, pod := range []*corev1.Pod{mysqlPod("mysql"), mariadbPod("mariadb")} {
		if err := start(ctx, pod); err != nil {
			return err
		}
	}
	for _, name := range []string{"mysql", "mariadb"} {
		if err := ready(ctx, name); err != nil {
			return err
		}
	}
	// Debian's MariaDB leaves accounts that shadow root@'%' for the tunnel.
	return sqlIn(ctx, "mariadb", "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'")
}

// sqlIn runs SQL as root in a pod.
func sqlIn(ctx context.Context, pod, statements string) error {
	_, err := lab.SQL(ctx, pod, statements)
	return err
}

func serverPod(name, image, passwordVariable string) *corev1.Pod {
	shared := true
	grace := int64(1)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			// So that a signal reaches the server: process 1 of a namespace gets none.
			ShareProcessNamespace: &shared, TerminationGracePeriodSeconds: &grace,
			Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "config"}}}}},
			Containers: []corev1.Container{{
				Name: "db", Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
				Env: []corev1.EnvVar{{Name: passwordVariable, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
					LocalObjectReference: corev1.LocalObjectReference{Name: "root"}, Key: "password"}}}},
				Ports:          []corev1.ContainerPort{{ContainerPort: 3306}},
				ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(3306)}}, PeriodSeconds: 1},
				VolumeMounts:   []corev1.VolumeMount{{Name: "config", MountPath: "/etc/mysql/conf.d"}},
			}},
		},
	}
}

func mysqlPod(name string) *corev1.Pod {
	return serverPod(name, labtest.MySQLImage, "MYSQL_ROOT_PASSWORD")
}

func mariadbPod(name string) *corev1.Pod {
	return serverPod(name, labtest.MariaDBImage, "MARIADB_ROOT_PASSWORD")
}

func start(ctx context.Context, pod *corev1.Pod) error {
	_, err := client.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{})
	return err
}

func ready(ctx context.Context, name string) error { return lab.Ready(ctx, name) }

// ownPod starts a pod that one test may break.
func ownPod(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	if err := start(ctx, pod); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		now := int64(0)
		client.CoreV1().Pods(namespace).Delete(context.Background(), pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	})
	if err := ready(ctx, pod.Name); err != nil {
		t.Fatal(err)
	}
}

// as is a user who may do only what the rules say, in the tests' namespace.
func as(t *testing.T, rules ...rbacv1.PolicyRule) *rest.Config {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-", " ", "-", ",", "").Replace(t.Name()))
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
	if _, err := client.RbacV1().Roles(namespace).Create(context.Background(), role, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	binding := &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: name},
		Subjects: []rbacv1.Subject{{Kind: "User", APIGroup: "rbac.authorization.k8s.io", Name: name}}}
	if _, err := client.RbacV1().RoleBindings(namespace).Create(context.Background(), binding, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	c := rest.CopyConfig(admin)
	c.Impersonate.UserName = name
	// The authorizer learns of a Role a moment later.
	user := kubernetes.NewForConfigOrDie(c)
	for _, rule := range rules {
		resource, sub, _ := strings.Cut(rule.Resources[0], "/")
		review := &authv1.SelfSubjectAccessReview{Spec: authv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authv1.ResourceAttributes{
			Namespace: namespace, Verb: rule.Verbs[len(rule.Verbs)-1], Resource: resource, Subresource: sub}}}
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			got, err := user.AuthorizationV1().SelfSubjectAccessReviews().Create(context.Background(), review, metav1.CreateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Status.Allowed {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the role is not in force: %+v", rule)
			}
		}
	}
	return c
}

func may(resource string, verbs ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{resource}, Verbs: verbs}
}

var (
	mayList    = []rbacv1.PolicyRule{may("pods", "get", "list"), may("configmaps", "get", "list")}
	maySecrets = may("secrets", "get")
	mayForward = may("pods/portforward", "get", "create")
	mayExec    = may("pods/exec", "get", "create")
)

func with(base []rbacv1.PolicyRule, more ...rbacv1.PolicyRule) []rbacv1.PolicyRule {
	return append(append([]rbacv1.PolicyRule(nil), base...), more...)
}

// look scans pods by name.
func look(t *testing.T, config *rest.Config, names []string, change ...func(*scan.Config)) *v1.DriftReportList {
	t.Helper()
	return scan.Run(context.Background(), scanConfig(t, config, names, change...))
}

func scanConfig(t *testing.T, config *rest.Config, names []string, change ...func(*scan.Config)) scan.Config {
	t.Helper()
	live, err := cluster.NewLive(config, cluster.LiveOptions{ChunkSize: 500})
	if err != nil {
		t.Fatal(err)
	}
	connector, err := cluster.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	cfg := scan.Config{Objects: live, Connector: connector, Selection: cluster.Selection{Namespaces: []string{namespace}}}
	for _, n := range names {
		cfg.Selection.Names = append(cfg.Selection.Names, "pod/"+n)
	}
	for _, f := range change {
		f(&cfg)
	}
	return cfg
}

func via(v cluster.Via) func(*scan.Config) {
	return func(c *scan.Config) { c.Connect.Via = v }
}

// only is the one report of a list.
func only(t *testing.T, list *v1.DriftReportList) v1.DriftReport {
	t.Helper()
	if len(list.Items) != 1 {
		t.Fatalf("%d reports, want 1; errors %+v", len(list.Items), list.Summary.Errors)
	}
	return list.Items[0]
}

// wantFault checks a report's one error: its reason and the words that a user reads.
func wantFault(t *testing.T, r v1.DriftReport, state v1.State, reason string, words ...string) {
	t.Helper()
	if r.State != state || len(r.Errors) == 0 {
		t.Fatalf("state %s, errors %+v; want %s, %s", r.State, r.Errors, state, reason)
	}
	e := r.Errors[0]
	if e.Reason != reason {
		t.Errorf("reason %s, want %s: %+v", e.Reason, reason, e)
	}
	for _, w := range words {
		if !strings.Contains(e.Text+"\n"+e.Hint+"\n"+e.Tried, w) {
			t.Errorf("%+v\nlacks %q", e, w)
		}
	}
}

// inPod runs a shell command in a pod's server container.
func inPod(t *testing.T, pod, command string) string {
	t.Helper()
	connector, err := cluster.NewConnector(admin)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, errs, err := connector.Exec(ctx, namespace, pod, "db", []string{"sh", "-c", command}, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, errs)
	}
	return string(out)
}
