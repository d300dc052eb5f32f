package cluster

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

//go:embed flux.yaml
var fluxAccounts string

const fluxNamespace = "flux-system"

// Flux starts Flux's controllers beside a cluster that runs, and waits until
// they do their work. Like the cluster's own they are processes of the machine.
func Flux(ctx context.Context, log *progress.Log, p place.Paths) error {
	if !Running(ctx, p) {
		return errors.New("the lab is not up: `lab up` starts it")
	}
	if err := Kubectl(ctx, p, nil, nil, "apply", "--server-side", "-f", p.FluxCRDs()); err != nil {
		return fmt.Errorf("make the kinds of Flux known: %w", err)
	}
	if err := Kubectl(ctx, p, nil, strings.NewReader(fluxAccounts), "apply", "-f", "-"); err != nil {
		return fmt.Errorf("make the accounts of Flux: %w", err)
	}
	if err := Kubectl(ctx, p, nil, nil, "wait", "--for=condition=Established", "--timeout=30s", "-f", p.FluxCRDs()); err != nil {
		return fmt.Errorf("wait for the kinds of Flux: %w", err)
	}
	for _, d := range flux(p) {
		if d.current(p) && d.healthy(ctx) == nil {
			continue
		}
		if err := d.stop(p); err != nil {
			return err
		}
		if err := fluxIdentity(p, d.name); err != nil {
			return err
		}
		if err := d.start(p); err != nil {
			return err
		}
		if err := d.wait(ctx, p); err != nil {
			return err
		}
		log.Say("%s is up", d.name)
	}
	return nil
}

// flux are the controllers, in the order in which they start.
func flux(p place.Paths) []daemon {
	const storage = nodeIP + ":9790"
	return []daemon{
		fluxController(p, "source-controller", nodeIP+":9791",
			"--storage-path="+filepath.Join(p.State, "flux", "artifacts"), "--storage-addr="+storage, "--storage-adv-addr="+storage),
		fluxController(p, "kustomize-controller", nodeIP+":9792"),
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

// fluxIdentity lets a controller log in under its service account's name, so
// that the API server's audit log calls it what it is called everywhere.
func fluxIdentity(p place.Paths, name string) error {
	for _, folder := range []string{"artifacts", "tmp"} {
		if err := os.MkdirAll(filepath.Join(p.State, "flux", folder), 0o755); err != nil {
			return fmt.Errorf("make the folders of Flux: %w", err)
		}
	}
	if _, err := os.Stat(p.Config(name + ".kubeconfig")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	ca, err := openAuthority(p.PKI(""))
	if err != nil {
		return err
	}
	groups := []string{"system:serviceaccounts", "system:serviceaccounts:" + fluxNamespace}
	if err := ca.issue(name, "system:serviceaccount:"+fluxNamespace+":"+name, groups); err != nil {
		return err
	}
	return writeKubeconfig(p, p.Config(name+".kubeconfig"), name)
}
