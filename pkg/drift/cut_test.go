package drift

import (
	"strings"
	"testing"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
)

// Of a value that the server cut, the part that was seen can differ.
func TestCutValue(t *testing.T) {
	whole := "SET @a='" + strings.Repeat("x", 1500) + "'"
	for running1, want := range map[string]int{whole[:1024]: 0, strings.Repeat("y", 1024): 1, "": 0} {
		s := running("init_connect", running1, model.SourceFile)
		v := s.Variables["init_connect"]
		v.Truncated = true
		s.Variables["init_connect"] = v
		found := Compare(Input{Declaration: declare("init_connect", whole), Snapshot: s})
		if len(found) != want {
			t.Errorf("%.10s: %+v", running1, found)
		}
		for _, f := range found {
			if strings.Contains(f.Remedy, "'(redacted)'") {
				t.Errorf("remedy %s", f.Remedy)
			}
		}
	}
}
