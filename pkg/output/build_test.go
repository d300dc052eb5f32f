package output

import (
	"bytes"
	"strings"
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func TestBuildWide(t *testing.T) {
	list := &v1.BlameReportList{Items: []v1.BlameReport{{Variable: "max_connections", Hops: []v1.BlameHop{{Hop: "Delivery", Build: &v1.Build{Job: "shop/main", Number: 7, Result: "SUCCESS",
		Seconds: 61.25, Revision: "0123456789abcdef0123", Branch: "main", Parameters: []v1.Parameter{{Name: "ENV", Value: "prod"}}}}}}}}
	for _, wide := range []bool{false, true} {
		var b bytes.Buffer
		if err := Blame(&b, list, BlameOptions{Wide: wide}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"took 1m1.3s", "of commit 0123456789ab on main", "with ENV = prod"} {
			if strings.Contains(b.String(), want) != wide {
				t.Errorf("wide %v: %q in\n%s", wide, want, b.String())
			}
		}
	}
}
