package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// tool is a delivery tool whose programs run beside a cluster, as processes of the
// machine like the cluster's own.
type tool struct {
	name, namespace string
	// crds is a file with its kinds; accounts and objects are manifests of what it
	// wants before and after those are known.
	crds, accounts, objects string
	folders                 []string // below the state's folder of its name
	daemons                 []daemon // in the order in which they start
}

// tools are all that a lab may run.
func tools(p place.Paths) []tool { return []tool{fluxTool(p), argoCD(p)} }

// toolDaemons are the programs of all tools.
func toolDaemons(p place.Paths) []daemon {
	var all []daemon
	for _, t := range tools(p) {
		all = append(all, t.daemons...)
	}
	return all
}

// start starts the tool in a cluster that runs and waits until it does its work.
func (t tool) start(ctx context.Context, log *progress.Log, p place.Paths) error {
	if !Running(ctx, p) {
		return errors.New("the lab is not up: `lab up` starts it")
	}
	if err := Kubectl(ctx, p, nil, nil, "apply", "--server-side", "-f", t.crds); err != nil {
		return fmt.Errorf("make the kinds of %s known: %w", t.name, err)
	}
	if err := Kubectl(ctx, p, nil, strings.NewReader(t.accounts), "apply", "-f", "-"); err != nil {
		return fmt.Errorf("make the accounts of %s: %w", t.name, err)
	}
	if err := Kubectl(ctx, p, nil, nil, "wait", "--for=condition=Established", "--timeout=30s", "-f", t.crds); err != nil {
		return fmt.Errorf("wait for the kinds of %s: %w", t.name, err)
	}
	if t.objects != "" {
		if err := Kubectl(ctx, p, nil, strings.NewReader(t.objects), "apply", "-f", "-"); err != nil {
			return fmt.Errorf("make the objects of %s: %w", t.name, err)
		}
	}
	for _, folder := range t.folders {
		if err := os.MkdirAll(filepath.Join(p.State, t.name, folder), 0o755); err != nil {
			return fmt.Errorf("make the folders of %s: %w", t.name, err)
		}
	}
	for _, d := range t.daemons {
		if d.current(p) && d.healthy(ctx) == nil {
			continue
		}
		if err := d.stop(p); err != nil {
			return err
		}
		if err := identity(p, t.namespace, d.name); err != nil {
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

// identity lets a program log in under its service account's name, so that the API
// server's audit log calls it what it is called everywhere.
func identity(p place.Paths, namespace, name string) error {
	if _, err := os.Stat(p.Config(name + ".kubeconfig")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	ca, err := openAuthority(p.PKI(""))
	if err != nil {
		return err
	}
	groups := []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace}
	if err := ca.issue(name, "system:serviceaccount:"+namespace+":"+name, groups); err != nil {
		return err
	}
	return writeKubeconfig(p, p.Config(name+".kubeconfig"), name)
}
