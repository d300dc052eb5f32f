//go:build lab

package incidents

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
	"github.com/mysqldrift/kubectl-mysqldrift/test/labtest"
)

const root = "../.."

// lab is a namespace of the real cluster, and the people who work in it.
type lab struct {
	t         *testing.T
	admin     string // kubeconfig
	namespace string
	path      string            // with the built plugin and the lab's kubectl
	audit     string            // the API server's audit log
	people    map[string]string // kubeconfigs
	addresses map[string]string // of pods
	dir       string
}

// openLab makes a namespace; it goes when the test ends.
func openLab(t *testing.T) *lab {
	t.Helper()
	admin := labtest.Kubeconfig
	if admin == "" {
		t.Skip(labtest.NoCluster)
	}
	l := &lab{t: t, admin: admin, dir: t.TempDir(), people: map[string]string{}, addresses: map[string]string{}, audit: os.Getenv("MYSQLDRIFT_LAB_AUDIT_LOG")}
	if l.audit == "" {
		l.audit = filepath.Join(filepath.Dir(admin), "logs", "audit.log")
	}
	if _, err := os.Stat(l.audit); err != nil {
		t.Skipf("the API server's audit log is not at hand: %v; MYSQLDRIFT_LAB_AUDIT_LOG names it", err)
	}
	var err error
	if l.path, err = labtest.Build(l.dir); err != nil {
		t.Fatal(err)
	}
	l.namespace = fmt.Sprintf("incidents-%d", time.Now().UnixNano()/1e6)
	l.kubectl("", "create", "namespace", l.namespace)
	t.Cleanup(func() {
		l.kubectl("", "delete", "namespace", l.namespace, "--wait=false")
		l.kubectl("", "delete", "csr", "-l", "incidents="+l.namespace)
	})
	return l
}

// run runs kubectl as somebody ("" = the administrator).
func (l *lab) run(who, stdin string, args ...string) (string, error) {
	config := l.admin
	if who != "" {
		config = l.people[who]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if args[0] != "mysqldrift" { // no flag can stand before a plugin's name
		args = append([]string{"-n", l.namespace}, args...)
	}
	cmd := exec.CommandContext(ctx, "kubectl", args...)
	cmd.Path = filepath.Join(strings.Split(l.path, ":")[1], "kubectl")
	cmd.Err = nil // of looking it up on our own PATH
	cmd.Env = append(os.Environ(), "PATH="+l.path, "KUBECONFIG="+config, "HOME="+l.dir, "XDG_CACHE_HOME="+l.dir+"/cache")
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("kubectl %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}

// as runs kubectl as somebody, with a text on standard input if it is not empty.
func (l *lab) as(who, stdin string, args ...string) string {
	l.t.Helper()
	out, err := l.run(who, stdin, args...)
	if err != nil {
		l.t.Fatalf("%s: %v", who, err)
	}
	return out
}

func (l *lab) kubectl(stdin string, args ...string) string {
	l.t.Helper()
	return l.as("", stdin, args...)
}

// edit is `kubectl edit` itself, with sed as the editor, as somebody.
func (l *lab) edit(who, object, script string) {
	l.t.Helper()
	cmd := exec.Command("kubectl", "-n", l.namespace, "edit", object)
	cmd.Path = filepath.Join(strings.Split(l.path, ":")[1], "kubectl")
	cmd.Err = nil
	cmd.Env = append(os.Environ(), "PATH="+l.path, "KUBECONFIG="+l.people[who], "HOME="+l.dir, "KUBE_EDITOR=sed -i -E '"+script+"'")
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("%s: kubectl edit %s: %v\n%s", who, object, err, out)
	}
}

// person gets a certificate from the cluster, as an administrator would give one,
// and may do all in the namespace.
func (l *lab) person(name string) {
	l.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		l.t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		l.t.Fatal(err)
	}
	csr := l.namespace + "-" + name
	l.kubectl(fmt.Sprintf(`{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: %s, labels: {incidents: %s}},
spec: {signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], request: %s}}`, csr, l.namespace, encode("CERTIFICATE REQUEST", request)), "create", "-f", "-")
	l.kubectl("", "certificate", "approve", csr)
	l.kubectl("", "wait", "csr/"+csr, "--for=jsonpath={.status.certificate}", "--timeout=60s")
	certificate := l.kubectl("", "get", "csr", csr, "-o", "jsonpath={.status.certificate}")
	l.people[name] = l.config(name, fmt.Sprintf("client-certificate-data: %s\n    client-key-data: %s", certificate, encode("EC PRIVATE KEY", der)))
	l.kubectl("", "create", "rolebinding", name, "--clusterrole=cluster-admin", "--user="+name)
}

// robot is a pipeline: a service account with its token.
func (l *lab) robot(name string) {
	l.t.Helper()
	l.kubectl("", "create", "serviceaccount", name)
	l.kubectl("", "create", "rolebinding", name, "--clusterrole=cluster-admin", "--serviceaccount="+l.namespace+":"+name)
	l.people[name] = l.config(name, "token: "+strings.TrimSpace(l.kubectl("", "create", "token", name)))
}

// config writes a kubeconfig of the same cluster with another login.
func (l *lab) config(name, login string) string {
	l.t.Helper()
	var admin struct {
		Clusters []struct {
			Cluster map[string]any `json:"cluster"`
		} `json:"clusters"`
	}
	if err := json.Unmarshal([]byte(l.kubectl("", "config", "view", "--raw", "--minify", "--flatten", "-o", "json")), &admin); err != nil {
		l.t.Fatal(err)
	}
	cluster, err := json.Marshal(admin.Clusters[0].Cluster)
	if err != nil {
		l.t.Fatal(err)
	}
	file := filepath.Join(l.dir, "kubeconfig-"+name)
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: lab\nclusters:\n- name: lab\n  cluster: %s\ncontexts:\n- name: lab\n  context: {cluster: lab, user: me}\nusers:\n- name: me\n  user:\n    %s\n", cluster, login)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return file
}

func encode(kind string, der []byte) string {
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// auditLog copies what the API server has logged of this namespace. bodies false
// leaves out what requests held, as a log of level Metadata does.
func (l *lab) auditLog(bodies bool) string {
	l.t.Helper()
	all, err := os.ReadFile(l.audit)
	if err != nil {
		l.t.Fatal(err)
	}
	var mine bytes.Buffer
	for line := range bytes.Lines(all) {
		if !bytes.Contains(line, []byte(l.namespace)) || bytes.Contains(line, []byte(`"verb":"get"`)) || bytes.Contains(line, []byte(`"verb":"list"`)) {
			continue
		}
		if !bodies {
			var event map[string]any
			if json.Unmarshal(line, &event) != nil {
				continue
			}
			delete(event, "requestObject")
			delete(event, "responseObject")
			if line, err = json.Marshal(event); err != nil {
				l.t.Fatal(err)
			}
			line = append(line, '\n')
		}
		mine.Write(line)
	}
	name := filepath.Join(l.dir, fmt.Sprintf("audit-%v.log", bodies))
	if err := os.WriteFile(name, mine.Bytes(), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return name
}

// blame asks the plugin, through kubectl, as a user does.
func (l *lab) blame(pod string, variables []string, flags ...string) map[string]v1.BlameReport {
	l.t.Helper()
	args := append([]string{"mysqldrift", "blame", "-n", l.namespace, "pod/" + pod}, variables...)
	out, err := l.run("", "", append(append(args, flags...), "-o", "json")...)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		l.t.Fatalf("blame: %v\n%s", err, out)
	}
	var list v1.BlameReportList
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		l.t.Fatalf("blame printed %q: %v", out, err)
	}
	found := map[string]v1.BlameReport{}
	for _, r := range list.Items {
		found[r.Variable] = r
	}
	return found
}
