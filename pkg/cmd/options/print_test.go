package options

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/mysqldrift/kubectl-mysqldrift/pkg/api/v1alpha1"
)

// What a watch prints is a stream: documents of YAML are parted, headers stand once.
func TestListsOfAWatch(t *testing.T) {
	list := &v1.DriftReportList{TypeMeta: metav1.TypeMeta{APIVersion: v1.APIVersion, Kind: "DriftReportList"}, Items: []v1.DriftReport{{Instance: v1.Instance{Pod: "mysql-0"}}}}
	for format, want := range map[string]string{"yaml": "\n---\n", "custom-columns=POD:.instance.pod": "POD\nmysql-0\nmysql-0\n"} {
		p := NewPrint()
		p.Output = format
		var b strings.Builder
		for range 2 {
			if err := p.Object(&b, list); err != nil {
				t.Fatal(err)
			}
		}
		if text := b.String(); strings.Count(text, want) != 1 || strings.HasPrefix(text, "---") {
			t.Errorf("-o %s:\n%s", format, text)
		}
	}
}
