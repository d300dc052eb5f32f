// Package scenario puts the lab's scenarios into a cluster, the lab's or
// another, by kubectl, and makes the incidents in them. It does not know how
// the cluster came to be.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/scenarios"
)

// Scenario is a namespace full of servers, and what is to be done once its
// manifests are applied.
type Scenario struct {
	Name  string
	About string
	// rollouts are waited for; all others in the manifests are not.
	rollouts []string
	finish   func(context.Context, *progress.Log, Target) error
}

// All are the scenarios. The namespace of each has its name.
var All = []Scenario{
	{
		Name: "shop", About: "a primary with two replicas, two more MySQL, a MariaDB, and look-alikes",
		rollouts: []string{"sts/mysql", "sts/catalog", "sts/inventory", "deploy/orders-db", "deploy/ops-toolbox", "deploy/mysql-proxy"},
		finish:   finishShop,
	},
	{
		Name: "layouts", About: "each way by which a ConfigMap becomes an option file",
		rollouts: []string{"sts/subpath", "sts/projected", "sts/extra-file", "sts/defaults-file", "sts/args", "sts/bitnami-mysql",
			"sts/secret-config", "sts/kustomized", "sts/mariadb-two", "sts/mariadb-whole", "sts/tutorial"},
	},
	{
		Name: "faults", About: "servers that cannot be read, each in its own way",
		rollouts: []string{"sts/healthy", "sts/wrong-password", "sts/hanging", "sts/no-tls", "sts/tls-only"},
		finish:   finishFaults,
	},
}

// Find looks a scenario up by its name.
func Find(name string) (Scenario, error) {
	var names []string
	for _, s := range All {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scenario{}, fmt.Errorf("no scenario %q; there are %s", name, strings.Join(names, ", "))
}

// Deploy applies the manifests, waits for the servers, and finishes the rest.
// It may be repeated: what is as it should be stays, what was edited goes back.
func (s Scenario) Deploy(ctx context.Context, log *progress.Log, t Target) error {
	manifests, err := s.Manifests(t.Images)
	if err != nil {
		return err
	}
	if _, err := t.run(ctx, manifests, "apply", "-f", "-"); err != nil {
		return fmt.Errorf("apply scenario %s: %w", s.Name, err)
	}
	if t.Lab {
		if err := s.applyExtra(ctx, t, "lab/*.yaml"); err != nil {
			return err
		}
	}
	log.Say("%s: manifests applied, waiting for the servers", s.Name)
	if err := s.waitForRollouts(ctx, log, t); err != nil {
		return err
	}
	if s.finish != nil {
		if err := s.finish(ctx, log, t); err != nil {
			return fmt.Errorf("finish scenario %s: %w", s.Name, err)
		}
	}
	log.Say("%s is deployed", s.Name)
	return nil
}

// Undeploy deletes the namespace with all in it.
func (s Scenario) Undeploy(ctx context.Context, log *progress.Log, t Target) error {
	if _, err := t.run(ctx, "", "delete", "namespace", s.Name, "--ignore-not-found", "--wait", "--timeout=180s"); err != nil {
		return fmt.Errorf("delete scenario %s: %w", s.Name, err)
	}
	log.Say("%s is deleted", s.Name)
	return nil
}

// Summary says in a few words how much of the scenario runs.
func (s Scenario) Summary(ctx context.Context, t Target) string {
	out, err := t.run(ctx, "", "-n", s.Name, "get", "pods", "-o", `jsonpath={range .items[*]}{.status.phase}{"\n"}{end}`)
	if err != nil {
		return err.Error()
	}
	phases := strings.Fields(out)
	if len(phases) == 0 {
		return "not deployed"
	}
	running := 0
	for _, phase := range phases {
		if phase == "Running" {
			running++
		}
	}
	return fmt.Sprintf("deployed: %d pods, %d running", len(phases), running)
}

// Manifests are the scenario's own, with the placeholders filled in.
func (s Scenario) Manifests(images map[string]string) (string, error) {
	return render(s.Name+"/*.yaml", images)
}

func (s Scenario) applyExtra(ctx context.Context, t Target, pattern string) error {
	text, err := render(path.Join(s.Name, pattern), t.Images)
	if err != nil || text == "" {
		return err
	}
	if _, err := t.run(ctx, text, "apply", "-f", "-"); err != nil {
		return fmt.Errorf("apply %s of scenario %s: %w", pattern, s.Name, err)
	}
	return nil
}

func (s Scenario) waitForRollouts(ctx context.Context, log *progress.Log, t Target) error {
	failures := make([]error, len(s.rollouts))
	var group sync.WaitGroup
	for i, workload := range s.rollouts {
		group.Go(func() {
			_, failures[i] = t.run(ctx, "", "-n", s.Name, "rollout", "status", workload, "--timeout=240s")
			if failures[i] == nil {
				log.Say("%s: %s is ready", s.Name, workload)
			}
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

var placeholder = regexp.MustCompile(`@[A-Z_]+@`)

// render joins the manifests that match and fills in the placeholders.
func render(pattern string, values map[string]string) (string, error) {
	names, err := fs.Glob(scenarios.Files, pattern)
	if err != nil {
		return "", fmt.Errorf("find manifests %s: %w", pattern, err)
	}
	slices.Sort(names)
	var documents, unknown []string
	for _, name := range names {
		content, err := scenarios.Files.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read manifest %s: %w", name, err)
		}
		documents = append(documents, placeholder.ReplaceAllStringFunc(string(content), func(match string) string {
			value, known := values[strings.Trim(match, "@")]
			if !known {
				unknown = append(unknown, name+": "+match)
			}
			return value
		}))
	}
	if len(unknown) > 0 {
		return "", fmt.Errorf("placeholders without a value: %s", strings.Join(unknown, ", "))
	}
	return strings.Join(documents, "---\n"), nil
}
