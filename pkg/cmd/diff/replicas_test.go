package diff

import (
	"testing"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

func TestOnePod(t *testing.T) {
	list := &v1.DriftReportList{Items: []v1.DriftReport{
		{Instance: v1.Instance{Pod: "mysql-0", Workload: "statefulset/mysql"}}, {Instance: v1.Instance{Pod: "alone", Workload: "pod/alone"}}}}
	for name, refused := range map[string]bool{"pod/mysql-0": true, "mysql-0": true, "sts/mysql": false, "mysql": false, "pod/alone": false, "cm/mysql": false} {
		if err := onePod([]string{name}, list); (err != nil) != refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := onePod(nil, list); err != nil {
		t.Error(err)
	}
}
