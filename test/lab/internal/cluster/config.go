package cluster

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/image"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// The lab's network. Everything listens on the bridge's own addresses, so that
// nothing of the machine is in the way and nothing outside can reach it.
// The API server listens on the address that the service `kubernetes` gets, so
// that pods reach it without a kube-proxy.
const (
	bridge      = "mdlab0"
	nodeName    = "lab-node"
	nodeIP      = "10.213.0.1"
	podCIDR     = "10.213.0.0/24"
	serviceCIDR = "10.214.0.0/24"
	serverIP    = "10.214.0.1"
	serverURL   = "https://10.214.0.1:443"
	etcdURL     = "http://10.213.0.1:2379"
	etcdPeerURL = "http://10.213.0.1:2380"
	cniNetwork  = "mysqldrift-lab"
)

// writeConfigs writes every component's configuration file.
func writeConfigs(p place.Paths) error {
	files := map[string]string{
		p.Config("containerd.toml"):     containerdConfig(p),
		p.Config("cni/10-lab.conflist"): cniConfig(p),
		p.Config("kubelet.yaml"):        kubeletConfig(p),
		p.Config("audit.yaml"):          auditPolicy,
	}
	for path, content := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the folder of %s: %w", path, err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

func containerdConfig(p place.Paths) string {
	return fmt.Sprintf(`version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
  address = %q

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  # A machine may lack CAP_SYS_RESOURCE; without this no sandbox starts there.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = %q

[plugins."io.containerd.internal.v1.opt"]
  path = %q
`, p.Images(), filepath.Join(p.Run, "containerd"), p.ContainerdSocket(), image.PauseImage, p.Config("cni"),
		filepath.Join(p.Run, "runc"), filepath.Join(p.Images(), "opt"))
}

func cniConfig(p place.Paths) string {
	return fmt.Sprintf(`{
  "cniVersion": "0.4.0",
  "name": %q,
  "plugins": [{
    "type": "bridge",
    "bridge": %q,
    "isDefaultGateway": true,
    "hairpinMode": true,
    "ipam": {
      "type": "host-local",
      "dataDir": %q,
      "ranges": [[{"subnet": %q, "rangeStart": "10.213.0.10"}]]
    }
  }]
}
`, cniNetwork, bridge, filepath.Join(p.State, "cni"), podCIDR)
}

func kubeletConfig(p place.Paths) string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %[1]s
healthzBindAddress: %[1]s
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %[2]s}
authorization: {mode: Webhook}
tlsCertFile: %[3]s
tlsPrivateKeyFile: %[4]s
containerRuntimeEndpoint: unix://%[5]s
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
podLogsDir: %[6]s
volumePluginDir: %[7]s
# A changed ConfigMap reaches its files within this time.
configMapAndSecretChangeDetectionStrategy: Watch
syncFrequency: 5s
maxPods: 200
registryPullQPS: 0
eventRecordQPS: 0
imageMaximumGCAge: 0s
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 50Mi}
shutdownGracePeriod: 0s
`, nodeIP, p.PKI("ca.crt"), p.PKI("kubelet.crt"), p.PKI("kubelet.key"), p.ContainerdSocket(),
		filepath.Join(p.State, "pod-logs"), filepath.Join(p.State, "volume-plugins"))
}

// auditPolicy logs every request once, when it is answered, so that requests
// can be counted; those on ConfigMaps with their bodies, to see who wrote what.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: RequestResponse
    verbs: [create, update, patch, delete]
    resources: [{group: "", resources: [configmaps]}]
  - level: Metadata
`

// user is somebody with a kubeconfig.
type user struct {
	name, commonName string
	groups           []string
}

// Users of the lab besides the components. What each may do is in rbac.yaml.
var users = []user{
	{"admin", "lab-admin", []string{"system:masters"}},
	{"reader", "reader", nil},
	{"forwarder", "forwarder", nil},
	{"execer", "execer", nil},
	{"nosecrets", "nosecrets", nil},
	{"shoponly", "shoponly", nil},
	{"nobody", "nobody-in-particular", nil},
}

// Users names those who have a kubeconfig.
func Users() []string {
	var names []string
	for _, u := range users {
		names = append(names, u.name)
	}
	return names
}

// writeKubeconfig writes a kubeconfig with all certificates in it.
func writeKubeconfig(p place.Paths, path, name string) error {
	var encoded []any
	for _, file := range []string{"ca.crt", name + ".crt", name + ".key"} {
		content, err := os.ReadFile(p.PKI(file))
		if err != nil {
			return fmt.Errorf("read a certificate for %s: %w", path, err)
		}
		encoded = append(encoded, base64.StdEncoding.EncodeToString(content))
	}
	text := fmt.Sprintf(strings.TrimLeft(`
apiVersion: v1
kind: Config
current-context: lab
clusters:
- name: lab
  cluster:
    server: `+serverURL+`
    certificate-authority-data: %s
users:
- name: `+name+`
  user:
    client-certificate-data: %s
    client-key-data: %s
contexts:
- name: lab
  context: {cluster: lab, user: `+name+`}
`, "\n"), encoded...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of %s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// writeIdentities makes the certificates and kubeconfigs of everybody.
func writeIdentities(p place.Paths) error {
	ca, err := newAuthority(p.PKI(""))
	if err != nil {
		return err
	}
	type certificate struct {
		name, user string
		groups     []string
		hosts      []string
	}
	certificates := []certificate{
		{"apiserver", "kube-apiserver", nil, []string{serverIP, nodeIP, "127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}},
		{"apiserver-kubelet", "kube-apiserver-kubelet-client", []string{"system:masters"}, nil},
		{"kubelet", "system:node:" + nodeName, []string{"system:nodes"}, []string{nodeIP, nodeName}},
		{"controller-manager", "system:kube-controller-manager", nil, nil},
		{"scheduler", "system:kube-scheduler", nil, nil},
		{"service-accounts", "service-accounts", nil, nil},
	}
	for _, u := range users {
		certificates = append(certificates, certificate{u.name, u.commonName, u.groups, nil})
	}
	for _, c := range certificates {
		if err := ca.issue(c.name, c.user, c.groups, c.hosts...); err != nil {
			return err
		}
	}
	for _, component := range []string{"kubelet", "controller-manager", "scheduler"} {
		if err := writeKubeconfig(p, p.Config(component+".kubeconfig"), component); err != nil {
			return err
		}
	}
	for _, u := range users {
		if err := writeKubeconfig(p, p.Kubeconfig(u.name), u.name); err != nil {
			return err
		}
	}
	return nil
}
