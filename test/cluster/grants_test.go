//go:build lab

package cluster

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/scan"
)

// The grants of docs/grants.md are enough: nothing is left unread, and nothing
// in what is read differs from what root sees.
func TestLeastGrants(t *testing.T) {
	doc, err := os.ReadFile("../../docs/grants.md")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ pod, grant string }{
		{"mysql", "GRANT REPLICATION CLIENT ON *.* TO 'mysqldrift'@'%'"},
		{"mariadb", "GRANT SLAVE MONITOR ON *.* TO 'mysqldrift'@'%'"},
	}
	for _, c := range cases {
		t.Run(c.pod, func(t *testing.T) {
			if !strings.Contains(string(doc), c.grant+";") {
				t.Errorf("docs/grants.md does not give %q", c.grant)
			}
			const password = `back\sl'ash"#`
			create := `DROP USER IF EXISTS 'mysqldrift'@'%'; CREATE USER 'mysqldrift'@'%' IDENTIFIED BY 'back\\sl\'ash"#'; ` + c.grant
			if err := sqlIn(context.Background(), c.pod, create); err != nil {
				t.Fatal(err)
			}
			for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
				var ours, roots *scan.Detail
				r := only(t, look(t, admin, []string{c.pod}, via(way), account("mysqldrift", password), func(s *scan.Config) {
					s.Each = func(_ context.Context, d *scan.Detail) { ours = d }
				}))
				wantRead(t, r, way)
				only(t, look(t, admin, []string{c.pod}, via(way), func(s *scan.Config) {
					s.Each = func(_ context.Context, d *scan.Detail) { roots = d }
				}))
				if ours == nil || roots == nil {
					t.Fatalf("not read: %+v", r.Errors)
				}
				if len(ours.Snapshot.Notes) > 0 || !ours.Snapshot.HasSources || !ours.Snapshot.HasPersisted || !ours.Snapshot.HasMetadata {
					t.Errorf("by %s: notes %q", way, ours.Snapshot.Notes)
				}
				for name, v := range roots.Snapshot.Variables {
					mine := ours.Snapshot.Variables[name]
					if mine.Source != v.Source || (mine.Value != v.Value && name != "timestamp" && !strings.HasPrefix(name, "gtid_")) {
						t.Errorf("by %s: %s is %q (%s) to us, %q (%s) to root", way, name, mine.Value, mine.Source, v.Value, v.Source)
					}
				}
			}
		})
	}
}

// Without any grant all but the role is read, and the note says which grant lacks.
func TestNoGrants(t *testing.T) {
	for pod, grant := range map[string]string{"mysql": "REPLICATION CLIENT", "mariadb": "SLAVE MONITOR"} {
		if err := sqlIn(context.Background(), pod, "DROP USER IF EXISTS 'bare'@'%'; CREATE USER 'bare'@'%' IDENTIFIED BY 'x-Y-1'"); err != nil {
			t.Fatal(err)
		}
		for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
			r := only(t, look(t, admin, []string{pod}, via(way), account("bare", "x-Y-1")))
			if len(r.Errors) > 0 || !strings.Contains(strings.Join(r.Notes, "\n"), "GRANT "+grant+" ON *.*") {
				t.Errorf("%s by %s: errors %+v, notes %q", pod, way, r.Errors, r.Notes)
			}
		}
	}
}

// Reading leaves no trace in the server: no variable becomes DYNAMIC by us.
func TestReadingLeavesNoTrace(t *testing.T) {
	for _, way := range []cluster.Via{cluster.ViaPortForward, cluster.ViaExec} {
		for range 2 {
			only(t, look(t, admin, []string{"mysql"}, via(way), func(c *scan.Config) {
				c.Each = func(ctx context.Context, d *scan.Detail) {
					for name, v := range d.Snapshot.Variables {
						if v.Source == "Dynamic" && v.SetUser != "" {
							t.Errorf("by %s: %s was set by %s", way, name, v.SetUser)
						}
					}
					if _, _, err := d.Conn.Query(ctx, "SELECT COUNT(*) FROM performance_schema.threads"); err != nil {
						t.Error(err)
					}
				}
			}))
		}
	}
	if observed.MaxStatements > 5 {
		t.Error("more than five statements an instance")
	}
}
