package cluster

import (
	"context"
	_ "embed"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

//go:embed argocd.yaml
var argoCDAccounts string

//go:embed argocdproject.yaml
var argoCDProject string

const argoCDNamespace = "argocd"

// ArgoCD starts Argo CD's application controller and repo server beside a cluster
// that runs.
func ArgoCD(ctx context.Context, log *progress.Log, p place.Paths) error {
	return argoCD(p).start(ctx, log, p)
}

func argoCD(p place.Paths) tool {
	const redis, repo, repoHealth, health = nodeIP + ":9793", nodeIP + ":9794", nodeIP + ":9795", nodeIP + ":8082"
	return tool{
		name: "argocd", namespace: argoCDNamespace, crds: p.ArgoCDCRDs(), accounts: argoCDAccounts, objects: argoCDProject,
		folders: []string{"tmp", "gnupg", "tls", "ssh", "plugins"},
		daemons: []daemon{
			argoCDProgram(p, "argocd-redis", func(ctx context.Context) error { return dial(ctx, redis) }, redis),
			argoCDProgram(p, "argocd-repo-server", func(ctx context.Context) error {
				return get(ctx, http.DefaultClient, "http://"+repoHealth+"/healthz")
			}, "--address="+nodeIP, "--port=9794", "--metrics-address="+nodeIP, "--metrics-port=9795", "--redis="+redis, "--disable-tls", "--client-ca-path=", "--loglevel=info"),
			argoCDProgram(p, "argocd-application-controller", func(ctx context.Context) error {
				return get(ctx, http.DefaultClient, "http://"+health+"/healthz")
			}, "--namespace="+argoCDNamespace, "--repo-server="+repo, "--repo-server-plaintext", "--redis="+redis, "--loglevel=info",
				"--status-processors=2", "--operation-processors=2", "--app-resync=3600"),
		},
	}
}

func argoCDProgram(p place.Paths, name string, healthy func(context.Context) error, args ...string) daemon {
	folder := filepath.Join(p.State, "argocd")
	return daemon{
		name: name, program: p.Bin(name), args: args, healthy: healthy, grace: 5 * time.Second,
		env: []string{
			"PATH=" + p.Bin("") + ":" + os.Getenv("PATH"), "KUBECONFIG=" + p.Config(name+".kubeconfig"), "HOME=" + folder, "TMPDIR=" + filepath.Join(folder, "tmp"),
			// The cluster that Argo CD runs in is the one of its kubeconfig.
			"ARGOCD_FAKE_IN_CLUSTER=true", "ARGOCD_GPG_ENABLED=false", "ARGOCD_GNUPGHOME=" + filepath.Join(folder, "gnupg"),
			"ARGOCD_TLS_DATA_PATH=" + filepath.Join(folder, "tls"), "ARGOCD_SSH_DATA_PATH=" + filepath.Join(folder, "ssh"),
			"ARGOCD_PLUGINSOCKFILEPATH=" + filepath.Join(folder, "plugins"),
		},
	}
}

func dial(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
