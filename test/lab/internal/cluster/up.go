// Package cluster runs the lab's Kubernetes on this machine: it builds it,
// starts it, mends it and takes it away again. It does not know what runs in it.
package cluster

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/place"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

//go:embed rbac.yaml
var rbac string

// Up starts what does not run and waits until pods can be made. Whatever an
// earlier lab left half alive is stopped first; objects and running pods of
// the lab stay.
func Up(ctx context.Context, log *progress.Log, p place.Paths) error {
	if err := os.MkdirAll(p.State, 0o755); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	if _, err := os.Stat(p.Kubeconfig("admin")); err != nil {
		// Everything hangs on the certificates: without them it is a new cluster.
		if err := Down(ctx, log, p); err != nil {
			return fmt.Errorf("clear the rest of an earlier lab: %w", err)
		}
		if err := writeIdentities(p); err != nil {
			return err
		}
		log.Say("certificates and kubeconfigs are in %s", p.State)
	}
	if err := writeConfigs(p); err != nil {
		return err
	}
	if err := os.MkdirAll(p.Run, 0o755); err != nil {
		return fmt.Errorf("make the run folder: %w", err)
	}
	made, err := ensureNetwork(ctx)
	if err != nil {
		return err
	}
	if made {
		log.Say("made the bridge %s", bridge)
	}
	if err := startAll(ctx, log, p, made); err != nil {
		return err
	}
	if err := Kubectl(ctx, p, nil, strings.NewReader(rbac), "apply", "-f", "-"); err != nil {
		return fmt.Errorf("set up what the lab's users may do: %w", err)
	}
	return waitForNode(ctx, log, p)
}

// startAll brings up the daemons that do not run as they should.
func startAll(ctx context.Context, log *progress.Log, p place.Paths, newNetwork bool) error {
	started := map[string]bool{}
	for _, d := range components(p) {
		switch {
		case d.current(p) && d.healthy(ctx) == nil:
			continue
		case d.current(p):
			log.Say("%s runs but does not answer: starting it again", d.name)
		case running(p, d.name) != 0:
			log.Say("%s runs with other arguments: starting it again", d.name)
		}
		if err := d.stop(p); err != nil {
			return err
		}
		if d.name == "containerd" {
			if err := removeStale(p); err != nil {
				return err
			}
		}
		if d.name == "kubelet" && (newNetwork || started["containerd"]) {
			if err := refreshRuntime(ctx, log, p, newNetwork); err != nil {
				return err
			}
		}
		if err := d.start(p); err != nil {
			return err
		}
		started[d.name] = true
		// The controllers and the scheduler need not be waited for one by one.
		if d.name == "kube-controller-manager" || d.name == "kube-scheduler" {
			continue
		}
		if err := d.wait(ctx, p); err != nil {
			return err
		}
		log.Say("%s is up", d.name)
	}
	for _, d := range components(p) {
		if err := d.wait(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// refreshRuntime makes sure that containerd has the images, and that no pod
// hangs on a bridge that is gone.
func refreshRuntime(ctx context.Context, log *progress.Log, p place.Paths, newNetwork bool) error {
	if newNetwork {
		if err := cleanSandboxes(ctx, p); err != nil {
			log.Say("old pods: %v", err)
		}
	}
	return ImportImages(ctx, log, p)
}

// Restart stops a component and starts it again, as an upgrade does.
func Restart(ctx context.Context, log *progress.Log, p place.Paths, name string) error {
	for _, d := range append(components(p), toolDaemons(p)...) {
		if d.name != name {
			continue
		}
		if err := d.stop(p); err != nil {
			return err
		}
		log.Say("%s is stopped", d.name)
		if err := d.start(p); err != nil {
			return err
		}
		if err := d.wait(ctx, p); err != nil {
			return err
		}
		log.Say("%s is up", d.name)
		return nil
	}
	return fmt.Errorf("no component %q", name)
}

func waitForNode(ctx context.Context, log *progress.Log, p place.Paths) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		var out bytes.Buffer
		err := Kubectl(ctx, p, &out, nil, "get", "node", nodeName, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`)
		if err == nil && out.String() == "True" {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("node %s does not get ready (%v); see %s", nodeName, err, p.Log("kubelet"))
		case <-time.After(200 * time.Millisecond):
		}
	}
	log.Say("node %s is ready", nodeName)
	return nil
}

// Kubectl runs the lab's own kubectl against the lab as its administrator.
func Kubectl(ctx context.Context, p place.Paths, out *bytes.Buffer, in *strings.Reader, args ...string) error {
	command := exec.CommandContext(ctx, p.Bin("kubectl"), append([]string{"--kubeconfig=" + p.Kubeconfig("admin")}, args...)...)
	var problem bytes.Buffer
	command.Stderr = &problem
	if out != nil {
		command.Stdout = out
	}
	if in != nil {
		command.Stdin = in
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problem.String()))
	}
	return nil
}

// Running says whether the API server of the lab answers.
func Running(ctx context.Context, p place.Paths) bool {
	client, err := adminClient(p)
	if err != nil {
		return false
	}
	return get(ctx, client, serverURL+"/readyz") == nil
}

// Component is a daemon's state in a word.
type Component struct {
	Name string
	PID  int
	// Problem is empty when the component does its work.
	Problem string
}

// Status looks at every daemon.
func Status(ctx context.Context, p place.Paths) []Component {
	var all []Component
	daemons := components(p)
	for _, d := range toolDaemons(p) {
		if _, err := os.Stat(p.PID(d.name)); err == nil { // it was started
			daemons = append(daemons, d)
		}
	}
	for _, d := range daemons {
		c := Component{Name: d.name, PID: running(p, d.name)}
		switch err := d.healthy(ctx); {
		case c.PID == 0:
			c.Problem = "not running"
		case err != nil:
			c.Problem = err.Error()
		}
		all = append(all, c)
	}
	return all
}
