//go:build lab

package cluster

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// Whichever way a server is read, its values are those of SHOW GLOBAL VARIABLES,
// save that long ones are whole.
func TestSameAsShow(t *testing.T) {
	// Markup, tabs, newlines, NULL as a word, and longer than any table's column.
	awkward := "SET @a='<field name=\"x\">&amp;\tü\n\\'', @b='NULL', @c='" + strings.Repeat("é", 2500) + "'"
	for _, pod := range []string{"mysql", "mariadb"} {
		quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(awkward)
		if err := sqlIn(context.Background(), pod, "SET NAMES utf8mb4; SET GLOBAL init_connect='"+quoted+"'"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sqlIn(context.Background(), pod, "SET GLOBAL init_connect=DEFAULT") })
		for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
			compared := 0
			look(t, admin, []string{pod}, via(way), func(c *scan.Config) {
				c.Each = func(ctx context.Context, d *scan.Detail) {
					rows, _, err := d.Conn.Query(ctx, "SHOW GLOBAL VARIABLES")
					if err != nil {
						t.Fatal(err)
					}
					if len(rows) != len(d.Snapshot.Variables) {
						t.Errorf("%s by %s: %d variables, SHOW has %d", pod, way, len(d.Snapshot.Variables), len(rows))
					}
					for _, r := range rows {
						name, value := strings.ToLower(*r[0]), ""
						if r[1] != nil {
							value = *r[1]
						}
						got, ok := d.Snapshot.Variables[name]
						same := got.Value == value || name == "init_connect" && got.Value == awkward
						// These change by themselves from one statement to the next.
						if moving := strings.HasPrefix(name, "gtid_"); !ok || (!same && !moving) {
							t.Errorf("%s by %s: %s is %q, SHOW has %q", pod, way, name, got.Value, value)
						}
						compared++
					}
					if got := d.Snapshot.Variables["init_connect"]; got.Value != awkward || got.Truncated {
						t.Errorf("%s by %s: init_connect has %d bytes, want %d", pod, way, len(got.Value), len(awkward))
					}
				}
			})
			if compared < 400 {
				t.Errorf("%s by %s: only %d variables compared", pod, way, compared)
			}
		}
	}
}

// A server that listens on its socket only is read by exec.
func TestSkipNetworking(t *testing.T) {
	pod := mysqlPod("socket-only")
	pod.Annotations = map[string]string{cluster.AnnotationServer: "db"} // the option is mostly one of set-up runs
	pod.Spec.Containers[0].Args = []string{"mysqld", "--skip-networking"}
	pod.Spec.Containers[0].ReadinessProbe.ProbeHandler = corev1.ProbeHandler{Exec: &corev1.ExecAction{
		Command: []string{"sh", "-c", `MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --no-defaults -uroot -e "SELECT 1"`}}}
	ownPod(t, pod)
	wantRead(t, only(t, look(t, admin, []string{"socket-only"})), cluster.ViaExec)
	r := only(t, look(t, admin, []string{"socket-only"}, via(cluster.ViaPortForward)))
	wantFault(t, r, "Unreachable", cluster.ReasonRefused, "connection refused", "skip-networking", "--via exec")
}
