//go:build lab

package fix

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// marker is part of each value that no verb may print, in no format.
const marker = "GEHEIM"

// secretLines are an option file with secrets of a server, a fork and a client.
func secretLines(from string) string {
	return "init_connect = \"SET @a = '" + marker + from + "'\"\nloose_wsrep_sst_auth = sst:" + marker + from + "\n[client]\npassword = " + marker + from + "\n"
}

func TestNoVerbPrintsASecret(t *testing.T) {
	vault := flavour{name: "vault", image: flavours[0].image, password: flavours[0].password}
	startVault(t, vault)
	repo := historyOf(t, vault)
	declare(t, vault, marker+"git", marker+"file")
	for _, statement := range []string{"SET PERSIST init_replica = 'SET @b = \"" + marker + "persist\"'", "SET GLOBAL init_connect = 'SET @a = \"" + marker + "set\"'"} {
		sql(t, vault.pod(), statement)
	}

	plugin(t, nil, "blame", "pod/vault-0", "init_connect").want(t, 1, "(redacted)", "root@localhost")
	plugin(t, nil, "diff", "pod/vault-0", "init_connect").want(t, 1, "(redacted)")
	git := []string{"--git-repo", repo, "--git-path", "vault.yaml"}
	plugin(t, nil, append([]string{"diff", "sts/vault", "--declared"}, git...)...).want(t, 1, "init_connect", "wsrep_sst_auth", "(redacted)")
	names := []string{"init_connect", "init_replica", "report_password", "report_user"}
	var lines [][]string
	for _, verb := range [][]string{
		{"status", "sts/vault"}, {"diff", "sts/vault", "--show-notes"}, {"diff", "sts/vault", "--replicas"}, {"config", "sts/vault"},
		append([]string{"diff", "sts/vault"}, git...), append([]string{"diff", "sts/vault", "--declared"}, git...),
		append([]string{"trace", "sts/vault"}, git...), append(append([]string{"blame", "sts/vault"}, names...), git...),
		{"fix", "sts/vault"}, {"fix", "sts/vault", "--prefer", "running"}, append([]string{"fix", "sts/vault", "--prefer", "running"}, git...), {"check"},
	} {
		for _, format := range []string{"", "wide", "json"} {
			line := verb
			if format != "" {
				line = append(append([]string{}, verb...), "-o", format)
			}
			lines = append(lines, line)
		}
	}
	page := filepath.Join(t.TempDir(), "page.html")
	lines = append(lines, []string{"config", "sts/vault", "--tree"}, []string{"snapshot", "pod/vault-0"}, []string{"explain", "init_connect"},
		[]string{"diff", "sts/vault", "-v=9"}, []string{"blame", "sts/vault", "init_connect", "-v=9"}, []string{"diff", "sts/vault", "--html", page}, []string{"status", "sts/vault", "--html", page + "2"})
	for _, line := range lines {
		r := plugin(t, nil, line...)
		for _, text := range []string{r.out, r.err} {
			if at := strings.Index(text, marker); at >= 0 {
				t.Errorf("%s prints a secret: …%s…", strings.Join(line, " "), text[max(0, at-100):min(len(text), at+40)])
			}
		}
		if r.code == 2 || r.out == "" && !strings.Contains(strings.Join(line, " "), "--html") {
			t.Errorf("%s: exit code %d: %s", strings.Join(line, " "), r.code, r.err)
		}
	}
	for _, p := range []string{page, page + "2"} {
		if text, err := os.ReadFile(p); err != nil || strings.Contains(string(text), marker) {
			t.Errorf("%s: %v, or a secret in it", p, err)
		}
	}
}

// startVault starts a server with a secret in its option file, a Secret, an
// argument and its environment.
func startVault(t *testing.T, f flavour) {
	t.Helper()
	cm := f.config()
	cm.Data["my.cnf"] += secretLines("git")
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "vault"}, StringData: map[string]string{"secret.cnf": "[mysqld]\nreport_user = " + marker + "secret\n"}}
	set := f.set()
	pod := &set.Spec.Template.Spec
	pod.Containers[0].Env = append(pod.Containers[0].Env, corev1.EnvVar{Name: "REPORT", Value: marker + "env"})
	pod.Containers[0].Args = append(pod.Containers[0].Args, "--report-password=$(REPORT)", "--loose-keyring-secret="+marker+"arg")
	pod.Volumes = append(pod.Volumes, corev1.Volume{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "vault"}}})
	pod.Containers[0].VolumeMounts[0] = corev1.VolumeMount{Name: "config", MountPath: "/etc/mysql/conf.d/my.cnf", SubPath: "my.cnf"}
	pod.Containers[0].VolumeMounts = append(pod.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "secret", MountPath: "/etc/mysql/conf.d/secret.cnf", SubPath: "secret.cnf"})
	_, err := client.CoreV1().ConfigMaps(namespace).Create(t.Context(), cm, metav1.CreateOptions{})
	if err == nil {
		_, err = client.CoreV1().Secrets(namespace).Create(t.Context(), secret, metav1.CreateOptions{})
	}
	if err == nil {
		_, err = client.AppsV1().StatefulSets(namespace).Create(t.Context(), set, metav1.CreateOptions{})
	}
	if err == nil {
		err = lab.Ready(t.Context(), f.pod())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// historyOf is a repository with the ConfigMap as it was made.
func historyOf(t *testing.T, f flavour) string {
	t.Helper()
	dir := t.TempDir()
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + f.name + "}\ndata:\n  my.cnf: |\n    " + strings.ReplaceAll(strings.TrimSpace(declared(t, f)), "\n", "\n    ") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "vault.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q", "-m", "as delivered"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}
