package cluster

import (
	"crypto/tls"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

func testPaths(t *testing.T) place.Paths {
	folder := t.TempDir()
	return place.Paths{Cache: filepath.Join(folder, "cache"), State: filepath.Join(folder, "state"), Run: filepath.Join(folder, "run")}
}

func TestConfigurationFilesParse(t *testing.T) {
	p := testPaths(t)
	var network map[string]any
	if err := json.Unmarshal([]byte(cniConfig(p)), &network); err != nil {
		t.Errorf("CNI: %v", err)
	}
	for name, text := range map[string]string{"kubelet": kubeletConfig(p), "audit": auditPolicy, "rbac": strings.Split(rbac, "---\n")[0]} {
		var object map[string]any
		if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if object["kind"] == nil {
			t.Errorf("%s has no kind", name)
		}
	}
}

func TestEveryUserGetsAKubeconfigWithItsOwnCertificate(t *testing.T) {
	p := testPaths(t)
	if err := writeIdentities(p); err != nil {
		t.Fatal(err)
	}
	for _, name := range Users() {
		text, err := os.ReadFile(p.Kubeconfig(name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "user: "+name+"}") {
			t.Errorf("kubeconfig of %s is for somebody else", name)
		}
		if _, err := tls.LoadX509KeyPair(p.PKI(name+".crt"), p.PKI(name+".key")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(p.Kubeconfig(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("kubeconfig of %s: mode %v, %v; want 0600", name, info.Mode(), err)
		}
	}
}

func TestADaemonIsKnownByItsStartTime(t *testing.T) {
	p := testPaths(t)
	d := daemon{name: "self", program: "x"}
	write := func(text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(p.PID("self")), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p.PID("self"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if running(p, "self") != 0 {
		t.Error("runs without a process file")
	}
	pid := os.Getpid()
	write(strings.Join([]string{strconv.Itoa(pid), startTime(pid), d.digest()}, " "))
	if running(p, "self") != pid || !d.current(p) {
		t.Error("this very process is not recognised")
	}
	d.args = []string{"--new"}
	if d.current(p) {
		t.Error("other arguments pass as current")
	}
	write(strings.Join([]string{strconv.Itoa(pid), "1", d.digest()}, " "))
	if running(p, "self") != 0 {
		t.Error("another process with the same number passes as ours")
	}
}
