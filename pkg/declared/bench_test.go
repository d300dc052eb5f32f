package declared

import (
	"context"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// BenchmarkResolve1000 resolves a thousand pods whose init containers copy and
// edit by ordinal. One round must stay under a second.
func BenchmarkResolve1000(b *testing.B) {
	objs, err := cluster.NewFiles([]string{"testdata/tutorial-variants.yaml"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	pods, err := objs.Pods(context.Background(), "", metav1.ListOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for n := range 1000 {
			pod := pods[n%len(pods)].DeepCopy()
			base := pod.Name[:strings.LastIndexByte(pod.Name, '-')]
			pod.Name = fmt.Sprintf("%s-%d", base, n)
			pod.Spec.Hostname = pod.Name
			found := cluster.Servers(pod)
			if _, err := Resolve(context.Background(), objs, pod, found[0].Container, serverOf(pod, found[0]), Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
