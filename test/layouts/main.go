// Command layouts measures how well the governing configuration is resolved on
// the layout cases: manifests of charts, operators and people, each with the
// expected answer. `make layouts` runs it.
//
//	layouts                 score all cases
//	layouts resolve DIR     print one directory's answer as the scorer reads it
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/declared"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "resolve" {
		if err := printAnswer(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(2)
		}
		return
	}
	if err := score(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "layouts:", err)
		os.Exit(1)
	}
}

// corpus is where the cases are, or an error that says why there are none.
func corpus() (string, error) {
	dir := os.Getenv("MYSQLDRIFT_LAYOUTS")
	if dir == "" {
		dir = filepath.Join("..", "shared", "layouts")
	}
	if _, err := os.Stat(filepath.Join(dir, "score.py")); err != nil {
		return "", fmt.Errorf("no layout cases at %s: set MYSQLDRIFT_LAYOUTS", dir)
	}
	return dir, nil
}

// score runs the corpus's scorer with this program as the resolver.
func score(args []string) error {
	dir, err := corpus()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args = append([]string{filepath.Join(dir, "score.py"), "-v", "--adapter", self + " resolve {dir}"}, args...)
	cmd := exec.Command("python3", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

type answer struct {
	Path      string `json:"path"`
	Source    string `json:"source"`
	Certainty string `json:"certainty"`
	Via       string `json:"via,omitempty"`
	Why       string `json:"why,omitempty"`
}

// resolve answers for every server pod of a directory of manifests.
func resolve(ctx context.Context, dir string) (map[string][]answer, error) {
	files, err := cluster.NewFiles([]string{dir}, nil)
	if err != nil {
		return nil, err
	}
	pods, err := files.Pods(ctx, "", metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	out := map[string][]answer{}
	var failed error
	for i := range pods {
		pod := &pods[i]
		for _, found := range cluster.Servers(pod) {
			server := cluster.ImageServer(image(pods[i].Spec.Containers, found.Container))
			server.Flavour = found.Flavour
			res, err := declared.Resolve(ctx, files, pod, found.Container, server, declared.Options{})
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			list := append([]answer{}, out[pod.Name]...)
			for _, g := range res.Governing {
				list = append(list, answer{g.Path, g.Source, string(g.Certainty), g.Via, g.Why})
			}
			out[pod.Name] = list
		}
	}
	return out, failed
}

func printAnswer(dir string) error {
	out, err := resolve(context.Background(), dir)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	return errors.Join(encoder.Encode(out), err)
}
