package declared

import (
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

func serverOf(pod *corev1.Pod, found cluster.Recognition) model.Server {
	for _, c := range pod.Spec.Containers {
		if c.Name == found.Container {
			server := cluster.ImageServer(c.Image)
			server.Flavour = found.Flavour
			return server
		}
	}
	return model.Server{}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
