package declared

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLayouts resolves small manifests, one way of deploying each, and compares
// with golden files: sources in order with certainty, then the settings.
func TestLayouts(t *testing.T) {
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			got := render(t, name)
			golden := strings.TrimSuffix(name, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func render(t *testing.T, name string) []byte {
	t.Helper()
	files, err := cluster.NewFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pods, err := files.Pods(context.Background(), "", metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for i := range pods {
		for _, found := range cluster.Servers(&pods[i]) {
			res, err := Resolve(context.Background(), files, &pods[i], found.Container, serverOf(&pods[i], found), Options{})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s/%s\n", pods[i].Name, found.Container)
			for _, g := range res.Governing {
				fmt.Fprintf(&b, "  %s <- %s %s %s verbatim=%t", g.Path, g.Source, g.Certainty, g.Via, g.Verbatim)
				if len(g.Candidates) > 0 {
					fmt.Fprintf(&b, " of %s", strings.Join(g.Candidates, ","))
				}
				b.WriteByte('\n')
			}
			for _, s := range res.Declaration.Settings {
				value := s.Value
				if s.Secret {
					value = "(secret)"
				}
				fmt.Fprintf(&b, "    %s=%s  %s\n", s.Option, value, s.Origin)
			}
			for _, p := range res.Problems {
				fmt.Fprintf(&b, "  problem %s %s\n", p.Code, p.File)
			}
			for _, m := range res.Declaration.Missing {
				fmt.Fprintf(&b, "  missing %s\n", m)
			}
		}
	}
	return b.Bytes()
}
