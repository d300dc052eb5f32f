package cluster

import (
	"context"
	_ "embed"
	"net/http"
	"path/filepath"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

//go:embed flux.yaml
var fluxAccounts string

const fluxNamespace = "flux-system"

// Flux starts Flux's controllers beside a cluster that runs.
func Flux(ctx context.Context, log *progress.Log, p place.Paths) error {
	return fluxTool(p).start(ctx, log, p)
}

func fluxTool(p place.Paths) tool {
	const storage = nodeIP + ":9790"
	return tool{
		name: "flux", namespace: fluxNamespace, crds: p.FluxCRDs(), accounts: fluxAccounts, folders: []string{"artifacts", "tmp"},
		daemons: []daemon{
			fluxController(p, "source-controller", nodeIP+":9791",
				"--storage-path="+filepath.Join(p.State, "flux", "artifacts"), "--storage-addr="+storage, "--storage-adv-addr="+storage),
			fluxController(p, "kustomize-controller", nodeIP+":9792"),
		},
	}
}

func fluxController(p place.Paths, name, health string, args ...string) daemon {
	return daemon{
		name: name, program: p.Bin(name), grace: 5 * time.Second,
		args: append([]string{"--health-addr=" + health, "--metrics-addr=0", "--events-addr=", "--log-level=info"}, args...),
		env: []string{
			"KUBECONFIG=" + p.Config(name+".kubeconfig"), "RUNTIME_NAMESPACE=" + fluxNamespace,
			"HOME=" + filepath.Join(p.State, "flux"), "TMPDIR=" + filepath.Join(p.State, "flux", "tmp"),
		},
		healthy: func(ctx context.Context) error { return get(ctx, http.DefaultClient, "http://"+health+"/readyz") },
	}
}
