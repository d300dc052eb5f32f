package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
)

// components are the lab's daemons, in the order in which they start.
func components(p place.Paths) []daemon {
	return []daemon{containerd(p), etcd(p), apiServer(p), controllerManager(p), scheduler(p), kubelet(p)}
}

func containerd(p place.Paths) daemon {
	return daemon{
		name: "containerd", program: "containerd", grace: 10 * time.Second,
		args: []string{"--config", p.Config("containerd.toml")},
		healthy: func(ctx context.Context) error {
			connection, err := (&net.Dialer{}).DialContext(ctx, "unix", p.ContainerdSocket())
			if err != nil {
				return err
			}
			return connection.Close()
		},
	}
}

func etcd(p place.Paths) daemon {
	return daemon{
		name: "etcd", program: p.Bin("etcd"), grace: 5 * time.Second,
		args: []string{
			"--data-dir=" + filepath.Join(p.State, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
			"--listen-client-urls=" + etcdURL, "--advertise-client-urls=" + etcdURL,
			"--listen-peer-urls=" + etcdPeerURL, "--initial-advertise-peer-urls=" + etcdPeerURL, "--initial-cluster=default=" + etcdPeerURL,
		},
		healthy: func(ctx context.Context) error { return get(ctx, http.DefaultClient, etcdURL+"/health") },
	}
}

func apiServer(p place.Paths) daemon {
	return daemon{
		name: "kube-apiserver", program: p.Bin("kube-apiserver"), grace: 3 * time.Second,
		args: []string{
			"--etcd-servers=" + etcdURL,
			"--bind-address=" + serverIP, "--secure-port=443", "--advertise-address=" + serverIP,
			"--service-cluster-ip-range=" + serviceCIDR,
			"--authorization-mode=Node,RBAC", "--allow-privileged",
			"--client-ca-file=" + p.PKI("ca.crt"),
			"--tls-cert-file=" + p.PKI("apiserver.crt"), "--tls-private-key-file=" + p.PKI("apiserver.key"),
			"--kubelet-client-certificate=" + p.PKI("apiserver-kubelet.crt"), "--kubelet-client-key=" + p.PKI("apiserver-kubelet.key"),
			"--kubelet-certificate-authority=" + p.PKI("ca.crt"), "--kubelet-preferred-address-types=InternalIP,Hostname",
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + p.PKI("service-accounts.crt"), "--service-account-signing-key-file=" + p.PKI("service-accounts.key"),
			"--audit-policy-file=" + p.Config("audit.yaml"), "--audit-log-path=" + p.Log("audit"),
			"--audit-log-maxsize=200", "--audit-log-maxbackup=2", "--shutdown-delay-duration=0s",
			// A big lab must not be throttled by the fairness of its own server.
			"--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000",
		},
		healthy: func(ctx context.Context) error {
			client, err := adminClient(p)
			if err != nil {
				return err
			}
			return get(ctx, client, serverURL+"/readyz")
		},
	}
}

func controllerManager(p place.Paths) daemon {
	return daemon{
		name: "kube-controller-manager", program: p.Bin("kube-controller-manager"), grace: 3 * time.Second,
		args: []string{
			"--kubeconfig=" + p.Config("controller-manager.kubeconfig"), "--leader-elect=false", "--bind-address=" + nodeIP,
			"--service-account-private-key-file=" + p.PKI("service-accounts.key"), "--root-ca-file=" + p.PKI("ca.crt"),
			"--cluster-signing-cert-file=" + p.PKI("ca.crt"), "--cluster-signing-key-file=" + p.PKI("ca.key"),
			"--use-service-account-credentials", "--kube-api-qps=200", "--kube-api-burst=400",
		},
		healthy: func(ctx context.Context) error { return getUnverified(ctx, "https://"+nodeIP+":10257/healthz") },
	}
}

func scheduler(p place.Paths) daemon {
	return daemon{
		name: "kube-scheduler", program: p.Bin("kube-scheduler"), grace: 3 * time.Second,
		args: []string{
			"--kubeconfig=" + p.Config("scheduler.kubeconfig"), "--leader-elect=false", "--bind-address=" + nodeIP,
		},
		healthy: func(ctx context.Context) error { return getUnverified(ctx, "https://"+nodeIP+":10259/healthz") },
	}
}

func kubelet(p place.Paths) daemon {
	return daemon{
		name: "kubelet", program: p.Bin("kubelet"), grace: 5 * time.Second,
		args: []string{
			"--config=" + p.Config("kubelet.yaml"), "--kubeconfig=" + p.Config("kubelet.kubeconfig"),
			"--root-dir=" + filepath.Join(p.State, "kubelet"), "--cert-dir=" + filepath.Join(p.State, "kubelet-pki"),
			"--hostname-override=" + nodeName, "--node-ip=" + nodeIP, "--v=1",
		},
		healthy: func(ctx context.Context) error {
			return get(ctx, http.DefaultClient, "http://"+nodeIP+":10248/healthz")
		},
	}
}

// adminClient speaks to the API server as the lab's administrator.
func adminClient(p place.Paths) (*http.Client, error) {
	pair, err := tls.LoadX509KeyPair(p.PKI("admin.crt"), p.PKI("admin.key"))
	if err != nil {
		return nil, fmt.Errorf("read the administrator's certificate: %w", err)
	}
	authority, err := os.ReadFile(p.PKI("ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
		DisableKeepAlives: true,
	}}, nil
}

// getUnverified asks a component that serves under a certificate of its own making.
func getUnverified(ctx context.Context, url string) error {
	return get(ctx, &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true,
	}}, url)
}

func get(ctx context.Context, client *http.Client, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body) //nolint:errcheck // only the status matters
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
