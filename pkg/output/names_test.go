package output

import (
	"bytes"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// -o name names each object once, in the order of the result.
func TestNames(t *testing.T) {
	a, b := v1.Instance{Namespace: "shop", Pod: "mysql-0"}, v1.Instance{Namespace: "shop", Pod: "mysql-1"}
	for want, list := range map[string]runtime.Object{
		"pod/mysql-1\npod/mysql-0\n":           &v1.DriftReportList{Items: []v1.DriftReport{{Instance: b}, {Instance: a}}},
		"pod/mysql-0\n":                        &v1.BlameReportList{Items: []v1.BlameReport{{Instance: a, Variable: "x"}, {Instance: a, Variable: "y"}}},
		"pod/mysql-0\npod/mysql-0\n":           &v1.DriftReportList{Items: []v1.DriftReport{{Instance: a}, {Instance: a}, {Instance: v1.Instance{Namespace: "other", Pod: "mysql-0"}}}},
		"pod/mysql-0\npod/mysql-1\n":           &v1.ConfigReportList{Items: []v1.ConfigReport{{Instance: a}, {Instance: b}}},
		"statefulset/mysql\n":                  &v1.TraceReportList{Items: []v1.TraceReport{{Workload: "statefulset/mysql", Source: "configmap/a:k"}, {Workload: "statefulset/mysql"}}},
		"configmap/mysql\nstatefulset/mysql\n": &v1.FixPlan{Steps: []v1.FixStep{{Object: "configmap/mysql"}, {Object: "statefulset/mysql"}}},
		"pod/mysql-0\npod/mysql-2\n":           &v1.CheckReport{Items: []v1.CheckItem{{Section: "Versions", Object: "API server"}, {Section: "Rights", Object: "namespace/shop"}, {Section: "Servers", Object: "shop/mysql-0"}, {Section: "Grants", Object: "shop/mysql-2"}}},
		"":                                     &v1.DriftReportList{Items: []v1.DriftReport{{}}}, // offline
		"pod/^[[31m\n":                         &v1.DriftReportList{Items: []v1.DriftReport{{Instance: v1.Instance{Pod: "\x1b[31m"}}}},
	} {
		var out bytes.Buffer
		if err := (Names{}).PrintObj(list, &out); err != nil || out.String() != want {
			t.Errorf("%T: %q, want %q (%v)", list, out.String(), want, err)
		}
	}
	if err := (Names{}).PrintObj(&runtime.Unknown{}, &bytes.Buffer{}); err == nil {
		t.Error("names of what is no list")
	}
}
