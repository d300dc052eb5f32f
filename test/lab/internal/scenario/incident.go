package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// Incident is one thing that happens to a deployed scenario, done the way in
// which people do it.
type Incident struct {
	Scenario string
	Name     string
	About    string
	// Standard incidents are those of `deploy --incidents`.
	Standard bool
	make     func(context.Context, Target) error
}

// Incidents are all that the lab can make.
var Incidents = []Incident{
	{"shop", "set-global", "alice sets max_connections to 500 on mysql-0, where 2000 is declared", true, setGlobal},
	{"shop", "set-persist", "bob persists long_query_time = 0.5 on mysql-1, where 2 is declared", true, setPersist},
	{"shop", "edit-configmap", "someone runs kubectl edit on orders-db-config: max_connections 300 becomes 400, nobody tells the server", true, editConfigMap},
	{"shop", "static-pending", "build 118 delivers innodb_read_io_threads = 8 to inventory, which runs with 4 until it restarts", true, staticPending},
	{"shop", "replica-differs", "bob sets innodb_flush_log_at_trx_commit = 2 on mysql-2 alone; it is declared nowhere", true, replicaDiffers},
	{"shop", "set-session", "checkout runs SET SESSION long_query_time on mysql-1: no drift, but the server names it as the last to set it", false, setSession},
	{"faults", "thaw", "the frozen server of faults goes on", false, thawHanging},
	{"faults", "freeze", "the server hanging-0 is frozen (deploy does this too)", false, freezeHanging},
}

// FindIncident looks an incident up by its name.
func FindIncident(name string) (Incident, error) {
	for _, incident := range Incidents {
		if incident.Name == name {
			return incident, nil
		}
	}
	return Incident{}, fmt.Errorf("no incident %q; `lab incident` lists them", name)
}

// Happen makes it.
func (i Incident) Happen(ctx context.Context, log *progress.Log, t Target) error {
	if err := i.make(ctx, t); err != nil {
		return fmt.Errorf("make incident %s: %w", i.Name, err)
	}
	log.Say("%s: %s", i.Name, i.About)
	return nil
}

func setGlobal(ctx context.Context, t Target) error {
	return t.asOperator(ctx, "mysql-0", "alice", "lab-alice-pw", "SET GLOBAL max_connections = 500")
}

func setPersist(ctx context.Context, t Target) error {
	return t.asOperator(ctx, "mysql-1", "bob", "lab-bob-pw", "SET PERSIST long_query_time = 0.5")
}

func replicaDiffers(ctx context.Context, t Target) error {
	return t.asOperator(ctx, "mysql-2", "bob", "lab-bob-pw", "SET GLOBAL innodb_flush_log_at_trx_commit = 2")
}

func setSession(ctx context.Context, t Target) error {
	return t.asUser(ctx, "mysql-1", "checkout", "lab-checkout-pw", "SET SESSION long_query_time = 3")
}

// asOperator makes an incident by a named account. What the server recorded of an
// earlier deployment's incident is forgotten first, so that each is the first.
func (t Target) asOperator(ctx context.Context, pod, user, password, statement string) error {
	if err := t.asUser(ctx, pod, "root", "lab-root-pw", "TRUNCATE TABLE performance_schema.events_statements_summary_by_digest"); err != nil {
		return err
	}
	return t.asUser(ctx, pod, user, password, statement)
}

// asUser runs a statement from the toolbox pod over the network, so that the
// server sees a named account at an address that is not its own.
func (t Target) asUser(ctx context.Context, pod, user, password, statement string) error {
	address, err := t.podIP(ctx, "shop", pod)
	if err != nil {
		return err
	}
	_, err = t.script(ctx, "shop", "deploy/ops-toolbox", "toolbox",
		fmt.Sprintf("MYSQL_PWD='%s' mysql --no-defaults --host=%s --user=%s --execute='%s'\n", password, address, user, statement))
	return err
}

// editConfigMap is `kubectl edit` itself, with sed as the editor. The line is
// matched with its indentation: the copy of the manifest that `kubectl apply`
// keeps in an annotation is not what a person edits.
func editConfigMap(ctx context.Context, t Target) error {
	orders := mounted{"deploy/orders-db", "mariadb", "/etc/mysql/conf.d/orders.cnf", "orders-db-config", "orders.cnf"}
	if err := t.waitForMount(ctx, orders); err != nil {
		return err
	}
	editor := `KUBE_EDITOR=sed -i -E 's/^( +)max_connections = 300$/\1max_connections = 400/'`
	if _, err := t.runWith(ctx, []string{editor}, "", "-n", "shop", "edit", "configmap", "orders-db-config"); err != nil {
		return err
	}
	return t.waitForMount(ctx, orders)
}

func staticPending(ctx context.Context, t Target) error {
	inventory := mounted{"inventory-0", "mysql", "/etc/mysql/conf.d/inventory.cnf", "inventory-config", "inventory.cnf"}
	if err := t.waitForMount(ctx, inventory); err != nil {
		return err
	}
	text, err := render("shop/incidents/static-pending.yaml", t.Images)
	if err != nil {
		return err
	}
	if _, err := t.run(ctx, text, "apply", "-f", "-"); err != nil {
		return err
	}
	return t.waitForMount(ctx, inventory)
}

// mounted is a file in a pod of the shop and the ConfigMap's key that it shows.
type mounted struct{ pod, container, file, configMap, key string }

// waitForMount waits until the kubelet has brought the key as it is now into the
// pod, which takes seconds in the lab and up to two minutes elsewhere. An incident
// waits before its change too: deployed again, the file may still show the text
// of the incident before, and would be taken for this one's.
func (t Target) waitForMount(ctx context.Context, m mounted) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	want, err := t.run(ctx, "", "-n", "shop", "get", "configmap", m.configMap, "-o", "go-template={{index .data \""+m.key+"\"}}")
	if err != nil {
		return err
	}
	for {
		content, err := t.run(ctx, "", "-n", "shop", "exec", m.pod, "-c", m.container, "--", "cat", m.file)
		if err == nil && strings.TrimSpace(content) == strings.TrimSpace(want) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s in shop/%s does not get the text of %s:%s: %w", m.file, m.pod, m.configMap, m.key, ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
}
