package scenario

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Target is the cluster that a scenario goes into, and how it names images.
type Target struct {
	// Kubectl is the program, Flags are those that pick the cluster.
	Kubectl string
	Flags   []string
	// Lab says that it is the lab's own cluster, whose users get their rights.
	Lab bool
	// Images by placeholder, as "MYSQL_IMAGE".
	Images map[string]string
}

// run runs kubectl and gives its output. What it reads never shows in an error.
func (t Target) run(ctx context.Context, input string, args ...string) (string, error) {
	return t.runWith(ctx, nil, input, args...)
}

func (t Target) runWith(ctx context.Context, environment []string, input string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, t.Kubectl, append(append([]string{}, t.Flags...), args...)...)
	command.Env = append(os.Environ(), environment...)
	command.Stdin = strings.NewReader(input)
	var out, problem bytes.Buffer
	command.Stdout, command.Stderr = &out, &problem
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problem.String()))
	}
	return out.String(), nil
}

// script runs a shell script, given as input, in a container.
func (t Target) script(ctx context.Context, namespace, pod, container, script string) (string, error) {
	out, err := t.run(ctx, script, "-n", namespace, "exec", "-i", pod, "-c", container, "--", "sh", "-s")
	return strings.TrimSpace(out), err
}

// sql runs statements as root over the server's socket and gives the rows,
// without headings.
func (t Target) sql(ctx context.Context, namespace, pod, container, statements string) (string, error) {
	out, err := t.script(ctx, namespace, pod, container, rootClient+" <<'END-OF-SQL'\n"+statements+"\nEND-OF-SQL\n")
	if err != nil {
		return "", fmt.Errorf("run SQL in %s/%s: %w", namespace, pod, err)
	}
	return out, nil
}

// rootClient starts whichever client the container has, with the password that
// the container's own environment holds.
const rootClient = `MYSQL_PWD="${MYSQL_ROOT_PASSWORD:-${MARIADB_ROOT_PASSWORD}}" "$(command -v mysql || command -v mariadb)" --no-defaults --socket=/var/run/mysqld/mysqld.sock --user=root --batch --skip-column-names`
